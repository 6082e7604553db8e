//! What other exchanges of the same server show: bounded, per request origin and server host.
//!
//! Owns the table. Causes that need other exchanges ask it; nothing here judges.

use super::twins::Twins;
use super::{Judged, Verdict, quote};
use crate::exchange::{Exchange, Place, origin_of_url};
use crate::pairing::Pair;
use crate::stacks::{self, StackHit};
use std::collections::{HashMap, VecDeque};

/// Passing exchanges remembered of one server and page.
const PASSING: usize = 16;
/// Other origins remembered of one server.
const OTHERS: usize = 8;
/// Layers remembered of one server.
const LAYERS: usize = 6;
/// Answers of one server that are asked for its layers; all error answers are.
const ASKED: u32 = 256;

/// The nearest passing exchange of the same page and server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Works {
    /// Method.
    pub method: String,
    /// URL, not masked.
    pub url: String,
    /// Where.
    pub place: Place,
}

/// Facts about servers, collected over all pairs, passing ones included.
#[derive(Debug, Clone, Default)]
pub struct ServerFacts {
    cap: usize,
    full: bool,
    files: Vec<Box<str>>,
    /// By page's origin and server, a line each.
    pages: HashMap<Box<str>, PageFacts>,
    hosts: HashMap<Box<str>, HostFacts>,
    /// Requests that were redirected after a preflight: where they stand, and that preflight's answer.
    redirected: HashMap<Place, (Place, u16)>,
    twins: Twins,
}

fn key(page: &str, host: &str) -> String {
    [page, "\n", host].concat()
}

/// One page's origin and one server.
#[derive(Debug, Clone, Default)]
struct PageFacts {
    allowed: Option<(Place, String)>,
    passing: VecDeque<(i64, Works)>,
}

/// One server, whatever the page.
#[derive(Debug, Clone, Default)]
struct HostFacts {
    others: Vec<(String, Place)>,
    layers: Vec<StackHit>,
    asked: u32,
}

impl ServerFacts {
    /// An empty table for at most `cap` servers and as many pairs of page and server.
    pub fn new(cap: usize) -> Self {
        Self { cap, ..Self::default() }
    }

    /// Gives the inputs' names, in order: where there are several, a place in a sentence names its file.
    #[must_use]
    pub fn with_files(self, files: impl IntoIterator<Item = Box<str>>) -> Self {
        Self { files: files.into_iter().collect(), ..self }
    }

    /// The inputs' names.
    pub(super) fn files(&self) -> &[Box<str>] {
        &self.files
    }

    /// Takes what one pair shows.
    pub fn observe(&mut self, judged: &Judged) {
        let pair = &judged.pair;
        self.observe_redirect(pair);
        if !self.twins.observe(judged, self.cap) {
            self.full = true;
        }
        let Some(host) = origin_of_url(&pair.url) else { return };
        let key = key(pair.origin.as_str(), host.as_str());
        let (known, known_host) = (self.pages.contains_key(&*key), self.hosts.contains_key(host.as_str()));
        if (!known && self.pages.len() >= self.cap) || (!known_host && self.hosts.len() >= self.cap) {
            self.full = true;
            return;
        }
        let server = self.hosts.entry(host.as_str().into()).or_default();
        let page = self.pages.entry(key.into()).or_default();
        for exchange in exchanges(pair) {
            let Some(response) = exchange.head() else { continue };
            server.asked = server.asked.saturating_add(1);
            let asked = server.layers.len() < LAYERS && (server.asked <= ASKED || response.status >= 400);
            for hit in if asked { stacks::detect(response) } else { Vec::new() } {
                if server.layers.len() < LAYERS && server.layers.iter().all(|known| known.id != hit.id) {
                    server.layers.push(hit);
                }
            }
            let Some(value) = response.headers.get_str("access-control-allow-origin") else { continue };
            let place = quote::response_place(exchange);
            if *value == *pair.origin.as_str() || value == "*" {
                page.allowed.get_or_insert((place, value.clone().into_owned()));
            }
            if value.starts_with("http") && server.others.len() < OTHERS {
                let value = value.into_owned();
                if server.others.iter().all(|(known, _)| *known != value) {
                    server.others.push((value, place));
                }
            }
        }
        if judged.verdict == Verdict::Pass && was_read(pair) {
            let lead = pair.representative();
            if page.passing.len() == PASSING {
                page.passing.pop_front();
            }
            page.passing.push_back((
                lead.started.map_or(0, crate::exchange::CaptureTime::nanos),
                Works { method: pair.method.to_string(), url: pair.url.to_string(), place: lead.place },
            ));
        }
    }

    /// The hops of a chain are pairs of their own: what let the first one out is kept for the last.
    fn observe_redirect(&mut self, pair: &Pair) {
        let Some((actual, preflight)) = pair.actual().zip(pair.preflight()) else { return };
        let redirected = actual.head().is_some_and(|response| matches!(response.status, 301 | 302 | 303 | 307 | 308));
        let Some(answer) = preflight.exchange().head().filter(|_| redirected) else { return };
        if self.redirected.len() >= self.cap {
            self.full = true;
            return;
        }
        self.redirected.insert(actual.place, (quote::response_place(preflight.exchange()), answer.status));
    }

    /// Place and status of the preflight that let a redirected request out.
    pub(super) fn preflight_of(&self, hop: &Exchange) -> Option<(Place, u16)> {
        self.redirected.get(&hop.place).copied()
    }

    /// Answers to equal requests.
    pub(super) fn twins(&self) -> &Twins {
        &self.twins
    }

    /// Whether the bound was reached and facts were left out.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Where this server allowed this page (its origin or `*`), outside the pair's own failing
    /// response.
    pub(super) fn allows(&self, pair: &Pair) -> Option<(Place, String)> {
        self.page(pair)?.allowed.clone()
    }

    /// Whether a request of this other page to the same server was allowed by its own origin.
    pub(super) fn allows_page(&self, pair: &Pair, page: &str) -> bool {
        let Some(host) = origin_of_url(&pair.url) else { return false };
        let facts = self.pages.get(&*key(page, host.as_str()));
        facts.and_then(|facts| facts.allowed.as_ref()).is_some_and(|(_, value)| value == page)
    }

    /// Where this server allowed another origin.
    pub(super) fn allows_another(&self, pair: &Pair) -> Option<(Place, String)> {
        let others = &self.hosts.get(origin_of_url(&pair.url)?.as_str())?.others;
        others.iter().find(|(value, _)| *value != pair.origin.as_str()).map(|(value, place)| (*place, value.clone()))
    }

    /// The passing exchange nearest in time, of the same page and server; the same URL first.
    pub(super) fn works(&self, pair: &Pair) -> Option<Works> {
        let at = pair.representative().started.map_or(0, crate::exchange::CaptureTime::nanos);
        let passing = &self.page(pair)?.passing;
        let nearest = passing.iter().min_by_key(|(time, works)| (*works.url != *pair.url, time.abs_diff(at)));
        nearest.map(|(_, works)| works.clone())
    }

    /// Layers recognised on other answers of this server.
    pub(super) fn layers(&self, pair: &Pair) -> &[StackHit] {
        origin_of_url(&pair.url)
            .and_then(|host| self.hosts.get(host.as_str()))
            .map_or(&[], |server| server.layers.as_slice())
    }

    fn page(&self, pair: &Pair) -> Option<&PageFacts> {
        let host = origin_of_url(&pair.url)?;
        self.pages.get(&*key(pair.origin.as_str(), host.as_str()))
    }
}

/// Whether the page got what it asked for: an answer of its own, no redirect to elsewhere and no error. What
/// pages without an origin of their own may do says nothing of one another.
fn was_read(pair: &Pair) -> bool {
    let answer = pair.actual().and_then(|actual| actual.head());
    !pair.origin.is_null() && answer.is_some_and(|answer| matches!(answer.status, 200..300 | 304))
}

/// Every exchange of a pair.
pub(super) fn exchanges(pair: &Pair) -> impl Iterator<Item = &Exchange> {
    pair.preflight().map(|preflight| &**preflight.exchange()).into_iter().chain(pair.actual().map(|actual| &**actual))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::judge;
    use crate::exchange::{
        Body, DuplicateLines, FailureMark, Headers, HttpVersion, Listing, Recorder, RecorderNote, RequestHead,
        ResponseHead, Vantage,
    };
    use crate::pairing::{Bounds, Pairer};

    static PACKETS: Recorder = Recorder {
        id: "test-wire",
        name: "packets",
        vantage: Vantage::Wire,
        preflights: Listing::Always,
        failures: Listing::Always,
        failure_mark: FailureMark::None,
        duplicates: DuplicateLines::Kept,
        marks_delivery: false,
    };

    fn get(url: &str) -> Exchange {
        Exchange {
            place: Place::Frame { input: 0, frame: 1, stream: 0 },
            response_place: None,
            client: None,
            server: None,
            started: None,
            completed: None,
            request: RequestHead {
                method: "GET".into(),
                url: url.into(),
                version: HttpVersion::Http11,
                headers: Headers::from_pairs([("origin", "https://app.test")]),
                body_len: None,
            },
            response: Ok(ResponseHead {
                status: 200,
                reason: "".into(),
                version: HttpVersion::Http11,
                headers: Headers::from_pairs([("access-control-allow-origin", "*")]),
                body: Body::default(),
            }),
            note: RecorderNote { tls: true, ..RecorderNote::default() },
            recorder: &PACKETS,
        }
    }

    fn observed(hosts: &[&str], cap: usize) -> ServerFacts {
        let mut pairer = Pairer::new(Bounds::default());
        for host in hosts {
            pairer.add(get(&format!("https://{host}/x")));
        }
        pairer.finish();
        let mut facts = ServerFacts::new(cap);
        for pair in pairer.settled() {
            facts.observe(&judge(pair, None));
        }
        facts
    }

    #[test]
    fn a_full_table_says_so_and_still_takes_known_servers() {
        assert!(!observed(&["a.test", "b.test", "a.test"], 2).is_full());
        assert!(observed(&["a.test", "b.test", "c.test"], 2).is_full());
    }
}
