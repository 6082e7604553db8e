//! Group A: no usable answer.

use super::*;
use crate::exchanges::HIDES_PREFLIGHTS;

pub(super) fn samples() -> Vec<Sample> {
    use NoResponse::{Aborted, Blocked, Closed, InvalidHttp, Refused, Reset, TimedOut, TlsFailure};
    let to_http = |error: &str| {
        alone(
            browser(0)
                .actual("GET", "http://api.shop.test/x", PAGE, &[])
                .provisional()
                .at(100)
                .took(1)
                .failed(Blocked)
                .error(error),
        )
    };
    vec![
        sample(
            "server-unreachable",
            "could not connect to server",
            unanswered(&Refused, "net::ERR_CONNECTION_REFUSED"),
            silent(Reset),
        ),
        sample(
            "server-unreachable",
            "host name not found (DNS)",
            unanswered(&Refused, "net::ERR_NAME_NOT_RESOLVED"),
            unanswered(&Refused, "net::ERR_CONNECTION_REFUSED"),
        ),
        sample(
            "connection-reset",
            "connection was reset",
            unanswered(&Reset, "net::ERR_CONNECTION_RESET"),
            silent(Closed),
        ),
        sample("connection-closed", "closed before it answered", silent(Closed), silent(Reset)),
        sample("preflight-timeout", "preflight never answered", silent(TimedOut), silent(NoResponse::Cut)),
        sample(
            "preflight-timeout",
            "request never answered",
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).failed(TimedOut)),
            silent(TimedOut),
        ),
        sample("tls-failure", "TLS connection failed", silent(TlsFailure), silent(Reset)),
        sample(
            "tls-failure",
            "certificate not trusted",
            unanswered(&TlsFailure, "net::ERR_CERT_AUTHORITY_INVALID"),
            silent(TlsFailure),
        ),
        sample("invalid-http", "answer is not HTTP", silent(InvalidHttp), silent(Closed)),
        sample(
            "response-cut",
            "CORS passed, body cut short",
            after_preflight(|r| r.status(200).allow(PAGE).cut()),
            after_preflight(|r| r.status(200).cut()),
        ),
        sample(
            "request-aborted",
            "page cancelled the request",
            alone(
                browser(0)
                    .actual("POST", API, PAGE, &["content-type"])
                    .provisional()
                    .at(100)
                    .took(1200)
                    .failed(Aborted)
                    .error("net::ERR_ABORTED"),
            ),
            unanswered(&Reset, "net::ERR_CONNECTION_RESET"),
        ),
        sample(
            "no-answer",
            "no answer, reason not recorded",
            alone(
                Recorded::new(&NO_REASONS, 0)
                    .actual("GET", API, PAGE, &[])
                    .at(1)
                    .took(1)
                    .failed(NoResponse::Unrecorded),
            ),
            alone(
                Recorded::new(&HIDES_PREFLIGHTS, 0)
                    .actual("GET", API, PAGE, &[])
                    .at(1)
                    .took(1)
                    .failed(NoResponse::Unrecorded),
            ),
        ),
        sample("blocked-before-network", "blocked: http from https page", to_http(""), to_http("net::ERR_FAILED")),
        sample(
            "blocked-before-network",
            "blocked by the page's CSP",
            to_http("net::ERR_BLOCKED_BY_CSP"),
            to_http("net::ERR_FAILED"),
        ),
        sample(
            "blocked-before-network",
            "local network access denied",
            unanswered(&Blocked, "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"),
            unanswered(&Blocked, "net::ERR_FAILED"),
        ),
        sample(
            "blocked-before-network",
            "blocked before sending",
            to_http("net::ERR_BLOCKED_BY_ADMINISTRATOR"),
            to_http("net::ERR_FAILED"),
        ),
        sample(
            "blocked-by-extension",
            "blocked by a browser extension",
            to_http("net::ERR_BLOCKED_BY_CLIENT"),
            to_http("net::ERR_ABORTED"),
        ),
        sample(
            "network-error",
            "ended by another error than CORS",
            unanswered(&Blocked, "net::ERR_INSUFFICIENT_RESOURCES"),
            unanswered(&Blocked, "net::ERR_FAILED"),
        ),
        sample(
            "too-many-redirects",
            "redirects without an end",
            unanswered(&Blocked, "net::ERR_TOO_MANY_REDIRECTS"),
            unanswered(&Blocked, "net::ERR_UNSAFE_REDIRECT"),
        ),
        sample(
            "resource-policy",
            "blocked by CORP or ORB",
            to_http("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin"),
            to_http("net::ERR_BLOCKED_BY_CLIENT"),
        ),
    ]
}
