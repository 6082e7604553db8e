//! What a message says beside its reason: kind, URLs, origin, status, stage.
//!
//! Owns the taking out of what is quoted; masks nothing.

use super::{Known, Subject};
use crate::browsers::pattern::{Captures, find};
use crate::browsers::{RequestKind, Sentence};
use crate::cors::{Engine, Stage};

/// Where a message quotes its URLs and origins. The first that matches fills what is not yet known.
const CONTEXTS: &[&str] = &[
    "Access to {kind} at '{url}' (redirected from '{first}') from origin '{origin}'",
    "Access to {kind} at '{url}' from origin '{origin}'",
    "Redirect from '{first}' to '{url}' has been blocked",
    "remote resource at '{url}'. (Reason",
    "remote resource at {url}. (Reason",
    "remote resource at {url} soon. (Reason",
    "remote resource at {url}. This can be fixed",
    "Cannot load {kind} {url} due to access control checks",
    "Fetch API cannot load {url}",
    "XMLHttpRequest cannot load {url}",
    "EventSource cannot load {url}",
    "Beacon API cannot load {url}",
    "Failed to load {url}: ",
    "requested an insecure resource '{url}'",
    "Connecting to '{url}' violates",
    "Refused to connect to {url}",
    "Origin '{origin}' is therefore not allowed access",
    "Origin {origin} is not allowed by",
    "Status code: {status}",
    "HTTP status code {status}",
    "net::ERR_FAILED {status}",
    "responded with a status of {status}",
];

/// Everything the text says beside its reason.
pub(super) fn of(text: &str, engine: Option<Engine>, sentence: Sentence, captures: &Captures) -> Known {
    let mut known = Known {
        subject: Subject::of(sentence.means),
        engine,
        stage: sentence.stage,
        kind: None,
        origin: captures.get("origin").map(|origin| trimmed(&origin)),
        url: captures.get("url"),
        first_url: None,
        value: captures.get("value").or_else(|| invalid_value(text)),
        status: captures.get("status").and_then(|status| number(&status)),
    };
    for pattern in CONTEXTS {
        let Some((_, found)) = find(text, pattern) else { continue };
        known.kind = known.kind.or_else(|| kind(pattern, found.get("kind").as_deref()));
        known.url = known.url.or_else(|| found.get("url").filter(|url| url.contains("://")).map(|url| trimmed(&url)));
        known.first_url = known.first_url.or_else(|| found.get("first"));
        known.origin = known.origin.or_else(|| found.get("origin").filter(|origin| !origin.contains(' ')));
        known.status = known.status.or_else(|| found.get("status").and_then(|status| number(&status)));
    }
    if let Subject::Rule(ids @ ["allow-origin-mismatch", ..]) = known.subject
        && ids.len() > 1
    {
        known.subject = by_value(known.value.as_deref(), ids);
    }
    known.stage = known.stage.or_else(|| stage(text, &known));
    known
}

/// Firefox says "does not match" of three rules, which the value tells apart.
fn by_value(value: Option<&str>, all: &'static [&'static str]) -> Subject {
    Subject::Rule(match value {
        Some(value) if value.contains([',', ' ']) => &["allow-origin-multiple"],
        Some(value) if value == "null" || url::Url::parse(value).is_ok() => &["allow-origin-mismatch"],
        Some(_) => &["allow-origin-invalid"],
        None => all,
    })
}

fn stage(text: &str, known: &Known) -> Option<Stage> {
    if text.contains("Response to preflight request doesn't pass") {
        return Some(Stage::Preflight);
    }
    if text.contains("Cross-origin redirection to ") || text.contains("Redirect from '") {
        return Some(Stage::Redirect);
    }
    // Chromium would say so if it were the preflight.
    let rule =
        matches!(known.subject, Subject::Rule([id, ..]) if !matches!(*id, "disallowed-by-mode" | "scheme-disabled"));
    (rule && known.engine == Some(Engine::Chromium) && text.contains("has been blocked by CORS policy"))
        .then_some(Stage::Actual)
}

fn kind(pattern: &str, noun: Option<&str>) -> Option<RequestKind> {
    Some(match noun {
        Some(noun) => match noun.to_ascii_lowercase().as_str() {
            "fetch" => RequestKind::Fetch,
            "xmlhttprequest" => RequestKind::Xhr,
            "image" => RequestKind::Image,
            "script" => RequestKind::Script,
            "css stylesheet" => RequestKind::Stylesheet,
            "font" => RequestKind::Font,
            "audio" => RequestKind::Audio,
            "video" => RequestKind::Video,
            "manifest" => RequestKind::Manifest,
            "text track" => RequestKind::TextTrack,
            _ => return None,
        },
        None if pattern.starts_with("Fetch API") => RequestKind::Fetch,
        None if pattern.starts_with("XMLHttpRequest") => RequestKind::Xhr,
        None if pattern.starts_with("EventSource") => RequestKind::EventSource,
        None if pattern.starts_with("Beacon") => RequestKind::Beacon,
        None => return None,
    })
}

/// WebKit puts the value last, unquoted; consoles add `(file, line 0)`.
fn invalid_value(text: &str) -> Option<String> {
    let (_, value) = text.split_once(" has an invalid value: ")?;
    let end = value.find(" (").or_else(|| value.find(" Fetch API cannot")).unwrap_or(value.len());
    value.get(..end).map(|value| value.trim().to_owned())
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches(['.', ',', ':', '\'', '"']).trim_start_matches(['\'', '"']).to_owned()
}

fn number(text: &str) -> Option<u16> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}
