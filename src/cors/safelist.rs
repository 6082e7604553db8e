//! Safelisted and forbidden methods and request headers, and with them the question whether a
//! request needs a preflight.
//!
//! Owns the lists of the sections "Methods" and "Headers". Values are bytes; where a capture hides
//! a value, callers decide what that means.

use super::Engine;
use super::extract::is_token_byte;
use std::borrow::Cow;

/// Whether a method is a CORS-safelisted method (exact case).
pub fn is_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// A name in lower case; most names of a capture already are.
pub fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Normalises a method: only six of them are upper-cased.
pub fn normalize_method(method: &str) -> String {
    const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    NORMALIZED
        .iter()
        .find(|known| known.eq_ignore_ascii_case(method))
        .map_or_else(|| method.to_owned(), |known| (*known).to_owned())
}

/// Whether a method is a forbidden method (any case).
pub fn is_forbidden_method(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|known| known.eq_ignore_ascii_case(method))
}

/// Whether a header is a CORS-safelisted request-header; `name` in any case.
pub fn is_safelisted_request_header(name: &str, value: &[u8]) -> bool {
    // 1. If value's length is greater than 128, then return false.
    if value.len() > 128 {
        return false;
    }
    // 2. Byte-lowercase name and switch on the result:
    match &*lower_case(name) {
        "accept" => !value.iter().any(|byte| is_unsafe_byte(*byte)),
        "accept-language" | "content-language" => value.iter().all(|byte| is_language_byte(*byte)),
        "content-type" => !value.iter().any(|byte| is_unsafe_byte(*byte)) && has_safelisted_essence(value),
        "range" => is_simple_range(value),
        _ => false,
    }
}

/// A CORS-unsafe request-header byte.
fn is_unsafe_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(&byte)
}

fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" *,-.;=".contains(&byte)
}

/// "Parse a MIME type", as far as its essence is concerned.
fn has_safelisted_essence(value: &[u8]) -> bool {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
    let start = essence.iter().position(|byte| !blank(byte)).unwrap_or(essence.len());
    let end = essence.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last.saturating_add(1));
    let essence = essence.get(start..end).unwrap_or_default();
    essence.iter().all(|byte| is_token_byte(*byte) || *byte == b'/')
        && [&b"application/x-www-form-urlencoded"[..], b"multipart/form-data", b"text/plain"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(essence))
}

/// "Parse a single range header value" with no whitespace allowed and a start.
fn is_simple_range(value: &[u8]) -> bool {
    let Some(range) = value.strip_prefix(b"bytes=") else { return false };
    let Some(dash) = range.iter().position(|byte| *byte == b'-') else { return false };
    let (start, end) = range.split_at(dash);
    let end = end.get(1..).unwrap_or_default();
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    if start.is_empty() || !digits(start) || !digits(end) {
        return false;
    }
    // If rangeStartValue is greater than rangeEndValue, then return failure.
    end.is_empty() || !greater(start, end)
}

/// Compares decimal digits of any length.
fn greater(left: &[u8], right: &[u8]) -> bool {
    let strip = |bytes: &'_ [u8]| -> Vec<u8> { bytes.iter().copied().skip_while(|byte| *byte == b'0').collect() };
    let (left, right) = (strip(left), strip(right));
    (left.len(), left) > (right.len(), right)
}

/// Whether a header is a forbidden request-header: a script cannot set it, so it never stands in
/// `Access-Control-Request-Headers`. `name` in any case.
pub fn is_forbidden_request_header(name: &str, value: &[u8]) -> bool {
    const FORBIDDEN: [&str; 21] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    let name = lower_case(name);
    if FORBIDDEN.contains(&&*name) || name.starts_with("proxy-") || name.starts_with("sec-") {
        return true;
    }
    if matches!(&*name, "x-http-method" | "x-http-method-override" | "x-method-override") {
        // For each method of parsedValues: if the isomorphic encoding of method is a forbidden method, return true.
        return value
            .split(|byte| *byte == b',')
            .any(|method| std::str::from_utf8(method.trim_ascii()).is_ok_and(is_forbidden_method));
    }
    false
}

/// The [CORS-unsafe request-header names](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names)
/// of a header list: lower case, sorted, unique. Forbidden request-headers are left out, since
/// scripts cannot set them.
pub fn unsafe_request_header_names<N: AsRef<str>, V: AsRef<[u8]>>(
    headers: impl IntoIterator<Item = (N, V)>,
) -> Vec<String> {
    names_where(headers, |_, _| false)
}

/// The same as `engine` sees it: without the headers that this engine never asks for.
pub fn unsafe_request_header_names_in<N: AsRef<str>, V: AsRef<[u8]>>(
    engine: Engine,
    headers: impl IntoIterator<Item = (N, V)>,
) -> Vec<String> {
    names_where(headers, |name, value| engine.never_asks_for(name, value))
}

fn names_where<N: AsRef<str>, V: AsRef<[u8]>>(
    headers: impl IntoIterator<Item = (N, V)>,
    left_out: impl Fn(&str, &[u8]) -> bool,
) -> Vec<String> {
    // 1. Let unsafeNames be a new list.
    let mut unsafe_names = Vec::new();
    // 2. Let potentiallyUnsafeNames be a new list.
    let mut potentially_unsafe_names = Vec::new();
    // 3. Let safelistValueSize be 0.
    let mut safelist_value_size: usize = 0;
    // 4. For each header of headers:
    for (name, value) in headers {
        let (name, value) = (name.as_ref(), value.as_ref());
        if is_forbidden_request_header(name, value) || left_out(name, value) {
            continue;
        }
        if is_safelisted_request_header(name, value) {
            // 4.2. Otherwise, append header's name to potentiallyUnsafeNames and increase safelistValueSize.
            potentially_unsafe_names.push(name.to_ascii_lowercase());
            safelist_value_size = safelist_value_size.saturating_add(value.len());
        } else {
            // 4.1. If header is not a CORS-safelisted request-header, then append header's name to unsafeNames.
            unsafe_names.push(name.to_ascii_lowercase());
        }
    }
    // 5. If safelistValueSize is greater than 1024, then for each name of potentiallyUnsafeNames, append it.
    if safelist_value_size > 1024 {
        unsafe_names.append(&mut potentially_unsafe_names);
    }
    // 6. Return the result of convert header names to a sorted-lowercase set with unsafeNames.
    unsafe_names.sort_unstable();
    unsafe_names.dedup();
    unsafe_names
}

/// The value of `Access-Control-Request-Headers` for these names; `None` when the header is not
/// sent.
pub fn access_control_request_headers(unsafe_names: &[String]) -> Option<String> {
    (!unsafe_names.is_empty()).then(|| unsafe_names.join(","))
}

/// Whether a cross-origin request in cors mode needs a preflight for its method or headers. Upload
/// listeners and streamed bodies force one too; a capture does not show those.
pub fn needs_preflight<N: AsRef<str>, V: AsRef<[u8]>>(method: &str, headers: impl IntoIterator<Item = (N, V)>) -> bool {
    !is_safelisted_method(method) || !unsafe_request_header_names(headers).is_empty()
}
