//! The cause `preflight-bad-status`. The preflight met another status outside 2xx.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::fix::Purpose;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, Line, Nature};
use crate::exchange::Vantage;
use crate::secrets::Prose;
use crate::secrets::prose;
use serde_json::{Value, json};

const NOT_OK: Title = Title::number("preflight status not 2xx (", ")");
const REFUSED: Title = Title::number("preflight refused (", ")");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "preflight-bad-status",
    titles: &[NOT_OK, REFUSED],
    nature: Nature::Cors,
    explanation: "The preflight was answered with a status other than 2xx, and nothing in the file says by whom or \
                  why. The body of that answer usually does; browsers do not export it.",
    proven_by: "the status, and the absence of anything more telling",
    fix: "answer OPTIONS 204, before anything else looks at the request",
    do_not: "",
};

/// The preflight met another status outside 2xx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightBadStatus {
    /// Status.
    pub status: u16,
}

impl Told for PreflightBadStatus {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        if self.status == 403 { REFUSED } else { NOT_OK }.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let status = self.status;
        if say.certainty != Certainty::Unknown {
            return prose!("The preflight was answered with {}, not 2xx, {}.", status, say.never());
        }
        let silent = say.scene.body_line().is_empty();
        let why = if silent { "This file does not show who refused it, or why" } else { "Its page does not say why" };
        prose!("The server refused the preflight with {}. {}.", status, why)
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::BeforeCheck { status: self.status }
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        if !(400..500).contains(&self.status) {
            return Vec::new();
        }
        vec![Line::new(
            "decide",
            if scene.exchange.recorder.vantage == Vantage::Browser {
                "browsers do not export a preflight's body. Run the command below and read it".into()
            } else if scene.body_line().is_empty() {
                "run the command below and read the body of the answer".into()
            } else {
                prose!("the log and the code of the server tell which check answers OPTIONS with {}", self.status)
            },
        )]
    }
}
