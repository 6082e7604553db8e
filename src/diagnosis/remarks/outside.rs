//! Failed requests that CORS does not judge: a remark for each error.
//!
//! Owns the table, which is bounded, and its sentences. Which requests they are is known to pairing.

use super::{PLACES, Remark};
use crate::exchange::{Exchange, NoResponse, Place, RecorderError};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use std::collections::BTreeMap;

/// Errors told apart; what comes after them is counted together.
const ERRORS: usize = 12;

/// Id of the remark on a file in which every request failed before an answer.
pub const ALL_FAILED: &str = "all-requests-failed";
/// Id of the remarks on failed requests that CORS does not judge.
pub const FAILED: &str = "failed-outside-cors";

/// What is said of an error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    what: &'static str,
    error: String,
}

#[derive(Debug, Default)]
struct Tally {
    count: u64,
    places: Vec<Place>,
    example: Prose,
}

/// Failed requests by their error.
#[derive(Debug, Default)]
pub(super) struct Outside {
    tallies: BTreeMap<Kind, Tally>,
    unanswered: u64,
}

impl Outside {
    pub(super) fn observe(&mut self, exchange: &Exchange) {
        self.unanswered += u64::from(exchange.head().is_none());
        let error = exchange.note.error.as_ref();
        let mut kind = Kind { what: what(exchange), error: error.map_or_else(String::new, ToString::to_string) };
        if !self.tallies.contains_key(&kind) && self.tallies.len() >= ERRORS {
            kind = Kind { what: "further errors", error: String::new() };
        }
        let tally = self.tallies.entry(kind).or_default();
        tally.count = tally.count.saturating_add(1);
        if tally.places.len() < PLACES {
            tally.places.push(exchange.place);
        }
        if tally.example.is_empty() {
            tally.example =
                prose!("{} {}", Captured::text(&*exchange.request.method), Captured::address(&*exchange.request.url));
        }
    }

    /// The remarks, the commonest error first; `exchanges` is how many there were in all.
    pub(super) fn finish(self, exchanges: u64) -> Vec<Remark> {
        let all = exchanges > 1 && self.unanswered == exchanges;
        let mut tallies: Vec<(Kind, Tally)> = self.tallies.into_iter().collect();
        tallies.sort_by(|left, right| right.1.count.cmp(&left.1.count).then_with(|| left.0.cmp(&right.0)));
        if all {
            let why = tallies.iter().map(|(kind, tally)| said(kind, Some(tally.count).filter(|n| *n < exchanges)));
            let text = prose!("all {} requests failed before an answer: {}", exchanges, Prose::joined(why, "; "));
            let places = tallies.into_iter().flat_map(|(_, tally)| tally.places).take(PLACES).collect();
            return vec![Remark { id: ALL_FAILED, count: exchanges, text, places }];
        }
        let one = |(kind, tally): (Kind, Tally)| {
            let requests = if tally.count == 1 { "request" } else { "requests" };
            let text = prose!(
                "{} {} that CORS does not judge failed: {} ({})",
                tally.count,
                requests,
                said(&kind, None),
                tally.example
            );
            Remark { id: FAILED, count: tally.count, text, places: tally.places }
        };
        tallies.into_iter().map(one).collect()
    }
}

/// `could not connect to the server, "Unable to connect to host"`.
fn said(kind: &Kind, count: Option<u64>) -> Prose {
    let times = count.map_or_else(Prose::new, |count| prose!("{} times ", count));
    let error = if kind.error.is_empty() { Prose::new() } else { prose!(", \"{}\"", Captured::text(&*kind.error)) };
    prose!("{}{}{}", times, kind.what, error)
}

/// What the error, or the reason for no answer, means.
fn what(exchange: &Exchange) -> &'static str {
    let net = exchange.note.error.as_ref().and_then(RecorderError::net);
    let short = net.map(crate::exchange::NetError::short).unwrap_or_default();
    let by_policy: &[(&str, &str)] = &[
        ("BLOCKED_BY_RESPONSE", "withheld by Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy"),
        ("BLOCKED_BY_ORB", "withheld by Opaque Response Blocking, as what came is no image, script or media"),
        ("BLOCKED_BY_CSP", "stopped by the page's Content-Security-Policy"),
        ("BLOCKED_BY_CLIENT", "stopped by a browser extension or by DevTools"),
        ("BLOCKED_BY_LOCAL_NETWORK", "access to the local network was refused"),
        ("BLOCKED_BY_PRIVATE_NETWORK", "access to the local network was refused"),
        ("BLOCKED_BY_ADMINISTRATOR", "stopped by a policy of the computer's administrator"),
        ("BLOCKED_BY", "stopped by the browser itself"),
        ("NAME_NOT_RESOLVED", "the host name was not found (DNS)"),
        ("INTERNET_DISCONNECTED", "the user's computer was offline"),
    ];
    if let Some((_, words)) = by_policy.iter().find(|(name, _)| short.starts_with(name)) {
        return words;
    }
    match &exchange.response {
        Err(NoResponse::Refused) => "could not connect to the server",
        Err(NoResponse::Reset) => "the connection was reset",
        Err(NoResponse::Closed) => "the connection was closed without an answer",
        Err(NoResponse::TimedOut) => "no answer came in time",
        Err(NoResponse::TlsFailure) => "TLS failed",
        Err(NoResponse::InvalidHttp) => "what came back is no HTTP",
        _ if short == "FAILED" => "stopped by the browser, which names no reason",
        _ => "ended with an error",
    }
}
