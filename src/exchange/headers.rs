//! Header lists: order, case and duplicates kept; values that may not be shown are never stored.
//!
//! Owns lookups as the Fetch Standard defines them ("get", with `, ` between repeated lines) and
//! the four kinds of presence. Does not judge values; which may be kept is in [`crate::secrets`].

use crate::secrets::headers::{is_credential, may_be_shown};
use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

/// An ordered header list.
///
/// One byte buffer and one span list: two allocations a message. Lookups scan, since header lists
/// are short.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    buffer: Vec<u8>,
    spans: Vec<Span>,
    secrets: Vec<Secret>,
    /// Lower-case names of which this recorder cannot tell whether they were there.
    unknown: Vec<&'static str>,
    /// Nothing that is not listed can be called absent (provisional or lost headers).
    incomplete: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    name_start: u32,
    name_len: u32,
    /// Bytes of the value; of a secret, its place in the list of secrets.
    value_len: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Secret,
    /// `value_len` bytes were there and are not in the buffer.
    Withheld,
    Redacted,
    Lost,
}

/// What is kept of a secret value: never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// `Bearer`, `Basic` … for authorization-like headers.
    pub scheme: Option<Box<str>>,
    /// Length of the value in bytes.
    pub len: usize,
    /// Cookie names, for `cookie` and `set-cookie`.
    pub names: Vec<Box<str>>,
    /// Equality of two values within one run; keyed at random, never to be printed.
    digest: u64,
}

/// A header value as far as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// The bytes of the value, outer blanks trimmed.
    Text(&'a [u8]),
    /// A credential: only its shape is known.
    Secret(&'a Secret),
    /// Not on the list of values that may be shown: only its length in bytes is known.
    Withheld(usize),
    /// An exporter or sanitiser removed the value and left the name.
    Redacted,
    /// The capture lost the value (HTTP/2 header table without its beginning).
    Lost,
}

/// One header line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderLine<'a> {
    /// Name as written.
    pub name: &'a [u8],
    /// Value.
    pub value: Value<'a>,
}

/// What can be said of a header name in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence<'a> {
    /// There, with this combined value (`, ` between lines); values that are not kept are empty.
    Present(Cow<'a, [u8]>),
    /// There, but the value was removed or lost.
    Redacted,
    /// Not there.
    Absent,
    /// This recorder cannot tell.
    Unknown,
}

impl Headers {
    /// An empty list that is complete.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty list with room for this many lines and bytes of names and values.
    pub fn with_capacity(lines: usize, bytes: usize) -> Self {
        Self { buffer: Vec::with_capacity(bytes), spans: Vec::with_capacity(lines), ..Self::default() }
    }

    /// Builds a list from pairs, mostly for tests.
    pub fn from_pairs<N: AsRef<[u8]>, V: AsRef<[u8]>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut headers = Self::new();
        for (name, value) in pairs {
            headers.push(name.as_ref(), value.as_ref());
        }
        headers
    }

    /// Appends a line. A value that may not be shown is reduced to its shape here and not copied.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let name = trim(name);
        let value = trim(value);
        if may_be_shown(name) {
            self.append(name, value, Kind::Text);
        } else if is_credential(name) {
            let secret = Secret::of(name, value);
            self.secrets.push(secret);
            self.append(name, b"", Kind::Secret);
        } else {
            self.append(name, value, Kind::Withheld);
        }
    }

    /// Appends a line whose value an exporter or sanitiser removed.
    pub fn push_redacted(&mut self, name: &[u8]) {
        self.append(trim(name), b"", Kind::Redacted);
    }

    /// Appends a line whose value the capture lost (its name is known).
    pub fn push_lost(&mut self, name: &[u8]) {
        self.append(trim(name), b"", Kind::Lost);
    }

    /// Says that this recorder cannot tell whether `name` (lower case) was sent.
    pub fn mark_unknown(&mut self, name: &'static str) {
        if !self.unknown.contains(&name) {
            self.unknown.push(name);
        }
    }

    /// Says that names not listed may have been sent all the same.
    pub fn mark_incomplete(&mut self) {
        self.incomplete = true;
    }

    /// Whether names not listed may have been sent all the same.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// Whether this recorder leaves headers of that name (lower case) out of whatever it lists.
    pub fn is_unknown(&self, name: &str) -> bool {
        self.unknown.contains(&name)
    }

    fn append(&mut self, name: &[u8], value: &[u8], kind: Kind) {
        let start = self.buffer.len();
        let (Ok(name_start), Ok(name_len), Ok(value_len)) =
            (u32::try_from(start), u32::try_from(name.len()), u32::try_from(value.len()))
        else {
            self.incomplete = true;
            return;
        };
        let value_len = if kind == Kind::Secret {
            u32::try_from(self.secrets.len().saturating_sub(1)).unwrap_or(u32::MAX)
        } else {
            value_len
        };
        self.buffer.extend_from_slice(name);
        if kind == Kind::Text {
            self.buffer.extend_from_slice(value);
        }
        self.spans.push(Span { name_start, name_len, value_len, kind });
    }

    /// Gives back spare memory.
    pub fn shrink(&mut self) {
        self.buffer.shrink_to_fit();
        self.spans.shrink_to_fit();
        self.secrets.shrink_to_fit();
        self.unknown.shrink_to_fit();
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// About how much memory the list holds, bytes.
    pub fn held_bytes(&self) -> usize {
        self.buffer
            .len()
            .saturating_add(self.spans.len().saturating_mul(size_of::<Span>()))
            .saturating_add(self.secrets.len().saturating_mul(size_of::<Secret>()))
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// All lines in order.
    pub fn iter(&self) -> impl Iterator<Item = HeaderLine<'_>> {
        self.spans.iter().map(|span| self.line(*span))
    }

    fn line(&self, span: Span) -> HeaderLine<'_> {
        let start = span.name_start as usize;
        let middle = start + span.name_len as usize;
        let end = middle + span.value_len as usize;
        let name = self.buffer.get(start..middle).unwrap_or_default();
        let value = match span.kind {
            Kind::Text => Value::Text(self.buffer.get(middle..end).unwrap_or_default()),
            Kind::Secret => match self.secrets.get(span.value_len as usize) {
                Some(secret) => Value::Secret(secret),
                None => Value::Redacted,
            },
            Kind::Withheld => Value::Withheld(span.value_len as usize),
            Kind::Redacted => Value::Redacted,
            Kind::Lost => Value::Lost,
        };
        HeaderLine { name, value }
    }

    /// The lines of one name (any case), in order.
    pub fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = HeaderLine<'a>> {
        self.spans.iter().filter(move |span| self.is_named(**span, name)).map(|span| self.line(*span))
    }

    /// Lookups are many and most lines have another length: that is asked first.
    fn is_named(&self, span: Span, name: &str) -> bool {
        let start = span.name_start as usize;
        span.name_len as usize == name.len()
            && self.buffer.get(start..start + name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// How many lines of this name there are.
    pub fn count(&self, name: &str) -> usize {
        self.lines(name).count()
    }

    /// Whether a line of this name is there, readable or not.
    pub fn has(&self, name: &str) -> bool {
        self.lines(name).next().is_some()
    }

    /// The readable value: lines joined with `, ` (Fetch Standard, header list "get"); empty where the
    /// value is not kept. `None` when absent, unknown or redacted.
    pub fn get(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        match self.presence(name) {
            Presence::Present(value) => Some(value),
            _ => None,
        }
    }

    /// The readable value as text, lossily.
    pub fn get_str(&self, name: &str) -> Option<Cow<'_, str>> {
        Some(match self.get(name)? {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        })
    }

    /// What can be said of this name.
    pub fn presence(&self, name: &str) -> Presence<'_> {
        let mut found: Option<Cow<'_, [u8]>> = None;
        for span in self.spans.iter().filter(|span| self.is_named(**span, name)) {
            let line = self.line(*span);
            let value: &[u8] = match line.value {
                Value::Text(value) => value,
                Value::Secret(_) | Value::Withheld(_) => b"",
                Value::Redacted | Value::Lost => return Presence::Redacted,
            };
            found = Some(match found {
                None => Cow::Borrowed(value),
                Some(first) => {
                    let mut joined = first.into_owned();
                    joined.extend_from_slice(b", ");
                    joined.extend_from_slice(value);
                    Cow::Owned(joined)
                }
            });
        }
        if let Some(value) = found {
            return Presence::Present(value);
        }
        if self.incomplete || self.unknown.iter().any(|unknown| unknown.eq_ignore_ascii_case(name)) {
            return Presence::Unknown;
        }
        Presence::Absent
    }

    /// The secret's shape, when `name` is a secret header that is there.
    pub fn secret<'a>(&'a self, name: &'a str) -> Option<&'a Secret> {
        self.lines(name).find_map(|line| match line.value {
            Value::Secret(secret) => Some(secret),
            _ => None,
        })
    }
}

/// Lists are equal when their lines are; capacity and bookkeeping do not count.
impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.incomplete == other.incomplete && self.unknown == other.unknown && self.iter().eq(other.iter())
    }
}

impl Secret {
    fn of(name: &[u8], value: &[u8]) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        let is_cookie = name.eq_ignore_ascii_case(b"cookie");
        let is_set_cookie = name.eq_ignore_ascii_case(b"set-cookie");
        let mut names = Vec::new();
        if is_cookie || is_set_cookie {
            let pairs = if is_cookie { usize::MAX } else { 1 };
            for pair in value.split(|byte| *byte == b';').take(pairs) {
                let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
                names.push(String::from_utf8_lossy(trim(name)).into());
            }
        }
        let scheme = (!is_cookie && !is_set_cookie)
            .then(|| value.iter().position(|byte| *byte == b' ').and_then(|at| value.get(..at)))
            .flatten()
            .filter(|scheme| scheme.len() <= 16 && scheme.iter().all(u8::is_ascii_alphanumeric))
            .map(|scheme| String::from_utf8_lossy(scheme).into());
        Self { scheme, len: value.len(), names, digest: KEY.get_or_init(RandomState::new).hash_one(value) }
    }

    /// Whether both stand for the same value.
    pub fn same_value(&self, other: &Self) -> bool {
        self.digest == other.digest && self.len == other.len
    }
}

/// Removes HTTP whitespace at both ends (Fetch Standard, "normalize" a value).
fn trim(bytes: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let start = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_lines_combine_in_order_and_stay_separate() {
        let headers = Headers::from_pairs([("Vary", "Origin"), ("X-A", "1"), ("vary", "Accept")]);
        assert_eq!(headers.get_str("VARY").as_deref(), Some("Origin, Accept"));
        assert_eq!(headers.count("vary"), 2);
        assert_eq!(headers.iter().map(|line| line.name).collect::<Vec<_>>(), [b"Vary".as_slice(), b"X-A", b"vary"]);
    }

    #[test]
    fn of_a_value_that_may_not_be_shown_the_length_stays() {
        let headers = Headers::from_pairs([("X-Otp", "739102"), ("x-otp", "1"), ("Server", "nginx")]);
        assert!(!String::from_utf8_lossy(&headers.buffer).contains("739102"));
        let values: Vec<Value<'_>> = headers.iter().map(|line| line.value).collect();
        assert_eq!(values, [Value::Withheld(6), Value::Withheld(1), Value::Text(b"nginx")]);
        assert!(headers.has("x-otp") && headers.get_str("server").as_deref() == Some("nginx"));
    }

    #[test]
    fn an_empty_value_is_present() {
        let headers = Headers::from_pairs([("Access-Control-Allow-Origin", "  ")]);
        assert_eq!(headers.presence("access-control-allow-origin"), Presence::Present(Cow::Borrowed(b"")));
    }

    #[test]
    fn secrets_keep_their_shape_and_lose_their_value() {
        let headers =
            Headers::from_pairs([("Authorization", "Bearer hunter2hunter2"), ("Cookie", "sid=hunter2; lang=de")]);
        let debug = format!("{headers:?}") + &String::from_utf8_lossy(&headers.buffer);
        assert!(!debug.contains("hunter2"), "{debug}");
        let token = headers.secret("authorization").unwrap();
        assert_eq!((token.scheme.as_deref(), token.len), (Some("Bearer"), 21));
        let cookie = headers.secret("cookie").unwrap();
        assert_eq!(cookie.names, [Box::from("sid"), Box::from("lang")]);
        let again = Headers::from_pairs([("authorization", "Bearer hunter2hunter2")]);
        assert!(again.secret("authorization").unwrap().same_value(token));
    }

    #[test]
    fn absent_unknown_and_redacted_differ() {
        let mut headers = Headers::new();
        assert_eq!(headers.presence("cookie"), Presence::Absent);
        headers.mark_unknown("cookie");
        assert_eq!(headers.presence("Cookie"), Presence::Unknown);
        assert_eq!(headers.presence("origin"), Presence::Absent);
        headers.push_redacted(b"Origin");
        assert_eq!(headers.presence("origin"), Presence::Redacted);
        headers.mark_incomplete();
        assert_eq!(headers.presence("x-other"), Presence::Unknown);
    }
}
