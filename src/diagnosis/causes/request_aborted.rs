//! The cause `request-aborted`. The page cancelled.

use super::told::{CauseInfo, Say, Story, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::Prose;

const CANCELLED: Title = Title::plain("page cancelled the request");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "request-aborted",
    titles: &[CANCELLED],
    nature: Nature::NotCors,
    explanation: "The page gave up (its own time-out, a closed tab, a navigation) before an answer came. Whether a \
                  preflight was waiting cannot be seen in a browser's HAR.",
    proven_by: "net::ERR_ABORTED",
    fix: "make the page's own time-out longer than the answer takes, or the answer faster",
    do_not: "",
};

/// The page cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestAborted;

impl Told for RequestAborted {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        CANCELLED.text()
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        "The page or user cancelled the request before an answer came.".into()
    }

    fn headers_help(&self, _scene: &Scene<'_>) -> bool {
        false
    }

    fn verify(&self, _check: &Check<'_>) -> Option<Verify> {
        None
    }

    fn story(&self) -> Story {
        Story::Cancelled
    }
}
