//! Chromium's console text (`blink/renderer/platform/loader/cors/cors_error_string.cc`).

use std::fmt::Write;

use super::{Blocked, Reason, RequestKind};
use crate::cors::{Rule, Stage};

/// The schemes Chrome lists as taking part in CORS.
pub(super) const CORS_SCHEMES: &str = "chrome, chrome-extension, chrome-untrusted, data, http, https, isolated-app";

pub(super) fn lines(blocked: &Blocked<'_>, kind: RequestKind) -> Vec<String> {
    let url = blocked.url;
    match blocked.reason {
        Reason::Refused { rule: Rule::DisallowedByMode, .. } if kind == RequestKind::Fetch => {
            // fetch() refuses this itself, before the loader is asked.
            let origin = blocked.page_origin;
            vec![format!(
                "Fetch API cannot load {url}. Request mode is \"same-origin\" but the URL's origin is not same as the \
                 request origin {origin}."
            )]
        }
        Reason::Refused { rule, stage, .. } => {
            vec![sentence(blocked, rule, stage, kind), load_failed("net::ERR_FAILED")]
        }
        Reason::LocalNetwork { space } => {
            let (noun, origin) = (noun(kind), blocked.page_origin);
            vec![
                format!(
                    "Access to {noun} at '{url}' from origin '{origin}' has been blocked by CORS policy: Permission was \
                     denied for this request to access the `{space}` address space."
                ),
                load_failed("net::ERR_FAILED"),
            ]
        }
        Reason::Network { error, .. } => error.map(load_failed).into_iter().collect(),
        Reason::MixedContent { page } => {
            let resource = if kind == RequestKind::Xhr { "XMLHttpRequest endpoint" } else { "resource" };
            vec![format!(
                "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {resource} \
                 '{url}'. This request has been blocked; the content must be served over HTTPS."
            )]
        }
    }
}

fn load_failed(error: &str) -> String {
    format!("Failed to load resource: {error}")
}

fn sentence(blocked: &Blocked<'_>, rule: &Rule, stage: Stage, kind: RequestKind) -> String {
    let (noun, url, origin) = (noun(kind), blocked.url, blocked.page_origin);
    let redirected = match blocked.first_url.filter(|first| *first != url) {
        Some(first) => format!("(redirected from '{first}') "),
        None => String::new(),
    };
    let prefix = if stage == Stage::Preflight && is_access_check(rule) {
        "Response to preflight request doesn't pass access control check: "
    } else {
        ""
    };
    let reason = reason(rule, kind);
    format!(
        "Access to {noun} at '{url}' {redirected}from origin '{origin}' has been blocked by CORS policy: {prefix}{reason}"
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

fn reason(rule: &Rule, kind: RequestKind) -> String {
    let valid_value =
        if kind == RequestKind::Fetch { " Have the server send the header with a valid value." } else { "" };
    let with_credentials = if kind == RequestKind::Xhr {
        " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
    } else {
        ""
    };
    match rule {
        Rule::AllowOriginMissing => {
            "No 'Access-Control-Allow-Origin' header is present on the requested resource.".to_owned()
        }
        Rule::AllowOriginMultiple { value, .. } => format!(
            "The 'Access-Control-Allow-Origin' header contains multiple values '{}', but only one is \
             allowed.{valid_value}",
            escaped(value)
        ),
        Rule::AllowOriginInvalid { value } => format!(
            "The 'Access-Control-Allow-Origin' header contains the invalid value '{}'.{valid_value}",
            escaped(value)
        ),
        Rule::AllowOriginMismatch { value } => format!(
            "The 'Access-Control-Allow-Origin' header has a value '{}' that is not equal to the supplied \
             origin.{valid_value}",
            escaped(value)
        ),
        Rule::WildcardWithCredentials => format!(
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when \
             the request's credentials mode is 'include'.{with_credentials}"
        ),
        Rule::AllowCredentials { value } => format!(
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '{}' which must be 'true' \
             when the request's credentials mode is 'include'.{with_credentials}",
            escaped(value.as_deref().unwrap_or_default())
        ),
        Rule::PreflightRedirect { .. } => "Redirect is not allowed for a preflight request.".to_owned(),
        Rule::PreflightStatus { .. } => "It does not have HTTP ok status.".to_owned(),
        Rule::AllowMethodsInvalid { .. } => {
            "Cannot parse Access-Control-Allow-Methods response header field in preflight response.".to_owned()
        }
        Rule::AllowHeadersInvalid { .. } => {
            "Cannot parse Access-Control-Allow-Headers response header field in preflight response.".to_owned()
        }
        Rule::MethodNotAllowed { method } => {
            format!("Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.")
        }
        Rule::HeaderNotAllowed { names } => format!(
            "Request header field {} is not allowed by Access-Control-Allow-Headers in preflight response.",
            names.first().map_or("", String::as_str)
        ),
        // Chromium leaves the place for the location empty.
        Rule::RedirectCredentials { .. } => "Redirect location '' contains a username and password, which is \
                                             disallowed for cross-origin requests."
            .to_owned(),
        Rule::DisallowedByMode => "Cross origin requests are not allowed by request mode.".to_owned(),
        Rule::SchemeDisabled => {
            format!("Cross origin requests are only supported for protocol schemes: {CORS_SCHEMES}.")
        }
    }
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
