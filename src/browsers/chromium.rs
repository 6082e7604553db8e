//! Chromium's console text (`blink/renderer/platform/loader/cors/cors_error_string.cc`).

use super::sentence::{Means, Name, Other, Sentence, Trouble};
use super::{Blocked, LOAD_FAILED, Reason, RequestKind, VersionDifference};
use crate::cors::{Engine, Rule, Stage};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use Trouble::{
    Aborted, Closed, Cut, Extension, InvalidHttp, NotSent, Reset, ResourcePolicy, TimedOut, Tls, Unreachable,
};
use std::fmt::Write;

const PREFLIGHT: Option<Stage> = Some(Stage::Preflight);
const ACTUAL: Option<Stage> = Some(Stage::Actual);
const REDIRECT: Option<Stage> = Some(Stage::Redirect);

const MISSING: Sentence =
    Sentence::rule("No 'Access-Control-Allow-Origin' header is present", &["allow-origin-missing"])
        .then(" on the requested resource.");
const MULTIPLE: Sentence = Sentence::rule(
    "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed",
    &["allow-origin-multiple"],
)
.then(".");
const INVALID: Sentence = Sentence::rule(
    "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'",
    &["allow-origin-invalid"],
)
.then(".");
const MISMATCH: Sentence = Sentence::rule(
    "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin",
    &["allow-origin-mismatch"],
)
.then(".");
const WILDCARD: Sentence = Sentence::rule(
    "'Access-Control-Allow-Origin' header in the response must not be the wildcard '*'",
    &["wildcard-with-credentials"],
)
.between("The value of the ", " when the request's credentials mode is 'include'.");
const CREDENTIALS: Sentence = Sentence::rule(
    "'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true'",
    &["allow-credentials"],
)
.between("The value of the ", " when the request's credentials mode is 'include'.");
const PREFLIGHT_STATUS: Sentence =
    Sentence::rule("It does not have HTTP ok status", &["preflight-status"]).on(Stage::Preflight).then(".");
const PREFLIGHT_REDIRECT: Sentence =
    Sentence::rule("Redirect is not allowed for a preflight request", &["preflight-redirect"])
        .on(Stage::Preflight)
        .then(".");
const METHODS_INVALID: Sentence =
    Sentence::rule("Cannot parse Access-Control-Allow-Methods response header field", &["allow-methods-invalid"])
        .on(Stage::Preflight)
        .then(" in preflight response.");
const HEADERS_INVALID: Sentence =
    Sentence::rule("Cannot parse Access-Control-Allow-Headers response header field", &["allow-headers-invalid"])
        .on(Stage::Preflight)
        .then(" in preflight response.");
const METHOD: Sentence = Sentence::rule(
    "Method {value} is not allowed by Access-Control-Allow-Methods in preflight response",
    &["method-not-allowed"],
)
.on(Stage::Preflight)
.then(".");
const HEADER: Sentence = Sentence::rule(
    "Request header field {value} is not allowed by Access-Control-Allow-Headers in preflight response",
    &["header-not-allowed"],
)
.on(Stage::Preflight)
.then(".");
const REDIRECT_CREDENTIALS: Sentence =
    Sentence::rule("Redirect location '{value}' contains a username and password", &["redirect-credentials"])
        .on(Stage::Redirect)
        .then(", which is disallowed for cross-origin requests.");
const MODE: Sentence =
    Sentence::rule("Cross origin requests are not allowed by request mode", &["disallowed-by-mode"]).then(".");
const SAME_ORIGIN: Sentence = Sentence::rule(
    "Request mode is \"same-origin\" but the URL's origin is not same as the request origin {origin}",
    &["disallowed-by-mode"],
)
.between("Fetch API cannot load {url}. ", ".");
const SCHEME: Sentence =
    Sentence::rule("Cross origin requests are only supported for protocol schemes: {value}.", &["scheme-disabled"]);
const LOCAL_NETWORK: Sentence =
    Sentence::trouble(NotSent, "Permission was denied for this request to access the `{value}` address space")
        .then(".");
const MIXED_CONTENT: Sentence = Sentence::trouble(NotSent, "Mixed Content: The page at '{page}' was loaded over HTTPS")
    .then(
        ", but requested an insecure {resource} '{url}'. This request has been blocked; the content must be served \
         over HTTPS.",
    );

/// What is printed, and what older versions print.
pub(super) const SENTENCES: &[Sentence] = &[
    MISSING,
    MULTIPLE,
    INVALID,
    MISMATCH,
    WILDCARD,
    Sentence::rule(
        "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header",
        &["wildcard-with-credentials"],
    ),
    CREDENTIALS,
    Sentence::rule(
        "the 'Access-Control-Allow-Credentials' header is '{value}'. It must be 'true'",
        &["allow-credentials"],
    ),
    PREFLIGHT_STATUS,
    Sentence::rule("Response for preflight has invalid HTTP status code {status}", &["preflight-status"])
        .on(Stage::Preflight),
    Sentence::rule("Response for preflight is invalid (redirect)", &["preflight-redirect"]).on(Stage::Preflight),
    PREFLIGHT_REDIRECT,
    Sentence::rule(
        "The request was redirected to '{value}', which is disallowed for cross-origin requests that require preflight",
        &["preflight-redirect"],
    )
    .on(Stage::Preflight),
    METHODS_INVALID,
    HEADERS_INVALID,
    METHOD,
    HEADER,
    REDIRECT_CREDENTIALS,
    Sentence::rule("Redirect location '{value}' has a disallowed scheme", &["scheme-disabled"]).on(Stage::Redirect),
    MODE,
    SAME_ORIGIN,
    SCHEME,
    Sentence::rule("CORS policy: The response is invalid", &["preflight-status"]).on(Stage::Preflight),
    Sentence::trouble(NotSent, "more-private address space"),
    Sentence::trouble(NotSent, "Access-Control-Allow-Private-Network"),
    Sentence::trouble(NotSent, "Private-Network-Access-"),
    LOCAL_NETWORK,
    Sentence::trouble(NotSent, "target IP address space"),
    Sentence::trouble(NotSent, "Unable to ask for permission to access the `{value}` IP address space"),
    MIXED_CONTENT,
    Sentence::trouble(NotSent, "violates the following Content Security Policy directive"),
    Sentence::trouble(NotSent, "violates the document's Content Security Policy"),
];

/// Names of the DevTools protocol (`Network.CorsError`).
pub(super) const CORS_ERRORS: &[Name] = &[
    Name::rule("WildcardOriginNotAllowed", ACTUAL, &["wildcard-with-credentials"]),
    Name::rule("PreflightWildcardOriginNotAllowed", PREFLIGHT, &["wildcard-with-credentials"]),
    Name::rule("MissingAllowOriginHeader", ACTUAL, &["allow-origin-missing"]),
    Name::rule("PreflightMissingAllowOriginHeader", PREFLIGHT, &["allow-origin-missing"]),
    Name::rule("MultipleAllowOriginValues", ACTUAL, &["allow-origin-multiple"]),
    Name::rule("PreflightMultipleAllowOriginValues", PREFLIGHT, &["allow-origin-multiple"]),
    Name::rule("InvalidAllowOriginValue", ACTUAL, &["allow-origin-invalid"]),
    Name::rule("PreflightInvalidAllowOriginValue", PREFLIGHT, &["allow-origin-invalid"]),
    Name::rule("AllowOriginMismatch", ACTUAL, &["allow-origin-mismatch"]),
    Name::rule("PreflightAllowOriginMismatch", PREFLIGHT, &["allow-origin-mismatch"]),
    Name::rule("InvalidAllowCredentials", ACTUAL, &["allow-credentials"]),
    Name::rule("PreflightInvalidAllowCredentials", PREFLIGHT, &["allow-credentials"]),
    Name::rule("PreflightInvalidStatus", PREFLIGHT, &["preflight-status"]),
    Name::rule("PreflightDisallowedRedirect", PREFLIGHT, &["preflight-redirect"]),
    Name::rule("InvalidAllowMethodsPreflightResponse", PREFLIGHT, &["allow-methods-invalid"]),
    Name::rule("InvalidAllowHeadersPreflightResponse", PREFLIGHT, &["allow-headers-invalid"]),
    Name::rule("MethodDisallowedByPreflightResponse", PREFLIGHT, &["method-not-allowed"]),
    Name::rule("HeaderDisallowedByPreflightResponse", PREFLIGHT, &["header-not-allowed"]),
    Name::rule("RedirectContainsCredentials", REDIRECT, &["redirect-credentials"]),
    Name::rule("DisallowedByMode", None, &["disallowed-by-mode"]),
    Name::rule("CorsDisabledScheme", None, &["scheme-disabled"]),
];

/// Names of the same in the issues panel.
pub(super) const ISSUES: &[Name] = &[
    Name::rule("PreflightResponseInvalid", PREFLIGHT, &["preflight-status"]),
    Name::rule("PreflightAllowOriginMissing", PREFLIGHT, &["allow-origin-missing"]),
    Name::rule("OriginMismatch", None, &["allow-origin-mismatch"]),
    Name::rule("AllowCredentialsRequired", None, &["allow-credentials"]),
    Name::rule("InvalidResponse", None, &["preflight-status"]),
];

/// Its error name for a rule, whatever the stage where there is one only.
pub(super) fn rule_name(id: &str, stage: Stage) -> Option<&'static str> {
    rule_words(id, stage).or_else(|| of_rule(id).next().map(|name| name.text))
}

/// Its error name for a rule at this stage.
pub(super) fn rule_words(id: &str, stage: Stage) -> Option<&'static str> {
    let preflight = stage == Stage::Preflight;
    of_rule(id).find(|name| (name.stage == PREFLIGHT) == preflight).map(|name| name.text)
}

fn of_rule(id: &str) -> impl Iterator<Item = &'static Name> {
    CORS_ERRORS.iter().filter(move |name| matches!(name.means, Means::Rule([rule]) if *rule == id))
}

/// What stands in the network panel's status column.
pub(super) const COLUMN: &[Name] = &[
    Name::other("CORS error", Other::NoReason),
    Name::trouble("(canceled)", Aborted),
    Name::trouble("(blocked:mixed-content)", NotSent),
    Name::trouble("(blocked:csp)", NotSent),
    Name::trouble("(blocked:other)", Extension),
];

/// Net errors.
pub(super) const NET_ERRORS: &[Name] = &[
    Name::other("net::ERR_FAILED", Other::LoadFailed),
    Name::rule("net::ERR_INVALID_REDIRECT", None, &["preflight-redirect"]),
    Name::trouble("net::ERR_CONNECTION_REFUSED", Unreachable),
    Name::trouble("net::ERR_NAME_NOT_RESOLVED", Unreachable),
    Name::trouble("net::ERR_ADDRESS_UNREACHABLE", Unreachable),
    Name::trouble("net::ERR_CONNECTION_TIMED_OUT", Unreachable),
    Name::trouble("net::ERR_INTERNET_DISCONNECTED", Unreachable),
    Name::trouble("net::ERR_CONNECTION_RESET", Reset),
    Name::trouble("net::ERR_CONNECTION_CLOSED", Closed),
    Name::trouble("net::ERR_EMPTY_RESPONSE", Closed),
    Name::trouble("net::ERR_TIMED_OUT", TimedOut),
    Name::trouble("net::ERR_CERT_", Tls),
    Name::trouble("net::ERR_SSL_", Tls),
    Name::trouble("net::ERR_INVALID_HTTP_RESPONSE", InvalidHttp),
    Name::trouble("net::ERR_CONTENT_LENGTH_MISMATCH", Cut),
    Name::trouble("net::ERR_INCOMPLETE_CHUNKED_ENCODING", Cut),
    Name::trouble("net::ERR_ABORTED", Aborted),
    Name::trouble("net::ERR_BLOCKED_BY_CLIENT", Extension),
    Name::trouble("net::ERR_BLOCKED_BY_RESPONSE", ResourcePolicy),
    Name::trouble("net::ERR_BLOCKED_BY_ORB", ResourcePolicy),
    Name::trouble("net::ERR_BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS", NotSent),
    Name::trouble("net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", NotSent),
    Name::trouble("net::ERR_BLOCKED_BY_CSP", NotSent),
];

/// Net errors by their beginnings, where no single one is known.
pub(super) const NET_ERROR_FAMILIES: &[Name] = &[Name::trouble("net::ERR_BLOCKED_BY_", NotSent)];

/// Differences between versions.
pub(super) const VERSIONS: &[VersionDifference] = &[
    VersionDifference {
        engine: Engine::Chromium,
        printed: "",
        otherwise: " If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.",
        where_found: "Chrome before about 135, after the sentence on a missing header, for fetch()",
    },
    VersionDifference {
        engine: Engine::Chromium,
        printed: " Have the server send the header with a valid value.",
        otherwise: " Have the server send the header with a valid value, or, if an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.",
        where_found: "Chrome before about 135, for fetch()",
    },
    VersionDifference {
        engine: Engine::Chromium,
        printed: CORS_SCHEMES,
        otherwise: "chrome, chrome-extension, data, http, https",
        where_found: "the list of schemes grows with versions and embedders",
    },
];

/// The schemes Chrome lists as taking part in CORS.
const CORS_SCHEMES: &str = "chrome, chrome-extension, chrome-untrusted, data, http, https, isolated-app";

pub(super) fn lines(blocked: &Blocked<'_>, kind: RequestKind) -> Vec<Prose> {
    let (url, origin) = (address(blocked.url), address(blocked.page_origin));
    match blocked.reason {
        Reason::Refused { rule: Rule::DisallowedByMode, .. } if kind == RequestKind::Fetch => {
            // fetch() refuses this itself, before the loader is asked.
            vec![SAME_ORIGIN.print(&[("url", &url), ("origin", &origin)])]
        }
        Reason::Refused { rule, stage, .. } => {
            vec![sentence(blocked, rule, stage, kind), load_failed("net::ERR_FAILED")]
        }
        Reason::LocalNetwork { space } => {
            let refused = prose!(
                "Access to {} at '{}' from origin '{}' has been blocked by CORS policy: {}",
                noun(kind),
                url,
                origin,
                LOCAL_NETWORK.print(&[("value", &Captured::text(space))])
            );
            vec![refused, load_failed("net::ERR_FAILED")]
        }
        Reason::Network { error, .. } => error.map(load_failed).into_iter().collect(),
        Reason::MixedContent { page } => {
            let resource = if kind == RequestKind::Xhr { "XMLHttpRequest endpoint" } else { "resource" };
            vec![MIXED_CONTENT.print(&[("page", &address(page)), ("resource", &resource), ("url", &url)])]
        }
    }
}

fn load_failed(error: &str) -> Prose {
    LOAD_FAILED.print(&[("error", &Captured::text(error))])
}

fn sentence(blocked: &Blocked<'_>, rule: &Rule, stage: Stage, kind: RequestKind) -> Prose {
    let redirected = match blocked.first_url.filter(|first| *first != blocked.url) {
        Some(first) => prose!("(redirected from '{}') ", address(first)),
        None => Prose::new(),
    };
    let prefix = if stage == Stage::Preflight && is_access_check(rule) {
        "Response to preflight request doesn't pass access control check: "
    } else {
        ""
    };
    prose!(
        "Access to {} at '{}' {}from origin '{}' has been blocked by CORS policy: {}{}",
        noun(kind),
        address(blocked.url),
        redirected,
        address(blocked.page_origin),
        prefix,
        reason(rule, kind)
    )
}

/// The rules whose message gets the preflight prefix; those on the preflight's lists do not.
fn is_access_check(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::AllowOriginMissing
            | Rule::AllowOriginMultiple { .. }
            | Rule::AllowOriginInvalid { .. }
            | Rule::AllowOriginMismatch { .. }
            | Rule::WildcardWithCredentials
            | Rule::AllowCredentials { .. }
            | Rule::PreflightRedirect { .. }
            | Rule::PreflightStatus { .. }
    )
}

fn reason(rule: &Rule, kind: RequestKind) -> Prose {
    let valid_value =
        if kind == RequestKind::Fetch { " Have the server send the header with a valid value." } else { "" };
    let with_credentials = if kind == RequestKind::Xhr {
        " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
    } else {
        ""
    };
    let quoting = |sentence: Sentence, value: &str, more: &'static str| {
        let mut text = sentence.print(&[("value", &Captured::text(escaped(value)))]);
        text.push(more);
        text
    };
    match rule {
        Rule::AllowOriginMissing => MISSING.print(&[]),
        Rule::AllowOriginMultiple { value, .. } => quoting(MULTIPLE, value, valid_value),
        Rule::AllowOriginInvalid { value } => quoting(INVALID, value, valid_value),
        Rule::AllowOriginMismatch { value } => quoting(MISMATCH, value, valid_value),
        Rule::WildcardWithCredentials => quoting(WILDCARD, "", with_credentials),
        Rule::AllowCredentials { value } => {
            quoting(CREDENTIALS, value.as_deref().unwrap_or_default(), with_credentials)
        }
        Rule::PreflightRedirect { .. } => PREFLIGHT_REDIRECT.print(&[]),
        Rule::PreflightStatus { .. } => PREFLIGHT_STATUS.print(&[]),
        Rule::AllowMethodsInvalid { .. } => METHODS_INVALID.print(&[]),
        Rule::AllowHeadersInvalid { .. } => HEADERS_INVALID.print(&[]),
        Rule::MethodNotAllowed { method } => METHOD.print(&[("value", &Captured::text(method))]),
        Rule::HeaderNotAllowed { names } => HEADER.print(&[("value", &names.first().map(Captured::text))]),
        // Chromium leaves the place for the location empty.
        Rule::RedirectCredentials { .. } => REDIRECT_CREDENTIALS.print(&[]),
        Rule::DisallowedByMode => MODE.print(&[]),
        Rule::SchemeDisabled => SCHEME.print(&[("value", &CORS_SCHEMES)]),
    }
}

fn address(url: &str) -> Captured<'_> {
    Captured::address(url)
}

fn noun(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Fetch => "fetch",
        RequestKind::Xhr => "XMLHttpRequest",
        RequestKind::EventSource | RequestKind::Beacon => "resource",
        RequestKind::Image => "image",
        RequestKind::Script => "script",
        RequestKind::Stylesheet => "CSS stylesheet",
        RequestKind::Font => "font",
        RequestKind::Audio => "audio",
        RequestKind::Video => "video",
        RequestKind::Manifest => "manifest",
        RequestKind::TextTrack => "text track",
    }
}

/// Control characters of an echoed value and every byte that is not ASCII print as `\uXXXX`: header
/// values are bytes, each a character of its own.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii() && !byte.is_ascii_control() {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\u{byte:04X}");
        }
    }
    text
}
