//! Looks for pieces of planted secrets in what the program printed.
//!
//! A piece is six characters in a row, letters' case aside; of a word, all of it. White space and
//! the lines that a terminal screen draws hide nothing, but for blanks between digits; percent-encoding and JSON's escapes are undone.

use crate::secret::Planted;
use std::collections::{BTreeMap, HashMap};

const PIECE: usize = 6;
const BITS: u32 = 22;

/// All pieces of some secrets.
pub(crate) struct Index<'a> {
    planted: &'a [Planted],
    pieces: HashMap<u64, Vec<usize>>,
    /// Most places of a text are none of the pieces: one bit says so.
    maybe: Vec<u64>,
}

/// A secret that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) planted: usize,
    /// The text around it.
    pub(crate) around: String,
}

impl<'a> Index<'a> {
    pub(crate) fn new(planted: &'a [Planted]) -> Self {
        let mut index = Self { planted, pieces: HashMap::new(), maybe: vec![0; 1 << (BITS - 6)] };
        for (number, secret) in planted.iter().enumerate() {
            let text = secret.text.to_ascii_lowercase();
            let pieces = if secret.whole { 1 } else { text.len() + 1 - PIECE };
            for piece in text.as_bytes().windows(PIECE).take(pieces) {
                let key = piece.iter().fold(0, |key, byte| key << 8 | u64::from(*byte));
                index.pieces.entry(key).or_default().push(number);
                let slot = slot(key);
                index.maybe[slot / 64] |= 1 << (slot % 64);
            }
        }
        // What two of them have in common, as tokens of one kind may, names neither.
        index.pieces.retain(|_, of| of.len() == 1 || of.iter().all(|number| planted[*number].whole));
        index
    }

    /// Pieces that the program prints by itself say nothing.
    pub(crate) fn forget(&mut self, own: &str) {
        for piece in squeezed(own).windows(PIECE) {
            self.pieces.remove(&piece.iter().fold(0, |key, byte| key << 8 | u64::from(*byte)));
        }
    }

    /// The secrets of which a text shows a piece.
    pub(crate) fn find(&self, text: &str) -> Vec<Found> {
        let mut found = BTreeMap::new();
        let plain = squeezed(text);
        self.scan(&plain, &mut found);
        let decoded = decoded(&plain);
        if decoded != plain {
            self.scan(&decoded, &mut found);
        }
        found.into_iter().map(|(planted, around)| Found { planted, around }).collect()
    }

    fn scan(&self, text: &[u8], found: &mut BTreeMap<usize, String>) {
        let mut key = 0;
        for (at, byte) in text.iter().enumerate() {
            key = (key << 8 | u64::from(*byte)) & 0xffff_ffff_ffff;
            let slot = slot(key);
            if self.maybe[slot / 64] >> (slot % 64) & 1 == 0 || at + 1 < PIECE {
                continue;
            }
            let start = at + 1 - PIECE;
            for number in self.pieces.get(&key).into_iter().flatten() {
                let secret = &self.planted[*number];
                let word = secret.text.to_ascii_lowercase();
                if !secret.whole || text[start..].starts_with(word.as_bytes()) {
                    let around = text[start.saturating_sub(50)..text.len().min(start + 30)].to_vec();
                    found.entry(*number).or_insert_with(|| String::from_utf8_lossy(&around).into_owned());
                }
            }
        }
    }
}

fn slot(key: u64) -> usize {
    usize::try_from(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)).expect("a few bits")
}

/// Without white space and frames, in lower case. A digest that stands for a masked value is no piece of it.
fn squeezed(text: &str) -> Vec<u8> {
    // Names of headers are written in any case, those of shell variables with underscores.
    let text = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("redacted") {
        out.push_str(before);
        rest = without_digest(after).unwrap_or(after);
    }
    out.push_str(rest);
    // Two numbers side by side are not one: a blank between digits, also those of hexadecimal, stays.
    let digit = |c: char| c.is_ascii_hexdigit() || c == '-';
    let mut kept = String::with_capacity(out.len());
    let mut blank = false;
    for c in out.chars() {
        if c.is_whitespace() || matches!(c, '│' | '─' | '┌' | '┐' | '└' | '┘' | '▸') {
            blank = true;
            continue;
        }
        if blank && digit(c) && kept.ends_with(digit) {
            kept.push(' ');
        }
        blank = false;
        kept.push(c);
    }
    kept.into_bytes()
}

/// What follows the length and digest of a mask: `[redacted:len=36:h=0f1e2d3c]`, in an address `redacted-36-0f1e2d3c`.
fn without_digest(after: &str) -> Option<&str> {
    let in_text = after.strip_prefix(":len=");
    let between = ['-', '_'];
    let rest = in_text.or_else(|| after.strip_prefix(between))?.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if in_text.is_some() { rest.strip_prefix(":h=")? } else { rest.strip_prefix(between)? };
    let (digest, rest) = rest.split_at_checked(8)?;
    digest.chars().all(|c| c.is_ascii_hexdigit()).then_some(rest)
}

/// Percent-encoding and the escapes of JSON and HTML undone, twice, as texts may be nested.
fn decoded(text: &[u8]) -> Vec<u8> {
    let once = |text: &[u8]| {
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            let hex = |from: usize, len: usize| {
                let digits = std::str::from_utf8(text.get(from..from + len)?).ok()?;
                u8::try_from(u32::from_str_radix(digits, 16).ok()?).ok()
            };
            let (byte, used) = match text[at] {
                b'%' => hex(at + 1, 2).map_or((b'%', 1), |byte| (byte, 3)),
                b'\\' if text.get(at + 1) == Some(&b'u') => hex(at + 2, 4).map_or((b'\\', 1), |byte| (byte, 6)),
                b'\\' => (text.get(at + 1).copied().unwrap_or(b'\\'), 2),
                byte => (byte, 1),
            };
            out.push(byte);
            at += used;
        }
        out
    };
    once(&once(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, whole: bool) -> Vec<Planted> {
        vec![Planted { text: text.to_owned(), place: "here", name: String::new(), whole }]
    }

    #[test]
    fn a_piece_is_found_across_lines_and_through_encodings() {
        let planted = of("q7Zp2Lw9Xk/b8Nt3", false);
        let index = Index::new(&planted);
        for text in [
            "… q7Zp\n        2Lw … ",
            "x Q7ZP2L x",
            "9XK%2fB8N",
            "\\u0071\\u0037Zp2L",
            "│Zp2L│\n│w9│",
            "9Xk\\/b8",
            "9Xk%252Fb8",
        ] {
            assert_eq!(index.find(text).len(), 1, "{text}");
        }
        for text in ["q7Zp2 Mx", "", "[redacted:len=16:h=9f8e7d6c]", "/redacted-16-9f8e7d6c="] {
            assert_eq!(index.find(text).len(), 0, "{text}");
        }
    }

    #[test]
    fn numbers_side_by_side_are_not_one() {
        let planted = of("123456789", false);
        let index = Index::new(&planted);
        assert_eq!(index.find("entries 123\n456 789").len(), 0);
        assert_eq!(index.find("token 12345678").len(), 1);
    }

    #[test]
    fn digests_of_masks_are_no_piece_and_what_follows_them_is() {
        let planted = of("0123456789abcdef", false);
        let index = Index::new(&planted);
        for mask in ["[redacted:len=16:h=01234567]", "redacted-16-01234567", "$HEADER_REDACTED_16_01234567"] {
            assert_eq!(index.find(mask).len(), 0, "{mask}");
            assert_eq!(index.find(&format!("{mask}89abcdef")).len(), 1, "{mask}");
        }
    }

    #[test]
    fn of_a_word_all_must_be_there() {
        let planted = of("zorquibvexmul", true);
        let index = Index::new(&planted);
        assert_eq!(index.find("zorquibvex").len(), 0);
        assert_eq!(index.find("a zorquib\nvexmul b").len(), 1);
    }
}
