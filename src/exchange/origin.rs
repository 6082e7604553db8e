//! Origins as the CORS check compares them (bytes) and as explanations need them (parts).
//!
//! Owns serialisation of a URL's origin. Does not decide what is cross-origin for a request.

use crate::secrets::{Captured, Piece, Prose};
use std::fmt;

/// A byte-serialised origin: `https://shop.example`, or `null`.
///
/// Equality is byte equality, as the CORS check wants it (Fetch Standard, CORS check, step 4).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(Box<str>);

/// An origin taken apart, to explain how two of them differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginParts {
    /// Scheme, lower case.
    pub scheme: String,
    /// Host, lower case, IPv6 in brackets.
    pub host: String,
    /// Port, default ports filled in.
    pub port: Option<u16>,
}

impl Origin {
    /// Takes the value of an `Origin` header as it is.
    pub fn from_header(value: &str) -> Self {
        Self(value.into())
    }

    /// The opaque origin, serialised.
    pub fn null() -> Self {
        Self("null".into())
    }

    /// The serialised origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the opaque origin.
    pub fn is_null(&self) -> bool {
        &*self.0 == "null"
    }

    /// Scheme, host and port, when it parses as a URL with a host.
    pub fn parts(&self) -> Option<OriginParts> {
        OriginParts::of(&self.0)
    }
}

impl OriginParts {
    /// Takes a URL or an origin apart; `None` when it has no host.
    pub fn of(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default(),
        })
    }
}

impl Piece for Origin {
    fn add_to(&self, prose: &mut Prose) {
        prose.push(Captured::address(&*self.0));
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The serialised origin of a URL (HTML Standard, "serialization of an origin"); `null` for opaque
/// ones, `None` when the text is no absolute URL.
pub fn origin_of_url(text: &str) -> Option<Origin> {
    if let Some(origin) = plain_origin(text) {
        return Some(Origin(origin.into()));
    }
    let url = url::Url::parse(text).ok()?;
    Some(Origin(url.origin().ascii_serialization().into()))
}

/// The origin of a URL that is written as it is serialised: `http` or `https`, a host of lower-case
/// letters, digits, `-` and `.` that is neither an IPv4 address nor internationalised, and no port or
/// one that is not the default. Nearly all URLs of a capture are, and parsing one whole costs more
/// than everything else that is asked of it.
fn plain_origin(text: &str) -> Option<&str> {
    let (scheme, default_port) = if text.starts_with("https://") { (8, "443") } else { (7, "80") };
    let rest = text.get(scheme..).filter(|_| scheme == 8 || text.starts_with("http://"))?;
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let host = rest.get(..rest.bytes().take_while(plain).count())?;
    let last_label = host.rsplit('.').next()?;
    if !last_label.starts_with(|first: char| first.is_ascii_lowercase()) || host.starts_with('.') {
        return None;
    }
    if host.contains("..") || host.contains("xn--") {
        return None;
    }
    let mut end = scheme + host.len();
    let mut after = rest.get(host.len()..)?;
    if let Some(port) = after.strip_prefix(':') {
        let digits = port.bytes().take_while(u8::is_ascii_digit).count();
        let (port, rest) = port.split_at_checked(digits)?;
        if port.starts_with('0') || port == default_port || port.parse::<u16>().is_err() {
            return None;
        }
        end += 1 + digits;
        after = rest;
    }
    let ends = after.is_empty() || after.starts_with(['/', '?', '#']);
    text.get(..end).filter(|_| ends)
}

/// A URL without its fragment.
pub fn without_fragment(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialisation_drops_default_ports_and_case() {
        let origin = origin_of_url("HTTPS://Shop.Example:443/a?b#c").unwrap();
        assert_eq!(origin.as_str(), "https://shop.example");
        assert_eq!(origin_of_url("http://a.example:8080/").unwrap().as_str(), "http://a.example:8080");
        assert!(origin_of_url("data:text/plain,x").unwrap().is_null());
        assert!(origin_of_url("/relative").is_none());
    }

    #[test]
    fn the_short_way_and_the_parser_agree_on_every_origin() {
        let hosts = [
            "a.example",
            "localhost",
            "a-b.c3",
            "A.example",
            "a.example.",
            ".a.example",
            "a..example",
            "a",
            "1.2.3.4",
            "1",
            "0x7f.1",
            "a.0x7f",
            "xn--bcher-kva.example",
            "xn--a",
            "a_b.example",
            "b\u{fc}cher.example",
            "u@a.example",
            "a%41",
            "[::1]",
            "",
            "-a",
            "a-",
            "a.1a",
            "a.example\t",
            "256.256.256.256",
            "a.4",
        ];
        let ports = ["", ":", ":80", ":443", ":8080", ":080", ":65535", ":65536", ":0", ":8a", ":123456789012"];
        let tails = ["", "/", "/p?q#f", "?q", "#f", "\\p", " ", "\n/", "@b.example/", "/\u{e9} \t"];
        let mut short = 0;
        for scheme in ["http://", "https://", "HTTP://", "http:", "https:/", "ftp://", "ws://", " http://", ""] {
            for host in hosts {
                for port in ports {
                    for tail in tails {
                        let text = format!("{scheme}{host}{port}{tail}");
                        let parsed = url::Url::parse(&text).ok().map(|url| url.origin().ascii_serialization());
                        short += usize::from(plain_origin(&text).is_some());
                        assert_eq!(origin_of_url(&text).map(|origin| origin.to_string()), parsed, "{text:?}");
                    }
                }
            }
        }
        assert!(short > 100, "{short}");
    }

    #[test]
    fn header_values_compare_as_bytes() {
        assert_ne!(Origin::from_header("https://a.example/"), Origin::from_header("https://a.example"));
    }
}
