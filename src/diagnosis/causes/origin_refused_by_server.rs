//! The cause `origin-refused-by-server`. The server's CORS layer left this origin out.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::fix::Purpose;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Line, Nature};
use crate::secrets::Prose;
use crate::secrets::prose;

const REFUSED: Title = Title::plain("origin not on server's list");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "origin-refused-by-server",
    titles: &[REFUSED],
    nature: Nature::Cors,
    explanation: "The server has a CORS layer, it ran, and it left this origin out: the origin is missing from its \
                  list, or is written there in another way.",
    proven_by: "a refusal in the words of a CORS library, or other CORS headers and Vary: Origin without Allow-Origin",
    fix: "add the page's origin to the list of the server's CORS settings: scheme, host and port, no slash",
    do_not: "allow every origin that asks, with credentials: any site could then act as the user",
};

/// The server's CORS layer left this origin out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginRefusedByServer;

impl Told for OriginRefusedByServer {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        REFUSED.text()
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        if let Some(silent) = say.scene.silent_refusal().filter(|_| say.is_likely()) {
            return prose!("{}, {}.", silent.headline, say.never());
        }
        prose!(
            "The server's CORS rules {} this page out: {} is {}not on the list.",
            say.or("ran and left", "seem to leave"),
            say.scene.pair.origin,
            say.or("", "probably ")
        )
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose::OnList
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        lines::allows_another(scene).into_iter().collect()
    }
}
