//! Origins as the CORS check compares them (bytes) and as explanations need them (parts).
//!
//! Owns serialisation of a URL's origin. Does not decide what is cross-origin for a request.

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
    let url = url::Url::parse(text).ok()?;
    Some(Origin(url.origin().ascii_serialization().into()))
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
    fn header_values_compare_as_bytes() {
        assert_ne!(Origin::from_header("https://a.example/"), Origin::from_header("https://a.example"));
    }
}
