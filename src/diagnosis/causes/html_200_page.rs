//! The cause `html-200-page`. A web page instead of an answer of the API.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::Purpose;
use crate::secrets::Prose;
use crate::secrets::prose;
use serde_json::{Value, json};

const PAGE: Title = Title::number("web page instead of API (", ")");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "html-200-page",
    titles: &[PAGE],
    nature: Nature::Cors,
    explanation: "A web page came back instead of an API answer: a catch-all route, a single-page application's index \
                  page, or the wrong host name or path.",
    proven_by: "a 2xx status with text/html and without Access-Control-Allow-Origin",
    fix: "correct the URL in the page, or route the path and OPTIONS to the API instead of the web page",
    do_not: "",
};

/// A web page instead of an answer of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html200Page {
    /// Status.
    pub status: u16,
}

impl Told for Html200Page {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        PAGE.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!("A web page came back instead of an API answer{}.", say.so())
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::InsteadOfPage
    }
}
