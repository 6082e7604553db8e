//! The cause `blocked-by-extension`. An extension stopped it.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};

const EXTENSION: Title = Title::plain("blocked by a browser extension");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "blocked-by-extension",
    titles: &[EXTENSION],
    nature: Nature::NotCors,
    explanation: "An extension of the user's browser (an ad blocker, a privacy tool) stopped the request. Other users \
                  without it are not affected.",
    proven_by: "net::ERR_BLOCKED_BY_CLIENT",
    fix: "try without extensions, in a private window; then have the extension allow the host",
    do_not: "",
};

/// An extension stopped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedByExtension;

impl Told for BlockedByExtension {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> String {
        EXTENSION.text()
    }

    fn headline(&self, say: &Say<'_>) -> String {
        let stopped = say.or("stopped", "probably stopped");
        format!("An extension of this browser {stopped} the request. The server was not asked.")
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &str) -> Vec<Fix> {
        vec![Fix::action(
            Who::User,
            NotProven::BeforeNetwork,
            format!(
                "allow {host} in the ad blocker or privacy extension, or try without extensions; in DevTools, turn \
                 request blocking off"
            ),
        )]
    }

    fn verify(&self, _check: &Check<'_>) -> Option<Verify> {
        None
    }

    fn got(&self, scene: &Scene<'_>) -> Option<String> {
        Some(lines::nothing(scene))
    }
}
