//! The secret values of a file, and finding them again anywhere in it.
//!
//! Owns which masked values are looked for elsewhere, and the one automaton that finds all of them
//! in a single pass over a text, however many there are and however they begin.

use super::mask::mask_around;
use super::words::is_time_or_number;
use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind};
use std::collections::HashSet;

/// Shorter values stand everywhere by chance.
const SHORTEST: usize = 8;
/// Shorter values that no name calls a secret stand elsewhere by chance as well.
const SHORTEST_UNNAMED: usize = 16;
/// Of longer secrets the beginning is looked for, and what follows it goes with it.
const LONGEST: usize = 32;
/// Bytes remembered. Values beyond are masked where they stand all the same.
const MOST_BYTES: usize = 3 << 20;

/// What was masked while a file was read.
#[derive(Debug, Default)]
pub(super) struct Collected {
    values: HashSet<Box<str>>,
    bytes: usize,
    /// There were more than can be remembered.
    full: bool,
}

impl Collected {
    /// Remembers a value that was masked. `named`: its name or place says that it is a secret.
    pub(super) fn add(&mut self, value: &str, named: bool) {
        // What JSON escapes would have to be looked for in two forms.
        for part in value.split(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
            let part = part.trim();
            if looks_secret(part, named) {
                self.remember(part);
            }
        }
    }

    fn remember(&mut self, value: &str) {
        let end = (0..=value.len().min(LONGEST)).rev().find(|end| value.is_char_boundary(*end)).unwrap_or(0);
        let value = value.get(..end).unwrap_or_default();
        if self.values.contains(value) || is_time_or_number(value) {
            return;
        }
        if self.bytes.saturating_add(value.len()) > MOST_BYTES {
            self.full = true;
            return;
        }
        self.bytes += value.len();
        self.values.insert(value.into());
    }

    /// Whether some are masked where they stand and not looked for elsewhere, for want of room.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// What finds them all, except those that are a part of `fixed`, the words that every copy holds.
    pub(super) fn finder(self, fixed: &[&str]) -> Finder {
        let fixed = fixed.join("\n");
        // Nearly every value begins as no word of the copy does, which settles it.
        let beginnings: HashSet<&[u8]> = fixed.as_bytes().windows(SHORTEST).collect();
        let is_fixed = |value: &str| {
            value.as_bytes().get(..SHORTEST).is_some_and(|start| beginnings.contains(start)) && fixed.contains(value)
        };
        let values: Vec<Box<str>> = self.values.into_iter().filter(|value| !is_fixed(value)).collect();
        if values.is_empty() {
            return Finder::default();
        }
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(values.iter().map(|value| value.as_bytes()));
        // It fails beyond two thousand million states, of which there are at most `MOST_BYTES`.
        Finder { automaton: built.ok() }
    }
}

/// Finds the secrets of a file.
#[derive(Debug, Default)]
pub(super) struct Finder {
    automaton: Option<AhoCorasick>,
}

impl Finder {
    /// The first secret at or after `from` that no mask touches: start and end.
    pub(super) fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let automaton = self.automaton.as_ref()?;
        let mut at = from;
        loop {
            let found = automaton.find(Input::new(text).range(at..text.len()).anchored(Anchored::No))?;
            let (start, end) = (found.start(), found.end());
            match mask_around(text, start, end) {
                Some(mask_end) => at = mask_end,
                None if found.len() + 4 > LONGEST => return Some((start, end + continuation(text, end))),
                None => return Some((start, end)),
            }
        }
    }
}

/// Bytes of a token that go on behind its remembered beginning.
fn continuation(text: &str, at: usize) -> usize {
    let token = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=' | b'%')
    };
    text.as_bytes().get(at..).unwrap_or_default().iter().take_while(|byte| token(byte)).count()
}

/// Whether a value is no plain word, number, time, host name, path or URL: those stand elsewhere for
/// good reasons, and masking them there would spoil the file.
fn looks_secret(value: &str, named: bool) -> bool {
    let shortest = if named { SHORTEST } else { SHORTEST_UNNAMED };
    if value.len() < shortest
        || value.starts_with('/')
        || value.contains("://")
        || value.starts_with("Mozilla/")
        || is_time_or_number(value)
    {
        return false;
    }
    let host_char = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let top = value.rsplit('.').next().unwrap_or_default();
    if value.contains('.')
        && value.bytes().all(host_char)
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return false;
    }
    if !named && (value.contains([' ', ',', ';', '/']) || crate::secrets::is_plain(value)) {
        return false;
    }
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    let mixed =
        value.bytes().any(|byte| byte.is_ascii_uppercase()) && value.bytes().any(|byte| byte.is_ascii_lowercase());
    digits || mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(values: &[&str]) -> Finder {
        let mut collected = Collected::default();
        for value in values {
            collected.add(value, true);
        }
        collected.finder(&["startedDateTime"])
    }

    #[test]
    fn the_longest_of_several_secrets_is_found_wherever_it_stands() {
        let found = finder(&["S3cretS3cret", "S3cretS3", "other11x"]);
        assert_eq!(found.find("x=S3cretS3cretS3", 0), Some((2, 14)));
        assert_eq!(found.find("x=S3cretS3cret", 3), None);
        assert_eq!(found.find("aother11xS3cretS3", 3), Some((9, 17)));
    }

    #[test]
    fn of_a_long_secret_everything_goes_with_its_beginning() {
        let long = format!("eyJ{}", "aB3".repeat(100));
        let found = finder(&[&long]);
        assert_eq!(found.find(&format!("<{long}tail.x> more"), 0), Some((1, 1 + long.len() + 6)));
    }

    #[test]
    fn masks_hold_no_secret() {
        let found = finder(&["len=24:h=", "1a2b3c4d"]);
        assert_eq!(found.find("a [redacted:len=24:h=1a2b3c4d] b", 0), None);
        assert_eq!(found.find("a [redacted:len=24:h=1a2b3c4d] 1a2b3c4d", 0), Some((31, 39)));
    }

    #[test]
    fn what_stands_everywhere_is_not_looked_for() {
        for value in [
            "short1",
            "DateTime",
            "api.shop.example",
            "https://a.example/x1",
            "/v1/orders/42",
            "2026-11-24T02:45:10.003Z",
        ] {
            assert_eq!(finder(&[value]).find(&format!("x {value} startedDateTime"), 0), None, "{value}");
        }
        let mut collected = Collected::default();
        for value in ["application/json; v=1.2", "v1/orders/42/items", "S3cretS3cret"] {
            collected.add(value, false);
        }
        assert!(collected.values.is_empty(), "{collected:?}");
    }

    #[test]
    fn memory_is_bounded_and_that_something_is_left_out_is_known() {
        let mut collected = Collected::default();
        let most = MOST_BYTES / LONGEST;
        for number in 0..most {
            collected.add(&format!("k{number:031} and more"), true);
        }
        assert_eq!((collected.bytes, collected.is_full()), (MOST_BYTES, false));
        collected.add(&format!("k{most:031} and more"), true);
        assert_eq!((collected.bytes, collected.is_full()), (MOST_BYTES, true));
    }
}
