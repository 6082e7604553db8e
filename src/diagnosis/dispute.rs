//! The dispute in a few labelled lines: page, asked, allowed, got, needs, decide.
//!
//! Owns their order and the lines that every dispute has; further ones are the cause's. Empty lines are left out, never filled.

use super::causes::{Story, Told};
use super::scene::Scene;
use super::{Cause, Line, Verdict, quote};
use crate::cors::Stage;
use crate::exchange::Presence;
use crate::pairing::{Mode, OriginSource, PairKind};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// The labelled lines.
pub(super) fn lines(scene: &Scene<'_>, cause: Option<&Cause>) -> Vec<Line> {
    let told = cause.map(Cause::told);
    let story = told.map_or(Story::Answered, Told::story);
    let mut lines = vec![Line::new("page", page(scene, story))];
    let mut push = |label, text: Prose| lines.push(Line::new(label, text));
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
    if scene.rule.is_some()
        && let Some(stored) = scene.pair.revalidated.as_ref().and_then(|revalidated| revalidated.stored)
    {
        let (received, stored) = (scene.place(quote::response_place(scene.exchange)), scene.place(stored));
        push("stored", prose!("the browser got 304 ({}) and judged the answer it had stored ({})", received, stored));
    }
    if story == Story::Cancelled || matches!(scene.pair.kind, PairKind::Unexplained { .. }) {
        push("needs", needs(scene));
    }
    lines.extend(told.map(|told| told.more(scene)).unwrap_or_default());
    lines.retain(|line| !line.text.is_empty());
    lines
}

fn page(scene: &Scene<'_>, story: Story) -> Prose {
    let pair = scene.pair;
    match (&pair.page, pair.origin_source) {
        // What the request was sent with after a redirect stands beside that redirect.
        (Some(page), _) if story == Story::Redirected => prose!("{}", page),
        (Some(page), _) if *page != pair.origin => prose!("{} (the request's Origin is {})", page, pair.origin),
        (_, OriginSource::Referer) => prose!("{} (from Referer)", pair.origin),
        (_, OriginSource::Page) => prose!("{} (the page the file names)", pair.origin),
        _ => prose!("{}", pair.origin),
    }
}

fn asked(scene: &Scene<'_>, story: Story) -> Prose {
    let pair = scene.pair;
    if let Some(first) = pair.redirected_from.first() {
        let mut text = Prose::from(Captured::text(&*first.request.method));
        if let Some((at, status)) = scene.facts.preflight_of(first) {
            text.push(prose!(", after a preflight that passed ({}, {})", scene.place(at), status));
        }
        if story != Story::Redirected {
            text.push(prose!(
                "; redirected, it went on as {} {}",
                Captured::text(&*pair.method),
                Captured::address(&*pair.url)
            ));
        }
        return text;
    }
    let mut text = Prose::from(Captured::text(&*pair.method));
    if !pair.unsafe_headers.is_empty() {
        text = prose!("{} with {}", text, quote::names(&pair.unsafe_headers));
        let content_type = pair.actual().and_then(|actual| actual.request.headers.get_str("content-type"));
        if let Some(value) = content_type.filter(|_| pair.unsafe_headers.iter().any(|name| name == "content-type")) {
            text = prose!("{} ({})", text, Captured::text(quote::shorten(&value, 60)));
        }
    }
    if pair.credentials.mode == Mode::Include {
        text.push(", credentials included");
    }
    if scene.stage != Some(Stage::Preflight) {
        match &pair.kind {
            PairKind::Preflighted { preflight, .. } => {
                if let Some(head) = preflight.exchange().head() {
                    let at = scene.place(quote::response_place(preflight.exchange()));
                    text.push(prose!("; the preflight passed ({}, {})", at, head.status));
                }
            }
            PairKind::Cached { by, .. } => {
                text.push(prose!("; an earlier preflight covers it ({})", scene.place(by.exchange().place)));
            }
            _ => {}
        }
    }
    text
}

/// What the failing answer allows.
fn allowed(scene: &Scene<'_>) -> Prose {
    let Some(response) = scene.response else { return Prose::new() };
    let headers = &response.headers;
    let lines: Vec<String> = headers
        .lines("access-control-allow-origin")
        .take(8)
        .map(|line| match line.value {
            crate::exchange::Value::Text(value) => String::from_utf8_lossy(value).into_owned(),
            _ => "(not readable)".into(),
        })
        .collect();
    let value = |name: &str| headers.get_str(name).map(std::borrow::Cow::into_owned);
    let credentials = value("access-control-allow-credentials");
    let (methods, names) = (value("access-control-allow-methods"), value("access-control-allow-headers"));
    if lines.is_empty() && headers.presence("access-control-allow-origin") != Presence::Absent {
        return "not readable in this file".into();
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
        [] => "none".into(),
        [one] if one.is_empty() => "an empty Access-Control-Allow-Origin".into(),
        [one] => Captured::text(&**one).into(),
        [first, rest @ ..] => {
            let rest: Vec<Prose> = rest
                .iter()
                .enumerate()
                .map(|(index, line)| prose!("{}          <- line {}", Captured::text(line), index.saturating_add(2)))
                .collect();
            return prose!("{}\n{}", Captured::text(&**first), Prose::joined(rest, "\n"));
        }
    };
    if lines.is_empty() && methods.is_none() && names.is_none() && credentials.is_none() {
        return "nothing: the answer has no Access-Control header".into();
    }
    let mut parts = Vec::new();
    if asks_list || lines.is_empty() {
        if let Some(methods) = &methods {
            parts.push(prose!("methods {}", Captured::text(methods)));
        }
        match &names {
            Some(names) if names.contains(',') => parts.push(prose!("headers {}", Captured::text(names))),
            Some(names) => parts.push(prose!("header {}", Captured::text(names))),
            None if asks_list => parts.push("headers: none".into()),
            None => {}
        }
        if lines.is_empty() {
            parts.push("origin: none".into());
        }
        return Prose::joined(parts, "; ");
    }
    match credentials {
        Some(credentials) => {
            prose!("{}          (with Access-Control-Allow-Credentials: {})", origin, Captured::text(&*credentials))
        }
        None => origin,
    }
}

fn needs(scene: &Scene<'_>) -> Prose {
    let pair = scene.pair;
    let reason = if !matches!(&*pair.method, "GET" | "HEAD" | "POST") {
        prose!("the method is {}", Captured::text(&*pair.method))
    } else if let [first, ..] = pair.unsafe_headers.as_slice() {
        match pair.actual().and_then(|actual| actual.request.headers.get_str(first).map(std::borrow::Cow::into_owned)) {
            Some(value) if !value.is_empty() => {
                prose!("{} is {}", Captured::text(first), Captured::text(quote::shorten(&value, 60)))
            }
            _ => prose!("it has {}", quote::names(&pair.unsafe_headers)),
        }
    } else {
        return Prose::new();
    };
    if pair.preflight().is_some() {
        return Prose::new();
    }
    prose!("a preflight: {}. None is in the file, none is cached", reason)
}

/// Words for each rule that would fail next.
pub(super) fn also(scene: &Scene<'_>) -> Vec<(crate::cors::Rule, Prose)> {
    use crate::cors::Rule;
    let word = |rule: &Rule| match rule {
        Rule::AllowOriginMissing => "Access-Control-Allow-Origin is missing".into(),
        Rule::AllowOriginMultiple { .. } => "Access-Control-Allow-Origin holds more than one value".into(),
        Rule::AllowOriginInvalid { value } | Rule::AllowOriginMismatch { value } => {
            prose!("the allowed origin is \"{}\"", Captured::text(value))
        }
        Rule::WildcardWithCredentials => "\"*\" is not valid with credentials".into(),
        Rule::AllowCredentials { value: None } => "Access-Control-Allow-Credentials is missing".into(),
        Rule::AllowCredentials { value: Some(value) } => {
            prose!("Access-Control-Allow-Credentials is \"{}\"", Captured::text(value))
        }
        Rule::PreflightRedirect { .. } => "the preflight is redirected".into(),
        Rule::PreflightStatus { status } => prose!("the status {} would fail: it must be 2xx", status),
        Rule::AllowMethodsInvalid { item, .. } => {
            prose!("Access-Control-Allow-Methods cannot be parsed at \"{}\"", Captured::text(item))
        }
        Rule::AllowHeadersInvalid { item, .. } => {
            prose!("Access-Control-Allow-Headers cannot be parsed at \"{}\"", Captured::text(item))
        }
        Rule::MethodNotAllowed { method } => prose!("the method {} is not allowed", Captured::text(method)),
        Rule::HeaderNotAllowed { names } => {
            prose!("{} {} not allowed", quote::captured_list(names), if names.len() == 1 { "is" } else { "are" })
        }
        Rule::RedirectCredentials { .. } => "the redirect holds a user name or password".into(),
        Rule::DisallowedByMode => "the request's mode forbids it".into(),
        Rule::SchemeDisabled => "the URL's scheme takes no part in CORS".into(),
    };
    let decided = matches!(scene.judged.verdict, Verdict::Fail(_) | Verdict::Undecided { .. });
    let rules = if decided { &*scene.judged.also } else { &[] };
    rules.iter().map(|rule| (rule.clone(), word(rule))).collect()
}
