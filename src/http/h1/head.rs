//! HTTP/1 message heads: start line, header lines, and what they say about the body.
//!
//! `httparse` reads strictly first and laxly second; what the lax reading leaves out is counted.
//! Continued lines (RFC 9112 §5.2) are joined before, on both sides.

use super::status_line;
use crate::exchange::{Headers, HttpVersion};
use crate::http::Notes;
use httparse::{EMPTY_HEADER, Header, ParserConfig, Status};
use memchr::{memchr, memchr_iter};
use std::borrow::Cow;

/// A request head.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Box<str>,
    /// The request target as sent.
    pub(super) target: Box<str>,
    pub(super) version: HttpVersion,
    pub(super) headers: Headers,
    pub(super) facts: Facts,
}

/// A response head.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) reason: Box<str>,
    pub(super) version: HttpVersion,
    pub(super) headers: Headers,
    pub(super) facts: Facts,
    /// Why it is no answer to some browser, or to any.
    pub(super) objection: Option<Objection>,
}

/// What browsers object to in the head of a response, recorded of Chromium and Firefox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Objection {
    /// Neither takes it: two lines of this name differ.
    Contradicting(&'static str),
    /// Neither takes a NUL in a value.
    Nul,
    /// One takes it and the other does not, or nothing is known of one.
    Disputed,
}

/// What header lines say about framing and about what follows.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `Transfer-Encoding` is there; whether its last coding is `chunked`.
    pub(super) transfer: Option<bool>,
    pub(super) length: Length,
    pub(super) host: Option<Box<str>>,
    /// `Upgrade`, when `Connection` names it.
    pub(super) upgrade: Option<Box<str>>,
    /// `HTTP2-Settings` (RFC 7540 §3.2.1), as sent.
    pub(super) http2_settings: Option<Box<[u8]>>,
    pub(super) content_encoding: Option<Box<str>>,
    /// Header lines that are not valid HTTP.
    pub(super) dropped: u64,
    names_upgrade: bool,
    locations: u32,
}

/// What `Content-Length` says; equal values count as one (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Length {
    #[default]
    Absent,
    Bytes(u64),
    /// No number, or several that differ.
    Invalid,
}

/// Header lines for which no allocation is made.
const INLINE: usize = 96;

/// Reads a request head. `None`: not a request.
pub(super) fn request(bytes: &[u8], notes: &mut Notes) -> Option<Request> {
    let (bytes, lines) = unfold(bytes, notes);
    let strict = read_request(&bytes, lines, &ParserConfig::default(), false);
    let request = strict.or_else(|| read_request(&without_bare_cr(&bytes), lines, &lax(), true))?;
    notes.dropped_lines = notes.dropped_lines.saturating_add(request.facts.dropped);
    Some(request)
}

/// Reads a response head. `None`: not a response.
pub(super) fn response(bytes: &[u8], notes: &mut Notes) -> Option<Response> {
    let (bytes, lines) = unfold(bytes, notes);
    let strict = read_response(&bytes, lines, &ParserConfig::default(), false);
    let response = strict.or_else(|| lax_response(&without_bare_cr(&bytes), lines))?;
    notes.dropped_lines = notes.dropped_lines.saturating_add(response.facts.dropped);
    Some(response)
}

/// What a strict parser refuses: other status lines, other header lines.
fn lax_response(bytes: &[u8], lines: usize) -> Option<Response> {
    // The parser gives up at a NUL, also where it leaves lines out.
    let visible: Vec<u8> = bytes.iter().map(|byte| if *byte == 0 { b'?' } else { *byte }).collect();
    let mut response = if let Some(response) = read_response(&visible, lines, &lax(), true) {
        response
    } else {
        let (line, repaired) = status_line::repaired(&visible)?;
        let response = read_response(&repaired, lines, &lax(), true)?;
        let disputed = line.is_disputed.then_some(Objection::Disputed);
        let objection = disputed.or(response.objection);
        Response { status: line.status, version: line.version, objection, ..response }
    };
    for line in bytes.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = memchr(b':', line) else { continue };
        let (name, value) = line.split_at_checked(colon)?;
        if value.contains(&0) {
            response.objection = Some(Objection::Nul);
        }
        // Chromium takes a CORS header with a blank before the colon, and refuses a NUL in a name; Firefox the reverse.
        let has_blank = name.ends_with(b" ") || name.ends_with(b"\t");
        let is_cors = name.get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-"));
        if name.contains(&0) || (has_blank && is_cors) {
            response.objection.get_or_insert(Objection::Disputed);
        }
    }
    Some(response)
}

/// What browsers let pass as well.
fn lax() -> ParserConfig {
    let mut config = ParserConfig::default();
    config
        .allow_spaces_after_header_name_in_responses(true)
        .allow_multiple_spaces_in_request_line_delimiters(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .ignore_invalid_headers_in_responses(true)
        .ignore_invalid_headers_in_requests(true);
    config
}

fn read_request(bytes: &[u8], lines: usize, config: &ParserConfig, is_lax: bool) -> Option<Request> {
    with_room(lines, |room| {
        let mut parsed = httparse::Request::new(room);
        let Ok(Status::Complete(_)) = config.parse_request(&mut parsed, bytes) else { return None };
        let (headers, facts) = take_headers(parsed.headers, is_lax.then_some(lines));
        Some(Request {
            method: parsed.method?.into(),
            target: parsed.path?.into(),
            version: version(parsed.version?),
            headers,
            facts,
        })
    })
}

fn read_response(bytes: &[u8], lines: usize, config: &ParserConfig, is_lax: bool) -> Option<Response> {
    with_room(lines, |room| {
        let mut parsed = httparse::Response::new(room);
        let Ok(Status::Complete(_)) = config.parse_response(&mut parsed, bytes) else { return None };
        let (headers, facts) = take_headers(parsed.headers, is_lax.then_some(lines));
        let objection = contradicting(parsed.headers, &facts).map(Objection::Contradicting);
        Some(Response {
            objection,
            status: parsed.code.filter(|code| *code >= 100)?,
            reason: parsed.reason.unwrap_or_default().into(),
            version: version(parsed.version?),
            headers,
            facts,
        })
    })
}

/// A header of which two lines that differ make an answer none: its length, unless it is chunked, and its target.
fn contradicting(lines: &[Header<'_>], facts: &Facts) -> Option<&'static str> {
    let differ = |name: &str| {
        let mut values =
            lines.iter().filter(|line| line.name.eq_ignore_ascii_case(name)).map(|line| line.value.trim_ascii());
        values.next().is_some_and(|first| values.any(|value| value != first))
    };
    if facts.length == Length::Invalid && facts.transfer.is_none() && differ("content-length") {
        return Some("Content-Length");
    }
    (facts.locations > 1 && differ("location")).then_some("Location")
}

fn with_room<'b, T>(lines: usize, read: impl FnOnce(&mut [Header<'b>]) -> Option<T>) -> Option<T> {
    if lines <= INLINE { read(&mut [EMPTY_HEADER; INLINE]) } else { read(&mut vec![EMPTY_HEADER; lines]) }
}

fn version(minor: u8) -> HttpVersion {
    if minor == 0 { HttpVersion::Http10 } else { HttpVersion::Http11 }
}

/// Copies the lines, once, and notes what framing needs. `lines` is given when some may be missing.
fn take_headers(parsed: &[Header<'_>], lines: Option<usize>) -> (Headers, Facts) {
    let bytes = parsed.iter().map(|line| line.name.len() + line.value.len()).sum();
    let mut headers = Headers::with_capacity(parsed.len(), bytes);
    let mut facts = Facts::default();
    for line in parsed {
        headers.push(line.name.as_bytes(), line.value);
        facts.note(line.name, line.value);
    }
    if let Some(lines) = lines {
        facts.dropped = lines.saturating_sub(parsed.len()) as u64;
    }
    if !facts.names_upgrade {
        facts.upgrade = None;
    }
    (headers, facts)
}

impl Facts {
    fn note(&mut self, name: &str, value: &[u8]) {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("content-length") {
            for item in list(value) {
                let length = number(item).map_or(Length::Invalid, Length::Bytes);
                self.length = match self.length {
                    Length::Absent => length,
                    same if same == length => same,
                    _ => Length::Invalid,
                };
            }
        } else if is("transfer-encoding") {
            self.transfer = Some(list(value).last().is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked")));
        } else if is("location") {
            self.locations = self.locations.saturating_add(1);
        } else if is("host") {
            self.host.get_or_insert_with(|| text(value));
        } else if is("connection") {
            self.names_upgrade |= list(value).any(|option| option.eq_ignore_ascii_case(b"upgrade"));
        } else if is("upgrade") {
            self.upgrade.get_or_insert_with(|| text(value));
        } else if is("http2-settings") {
            self.http2_settings.get_or_insert_with(|| value.trim_ascii().into());
        } else if is("content-encoding") {
            let before = self.content_encoding.take();
            self.content_encoding =
                Some(before.map_or_else(|| text(value), |first| format!("{first},{}", text(value)).into()));
        }
    }
}

fn text(value: &[u8]) -> Box<str> {
    String::from_utf8_lossy(value.trim_ascii()).into()
}

/// The items of a comma-separated list that are not empty.
fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|item| !item.is_empty())
}

/// Digits only: `str::parse` would take a sign.
fn number(digits: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// Joins continued lines with a blank, and counts the header lines. Blanks before the first header
/// line continue nothing: that line is left to the parser, which refuses it.
fn unfold<'a>(bytes: &'a [u8], notes: &mut Notes) -> (Cow<'a, [u8]>, usize) {
    let first = memchr(b'\n', bytes).unwrap_or(0);
    let mut joined = Vec::new();
    let mut copied = 0;
    let mut lines = 0_usize;
    for at in memchr_iter(b'\n', bytes) {
        let next = bytes.get(at + 1..).unwrap_or_default();
        lines += 1;
        if at == first || !matches!(next, [b' ' | b'\t', ..]) {
            continue;
        }
        lines -= 1;
        notes.folded_lines = notes.folded_lines.saturating_add(1);
        let kept = bytes.get(copied..at).unwrap_or_default();
        joined.extend_from_slice(kept.strip_suffix(b"\r").unwrap_or(kept));
        joined.push(b' ');
        copied = at + 1 + next.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    }
    // The start line and the empty line are no header lines.
    let lines = lines.saturating_sub(2);
    if copied == 0 {
        return (Cow::Borrowed(bytes), lines);
    }
    joined.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    (Cow::Owned(joined), lines)
}

/// A CR without LF becomes a blank (RFC 9112 §2.2).
fn without_bare_cr(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_bare = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr_iter(b'\r', bytes).any(is_bare) {
        return Cow::Borrowed(bytes);
    }
    let mut repaired = bytes.to_vec();
    for at in memchr_iter(b'\r', bytes).filter(|at| is_bare(*at)) {
        if let Some(byte) = repaired.get_mut(at) {
            *byte = b' ';
        }
    }
    Cow::Owned(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> (Response, Notes) {
        let mut notes = Notes::default();
        let response = response(head.as_bytes(), &mut notes).unwrap();
        (response, notes)
    }

    fn length(lines: &str) -> Length {
        read(&format!("HTTP/1.1 200 OK\r\n{lines}\r\n")).0.facts.length
    }

    #[test]
    fn equal_content_lengths_count_as_one_and_others_as_invalid() {
        assert_eq!(length("Content-Length: 5\r\ncontent-length: 5\r\n"), Length::Bytes(5));
        assert_eq!(length("Content-Length: 5, 5\r\n"), Length::Bytes(5));
        assert_eq!(length("Content-Length: 5\r\nContent-Length: 6\r\n"), Length::Invalid);
        assert_eq!(length("Content-Length: +5\r\n"), Length::Invalid);
        assert_eq!(length("Content-Length: 99999999999999999999\r\n"), Length::Invalid);
        assert_eq!(length(""), Length::Absent);
    }

    #[test]
    fn continued_lines_are_joined_with_one_blank() {
        let (head, notes) = read("HTTP/1.1 200 OK\r\nVary: 1,\r\n\t 2,\n 3\r\nAge: 4\r\n\r\n");
        assert_eq!(head.headers.get_str("vary").as_deref(), Some("1, 2, 3"));
        assert_eq!(head.headers.get_str("age").as_deref(), Some("4"));
        assert_eq!(notes, Notes { folded_lines: 2, ..Notes::default() });
    }

    #[test]
    fn lines_that_are_no_header_are_left_out_and_counted() {
        let (head, notes) = read("HTTP/1.1 200 OK\r\nno colon here\r\nSpaced : 1\r\n(x): 2\r\nB: 3\r\n\r\n");
        let lines: Vec<_> = head.headers.iter().map(|line| String::from_utf8_lossy(line.name)).collect();
        assert_eq!(lines, ["Spaced", "B"]);
        assert_eq!((notes.dropped_lines, head.facts.dropped), (2, 2));
    }

    #[test]
    fn a_blank_before_the_first_line_does_not_change_the_status_line() {
        let (head, notes) = read("HTTP/1.1 200 OK\r\n A: 1\r\nB: 2\r\n\r\n");
        assert_eq!(&*head.reason, "OK");
        assert_eq!((head.headers.len(), notes.dropped_lines, notes.folded_lines), (1, 1, 0));
    }

    #[test]
    fn a_bare_cr_is_a_blank_and_lone_line_feeds_end_lines() {
        assert_eq!(read("HTTP/1.0 302 \nVary: 1\r2\n\n").0.headers.get_str("vary").as_deref(), Some("1 2"));
    }

    #[test]
    fn more_lines_than_fit_inline_are_read() {
        let lines = "X-Many: 1\r\n".repeat(500);
        let mut notes = Notes::default();
        let request = request(format!("GET / HTTP/1.1\r\n{lines}\r\n").as_bytes(), &mut notes).unwrap();
        assert_eq!(request.headers.len(), 500);
    }

    #[test]
    fn what_browsers_object_to_is_told() {
        let objection = |head: &str| read(&format!("HTTP/1.1 {head}\r\n\r\n")).0.objection;
        assert_eq!(
            objection("200 OK\r\nContent-Length: 3\r\nContent-Length: 2"),
            Some(Objection::Contradicting("Content-Length"))
        );
        assert_eq!(objection("200 OK\r\nLocation: /a\r\nLocation: /b"), Some(Objection::Contradicting("Location")));
        assert_eq!(objection("200 OK\r\nX-a: b\0c"), Some(Objection::Nul));
        for disputed in ["abc", "000", "200 OK\r\nX\0a: b", "200 OK\r\nAccess-Control-Allow-Origin : *"] {
            assert_eq!(objection(disputed), Some(Objection::Disputed), "{disputed:?}");
        }
        for fine in [
            "99 Low",
            "200 OK\r\nContent-Length: 2\r\nContent-Length: 2",
            "200 OK\r\nLocation: /a\r\nLocation: /a",
            "200 OK\r\nContent-Length: abc",
            "200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\nTransfer-Encoding: chunked",
            "200 OK\r\nX-a : b",
            "200 OK\r\nnonsense",
        ] {
            assert_eq!(objection(fine), None, "{fine:?}");
        }
    }

    #[test]
    fn what_is_no_head_is_refused() {
        let mut notes = Notes::default();
        for bytes in ["SSH-2.0-x\r\n\r\n", "HTTP\r\n\r\n", "\r\n\r\n"] {
            assert!(response(bytes.as_bytes(), &mut notes).is_none(), "{bytes:?}");
        }
        for bytes in ["GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", " / HTTP/1.1\r\n\r\n"] {
            assert!(request(bytes.as_bytes(), &mut notes).is_none(), "{bytes:?}");
        }
    }
}
