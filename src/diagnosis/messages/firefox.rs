//! Firefox's console text (`security.properties`, printed by `nsCORSListenerProxy.cpp`).

use super::{Blocked, Reason};
use crate::cors::{Rule, Stage};

pub(super) fn lines(blocked: &Blocked<'_>) -> Vec<String> {
    let url = blocked.url;
    match blocked.reason {
        Reason::Refused { rule, stage, status } => {
            let Some(reason) = reason(rule, status) else { return Vec::new() };
            // Only this message puts the URL in quotes.
            let quoted = matches!(rule, Rule::WildcardWithCredentials);
            let mut lines = vec![blocked_at(&if quoted { format!("‘{url}’") } else { url.to_owned() }, &reason)];
            // The request behind a refused preflight fails on its own account; a redirected preflight
            // is reported once more.
            let repeats = match (stage, status) {
                (Stage::Preflight, Some(301 | 302 | 303 | 307 | 308)) => 2,
                (Stage::Preflight, _) => 1,
                (Stage::Actual | Stage::Redirect, _) => 0,
            };
            lines.extend((0..repeats).map(|_| did_not_succeed(url)));
            lines
        }
        Reason::Network { preflight, .. } => {
            let repeats = if preflight { 2 } else { 1 };
            (0..repeats).map(|_| did_not_succeed(url)).collect()
        }
        Reason::LocalNetwork { .. } => Vec::new(),
        Reason::MixedContent { .. } => vec![format!("Blocked loading mixed active content “{url}”")],
    }
}

fn blocked_at(url: &str, reason: &str) -> String {
    format!(
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: \
         {reason}"
    )
}

fn did_not_succeed(url: &str) -> String {
    blocked_at(url, "CORS request did not succeed). Status code: (null).")
}

pub(super) fn authorization_warning(url: &str) -> String {
    format!(
        "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {url} soon. \
         (Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered. To include \
         the `Authorization` header, it must be explicitly listed in CORS header `Access-Control-Allow-Headers`)."
    )
}

fn reason(rule: &Rule, status: Option<u16>) -> Option<String> {
    let status = status.map_or_else(|| "(null)".to_owned(), |status| status.to_string());
    Some(match rule {
        Rule::AllowOriginMissing => {
            format!("CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}.")
        }
        Rule::AllowOriginMultiple { firefox_lines: 2.., .. } => {
            "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).".to_owned()
        }
        Rule::AllowOriginMultiple { value, .. }
        | Rule::AllowOriginInvalid { value }
        | Rule::AllowOriginMismatch { value } => {
            format!("CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’).")
        }
        Rule::WildcardWithCredentials => {
            "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).".to_owned()
        }
        Rule::AllowCredentials { .. } => {
            "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).".to_owned()
        }
        Rule::PreflightRedirect { .. } => "CORS request external redirect not allowed).".to_owned(),
        Rule::PreflightStatus { .. } => format!("CORS preflight response did not succeed). Status code: {status}."),
        Rule::AllowMethodsInvalid { item, .. } => {
            format!("invalid token ‘{item}’ in CORS header ‘Access-Control-Allow-Methods’).")
        }
        Rule::AllowHeadersInvalid { item, .. } => {
            format!("invalid token ‘{item}’ in CORS header ‘Access-Control-Allow-Headers’).")
        }
        Rule::MethodNotAllowed { .. } => {
            "Did not find method in CORS header ‘Access-Control-Allow-Methods’).".to_owned()
        }
        Rule::HeaderNotAllowed { names } => format!(
            "header ‘{}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).",
            names.first().map_or("", String::as_str)
        ),
        Rule::SchemeDisabled => "CORS request not http).".to_owned(),
        Rule::RedirectCredentials { .. } | Rule::DisallowedByMode => return None,
    })
}
