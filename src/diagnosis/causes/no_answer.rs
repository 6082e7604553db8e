//! The cause `no-answer`. No answer, and the recorder gives no reason.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::Prose;

const UNKNOWN: Title = Title::plain("no answer, reason not recorded");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "no-answer",
    titles: &[UNKNOWN],
    nature: Nature::NotCors,
    explanation: "The file shows that no answer came and holds no reason. Firefox writes status 0 for a refused \
                  connection, a reset, a bad certificate and a time-out alike.",
    proven_by: "status 0 from an exporter that records no error text",
    fix: "record again in Chrome, whose HAR names the error, or take a packet capture",
    do_not: "",
};

/// No answer, and the recorder gives no reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer;

impl Told for NoAnswer {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        UNKNOWN.text()
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        "No answer came, and this file does not say why.".into()
    }

    fn headers_help(&self, _scene: &Scene<'_>) -> bool {
        false
    }

    fn verify(&self, _check: &Check<'_>) -> Option<Verify> {
        None
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(lines::nothing(scene))
    }
}
