//! Header lines that a fix sets, typed for what people paste.
//!
//! Owns which lines there are and what each value may be.

use super::{FieldName, HeaderValue, Language, PlainMethod, SerializedOrigin, Text};

/// A header line that a fix sets: one of CORS, or `Vary`.
#[derive(Debug, Clone)]
pub struct CorsHeader {
    /// Lower-case name, as in the change.
    pub key: &'static str,
    /// Name as it is written.
    pub name: &'static str,
    /// Value.
    pub value: HeaderValue,
}

/// Key of `Access-Control-Allow-Origin`.
pub const ALLOW_ORIGIN: &str = "access-control-allow-origin";
/// Key of `Access-Control-Allow-Credentials`.
pub const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
/// Key of `Access-Control-Allow-Methods`.
pub const ALLOW_METHODS: &str = "access-control-allow-methods";
/// Key of `Access-Control-Allow-Headers`.
pub const ALLOW_HEADERS: &str = "access-control-allow-headers";
const VARY: &str = "vary";

impl CorsHeader {
    /// `Access-Control-Allow-Origin`.
    pub fn origin(origin: &SerializedOrigin) -> Self {
        Self { key: ALLOW_ORIGIN, name: "Access-Control-Allow-Origin", value: HeaderValue::origin(origin) }
    }

    /// `Access-Control-Allow-Credentials: true`.
    pub fn credentials() -> Self {
        Self { key: ALLOW_CREDENTIALS, name: "Access-Control-Allow-Credentials", value: HeaderValue::literal("true") }
    }

    /// `Access-Control-Allow-Methods`.
    pub fn methods(methods: &[PlainMethod]) -> Self {
        Self { key: ALLOW_METHODS, name: "Access-Control-Allow-Methods", value: HeaderValue::methods(methods) }
    }

    /// `Access-Control-Allow-Headers`.
    pub fn headers(names: &[FieldName]) -> Self {
        Self { key: ALLOW_HEADERS, name: "Access-Control-Allow-Headers", value: HeaderValue::names(names) }
    }

    /// The lines of lower-case names and values; those that may not be pasted are not among them.
    pub fn all(lines: &[(String, String)]) -> Vec<Self> {
        lines.iter().filter_map(|(name, value)| Self::of(name, value)).collect()
    }

    /// The lines as they stand in a head.
    pub fn head(lines: &[Self]) -> Text {
        Text::lines(&lines.iter().map(Self::written).collect::<Vec<_>>())
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
    fn written(&self) -> Text {
        Text::from(self.name).lit(": ").word(Language::Header, &self.value)
    }
}
