//! Causes that commonly stand behind a rule.
//!
//! Owns their order.

use crate::cors::Stage;

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
