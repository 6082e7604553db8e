//! Main fetch, step 12: which requests are CORS requests at all, and which are refused unsent.
//!
//! Owns the choice of response tainting. How a capture tells a request's mode is not its business.

use super::Rule;
use crate::exchange::{Origin, origin_of_url};

/// A request's [mode](https://fetch.spec.whatwg.org/#concept-request-mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `cors`
    Cors,
    /// `no-cors`
    NoCors,
    /// `same-origin`
    SameOrigin,
    /// `navigate`
    Navigate,
    /// `websocket`
    WebSocket,
}

/// A request's [response tainting](https://fetch.spec.whatwg.org/#concept-request-response-tainting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tainting {
    /// `basic`: no CORS check.
    Basic,
    /// `cors`: the CORS check decides.
    Cors,
    /// `opaque`: no CORS check; the page cannot read the response.
    Opaque,
}

/// The response tainting that [main fetch](https://fetch.spec.whatwg.org/#main-fetch), step 12,
/// gives a request by `origin` for `url`, with `before` from the hop before a redirect
/// ([`Tainting::Basic`] at first).
///
/// # Errors
/// The rule that keeps the request from being sent.
pub fn response_tainting(origin: &Origin, url: &str, mode: Mode, before: Tainting) -> Result<Tainting, Rule> {
    let same_origin = !origin.is_null() && origin_of_url(url).as_ref() == Some(origin);
    // request's current URL's origin is same origin with request's origin, and request's response tainting is "basic"
    // request's current URL's scheme is "data"
    // request's mode is "navigate", "websocket" or "webtransport"
    let scheme = scheme_of(url);
    if (same_origin && before == Tainting::Basic)
        || scheme.eq_ignore_ascii_case("data")
        || matches!(mode, Mode::Navigate | Mode::WebSocket)
    {
        return Ok(Tainting::Basic);
    }
    match mode {
        // request's mode is "same-origin": return a network error.
        Mode::SameOrigin => Err(Rule::DisallowedByMode),
        // request's mode is "no-cors": set request's response tainting to "opaque".
        Mode::NoCors => Ok(Tainting::Opaque),
        // request's current URL's scheme is not an HTTP(S) scheme: return a network error.
        _ if !["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) => Err(Rule::SchemeDisabled),
        // Otherwise: set request's response tainting to "cors".
        _ => Ok(Tainting::Cors),
    }
}

fn scheme_of(url: &str) -> &str {
    url.split_once(':').map_or("", |(scheme, _)| scheme)
}
