//! The dispute in a few labelled lines: page, asked, allowed, got, needs, decide.
//!
//! Owns the wording. Empty lines are left out, never filled.

use super::cause::{ActualRedirectKind, Scene, net_error};
use super::{Cause, Line, Verdict, quote};
use crate::cors::{Engine, Stage};
use crate::exchange::{Presence, ResponseHead};
use crate::pairing::{Mode, OriginSource, PairKind};
use std::fmt::Write as _;

/// The labelled lines.
pub(super) fn lines(scene: &Scene<'_>, cause: Option<&Cause>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut push = |label, text: String| {
        if !text.is_empty() {
            lines.push(Line { label, text });
        }
    };
    push("page", page(scene, cause));
    let failed_on_preflight = scene.stage == Some(Stage::Preflight);
    let aborted = matches!(cause, Some(Cause::RequestAborted));
    if !aborted {
        push("asked", asked(scene, cause));
    }
    let telling = failed_on_preflight
        && scene.response.is_some()
        && !matches!(cause, Some(Cause::PreflightRedirect { .. } | Cause::InvalidHttp));
    // A redirect is told in its order: first what led to the answer.
    let redirected = matches!(cause, Some(Cause::ActualRedirect { .. }));
    if telling && !redirected {
        push("allowed", allowed(scene));
    }
    if let Some(got) = got(scene, cause) {
        push("got", got);
    } else if !failed_on_preflight && scene.rule.is_some() {
        push("allowed", allowed(scene));
    }
    if telling && redirected {
        push("allowed", allowed(scene));
    }
    if aborted || matches!(scene.pair.kind, PairKind::Unexplained { .. }) {
        push("needs", needs(scene));
    }
    if matches!(cause, Some(Cause::ActualRedirect { kind: ActualRedirectKind::Login, .. })) {
        push("now", "the user signs in again in a new tab and reloads the page".into());
    }
    if let Some(decide) = decide(scene, cause) {
        push("decide", decide);
    }
    let private = scene.exchange.request.headers.has("authorization") || scene.exchange.request.headers.has("cookie");
    if private
        && matches!(cause, Some(Cause::CdnCached { .. }))
        && scene.header("cache-control").is_some_and(|value| value.contains("public"))
    {
        push(
            "beware",
            "this answer to a request with credentials is \"Cache-Control: public\": one user's data may reach another"
                .into(),
        );
    }
    if matches!(
        cause,
        Some(
            Cause::ServerUnreachable { .. }
                | Cause::ConnectionReset
                | Cause::ConnectionClosed
                | Cause::PreflightTimeout { .. }
                | Cause::TlsFailure { .. }
        )
    ) && scene.judged.judged_as == Engine::Chromium
        && scene.exchange.recorder.vantage == crate::exchange::Vantage::Browser
    {
        push(
            "beware",
            "Firefox says \"CORS request did not succeed\" of the same event: the word CORS misleads".into(),
        );
    }
    if let Some(Cause::AllowOriginMismatch { value, .. }) = cause
        && scene.facts.allows_page(scene.pair, value)
    {
        push("others", format!("{value} gets the same value from this server: it looks like a fixed one"));
    }
    if matches!(cause, Some(Cause::AllowOriginMismatch { .. } | Cause::OriginRefusedByServer))
        && let Some((place, other)) = scene.facts.allows_another(scene.pair)
        && scene.header("access-control-allow-origin").as_deref() != Some(other.as_str())
    {
        push("others", format!("this server allows {other} elsewhere ({})", scene.place(place)));
    }
    lines
}

fn page(scene: &Scene<'_>, cause: Option<&Cause>) -> String {
    let pair = scene.pair;
    match (&pair.page, pair.origin_source) {
        // What the request was sent with after a redirect stands beside that redirect.
        (Some(page), _) if matches!(cause, Some(Cause::ActualRedirect { .. })) => page.to_string(),
        (Some(page), _) if *page != pair.origin => format!("{page} (the request's Origin is {})", pair.origin),
        (_, OriginSource::Referer) => format!("{} (from Referer)", pair.origin),
        (_, OriginSource::Page) => format!("{} (the page the file names)", pair.origin),
        _ => pair.origin.to_string(),
    }
}

fn asked(scene: &Scene<'_>, cause: Option<&Cause>) -> String {
    let pair = scene.pair;
    if let Some(first) = pair.redirected_from.first() {
        let mut text = first.request.method.to_string();
        if let Some((at, status)) = scene.facts.preflight_of(first) {
            let _ = write!(text, ", after a preflight that passed ({}, {status})", scene.place(at));
        }
        if !matches!(cause, Some(Cause::ActualRedirect { .. })) {
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

fn got(scene: &Scene<'_>, cause: Option<&Cause>) -> Option<String> {
    let exchange = scene.exchange;
    let error = |exchange: &crate::exchange::Exchange| exchange.note.error.as_ref().map(ToString::to_string);
    let at = |exchange: &crate::exchange::Exchange| scene.place(quote::response_place(exchange));
    match cause {
        Some(
            Cause::ServerUnreachable { .. }
            | Cause::ConnectionReset
            | Cause::ConnectionClosed
            | Cause::PreflightTimeout { .. }
            | Cause::TlsFailure { .. }
            | Cause::BlockedBeforeNetwork { .. }
            | Cause::BlockedByExtension
            | Cause::ResourcePolicy
            | Cause::NetworkProxy { status: 0 }
            | Cause::NoAnswer,
        ) => {
            let preflight = scene.pair.preflight().map(|preflight| &**preflight.exchange());
            let telling = preflight.filter(|preflight| preflight.head().is_none()).unwrap_or(exchange);
            let on = if telling.is_preflight() { " on the preflight" } else { "" };
            let at = scene.place(telling.place);
            // A packet event tells its own time and place.
            Some(match (error(telling), scene.event(telling)) {
                (Some(error), _) => format!("nothing{on}: {error}{} ({at})", after(telling)),
                (None, Some(event)) => format!("nothing{on}: {event}"),
                (None, None) => format!("nothing{on} ({at})"),
            })
        }
        Some(Cause::PreflightRedirect { location, .. }) if scene.response.is_none() => {
            Some(format!("nothing: the browser went to {location} instead ({})", scene.place(exchange.place)))
        }
        Some(
            Cause::PreflightRedirect { location, status, .. } | Cause::AuthBeforeCors { status, login: Some(location) },
        ) => Some(format!("{status} to {location} ({})", at(exchange))),
        Some(Cause::ActualRedirect { .. }) => Some(redirect_story(scene)),
        Some(Cause::InvalidHttp) => Some(format!("bytes that are no HTTP head ({})", at(exchange))),
        Some(
            Cause::ResponseCut
            | Cause::ErrorResponseWithoutCors { .. }
            | Cause::AllowOriginMissing { stage: Stage::Actual },
        ) => {
            let response = scene.response?;
            let cors = match cause {
                Some(Cause::ResponseCut) => String::new(),
                _ => " without Access-Control-Allow-Origin".to_owned(),
            };
            Some(format!("{}{cors} ({})", quote::status(response), at(exchange)))
        }
        _ => None,
    }
}

/// ` after 12 ms`, where the recorder tells.
fn after(exchange: &crate::exchange::Exchange) -> String {
    let nanos = exchange.started.zip(exchange.completed).map(|(from, to)| to.nanos().saturating_sub(from.nanos()));
    nanos
        .filter(|nanos| *nanos >= 1_000_000)
        .map_or_else(String::new, |nanos| format!(" after {} ms", nanos / 1_000_000))
}

/// `302 to https://login… (entry 5); the browser went on as GET with "Origin: null" and got 200
/// without Access-Control-Allow-Origin (entry 7)`.
fn redirect_story(scene: &Scene<'_>) -> String {
    let mut parts: Vec<String> = scene
        .pair
        .redirected_from
        .iter()
        .take(20)
        .filter_map(|hop| {
            let head: &ResponseHead = hop.head()?;
            let location = head.headers.get_str("location").unwrap_or_default().into_owned();
            Some(format!("{} to {location} ({})", head.status, scene.place(quote::response_place(hop))))
        })
        .collect();
    if let Some(response) = scene.response {
        let lacks = match response.headers.presence("access-control-allow-origin") {
            Presence::Absent => " without Access-Control-Allow-Origin",
            _ => "",
        };
        let location = response.headers.get_str("location").map(|to| format!(" to {to}")).unwrap_or_default();
        let answer =
            format!("{}{location}{lacks} ({})", response.status, scene.place(quote::response_place(scene.exchange)));
        parts.push(match (parts.is_empty(), scene.exchange.is_preflight()) {
            (true, _) => answer,
            (_, true) => {
                format!("the browser sent OPTIONS there with \"Origin: {}\" and got {answer}", scene.pair.origin)
            }
            (_, false) => format!(
                "the browser went on as {} with \"Origin: {}\" and got {answer}",
                scene.pair.method, scene.pair.origin
            ),
        });
    }
    parts.join("; ")
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

fn decide(scene: &Scene<'_>, cause: Option<&Cause>) -> Option<String> {
    let browser = scene.exchange.recorder.vantage == crate::exchange::Vantage::Browser;
    match cause? {
        Cause::PreflightBadStatus { status } if (400..500).contains(status) => Some(if browser {
            "browsers do not export a preflight's body. Run the command below and read it".into()
        } else if !scene.body_line().is_empty() {
            format!("the log and the code of the server tell which check answers OPTIONS with {status}")
        } else {
            "run the command below and read the body of the answer".into()
        }),
        Cause::ConnectionReset | Cause::ConnectionClosed
            if browser && net_error(scene, cause?).is_none_or(|error| !error.users_side) =>
        {
            Some("a packet capture on the server side shows whether the request arrived and who ended it".into())
        }
        _ => None,
    }
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
            format!("{} {} not allowed", super::cause::list(names), if names.len() == 1 { "is" } else { "are" })
        }
        Rule::RedirectCredentials { .. } => "the redirect holds a user name or password".to_owned(),
        Rule::DisallowedByMode => "the request's mode forbids it".to_owned(),
        Rule::SchemeDisabled => "the URL's scheme takes no part in CORS".to_owned(),
    };
    let decided = matches!(scene.judged.verdict, Verdict::Fail(_) | Verdict::Undecided { .. });
    let rules = if decided { scene.judged.also.as_slice() } else { &[] };
    rules.iter().map(|rule| (rule.clone(), word(rule))).collect()
}
