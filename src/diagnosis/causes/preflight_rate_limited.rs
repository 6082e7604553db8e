//! The cause `preflight-rate-limited`. A rate limit refused the preflight.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::Purpose;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const LIMITED: Title = Title::number("rate limit on preflight (", ")");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "preflight-rate-limited",
    titles: &[LIMITED],
    nature: Nature::SideEffect,
    explanation: "A rate limit counts preflights and refused this one. Exempt OPTIONS from the limit, and let browsers \
                  keep preflight results with Access-Control-Max-Age.",
    proven_by: "status 429, or Retry-After with a limit's headers",
    fix: "exempt OPTIONS from the limit, and send Access-Control-Max-Age",
    do_not: "",
};

/// A rate limit refused the preflight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightRateLimited {
    /// Status.
    pub status: u16,
}

impl Told for PreflightRateLimited {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        LIMITED.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!("A rate limit refused the preflight ({}), {}.", self.status, say.never())
    }

    fn fixes(&self, _scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::action(
            Who::Server,
            NotProven::Behaviour,
            "rate limit: do not count OPTIONS; and send Access-Control-Max-Age so that browsers ask less often",
        )]
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::AfterOther { status: self.status }
    }
}
