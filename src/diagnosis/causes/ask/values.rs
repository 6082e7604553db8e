//! Group F: the headers are there, and their values do not allow the request.
//!
//! Owns how two origins differ, and what a refused method or header is.

use super::Found;
use crate::cors::{Extracted, Rule, extract_list};
use crate::diagnosis::causes::{
    AllowCredentialsInvalid, AllowCredentialsMissing, AllowHeadersInvalid, AllowMethodsInvalid, AllowOriginInvalid,
    AllowOriginMismatch, AllowOriginMultiple, Cause, Difference, HeaderKind, HeaderNotAllowed, MethodNotAllowed,
    Wildcard, WildcardWithCredentials,
};
use crate::diagnosis::evidence::Side;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
use crate::exchange::{DuplicateLines, Origin, OriginParts, Place};
use crate::pairing::{Credentials, Mode};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use crate::stacks;

/// Characters of a value that a sentence quotes.
const QUOTED: usize = 160;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let found = of_rule(scene, scene.rule?)?;
    let asks = matches!(
        found.cause,
        Cause::WildcardWithCredentials(_) | Cause::AllowCredentialsMissing(_) | Cause::AllowCredentialsInvalid(_)
    );
    let known = &scene.pair.credentials;
    // What the console says stands at no place of the file.
    let seen = asks && known.mode == Mode::Include && known.because != Credentials::CONSOLE;
    let actual = scene.pair.actual().filter(|_| seen);
    let Some(actual) = actual else { return Some(found) };
    let what = match (known.certain, &actual.note.error) {
        (true, _) => Prose::from(known.because),
        (false, Some(error)) => prose!("{}", error),
        (false, None) => "status 0".into(),
    };
    Some(found.at((Side::ActualRequest, actual.place), what))
}

/// The cause of one rule about values.
pub(super) fn of_rule(scene: &Scene<'_>, rule: &Rule) -> Option<Found> {
    let at = scene.whereabouts();
    let short = |value: &str| quote::shorten(value, QUOTED);
    let found = match rule {
        Rule::AllowOriginMultiple { value, lines, .. } => multiple(scene, value, *lines),
        Rule::AllowOriginMismatch { value } => {
            let difference = difference(&scene.pair.origin, value);
            Found::new(
                AllowOriginMismatch { value: value.clone(), difference },
                Certainty::Certain,
                prose!(
                    "the value {} is not {}: {}{} ({})",
                    Captured::text(value),
                    scene.pair.origin,
                    words(difference),
                    if is_local(value) && !is_local(scene.pair.origin.as_str()) {
                        " (a developer's setting?)"
                    } else {
                        ""
                    },
                    at
                ),
            )
            .brief(Captured::text(value.clone()))
            .quoting(scene, &["access-control-allow-origin", "vary"])
        }
        Rule::AllowOriginInvalid { value } => Found::new(
            AllowOriginInvalid { value: value.clone() },
            Certainty::Certain,
            prose!("{} ({})", why_no_origin(value), at),
        )
        .brief(prose!("\"{}\"", Captured::text(value)))
        .quoting(scene, &["access-control-allow-origin"]),
        Rule::WildcardWithCredentials => wildcard(scene, Wildcard::Origin),
        Rule::AllowCredentials { value: None } => Found::new(
            AllowCredentialsMissing,
            mode_certainty(scene),
            prose!("no Access-Control-Allow-Credentials ({}). {}", at, credentials(scene)),
        )
        .brief("absent")
        .at(scene.here(), "no Access-Control-Allow-Credentials"),
        Rule::AllowCredentials { value: Some(value) } => {
            let twice = scene.headers().is_some_and(|headers| headers.count("access-control-allow-credentials") > 1);
            let how = if twice { "sent twice, reads" } else { "reads" };
            Found::new(
                AllowCredentialsInvalid { value: value.clone() },
                mode_certainty(scene),
                prose!("{} \"{}\" ({}). {}", how, Captured::text(value), at, credentials(scene)),
            )
            .brief(prose!("{} \"{}\"", how, Captured::text(value)))
            .quoting(scene, &["access-control-allow-credentials"])
        }
        Rule::AllowMethodsInvalid { value, item } => Found::new(
            AllowMethodsInvalid { value: value.clone(), item: item.clone() },
            Certainty::Certain,
            prose!("\"{}\" is no method: methods are separated by commas ({})", Captured::text(short(item)), at),
        )
        .brief(prose!("\"{}\"", Captured::text(item)))
        .quoting(scene, &["access-control-allow-methods"]),
        Rule::AllowHeadersInvalid { value, item } => Found::new(
            AllowHeadersInvalid { value: value.clone(), item: item.clone() },
            Certainty::Certain,
            prose!("\"{}\" is no header name: names are separated by commas ({})", Captured::text(short(item)), at),
        )
        .brief(prose!("\"{}\"", Captured::text(item)))
        .quoting(scene, &["access-control-allow-headers"]),
        Rule::MethodNotAllowed { .. } if star(scene, "access-control-allow-methods") => {
            wildcard(scene, Wildcard::Methods)
        }
        Rule::HeaderNotAllowed { .. } if star(scene, "access-control-allow-headers") => {
            wildcard(scene, Wildcard::Headers)
        }
        Rule::MethodNotAllowed { method } => method_refused(scene, method),
        Rule::HeaderNotAllowed { names } => headers_refused(scene, names),
        _ => return None,
    };
    Some(found)
}

fn multiple(scene: &Scene<'_>, value: &str, lines: usize) -> Found {
    let merged = scene.exchange.recorder.duplicates == DuplicateLines::Merged;
    let lines = (!merged || lines > 1).then_some(lines);
    let text = match lines {
        Some(lines @ 2..) => prose!("{} header lines ({})", lines, scene.whereabouts()),
        Some(_) => prose!("one header line with a list: \"{}\" ({})", Captured::text(value), scene.whereabouts()),
        None => prose!(
            "\"{}\" ({}); this exporter joins lines, so it may have been two",
            Captured::text(value),
            scene.whereabouts()
        ),
    };
    let items: Vec<&str> = value.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty()).collect();
    let brief = match items.as_slice() {
        [first, second] if first == second => "the same origin twice".into(),
        ["*", _] | [_, "*"] => "\"*\" and the origin".into(),
        _ => prose!("\"{}\"", Captured::text(value)),
    };
    let mut found = Found::new(AllowOriginMultiple { value: value.to_owned(), lines }, Certainty::Certain, text)
        .brief(brief)
        .quoting(scene, &["access-control-allow-origin", "server"]);
    if lines.is_some_and(|lines| lines > 1) {
        let server = scene.header("server").unwrap_or_default();
        let why = stacks::why_doubled(&server)
            .unwrap_or_else(|| "two layers add it, a proxy or gateway and the application".into());
        found.text = prose!("{}. Likely: {}", found.text, why);
    }
    found
}

fn star(scene: &Scene<'_>, header: &str) -> bool {
    scene.judged.included
        && scene
            .headers()
            .and_then(|headers| extract_list(headers, header))
            .is_some_and(|list| list.values().iter().any(|value| value == "*"))
}

fn wildcard(scene: &Scene<'_>, on: Wildcard) -> Found {
    let name = quote::title_case(&on.header().replace("access-control-", ""));
    Found::new(
        WildcardWithCredentials { on },
        mode_certainty(scene),
        prose!("{} is \"*\" ({}). {}", Captured::text(&*name), scene.whereabouts(), credentials(scene)),
    )
    .brief(prose!("{} is \"*\"", Captured::text(&*name)))
    .quoting(scene, &[on.header(), "access-control-allow-credentials"])
}

/// The header is certain; that the page asks with credentials is as certain as the mode.
fn mode_certainty(scene: &Scene<'_>) -> Certainty {
    if scene.pair.credentials.certain { Certainty::Certain } else { Certainty::Likely }
}

/// How the credentials mode is known.
fn credentials(scene: &Scene<'_>) -> Prose {
    let known = &scene.pair.credentials;
    match (known.mode, scene.pair.actual()) {
        (Mode::Include, _) if known.because == Credentials::CONSOLE => {
            prose!("Credentials: included, {}", known.because)
        }
        (Mode::Include, Some(actual)) if known.certain => {
            prose!("Credentials: included, {} ({})", known.because, scene.place(actual.place))
        }
        (Mode::Include, Some(actual)) if known.because == Credentials::REFUSED => {
            let answer = if scene.on_preflight() { "preflight" } else { "answer" };
            prose!(
                "Credentials: probably included. A HAR does not record the mode; but the browser refused ({}, {}), and \
                 without credentials this {} passes",
                scene.place(actual.place),
                actual.note.error.as_ref().map_or_else(|| Prose::from("status 0"), |error| prose!("{}", error)),
                answer
            )
        }
        (Mode::Include, _) => prose!("Credentials: probably included, since {}", known.because),
        _ => "Credentials: not known; it fails if the page includes them".into(),
    }
}

fn method_refused(scene: &Scene<'_>, method: &str) -> Found {
    let list = listed(scene, "access-control-allow-methods");
    let listed_as = list.iter().find(|item| item.eq_ignore_ascii_case(method)).cloned();
    let text = match &listed_as {
        Some(other) => prose!(
            "the list says \"{}\", and the letters' case counts ({})",
            Captured::text(other),
            scene.whereabouts()
        ),
        None if list.is_empty() => prose!("no Access-Control-Allow-Methods ({})", scene.whereabouts()),
        None => prose!("the list is \"{}\" ({})", Captured::text(list.join(", ")), scene.whereabouts()),
    };
    let brief = match &listed_as {
        Some(other) => prose!("list says \"{}\"; case counts", Captured::text(other)),
        None if list.is_empty() => "no Allow-Methods at all".into(),
        None => prose!("list: {}", Captured::text(list.join(", "))),
    };
    Found::new(MethodNotAllowed { method: method.to_owned(), listed_as }, Certainty::Certain, text)
        .brief(brief)
        .at(asked_at(scene), prose!("Access-Control-Request-Method: {}", Captured::text(method)))
        .quoting(scene, &["access-control-allow-methods"])
}

/// What is wrong with a value that is no origin.
fn why_no_origin(value: &str) -> Prose {
    const UNSET: [&str; 4] = ["undefined", "none", "nil", "false"];
    if value.is_empty() {
        return "the header is there and empty".into();
    }
    if let Some(inner) = quote::in_quotation_marks(value) {
        return prose!(
            "the quotation marks are part of the value and make it no origin: {} has to stand there bare",
            Captured::text(inner)
        );
    }
    let template = value.starts_with(['$', '%', '{', '<']);
    if template || UNSET.contains(&value.to_ascii_lowercase().as_str()) {
        return prose!("\"{}\" is no origin; it reads like an unset variable", Captured::text(value));
    }
    prose!("\"{}\" is no origin: a scheme such as https:// is missing, or it is no name", Captured::text(value))
}

fn headers_refused(scene: &Scene<'_>, names: &[String]) -> Found {
    let list = listed(scene, "access-control-allow-headers");
    let kinds: Vec<(String, HeaderKind)> = names.iter().map(|name| (name.clone(), HeaderKind::of(name))).collect();
    let mut notes = Vec::new();
    for (name, kind) in &kinds {
        match kind {
            HeaderKind::ContentType => {
                let value = scene.pair.actual().and_then(|actual| actual.request.headers.get_str("content-type"));
                notes.push(match value {
                    Some(value) => prose!("content-type counts because its value is {}", Captured::text(&*value)),
                    None => "content-type counts because its value is not one that forms can send".into(),
                });
            }
            HeaderKind::Other
                if matches!(name.as_str(), "accept" | "accept-language" | "content-language" | "range") =>
            {
                notes.push(prose!(
                    "{} counts because its value is longer than 128 bytes or has unusual characters",
                    Captured::text(name)
                ));
            }
            HeaderKind::Authorization | HeaderKind::Tracing | HeaderKind::Other => {}
        }
    }
    let tracing: Vec<String> =
        kinds.iter().filter(|(_, kind)| *kind == HeaderKind::Tracing).map(|(name, _)| name.clone()).collect();
    if !tracing.is_empty() {
        let verb = if tracing.len() == 1 { "is" } else { "are" };
        notes.push(prose!(
            "{} {} usually added by monitoring (Datadog, OpenTelemetry, Sentry …)",
            quote::captured_list(&tracing),
            verb
        ));
    }
    let there = if list.is_empty() {
        "no Access-Control-Allow-Headers".into()
    } else {
        prose!("the list is \"{}\"", Captured::text(list.join(", ")))
    };
    let notes = if notes.is_empty() { Prose::new() } else { prose!("; {}", Prose::joined(notes, "; ")) };
    let brief = if list.is_empty() {
        "no Allow-Headers at all".into()
    } else {
        prose!("list: {}", Captured::text(list.join(", ")))
    };
    let missing = names.join(", ");
    Found::new(
        HeaderNotAllowed { names: kinds },
        Certainty::Certain,
        prose!("{} not listed: {} ({}){}", Captured::text(&*missing), there, scene.whereabouts(), notes),
    )
    .brief(brief)
    .at(
        asked_at(scene),
        prose!("Access-Control-Request-Headers: {}", Captured::text(scene.pair.unsafe_headers.join(","))),
    )
    .quoting(scene, &["access-control-allow-headers"])
}

fn listed(scene: &Scene<'_>, header: &str) -> Vec<String> {
    scene
        .headers()
        .and_then(|headers| extract_list(headers, header))
        .map_or_else(Vec::new, |list: Extracted| list.values().to_vec())
}

/// In what an allowed origin differs from the request's.
pub(in crate::diagnosis) fn difference(origin: &Origin, value: &str) -> Difference {
    if value == "null" || origin.is_null() {
        return Difference::Null;
    }
    if value.contains('*') {
        return Difference::Pattern;
    }
    let origin = origin.as_str();
    if value.strip_suffix('/') == Some(origin) {
        return Difference::Slash;
    }
    if value.eq_ignore_ascii_case(origin) {
        return Difference::Case;
    }
    let (Some(ours), Some(theirs)) = (OriginParts::of(origin), OriginParts::of(value)) else {
        return Difference::Scheme;
    };
    if ours.host != theirs.host {
        return Difference::Host;
    }
    if ours.scheme != theirs.scheme {
        return Difference::Scheme;
    }
    if ours.port != theirs.port {
        return Difference::Port;
    }
    // The same origin in other bytes: the default port written out, or a path after it.
    let bare = value.strip_suffix(":443").or_else(|| value.strip_suffix(":80"));
    if bare.is_some_and(|bare| bare.eq_ignore_ascii_case(origin)) {
        return Difference::DefaultPort;
    }
    let after = value.split_once("://").map_or(value, |(_, rest)| rest);
    if after.contains(['/', '?', '#']) { Difference::Path } else { Difference::Port }
}

/// Whether an origin is a developer's own machine.
fn is_local(origin: &str) -> bool {
    OriginParts::of(origin).is_some_and(|parts| parts.host == "localhost" || parts.host.starts_with("127."))
}

fn words(difference: Difference) -> &'static str {
    match difference {
        Difference::Slash => "a slash stands at the end",
        Difference::Scheme => "the scheme differs",
        Difference::Port => "the port differs",
        Difference::DefaultPort => "the default port is written out, which a browser leaves out",
        Difference::Case => "the letters' case differs",
        Difference::Path => "a path stands after the origin",
        Difference::Null => "null and a named origin never match",
        Difference::Pattern => "patterns are not understood by browsers",
        Difference::Host => "another site",
    }
}

/// Where the preflight asks for what its answer has to allow.
fn asked_at(scene: &Scene<'_>) -> (Side, Place) {
    (Side::PreflightRequest, scene.exchange.place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_differ_in_one_named_way() {
        let page = Origin::from_header("https://app.shop.test");
        for (value, expected) in [
            ("https://app.shop.test/", Difference::Slash),
            ("http://app.shop.test", Difference::Scheme),
            ("https://app.shop.test:8443", Difference::Port),
            ("https://app.shop.test:443", Difference::DefaultPort),
            ("https://App.shop.test", Difference::Case),
            ("https://app.shop.test/cart", Difference::Path),
            ("null", Difference::Null),
            ("https://*.shop.test", Difference::Pattern),
            ("https://www.shop.test", Difference::Host),
            ("localhost:3000", Difference::Scheme),
        ] {
            assert_eq!(difference(&page, value), expected, "{value}");
        }
        assert_eq!(difference(&Origin::null(), "https://app.shop.test"), Difference::Null);
    }
}
