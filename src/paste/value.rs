//! Values of a capture that may stand in a pasted text, made by validation only.
//!
//! Owns what is plain enough, and why something is not. No type here can be printed: the writers of
//! this room read them through a trait that nobody else can name.

use std::fmt;

/// Longest method that is written.
const METHOD: usize = 32;
/// Longest header name that is written.
const NAME: usize = 128;
/// Longest host that is written, as DNS has it.
const HOST: usize = 253;
/// Longest path that is written.
const PATH: usize = 512;

/// Why a value stands in no pasted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// The `Origin` is no serialized origin.
    Origin,
    /// The method is no word of letters.
    Method,
    /// A header name has other characters than letters, digits, `-` and `_`.
    Header,
    /// The URL is none of http or https.
    Url,
}

impl Refused {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Method => "method",
            Self::Header => "header",
            Self::Url => "url",
        }
    }

    /// The reason in words, which repeat nothing of the value.
    pub fn why(self) -> &'static str {
        match self {
            Self::Origin => {
                "the Origin of this request is no serialized origin (scheme, host, optional port), so nothing made from \
                 it belongs in one"
            }
            Self::Method => "the method of this request is no word of letters, so nothing made from it belongs in one",
            Self::Header => {
                "this request has a header name with other characters than letters, digits, - and _, so nothing made \
                 from it belongs in one"
            }
            Self::Url => "the URL of this request is none of http or https, so nothing made from it belongs in one",
        }
    }
}

/// What this room's writers read of a value. Nobody outside can name the trait.
pub(super) trait Raw {
    /// The characters, in no language.
    fn raw(&self) -> &str;
}

/// A value that a [`super::Text`] takes.
#[allow(private_bounds, reason = "sealed: only this room makes values, and only its writers read them")]
pub trait Value: Raw {}

macro_rules! values {
    ($($name:ident),*) => {$(
        impl Raw for $name {
            fn raw(&self) -> &str {
                &self.0
            }
        }
        impl Value for $name {}
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

values!(SerializedOrigin, PlainMethod, FieldName, Host, PlainPath, HeaderValue, Words);

/// An origin as a browser serialises it: `https://shop.example`, `http://[::1]:8080`, or `null`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SerializedOrigin(Box<str>);

impl SerializedOrigin {
    /// Validates the value of an `Origin` header.
    pub fn of(text: &str) -> Result<Self, Refused> {
        if text == "null" {
            return Ok(Self(text.into()));
        }
        let (scheme, rest) = text.split_once("://").ok_or(Refused::Origin)?;
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'+' | b'-' | b'.');
        let named = scheme.len() <= 32
            && scheme.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
            && scheme.bytes().all(plain);
        if named && is_host_and_port(rest) { Ok(Self(text.into())) } else { Err(Refused::Origin) }
    }
}

/// A method of letters only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PlainMethod(Box<str>);

impl PlainMethod {
    /// Validates a method.
    pub fn of(text: &str) -> Result<Self, Refused> {
        let plain = !text.is_empty() && text.len() <= METHOD && text.bytes().all(|c| c.is_ascii_alphabetic());
        if plain { Ok(Self(text.into())) } else { Err(Refused::Method) }
    }

    /// Whether it is this one, to the letter.
    pub fn is(&self, name: &str) -> bool {
        &*self.0 == name
    }

    /// In lower case, as rack-cors compares.
    pub(super) fn lower(&self) -> Self {
        Self(self.0.to_ascii_lowercase().into())
    }
}

/// A header name of letters, digits, `-` and `_`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldName(Box<str>);

impl FieldName {
    /// Validates a header name.
    pub fn of(text: &str) -> Result<Self, Refused> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
        let named = !text.is_empty() && text.len() <= NAME && text.bytes().all(plain);
        if named { Ok(Self(text.into())) } else { Err(Refused::Header) }
    }

    /// Whether it is this one, letters' case aside.
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }

    /// In lower case, to compare.
    #[must_use]
    pub fn lower(&self) -> Self {
        Self(self.0.to_ascii_lowercase().into())
    }

    /// As the name of a shell variable: `X_API_KEY`.
    pub(super) fn shell_name(&self) -> String {
        self.0.to_ascii_uppercase().replace('-', "_")
    }

    /// As headers are mostly written: `X-Api-Key`.
    #[must_use]
    pub fn title_case(&self) -> Self {
        let mut start = true;
        let cased = self.0.chars().map(|c| {
            let cased = if start { c.to_ascii_uppercase() } else { c };
            start = c == '-';
            cased
        });
        Self(cased.collect::<String>().into())
    }
}

/// A host with its port, when it is not the default one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Host(Box<str>);

impl Host {
    /// Validates `host` or `host:port`.
    pub fn of(text: &str) -> Option<Self> {
        is_host_and_port(text).then(|| Self(text.into()))
    }
}

/// A path of plain segments, or the word that stands for one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PlainPath(Box<str>, bool);

impl PlainPath {
    /// What stands where a path is not plain.
    pub const PLACEHOLDER: &'static str = "PATH";

    /// The path when it is plain, else the placeholder.
    pub fn of(text: &str) -> Self {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'/' | b'.' | b'_' | b'~' | b'-');
        // A segment of dots climbs, and an empty one is none where slashes are merged.
        let climbs = || text.split('/').skip(1).any(|segment| matches!(segment, "." | ".."));
        if text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= PATH
            && text.bytes().all(plain)
            && !climbs()
        {
            Self(text.into(), true)
        } else {
            Self(Self::PLACEHOLDER.into(), false)
        }
    }

    /// Whether it is the path itself.
    pub fn is_plain(&self) -> bool {
        self.1
    }

    /// Without its first slash.
    pub(super) fn route(&self) -> Self {
        Self(self.0.trim_start_matches('/').into(), self.1)
    }
}

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
        Self(origin.0.clone())
    }

    /// `Access-Control-Request-Method`.
    pub fn method(method: &PlainMethod) -> Self {
        Self(method.0.clone())
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

    /// Goes on with a list.
    #[must_use]
    pub fn list(mut self, items: &[impl Value], between: &'static str) -> Self {
        self.0.push_str(&joined(items, between));
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

fn is_host_and_port(text: &str) -> bool {
    let (host, port) = if let Some(inside) = text.strip_prefix('[') {
        let Some((address, after)) = inside.split_once(']') else { return false };
        if address.parse::<std::net::Ipv6Addr>().is_err() {
            return false;
        }
        match after.strip_prefix(':') {
            None if after.is_empty() => return true,
            None => return false,
            port => ("", port),
        }
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    let letter = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_');
    let named = text.starts_with('[')
        || (!host.is_empty()
            && host.len() <= HOST
            && host.bytes().all(letter)
            && !host.bytes().any(|c| c.is_ascii_uppercase())
            && !host.starts_with('-'));
    named
        && port.is_none_or(|port| {
            port.bytes().all(|c| c.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_serialises_and_nothing_else() {
        for good in [
            "https://shop.example",
            "http://localhost:8080",
            "http://[::1]:3000",
            "https://[2001:db8::1]",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "capacitor://localhost",
            "https://a_b.example",
            "https://xn--bcher-kva.example",
            "null",
        ] {
            assert!(SerializedOrigin::of(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Null",
            "https://",
            "https:///",
            "https://a/",
            "https://a/b",
            "https://a?b",
            "https://a#",
            "https://u@a",
            "https://a b",
            "https://a\n",
            "\nhttps://a",
            "https://a',process.exit(),'",
            "https://a\"",
            "https://a\\",
            "https://$http_cookie",
            "https://{env.HOME}",
            "https://%{HTTP:Cookie}",
            "https://*",
            "https://*.a",
            "*",
            "https://a:0",
            "https://a:00080",
            "https://a:65536",
            "https://a:",
            "https://a:+1",
            "https://a:8a",
            "https://[::1",
            "https://[::1]a",
            "https://[x]",
            "https://[::1%eth0]",
            "https://a]",
            "1http://a",
            "HTTPS://a",
            "https://A",
            "javascript:alert(1)",
            "https://bücher.example",
            "https://a, https://b",
            "https://-oProxyCommand",
            "https://a\u{202e}",
        ] {
            assert_eq!(SerializedOrigin::of(bad), Err(Refused::Origin), "{bad:?}");
        }
        assert!(SerializedOrigin::of(&format!("https://{}", "a".repeat(254))).is_err());
    }

    #[test]
    fn methods_and_names_are_plain_words() {
        assert!(PlainMethod::of("PATCH").is_ok() && PlainMethod::of("patch").is_ok());
        for bad in ["", "GET ", "M-SEARCH", "GET\n", "$x", "`id`", "A'B", "G\u{c9}T", &"A".repeat(33)] {
            assert_eq!(PlainMethod::of(bad), Err(Refused::Method), "{bad:?}");
        }
        assert!(FieldName::of("x-api_key1").is_ok());
        for bad in ["", "x-$(id)", "x-`id`", "x.y", "x:y", "x y", "x'", "x\"", "x!", "x*", "*", "é", &"a".repeat(129)]
        {
            assert_eq!(FieldName::of(bad), Err(Refused::Header), "{bad:?}");
        }
        assert_eq!(FieldName::of("x-api-key").unwrap().title_case().raw(), "X-Api-Key");
    }

    #[test]
    fn a_path_that_is_not_plain_becomes_the_placeholder() {
        for good in ["/", "/v1/orders", "/a.b/c_d~e-f", "/v1/"] {
            assert_eq!(PlainPath::of(good).raw(), good);
        }
        for bad in [
            "", "v1", "//x", "/%41", "/$x", "/a;b", "/{id}", "/*", "/a:b", "/a'b", "/a\"b", "/a b", "/a\n", "/../x",
            "/a/..", "/(x)", "/a@b", "/é",
        ] {
            assert_eq!((PlainPath::of(bad).raw(), PlainPath::of(bad).is_plain()), ("PATH", false), "{bad:?}");
        }
    }

    #[test]
    fn a_host_may_have_a_port() {
        for good in ["api.shop.test", "api.shop.test:8443", "127.0.0.1", "[::1]:80", "localhost"] {
            assert!(Host::of(good).is_some(), "{good}");
        }
        for bad in ["", "a/b", "a:b", "a:0", "-a", "$(id)", "a b", "u@a"] {
            assert!(Host::of(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_recorded_value_is_one_line_that_can_be_typed() {
        assert!(HeaderValue::recorded(b"application/json; charset=\"utf-8\"").is_some());
        for bad in [&b"a\nb"[..], b"a\rb", b"\x1b[2J", b"a\0", b"a\tb", "é".as_bytes(), &[b'a'; 201]] {
            assert!(HeaderValue::recorded(bad).is_none(), "{bad:?}");
        }
    }
}
