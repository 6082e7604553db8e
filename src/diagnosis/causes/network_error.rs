//! The cause `network-error`. The browser ended it with an error that names its own reason.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature};
use crate::exchange::NetError;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const NAMED: Title = Title::plain("ended by another error than CORS");
const UNSAFE: Title = Title::plain("redirected to what is no HTTP");
const STREAMED: Title = Title::plain("redirect with a streamed body");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "network-error",
    titles: &[NAMED, UNSAFE, STREAMED],
    nature: Nature::NotCors,
    explanation: "The browser ended the request with a network error that has a name of its own. Chromium shows \
                  net::ERR_FAILED for every refusal by CORS, so a rule of CORS did not refuse this one: a redirect to \
                  data: or file:, a streamed body that cannot be sent again after a redirect, too little memory, a \
                  file that changed while it was sent.",
    proven_by: "a net::ERR_… other than ERR_FAILED and ERR_ABORTED that no other cause stands for",
    fix: "look the error's name up; redirect to http(s) only; send a body that can be sent twice",
    do_not: "",
};

/// The browser ended it with an error that names its own reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkError {
    /// The error.
    pub error: NetError,
}

/// What is known of single errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// A redirect to a scheme that is no HTTP.
    UnsafeRedirect,
    /// A streamed body met a redirect that would repeat it.
    StreamedBody,
    Memory,
    ChangedFile,
    Other,
}

impl NetworkError {
    fn known(&self) -> Known {
        match self.error.short() {
            "UNSAFE_REDIRECT" | "DISALLOWED_URL_SCHEME" | "UNKNOWN_URL_SCHEME" => Known::UnsafeRedirect,
            "INVALID_ARGUMENT" => Known::StreamedBody,
            "INSUFFICIENT_RESOURCES" | "OUT_OF_MEMORY" => Known::Memory,
            "UPLOAD_FILE_CHANGED" | "FILE_NOT_FOUND" | "ACCESS_DENIED" => Known::ChangedFile,
            _ => Known::Other,
        }
    }
}

impl Told for NetworkError {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        match self.known() {
            Known::UnsafeRedirect => UNSAFE,
            Known::StreamedBody => STREAMED,
            Known::Memory | Known::ChangedFile | Known::Other => NAMED,
        }
        .text()
    }

    fn detail(&self) -> Value {
        json!({ "error": self.error.name() })
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        let what = match self.known() {
            Known::UnsafeRedirect => "The answer redirects to what browsers do not follow: no http or https URL",
            Known::StreamedBody => {
                "The browser refused an argument of the request, as it does of a streamed body that it would have to \
                 send again after a redirect"
            }
            Known::Memory => "The browser had no room for one request more",
            Known::ChangedFile => "The browser could not read the file that it was to send",
            Known::Other => "The browser ended the request with an error of its own",
        };
        prose!("{}. No CORS rule refused it.", what)
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        let error = Captured::text(format!("net::{}", self.error.name()));
        let (who, title) = match self.known() {
            Known::UnsafeRedirect => (Who::Server, prose!("let {} redirect to http or https URLs only", host)),
            Known::StreamedBody => (
                Who::Page,
                "page: call the URL that the redirect leads to, or send a body that is no stream (text, Blob, \
                 ArrayBuffer)"
                    .into(),
            ),
            Known::Memory => (Who::Page, "page: have fewer requests under way at once".into()),
            Known::ChangedFile => {
                (Who::User, "user: choose the file again, and leave it alone until it is sent".into())
            }
            Known::Other => (Who::User, prose!("no header helps: look up what {} means", error)),
        };
        vec![Fix::network(who, title)]
    }

    fn headers_help(&self, _scene: &Scene<'_>) -> bool {
        false
    }

    fn verify(&self, _check: &Check<'_>) -> Option<Verify> {
        None
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        let Some(response) = scene.response else { return Some(lines::nothing(scene)) };
        let location = scene.header("location").map(|location| lines::sent_to(scene, response.status, &location));
        location.or_else(|| Some(prose!("{} ({})", response.status, scene.whereabouts())))
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        lines::firefox_says_cors(scene).into_iter().collect()
    }
}
