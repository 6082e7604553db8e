//! Group A: no usable answer, or none at all.
//!
//! Owns the reading of network errors and packet events. Rules of CORS are not reached here.

use super::{Found, ended};
use crate::cors::{Rule, Stage};
use crate::diagnosis::causes::preflight_timeout::let_go;
use crate::diagnosis::causes::{
    Blocked, BlockedBeforeNetwork, BlockedByExtension, Cause, ConnectionClosed, ConnectionReset, InvalidHttp,
    NetworkProxy, NoAnswer, PreflightTimeout, RequestAborted, ResourcePolicy, ResponseCut, ServerUnreachable,
    TlsFailure, TlsFault, told,
};
use crate::diagnosis::evidence::Side;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, Doubt, Failure, Verdict, event, quote};
use crate::exchange::{self, End, Event, Exchange, HttpVersion, NetError, NoResponse, RecorderError, Vantage};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    match &scene.judged.verdict {
        Verdict::Fail(Failure::Browser { error: None }) if scene.response.is_some() => ended::mixed_redirect(scene),
        Verdict::Fail(Failure::Browser { error }) => Some(browser(scene, error.as_ref())),
        Verdict::Fail(Failure::BodyCut) => Some(body_cut(scene)),
        Verdict::Fail(Failure::Network { stage, what }) => network(scene, *stage, what),
        Verdict::Fail(Failure::NetError { error, .. }) => Some(ended::by_net_error(scene, error)),
        Verdict::Fail(Failure::TooManyRedirects) => Some(ended::too_many_redirects(scene)),
        Verdict::Fail(Failure::Rule { .. })
            if scene.response.is_some_and(|response| response.version == HttpVersion::Http09) =>
        {
            Some(
                Found::new(
                    InvalidHttp,
                    Certainty::Certain,
                    prose!(
                        "the answer has no HTTP head, the browser took it as HTTP/0.9 ({}); so no CORS header can be \
                         in it",
                        scene.whereabouts()
                    ),
                )
                .brief("no HTTP head")
                .at(scene.here(), "HTTP/0.9: a body without a head"),
            )
        }
        Verdict::Fail(Failure::Rule { rule: Rule::DisallowedByMode | Rule::SchemeDisabled, .. }) => Some(
            Found::new(
                BlockedBeforeNetwork { kind: Blocked::Mode },
                Certainty::Certain,
                prose!("the request's mode or the URL's scheme forbids it ({})", scene.whereabouts()),
            )
            .brief("mode or scheme"),
        ),
        Verdict::Undecided { doubt: Doubt::Aborted, .. } => Some(aborted(scene)),
        Verdict::Undecided { doubt: Doubt::ReasonNotRecorded, .. } if calls_http_from_https(scene) => Some(
            Found::new(
                BlockedBeforeNetwork { kind: Blocked::MixedContent },
                Certainty::Likely,
                prose!("a page of https called http: status 0 and no preflight ({})", scene.whereabouts()),
            )
            .brief("https page, http URL")
            .at((Side::Connection, scene.exchange.place), "status 0"),
        ),
        Verdict::Undecided { doubt: Doubt::ReasonNotRecorded, .. } => Some(
            Found::new(NoAnswer, Certainty::Unknown, prose!("status 0 and no error text ({})", scene.whereabouts()))
                .brief("status 0, nothing else")
                .candidates(&[
                    "the connection was refused or reset",
                    "the certificate is not trusted",
                    "an extension or the page's own policy stopped it",
                    "no answer in time",
                ])
                .at((Side::Connection, scene.exchange.place), "status 0"),
        ),
        _ => None,
    }
}

/// Mixed content: a page of https, an http URL on another machine, and no preflight.
fn calls_http_from_https(scene: &Scene<'_>) -> bool {
    let page = scene.page();
    let loopback = ["http://localhost", "http://127.", "http://[::1]"];
    page.as_str().starts_with("https://")
        && scene.pair.url.starts_with("http://")
        && !loopback.iter().any(|start| scene.pair.url.starts_with(start))
        && scene.pair.preflight().is_none()
}

/// The exchange that carries the recorder's error text.
pub(in crate::diagnosis::causes) fn with_error<'a>(scene: &Scene<'a>) -> &'a Exchange {
    let preflight = scene.pair.preflight().map(|preflight| &**preflight.exchange());
    let actual = scene.pair.actual().map(|actual| &**actual);
    let telling =
        |exchange: &&Exchange| exchange.note.error.as_ref().is_some_and(|error| !error.is_net(NetError::FAILED));
    preflight.into_iter().chain(actual).find(telling).unwrap_or(scene.exchange)
}

fn browser(scene: &Scene<'_>, error: Option<&NetError>) -> Found {
    let exchange = with_error(scene);
    let at = (Side::Connection, exchange.place);
    let wher = scene.whereabouts_of(exchange);
    let Some(error) = error else {
        return Found::new(
            BlockedBeforeNetwork { kind: Blocked::MixedContent },
            Certainty::Certain,
            prose!("a page of https called http: status 0, no error text and no preflight ({})", wher),
        )
        .brief("https page, http URL")
        .at(at, prose!("page {} calls {}", scene.page(), Captured::address(&*scene.pair.url)));
    };
    let blocked_by = error.short().strip_prefix("BLOCKED_BY_").unwrap_or_default();
    let starts = |names: &[&str]| names.iter().any(|name| blocked_by.starts_with(name));
    let error = Prose::from(Captured::text(format!("net::{}", error.name())));
    let before = |kind| Cause::from(BlockedBeforeNetwork { kind });
    let (cause, certainty, why) = if starts(&["LOCAL_NETWORK", "PRIVATE_NETWORK"]) {
        let why = ". The name led to a private or loopback address on this machine";
        (before(Blocked::LocalNetwork), Certainty::Certain, why)
    } else if starts(&["CSP"]) {
        (before(Blocked::Csp), Certainty::Certain, "")
    } else if starts(&["CLIENT"]) {
        let why = ", which DevTools' own request blocking gives as well";
        (BlockedByExtension.into(), Certainty::Likely, why)
    } else if starts(&["RESPONSE", "ORB"]) {
        (ResourcePolicy.into(), Certainty::Certain, "")
    } else {
        (before(Blocked::Other), Certainty::Certain, "")
    };
    Found::new(cause, certainty, prose!("the error text {} ({}){}", error, wher, why))
        .brief(error.clone())
        .at(at, error)
}

fn body_cut(scene: &Scene<'_>) -> Found {
    let announced = scene.header("content-length");
    let seen = scene.response.and_then(|response| response.body.len);
    let mut what = match (announced, seen) {
        // Browsers count nothing of a body that failed, whatever came.
        (Some(announced), _) if scene.exchange.recorder.vantage == Vantage::Browser => {
            prose!("fewer than {} bytes came", Captured::text(&*announced))
        }
        (Some(announced), Some(seen)) if announced != seen.to_string() => {
            prose!("{} of {} bytes came", seen, Captured::text(&*announced))
        }
        _ => "the body ended early".into(),
    };
    if let Some(error) = &scene.exchange.note.error {
        what = prose!("{}: {}", what, error);
    }
    Found::new(ResponseCut, Certainty::Certain, prose!("the CORS check passed and {} ({})", what, scene.whereabouts()))
        .brief(what.clone())
        .at((Side::ActualResponse, quote::response_place(scene.exchange)), what)
}

fn network(scene: &Scene<'_>, stage: Stage, what: &NoResponse) -> Option<Found> {
    let exchange = with_error(scene);
    let recorded = exchange.note.error.as_ref();
    let error = recorded.map(ToString::to_string).unwrap_or_default();
    let telling = if scene.exchange.note.events.is_empty() { exchange } else { scene.exchange };
    if recorded.is_some_and(is_users_proxy) {
        return Some(
            Found::new(
                NetworkProxy { status: 0 },
                Certainty::Certain,
                prose!(
                    "{}: the proxy of the user's network did not pass the request on ({})",
                    Captured::text(&*error),
                    scene.whereabouts()
                ),
            )
            .brief(Captured::text(error.clone()))
            .at((Side::Connection, exchange.place), Captured::text(error)),
        );
    }
    // With the cause what is said where no error and no event is recorded.
    let (cause, plain): (Cause, _) = match what {
        NoResponse::Refused => {
            let dns = recorded.is_some_and(is_name_resolution);
            let plain = if dns { "the host name did not resolve" } else { "the connection was refused" };
            (ServerUnreachable { dns }.into(), plain)
        }
        NoResponse::Reset => (ConnectionReset.into(), "the connection was reset"),
        NoResponse::Closed => (ConnectionClosed.into(), "the connection was closed without an answer"),
        NoResponse::TimedOut => (PreflightTimeout { stage }.into(), "no answer came"),
        NoResponse::TlsFailure => {
            (TlsFailure { fault: tls_fault(recorded, &telling.note.events) }.into(), "the TLS handshake failed")
        }
        NoResponse::InvalidHttp => (InvalidHttp.into(), "what came back is not HTTP"),
        _ => return None,
    };
    let request = Captured::text(if stage == Stage::Preflight { "OPTIONS" } else { &*scene.pair.method });
    let text = match (scene.event(telling), recorded) {
        (Some(event), _) => prose!("{} arrived ({}); {}", request, scene.place(telling.place), event),
        (None, None) => prose!("{} ({})", plain, scene.whereabouts()),
        (None, Some(error)) => prose!("{} ({})", error, scene.whereabouts_of(exchange)),
    };
    let event = !telling.note.events.is_empty();
    let brief = match recorded {
        _ if event => event::words(&telling.note.events, None),
        Some(error) => prose!("{}", error),
        None => plain.into(),
    };
    let mut found = Found::new(cause, Certainty::Certain, text).brief(brief.clone());
    if event {
        let side = if telling.is_preflight() { Side::PreflightRequest } else { Side::ActualRequest };
        found = found.at((side, telling.place), prose!("{} arrived", request));
    }
    let place = telling.note.event_place().unwrap_or(exchange.place);
    let found = found.at((Side::Connection, place), brief);
    let found = if matches!(found.cause, Cause::PreflightTimeout(_)) && let_go(scene).is_some() {
        found.candidates(&["a slow answer", "a request that something drops"])
    } else {
        found
    };
    let known = recorded.and_then(told::named_net_error).is_some();
    Some(
        if matches!(found.cause, Cause::ConnectionReset(_)) && !known && exchange.recorder.vantage == Vantage::Browser {
            found.candidates(&["the server", "a load balancer", "a firewall", "a proxy on the user's side"])
        } else {
            found
        },
    )
}

/// Whether the error is of the way to the proxy of the user's network.
fn is_users_proxy(error: &RecorderError) -> bool {
    match error {
        RecorderError::Net(error) => {
            ["PROXY", "TUNNEL_CONNECTION", "SOCKS_"].iter().any(|name| error.short().contains(name))
        }
        RecorderError::Firefox(code) => code.contains("PROXY"),
        RecorderError::WebKit(_) | RecorderError::Proxy(_) | RecorderError::Other(_) => false,
    }
}

/// Whether the error says that the host's name did not resolve.
fn is_name_resolution(error: &RecorderError) -> bool {
    match error {
        RecorderError::Net(error) => {
            ["NAME_NOT_RESOLVED", "NAME_RESOLUTION", "DNS"].iter().any(|name| error.short().contains(name))
        }
        RecorderError::Firefox(code) => code.contains("UNKNOWN_HOST"),
        RecorderError::WebKit(text) | RecorderError::Proxy(text) | RecorderError::Other(text) => {
            let lower = text.to_lowercase();
            ["dns", "resolv", "name or service", "unknown host", "enotfound"].iter().any(|word| lower.contains(word))
        }
    }
}

/// What is at fault: an alert tells by who sent it, an error by whose it is.
fn tls_fault(error: Option<&RecorderError>, events: &[Event]) -> TlsFault {
    let alert = events.iter().find_map(|event| match event.what.ended()? {
        (by, End::Alert(alert), _) => Some((by, alert)),
        _ => None,
    });
    match (alert, error) {
        (Some((by, alert)), _) if alert.is_about_certificate() => match by {
            exchange::Side::Client => TlsFault::ServerCertificate,
            exchange::Side::Server => TlsFault::ClientCertificate,
        },
        (Some(_), _) | (None, None) => TlsFault::Connection,
        (None, Some(RecorderError::Net(error))) => match error.short() {
            name if name.contains("CLIENT_AUTH") => TlsFault::ClientCertificate,
            name if name.contains("CERT") => TlsFault::ServerCertificate,
            _ => TlsFault::Connection,
        },
        (None, Some(RecorderError::Firefox(code))) if code.contains("CERT") => TlsFault::ServerCertificate,
        (None, Some(RecorderError::WebKit(text))) if text.to_lowercase().contains("certificate") => {
            TlsFault::ServerCertificate
        }
        // Its other connection, to the browser, can fail as well; then nothing is known of the server.
        (None, Some(RecorderError::Proxy(text))) if !text.to_lowercase().contains("client") => TlsFault::BehindProxy,
        (None, Some(_)) => TlsFault::Connection,
    }
}

fn aborted(scene: &Scene<'_>) -> Found {
    let exchange = with_error(scene);
    let error = exchange.note.error.as_ref().map_or_else(|| "cancelled".into(), |error| prose!("{}", error));
    let waited = match (exchange.started, exchange.completed) {
        (Some(started), Some(completed)) if completed > started => Some(seconds(completed.since(started).as_millis())),
        _ => None,
    };
    let after = waited.as_ref().map(|waited| prose!(" after {}", waited));
    Found::new(
        RequestAborted,
        Certainty::Certain,
        prose!("the page or user cancelled it{}: {} ({})", after, error, scene.whereabouts_of(exchange)),
    )
    .brief(waited.map_or_else(|| error.clone(), |waited| prose!("after {} without an answer", waited)))
    .candidates(&["the server did not answer in time", "the user left the page"])
    .at((Side::Connection, exchange.place), error)
}

/// `1.2 s` or `320 ms`.
fn seconds(millis: u128) -> Prose {
    if millis < 1000 { prose!("{} ms", millis) } else { prose!("{}.{} s", millis / 1000, millis % 1000 / 100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_tls_is_told_by_whose_words_it_is() {
        let of = |error: RecorderError| tls_fault(Some(&error), &[]);
        let net = |text: &str| RecorderError::Net(NetError::parse(text).expect("a net error"));
        assert_eq!(of(net("net::ERR_CERT_DATE_INVALID")), TlsFault::ServerCertificate);
        assert_eq!(of(net("net::ERR_BAD_SSL_CLIENT_AUTH_CERT")), TlsFault::ClientCertificate);
        assert_eq!(of(net("net::ERR_SSL_PROTOCOL_ERROR")), TlsFault::Connection);
        assert_eq!(of(RecorderError::Proxy("Certificate verify failed: self signed".into())), TlsFault::BehindProxy);
        // A browser that does not trust the proxy says nothing of the server.
        let client = "Client TLS handshake failed: the client does not trust the proxy's certificate";
        assert_eq!(of(RecorderError::Proxy(client.into())), TlsFault::Connection);
    }
}
