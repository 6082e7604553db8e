//! The cause `blocked-by-extension`. An extension stopped it.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::Nature;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, NotProven, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

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

    fn title(&self) -> Prose {
        EXTENSION.text()
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        let stopped = say.or("stopped", "probably stopped");
        prose!("An extension of this browser {} the request. The server was not asked.", stopped)
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::action(
            Who::User,
            NotProven::BeforeNetwork,
            prose!(
                "allow {} in the ad blocker or privacy extension, or try without extensions; in DevTools, turn \
                 request blocking off",
                host
            ),
        )]
    }

    fn verify(&self, _check: &Check<'_>) -> Option<Verify> {
        None
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(lines::nothing(scene))
    }
}
