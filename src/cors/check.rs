//! The CORS check.
//!
//! Owns <https://fetch.spec.whatwg.org/#concept-cors-check>, for the actual response, for redirect
//! responses and as part of the preflight. Why the bytes differ is none of its business.

use super::extract::text;
use super::{CorsRequest, Rule, StepOutcome, Steps};
use crate::exchange::{HttpVersion, Presence, ResponseHead};

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";
pub(super) const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";

/// The CORS check on the response to a request (or to one of its redirects).
///
/// All engines take the same steps here, so none is asked for.
pub fn cors_check(request: &CorsRequest<'_>, response: &ResponseHead) -> Steps {
    let mut steps = Steps::new();
    push_cors_check(&mut steps, request, response);
    steps
}

pub(super) fn push_cors_check(steps: &mut Steps, request: &CorsRequest<'_>, response: &ResponseHead) {
    // 1. Let origin be the result of getting `Access-Control-Allow-Origin` from response's header list.
    let allowed = response.headers.presence(ALLOW_ORIGIN);

    // 2. If origin is null, then return failure.
    steps.push(
        "CORS check, step 2",
        "If origin is null, then return failure",
        match allowed {
            // Redacted: the header is there, only its value is not.
            Presence::Present(_) | Presence::Redacted => StepOutcome::Passed,
            Presence::Absent => StepOutcome::Failed(Rule::AllowOriginMissing),
            Presence::Unknown => StepOutcome::Unreadable(ALLOW_ORIGIN),
        },
    );

    // 3. If request's credentials mode is not "include" and origin is `*`, then return success.
    // 4. If the result of byte-serializing a request origin with request is not origin, then return failure.
    steps.push(
        "CORS check, step 4",
        "byte-serializing a request origin with request is not origin",
        match &allowed {
            Presence::Present(value) => match allow_origin_rule(request, value, response) {
                Some(rule) => StepOutcome::Failed(rule),
                None => StepOutcome::Passed,
            },
            Presence::Redacted => StepOutcome::Unreadable(ALLOW_ORIGIN),
            Presence::Absent | Presence::Unknown => StepOutcome::NotReached,
        },
    );

    // 5. If request's credentials mode is not "include", then return success.
    // 6. Let credentials be the result of getting `Access-Control-Allow-Credentials`.
    // 7. If credentials is `true`, then return success.
    // 8. Return failure.
    let outcome = if request.include_credentials {
        match response.headers.presence(ALLOW_CREDENTIALS) {
            Presence::Present(value) if *value == *b"true" => StepOutcome::Passed,
            Presence::Present(value) => {
                StepOutcome::Failed(Rule::AllowCredentials { value: Some(text(&value).into_owned()) })
            }
            Presence::Absent => StepOutcome::Failed(Rule::AllowCredentials { value: None }),
            Presence::Redacted | Presence::Unknown => StepOutcome::Unreadable(ALLOW_CREDENTIALS),
        }
    } else {
        StepOutcome::NotNeeded
    };
    steps.push("CORS check, step 8", "If credentials is `true`, then return success", outcome);
}

/// Steps 3 and 4, with the failure sorted as Chromium sorts it.
fn allow_origin_rule(request: &CorsRequest<'_>, value: &[u8], response: &ResponseHead) -> Option<Rule> {
    if value == b"*" {
        return request.include_credentials.then_some(Rule::WildcardWithCredentials);
    }
    if value == request.origin.as_str().as_bytes() {
        return None;
    }
    let several = value.iter().any(|byte| matches!(byte, b' ' | b','));
    // No serialised origin has such a byte, and engines read nothing at all.
    let not_ascii = !value.is_ascii();
    let value = text(value).into_owned();
    Some(if not_ascii {
        Rule::AllowOriginInvalid { value }
    } else if several {
        let lines = response.headers.count(ALLOW_ORIGIN);
        let firefox_lines = match response.version {
            HttpVersion::Http2 | HttpVersion::Http3 => 0,
            _ => response.headers.iter().filter(|line| line.name == b"Access-Control-Allow-Origin").count(),
        };
        Rule::AllowOriginMultiple { value, lines, firefox_lines }
    } else if value == "null" || url::Url::parse(&value).is_ok() {
        Rule::AllowOriginMismatch { value }
    } else {
        Rule::AllowOriginInvalid { value }
    })
}
