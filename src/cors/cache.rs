//! The CORS-preflight cache's arithmetic: how long a result is kept and what it covers.
//!
//! Owns no cache and no clock; who made which request when is pairing's business.

use super::{Engine, Extracted, extract_list};
use crate::exchange::ResponseHead;
use std::collections::HashSet;

/// Whether a cached preflight result covers another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// The request goes out without a preflight of its own.
    Covered,
    /// A new preflight is made.
    NotCovered,
    /// It hangs on a header that the capture does not show.
    Unreadable,
}

/// How many seconds a preflight result is kept, given the combined value of
/// `Access-Control-Max-Age`; `None` when it is not cached at all.
pub fn max_age(engine: Engine, value: Option<&[u8]>) -> Option<u64> {
    let value = value.map(<[u8]>::trim_ascii).filter(|value| !value.is_empty());
    let Some(value) = value else { return Some(engine.default_max_age()) };
    if value.iter().all(u8::is_ascii_digit) {
        let parsed: Option<i64> = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        // Chromium cannot read more digits than an i64 holds; elsewhere they are more than any cap.
        let Some(seconds) = parsed.and_then(|seconds| u64::try_from(seconds).ok()) else {
            return Some(if engine == Engine::Chromium { engine.default_max_age() } else { engine.max_age_cap() });
        };
        return Some(seconds.min(engine.max_age_cap()));
    }
    if engine == Engine::Firefox {
        return None;
    }
    match value.split_first() {
        // Its number parser takes a plus sign.
        Some((b'+', digits)) if engine == Engine::Chromium && digits.first().is_some_and(u8::is_ascii_digit) => {
            max_age(engine, Some(digits))
        }
        Some((b'-', digits)) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => Some(0),
        _ => Some(engine.default_max_age()),
    }
}

/// Whether the result of a **passed** preflight, made with `made_with_credentials`, lets a request
/// with this method, these CORS-unsafe header names (lower case) and this credentials mode go out
/// without a preflight. Age, origin and URL are the caller's to compare.
pub fn covers(
    engine: Engine,
    preflight: &ResponseHead,
    made_with_credentials: bool,
    method: &str,
    unsafe_headers: &[String],
    include_credentials: bool,
) -> Coverage {
    // A cache entry match: entry's credentials is true, or request's credentials mode is not "include".
    if include_credentials && !made_with_credentials {
        return Coverage::NotCovered;
    }
    let methods = extract_list(&preflight.headers, super::preflight::ALLOW_METHODS);
    let names = extract_list(&preflight.headers, super::preflight::ALLOW_HEADERS);
    let star = |list: &Extracted| {
        engine.expands_wildcard_in_cache() && !include_credentials && list.values().iter().any(|value| value == "*")
    };
    if !engine.exempts_method_in_cache(method) {
        let Some(methods) = methods else { return Coverage::Unreadable };
        if !star(&methods) && !methods.values().iter().any(|value| value == method) {
            return Coverage::NotCovered;
        }
    }
    if unsafe_headers.is_empty() {
        return Coverage::Covered;
    }
    let Some(names) = names else { return Coverage::Unreadable };
    let wildcard = star(&names);
    // A set, since both lists may be as long as a head.
    let listed: HashSet<String> = names.values().iter().map(|value| value.to_ascii_lowercase()).collect();
    let covered = unsafe_headers.iter().all(|name| {
        let literal = listed.contains(name);
        literal || (wildcard && (name != "authorization" || engine.wildcard_covers_authorization_in_cache()))
    });
    if covered { Coverage::Covered } else { Coverage::NotCovered }
}
