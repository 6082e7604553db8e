//! The cause `server-unreachable`. DNS or connect failed.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const CONNECT: Title = Title::plain("could not connect to server");
const DNS: Title = Title::plain("host name not found (DNS)");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "server-unreachable",
    titles: &[CONNECT, DNS],
    nature: Nature::NotCors,
    explanation: "The browser could not open a connection: the host name did not resolve, or nothing accepted the \
                  connection. No request was answered, so no CORS rule was reached. Firefox and Safari still print a \
                  line that speaks of CORS or access control.",
    proven_by: "the recorder's network error; packets: a SYN that is refused or never answered",
    fix: "see that the host name resolves from the user's network, and that something listens on that port",
    do_not: "change CORS headers: no answer came that could carry one",
};

/// DNS or connect failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUnreachable {
    /// The host name did not resolve.
    pub dns: bool,
}

impl Told for ServerUnreachable {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        if self.dns { DNS } else { CONNECT }.text()
    }

    fn detail(&self) -> Value {
        json!({ "kind": if self.dns { "dns" } else { "connect" } })
    }

    fn rests_on_net_error(&self) -> bool {
        true
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        if self.dns {
            "The name of the server could not be resolved. No CORS rule was reached.".into()
        } else {
            "The browser could not connect to the server. No CORS rule was reached.".into()
        }
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        let (who, title) = if self.dns {
            (Who::Network, prose!("check the name {}: spelling, DNS record, VPN, hosts file", host))
        } else {
            (Who::Server, prose!("start or expose the service at {}: port, firewall, address it listens on", host))
        };
        vec![Fix::network(who, title)]
    }

    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        Some(check.any_answer())
    }

    fn got(&self, scene: &Scene<'_>) -> Option<Prose> {
        Some(lines::nothing(scene))
    }

    fn more(&self, scene: &Scene<'_>) -> Vec<Line> {
        lines::firefox_says_cors(scene).into_iter().collect()
    }
}
