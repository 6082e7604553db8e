//! The cause `connection-closed`. The connection was closed before an answer.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature};
use crate::secrets::{Captured, Prose};

const CLOSED: Title = Title::plain("closed before it answered");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "connection-closed",
    titles: &[CLOSED],
    nature: Nature::NotCors,
    explanation: "The connection was closed without an answer. Usually the process behind the server crashed, was \
                  restarted, or its keep-alive timeout ran out at that moment; net::ERR_NETWORK_CHANGED says that the \
                  user's own network changed instead.",
    proven_by: "net::ERR_EMPTY_RESPONSE or net::ERR_CONNECTION_CLOSED; packets: FIN without a response",
    fix: "look in the server's log for a crash or restart at that moment, and make its keep-alive time longer than the \
          load balancer's",
    do_not: "",
};

/// The connection was closed before an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionClosed;

impl Told for ConnectionClosed {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        CLOSED.text()
    }

    fn rests_on_net_error(&self) -> bool {
        true
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        "The server closed the connection without an answer. No CORS rule was reached.".into()
    }

    fn fixes(&self, _scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        vec![Fix::network(
            Who::Server,
            "no header helps. Look for a crash, a restart or a keep-alive time-out of the server at that time",
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
