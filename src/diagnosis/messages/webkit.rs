//! Safari's console text (`CrossOriginAccessControl.cpp` and the loaders that print it).
//!
//! Without Web Inspector open; with it, Safari adds `Failed to load resource: <sentence>`.

use super::{Blocked, Reason, RequestKind};
use crate::cors::{Rule, Stage};

pub(super) fn lines(blocked: &Blocked<'_>, kind: RequestKind) -> Vec<String> {
    let url = blocked.url;
    match blocked.reason {
        Reason::Refused { rule: Rule::DisallowedByMode, .. } => {
            api(kind).map(|api| format!("{api} cannot load {url}.")).into_iter().collect()
        }
        // Fonts are fetched in no-cors mode: nothing is refused.
        Reason::Refused { .. } if kind == RequestKind::Font => Vec::new(),
        Reason::Refused { rule, stage, status } => {
            let sentence = sentence(blocked, rule, stage, status);
            if kind == RequestKind::Beacon {
                return vec![format!("Beacon API cannot load {url}. {sentence}")];
            }
            let redirected = stage == Stage::Redirect;
            let shown = if redirected { blocked.first_url.unwrap_or(url) } else { url };
            std::iter::once(sentence).chain(access_control(kind, shown)).collect()
        }
        // The sentence on the network error itself is the port's own.
        Reason::Network { preflight: true, .. } => access_control(kind, url).into_iter().collect(),
        Reason::Network { preflight: false, .. } | Reason::LocalNetwork { .. } => Vec::new(),
        Reason::MixedContent { page } => {
            let mut lines = vec![
                format!(
                    "[blocked] The page at {page} requested insecure content from {url}. This content was blocked and \
                     must be served over HTTPS."
                ),
                "Not allowed to request resource".to_owned(),
            ];
            lines.extend(access_control(kind, url));
            lines
        }
    }
}

fn access_control(kind: RequestKind, url: &str) -> Option<String> {
    match kind {
        RequestKind::Image => Some(format!("Cannot load image {url} due to access control checks.")),
        _ => api(kind).map(|api| format!("{api} cannot load {url} due to access control checks.")),
    }
}

fn api(kind: RequestKind) -> Option<&'static str> {
    match kind {
        RequestKind::Fetch => Some("Fetch API"),
        RequestKind::Xhr => Some("XMLHttpRequest"),
        RequestKind::EventSource => Some("EventSource"),
        _ => None,
    }
}

fn sentence(blocked: &Blocked<'_>, rule: &Rule, stage: Stage, status: Option<u16>) -> String {
    let sentence = reason(blocked, rule, status);
    match (rule, stage, blocked.location) {
        (Rule::RedirectCredentials { location }, ..) => redirected(&without_user(location), &sentence),
        (_, Stage::Redirect, Some(location)) => redirected(&without_user(location), &sentence),
        _ => sentence,
    }
}

fn redirected(location: &str, sentence: &str) -> String {
    format!("Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: {sentence}")
}

fn reason(blocked: &Blocked<'_>, rule: &Rule, status: Option<u16>) -> String {
    let with_status = |text: String| match status {
        Some(status) => format!("{text}. Status code: {status}"),
        None => text,
    };
    match rule {
        Rule::AllowOriginMultiple { value, .. } if value.contains(',') => {
            "Access-Control-Allow-Origin cannot contain more than one origin.".to_owned()
        }
        Rule::AllowOriginMissing
        | Rule::AllowOriginMultiple { .. }
        | Rule::AllowOriginInvalid { .. }
        | Rule::AllowOriginMismatch { .. } => {
            with_status(format!("Origin {} is not allowed by Access-Control-Allow-Origin", blocked.request_origin))
        }
        Rule::WildcardWithCredentials => {
            "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.".to_owned()
        }
        Rule::AllowCredentials { .. } => {
            "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".".to_owned()
        }
        Rule::PreflightRedirect { .. } | Rule::PreflightStatus { .. } => {
            with_status("Preflight response is not successful".to_owned())
        }
        Rule::AllowMethodsInvalid { value, .. } => {
            format!("Header Access-Control-Allow-Methods has an invalid value: {value}")
        }
        Rule::AllowHeadersInvalid { value, .. } => {
            format!("Header Access-Control-Allow-Headers has an invalid value: {value}")
        }
        Rule::MethodNotAllowed { method } => format!("Method {method} is not allowed by Access-Control-Allow-Methods."),
        Rule::HeaderNotAllowed { names } => {
            let name = names.first().map_or("", String::as_str);
            let name = blocked.header.map_or_else(|| capitalised(name), str::to_owned);
            format!("Request header field {name} is not allowed by Access-Control-Allow-Headers.")
        }
        Rule::RedirectCredentials { location } => format!("redirection URL {location} has credentials"),
        Rule::SchemeDisabled => "Cross origin requests are only supported for HTTP.".to_owned(),
        Rule::DisallowedByMode => String::new(),
    }
}

/// The usual capitalisation of a header name: `x-requested-with` → `X-Requested-With`.
fn capitalised(name: &str) -> String {
    let mut start = true;
    name.chars()
        .map(|char| {
            let char = if start { char.to_ascii_uppercase() } else { char };
            start = char == '-';
            char
        })
        .collect()
}

fn without_user(location: &str) -> String {
    let Ok(mut url) = url::Url::parse(location) else { return location.to_owned() };
    if url.username().is_empty() && url.password().is_none() {
        return location.to_owned();
    }
    let removed = url.set_username("").and_then(|()| url.set_password(None));
    if removed.is_ok() { url.into() } else { location.to_owned() }
}
