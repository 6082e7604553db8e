//! "Extract header list values" for the two list headers of a preflight's answer.
//!
//! Owns the three-way outcome: absent, invalid and empty are different things to the standard.

use std::borrow::Cow;

use crate::exchange::{Headers, Presence};

/// What extracting a list header gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extracted {
    /// The header is not there (the standard's null).
    Absent,
    /// An item is no token (the standard's failure).
    Invalid {
        /// The first such item, outer blanks trimmed.
        item: String,
    },
    /// The items in order, case kept, empty ones left out. May be empty.
    Values(Vec<String>),
}

impl Extracted {
    /// The items; none when absent or invalid.
    pub fn values(&self) -> &[String] {
        match self {
            Self::Values(values) => values,
            Self::Absent | Self::Invalid { .. } => &[],
        }
    }
}

/// [Extracts header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) of
/// `name` (any case), whose ABNF is a list of tokens. `None` when the capture does not show it.
pub fn extract_list(headers: &Headers, name: &str) -> Option<Extracted> {
    match headers.presence(name) {
        // 1. If list does not contain name, then return null.
        Presence::Absent => Some(Extracted::Absent),
        Presence::Present(value) => Some(extract_list_of(&value)),
        Presence::Redacted | Presence::Unknown => None,
    }
}

/// The same for a combined value.
pub fn extract_list_of(value: &[u8]) -> Extracted {
    let mut values = Vec::new();
    // 3. Let values be an empty list. 4. For each header, extract its values.
    for item in value.split(|byte| *byte == b',') {
        let item = item.trim_ascii();
        // `#token` lets recipients ignore empty elements (RFC 9110, section 5.6.1.2).
        if item.is_empty() {
            continue;
        }
        if !item.iter().all(|byte| is_token_byte(*byte)) {
            return Extracted::Invalid { item: text(item).into_owned() };
        }
        values.push(text(item).into_owned());
    }
    Extracted::Values(values)
}

/// A byte of a `token` (RFC 9110, section 5.6.2).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Bytes as text, lossily.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
