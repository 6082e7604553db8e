//! The cause `tls-failure`. An alert, or a certificate that one side refuses.

use super::told::{CauseInfo, Say, Title, Told, lines};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::{Fix, Who};
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

const CONNECTION: Title = Title::plain("TLS connection failed");
const CERTIFICATE: Title = Title::plain("certificate not trusted");
const CLIENT_CERTIFICATE: Title = Title::plain("client certificate wanted");
const BEHIND_PROXY: Title = Title::plain("proxy: TLS to server failed");

pub(super) const DOC: CauseInfo = CauseInfo {
    id: "tls-failure",
    titles: &[CONNECTION, CERTIFICATE, CLIENT_CERTIFICATE, BEHIND_PROXY],
    nature: Nature::NotCors,
    explanation: "The secure connection was not established: no common protocol version, an alert, or a certificate \
                  that the browser does not trust, or a client certificate that the server wants and a preflight never \
                  brings. A page may trust a certificate by an exception made by hand; a request to another host does \
                  not inherit it.",
    proven_by: "net::ERR_CERT_… or net::ERR_SSL_…; packets: a TLS alert",
    fix: "open the request's URL itself in a tab of the same browser: it names what is wrong with the certificate",
    do_not: "",
};

/// An alert, or a certificate that one side refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFailure {
    /// What is at fault.
    pub fault: TlsFault,
}

/// What is at fault when TLS fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFault {
    /// No common version, an alert that names no certificate, a broken handshake.
    Connection,
    /// The browser does not trust the server's certificate.
    ServerCertificate,
    /// The server wants a client certificate, or does not accept the one it got.
    ClientCertificate,
    /// A recording proxy's own connection to the server; nothing is known of the browser's trust.
    BehindProxy,
}

impl TlsFault {
    /// Stable id.
    fn id(self) -> &'static str {
        match self {
            Self::Connection => "alert",
            Self::ServerCertificate => "certificate",
            Self::ClientCertificate => "client-certificate",
            Self::BehindProxy => "behind-proxy",
        }
    }
}

impl Told for TlsFailure {
    fn doc(&self) -> &'static CauseInfo {
        &DOC
    }

    fn title(&self) -> Prose {
        match self.fault {
            TlsFault::Connection => CONNECTION,
            TlsFault::ServerCertificate => CERTIFICATE,
            TlsFault::ClientCertificate => CLIENT_CERTIFICATE,
            TlsFault::BehindProxy => BEHIND_PROXY,
        }
        .text()
    }

    fn detail(&self) -> Value {
        json!({ "kind": self.fault.id() })
    }

    fn rests_on_net_error(&self) -> bool {
        true
    }

    fn headline(&self, _say: &Say<'_>) -> Prose {
        match self.fault {
            TlsFault::ServerCertificate => {
                "The browser does not trust the server's certificate. No CORS rule was reached."
            }
            TlsFault::ClientCertificate => {
                "The server wants a client certificate, and this connection brought none that it accepts. No CORS \
                 rule was reached."
            }
            TlsFault::BehindProxy => {
                "The proxy that recorded this could not open TLS to the server. No CORS rule was reached."
            }
            TlsFault::Connection => "The TLS connection failed. No CORS rule was reached.",
        }
        .into()
    }

    fn fixes(&self, _scene: &Scene<'_>, host: &Captured<'_>) -> Vec<Fix> {
        let (who, title) = match self.fault {
            TlsFault::ServerCertificate => (
                Who::Server,
                prose!(
                    "{} needs a certificate that browsers trust, with the intermediate certificates and this name \
                     in it",
                    host
                ),
            ),
            TlsFault::ClientCertificate => (
                Who::Server,
                prose!(
                    "{}: let OPTIONS in without a client certificate (a preflight never brings one), and give the \
                     user's browser one that the server accepts",
                    host
                ),
            ),
            TlsFault::BehindProxy => (
                Who::Network,
                prose!(
                    "the recording proxy: let it trust the issuer of {}'s certificate, or record in the browser \
                     instead; what the browser itself would say of {} is not in this file",
                    host,
                    host
                ),
            ),
            TlsFault::Connection => {
                (Who::Server, prose!("check TLS on {}: protocol versions, ciphers, the port, server name", host))
            }
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
