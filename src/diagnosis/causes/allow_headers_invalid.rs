//! The cause `allow-headers-invalid`. Allow-Headers does not parse.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::secrets::Prose;
use crate::secrets::prose;
use serde_json::{Value, json};

const INVALID: Title = Title::plain("Allow-Headers cannot be parsed");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-headers-invalid",
    titles: &[INVALID],
    nature: Nature::Cors,
    explanation: "Access-Control-Allow-Headers must be a list of header names with commas between them. Spaces, \
                  semicolons and quotes make the whole header invalid.",
    proven_by: "the item that is no header name",
    fix: "write the names with commas: content-type, authorization",
    do_not: "",
};

/// Allow-Headers does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowHeadersInvalid {
    /// The value.
    pub value: String,
    /// The offending item.
    pub item: String,
}

impl Told for AllowHeadersInvalid {
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
        prose!("Access-Control-Allow-Headers is no list of names with commas, {}.", say.never())
    }
}
