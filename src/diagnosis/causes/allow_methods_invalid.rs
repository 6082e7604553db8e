//! The cause `allow-methods-invalid`. Allow-Methods does not parse.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::secrets::Prose;
use crate::secrets::prose;
use serde_json::{Value, json};

const INVALID: Title = Title::plain("Allow-Methods cannot be parsed");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-methods-invalid",
    titles: &[INVALID],
    nature: Nature::Cors,
    explanation: "Access-Control-Allow-Methods must be a list of methods with commas between them. Spaces, semicolons \
                  and quotes make the whole header invalid.",
    proven_by: "the item that is no method",
    fix: "write the methods with commas: GET, POST, PUT",
    do_not: "",
};

/// Allow-Methods does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowMethodsInvalid {
    /// The value.
    pub value: String,
    /// The offending item.
    pub item: String,
}

impl Told for AllowMethodsInvalid {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        INVALID.text()
    }

    fn detail(&self) -> Value {
        json!({ "value": self.value, "item": self.item })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!("Access-Control-Allow-Methods is no list of methods with commas, {}.", say.never())
    }
}
