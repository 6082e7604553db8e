//! The cause `error-response-without-cors`. An error response without CORS headers.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::fix::{self, Purpose};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const ERROR: Title = Title::number("API error ", " without CORS");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "error-response-without-cors",
    titles: &[ERROR],
    nature: Nature::SideEffect,
    explanation: "The request failed on the server with a 4xx or 5xx status, and that error response has no CORS \
                  headers. The browser hides the error and reports CORS instead. Fix the error, and send the headers \
                  on error responses too.",
    proven_by: "a status of 400 or more without Allow-Origin on the actual response",
    fix: "find the error in the server's log; then send the CORS headers on error answers, too (nginx: add_header … \
          always)",
    do_not: "search the CORS settings for the error",
};

/// An error response without CORS headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorResponseWithoutCors {
    /// Status.
    pub status: u16,
}

impl Told for ErrorResponseWithoutCors {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        ERROR.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        prose!(
            "The API failed with {}{}. The browser hid that error because the {} has no CORS headers.",
            self.status,
            say.or("", ", which is probably the fault to mend"),
            self.status
        )
    }

    fn fixes(&self, scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        vec![fix::look_in_log(scene, self.status, host)]
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::OnErrors { status: self.status }
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        lines::without_allow_origin(scene)
    }
}
