//! The cause `connection-reset`. The connection was cut while the answer was awaited.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature};
use crate::secrets::{Captured, Prose};

const RESET: Title = Title::plain("connection was reset");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "connection-reset",
    titles: &[RESET],
    nature: Nature::NotCors,
    explanation: "The connection was cut with a reset while the answer was awaited. Servers, load balancers, firewalls \
                  and proxies on the user's side all do that; no header can mend it.",
    proven_by: "net::ERR_CONNECTION_RESET; packets: RST or RST_STREAM after the request",
    fix: "look in the logs of what stands between: firewall, load balancer, the user's antivirus; then in the server's",
    do_not: "",
};

/// The connection was cut while the answer was awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionReset;

impl Told for ConnectionReset {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        RESET.text()
    }

    fn rests_on_net_error(&self) -> bool {
        true
    }

    fn headline(&self, say: &Say<'_>) -> Prose {
        if say.scene.on_preflight() {
            "The connection was cut while the preflight waited for its answer. No CORS rule was reached.".into()
        } else {
            "The connection was cut before an answer came. No CORS rule was reached.".into()
        }
    }

    fn fixes(&self, _scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::network(
            Who::Network,
            "no header helps. Server or network team: look for resets at that time; try from another network",
        )]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        Some(check.any_answer())
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(lines::nothing(scene))
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        lines::who_ended_it(scene, self).into_iter().chain(lines::firefox_says_cors(scene)).collect()
    }
}
