//! Firefox's console text (`security.properties`, printed by `nsCORSListenerProxy.cpp`).

use super::sentence::{Name, Other, Sentence, Trouble};
use super::{Blocked, Reason, VersionDifference};
use crate::cors::{Engine, Rule, Stage};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use Trouble::{Aborted, Closed, NotSent, Reset, TimedOut, Tls, Unreachable};

const PREFLIGHT: Option<Stage> = Some(Stage::Preflight);

const MISSING: Sentence =
    Sentence::rule("CORS header ‘Access-Control-Allow-Origin’ missing", &["allow-origin-missing"])
        .then("). Status code: {status}.");
const MULTIPLE: Sentence =
    Sentence::rule("Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed", &["allow-origin-multiple"])
        .then(").");
const MISMATCH: Sentence = Sentence::rule(
    "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’)",
    &["allow-origin-mismatch", "allow-origin-multiple", "allow-origin-invalid"],
)
.then(".");
const WILDCARD: Sentence = Sentence::rule(
    "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’",
    &["wildcard-with-credentials"],
)
.then(").");
const METHOD: Sentence =
    Sentence::rule("Did not find method in CORS header ‘Access-Control-Allow-Methods’", &["method-not-allowed"])
        .on(Stage::Preflight)
        .then(").");
const CREDENTIALS: Sentence =
    Sentence::rule("expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’", &["allow-credentials"])
        .then(").");
const PREFLIGHT_STATUS: Sentence = Sentence::rule("CORS preflight response did not succeed", &["preflight-status"])
    .on(Stage::Preflight)
    .then("). Status code: {status}.");
const PREFLIGHT_REDIRECT: Sentence =
    Sentence::rule("CORS request external redirect not allowed", &["preflight-redirect"])
        .on(Stage::Preflight)
        .then(").");
const METHODS_INVALID: Sentence =
    Sentence::rule("invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Methods’", &["allow-methods-invalid"])
        .on(Stage::Preflight)
        .then(").");
const HEADERS_INVALID: Sentence =
    Sentence::rule("invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Headers’", &["allow-headers-invalid"])
        .on(Stage::Preflight)
        .then(").");
const HEADER: Sentence = Sentence::rule(
    "header ‘{value}’ is not allowed according to header ‘Access-Control-Allow-Headers’",
    &["header-not-allowed"],
)
.on(Stage::Preflight)
.then(" from CORS preflight response).");
const NOT_HTTP: Sentence = Sentence::rule("CORS request not http", &["scheme-disabled"]).then(").");
const DID_NOT_SUCCEED: Sentence =
    Sentence::other(Other::DidNotSucceed, "CORS request did not succeed").then("). Status code: (null).");
const AUTHORIZATION_WARNING: Sentence =
    Sentence::other(Other::AuthorizationWarning, "`Authorization` header is not covered").between(
        "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {url} \
         soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the ",
        ". To include the `Authorization` header, it must be explicitly listed in CORS header \
         `Access-Control-Allow-Headers`).",
    );
const MIXED_CONTENT: Sentence = Sentence::trouble(NotSent, "Blocked loading mixed active content “{url}”");

/// What is printed, and what older versions print.
pub(super) const SENTENCES: &[Sentence] = &[
    MISSING,
    MULTIPLE,
    MISMATCH,
    WILDCARD,
    METHOD,
    CREDENTIALS,
    PREFLIGHT_STATUS,
    Sentence::rule("CORS preflight channel did not succeed", &["preflight-status"]).on(Stage::Preflight),
    PREFLIGHT_REDIRECT,
    METHODS_INVALID,
    HEADERS_INVALID,
    HEADER,
    Sentence::rule("missing token ‘{value}’ in CORS header ‘Access-Control-Allow-Headers’", &["header-not-allowed"])
        .on(Stage::Preflight),
    NOT_HTTP,
    DID_NOT_SUCCEED,
    Sentence::other(Other::DidNotSucceed, "CORS request failed"),
    Sentence::other(Other::Disabled, "CORS disabled)"),
    Sentence::other(Other::NoReason, "CORS header ‘Origin’ cannot be added"),
    AUTHORIZATION_WARNING,
    MIXED_CONTENT,
    Sentence::other(Other::NoReason, "moving the resource to the same domain or enabling CORS"),
];

/// The key of its message on a rule.
const RULES: &[(&str, &str)] = &[
    ("allow-origin-missing", "CORSMissingAllowOrigin2"),
    (
        "allow-origin-multiple",
        "CORSMultipleAllowOriginNotAllowed (two lines), CORSAllowOriginNotMatchingOrigin (one line)",
    ),
    ("allow-origin-invalid", "CORSAllowOriginNotMatchingOrigin"),
    ("allow-origin-mismatch", "CORSAllowOriginNotMatchingOrigin"),
    ("wildcard-with-credentials", "CORSNotSupportingCredentials"),
    ("allow-credentials", "CORSMissingAllowCredentials"),
    ("preflight-redirect", "CORSExternalRedirectNotAllowed"),
    ("preflight-status", "CORSPreflightDidNotSucceed3"),
    ("allow-methods-invalid", "CORSInvalidAllowMethod"),
    ("allow-headers-invalid", "CORSInvalidAllowHeader"),
    ("method-not-allowed", "CORSMethodNotFound"),
    ("header-not-allowed", "CORSMissingAllowHeaderFromPreflight2"),
    ("scheme-disabled", "CORSRequestNotHttp"),
];

/// Its message key; `None` where it names no CORS reason.
pub(super) fn rule_key(rule: &Rule) -> Option<&'static str> {
    match rule {
        Rule::AllowOriginMultiple { firefox_lines: 2.., .. } => Some("CORSMultipleAllowOriginNotAllowed"),
        Rule::AllowOriginMultiple { .. } => Some("CORSAllowOriginNotMatchingOrigin"),
        _ => rule_words(rule.id()),
    }
}

/// Its message keys for a rule.
pub(super) fn rule_words(id: &str) -> Option<&'static str> {
    RULES.iter().find(|(rule, _)| *rule == id).map(|(_, key)| *key)
}

/// Keys of its messages, without the digit at their end, which counts revisions.
pub(super) const CORS_KEYS: &[Name] = &[
    Name::rule("CORSMissingAllowOrigin", None, &["allow-origin-missing"]),
    Name::rule("CORSMultipleAllowOriginNotAllowed", None, &["allow-origin-multiple"]),
    Name::rule(
        "CORSAllowOriginNotMatchingOrigin",
        None,
        &["allow-origin-mismatch", "allow-origin-multiple", "allow-origin-invalid"],
    ),
    Name::rule("CORSNotSupportingCredentials", None, &["wildcard-with-credentials"]),
    Name::rule("CORSMethodNotFound", PREFLIGHT, &["method-not-allowed"]),
    Name::rule("CORSMissingAllowCredentials", None, &["allow-credentials"]),
    Name::rule("CORSPreflightDidNotSucceed", PREFLIGHT, &["preflight-status"]),
    Name::rule("CORSInvalidAllowMethod", PREFLIGHT, &["allow-methods-invalid"]),
    Name::rule("CORSInvalidAllowHeader", PREFLIGHT, &["allow-headers-invalid"]),
    Name::rule("CORSMissingAllowHeaderFromPreflight", PREFLIGHT, &["header-not-allowed"]),
    Name::rule("CORSExternalRedirectNotAllowed", PREFLIGHT, &["preflight-redirect"]),
    Name::rule("CORSRequestNotHttp", None, &["scheme-disabled"]),
    Name::other("CORSDidNotSucceed", Other::DidNotSucceed),
    Name::other("CORSDisabled", Other::Disabled),
    Name::other("CORSOriginHeaderNotAdded", Other::NoReason),
    Name::other("CORSAllowHeaderFromPreflightDeprecation", Other::AuthorizationWarning),
    Name::other("AuthorizationCoveredByWildcard", Other::AuthorizationWarning),
];

/// What stands in the network panel's column.
pub(super) const COLUMN: &[Name] = &[
    Name::other("CORS Failed", Other::NoReason),
    Name::other("NS_ERROR_DOM_BAD_URI", Other::NoReason),
    Name::trouble("NS_BINDING_ABORTED", Aborted),
    Name::trouble("NS_ERROR_CONNECTION_REFUSED", Unreachable),
    Name::trouble("NS_ERROR_UNKNOWN_HOST", Unreachable),
    Name::trouble("NS_ERROR_NET_RESET", Reset),
    Name::trouble("NS_ERROR_NET_INTERRUPT", Closed),
    Name::trouble("NS_ERROR_NET_TIMEOUT", TimedOut),
    Name::trouble("SEC_ERROR_", Tls),
    Name::trouble("SSL_ERROR_", Tls),
    Name::trouble("MOZILLA_PKIX_ERROR_", Tls),
];

/// Differences between versions.
pub(super) const VERSIONS: &[VersionDifference] = &[
    VersionDifference {
        engine: Engine::Firefox,
        printed: "CORS preflight response did not succeed). Status code: ",
        otherwise: "CORS preflight channel did not succeed).",
        where_found: "Firefox before 79",
    },
    VersionDifference {
        engine: Engine::Firefox,
        printed: "header ‘…’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).",
        otherwise: "missing token ‘…’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel).",
        where_found: "Firefox before 79",
    },
];

pub(super) fn lines(blocked: &Blocked<'_>) -> Vec<Prose> {
    let url = Captured::address(blocked.url);
    match blocked.reason {
        Reason::Refused { rule, stage, status } => {
            let Some(reason) = reason(rule, status) else { return Vec::new() };
            // Only this message puts the URL in quotes.
            let quoted = matches!(rule, Rule::WildcardWithCredentials);
            let mut lines =
                vec![blocked_at(&if quoted { prose!("‘{}’", url) } else { Prose::from(url.clone()) }, &reason)];
            // The request behind a refused preflight fails on its own account; a redirected preflight
            // is reported once more.
            let repeats = match (stage, status) {
                (Stage::Preflight, Some(301 | 302 | 303 | 307 | 308)) => 2,
                (Stage::Preflight, _) => 1,
                (Stage::Actual | Stage::Redirect, _) => 0,
            };
            lines.extend((0..repeats).map(|_| did_not_succeed(&url)));
            lines
        }
        Reason::Network { preflight, .. } => {
            let repeats = if preflight { 2 } else { 1 };
            (0..repeats).map(|_| did_not_succeed(&url)).collect()
        }
        Reason::LocalNetwork { .. } => Vec::new(),
        Reason::MixedContent { .. } => vec![MIXED_CONTENT.print(&[("url", &url)])],
    }
}

fn blocked_at(url: &Prose, reason: &Prose) -> Prose {
    prose!(
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {}. (Reason: \
         {}",
        url,
        reason
    )
}

fn did_not_succeed(url: &Captured<'_>) -> Prose {
    blocked_at(&url.clone().into(), &DID_NOT_SUCCEED.print(&[]))
}

/// The warning for a request that passed only because `*` covered `Authorization`.
pub(super) fn authorization_warning(url: &str) -> Prose {
    AUTHORIZATION_WARNING.print(&[("url", &Captured::address(url))])
}

fn reason(rule: &Rule, status: Option<u16>) -> Option<Prose> {
    let status = status.map_or_else(|| "(null)".into(), |status| prose!("{}", status));
    let quoting = |sentence: Sentence, value: &str| sentence.print(&[("value", &Captured::text(value))]);
    Some(match rule {
        Rule::AllowOriginMissing => MISSING.print(&[("status", &status)]),
        Rule::AllowOriginMultiple { firefox_lines: 2.., .. } => MULTIPLE.print(&[]),
        Rule::AllowOriginMultiple { value, .. }
        | Rule::AllowOriginInvalid { value }
        | Rule::AllowOriginMismatch { value } => quoting(MISMATCH, value),
        Rule::WildcardWithCredentials => WILDCARD.print(&[]),
        Rule::AllowCredentials { .. } => CREDENTIALS.print(&[]),
        Rule::PreflightRedirect { .. } => PREFLIGHT_REDIRECT.print(&[]),
        Rule::PreflightStatus { .. } => PREFLIGHT_STATUS.print(&[("status", &status)]),
        Rule::AllowMethodsInvalid { item, .. } => quoting(METHODS_INVALID, item),
        Rule::AllowHeadersInvalid { item, .. } => quoting(HEADERS_INVALID, item),
        Rule::MethodNotAllowed { .. } => METHOD.print(&[]),
        Rule::HeaderNotAllowed { names } => quoting(HEADER, names.first().map_or("", String::as_str)),
        Rule::SchemeDisabled => NOT_HTTP.print(&[]),
        Rule::RedirectCredentials { .. } | Rule::DisallowedByMode => return None,
    })
}
