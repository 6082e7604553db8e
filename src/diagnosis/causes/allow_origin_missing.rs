//! The cause `allow-origin-missing`. No Access-Control-Allow-Origin, and nothing says why.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::cors::Stage;
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::secrets::Prose;
use crate::secrets::prose;

const PREFLIGHT: Title = Title::plain("no Allow-Origin on preflight").of_preflight();
const RESPONSE: Title = Title::plain("no Allow-Origin on response");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "allow-origin-missing",
    titles: &[PREFLIGHT, RESPONSE],
    nature: Nature::Cors,
    explanation: "The response has no Access-Control-Allow-Origin, and nothing in the file says why: CORS is not \
                  switched on for this URL, or the layer that adds it did not run.",
    proven_by: "the absence of the header",
    fix: "send Access-Control-Allow-Origin with the page's origin, on the answer to OPTIONS and to the request",
    do_not: "set mode: 'no-cors' in the page: the answer becomes unreadable",
};

/// No Access-Control-Allow-Origin, and nothing says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowOriginMissing {
    /// On which response.
    pub stage: Stage,
}

impl Told for AllowOriginMissing {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        if self.stage == Stage::Preflight { PREFLIGHT } else { RESPONSE }.text()
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        if self.stage == Stage::Preflight {
            prose!("The answer to the preflight has no Access-Control-Allow-Origin, {}.", say.never())
        } else {
            "The answer has no Access-Control-Allow-Origin, so the page may not read it.".into()
        }
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        if self.stage == Stage::Actual { lines::without_allow_origin(scene) } else { None }
    }
}
