//! The cause `allow-origin-invalid`. What is allowed is no origin.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::{Nature, fix, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const INVALID: Title = Title::plain("Allow-Origin is not an origin");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-origin-invalid",
    titles: &[INVALID],
    nature: Nature::Cors,
    explanation: "The value of Access-Control-Allow-Origin is no origin: empty, without a scheme, or a pattern that \
                  was never filled in.",
    proven_by: "the value",
    fix: "send the page's origin in full, as in https://app.example",
    do_not: "",
};

/// What is allowed is no origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowOriginInvalid {
    /// The value.
    pub value: String,
}

impl Told for AllowOriginInvalid {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        INVALID.text()
    }

    fn detail(&self) -> Value {
        json!({ "value": self.value })
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        if self.value.is_empty() {
            "Access-Control-Allow-Origin is there and empty.".into()
        } else if quote::in_quotation_marks(&self.value).is_some() {
            "Access-Control-Allow-Origin has quotation marks around its value, which is then no origin.".into()
        } else {
            prose!("Access-Control-Allow-Origin says \"{}\", which is no origin.", Captured::text(&*self.value))
        }
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::ONE_ORIGIN_A_LINE)
    }
}
