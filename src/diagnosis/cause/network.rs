//! Group A: no usable answer, or none at all.
//!
//! Owns the reading of network errors and packet events. Rules of CORS are not reached here.

use super::net_errors;
use super::scene::{Found, Scene};
use super::{Blocked, Cause};
use crate::cors::{Rule, Stage};
use crate::diagnosis::evidence::Side;
use crate::diagnosis::headline::let_go;
use crate::diagnosis::{Certainty, Doubt, Failure, Verdict, quote};
use crate::exchange::{Exchange, HttpVersion, NoResponse, Vantage};

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    match &scene.judged.verdict {
        Verdict::Fail(Failure::Browser { error }) => Some(browser(scene, error)),
        Verdict::Fail(Failure::BodyCut) => Some(body_cut(scene)),
        Verdict::Fail(Failure::Network { stage, what }) => network(scene, *stage, what),
        Verdict::Fail(Failure::Rule { .. })
            if scene.response.is_some_and(|response| response.version == HttpVersion::Http09) =>
        {
            Some(
                Found::new(
                    Cause::InvalidHttp,
                    Certainty::Certain,
                    format!(
                        "the answer has no HTTP head, the browser took it as HTTP/0.9 ({}); so no CORS header can be in it",
                        scene.whereabouts()
                    ),
                )
                .brief("no HTTP head")
                .at(scene.here(), "HTTP/0.9: a body without a head"),
            )
        }
        Verdict::Fail(Failure::Rule { rule: Rule::DisallowedByMode | Rule::SchemeDisabled, .. }) => Some(
            Found::new(
                Cause::BlockedBeforeNetwork { kind: Blocked::Mode },
                Certainty::Certain,
                format!("the request's mode or the URL's scheme forbids it ({})", scene.whereabouts()),
            )
            .brief("mode or scheme"),
        ),
        Verdict::Undecided { doubt: Doubt::Aborted, .. } => Some(aborted(scene)),
        Verdict::Undecided { doubt: Doubt::ReasonNotRecorded, .. } if calls_http_from_https(scene) => Some(
            Found::new(
                Cause::BlockedBeforeNetwork { kind: Blocked::MixedContent },
                Certainty::Likely,
                format!("a page of https called http: status 0 and no preflight ({})", scene.whereabouts()),
            )
            .brief("https page, http URL")
            .at((Side::Connection, scene.exchange.place), "status 0"),
        ),
        Verdict::Undecided { doubt: Doubt::ReasonNotRecorded, .. } => Some(
            Found::new(
                Cause::NoAnswer,
                Certainty::Unknown,
                format!("status 0 and no error text ({})", scene.whereabouts()),
            )
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
    let page = scene.pair.page.as_ref().unwrap_or(&scene.pair.origin);
    let loopback = ["http://localhost", "http://127.", "http://[::1]"];
    page.as_str().starts_with("https://")
        && scene.pair.url.starts_with("http://")
        && !loopback.iter().any(|start| scene.pair.url.starts_with(start))
        && scene.pair.preflight().is_none()
}

/// The exchange that carries the recorder's error text.
pub(super) fn with_error<'a>(scene: &Scene<'a>) -> &'a Exchange {
    let preflight = scene.pair.preflight().map(|preflight| &**preflight.exchange());
    let actual = scene.pair.actual().map(|actual| &**actual);
    let telling = |exchange: &&Exchange| {
        exchange.note.error.as_deref().is_some_and(|error| !error.is_empty() && error != "net::ERR_FAILED")
    };
    preflight.into_iter().chain(actual).find(telling).unwrap_or(scene.exchange)
}

fn browser(scene: &Scene<'_>, error: &str) -> Found {
    let exchange = with_error(scene);
    let at = (Side::Connection, exchange.place);
    let wher = scene.whereabouts_of(exchange);
    if error.is_empty() {
        return Found::new(
            Cause::BlockedBeforeNetwork { kind: Blocked::MixedContent },
            Certainty::Certain,
            format!("a page of https called http: status 0, no error text and no preflight ({wher})"),
        )
        .brief("https page, http URL")
        .at(at, format!("page {} calls {}", scene.pair.page.as_ref().unwrap_or(&scene.pair.origin), scene.pair.url));
    }
    let cause = if error.contains("LOCAL_NETWORK") || error.contains("PRIVATE_NETWORK") {
        Cause::BlockedBeforeNetwork { kind: Blocked::LocalNetwork }
    } else if error.contains("BLOCKED_BY_CSP") {
        Cause::BlockedBeforeNetwork { kind: Blocked::Csp }
    } else if error.contains("BLOCKED_BY_CLIENT") {
        Cause::BlockedByExtension
    } else if error.contains("BLOCKED_BY_RESPONSE") || error.contains("BLOCKED_BY_ORB") {
        Cause::ResourcePolicy
    } else {
        Cause::BlockedBeforeNetwork { kind: Blocked::Other }
    };
    let why = match cause {
        Cause::BlockedByExtension => ", which DevTools' own request blocking gives as well",
        Cause::BlockedBeforeNetwork { kind: Blocked::LocalNetwork } => {
            ". The name led to a private or loopback address on this machine"
        }
        _ => "",
    };
    let certainty = if cause == Cause::BlockedByExtension { Certainty::Likely } else { Certainty::Certain };
    Found::new(cause, certainty, format!("the error text {error} ({wher}){why}")).brief(error).at(at, error)
}

fn body_cut(scene: &Scene<'_>) -> Found {
    let error = scene.exchange.note.error.as_deref().unwrap_or_default();
    let announced = scene.header("content-length");
    let seen = scene.response.and_then(|response| response.body.len);
    let mut what = match (announced, seen) {
        // Browsers count nothing of a body that failed, whatever came.
        (Some(announced), _) if scene.exchange.recorder.vantage == Vantage::Browser => {
            format!("fewer than {announced} bytes came")
        }
        (Some(announced), Some(seen)) if announced != seen.to_string() => format!("{seen} of {announced} bytes came"),
        _ => "the body ended early".to_owned(),
    };
    if !error.is_empty() {
        what = format!("{what}: {error}");
    }
    Found::new(
        Cause::ResponseCut,
        Certainty::Certain,
        format!("the CORS check passed and {what} ({})", scene.whereabouts()),
    )
    .brief(what.clone())
    .at((Side::ActualResponse, quote::response_place(scene.exchange)), what)
}

fn network(scene: &Scene<'_>, stage: Stage, what: &NoResponse) -> Option<Found> {
    let exchange = with_error(scene);
    let error = exchange.note.error.as_deref().unwrap_or_default();
    let telling = if scene.exchange.note.event.is_some() { scene.exchange } else { exchange };
    let event = telling.note.event.as_deref();
    let upper = error.to_ascii_uppercase();
    if ["PROXY", "TUNNEL_CONNECTION", "ERR_SOCKS_"].iter().any(|name| upper.contains(name)) {
        return Some(
            Found::new(
                Cause::NetworkProxy { status: 0 },
                Certainty::Certain,
                format!(
                    "{error}: the proxy of the user's network did not pass the request on ({})",
                    scene.whereabouts()
                ),
            )
            .brief(error)
            .at((Side::Connection, exchange.place), error),
        );
    }
    let cause = match what {
        NoResponse::Refused => Cause::ServerUnreachable {
            dns: upper.contains("NAME_NOT_RESOLVED") || upper.contains("NAME_RESOLUTION") || upper.contains("DNS"),
        },
        NoResponse::Reset => Cause::ConnectionReset,
        NoResponse::Closed => Cause::ConnectionClosed,
        NoResponse::TimedOut => Cause::PreflightTimeout { stage },
        NoResponse::TlsFailure => Cause::TlsFailure {
            certificate: (upper.contains("CERT") && !upper.contains("CLIENT_AUTH"))
                || event.is_some_and(|event| {
                    let event = event.to_ascii_lowercase();
                    event.contains("certificate") || event.contains("unknown_ca") || event.contains("unknown ca")
                }),
        },
        NoResponse::InvalidHttp => Cause::InvalidHttp,
        _ => return None,
    };
    let request = if stage == Stage::Preflight { "OPTIONS" } else { &*scene.pair.method };
    let text = match (scene.event(telling), error) {
        (Some(event), _) => format!("{request} arrived ({}); {event}", scene.place(telling.place)),
        (None, "") => format!("{} ({})", plain(&cause), scene.whereabouts()),
        (None, error) => format!("{error} ({})", scene.whereabouts_of(exchange)),
    };
    let brief =
        event.map_or_else(|| if error.is_empty() { plain(&cause).to_owned() } else { error.to_owned() }, str::to_owned);
    let mut found = Found::new(cause, Certainty::Certain, text).brief(brief.clone());
    if event.is_some() {
        let side = if telling.is_preflight() { Side::PreflightRequest } else { Side::ActualRequest };
        found = found.at((side, telling.place), format!("{request} arrived"));
    }
    let place = telling.note.event_place.unwrap_or(exchange.place);
    let found = found.at((Side::Connection, place), brief);
    let found = if matches!(found.cause, Cause::PreflightTimeout { .. }) && let_go(scene).is_some() {
        found.candidates(&["a slow answer", "a request that something drops"])
    } else {
        found
    };
    let known = net_errors::named(error).is_some();
    Some(if matches!(found.cause, Cause::ConnectionReset) && !known && exchange.recorder.vantage == Vantage::Browser {
        found.candidates(&["the server", "a load balancer", "a firewall", "a proxy on the user's side"])
    } else {
        found
    })
}

fn plain(cause: &Cause) -> &'static str {
    match cause {
        Cause::ServerUnreachable { dns: true } => "the host name did not resolve",
        Cause::ServerUnreachable { dns: false } => "the connection was refused",
        Cause::ConnectionReset => "the connection was reset",
        Cause::ConnectionClosed => "the connection was closed without an answer",
        Cause::PreflightTimeout { .. } => "no answer came",
        Cause::TlsFailure { .. } => "the TLS handshake failed",
        _ => "what came back is not HTTP",
    }
}

fn aborted(scene: &Scene<'_>) -> Found {
    let exchange = with_error(scene);
    let error = exchange.note.error.as_deref().unwrap_or("cancelled");
    let waited = match (exchange.started, exchange.completed) {
        (Some(started), Some(completed)) if completed > started => {
            format!(" after {}", seconds(completed.since(started).as_millis()))
        }
        _ => String::new(),
    };
    Found::new(
        Cause::RequestAborted,
        Certainty::Certain,
        format!("the page or user cancelled it{waited}: {error} ({})", scene.whereabouts_of(exchange)),
    )
    .brief(if waited.is_empty() { error.to_owned() } else { format!("{} without an answer", waited.trim_start()) })
    .candidates(&["the server did not answer in time", "the user left the page"])
    .at((Side::Connection, exchange.place), error)
}

/// `1.2 s` or `320 ms`.
fn seconds(millis: u128) -> String {
    if millis < 1000 { format!("{millis} ms") } else { format!("{}.{} s", millis / 1000, millis % 1000 / 100) }
}
