//! Values made of validated values: header values, and words of several parts.
//!
//! Owns how lists and literals are put together before a language writes them.

use super::value::{FieldName, PlainMethod, Raw, SerializedOrigin, Value, values};
use std::fmt;

values!(HeaderValue, Words);

/// The value of a header line that a fix sets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HeaderValue(Box<str>);

impl HeaderValue {
    /// One of our own words.
    pub fn literal(text: &'static str) -> Self {
        Self(text.into())
    }

    /// `Access-Control-Allow-Origin`.
    pub fn origin(origin: &SerializedOrigin) -> Self {
        Self(origin.raw().into())
    }

    /// `Access-Control-Request-Method`.
    pub fn method(method: &PlainMethod) -> Self {
        Self(method.raw().into())
    }

    /// `Access-Control-Request-Headers`, as browsers write it.
    pub fn request_names(names: &[FieldName]) -> Self {
        Self(joined(names, ",").into())
    }

    /// `Access-Control-Allow-Methods`.
    pub fn methods(methods: &[PlainMethod]) -> Self {
        Self(joined(methods, ", ").into())
    }

    /// `Access-Control-Allow-Headers` and `Vary`.
    pub fn names(names: &[FieldName]) -> Self {
        Self(joined(names, ", ").into())
    }

    /// A recorded request header's value, for a command that repeats it: what can be typed, on one line.
    pub(super) fn recorded(text: &[u8]) -> Option<Self> {
        let typed = text.len() <= 200 && text.iter().all(|c| matches!(c, b' '..=b'~'));
        typed.then(|| Self(String::from_utf8_lossy(text).into()))
    }

    /// The same behind a mask, when what comes out can still be typed.
    pub(super) fn masked(&self, mask: impl FnOnce(&str) -> String) -> Option<Self> {
        Self::recorded(mask(&self.0).as_bytes())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Several values and literals as one value, in no language yet.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Words(String);

impl Words {
    /// Starts with a literal.
    pub fn new(literal: &'static str) -> Self {
        Self(literal.to_owned())
    }

    /// Goes on with a literal.
    #[must_use]
    pub fn lit(mut self, literal: &'static str) -> Self {
        self.0.push_str(literal);
        self
    }

    /// Goes on with a value.
    #[must_use]
    pub fn value(mut self, value: &impl Value) -> Self {
        self.0.push_str(value.raw());
        self
    }

    /// What was made elsewhere in this room.
    pub(super) fn made(text: String) -> Self {
        Self(text)
    }
}

fn joined(items: &[impl Value], between: &str) -> String {
    items.iter().map(Raw::raw).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_value_is_one_line_that_can_be_typed() {
        assert!(HeaderValue::recorded(b"application/json; charset=\"utf-8\"").is_some());
        for bad in [&b"a\nb"[..], b"a\rb", b"\x1b[2J", b"a\0", b"a\tb", "é".as_bytes(), &[b'a'; 201]] {
            assert!(HeaderValue::recorded(bad).is_none(), "{bad:?}");
        }
    }
}
