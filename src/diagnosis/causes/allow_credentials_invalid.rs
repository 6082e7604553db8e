//! The cause `allow-credentials-invalid`. Allow-Credentials is not `true`.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, page};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const INVALID: Title = Title::plain("Allow-Credentials is not \"true\"");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-credentials-invalid",
    titles: &[INVALID],
    nature: Nature::Cors,
    explanation: "Access-Control-Allow-Credentials must be exactly true, in lower case, once. True, 1 and two header \
                  lines are refused.",
    proven_by: "the value",
    fix: "send Access-Control-Allow-Credentials once, as true, in lower case",
    do_not: "",
};

/// Allow-Credentials is not `true`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowCredentialsInvalid {
    /// The value.
    pub value: String,
}

impl Told for AllowCredentialsInvalid {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        INVALID.text()
    }

    fn detail(&self) -> Value {
        json!({ "value": self.value })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!(
            "{}, and Access-Control-Allow-Credentials reads \"{}\" instead of true.",
            say.asks(),
            Captured::text(&*self.value)
        )
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::ECHOED_WITH_CREDENTIALS)
    }

    fn alternatives(&self, scene: &Scene<'_>) -> Vec<Fix> {
        page::without_credentials(scene).into_iter().collect()
    }
}
