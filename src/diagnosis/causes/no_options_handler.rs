//! The cause `no-options-handler`. Nothing answers OPTIONS.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::fix::{self, page};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::{Nature, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const NOT_HANDLED: Title = Title::number("OPTIONS not handled (", ")");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "no-options-handler",
    titles: &[NOT_HANDLED],
    nature: Nature::Cors,
    explanation: "Nothing answers OPTIONS at this URL, so the preflight ends in an error status and the request is \
                  never made. Usually the URL works for the method the page wants; after a 404, or an API gateway's \
                  missing route answer, that is worth a check, as a wrong path gives the same.",
    proven_by: "404, 405 or 501 to OPTIONS; 400 or 415 of a handler that wants a body; an API gateway's missing route \
                answer",
    fix: "switch on CORS for the route in the framework or server, so that OPTIONS is answered 204 with the CORS \
          headers",
    do_not: "set mode: 'no-cors' in the page: the answer becomes unreadable",
};

/// Nothing answers OPTIONS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoOptionsHandler {
    /// Status.
    pub status: u16,
}

impl Told for NoOptionsHandler {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        NOT_HANDLED.with(&self.status.to_string())
    }

    fn detail(&self) -> Value {
        json!({ "status": self.status })
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let (status, never) = (self.status, say.never());
        if status == 404 {
            let nothing = say.or("Nothing answers", "Nothing seems to answer");
            return prose!("{} OPTIONS at this URL (404), {}.", nothing, never);
        }
        let does = say.or("does not accept OPTIONS", "seems to accept no OPTIONS");
        prose!("The server {} on this URL ({}), {}.", does, status, never)
    }

    fn fixes(&self, scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        let (what, same) = if self.status == 404 {
            ("path", "that is 404, too")
        } else if scene.no_such_gateway_route() {
            ("path and stage", "the answer to that is the same, token and all")
        } else {
            return Vec::new();
        };
        let request = quote::request(&scene.pair.method);
        let title = prose!(
            "check the {} first: send the {} itself by curl; where {}, the page calls a wrong URL",
            what,
            request,
            same
        );
        let check = Fix::action(Who::Page, NotProven::Behaviour, title);
        vec![Fix { proof: "none: no answer to that is in the file".into(), ..check }]
    }

    fn do_not(&self) -> Option<&'static str> {
        Some(fix::NO_CORS_MODE)
    }

    fn alternatives(&self, scene: &Scene<'_>) -> Vec<Fix> {
        page::could_be_simple(scene).into_iter().collect()
    }
}
