//! The cause `options-without-cors`. A default OPTIONS answer.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, page};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::secrets::Prose;
use crate::secrets::prose;
use serde_json::{Value, json};

const WITHOUT: Title = Title::plain("OPTIONS answered without CORS");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "options-without-cors",
    titles: &[WITHOUT],
    nature: Nature::Cors,
    explanation: "A framework or server answered OPTIONS by itself, with the list of methods and no CORS header: CORS \
                  is not switched on for this route.",
    proven_by: "a 2xx status with Allow: and without Access-Control-Allow-Origin",
    fix: "switch on CORS for the route: the framework's own answer to OPTIONS carries no CORS headers",
    do_not: "",
};

/// A default OPTIONS answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsWithoutCors {
    /// The methods in `Allow`.
    pub allow: String,
}

impl Told for OptionsWithoutCors {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        WITHOUT.text()
    }

    fn detail(&self) -> Value {
        json!({ "allow": self.allow })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!("The server answers OPTIONS by itself and without any CORS header, {}.", say.never())
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::NO_CORS_MODE)
    }

    fn alternatives(&self, scene: &Scene<'_>) -> Vec<Fix> {
        page::could_be_simple(scene).into_iter().collect()
    }
}
