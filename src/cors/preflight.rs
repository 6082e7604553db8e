//! The CORS-preflight fetch: what its answer must satisfy.
//!
//! Owns step 7 of <https://fetch.spec.whatwg.org/#cors-preflight-fetch>, in each engine's order.

use super::check::push_cors_check;
use super::extract::text;
use super::profile::StatusOrder;
use super::{CorsRequest, Engine, Extracted, Rule, StepOutcome, Steps, extract_list};
use crate::exchange::{Headers, Presence, ResponseHead};
use std::collections::HashSet;

pub(super) const ALLOW_METHODS: &str = "access-control-allow-methods";
pub(super) const ALLOW_HEADERS: &str = "access-control-allow-headers";
const LOCATION: &str = "location";

/// Step and words of each step after the status.
const PARSE: &str = "CORS-preflight fetch, step 7.3";
const METHOD: (&str, &str) =
    ("CORS-preflight fetch, step 7.5", "request's method is in methods, or is a CORS-safelisted method");
const HEADER: (&str, &str) =
    ("CORS-preflight fetch, step 7.7", "each unsafeName is a byte-case-insensitive match for an item in headerNames");

/// Judges the answer to a CORS-preflight request for `request` (the **actual** request).
///
/// A redirect that is refused ends the list: the answer that a followed redirect would have
/// brought is another one. Firefox takes the CORS check first, so it is judged before that.
pub fn preflight_check(engine: Engine, request: &CorsRequest<'_>, response: &ResponseHead) -> Steps {
    let mut steps = Steps::new();
    // 7. If a CORS check for request and response returns success and response's status is an ok status, then:
    // The standard puts no order between the two; engines do.
    let redirected = match engine.status_order() {
        StatusOrder::RedirectFirst => {
            let redirected = push_redirect(&mut steps, response);
            if !redirected {
                push_cors_check(&mut steps, request, response);
                push_status(&mut steps, response);
            }
            redirected
        }
        StatusOrder::First => {
            let redirected = push_redirect(&mut steps, response);
            if !redirected {
                push_status(&mut steps, response);
                push_cors_check(&mut steps, request, response);
            }
            redirected
        }
        StatusOrder::AfterCorsCheck => {
            push_cors_check(&mut steps, request, response);
            let redirected = push_redirect(&mut steps, response);
            if !redirected {
                push_status(&mut steps, response);
            }
            redirected
        }
    };
    if !redirected {
        push_lists(&mut steps, engine, request, &response.headers);
    }
    steps
}

/// Whether the preflight was redirected. Engines tell a followable redirect (with `Location`) from
/// any other bad status; the standard does not.
fn push_redirect(steps: &mut Steps, response: &ResponseHead) -> bool {
    let outcome = if matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        match response.headers.presence(LOCATION) {
            Presence::Present(value) if !value.is_empty() => {
                let location = text(&value).into_owned();
                StepOutcome::Failed(Rule::PreflightRedirect { status: response.status, location })
            }
            Presence::Present(_) | Presence::Absent => StepOutcome::Passed,
            Presence::Redacted | Presence::Unknown => StepOutcome::Unreadable(LOCATION),
        }
    } else {
        StepOutcome::Passed
    };
    let redirected = matches!(outcome, StepOutcome::Failed(_));
    steps.push("CORS-preflight fetch, step 7", "response is no redirect (its status is an ok status)", outcome);
    redirected
}

fn push_status(steps: &mut Steps, response: &ResponseHead) {
    let outcome = if (200..=299).contains(&response.status) {
        StepOutcome::Passed
    } else {
        StepOutcome::Failed(Rule::PreflightStatus { status: response.status })
    };
    steps.push("CORS-preflight fetch, step 7", "response's status is an ok status", outcome);
}

fn push_lists(steps: &mut Steps, engine: Engine, request: &CorsRequest<'_>, headers: &Headers) {
    // 7.1. Let methods be the result of extracting header list values given `Access-Control-Allow-Methods`.
    let methods = extract_list(headers, ALLOW_METHODS);
    // 7.2. Let headerNames be the result of extracting header list values given `Access-Control-Allow-Headers`.
    let names = extract_list(headers, ALLOW_HEADERS);
    // 7.3. If either methods or headerNames is failure, return a network error.
    let methods_parse = parse_outcome(headers, ALLOW_METHODS, methods.as_ref());
    let names_parse = parse_outcome(headers, ALLOW_HEADERS, names.as_ref());
    // 7.5. If request's method is not in methods …
    let method = method_outcome(engine, request, methods.as_ref());
    // 7.6 and 7.7. … headerNames …
    let header = header_outcome(request, names.as_ref());

    steps.push(PARSE, "methods is not failure", methods_parse);
    if engine.judges_method_before_parsing_headers() {
        steps.push(METHOD.0, METHOD.1, method);
        steps.push(PARSE, "headerNames is not failure", names_parse);
    } else {
        steps.push(PARSE, "headerNames is not failure", names_parse);
        steps.push(METHOD.0, METHOD.1, method);
    }
    steps.push(HEADER.0, HEADER.1, header);
}

fn parse_outcome(headers: &Headers, name: &'static str, list: Option<&Extracted>) -> StepOutcome {
    match list {
        None | Some(Extracted::Absent | Extracted::Values(_)) => StepOutcome::Passed,
        Some(Extracted::Invalid { item }) => {
            let value = headers.get_str(name).unwrap_or_default().into_owned();
            let item = item.clone();
            StepOutcome::Failed(if name == ALLOW_METHODS {
                Rule::AllowMethodsInvalid { value, item }
            } else {
                Rule::AllowHeadersInvalid { value, item }
            })
        }
    }
}

fn method_outcome(engine: Engine, request: &CorsRequest<'_>, methods: Option<&Extracted>) -> StepOutcome {
    if engine.exempts_method(request.method) {
        return StepOutcome::NotNeeded;
    }
    match methods {
        None => StepOutcome::Unreadable(ALLOW_METHODS),
        Some(Extracted::Invalid { .. }) => StepOutcome::NotReached,
        Some(list) => {
            if has_wildcard(request, list) || list.values().iter().any(|value| value == request.method) {
                StepOutcome::Passed
            } else {
                StepOutcome::Failed(Rule::MethodNotAllowed { method: request.method.to_owned() })
            }
        }
    }
}

fn header_outcome(request: &CorsRequest<'_>, names: Option<&Extracted>) -> StepOutcome {
    if request.unsafe_headers.is_empty() {
        return StepOutcome::NotNeeded;
    }
    match names {
        None => StepOutcome::Unreadable(ALLOW_HEADERS),
        Some(Extracted::Invalid { .. }) => StepOutcome::NotReached,
        Some(list) => {
            // No shipping engine asks for `Authorization` by name here, as step 7.6 does.
            if has_wildcard(request, list) {
                return StepOutcome::Passed;
            }
            // A set, since both lists may be as long as a head.
            let listed: HashSet<String> = list.values().iter().map(|value| value.to_ascii_lowercase()).collect();
            let refused: Vec<String> =
                request.unsafe_headers.iter().filter(|name| !listed.contains(*name)).cloned().collect();
            if refused.is_empty() {
                StepOutcome::Passed
            } else {
                StepOutcome::Failed(Rule::HeaderNotAllowed { names: refused })
            }
        }
    }
}

/// `*` stands for everything only when the request's credentials mode is not `include`.
fn has_wildcard(request: &CorsRequest<'_>, list: &Extracted) -> bool {
    !request.include_credentials && list.values().iter().any(|value| value == "*")
}

fn names_header(list: &Extracted, name: &str) -> bool {
    list.values().iter().any(|value| value.eq_ignore_ascii_case(name))
}

/// Whether `Authorization` passes only because `*` covers it. Every shipping engine lets it
/// through; step 7.6 of the standard does not.
pub fn authorization_covered_by_wildcard(request: &CorsRequest<'_>, response: &ResponseHead) -> bool {
    request.unsafe_headers.iter().any(|name| name == "authorization")
        && extract_list(&response.headers, ALLOW_HEADERS)
            .is_some_and(|list| has_wildcard(request, &list) && !names_header(&list, "authorization"))
}
