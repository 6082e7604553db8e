//! What single net errors of Chromium say beyond the group their cause stands for.
//!
//! Owns their headlines, who must act, and the fix. An error that is not listed has its cause's words.

use super::Told;
use crate::diagnosis::causes::ask;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Who;
use crate::exchange::RecorderError;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// The words of one net error.
pub(in crate::diagnosis) struct NetErrorWords {
    /// How the names that mean it begin, without `net::ERR_`.
    names: &'static [&'static str],
    /// The headline, without the sentence that no CORS rule was reached.
    headline: &'static str,
    /// Who must act.
    pub(in crate::diagnosis) who: Who,
    /// The fix, for the host of the URL.
    fix: fn(&Captured<'_>) -> Prose,
    /// Whose side it happened on: `true` for the user's own computer or network, where a command
    /// run elsewhere proves nothing and nobody at the server sees anything.
    pub(in crate::diagnosis) users_side: bool,
}

impl NetErrorWords {
    /// One sentence, and that CORS was not reached.
    pub(in crate::diagnosis) fn headline(&self) -> Prose {
        prose!("{}. No CORS rule was reached.", self.headline)
    }

    /// What to do, with the host's name in it.
    pub(in crate::diagnosis) fn fix(&self, host: &Captured<'_>) -> Prose {
        (self.fix)(host)
    }
}

/// In the order in which they are tried: the longer name before its beginning.
const NET_ERRORS: &[NetErrorWords] = &[
    NetErrorWords {
        names: &["NETWORK_CHANGED"],
        headline: "The network of the user's computer changed while the request was under way (Wi-Fi, cable or VPN)",
        who: Who::User,
        fix: |host| prose!("no header helps and {} is not at fault: try again on a steady network", host),
        users_side: true,
    },
    NetErrorWords {
        names: &["INTERNET_DISCONNECTED"],
        headline: "The user's computer was offline",
        who: Who::User,
        fix: |host| prose!("connect the user's computer to a network and try again; {} was not asked", host),
        users_side: true,
    },
    NetErrorWords {
        names: &["NETWORK_IO_SUSPENDED"],
        headline: "The user's computer went to sleep while the request was under way",
        who: Who::User,
        fix: |host| prose!("try again after the computer has woken up; {} is not at fault", host),
        users_side: true,
    },
    NetErrorWords {
        names: &["BAD_SSL_CLIENT_AUTH_CERT"],
        headline: "The server did not accept the browser's client certificate",
        who: Who::Server,
        fix: |host| {
            prose!(
                "{}: see which client certificates its TLS accepts (issuer, expiry), and which one the user \
                 chose; a preflight carries none, so OPTIONS must be let in without one",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["SSL_CLIENT_AUTH_CERT_NEEDED"],
        headline: "The server asked for a client certificate and the browser sent none",
        who: Who::Server,
        fix: |host| {
            prose!(
                "give the user's browser a client certificate that {} accepts; a preflight carries none, so \
                 OPTIONS must be let in without one",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["CERT_DATE_INVALID"],
        headline: "The server's certificate is out of date by the clock of the user's computer",
        who: Who::Server,
        fix: |host| {
            prose!(
                "{}: look at the certificate's dates and renew it if it has expired; if it has not, set the clock \
                 of the user's computer",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["CERT_COMMON_NAME_INVALID"],
        headline: "The server's certificate is for other names than this one",
        who: Who::Server,
        fix: |host| {
            prose!(
                "{} needs a certificate with this name in it, or the page calls a name that the certificate holds",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["CERT_AUTHORITY_INVALID"],
        headline: "The browser does not trust whoever issued the server's certificate",
        who: Who::Server,
        fix: |host| {
            prose!(
                "{}: send the intermediate certificates, and use an issuer that browsers know; a self-signed \
                 certificate, a company's own issuer and an inspecting proxy must be trusted on the user's computer",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["CONNECTION_TIMED_OUT"],
        headline: "The browser could not connect: nothing answered at the server's address, so no request was sent",
        who: Who::Network,
        fix: |host| {
            prose!(
                "see whether {} can be reached from the user's network: its address, route, VPN, a firewall that \
                 drops packets, a server that is down",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["ADDRESS_UNREACHABLE"],
        headline: "The browser could not connect: there is no route to the server's address, so no request was sent",
        who: Who::Network,
        fix: |host| {
            prose!(
                "see whether {} can be reached from the user's network: its address (IPv4 and IPv6), route, VPN",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["HTTP2_SERVER_REFUSED_STREAM"],
        headline: "The server refused the HTTP/2 stream before it took the request",
        who: Who::Server,
        fix: |host| {
            prose!("no header helps. Log of {} or of the proxy in front of it: a limit of streams, or a restart", host)
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["HTTP2_"],
        headline: "The request ended in an error of the HTTP/2 protocol",
        who: Who::Server,
        fix: |host| {
            prose!(
                "no CORS header helps. Log of {} or of the proxy or CDN in front of it: which HTTP/2 rule was \
                 broken (a forbidden header line, a wrong Content-Length, a stream error); compare with curl \
                 --http1.1",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["QUIC_"],
        headline: "The request ended in an error of QUIC (HTTP/3)",
        who: Who::Server,
        fix: |host| {
            prose!(
                "no CORS header helps. HTTP/3 of {} or its CDN, or a network that disturbs UDP port 443; compare \
                 with QUIC turned off in the browser",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["UNSAFE_PORT"],
        headline: "Browsers refuse to call the port in this URL (an unsafe port), so the server was not asked",
        who: Who::Server,
        fix: |host| {
            prose!(
                "check the port in the URL first; if it is the right one, serve the API of {} on another port and \
                 let the page call that",
                host
            )
        },
        users_side: false,
    },
    NetErrorWords {
        names: &["PROXY_CONNECTION_FAILED"],
        headline: "The browser could not connect to the proxy of its network, so the API was not asked",
        who: Who::Network,
        fix: |host| {
            prose!("check the proxy settings of the user's computer and that the proxy runs; {} is not at fault", host)
        },
        users_side: true,
    },
    NetErrorWords {
        names: &["TUNNEL_CONNECTION_FAILED"],
        headline: "The proxy of the user's network did not open the tunnel to the API, so the API was not asked",
        who: Who::Network,
        fix: |host| {
            prose!(
                "the customer's network team lets the proxy open a tunnel (CONNECT) to {}; try from another \
                 network",
                host
            )
        },
        users_side: true,
    },
];

/// The words of the net error that a network failure rests on.
pub(in crate::diagnosis) fn of(scene: &Scene<'_>, cause: &dyn Told) -> Option<&'static NetErrorWords> {
    if !cause.rests_on_net_error() {
        return None;
    }
    named(ask::with_error(scene).note.error.as_ref()?)
}

/// The words of an error text.
pub(in crate::diagnosis::causes) fn named(error: &RecorderError) -> Option<&'static NetErrorWords> {
    let name = error.net()?.short();
    NET_ERRORS.iter().find(|known| known.names.iter().any(|start| name.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::NetError;

    #[test]
    fn an_error_has_the_words_of_its_own_name() {
        let error = |text: &str| RecorderError::Net(NetError::parse(text).unwrap());
        let headline =
            |text: &str| named(&error(text)).map(NetErrorWords::headline).unwrap_or_default().bare().to_owned();
        assert!(headline("net::ERR_NETWORK_CHANGED").contains("network of the user's computer changed"));
        assert!(headline("net::ERR_HTTP2_SERVER_REFUSED_STREAM").contains("refused the HTTP/2 stream"));
        assert!(headline("net::ERR_HTTP2_PROTOCOL_ERROR").contains("error of the HTTP/2 protocol"));
        assert_eq!(headline("net::ERR_CONNECTION_REFUSED"), "");
    }
}
