//! Signs of products in an answer.
//!
//! Owns what a sign may look at, and how what was seen is quoted.

use crate::exchange::quote;
use crate::exchange::{HttpVersion, ResponseHead, Value};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// How a product shows in a response. Texts are in lower case unless the sign says otherwise.
#[derive(Debug, Clone, Copy)]
pub enum Sign {
    /// A header of this name.
    Has(&'static str),
    /// A header whose value starts so.
    Starts(&'static str, &'static str),
    /// A header whose value contains this.
    Contains(&'static str, &'static str),
    /// A header whose value is this, letters' case counting.
    Is(&'static str, &'static str),
    /// The start of the body contains this.
    Body(&'static str),
    /// A cookie whose name starts so.
    Cookie(&'static str),
    /// The reason phrase contains this.
    Reason(&'static str),
    /// An answer of HTTP/1.1 with a status line that ends after the status.
    NoReason,
    /// The status.
    Status(u16),
    /// All of these.
    All(&'static [Self]),
    /// One of these.
    Any(&'static [Self]),
    /// This is not there. Of no weight alone.
    Not(&'static Self),
    /// This does not name the product: others may send it as well, or it is its maker's or its server's.
    Likely(&'static Self),
}

/// What is known of a body: as written, and in lower case at the same places.
pub(super) struct Body<'a> {
    written: &'a str,
    lower: String,
}

impl<'a> Body<'a> {
    pub(super) fn new(written: &'a str) -> Self {
        Self { written, lower: written.to_ascii_lowercase() }
    }

    /// The words of a sign as they stand in the body.
    fn says(&self, part: &str) -> Option<Prose> {
        // Most answers have no text, and a search costs its preparation even there.
        if self.lower.is_empty() {
            return None;
        }
        let start = self.lower.find(part)?;
        let words = self.written.get(start..start.saturating_add(part.len()))?;
        let longest = words.split('"').max_by_key(|piece| piece.len())?.trim();
        Some(prose!("the body says \"{}\"", Captured::text(longest)))
    }
}

/// What was seen of a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) words: Prose,
    /// Whether the words are one line of the answer as it stands, which a sentence puts into quotation marks.
    pub(super) is_line: bool,
}

impl Seen {
    fn line(line: String) -> Self {
        Self { words: Captured::text(line).into(), is_line: true }
    }

    fn words(words: impl Into<Prose>) -> Self {
        Self { words: words.into(), is_line: false }
    }
}

/// The sign as it stands in the answer.
pub(super) fn seen(sign: &Sign, response: &ResponseHead, body: &Body<'_>) -> Option<Seen> {
    let headers = &response.headers;
    let quoted = |name: &str| quote::header_lines(headers, name).into_iter().next().map(Seen::line);
    match sign {
        Sign::Has(name) => headers.has(name).then(|| quoted(name)).flatten(),
        Sign::Starts(name, part) => {
            headers.get_str(name).filter(|value| starts(value, part)).and_then(|_| quoted(name))
        }
        Sign::Is(name, whole) => headers.get_str(name).filter(|value| value == whole).and_then(|_| quoted(name)),
        Sign::Contains(name, part) => {
            headers.get_str(name).filter(|value| contains(value, part)).and_then(|_| quoted(name))
        }
        Sign::Body(part) => body.says(part).map(Seen::words),
        Sign::Cookie(start) => headers.lines("set-cookie").find_map(|line| match line.value {
            Value::Secret(secret) => secret
                .names
                .first()
                .filter(|name| name.to_ascii_lowercase().starts_with(start))
                .map(|name| Seen::line(format!("Set-Cookie: {name}=…"))),
            _ => None,
        }),
        Sign::All(signs) => {
            let all: Option<Vec<Seen>> = signs.iter().map(|sign| seen(sign, response, body)).collect();
            let mut all = all?;
            all.retain(|seen| !seen.words.is_empty());
            let is_line = matches!(all.as_slice(), [only] if only.is_line);
            Some(Seen { words: Prose::joined(all.iter().map(|seen| &seen.words), "; "), is_line })
        }
        Sign::Any(signs) => signs.iter().find_map(|sign| seen(sign, response, body)),
        Sign::Not(sign) => seen(sign, response, body).is_none().then(|| Seen::words("")),
        Sign::Likely(sign) => seen(sign, response, body),
        Sign::Status(status) => (response.status == *status).then(|| Seen::words(prose!("status {}", status))),
        Sign::NoReason => (response.version == HttpVersion::Http11 && response.reason.is_empty())
            .then(|| Seen::words("no reason phrase")),
        Sign::Reason(part) => {
            let says = response.reason.to_ascii_lowercase().contains(part);
            says.then(|| Seen::words(prose!("reason phrase \"{}\"", part)))
        }
    }
}

/// Letters' case aside.
fn starts(value: &str, part: &str) -> bool {
    value.as_bytes().get(..part.len()).is_some_and(|start| start.eq_ignore_ascii_case(part.as_bytes()))
}

/// Letters' case aside; `part` is not empty.
fn contains(value: &str, part: &str) -> bool {
    value.as_bytes().windows(part.len().max(1)).any(|at| at.eq_ignore_ascii_case(part.as_bytes()))
}
