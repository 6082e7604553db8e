//! Header lines of a change, typed for what people paste.
//!
//! Owns which lines there are and what each value may be. The change itself stays plain text: it is what the judge
//! tries on the recorded answer.

use super::Change;
use crate::paste::{FieldName, HeaderValue, Language, PlainMethod, SerializedOrigin, Text};

/// A header line that a fix sets.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Lower-case name, as in the change.
    pub(super) key: &'static str,
    /// Name as it is written.
    pub(super) name: &'static str,
    /// Value.
    pub(super) value: HeaderValue,
}

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";
pub(super) const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
pub(super) const ALLOW_METHODS: &str = "access-control-allow-methods";
pub(super) const ALLOW_HEADERS: &str = "access-control-allow-headers";
const VARY: &str = "vary";

impl Line {
    /// `Access-Control-Allow-Origin`.
    pub(super) fn origin(origin: &SerializedOrigin) -> Self {
        Self { key: ALLOW_ORIGIN, name: "Access-Control-Allow-Origin", value: HeaderValue::origin(origin) }
    }

    /// `Access-Control-Allow-Credentials: true`.
    pub(super) fn credentials() -> Self {
        Self { key: ALLOW_CREDENTIALS, name: "Access-Control-Allow-Credentials", value: HeaderValue::literal("true") }
    }

    /// `Access-Control-Allow-Methods`.
    pub(super) fn methods(methods: &[PlainMethod]) -> Self {
        Self { key: ALLOW_METHODS, name: "Access-Control-Allow-Methods", value: HeaderValue::methods(methods) }
    }

    /// `Access-Control-Allow-Headers`.
    pub(super) fn headers(names: &[FieldName]) -> Self {
        Self { key: ALLOW_HEADERS, name: "Access-Control-Allow-Headers", value: HeaderValue::names(names) }
    }

    fn of(name: &str, value: &str) -> Option<Self> {
        let items = || value.split(',').map(str::trim);
        let names = || items().filter_map(|item| FieldName::of(item).ok()).collect::<Vec<_>>();
        Some(match name {
            ALLOW_ORIGIN => Self::origin(&SerializedOrigin::of(value).ok()?),
            ALLOW_CREDENTIALS => Self::credentials(),
            ALLOW_METHODS => Self::methods(&items().filter_map(|item| PlainMethod::of(item).ok()).collect::<Vec<_>>()),
            ALLOW_HEADERS => Self::headers(&names()),
            VARY => Self { key: VARY, name: "Vary", value: HeaderValue::names(&names()) },
            _ => return None,
        })
    }

    /// `Name: value`.
    pub(super) fn written(&self) -> Text {
        Text::from(self.name).lit(": ").word(Language::Header, &self.value)
    }
}

/// The lines that a change sets; those that may not be pasted are not among them.
pub(super) fn of(change: &Change) -> Vec<Line> {
    change.set.iter().filter_map(|(name, value)| Line::of(name, value)).collect()
}

/// The lines as they stand in a head.
pub(super) fn written(lines: &[Line]) -> Text {
    Text::lines(&lines.iter().map(Line::written).collect::<Vec<_>>())
}
