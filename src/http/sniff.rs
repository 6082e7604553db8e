//! What a byte stream starts with, by its first bytes.

use super::h2::starts_with_frames;
use memchr::memchr;

/// What the first bytes of one side look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniff {
    /// Too few bytes to tell.
    NeedMore,
    /// An HTTP/1 request line.
    Http1Request,
    /// An HTTP/1 status line.
    Http1Response,
    /// The client's HTTP/2 preface (RFC 9113 §3.4).
    Http2Preface,
    /// HTTP/2 frames: a server's first bytes, or a connection whose beginning is missing.
    Http2Frames,
    /// Something else.
    Other,
}

/// The client's HTTP/2 connection preface (RFC 9113 §3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Length of an HTTP/2 frame header.
const FRAME_HEADER_LEN: usize = 9;

/// Longest method that is taken for one.
const METHOD_MAX: usize = 24;

/// Longest request line looked through.
const LINE_MAX: usize = 16 << 10;

/// Tells what a stream starts with. `NeedMore` is answered for at most 16 KiB.
pub fn sniff(prefix: &[u8]) -> Sniff {
    let text = skip_empty_lines(prefix);
    if text.is_empty() {
        return Sniff::NeedMore;
    }
    if starts_alike(text, PREFACE) {
        return if text.len() >= PREFACE.len() { Sniff::Http2Preface } else { Sniff::NeedMore };
    }
    if starts_alike(text, b"HTTP/1.") {
        return if text.len() >= 7 { Sniff::Http1Response } else { Sniff::NeedMore };
    }
    match request_line(text) {
        Line::Yes => return Sniff::Http1Request,
        Line::Maybe => return Sniff::NeedMore,
        Line::No => {}
    }
    match prefix.first() {
        // The first byte of a frame's length: no frame is that large.
        Some(0) if prefix.len() < FRAME_HEADER_LEN => Sniff::NeedMore,
        _ if starts_with_frames(prefix) => Sniff::Http2Frames,
        _ => Sniff::Other,
    }
}

/// Whether one is the beginning of the other.
pub(super) fn starts_alike(bytes: &[u8], pattern: &[u8]) -> bool {
    let shared = bytes.len().min(pattern.len());
    bytes.get(..shared) == pattern.get(..shared)
}

/// Empty lines before a start line are to be ignored (RFC 9112 §2.2).
pub(super) fn skip_empty_lines(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or_default()
}

/// Whether bytes begin a request line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Yes,
    Maybe,
    No,
}

/// Whether bytes begin with a method and a blank.
pub(super) fn method(bytes: &[u8]) -> Line {
    let len = bytes.iter().take(METHOD_MAX + 1).take_while(|byte| is_token(**byte)).count();
    match bytes.get(len) {
        _ if len > METHOD_MAX => Line::No,
        None => Line::Maybe,
        Some(b' ') if len > 0 => Line::Yes,
        Some(_) => Line::No,
    }
}

/// Whether bytes begin with a request line: method, blank, target, blank, `HTTP/1.`.
pub(super) fn request_line(bytes: &[u8]) -> Line {
    match method(bytes) {
        Line::Yes => {}
        other => return other,
    }
    let window = bytes.get(..LINE_MAX).unwrap_or(bytes);
    let Some(end) = memchr(b'\n', window) else {
        let odd = window.iter().any(|byte| byte.is_ascii_control() && *byte != b'\r');
        return if odd || bytes.len() >= LINE_MAX { Line::No } else { Line::Maybe };
    };
    let line = window.get(..end).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut words = line.rsplit(|byte| *byte == b' ');
    let version = words.next().unwrap_or_default();
    if version.starts_with(b"HTTP/1.") && words.count() >= 2 { Line::Yes } else { Line::No }
}

/// `tchar` (RFC 9110 §5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_name_the_protocol() {
        for (bytes, expected) in [
            (b"".as_slice(), Sniff::NeedMore),
            (b"\r\n", Sniff::NeedMore),
            (b"GET", Sniff::NeedMore),
            (b"GET /a HTT", Sniff::NeedMore),
            (b"GET /a HTTP/1.1\r\n", Sniff::Http1Request),
            (b"\r\nBREW /pot HTTP/1.0\nx", Sniff::Http1Request),
            (b"GET /a\r\n", Sniff::Other),
            (b"HTT", Sniff::NeedMore),
            (b"HTTP/1.1 200 OK", Sniff::Http1Response),
            (b"PRI * HTTP/2.0\r\n\r\nS", Sniff::NeedMore),
            (PREFACE, Sniff::Http2Preface),
            (b"\x16\x03\x01\x02\x00\x01", Sniff::Other),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Sniff::Other),
            (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", Sniff::Other),
            (b"*1\r\n$4\r\nPING\r\n", Sniff::Other),
            (b"\0\0\x06", Sniff::NeedMore),
            (b"\0\0\0\x04\0\0\0\0\0", Sniff::Http2Frames),
            (b"\0\0\x01\x01\x05\0\0\0\x03\x82", Sniff::Http2Frames),
            (b"\0\0\x01\x01\x05\0\0\0\x03\x82not a frame", Sniff::Other),
            (b"\0\0\0\0\0\0\0\0\0", Sniff::Other),
        ] {
            assert_eq!(sniff(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
