//! Status lines that are no HTTP/1.1 and that browsers take all the same.
//!
//! Owns what was recorded of Chromium and Firefox: which lines both take, and which only one of them does. Reads no
//! header lines.

use crate::exchange::HttpVersion;
use std::fmt::Write as _;

/// Bytes in front of a status line that may be there without hiding it from a reader.
const JUNK: usize = 7;
/// As many bytes in front both browsers pass over.
const JUNK_TAKEN: usize = 2;

/// A status line as a browser takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatusLine {
    pub(super) status: u16,
    pub(super) version: HttpVersion,
    /// One browser takes it and another does not, or nothing is known of one of them.
    pub(super) is_disputed: bool,
}

/// Whether bytes may be the beginning of a status line.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    let alike = |bytes: &[u8], name: &[u8]| {
        let shared = bytes.len().min(name.len());
        bytes.get(..shared).zip(name.get(..shared)).is_some_and(|(bytes, name)| bytes.eq_ignore_ascii_case(name))
    };
    alike(bytes, b"HTTP/") || alike(bytes, b"ICY ") || junk(bytes).is_some()
}

/// Bytes in front of `HTTP/`.
fn junk(bytes: &[u8]) -> Option<usize> {
    (1..=JUNK).find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"HTTP/")))
}

/// Reads a line that a strict parser refuses, and writes the head with a line that it takes.
pub(super) fn repaired(head: &[u8]) -> Option<(StatusLine, Vec<u8>)> {
    let end = memchr::memchr(b'\n', head)?;
    let (line, rest) = head.split_at_checked(end)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let skipped = if line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"HTTP/")) {
        0
    } else if line.starts_with(b"ICY ") {
        return Some(with(200, HttpVersion::Http10, true, b"", rest));
    } else {
        junk(line)?
    };
    let line = line.get(skipped..)?;
    let mut is_disputed = skipped > JUNK_TAKEN || !line.starts_with(b"HTTP/");
    let after = line.get(5..)?;
    let length = after.iter().take_while(|byte| !matches!(byte, b' ' | b'\t')).count();
    let (version, after) = after.split_at_checked(length)?;
    // A number without a minor one was taken for 2 and not for 1.
    is_disputed |= !matches!(version, b"2" | [b'1'..=b'9', b'.', b'0'..=b'9', ..])
        || !version.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        || !after.starts_with(b" ");
    let after = after.trim_ascii_start();
    let length = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, reason) = after.split_at_checked(length)?;
    let status: Option<u16> = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    let status = status.filter(|status| *status < 1000).unwrap_or(0);
    is_disputed |= !matches!(length, 2 | 3) || status == 0 || !matches!(reason.first(), None | Some(b' '));
    let version = if version == b"1.0" { HttpVersion::Http10 } else { HttpVersion::Http11 };
    Some(with(status, version, is_disputed, reason, rest))
}

fn with(status: u16, version: HttpVersion, is_disputed: bool, reason: &[u8], rest: &[u8]) -> (StatusLine, Vec<u8>) {
    // The parser takes three digits: the status is told beside it.
    let mut line = String::new();
    let written = write!(line, "HTTP/1.1 200 ");
    debug_assert!(written.is_ok());
    let printable = reason.iter().filter(|byte| byte.is_ascii_graphic() || **byte == b' ');
    let reason: Vec<u8> = printable.copied().collect();
    (StatusLine { status, version, is_disputed }, [line.as_bytes(), reason.trim_ascii(), rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(u16, bool)> {
        repaired(format!("{line}\r\nA: 1\r\n\r\n").as_bytes()).map(|(line, _)| (line.status, line.is_disputed))
    }

    #[test]
    fn lines_that_both_browsers_take_have_a_status() {
        for line in ["HTTP/1.2 200 OK", "HTTP/2.0 200 OK", "HTTP/2 200 OK", "HTTP/3.0 200 OK", "HTTP/1.10 200 OK"] {
            assert_eq!(read(line), Some((200, false)), "{line}");
        }
        assert_eq!(read("HTTP/1.01 200 OK"), Some((200, false)));
        assert_eq!(read("xxHTTP/1.1 200 OK"), Some((200, false)));
        assert_eq!(read("HTTP/1.1 20 OK"), Some((20, false)));
        let (_, head) = repaired(b"HTTP/2.0 404 Not Found\r\nA: 1\r\n\r\n").unwrap();
        assert_eq!(head, b"HTTP/1.1 200 Not Found\nA: 1\r\n\r\n".map(|byte| byte));
    }

    #[test]
    fn lines_that_one_browser_takes_are_disputed() {
        for line in [
            "HTTP/0.9 200 OK",
            "HTTP/1 200 OK",
            "HTTP/1.1\t200 OK",
            "HTTP/1.1 0200 OK",
            "HTTP/1.1 200OK",
            "HTTP/1.1 OK",
            "http/1.1 200 OK",
            "HTTP/1.1 2000 OK",
            "HTTP/1.1 20x OK",
            "ICY 200 OK",
            "xxxxHTTP/1.1 200 OK",
        ] {
            assert_eq!(read(line).map(|(_, disputed)| disputed), Some(true), "{line}");
        }
        assert_eq!(read("xxxxxxxxHTTP/1.1 200 OK"), None);
        assert_eq!(read("hello world"), None);
    }

    #[test]
    fn what_may_begin_a_line_is_waited_for() {
        for bytes in ["H", "http", "ICY", "HTTP/1.1 200", "xxHTTP/"] {
            assert!(may_begin(bytes.as_bytes()), "{bytes}");
        }
        for bytes in ["xx", "SSH-2.0-x", "xxxxxxxxHTTP/1.1"] {
            assert!(!may_begin(bytes.as_bytes()), "{bytes}");
        }
    }
}
