//! The cause `response-cut`. CORS passed and the body ended early.

use super::told::{CauseInfo, Say, Title, Told};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Nature, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

const CUT: Title = Title::plain("CORS passed, body cut short");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "response-cut",
    titles: &[CUT],
    nature: Nature::NotCors,
    explanation: "The response passed the CORS check and its body ended before the promised length. The page sees a \
                  failed request; the console may say nothing about CORS, and CORS is not the reason.",
    proven_by: "net::ERR_CONTENT_LENGTH_MISMATCH, net::ERR_INCOMPLETE_CHUNKED_ENCODING; packets: a body shorter than \
                announced",
    fix: "look for what ends the body early: a proxy's size or time limit, a crash while it was written",
    do_not: "",
};

/// CORS passed and the body ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseCut;

impl Told for ResponseCut {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        CUT.text()
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        "The answer passed the CORS check; its body was cut short.".into()
    }

    fn fixes(&self, _scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::network(
            Who::Server,
            "no CORS header helps. The body ends early: look for crashes, a wrong Content-Length, a proxy's time-out \
             or buffer limit",
        )]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        check.actual("the whole body: as many bytes as Content-Length says")
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        let status = quote::status(scene.response?);
        Some(prose!("{} ({})", status, scene.place(quote::response_place(scene.exchange))))
    }
}
