//! The cause `preflight-server-error`. The server failed at the preflight: another 5xx.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, Purpose};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const FAILED: Title = Title::number("server error on preflight (", ")");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "preflight-server-error",
    titles: &[FAILED],
    nature: Nature::SideEffect,
    explanation: "The server failed while it handled OPTIONS. Look in its log first; the missing CORS headers are the \
                  consequence.",
    proven_by: "another 5xx status",
    fix: "read the server's log of that moment and mend what fails while OPTIONS is handled",
    do_not: "",
};

/// The server failed at the preflight: another 5xx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightServerError {
    /// Status.
    pub status: u16,
}

impl Told for PreflightServerError {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        FAILED.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!("The server failed while it answered the preflight ({}), {}.", self.status, say.never())
    }

    fn fixes(&self, scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        vec![fix::look_in_log(scene, self.status, host)]
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::AfterCrash { status: self.status }
    }
}
