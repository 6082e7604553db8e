//! The error that a recorder wrote for a request: whose words they are.
//!
//! Chromium's net errors, WebKit's sentences and a proxy's own prose are three languages. Only the
//! first names what happened in a vocabulary of its own; only a browser's words were ever seen in a
//! console. Owns the types; `capture` decides which one it is.

use crate::secrets::{Captured, Piece, Prose};
use std::fmt;

/// An error with its speaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecorderError {
    /// Chromium's net error.
    Net(NetError),
    /// Firefox's result code, as `NS_ERROR_NET_RESET`.
    Firefox(Box<str>),
    /// A sentence of WebKit's.
    WebKit(Box<str>),
    /// A proxy's own words on its connection to the server, or on the browser's connection to it.
    Proxy(Box<str>),
    /// The words of any other recorder.
    Other(Box<str>),
}

/// Chromium's name of a network error (`net/base/net_error_list.h`), without `net::`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetError(Box<str>);

impl NetError {
    /// The error of a refusal by CORS, and of some others.
    pub const FAILED: &str = "ERR_FAILED";
    /// Cancelled by page, user or browser.
    pub const ABORTED: &str = "ERR_ABORTED";
    /// A redirect that may not be followed.
    pub const INVALID_REDIRECT: &str = "ERR_INVALID_REDIRECT";
    /// More redirects than the standard allows.
    pub const TOO_MANY_REDIRECTS: &str = "ERR_TOO_MANY_REDIRECTS";
    /// An element's answer has a status of failure.
    pub const HTTP_RESPONSE_CODE_FAILURE: &str = "ERR_HTTP_RESPONSE_CODE_FAILURE";
    /// A port that browsers do not call.
    pub const UNSAFE_PORT: &str = "ERR_UNSAFE_PORT";

    /// The error in `net::ERR_…`; None for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix("net::").filter(|name| name.starts_with("ERR_")).map(|name| Self(name.into()))
    }

    /// `ERR_FAILED`.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether it tells what happened on the network: neither a refusal, nor a cancellation, nor a block by
    /// the browser itself. On a request whose preflight was answered it means that the preflight passed.
    pub fn speaks_of_network(&self) -> bool {
        !matches!(self.name(), Self::FAILED | Self::ABORTED | Self::INVALID_REDIRECT | Self::UNSAFE_PORT)
            && !self.short().starts_with("BLOCKED_BY_")
    }

    /// Whether, on a preflight, it is a refusal by CORS: its request then shows `ERR_FAILED`.
    pub fn is_refused_preflight(&self) -> bool {
        let short = self.short();
        self.name() == Self::INVALID_REDIRECT
            || (short.starts_with("BLOCKED_BY_") && short.ends_with("_NETWORK_ACCESS_CHECKS"))
    }

    /// What follows `ERR_`.
    pub fn short(&self) -> &str {
        self.0.get(4..).unwrap_or_default()
    }
}

impl RecorderError {
    /// Chromium's error, if it is one.
    pub fn net(&self) -> Option<&NetError> {
        match self {
            Self::Net(error) => Some(error),
            _ => None,
        }
    }

    /// Whether it is Chromium's error of this name (`ERR_FAILED`).
    pub fn is_net(&self, name: &str) -> bool {
        self.net().is_some_and(|error| error.name() == name)
    }

    /// Whether a browser wrote it, so that it can have stood in a console.
    pub fn is_of_browser(&self) -> bool {
        matches!(self, Self::Net(_) | Self::Firefox(_) | Self::WebKit(_))
    }

    /// How many bytes it holds.
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Net(NetError(text))
            | Self::Firefox(text)
            | Self::WebKit(text)
            | Self::Proxy(text)
            | Self::Other(text) => text.len(),
        }
    }
}

/// As the recorder wrote it.
impl Piece for RecorderError {
    fn add_to(&self, prose: &mut Prose) {
        prose.push(Captured::text(self.to_string()));
    }
}

impl fmt::Display for RecorderError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(error) => write!(out, "net::{}", error.name()),
            Self::Firefox(text) | Self::WebKit(text) | Self::Proxy(text) | Self::Other(text) => out.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_error_is_told_from_prose() {
        let error = RecorderError::Net(NetError::parse("net::ERR_FAILED").unwrap());
        assert!(error.is_net(NetError::FAILED) && error.is_of_browser());
        assert_eq!(error.to_string(), "net::ERR_FAILED");
        assert_eq!(error.net().map(NetError::short), Some("FAILED"));
        assert_eq!(NetError::parse("ERR_FAILED"), None);
        assert_eq!(NetError::parse("net::OK"), None);
        assert!(!RecorderError::Proxy("net is down".into()).is_of_browser());
    }
}
