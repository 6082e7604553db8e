//! The errors recorders write: whose words they are, and why there is no response.

use super::dialects::{GENERIC, SAFARI};
use crate::exchange::{NetError, NoResponse, Recorder, RecorderError, Vantage};

/// An error text with its speaker.
pub(super) fn speaker(error: &str, recorder: &'static Recorder) -> RecorderError {
    if let Some(error) = NetError::parse(error) {
        RecorderError::Net(error)
    } else if error.starts_with("NS_ERROR_") || error.starts_with("NS_BINDING_") {
        RecorderError::Firefox(error.into())
    } else if std::ptr::eq(recorder, &raw const SAFARI) {
        RecorderError::WebKit(prose(error))
    } else if recorder.vantage == Vantage::Proxy && !std::ptr::eq(recorder, &raw const GENERIC) {
        RecorderError::Proxy(prose(error))
    } else {
        RecorderError::Other(prose(error))
    }
}

/// What a recorder wrote in words of its own, without what may not be shown: nothing decides on that.
fn prose(error: &str) -> Box<str> {
    crate::secrets::foreign(error).into()
}

/// Why there is no response, by the recorder's error.
pub(super) fn no_response(error: Option<&RecorderError>) -> NoResponse {
    match error {
        None => NoResponse::Unrecorded,
        Some(RecorderError::Net(error)) => by_net_error(error.short()),
        Some(
            RecorderError::Firefox(text)
            | RecorderError::WebKit(text)
            | RecorderError::Proxy(text)
            | RecorderError::Other(text),
        ) => by_text(text),
    }
}

/// Chromium's net error names, without `net::ERR_`.
fn by_net_error(name: &str) -> NoResponse {
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    // No TCP connection, so no request: unlike TIMED_OUT, which ends a request that was sent.
    if starts(&["CONNECTION_TIMED_OUT", "DNS_", "SOCKS_"]) || name.contains("PROXY") {
        return NoResponse::Refused;
    }
    if name.contains("TIMED_OUT") {
        return NoResponse::TimedOut;
    }
    if starts(&["CERT_", "SSL_", "BAD_SSL_", "ECH_"]) {
        return NoResponse::TlsFailure;
    }
    if starts(&["INVALID_HTTP", "INVALID_RESPONSE", "RESPONSE_HEADERS_", "INVALID_CHUNKED", "INVALID_HANDLE"]) {
        return NoResponse::InvalidHttp;
    }
    if starts(&["NAME_", "ADDRESS_", "TUNNEL_CONNECTION", "ICANN_"]) {
        return NoResponse::Refused;
    }
    match name {
        "CONNECTION_REFUSED" | "CONNECTION_FAILED" | "INTERNET_DISCONNECTED" => NoResponse::Refused,
        "CONNECTION_RESET"
        | "CONNECTION_ABORTED"
        | "HTTP2_PROTOCOL_ERROR"
        | "HTTP2_SERVER_REFUSED_STREAM"
        | "QUIC_PROTOCOL_ERROR" => NoResponse::Reset,
        "CONNECTION_CLOSED" | "EMPTY_RESPONSE" | "NETWORK_CHANGED" | "NETWORK_IO_SUSPENDED" => NoResponse::Closed,
        "ABORTED" => NoResponse::Aborted,
        _ => NoResponse::Blocked,
    }
}

/// The words of other recorders: proxies, WebKit, Firefox's codes.
fn by_text(error: &str) -> NoResponse {
    const WORDS: &[(&[&str], NoResponse)] = &[
        (&["access control", "cross-origin", "cors"], NoResponse::Blocked),
        (&["timed out", "timeout"], NoResponse::TimedOut),
        (&["tls", "ssl", "certificate", "handshake"], NoResponse::TlsFailure),
        (
            &[
                "refused",
                "resolv",
                "name or service",
                "unknown host",
                "enotfound",
                "unreachable",
                "connect call failed",
                "failed to connect",
                "unable to connect",
                "could not connect",
                "no route",
            ],
            NoResponse::Refused,
        ),
        (&["reset"], NoResponse::Reset),
        (&["abort", "cancel"], NoResponse::Aborted),
        (&["parse", "invalid http", "malformed"], NoResponse::InvalidHttp),
        (&["closed", "disconnect", "killed", "terminated", "eof"], NoResponse::Closed),
        (&["blocked"], NoResponse::Blocked),
    ];
    let lower = error.to_lowercase();
    let found = WORDS.iter().find(|(words, _)| words.iter().any(|word| lower.contains(word)));
    found.map_or(NoResponse::Unrecorded, |(_, reason)| reason.clone())
}
