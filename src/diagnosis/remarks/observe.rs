//! What one pair contributes to the remarks.

use super::{RemarkCollector, RemarkKind, TABLE};
use crate::cors::{Engine, Rule, authorization_covered_by_wildcard, cors_check, preflight_check};
use crate::diagnosis::rules::RuleInfo;
use crate::diagnosis::{Doubt, Judged, Verdict, quote};
use crate::exchange::{Exchange, Presence, ResponseHead, origin_of_url};
use crate::pairing::{MissingPreflight, Mode, Pair, PairKind, Preflight};
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// Seconds that every engine keeps a preflight's result when asked to (WebKit's cap).
const KEPT_BY_ALL: u64 = 600;

pub(super) fn observe(to: &mut RemarkCollector, judged: &Judged) {
    let pair = &judged.pair;
    let passed = judged.verdict == Verdict::Pass;
    if let Some(preflight) = pair.preflight()
        && let Some(response) = preflight.exchange().head()
    {
        if passes(judged, preflight) {
            of_preflight(to, pair, preflight, response);
        } else if lifetime(response) == Some(RemarkKind::MaxAgeZero) {
            // What failed is not kept anyway; but mended it would be asked before every call, too.
            to.note(RemarkKind::MaxAgeZero, place(preflight.exchange()), || request(pair), took(preflight.exchange()));
        }
        if passed && matches!(pair.kind, PairKind::PreflightOnly { .. }) {
            to.note(RemarkKind::PreflightWithoutRequest, place(preflight.exchange()), || request(pair), 0);
        }
    }
    if passed
        && let Some(actual) = pair.actual()
        && let Some(response) = actual.head()
    {
        of_answer(to, pair, actual, response);
    }
    if let Some((rule, exchange)) = with_credentials(judged) {
        let title = RuleInfo::of(rule.id()).map_or(rule.id(), |info| info.title);
        let words = || prose!("{} ({})", request(pair), title);
        to.note(RemarkKind::WildcardBreaksCredentials, place(exchange), words, 0);
    }
    if let Verdict::Undecided { doubt: Doubt::StoredAnswerMissing, .. } = &judged.verdict {
        to.note(RemarkKind::StoredAnswerMissing, place(pair.representative()), || request(pair), 0);
    }
    if judged.was_cancelled_at_once() {
        to.note(RemarkKind::CancelledAtOnce, pair.representative().place, || request(pair), 0);
    }
    if let PairKind::Unexplained { actual, why: MissingPreflight::Unknown } = &pair.kind
        && passed
    {
        to.note(RemarkKind::PreflightMissing, actual.place, || request(pair), 0);
    }
    for exchange in crate::diagnosis::facts::exchanges(pair) {
        if let Some(response) = exchange.head() {
            of_any(to, pair, exchange, response);
        }
    }
}

/// Whether the preflight let its request go out.
fn passes(judged: &Judged, preflight: &Preflight) -> bool {
    preflight.passes().is_some_and(|passes| if judged.included { passes.with } else { passes.without })
}

/// Milliseconds until the answer; 0 when unknown.
fn took(exchange: &Exchange) -> u64 {
    let times = exchange.started.zip(exchange.completed);
    times.map_or(0, |(started, completed)| u64::try_from(completed.since(started).as_millis()).unwrap_or(u64::MAX))
}

/// What is to be said of how long a result is kept.
fn lifetime(response: &ResponseHead) -> Option<RemarkKind> {
    let age = response.headers.presence("access-control-max-age");
    let kept = match &age {
        Presence::Present(value) => crate::cors::max_age(Engine::Chromium, Some(value)),
        Presence::Absent => crate::cors::max_age(Engine::Chromium, None),
        Presence::Redacted | Presence::Unknown => Some(KEPT_BY_ALL),
    };
    match (&age, kept) {
        (_, None | Some(0)) => Some(RemarkKind::MaxAgeZero),
        // Chromium and Safari take a value that is no number for none.
        (Presence::Absent, _) => Some(RemarkKind::PreflightNotCached),
        (Presence::Present(value), _) if !value.trim_ascii().iter().all(u8::is_ascii_digit) => {
            Some(RemarkKind::PreflightNotCached)
        }
        (_, Some(seconds)) if seconds < KEPT_BY_ALL => Some(RemarkKind::MaxAgeShort),
        _ => None,
    }
}

fn of_preflight(to: &mut RemarkCollector, pair: &Pair, preflight: &Preflight, response: &ResponseHead) {
    let exchange = preflight.exchange();
    let at = place(exchange);
    let took = took(exchange);
    let headers = &response.headers;
    if let Some(kind) = lifetime(response) {
        to.note(kind, at, || request(pair), took);
        if kind == RemarkKind::PreflightNotCached {
            let value = headers.get("access-control-max-age");
            to.note_lifetime(value.map(|value| quote::shorten(String::from_utf8_lossy(&value).trim(), 40)));
        }
    }
    let key = format!("{} {} {} {}", pair.origin, pair.method, preflight.names().join(","), pair.url);
    if to.preflights.contains(&key) {
        to.note(RemarkKind::PreflightRepeated, at, || request(pair), took);
    } else if to.preflights.len() < TABLE {
        to.preflights.insert(key);
    }
    if authorization_covered_by_wildcard(&pair.request(false), response) && pair.credentials.mode != Mode::Include {
        to.note(RemarkKind::AuthorizationWildcard, at, || request(pair), 0);
    }
    let twice = |name: &str| {
        let lines: Vec<_> = headers.lines(name).map(|line| line.value).collect();
        matches!(lines.as_slice(), [first, second, ..] if first == second)
    };
    if twice("access-control-allow-methods") || twice("access-control-allow-headers") {
        to.note(RemarkKind::DuplicateListLines, at, || request(pair), 0);
    }
    let needless = match preflight.names() {
        [only] if only == "x-requested-with" => matches!(&*pair.method, "GET" | "HEAD" | "POST"),
        [only] if only == "content-type" => matches!(&*pair.method, "GET" | "HEAD"),
        _ => false,
    };
    if needless {
        let name = preflight.names().first().cloned().unwrap_or_default();
        to.note(RemarkKind::CouldBeSimple, at, || prose!("{}, {}", request(pair), Captured::text(name)), 0);
    }
}

fn of_answer(to: &mut RemarkCollector, pair: &Pair, actual: &Exchange, response: &ResponseHead) {
    let at = place(actual);
    if response.status >= 400 {
        to.note(RemarkKind::HttpErrorReadable, at, || prose!("{} on {}", response.status, request(pair)), 0);
    }
}

/// The rule that would refuse what passed, if the page included credentials, and where it stands.
fn with_credentials(judged: &Judged) -> Option<(Rule, &Exchange)> {
    let pair = &judged.pair;
    if judged.verdict != Verdict::Pass || pair.credentials.mode != Mode::Unknown {
        return None;
    }
    let request = pair.request(true);
    let preflight = pair.preflight().map(|preflight| &**preflight.exchange());
    let of_preflight = preflight.and_then(|exchange| {
        let steps = preflight_check(judged.judged_as, &request, exchange.head()?);
        Some((steps.first_failure()?.clone(), exchange))
    });
    of_preflight.or_else(|| {
        let actual = pair.actual().filter(|actual| !actual.note.service_worker)?;
        let steps = cors_check(&request, pair.answer()?);
        Some((steps.first_failure()?.clone(), &**actual))
    })
}

fn of_any(to: &mut RemarkCollector, pair: &Pair, exchange: &Exchange, response: &ResponseHead) {
    let headers = &response.headers;
    let Some(allowed) = headers.get_str("access-control-allow-origin") else { return };
    let names_origin = *allowed == *pair.origin.as_str();
    let vary = headers.presence("vary");
    let varies = match &vary {
        Presence::Present(value) => String::from_utf8_lossy(value)
            .split(',')
            .any(|name| matches!(name.trim().to_ascii_lowercase().as_str(), "origin" | "*")),
        Presence::Absent => false,
        // Not known: nothing is said.
        Presence::Redacted | Presence::Unknown => true,
    };
    // A preflight's answer is not kept by shared caches.
    if names_origin && !varies && !exchange.is_preflight() && !pair.origin.is_null() {
        to.note(RemarkKind::VaryOriginMissing, place(exchange), || request(pair), 0);
    }
    if headers.get("access-control-allow-credentials").as_deref() != Some(b"true") {
        return;
    }
    if allowed == "null" {
        to.note(RemarkKind::NullWithCredentials, place(exchange), || request(pair), 0);
        return;
    }
    let (true, Some(server)) = (names_origin, origin_of_url(&pair.url)) else { return };
    let site = site_of(pair.origin.as_str());
    if to.credentialed.len() >= TABLE && !to.credentialed.contains_key(server.as_str()) {
        return;
    }
    let sites = to.credentialed.entry(server.to_string()).or_default();
    if sites.len() < 3 && !sites.contains(&site) {
        sites.push(site);
        // Said once for each server, when the second site turns up.
        if sites.len() == 2 {
            let words = prose!("{}: {}", server, Prose::joined(sites.iter().map(Captured::text), " and "));
            to.note(RemarkKind::OriginReflected, place(exchange), || words, 0);
        }
    }
}

/// The last two labels of an origin's host: enough to say that two sites are unrelated.
fn site_of(origin: &str) -> String {
    let host = url::Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let mut labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.reverse();
    labels.join(".")
}

fn place(exchange: &Exchange) -> crate::exchange::Place {
    quote::response_place(exchange)
}

fn request(pair: &Pair) -> Prose {
    prose!("{} {}", Captured::text(&*pair.method), Captured::address(&*pair.url))
}
