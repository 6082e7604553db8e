//! The sentences browsers print, newest and older wordings, and what they speak of.
//!
//! Owns the table alone. Quotes are straight here: texts are normalised before they are compared.

use super::{Other, Subject};
use crate::cors::{Engine, Stage};

/// A wording: literals and gaps (`{value}`, `{origin}`, `{url}`, `{status}` …).
pub(super) struct Sentence {
    pub(super) pattern: &'static str,
    pub(super) subject: Subject,
    pub(super) engine: Option<Engine>,
    pub(super) stage: Option<Stage>,
}

const fn said(
    engine: Option<Engine>,
    stage: Option<Stage>,
    pattern: &'static str,
    rule: &'static [&'static str],
) -> Sentence {
    Sentence { pattern, subject: Subject::Rule(rule), engine, stage }
}

const fn meant(engine: Option<Engine>, pattern: &'static str, subject: Subject) -> Sentence {
    Sentence { pattern, subject, engine, stage: None }
}

const C: Option<Engine> = Some(Engine::Chromium);
const F: Option<Engine> = Some(Engine::Firefox);
const W: Option<Engine> = Some(Engine::WebKit);
const P: Option<Stage> = Some(Stage::Preflight);
const R: Option<Stage> = Some(Stage::Redirect);

/// Longer patterns stand before those they contain.
pub(super) const SENTENCES: &[Sentence] = &[
    // Chromium.
    said(C, None, "No 'Access-Control-Allow-Origin' header is present", &["allow-origin-missing"]),
    said(
        C,
        None,
        "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed",
        &["allow-origin-multiple"],
    ),
    said(
        C,
        None,
        "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'",
        &["allow-origin-invalid"],
    ),
    said(
        C,
        None,
        "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin",
        &["allow-origin-mismatch"],
    ),
    said(
        C,
        None,
        "'Access-Control-Allow-Origin' header in the response must not be the wildcard '*'",
        &["wildcard-with-credentials"],
    ),
    said(
        C,
        None,
        "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header",
        &["wildcard-with-credentials"],
    ),
    said(
        C,
        None,
        "'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true'",
        &["allow-credentials"],
    ),
    said(
        C,
        None,
        "the 'Access-Control-Allow-Credentials' header is '{value}'. It must be 'true'",
        &["allow-credentials"],
    ),
    said(C, P, "It does not have HTTP ok status", &["preflight-status"]),
    said(C, P, "Response for preflight has invalid HTTP status code {status}", &["preflight-status"]),
    said(C, P, "Response for preflight is invalid (redirect)", &["preflight-redirect"]),
    said(C, P, "Redirect is not allowed for a preflight request", &["preflight-redirect"]),
    said(
        C,
        P,
        "The request was redirected to '{value}', which is disallowed for cross-origin requests that require preflight",
        &["preflight-redirect"],
    ),
    said(C, P, "Cannot parse Access-Control-Allow-Methods response header field", &["allow-methods-invalid"]),
    said(C, P, "Cannot parse Access-Control-Allow-Headers response header field", &["allow-headers-invalid"]),
    said(
        C,
        P,
        "Method {value} is not allowed by Access-Control-Allow-Methods in preflight response",
        &["method-not-allowed"],
    ),
    said(
        C,
        P,
        "Request header field {value} is not allowed by Access-Control-Allow-Headers in preflight response",
        &["header-not-allowed"],
    ),
    said(C, R, "Redirect location '{value}' contains a username and password", &["redirect-credentials"]),
    said(C, R, "Redirect location '{value}' has a disallowed scheme", &["scheme-disabled"]),
    said(C, None, "Cross origin requests are not allowed by request mode", &["disallowed-by-mode"]),
    said(
        C,
        None,
        "Request mode is \"same-origin\" but the URL's origin is not same as the request origin {origin}",
        &["disallowed-by-mode"],
    ),
    said(C, None, "Cross origin requests are only supported for protocol schemes: {value}.", &["scheme-disabled"]),
    said(C, P, "CORS policy: The response is invalid", &["preflight-status"]),
    meant(C, "more-private address space", LOCAL_NETWORK),
    meant(C, "Access-Control-Allow-Private-Network", LOCAL_NETWORK),
    meant(C, "Private-Network-Access-", LOCAL_NETWORK),
    meant(C, "Permission was denied for this request to access the `{value}` address space", LOCAL_NETWORK),
    meant(C, "target IP address space", LOCAL_NETWORK),
    meant(C, "Unable to ask for permission to access the `{value}` IP address space", LOCAL_NETWORK),
    meant(C, "Mixed Content: The page at '{page}' was loaded over HTTPS", Subject::Cause("blocked-before-network")),
    meant(C, "violates the following Content Security Policy directive", Subject::Cause("blocked-before-network")),
    meant(C, "violates the document's Content Security Policy", Subject::Cause("blocked-before-network")),
    // Firefox.
    said(F, None, "CORS header 'Access-Control-Allow-Origin' missing", &["allow-origin-missing"]),
    said(F, None, "Multiple CORS header 'Access-Control-Allow-Origin' not allowed", &["allow-origin-multiple"]),
    said(
        F,
        None,
        "CORS header 'Access-Control-Allow-Origin' does not match '{value}')",
        &["allow-origin-mismatch", "allow-origin-multiple", "allow-origin-invalid"],
    ),
    said(
        F,
        None,
        "Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is '*'",
        &["wildcard-with-credentials"],
    ),
    said(F, P, "Did not find method in CORS header 'Access-Control-Allow-Methods'", &["method-not-allowed"]),
    said(F, None, "expected 'true' in CORS header 'Access-Control-Allow-Credentials'", &["allow-credentials"]),
    said(F, P, "CORS preflight response did not succeed", &["preflight-status"]),
    said(F, P, "CORS preflight channel did not succeed", &["preflight-status"]),
    said(F, P, "CORS request external redirect not allowed", &["preflight-redirect"]),
    said(F, P, "invalid token '{value}' in CORS header 'Access-Control-Allow-Methods'", &["allow-methods-invalid"]),
    said(F, P, "invalid token '{value}' in CORS header 'Access-Control-Allow-Headers'", &["allow-headers-invalid"]),
    said(
        F,
        P,
        "header '{value}' is not allowed according to header 'Access-Control-Allow-Headers'",
        &["header-not-allowed"],
    ),
    said(F, P, "missing token '{value}' in CORS header 'Access-Control-Allow-Headers'", &["header-not-allowed"]),
    said(F, None, "CORS request not http", &["scheme-disabled"]),
    meant(F, "CORS request did not succeed", Subject::Other(Other::DidNotSucceed)),
    meant(F, "CORS request failed", Subject::Other(Other::DidNotSucceed)),
    meant(F, "CORS disabled)", Subject::Other(Other::Disabled)),
    meant(F, "CORS header 'Origin' cannot be added", Subject::Other(Other::NoReason)),
    meant(F, "`Authorization` header is not covered", Subject::Other(Other::AuthorizationWarning)),
    meant(F, "Blocked loading mixed active content \"{url}\"", Subject::Cause("blocked-before-network")),
    meant(F, "moving the resource to the same domain or enabling CORS", Subject::Other(Other::NoReason)),
    // WebKit.
    said(
        W,
        None,
        "Origin {origin} is not allowed by Access-Control-Allow-Origin",
        &["allow-origin-missing", "allow-origin-mismatch", "allow-origin-invalid"],
    ),
    said(W, None, "Access-Control-Allow-Origin cannot contain more than one origin", &["allow-origin-multiple"]),
    said(
        W,
        None,
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true",
        &["wildcard-with-credentials"],
    ),
    said(
        W,
        None,
        "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\"",
        &["allow-credentials"],
    ),
    said(W, P, "Header Access-Control-Allow-Methods has an invalid value", &["allow-methods-invalid"]),
    said(W, P, "Header Access-Control-Allow-Headers has an invalid value", &["allow-headers-invalid"]),
    said(W, P, "Preflight response is not successful. Status code: 3", &["preflight-redirect", "preflight-status"]),
    said(W, P, "Preflight response is not successful", &["preflight-status", "preflight-redirect"]),
    said(W, P, "Method {value} is not allowed by Access-Control-Allow-Methods", &["method-not-allowed"]),
    said(W, P, "Request header field {value} is not allowed by Access-Control-Allow-Headers", &["header-not-allowed"]),
    said(W, R, "redirection URL {value} has credentials", &["redirect-credentials"]),
    said(W, R, "not allowed to follow a cross-origin CORS redirection with non CORS scheme", &["scheme-disabled"]),
    said(W, None, "Cross origin requests are only supported for HTTP", &["scheme-disabled"]),
    meant(
        W,
        "requested insecure content from {url}. This content was blocked",
        Subject::Cause("blocked-before-network"),
    ),
    meant(
        W,
        "because it does not appear in the connect-src directive of the Content Security Policy",
        Subject::Cause("blocked-before-network"),
    ),
    meant(W, "CORS-preflight request was blocked", Subject::Other(Other::NoReason)),
    meant(W, "Preflight response was blocked", Subject::Other(Other::NoReason)),
    meant(W, "Could not connect to ", Subject::Cause("server-unreachable")),
    meant(W, "A server with the specified hostname could not be found", Subject::Cause("server-unreachable")),
    meant(W, "Error resolving ", Subject::Cause("server-unreachable")),
    meant(W, "The network connection was lost", Subject::Cause("connection-closed")),
    meant(W, "Peer failed to perform TLS handshake", Subject::Cause("tls-failure")),
    meant(W, "Unacceptable TLS certificate", Subject::Cause("tls-failure")),
    meant(W, "An SSL error has occurred", Subject::Cause("tls-failure")),
    meant(W, "Error receiving data: Connection reset by peer", Subject::Cause("connection-reset")),
    meant(W, "Connection terminated unexpectedly", Subject::Cause("connection-closed")),
    meant(W, "The request timed out", Subject::Cause("preflight-timeout")),
    meant(W, "Could not parse HTTP response", Subject::Cause("invalid-http")),
    meant(W, "due to access control checks", Subject::Other(Other::AccessControlLine)),
    // Any of them.
    meant(C, "net::ERR_INVALID_REDIRECT", Subject::Rule(&["preflight-redirect"])),
    meant(C, "net::ERR_CONNECTION_REFUSED", Subject::Cause("server-unreachable")),
    meant(C, "net::ERR_NAME_NOT_RESOLVED", Subject::Cause("server-unreachable")),
    meant(C, "net::ERR_ADDRESS_UNREACHABLE", Subject::Cause("server-unreachable")),
    meant(C, "net::ERR_CONNECTION_TIMED_OUT", Subject::Cause("server-unreachable")),
    meant(C, "net::ERR_INTERNET_DISCONNECTED", Subject::Cause("server-unreachable")),
    meant(C, "net::ERR_CONNECTION_RESET", Subject::Cause("connection-reset")),
    meant(C, "net::ERR_CONNECTION_CLOSED", Subject::Cause("connection-closed")),
    meant(C, "net::ERR_EMPTY_RESPONSE", Subject::Cause("connection-closed")),
    meant(C, "net::ERR_TIMED_OUT", Subject::Cause("preflight-timeout")),
    meant(C, "net::ERR_CERT_", Subject::Cause("tls-failure")),
    meant(C, "net::ERR_SSL_", Subject::Cause("tls-failure")),
    meant(C, "net::ERR_INVALID_HTTP_RESPONSE", Subject::Cause("invalid-http")),
    meant(C, "net::ERR_CONTENT_LENGTH_MISMATCH", Subject::Cause("response-cut")),
    meant(C, "net::ERR_INCOMPLETE_CHUNKED_ENCODING", Subject::Cause("response-cut")),
    meant(C, "net::ERR_ABORTED", Subject::Cause("request-aborted")),
    meant(C, "net::ERR_BLOCKED_BY_CLIENT", Subject::Cause("blocked-by-extension")),
    meant(C, "net::ERR_BLOCKED_BY_RESPONSE", Subject::Cause("resource-policy")),
    meant(C, "net::ERR_BLOCKED_BY_ORB", Subject::Cause("resource-policy")),
    meant(C, "net::ERR_BLOCKED_BY_", Subject::Cause("blocked-before-network")),
    meant(C, "net::ERR_FAILED", Subject::Other(Other::LoadFailed)),
    meant(None, "Failed to load resource", Subject::Other(Other::LoadFailed)),
    meant(C, "Failed to fetch", Subject::Other(Other::ScriptError)),
    meant(F, "NetworkError when attempting to fetch resource", Subject::Other(Other::ScriptError)),
    meant(W, "Load failed", Subject::Other(Other::ScriptError)),
    meant(None, "Network Error", Subject::Other(Other::ScriptError)),
    meant(C, "has been blocked by CORS policy", Subject::Other(Other::NoReason)),
    meant(F, "Cross-Origin Request Blocked", Subject::Other(Other::NoReason)),
];

const LOCAL_NETWORK: Subject = Subject::Cause("blocked-before-network");

/// Ids of causes that commonly stand behind a rule, likeliest first: for a message on the preflight
/// or another response, as `stage` says.
pub fn candidates(rule: &str, stage: Option<Stage>) -> &'static [&'static str] {
    match (rule, stage) {
        ("allow-origin-missing", Some(Stage::Actual)) => {
            &["error-response-without-cors", "actual-redirect", "cdn-cached", "allow-origin-missing"]
        }
        ("allow-origin-missing", Some(Stage::Redirect)) => &["actual-redirect", "allow-origin-missing"],
        ("allow-origin-missing", _) => &[
            "no-options-handler",
            "auth-before-cors",
            "origin-refused-by-server",
            "options-without-cors",
            "upstream-down",
            "waf-block",
            "error-response-without-cors",
            "allow-origin-missing",
        ],
        ("allow-origin-mismatch", _) => &["allow-origin-mismatch", "cdn-cached"],
        ("allow-origin-multiple", _) => &["allow-origin-multiple"],
        ("allow-origin-invalid", _) => &["allow-origin-invalid"],
        ("wildcard-with-credentials", _) => &["wildcard-with-credentials"],
        ("allow-credentials", _) => &["allow-credentials-missing", "allow-credentials-invalid"],
        ("preflight-redirect", _) => &["preflight-redirect", "auth-before-cors"],
        ("preflight-status", _) => &[
            "no-options-handler",
            "auth-before-cors",
            "preflight-rate-limited",
            "upstream-down",
            "preflight-server-error",
            "waf-block",
            "preflight-bad-status",
        ],
        ("allow-methods-invalid", _) => &["allow-methods-invalid"],
        ("allow-headers-invalid", _) => &["allow-headers-invalid"],
        ("method-not-allowed", _) => &["method-not-allowed"],
        ("header-not-allowed", _) => &["header-not-allowed"],
        ("redirect-credentials", _) => &["actual-redirect"],
        ("disallowed-by-mode" | "scheme-disabled", _) => &["blocked-before-network"],
        _ => &[],
    }
}
