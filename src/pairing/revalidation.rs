//! Revalidation: which stored answer a 304 stands for (Fetch Standard, HTTP-network-or-cache fetch; RFC 9111, section
//! 4.3).
//!
//! Owns the memory of answers that browsers may have stored, bounded, of each no more than what CORS and validators need.
//! To its own revalidation a browser judges the stored answer, updated by the 304; a script that set the condition itself
//! gets the 304.

use crate::exchange::{Exchange, Headers, HttpVersion, Place, Presence, ResponseHead, Value};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

/// Answers remembered for one URL.
const ANSWERS: usize = 8;
/// Bytes of one answer's deciding headers, and of a URL, beyond which it is not remembered.
const BYTES: usize = 1024;
const URL_BYTES: usize = 4096;

/// What is kept of an answer.
const KEPT: [&str; 4] = ["access-control-allow-origin", "access-control-allow-credentials", "etag", "last-modified"];
/// What a 304 brings up to date, as far as it decides.
const DECIDING: [&str; 2] = ["access-control-allow-origin", "access-control-allow-credentials"];
/// Conditions that browsers set by themselves to revalidate.
const CONDITIONS: [&str; 2] = ["if-none-match", "if-modified-since"];

/// A 304 to the browser's own revalidation, and what the browser judged instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Revalidated {
    /// Where the stored answer stands; `None` when it is not in the capture.
    pub stored: Option<Place>,
    /// The stored answer with the 304's headers; what is not known of it is marked unknown.
    pub answer: ResponseHead,
}

/// An answer that may have been stored, or a 304 that brought one up to date.
#[derive(Debug)]
struct Answer {
    place: Place,
    start: i64,
    status: u16,
    headers: Headers,
    client: Option<IpAddr>,
    agent: u64,
}

/// Answers by their URL: beyond the cap the URL remembered longest is forgotten.
#[derive(Debug, Default)]
pub(super) struct Answers {
    cap: usize,
    by_url: HashMap<Box<str>, VecDeque<Answer>>,
    order: VecDeque<Box<str>>,
}

impl Answers {
    pub(super) fn new(cap: usize) -> Self {
        Self { cap: cap.max(1), ..Self::default() }
    }

    /// Keeps what may be stored, or brings a stored answer up to date.
    pub(super) fn remember(&mut self, exchange: &Exchange, url: &str) {
        let Some(response) = exchange.head().filter(|_| &*exchange.request.method == "GET") else { return };
        let names: &[&str] = match response.status {
            200 | 203 | 300 | 301 | 308 | 404 | 410 => &KEPT,
            304 => &DECIDING,
            _ => return,
        };
        // Only what has a validator can be revalidated.
        let validated = response.headers.has("etag") || response.headers.has("last-modified");
        let headers = copy(&response.headers, names);
        let useful = if response.status == 304 { !headers.is_empty() } else { validated };
        if !useful || headers.held_bytes() > BYTES || url.len() > URL_BYTES {
            return;
        }
        if !self.by_url.contains_key(url) {
            if self.by_url.len() >= self.cap
                && let Some(oldest) = self.order.pop_front()
            {
                self.by_url.remove(&oldest);
            }
            self.order.push_back(url.into());
        }
        let answers = self.by_url.entry(url.into()).or_default();
        let answer = Answer {
            place: exchange.place,
            start: exchange.started.map_or(0, crate::exchange::CaptureTime::nanos),
            status: response.status,
            headers,
            client: exchange.client.map(|client| client.ip()),
            agent: agent(exchange),
        };
        // Kept in time order, so that the order of arrival does not matter.
        let at = answers.partition_point(|kept| (kept.start, kept.place) <= (answer.start, answer.place));
        answers.insert(at, answer);
        if answers.len() > ANSWERS {
            answers.pop_front();
        }
    }

    /// What the browser judged where this answer is a 304 to its own revalidation.
    pub(super) fn revalidated(&self, actual: &Exchange, url: &str, include: bool) -> Option<Revalidated> {
        let response = actual.head().filter(|response| response.status == 304)?;
        if !matches!(&*actual.request.method, "GET" | "HEAD") || !asks_conditionally(actual) {
            return None;
        }
        let start = actual.started.map_or(0, crate::exchange::CaptureTime::nanos);
        let same_browser = |answer: &&Answer| {
            answer.place.input() == actual.place.input()
                && (answer.start, answer.place) < (start, actual.place)
                && answer.client == actual.client.map(|client| client.ip())
                && answer.agent == agent(actual)
        };
        let known: Vec<&Answer> = self.by_url.get(url).into_iter().flatten().filter(same_browser).collect();
        let last = known.iter().rposition(|answer| answer.status != 304 && is_asked_for(actual, &answer.headers));
        let stored = last.and_then(|at| known.get(at));
        let updates = last.map_or(&[][..], |at| known.get(at..).unwrap_or_default());
        let mut headers = Headers::new();
        for name in DECIDING {
            // The newest that has the header is what is stored by now.
            let from_newest = [&response.headers].into_iter().chain(updates.iter().rev().map(|answer| &answer.headers));
            match from_newest.into_iter().find(|headers| headers.presence(name) != Presence::Absent) {
                Some(newest) if newest.has(name) => push_lines(&mut headers, newest, name),
                Some(_) => headers.mark_unknown(name),
                None if stored.is_some() => {}
                // A 304 that allows the page at all was answered for it alone.
                None if name == DECIDING[1] && !include && headers.has(DECIDING[0]) => {}
                None => headers.mark_unknown(name),
            }
        }
        let answer = ResponseHead {
            status: stored.map_or(200, |stored| stored.status),
            reason: Box::default(),
            version: HttpVersion::Unknown,
            headers,
            body: crate::exchange::Body::default(),
        };
        Some(Revalidated { stored: stored.map(|stored| stored.place), answer })
    }
}

/// The conditions that stand among these names (lower case): a script set them.
pub(super) fn names_condition(names: &[String]) -> bool {
    names.iter().any(|name| name.starts_with("if-"))
}

/// Whether the request has a condition, or may have one that the recorder left out.
fn asks_conditionally(actual: &Exchange) -> bool {
    let headers = &actual.request.headers;
    CONDITIONS.iter().any(|name| !matches!(headers.presence(name), Presence::Absent))
}

/// Whether the request's validators are those of a stored answer, as far as both are known.
fn is_asked_for(actual: &Exchange, stored: &Headers) -> bool {
    let asked = &actual.request.headers;
    match (asked.get("if-none-match"), stored.get("etag")) {
        (Some(asked), Some(tag)) if !asked.is_empty() && !tag.is_empty() => {
            asked.split(|byte| *byte == b',').any(|asked| weak(asked) == weak(&tag))
        }
        _ => match (asked.get("if-modified-since"), stored.get("last-modified")) {
            (Some(since), Some(modified)) => since == modified,
            _ => true,
        },
    }
}

/// An entity tag without the mark of a weak one.
fn weak(tag: &[u8]) -> &[u8] {
    let tag = tag.trim_ascii();
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

fn copy(from: &Headers, names: &[&str]) -> Headers {
    let mut headers = Headers::new();
    for name in names {
        push_lines(&mut headers, from, name);
    }
    headers.shrink();
    headers
}

fn push_lines(to: &mut Headers, from: &Headers, name: &str) {
    for line in from.lines(name) {
        match line.value {
            Value::Text(value) => to.push(line.name, value),
            Value::Redacted => to.push_redacted(line.name),
            _ => to.push_lost(line.name),
        }
    }
}

/// One browser's requests have one `User-Agent`.
fn agent(exchange: &Exchange) -> u64 {
    let agent = exchange.request.headers.get("user-agent").unwrap_or_default();
    agent.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
