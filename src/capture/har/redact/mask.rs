//! What takes a secret's place in a redacted copy, and how it is recognised again.
//!
//! Owns the two forms of a mask and the key of their hashes. A mask keeps length and a keyed hash,
//! so that equal values stay recognisable as equal. Decides nothing about what is secret.

use sha2::{Digest, Sha256};
use std::hash::{BuildHasher, RandomState};

/// Keys the hashes in the masks, at random for each run: short values cannot be guessed from them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Salt([u8; 16]);

/// How a mask is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `[redacted:len=12:h=ab12cd34]`: readers take it for a value that was removed.
    Value,
    /// `redacted-12-ab12cd34`: where a grammar asks for a token (names of headers, methods, hosts)
    /// and the value must still be seen to be there. Letters' case aside, as in such names.
    Token,
}

impl Salt {
    pub(super) fn random() -> Self {
        let state = RandomState::new();
        let halves = (u128::from(state.hash_one(1_u8)) << 64) | u128::from(state.hash_one(2_u8));
        Self(halves.to_le_bytes())
    }

    /// The mask of a value.
    pub(super) fn mask(self, value: &str, form: Form) -> String {
        let hash = |bytes: &[u8]| {
            let digest = Sha256::new().chain_update(self.0).chain_update(bytes).finalize();
            digest.first_chunk().map_or(0, |start| u32::from_be_bytes(*start))
        };
        match form {
            Form::Value => format!("{OPENING}{}:h={:08x}]", value.len(), hash(value.as_bytes())),
            Form::Token => {
                format!("{TOKEN}{}-{:08x}", value.len(), hash(value.to_ascii_lowercase().as_bytes()))
            }
        }
    }
}

const OPENING: &str = "[redacted:len=";
const TOKEN: &str = "redacted-";
/// Digits of the longest length that a mask tells.
const DIGITS: usize = 20;
/// Length of the longest mask: its beginning, the length, `:h=` or `-`, the hash and its end.
const LONGEST: usize = OPENING.len() + DIGITS + ":h=".len() + 8 + 1;

/// Whether a text is a mask, and nothing else.
pub(super) fn is_mask(text: &str) -> bool {
    crate::secrets::is_mask(text)
}

/// Whether a text is a value's mask, and nothing else.
pub(in crate::capture::har) fn is_value_mask(text: &str) -> bool {
    text.starts_with('[') && is_mask(text)
}

/// Length of the mask that a text begins with.
fn mask_at_start(text: &str) -> Option<usize> {
    let (rest, middle, end) = match text.strip_prefix(OPENING) {
        Some(rest) => (rest, ":h=", "]"),
        None => (text.strip_prefix(TOKEN)?, "-", ""),
    };
    let digits = rest.bytes().take(DIGITS + 1).take_while(u8::is_ascii_digit).count();
    let hash = rest.get(digits..)?.strip_prefix(middle)?;
    let hex = hash.get(..8)?.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let rest = hash.get(8..)?.strip_prefix(end)?;
    ((1..=DIGITS).contains(&digits) && hex).then(|| text.len() - rest.len())
}

/// End of the mask that a span of a text touches, if it touches one.
pub(super) fn mask_around(text: &str, start: usize, end: usize) -> Option<usize> {
    let from = floor(text, start.saturating_sub(LONGEST));
    // The span may end inside the word.
    let window = text.get(from..floor(text, end.saturating_add("redacted".len())))?;
    let begins = window.match_indices("redacted").map(|(at, _)| from + at);
    begins
        // A bracket belongs to the mask behind it.
        .flat_map(|at| [at.checked_sub(1), Some(at)])
        .flatten()
        .filter(|at| *at < end)
        .filter_map(|at| Some(at + mask_at_start(text.get(at..)?)?))
        .find(|mask_end| *mask_end > start)
}

/// The nearest beginning of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_known_again_in_both_forms_and_nothing_else_is() {
        let salt = Salt::random();
        for value in ["a", "a value of some length", "é"] {
            for form in [Form::Value, Form::Token] {
                let mask = salt.mask(value, form);
                assert!(is_mask(&mask), "{mask}");
                assert_eq!(mask_around(&format!("x{mask}y"), 3, 5), Some(mask.len() + 1), "{mask}");
            }
        }
        assert!(is_value_mask("[redacted:len=5:h=0123abcd]") && !is_value_mask("redacted-5-0123abcd"));
        for odd in [
            "",
            "[redacted]",
            "[redacted:len=:h=0123abcd]",
            "[redacted:len=5:h=0123ABCD]",
            "[redacted:len=5:h=0123abc]",
            "[redacted:len=5:h=0123abcde]",
            "[redacted:len=123456789012345678901:h=0123abcd]",
            " [redacted:len=5:h=0123abcd]",
            "redacted-5-0123abcd]",
            "redacted--0123abcd",
            "redacted-5-0123abcé",
        ] {
            assert!(!is_mask(odd), "{odd}");
        }
    }

    #[test]
    fn equal_values_have_equal_masks_and_names_whatever_their_case() {
        let salt = Salt::random();
        assert_eq!(salt.mask("abc", Form::Value), salt.mask("abc", Form::Value));
        assert_ne!(salt.mask("abc", Form::Value), salt.mask("abd", Form::Value));
        assert_eq!(salt.mask("X-Abc", Form::Token), salt.mask("x-abc", Form::Token));
        assert_ne!(salt.mask("abc", Form::Value), Salt::random().mask("abc", Form::Value));
    }

    #[test]
    fn a_span_beside_a_mask_touches_none() {
        let text = "ab [redacted:len=5:h=0123abcd] cd";
        assert_eq!(mask_around(text, 0, 2), None);
        assert_eq!(mask_around(text, 30, 33), None);
        assert_eq!(mask_around(text, 1, 5), Some(30));
        assert_eq!(mask_around("éredacted-5-0123abcd", 0, 2), None);
    }
}
