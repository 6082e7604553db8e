//! Values of a capture that may stand in a pasted text, made by validation only.
//!
//! Owns what is plain enough, and why something is not. No type here can be printed: the writers of
//! this room read them through a trait that nobody else can name.

use crate::secrets;
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
    /// A header name is a token itself.
    Token,
    /// The URL is none of http or https.
    Url,
}

impl Refused {
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
            Self::Token => "this request has a header name that is a token itself, which is shown nowhere",
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

pub(super) use values;

values!(SerializedOrigin, PlainMethod, FieldName, PlainPath);

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

/// A header name of letters, digits, `-` and `_` that does not begin with `-`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FieldName(Box<str>);

impl FieldName {
    /// Validates a header name.
    pub fn of(text: &str) -> Result<Self, Refused> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
        // A first `-` would make an option of it for the commands that take names.
        let named = !text.is_empty() && !text.starts_with('-') && text.len() <= NAME && text.bytes().all(plain);
        match named {
            true if secrets::is_token(text) => Err(Refused::Token),
            true => Ok(Self(text.into())),
            false => Err(Refused::Header),
        }
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
    use proptest::prelude::*;

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
        for bad in [
            "",
            "x-$(id)",
            "x-`id`",
            "x.y",
            "x:y",
            "x y",
            "x'",
            "x\"",
            "x!",
            "--output",
            "x*",
            "*",
            "é",
            &"a".repeat(129),
        ] {
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

    proptest! {
        #[test]
        fn nothing_with_a_mark_gets_in(text in "\\PC{0,40}", mark in "[^a-z0-9+.:/_\\[\\]-]") {
            let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+.:/_[]-".contains(c);
            if let Ok(origin) = SerializedOrigin::of(&text) {
                prop_assert!(origin.raw().chars().all(fine));
            }
            let (host, port) = (format!("https://a{mark}b.example"), format!("https://a.example:80{mark}"));
            prop_assert!(SerializedOrigin::of(&host).is_err() && SerializedOrigin::of(&port).is_err());
            prop_assert!(FieldName::of(&text).is_err() || text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)));
            prop_assert!(PlainMethod::of(&text).is_err() || text.chars().all(|c| c.is_ascii_alphabetic()));
            let path = PlainPath::of(&format!("/{text}"));
            prop_assert!(path.raw().chars().all(|c| c.is_ascii_alphanumeric() || "/._~-".contains(c)));
        }
    }
}
