//! The cause `method-not-allowed`. The method is not listed.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const REFUSED: Title = Title::word("method refused: ");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "method-not-allowed",
    titles: &[REFUSED],
    nature: Nature::Cors,
    explanation: "The preflight's answer does not list the method. GET, HEAD and POST need no entry; every other \
                  method does, in exactly this letter case.",
    proven_by: "the method asked for and the list",
    fix: "add the method to Access-Control-Allow-Methods, in upper case, and write it so in the page",
    do_not: "",
};

/// The method is not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodNotAllowed {
    /// The method.
    pub method: String,
    /// The same method in another case, when the list has it.
    pub listed_as: Option<String>,
}

impl Told for MethodNotAllowed {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        REFUSED.with(&self.method)
    }

    fn detail(&self) -> Value {
        json!({ "method": self.method, "listed_as": self.listed_as })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let (method, never) = (&self.method, say.never());
        if let Some(other) = &self.listed_as {
            let probably = say.or("", "probably ");
            return prose!(
                "The server {}allows \"{}\" and the page asks for {}; letters' case counts, {}.",
                probably,
                Captured::text(other),
                Captured::text(method),
                never
            );
        }
        prose!(
            "The server {} the method {}, {}.",
            say.or("does not list", "seems not to list"),
            Captured::text(method),
            never
        )
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        Some(check.preflight(prose!("Access-Control-Allow-Methods with {}", Captured::text(&*self.method))))
    }
}
