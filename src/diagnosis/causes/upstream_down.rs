//! The cause `upstream-down`. 502, 503, 504, or a CDN's own 52x.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, Purpose};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const DOWN: Title = Title::number("backend down behind proxy (", ")");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "upstream-down",
    titles: &[DOWN],
    nature: Nature::SideEffect,
    explanation: "The proxy in front answered, because the application behind it is down or too slow. Its error page \
                  has no CORS headers, so the browser reports CORS; the outage is the fault.",
    proven_by: "a proxy's own page with status 502 or 504; likely: status 502, 503 or 504 alone",
    fix: "bring the application back, or give it more time; to show the true error in pages, have the proxy add the \
          CORS headers to its own error pages",
    do_not: "look for the fault in the CORS settings",
};

/// 502, 503, 504, or a CDN's own 52x.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamDown {
    /// Status.
    pub status: u16,
}

impl Told for UpstreamDown {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        DOWN.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let is = say.or("is", "is probably");
        let how = match self.status {
            502 => "down, broke off or answered badly",
            504 => "too slow",
            _ => "down or too slow",
        };
        prose!("The application behind the proxy {} {} ({}). The CORS text is a side effect.", is, how, self.status)
    }

    fn fixes(&self, scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        vec![fix::look_in_log(scene, self.status, host)]
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::AfterOther { status: self.status }
    }
}
