//! The cause `invalid-http`. Bytes that are not HTTP.

use super::told::{CauseInfo, Say, Story, Title, Told};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Nature, quote};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

const NOT_HTTP: Title = Title::plain("answer is not HTTP");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "invalid-http",
    titles: &[NOT_HTTP],
    nature: Nature::NotCors,
    explanation: "Bytes came back, and they are no HTTP message the browser accepts: another protocol on that port, a \
                  broken header block, or contradicting lengths.",
    proven_by: "net::ERR_INVALID_HTTP_RESPONSE and its kin; packets: bytes that do not parse",
    fix: "see that the URL's scheme and port are those of an HTTP server, and compare with curl -v",
    do_not: "",
};

/// Bytes that are not HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidHttp;

impl Told for InvalidHttp {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        NOT_HTTP.text()
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        "What came back is not an HTTP answer, so it has no CORS headers either.".into()
    }

    fn fixes(&self, _scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::network(Who::Server, "check what listens on that port: its answer is not HTTP")]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        Some(check.any_answer())
    }

    fn story(&self) -> Story {
        Story::NoList
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(prose!("bytes that are no HTTP head ({})", scene.place(quote::response_place(scene.exchange))))
    }
}
