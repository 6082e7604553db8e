//! The dispute in a few labelled lines: page, asked, allowed, got, needs, decide.
//!
//! Owns their order and the lines that every dispute has; further ones are the cause's. Empty lines are left out, never filled.

use super::causes::{Story, Told};
use super::scene::Scene;
use super::{Cause, Line, Verdict, quote};
use crate::cors::Stage;
use crate::exchange::Presence;
use crate::pairing::{Mode, OriginSource, PairKind};
use std::fmt::Write as _;

/// The labelled lines.
pub(super) fn lines(scene: &Scene<'_>, cause: Option<&Cause>) -> Vec<Line> {
    let told = cause.map(Cause::told);
    let story = told.map_or(Story::Answered, Told::story);
    let mut lines = vec![Line::new("page", page(scene, story))];
    let mut push = |label, text: String| lines.push(Line::new(label, text));
    if story != Story::Cancelled {
        push("asked", asked(scene, story));
    }
    let failed_on_preflight = scene.on_preflight();
    let telling = failed_on_preflight && scene.response.is_some() && story != Story::NoList;
    if telling && story != Story::Redirected {
        push("allowed", allowed(scene));
    }
    if let Some(got) = told.and_then(|told| told.got(scene)) {
        push("got", got);
    } else if !failed_on_preflight && scene.rule.is_some() {
        push("allowed", allowed(scene));
    }
    if telling && story == Story::Redirected {
        push("allowed", allowed(scene));
    }
    if story == Story::Cancelled || matches!(scene.pair.kind, PairKind::Unexplained { .. }) {
        push("needs", needs(scene));
    }
    lines.extend(told.map(|told| told.more(scene)).unwrap_or_default());
    lines.retain(|line| !line.text.is_empty());
    lines
}

fn page(scene: &Scene<'_>, story: Story) -> String {
    let pair = scene.pair;
    match (&pair.page, pair.origin_source) {
        // What the request was sent with after a redirect stands beside that redirect.
        (Some(page), _) if story == Story::Redirected => page.to_string(),
        (Some(page), _) if *page != pair.origin => format!("{page} (the request's Origin is {})", pair.origin),
        (_, OriginSource::Referer) => format!("{} (from Referer)", pair.origin),
        (_, OriginSource::Page) => format!("{} (the page the file names)", pair.origin),
        _ => pair.origin.to_string(),
    }
}

fn asked(scene: &Scene<'_>, story: Story) -> String {
    let pair = scene.pair;
    if let Some(first) = pair.redirected_from.first() {
        let mut text = first.request.method.to_string();
        if let Some((at, status)) = scene.facts.preflight_of(first) {
            let _ = write!(text, ", after a preflight that passed ({}, {status})", scene.place(at));
        }
        if story != Story::Redirected {
            let _ = write!(text, "; redirected, it went on as {} {}", pair.method, pair.url);
        }
        return text;
    }
    let mut text = pair.method.to_string();
    if !pair.unsafe_headers.is_empty() {
        text = format!("{text} with {}", quote::names(&pair.unsafe_headers));
        let content_type = pair.actual().and_then(|actual| actual.request.headers.get_str("content-type"));
        if let Some(value) = content_type.filter(|_| pair.unsafe_headers.iter().any(|name| name == "content-type")) {
            text = format!("{text} ({})", quote::shorten(&value, 60));
        }
    }
    if pair.credentials.mode == Mode::Include {
        text.push_str(", credentials included");
    }
    if scene.stage != Some(Stage::Preflight) {
        match &pair.kind {
            PairKind::Preflighted { preflight, .. } => {
                if let Some(head) = preflight.exchange().head() {
                    let at = scene.place(quote::response_place(preflight.exchange()));
                    let _ = write!(text, "; the preflight passed ({at}, {})", head.status);
                }
            }
            PairKind::Cached { by, .. } => {
                let _ = write!(text, "; an earlier preflight covers it ({})", scene.place(by.exchange().place));
            }
            _ => {}
        }
    }
    text
}

/// What the failing answer allows.
fn allowed(scene: &Scene<'_>) -> String {
    let Some(response) = scene.response else { return String::new() };
    let headers = &response.headers;
    let lines: Vec<String> = headers
        .lines("access-control-allow-origin")
        .take(8)
        .map(|line| match line.value {
            crate::exchange::Value::Text(value) => String::from_utf8_lossy(value).into_owned(),
            _ => "(not readable)".to_owned(),
        })
        .collect();
    let value = |name: &str| headers.get_str(name).map(std::borrow::Cow::into_owned);
    let credentials = value("access-control-allow-credentials");
    let (methods, names) = (value("access-control-allow-methods"), value("access-control-allow-headers"));
    if lines.is_empty() && headers.presence("access-control-allow-origin") != Presence::Absent {
        return "not readable in this file".to_owned();
    }
    let asks_list = matches!(
        scene.rule,
        Some(
            crate::cors::Rule::MethodNotAllowed { .. }
                | crate::cors::Rule::HeaderNotAllowed { .. }
                | crate::cors::Rule::AllowMethodsInvalid { .. }
                | crate::cors::Rule::AllowHeadersInvalid { .. }
        )
    );
    let origin = match lines.as_slice() {
        [] => "none".to_owned(),
        [one] if one.is_empty() => "an empty Access-Control-Allow-Origin".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => {
            let rest: Vec<String> = rest
                .iter()
                .enumerate()
                .map(|(index, line)| format!("{line}          <- line {}", index.saturating_add(2)))
                .collect();
            return format!("{first}\n{}", rest.join("\n"));
        }
    };
    if lines.is_empty() && methods.is_none() && names.is_none() && credentials.is_none() {
        return "nothing: the answer has no Access-Control header".to_owned();
    }
    let mut parts = Vec::new();
    if asks_list || lines.is_empty() {
        if let Some(methods) = &methods {
            parts.push(format!("methods {methods}"));
        }
        match &names {
            Some(names) if names.contains(',') => parts.push(format!("headers {names}")),
            Some(names) => parts.push(format!("header {names}")),
            None if asks_list => parts.push("headers: none".to_owned()),
            None => {}
        }
        if lines.is_empty() {
            parts.push("origin: none".to_owned());
        }
        return parts.join("; ");
    }
    match credentials {
        Some(credentials) => format!("{origin}          (with Access-Control-Allow-Credentials: {credentials})"),
        None => origin,
    }
}

fn needs(scene: &Scene<'_>) -> String {
    let pair = scene.pair;
    let reason = if !matches!(&*pair.method, "GET" | "HEAD" | "POST") {
        format!("the method is {}", pair.method)
    } else if let [first, ..] = pair.unsafe_headers.as_slice() {
        match pair.actual().and_then(|actual| actual.request.headers.get_str(first).map(std::borrow::Cow::into_owned)) {
            Some(value) if !value.is_empty() => format!("{first} is {}", quote::shorten(&value, 60)),
            _ => format!("it has {}", quote::names(&pair.unsafe_headers)),
        }
    } else {
        return String::new();
    };
    if pair.preflight().is_some() {
        return String::new();
    }
    format!("a preflight: {reason}. None is in the file, none is cached")
}

/// Words for each rule that would fail next.
pub(super) fn also(scene: &Scene<'_>) -> Vec<(crate::cors::Rule, String)> {
    use crate::cors::Rule;
    let word = |rule: &Rule| match rule {
        Rule::AllowOriginMissing => "Access-Control-Allow-Origin is missing".to_owned(),
        Rule::AllowOriginMultiple { .. } => "Access-Control-Allow-Origin holds more than one value".to_owned(),
        Rule::AllowOriginInvalid { value } | Rule::AllowOriginMismatch { value } => {
            format!("the allowed origin is \"{value}\"")
        }
        Rule::WildcardWithCredentials => "\"*\" is not valid with credentials".to_owned(),
        Rule::AllowCredentials { value: None } => "Access-Control-Allow-Credentials is missing".to_owned(),
        Rule::AllowCredentials { value: Some(value) } => format!("Access-Control-Allow-Credentials is \"{value}\""),
        Rule::PreflightRedirect { .. } => "the preflight is redirected".to_owned(),
        Rule::PreflightStatus { status } => format!("the status {status} would fail: it must be 2xx"),
        Rule::AllowMethodsInvalid { item, .. } => {
            format!("Access-Control-Allow-Methods cannot be parsed at \"{item}\"")
        }
        Rule::AllowHeadersInvalid { item, .. } => {
            format!("Access-Control-Allow-Headers cannot be parsed at \"{item}\"")
        }
        Rule::MethodNotAllowed { method } => format!("the method {method} is not allowed"),
        Rule::HeaderNotAllowed { names } => {
            format!("{} {} not allowed", quote::list(names), if names.len() == 1 { "is" } else { "are" })
        }
        Rule::RedirectCredentials { .. } => "the redirect holds a user name or password".to_owned(),
        Rule::DisallowedByMode => "the request's mode forbids it".to_owned(),
        Rule::SchemeDisabled => "the URL's scheme takes no part in CORS".to_owned(),
    };
    let decided = matches!(scene.judged.verdict, Verdict::Fail(_) | Verdict::Undecided { .. });
    let rules = if decided { &*scene.judged.also } else { &[] };
    rules.iter().map(|rule| (rule.clone(), word(rule))).collect()
}
