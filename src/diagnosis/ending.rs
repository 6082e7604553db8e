//! How a request ended whose answer has a head in the file: what the browser's error, or the page's scheme, says of it.
//!
//! Owns the reading of errors that come after an answer, and redirects that no browser follows. The checks of that
//! answer are `judge`'s.

use super::verdict::{Doubt, Failure, Verdict};
use crate::cors::Stage;
use crate::exchange::{Exchange, NetError, OriginParts, RecorderError, ResponseHead, Vantage};
use crate::pairing::{Pair, effective_url};
use url::Url;

/// Redirects that a request may meet (HTTP-redirect fetch, step 8).
const REDIRECTS: usize = 20;

/// The verdict that an error after the answer gives. Chromium shows `ERR_FAILED` for every refusal by CORS, so any
/// other error means that the answer passed.
pub(super) fn by_error(pair: &Pair, actual: &Exchange, response: &ResponseHead) -> Option<Verdict> {
    let error = actual.note.error.as_ref().and_then(RecorderError::net)?;
    let redirected = is_redirect(response);
    // Provisional headers stay where the request was cancelled while its preflight was under way, though the
    // server went on and answered it.
    let early = pair.preflight().is_some() && actual.request.headers.is_incomplete();
    match error.name() {
        NetError::FAILED => None,
        NetError::ABORTED if early => Some(CANCELLED),
        // The body was not read to its end, or the element could do nothing with such a status.
        NetError::ABORTED | NetError::HTTP_RESPONSE_CODE_FAILURE if !redirected => Some(Verdict::Pass),
        NetError::ABORTED if leads_to_mixed_content(pair, actual, response) => Some(MIXED_CONTENT),
        NetError::ABORTED => Some(CANCELLED),
        NetError::TOO_MANY_REDIRECTS => Some(Verdict::Fail(Failure::TooManyRedirects)),
        _ if !redirected && ends_a_body(error.short()) => Some(Verdict::Fail(Failure::BodyCut)),
        _ => {
            let stage = if redirected { Stage::Redirect } else { Stage::Actual };
            Some(Verdict::Fail(Failure::NetError { stage, error: error.clone() }))
        }
    }
}

/// The verdict on a redirect that passed the CORS check and is not followed all the same.
pub(super) fn of_redirect(pair: &Pair, actual: &Exchange, response: &ResponseHead) -> Option<Verdict> {
    if !is_redirect(response) {
        return None;
    }
    if pair.redirected_from.len() >= REDIRECTS {
        return Some(Verdict::Fail(Failure::TooManyRedirects));
    }
    let scripted = actual.request.headers.get("sec-fetch-dest").as_deref() == Some(b"empty");
    // A browser's file would show its own error; elsewhere only what scripts ask for is surely blocked.
    let stopped = match actual.recorder.vantage {
        Vantage::Browser => actual.note.error.is_some(),
        Vantage::Proxy | Vantage::Wire => scripted,
    };
    (stopped && leads_to_mixed_content(pair, actual, response)).then_some(MIXED_CONTENT)
}

const CANCELLED: Verdict = Verdict::Undecided { doubt: Doubt::Aborted, conditional: None };
const MIXED_CONTENT: Verdict = Verdict::Fail(Failure::Browser { error: None });

/// A status and a `Location` that a browser follows.
pub(super) fn is_redirect(response: &ResponseHead) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308) && response.headers.has("location")
}

/// Where a redirect leads.
pub(super) fn target(actual: &Exchange, response: &ResponseHead) -> Option<Url> {
    let location = response.headers.get_str("location")?;
    Url::parse(&effective_url(actual)).ok()?.join(&location).ok()
}

/// Whether a page of https is led to http on another machine.
pub(super) fn leads_to_mixed_content(pair: &Pair, actual: &Exchange, response: &ResponseHead) -> bool {
    let page = pair.page.as_ref().unwrap_or(&pair.origin);
    is_redirect(response)
        && page.as_str().starts_with("https://")
        && target(actual, response).is_some_and(|url| url.scheme() == "http" && !is_loopback(url.as_str()))
}

pub(super) fn is_loopback(url: &str) -> bool {
    OriginParts::of(url).is_some_and(|parts| {
        parts.host == "localhost"
            || parts.host.ends_with(".localhost")
            || parts.host.starts_with("127.")
            || parts.host == "[::1]"
    })
}

/// Net errors that come after a response head: the body did not arrive whole.
pub(super) fn ends_a_body(name: &str) -> bool {
    name.starts_with("CONTENT_")
        || name.starts_with("CONNECTION_")
        || name.starts_with("HTTP2_")
        || name.starts_with("QUIC_")
        || name.contains("CHUNKED")
        || matches!(
            name,
            "TIMED_OUT" | "NETWORK_CHANGED" | "NETWORK_IO_SUSPENDED" | "EMPTY_RESPONSE" | "INTERNET_DISCONNECTED"
        )
        || name.starts_with("SSL_")
}
