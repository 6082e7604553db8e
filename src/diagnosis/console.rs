//! The console sentences of one judged pair, for each engine.
//!
//! Owns what the messages need to know of a pair. The wordings are `browsers`' business.

use super::{Failure, Judged, Verdict};
use crate::browsers::{Blocked, Reason, RequestKind, console as wordings};
use crate::cors::{Engine, Rule, Stage};
use crate::exchange::{End, Exchange, Side};
use crate::pairing::{Pair, effective_url};
use crate::secrets::Prose;
use crate::secrets::prose;

/// What Chromium, Firefox and Safari print, in the order of [`Engine::all`]; `None` where one
/// prints nothing or it cannot be told. Several possible wordings stand on lines of their own.
pub fn console(judged: &Judged) -> [Option<Prose>; 3] {
    Engine::all().map(|engine| {
        let verdict = judged.of_engine(engine);
        let said = of_engine(judged, engine, verdict)?;
        // Where the mode decides by which rule, either sentence may be the one that was seen.
        let other = judged
            .rule_with_credentials(engine)
            .zip(stage(verdict))
            .and_then(|(rule, stage)| of_engine(judged, engine, &Verdict::Fail(Failure::Rule { stage, rule })));
        Some(match other {
            Some(other) if other != said => prose!("{}\n{}", said, other),
            _ => said,
        })
    })
}

fn stage(verdict: &Verdict) -> Option<Stage> {
    match verdict {
        Verdict::Fail(Failure::Rule { stage, .. }) => Some(*stage),
        _ => None,
    }
}

fn of_engine(judged: &Judged, engine: Engine, verdict: &Verdict) -> Option<Prose> {
    let pair = &judged.pair;
    let mut spaces: &[&str] = &[];
    let error;
    let reason = match verdict {
        Verdict::Fail(Failure::Rule { stage, rule }) | Verdict::Undecided { conditional: Some((stage, rule)), .. } => {
            Reason::Refused { rule, stage: *stage, status: status(pair, *stage) }
        }
        Verdict::Fail(Failure::Network { stage, .. } | Failure::NetError { stage, .. }) => {
            error = net_error(pair).or_else(|| reset(pair).map(str::to_owned));
            Reason::Network { error: error.as_deref(), preflight: *stage == Stage::Preflight }
        }
        Verdict::Fail(Failure::BodyCut | Failure::TooManyRedirects) => {
            error = net_error(pair);
            Reason::Network { error: error.as_deref(), preflight: false }
        }
        Verdict::Fail(Failure::Browser { error: None }) => Reason::MixedContent { page: page_url(pair) },
        Verdict::Fail(Failure::Browser { error: Some(error) }) if error.short().contains("LOCAL_NETWORK") => {
            // The error text does not say which of the two the message named.
            spaces = &["loopback"];
            Reason::LocalNetwork { space: "local" }
        }
        _ => return None,
    };
    // A redirect taints the request's origin, not the page's; without one `null` is the page's own.
    let page = pair.page.as_ref().filter(|_| !pair.redirected_from.is_empty()).unwrap_or(&pair.origin);
    let first = pair.redirected_from.first().map(|hop| effective_url(hop));
    let location = match &reason {
        Reason::Refused { stage: Stage::Redirect, .. } => location(pair),
        _ => None,
    };
    let header = match &reason {
        Reason::Refused { rule: Rule::HeaderNotAllowed { names }, .. } => {
            names.first().and_then(|name| written(pair, name))
        }
        _ => None,
    };
    let blocked = Blocked {
        reason,
        page_origin: page.as_str(),
        request_origin: pair.origin.as_str(),
        url: &pair.url,
        first_url: first.as_deref(),
        location: location.as_deref(),
        header: header.as_deref(),
    };
    let kinds = kinds(pair);
    // The later lines repeat the first one's news; a customer quotes the first.
    let others = spaces.iter().map(|space| Blocked { reason: Reason::LocalNetwork { space }, ..blocked });
    let sentences: Vec<Prose> = std::iter::once(blocked)
        .chain(others)
        .flat_map(|blocked| wordings(engine, &blocked, kinds))
        .filter_map(|wording| wording.lines.into_iter().next())
        .collect();
    (!sentences.is_empty()).then(|| Prose::joined(sentences, "\n"))
}

/// DevTools' resource type, else what `Sec-Fetch-Dest` says; `fetch()` and `XMLHttpRequest` are both `empty` there.
fn kinds(pair: &Pair) -> &'static [RequestKind] {
    let lead = pair.representative();
    if let Some(kind) = lead.note.resource_type.as_deref().filter(|kind| *kind != "preflight") {
        return RequestKind::of_resource_type(Some(kind));
    }
    let destination = lead.request.headers.get_str("sec-fetch-dest");
    RequestKind::of_resource_type(match destination.as_deref() {
        Some("style") => Some("stylesheet"),
        Some("track") => Some("texttrack"),
        Some("audio" | "video") => Some("media"),
        other => other,
    })
}

fn status(pair: &Pair, stage: Stage) -> Option<u16> {
    let exchange = match stage {
        Stage::Preflight => pair.preflight().map(super::super::pairing::Preflight::exchange),
        Stage::Actual | Stage::Redirect => pair.actual(),
    };
    exchange.and_then(|exchange| exchange.head()).map(|response| response.status)
}

/// The error that the browser itself wrote; a proxy's words never stood in a console.
fn net_error(pair: &Pair) -> Option<String> {
    let of = |exchange: &Exchange| exchange.note.error.clone();
    let actual = pair.actual().and_then(|actual| of(actual));
    let error = actual.or_else(|| pair.preflight().and_then(|preflight| of(preflight.exchange())))?;
    error.is_of_browser().then(|| error.to_string())
}

/// What Chromium says of a reset that packets show. Other events have more than one name there.
fn reset(pair: &Pair) -> Option<&'static str> {
    let preflight = pair.preflight().map(|preflight| &**preflight.exchange()).filter(|it| it.head().is_none());
    let exchange = preflight.or_else(|| pair.actual().map(|actual| &**actual))?;
    let first = exchange.note.events.first()?.what.ended()?;
    matches!(first, (Side::Server, End::Reset, _)).then_some("net::ERR_CONNECTION_RESET")
}

fn page_url(pair: &Pair) -> &str {
    pair.representative().note.page.as_deref().unwrap_or(pair.origin.as_str())
}

fn location(pair: &Pair) -> Option<String> {
    let actual = pair.actual()?;
    let location = actual.head()?.headers.get_str("location")?.into_owned();
    url::Url::parse(&effective_url(actual)).ok()?.join(&location).ok().map(String::from)
}

/// The header's name as the page wrote it, when the request was recorded in that case.
fn written(pair: &Pair, name: &str) -> Option<String> {
    let actual = pair.actual()?;
    let line = actual.request.headers.lines(name).next()?;
    let written = String::from_utf8_lossy(line.name).into_owned();
    (written != name).then_some(written)
}
