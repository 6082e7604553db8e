//! One judged pair as everything that explains it sees it.
//!
//! Owns access to the failing response.

use super::evidence::Side;
use super::{Judged, ServerFacts, event, page_words, quote};
use crate::cors::{Rule, Stage};
use crate::exchange::{Exchange, Headers, Origin, Place, Presence, ResponseHead};
use crate::pairing::Pair;
use crate::secrets::Prose;
use crate::secrets::prose;
use crate::stacks::{self, SilentRefusal};

/// A judged pair with everything that may be looked at.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) judged: &'a Judged,
    pub(super) facts: &'a ServerFacts,
    pub(super) pair: &'a Pair,
    pub(super) stage: Option<Stage>,
    pub(super) rule: Option<&'a Rule>,
    /// The exchange the verdict is about.
    pub(super) exchange: &'a Exchange,
    pub(super) response: Option<&'a ResponseHead>,
    /// The start of the failing response's body, lower case.
    excerpt: String,
}

impl<'a> Scene<'a> {
    pub(super) fn new(judged: &'a Judged, facts: &'a ServerFacts) -> Self {
        let exchange = judged.failing_exchange();
        let on_actual = !exchange.is_preflight();
        let response = judged.pair.answer().filter(|_| on_actual).or_else(|| exchange.head());
        let excerpt =
            response.and_then(|response| response.body.excerpt.as_deref()).unwrap_or_default().to_ascii_lowercase();
        let (stage, rule) = (judged.stage(), judged.rule().map(|(_, rule)| rule));
        Self { judged, facts, pair: &judged.pair, stage, rule, exchange, response, excerpt }
    }

    /// Whether the preflight's answer is the failing one.
    pub(super) fn on_preflight(&self) -> bool {
        self.stage == Some(Stage::Preflight)
    }

    pub(super) fn headers(&self) -> Option<&'a Headers> {
        self.response.map(|response| &response.headers)
    }

    /// A readable response header.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers()?.get_str(name).map(std::borrow::Cow::into_owned)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.headers().is_some_and(|headers| headers.has(name))
    }

    /// Whether a response header's value contains `part` (lower case).
    pub(super) fn contains(&self, name: &str, part: &str) -> bool {
        self.header(name).is_some_and(|value| value.to_ascii_lowercase().contains(part))
    }

    /// Whether the kept part of the body contains `part` (lower case).
    pub(super) fn body_says(&self, part: &str) -> bool {
        self.excerpt.contains(part)
    }

    /// The same words as they stand in the body: lowering ASCII letters moves no byte.
    pub(super) fn said(&self, part: &str) -> Option<&'a str> {
        let written = self.response?.body.excerpt.as_deref()?;
        let start = self.excerpt.find(part)?;
        written.get(start..start.saturating_add(part.len()))
    }

    /// The first words of the body that servers' pages are made of, on one line, without markup.
    pub(super) fn body_line(&self) -> String {
        let body = self.response.and_then(|response| response.body.excerpt.as_deref()).unwrap_or_default();
        quote::shorten(&page_words::known(&quote::page_text(body)), 160)
    }

    /// The same as evidence of these words (lower case): they are in it, or are all of it.
    pub(super) fn body_line_with(&self, words: &str) -> String {
        let line = self.body_line();
        if line.to_ascii_lowercase().contains(words) {
            return line;
        }
        self.said(words).map(quote::page_text).unwrap_or_default()
    }

    pub(super) fn is_html(&self) -> bool {
        self.contains("content-type", "text/html")
    }

    /// How the storage that answered itself refuses without a word, if it is such.
    pub(super) fn silent_refusal(&self) -> Option<&'static SilentRefusal> {
        stacks::silent_refusal(&self.header("server")?)
    }

    /// Whether API Gateway answered for a method, path or stage that it does not have.
    pub(super) fn no_such_gateway_route(&self) -> bool {
        self.contains("x-amzn-errortype", "missingauthenticationtoken")
            || self.body_says("missing authentication token")
    }

    /// The names in `Vary`, lower case.
    pub(super) fn vary(&self) -> Vec<String> {
        self.header("vary")
            .unwrap_or_default()
            .split(',')
            .map(|name| name.trim().to_ascii_lowercase())
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// The page's origin, which differs from the request's after a redirect.
    pub(super) fn page(&self) -> &'a Origin {
        self.pair.page.as_ref().unwrap_or(&self.pair.origin)
    }

    /// The response header in quotes, as evidence text.
    pub(super) fn quoted(&self, name: &str) -> Option<Prose> {
        quote::header(self.headers()?, name)
    }

    /// `entry 6, 02:16:45.203 UTC, 127.0.10.2`.
    pub(super) fn whereabouts(&self) -> Prose {
        self.whereabouts_of(self.exchange)
    }

    /// The same of another exchange.
    pub(super) fn whereabouts_of(&self, exchange: &Exchange) -> Prose {
        quote::whereabouts(exchange, self.facts.files())
    }

    /// What packets show instead of an answer, with the server's address and the frame of the event:
    /// `RST from 127.0.10.2:443 0.9 ms after the request (frame 49)`.
    pub(super) fn event(&self, exchange: &Exchange) -> Option<Prose> {
        let events = exchange.note.events.as_slice();
        if events.is_empty() {
            return None;
        }
        let event = event::words(events, exchange.server.as_deref().filter(|server| !server.is_empty()));
        Some(match exchange.note.event_place() {
            Some(place) => prose!("{} ({})", event, self.place(place)),
            None => event,
        })
    }

    /// `entry 6` or `frame 52`, with its file in front when there are several.
    pub(super) fn place(&self, place: Place) -> Prose {
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
        let stored = self.pair.revalidated.as_ref().filter(|_| side == Side::ActualResponse);
        (side, stored.and_then(|by| by.stored).unwrap_or_else(|| quote::response_place(self.exchange)))
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
