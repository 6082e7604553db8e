//! One judged pair as the recognisers see it, and what they return.
//!
//! Owns access to the failing response and the shape of a recognised cause.

use super::Cause;
use crate::cors::{Rule, Stage};
use crate::diagnosis::evidence::{Evidence, Side};
use crate::diagnosis::{Certainty, Judged, ServerFacts, event, page_words, quote};
use crate::exchange::{Exchange, Headers, Place, Presence, ResponseHead};
use crate::pairing::Pair;

/// A judged pair with everything a recogniser may look at.
#[derive(Debug)]
pub(in crate::diagnosis) struct Scene<'a> {
    pub(in crate::diagnosis) judged: &'a Judged,
    pub(in crate::diagnosis) facts: &'a ServerFacts,
    pub(in crate::diagnosis) pair: &'a Pair,
    pub(in crate::diagnosis) stage: Option<Stage>,
    pub(in crate::diagnosis) rule: Option<&'a Rule>,
    /// The exchange the verdict is about.
    pub(in crate::diagnosis) exchange: &'a Exchange,
    pub(in crate::diagnosis) response: Option<&'a ResponseHead>,
    /// The start of the failing response's body, lower scene.
    excerpt: String,
}

/// A recognised cause.
#[derive(Debug)]
pub(in crate::diagnosis) struct Found {
    pub(in crate::diagnosis) cause: Cause,
    pub(in crate::diagnosis) certainty: Certainty,
    pub(in crate::diagnosis) text: String,
    pub(in crate::diagnosis) brief: String,
    pub(in crate::diagnosis) candidates: Vec<String>,
    pub(in crate::diagnosis) evidence: Vec<Evidence>,
}

impl<'a> Scene<'a> {
    pub(in crate::diagnosis) fn new(judged: &'a Judged, facts: &'a ServerFacts) -> Self {
        let exchange = judged.failing_exchange();
        let response = exchange.head();
        let excerpt =
            response.and_then(|response| response.body.excerpt.as_deref()).unwrap_or_default().to_ascii_lowercase();
        let (stage, rule) = (judged.stage(), judged.rule().map(|(_, rule)| rule));
        Self { judged, facts, pair: &judged.pair, stage, rule, exchange, response, excerpt }
    }

    /// Whether the preflight's answer is the failing one.
    pub(super) fn on_preflight(&self) -> bool {
        self.stage == Some(Stage::Preflight)
    }

    pub(in crate::diagnosis) fn headers(&self) -> Option<&'a Headers> {
        self.response.map(|response| &response.headers)
    }

    /// A readable response header.
    pub(in crate::diagnosis) fn header(&self, name: &str) -> Option<String> {
        self.headers()?.get_str(name).map(std::borrow::Cow::into_owned)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.headers().is_some_and(|headers| headers.has(name))
    }

    /// Whether a response header's value contains `part` (lower scene).
    pub(super) fn contains(&self, name: &str, part: &str) -> bool {
        self.header(name).is_some_and(|value| value.to_ascii_lowercase().contains(part))
    }

    /// Whether the kept part of the body contains `part` (lower scene).
    pub(super) fn body_says(&self, part: &str) -> bool {
        self.excerpt.contains(part)
    }

    /// The same words as they stand in the body: lowering ASCII letters moves no byte.
    pub(in crate::diagnosis) fn said(&self, part: &str) -> Option<&'a str> {
        let written = self.response?.body.excerpt.as_deref()?;
        let start = self.excerpt.find(part)?;
        written.get(start..start.saturating_add(part.len()))
    }

    /// The first words of the body that servers' pages are made of, on one line, without markup.
    pub(in crate::diagnosis) fn body_line(&self) -> String {
        let body = self.response.and_then(|response| response.body.excerpt.as_deref()).unwrap_or_default();
        quote::shorten(&page_words::known(&quote::page_text(body)), 160)
    }

    pub(super) fn is_html(&self) -> bool {
        self.contains("content-type", "text/html")
    }

    /// Whether S3 itself answered: its `Server` line survives a CDN in front.
    pub(in crate::diagnosis) fn is_s3(&self) -> bool {
        self.contains("server", "amazons3")
    }

    /// Whether API Gateway answered for a method, path or stage that it does not have.
    pub(in crate::diagnosis) fn no_such_gateway_route(&self) -> bool {
        self.contains("x-amzn-errortype", "missingauthenticationtoken")
            || self.body_says("missing authentication token")
    }

    /// The names in `Vary`, lower scene.
    pub(super) fn vary(&self) -> Vec<String> {
        self.header("vary")
            .unwrap_or_default()
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// The response header in quotes, as evidence text.
    pub(super) fn quoted(&self, name: &str) -> Option<String> {
        quote::header(self.headers()?, name)
    }

    /// `entry 6, 02:16:45.203 UTC, 127.0.10.2`.
    pub(super) fn whereabouts(&self) -> String {
        self.whereabouts_of(self.exchange)
    }

    /// The same of another exchange.
    pub(super) fn whereabouts_of(&self, exchange: &Exchange) -> String {
        quote::whereabouts(exchange, self.facts.files())
    }

    /// What packets show instead of an answer, with the server's address and the frame of the event:
    /// `RST from 127.0.10.2:443 0.9 ms after the request (frame 49)`.
    pub(in crate::diagnosis) fn event(&self, exchange: &Exchange) -> Option<String> {
        let events = exchange.note.events.as_slice();
        if events.is_empty() {
            return None;
        }
        let event = event::words(events, exchange.server.as_deref().filter(|server| !server.is_empty()));
        Some(match exchange.note.event_place() {
            Some(place) => format!("{event} ({})", self.place(place)),
            None => event,
        })
    }

    /// `entry 6` or `frame 52`, with its file in front when there are several.
    pub(in crate::diagnosis) fn place(&self, place: Place) -> String {
        quote::place(place, self.facts.files())
    }

    /// Side and place of the failing response.
    pub(super) fn here(&self) -> (Side, Place) {
        let side = match self.stage {
            Some(Stage::Preflight) => Side::PreflightResponse,
            Some(Stage::Redirect) => Side::RedirectResponse,
            Some(Stage::Actual) => Side::ActualResponse,
            None if self.exchange.is_preflight() => Side::PreflightResponse,
            None => Side::ActualResponse,
        };
        (side, quote::response_place(self.exchange))
    }

    /// Whether Access-Control-Allow-Origin is surely absent from the failing response.
    pub(super) fn lacks_allow_origin(&self) -> bool {
        self.headers().is_some_and(|headers| headers.presence("access-control-allow-origin") == Presence::Absent)
    }

    /// Whether the pair's own preflight answered with this page's origin (or `*`).
    pub(super) fn preflight_allowed_origin(&self) -> bool {
        self.pair.preflight().and_then(|preflight| preflight.exchange().head()).is_some_and(|response| {
            response
                .headers
                .get_str("access-control-allow-origin")
                .is_some_and(|value| *value == *self.pair.origin.as_str() || value == "*")
        })
    }
}

impl Found {
    pub(super) fn new(cause: Cause, certainty: Certainty, text: impl Into<String>) -> Self {
        Self { cause, certainty, text: text.into(), brief: String::new(), candidates: Vec::new(), evidence: Vec::new() }
    }

    pub(super) fn brief(mut self, brief: impl Into<String>) -> Self {
        self.brief = quote::shorten(&brief.into(), 60);
        self
    }

    pub(super) fn candidates(mut self, candidates: &[&str]) -> Self {
        self.candidates = candidates.iter().map(|candidate| (*candidate).to_owned()).collect();
        self
    }

    pub(super) fn at(mut self, (side, place): (Side, Place), what: impl Into<String>) -> Self {
        self.evidence.push(Evidence { side, place, what: what.into() });
        self
    }

    /// Quotes the lines of these headers of the failing response as evidence.
    pub(super) fn quoting(mut self, scene: &Scene<'_>, names: &[&str]) -> Self {
        let Some(headers) = scene.headers() else { return self };
        for name in names {
            for line in quote::header_lines(headers, name) {
                self = self.at(scene.here(), line);
            }
        }
        self
    }
}
