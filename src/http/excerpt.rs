//! The first bytes of a body as text, content codings undone.
//!
//! Kept for preflights and for responses that did not succeed, to recognise login, error and
//! firewall pages. A body that was cut short gives what can be decoded of it.

use crate::exchange::Body;
use std::io::Read;

/// Counts a response body and keeps its beginning when that is wanted.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    len: u64,
    raw: Vec<u8>,
    /// Encoded bytes still wanted.
    wanted: usize,
    /// Decoded bytes wanted.
    limit: usize,
    coding: Option<Box<str>>,
}

/// Codings undone for one body at most.
const CODINGS: usize = 3;

/// A Zstandard block decodes only when all of it is there: more has to be kept.
const ZSTD_FACTOR: usize = 16;

impl Excerpt {
    /// For a response to `method` with this status and `Content-Encoding`.
    pub(super) fn new(method: &str, status: u16, coding: Option<Box<str>>, limit: usize) -> Self {
        if method != "OPTIONS" && status < 300 {
            return Self::default();
        }
        let is_zstd = coding.as_deref().is_some_and(|coding| coding.to_ascii_lowercase().contains("zstd"));
        let wanted = if is_zstd { limit.saturating_mul(ZSTD_FACTOR) } else { limit };
        Self { len: 0, raw: Vec::new(), wanted, limit, coding }
    }

    /// Body bytes, transfer coding removed.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.len = self.len.saturating_add(bytes.len() as u64);
        if self.wanted > 0 {
            let kept = bytes.get(..self.wanted).unwrap_or(bytes);
            self.raw.extend_from_slice(kept);
            self.wanted -= kept.len();
        }
    }

    /// Bytes of memory held.
    pub(super) fn held_bytes(&self) -> usize {
        self.raw.len()
    }

    /// Bytes are missing: what comes after them is not the beginning any more.
    pub(super) fn break_off(&mut self) {
        self.wanted = 0;
    }

    /// What is known of the body, now that it is over.
    pub(super) fn into_body(self, complete: Option<bool>) -> Body {
        Body { len: Some(self.len), complete, excerpt: self.text() }
    }

    fn text(&self) -> Option<Box<str>> {
        if self.raw.is_empty() {
            return None;
        }
        let mut bytes = self.raw.clone();
        let codings: Vec<_> = self.coding.as_deref().unwrap_or_default().split(',').map(str::trim).collect();
        for coding in codings.iter().rev().take(CODINGS) {
            bytes = decode(coding, &bytes, self.limit)?;
        }
        if codings.len() > CODINGS {
            return None;
        }
        bytes.truncate(self.limit);
        // A character cut in half by the limit is left out.
        let end = match std::str::from_utf8(&bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => bytes.len(),
        };
        bytes.truncate(end);
        let text = String::from_utf8_lossy(&bytes);
        (!text.is_empty()).then(|| text.into())
    }
}

/// Undoes one coding as far as the bytes allow. `None`: unknown, or nothing could be decoded.
fn decode(coding: &str, bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let is = |name: &str| coding.eq_ignore_ascii_case(name);
    let decoded = if is("") || is("identity") {
        return Some(bytes.to_vec());
    } else if is("gzip") || is("x-gzip") {
        first_bytes(flate2::read::MultiGzDecoder::new(bytes), limit)
    } else if is("deflate") {
        // RFC 9110 §8.4.1.2: zlib format; some servers leave its header out.
        match bytes {
            [first, second, ..] if first & 0x0F == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0 => {
                first_bytes(flate2::read::ZlibDecoder::new(bytes), limit)
            }
            _ => first_bytes(flate2::read::DeflateDecoder::new(bytes), limit),
        }
    } else if is("br") {
        first_bytes(brotli_decompressor::Decompressor::new(bytes, 4096), limit)
    } else if is("zstd") {
        first_bytes(ruzstd::decoding::StreamingDecoder::new(bytes).ok()?, limit)
    } else {
        return None;
    };
    (!decoded.is_empty()).then_some(decoded)
}

/// Up to `limit` bytes; a decoder that fails keeps what it gave before.
fn first_bytes(mut reader: impl Read, limit: usize) -> Vec<u8> {
    let mut decoded = vec![0; limit];
    let mut filled = 0;
    while let Some(room) = decoded.get_mut(filled..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(0) | Err(_) => break,
            Ok(count) => filled += count,
        }
    }
    decoded.truncate(filled);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const PAGE: &str = "<html><title>Sign in</title>";

    fn excerpt(coding: Option<&str>, bytes: &[u8]) -> Option<String> {
        let mut excerpt = Excerpt::new("GET", 403, coding.map(Into::into), 4096);
        excerpt.feed(bytes);
        excerpt.into_body(Some(true)).excerpt.map(String::from)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn content_codings_are_undone() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(PAGE.as_bytes()).unwrap();
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        raw.write_all(PAGE.as_bytes()).unwrap();
        assert_eq!(excerpt(None, PAGE.as_bytes()).as_deref(), Some(PAGE));
        assert_eq!(excerpt(Some("identity"), PAGE.as_bytes()).as_deref(), Some(PAGE));
        assert_eq!(excerpt(Some("GZip"), &gzip(PAGE.as_bytes())).as_deref(), Some(PAGE));
        assert_eq!(excerpt(Some("gzip, x-gzip"), &gzip(&gzip(PAGE.as_bytes()))).as_deref(), Some(PAGE));
        assert_eq!(excerpt(Some("deflate"), &zlib.finish().unwrap()).as_deref(), Some(PAGE));
        assert_eq!(excerpt(Some("deflate"), &raw.finish().unwrap()).as_deref(), Some(PAGE));
        assert_eq!(excerpt(Some("compress"), PAGE.as_bytes()), None);
        // An uncompressed meta-block and a raw block, written by hand (RFC 7932 §9.2, RFC 8878 §3.1.1.2).
        let br = b"\x8b\x0d\x80<html><title>Sign in</title>\x03";
        assert_eq!(excerpt(Some("br"), br).as_deref(), Some(PAGE));
        let zstd = b"\x28\xb5\x2f\xfd\x20\x1c\xe1\x00\x00<html><title>Sign in</title>";
        assert_eq!(excerpt(Some("zstd"), zstd).as_deref(), Some(PAGE));
    }

    #[test]
    fn a_cut_body_gives_what_can_be_decoded() {
        let long = (0..2000).map(|number: u32| number.to_string()).collect::<Vec<_>>().join(" ");
        let whole = gzip(long.as_bytes());
        let text = excerpt(Some("gzip"), &whole[..whole.len() / 2]).unwrap();
        assert!(text.len() > 100 && long.starts_with(&text), "{text}");
        assert_eq!(excerpt(Some("gzip"), b"not gzip"), None);
    }

    #[test]
    fn the_limit_bounds_text_and_never_cuts_a_character() {
        let mut kept = Excerpt::new("OPTIONS", 200, None, 4);
        kept.feed("aé".as_bytes());
        kept.feed("ééé".as_bytes());
        assert_eq!(kept.raw.len(), 4);
        let body = kept.into_body(None);
        assert_eq!((body.len, body.excerpt.as_deref()), (Some(9), Some("aé")));
        let bomb = gzip(&vec![b'a'; 1 << 20]);
        assert_eq!(excerpt(Some("gzip"), &bomb).unwrap().len(), 4096);
    }

    #[test]
    fn a_success_keeps_no_text() {
        let mut none = Excerpt::new("GET", 200, None, 4096);
        none.feed(b"secret page");
        assert_eq!(none.into_body(Some(true)), Body { len: Some(11), complete: Some(true), excerpt: None });
    }
}
