//! The ladder of a pair: requests and responses in order, the failing line marked.
//!
//! Owns which header lines are worth showing. Draws nothing.

use super::{place, timestamp};
use crate::cors::{Rule, Stage};
use crate::diagnosis::{Failure, Judged, Verdict, event, status_line};
use crate::exchange::{Exchange, Headers, NoResponse, Value};
use crate::report::view::{LadderKind, LadderMark, LadderRow};
use crate::secrets::headers::shown;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};

/// Headers whose values are addresses.
const ADDRESSES: &[&str] = &["location", "origin", "access-control-allow-origin"];

const ASKED: &[&str] = &["origin", "access-control-request-method", "access-control-request-headers", "content-type"];
const ANSWERED: &[&str] = &[
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
    "access-control-expose-headers",
    "vary",
    "allow",
    "location",
    "content-type",
    "server",
    "via",
    "x-cache",
    "age",
    "www-authenticate",
    "retry-after",
];

/// A row, and its text.
pub(super) type Row = (LadderRow, Prose);

/// All rows of one pair.
pub(super) fn ladder(judged: &Judged) -> Vec<Row> {
    let pair = &judged.pair;
    let mut rows = Vec::new();
    for hop in &pair.redirected_from {
        exchange(&mut rows, hop, None, judged);
    }
    let (preflights, tries): (Vec<_>, Vec<_>) = pair.repeats.iter().partition(|repeat| repeat.is_preflight());
    for repeat in preflights {
        exchange(&mut rows, repeat, None, judged);
    }
    if let Some(preflight) = pair.preflight() {
        exchange(&mut rows, preflight.exchange(), Some(Stage::Preflight), judged);
    }
    for lost in tries {
        exchange(&mut rows, lost, None, judged);
    }
    let stopped = match &judged.verdict {
        Verdict::Fail(
            Failure::Rule { stage, .. } | Failure::Network { stage, .. } | Failure::NetError { stage, .. },
        ) => *stage == Stage::Preflight,
        Verdict::Fail(Failure::Browser { .. }) => true,
        _ => false,
    };
    match pair.actual() {
        Some(actual) if !stopped || actual.head().is_some() => {
            let redirected = actual.head().is_some_and(|response| (300..400).contains(&response.status));
            let stage =
                if redirected && judged.stage() == Some(Stage::Redirect) { Stage::Redirect } else { Stage::Actual };
            exchange(&mut rows, actual, Some(stage), judged);
        }
        _ if stopped => rows.push((
            LadderRow { kind: LadderKind::NeverSent, ..LadderRow::default() },
            prose!("{} was never sent: the browser stopped here", Captured::text(&*pair.method)),
        )),
        _ => {}
    }
    rows
}

fn exchange(rows: &mut Vec<Row>, exchange: &Exchange, stage: Option<Stage>, judged: &Judged) {
    let rule = judged.rule().filter(|(at, _)| Some(*at) == stage).map(|(_, rule)| rule);
    let target = exchange.request.url.split_once("://").map_or(&*exchange.request.url, |(_, rest)| rest);
    let request = LadderRow {
        kind: LadderKind::Request,
        place: Some(place(exchange.place)),
        time: exchange.started.map(|time| timestamp(time).get(11..23).unwrap_or_default().to_owned()),
        ..LadderRow::default()
    };
    rows.push((request, prose!("{} {}", Captured::text(&*exchange.request.method), Captured::address(target))));
    header_rows(rows, &exchange.request.headers, ASKED, None, &[]);
    match &exchange.response {
        Ok(response) => {
            let status_fails = matches!(rule, Some(Rule::PreflightRedirect { .. } | Rule::PreflightStatus { .. }));
            let answer = LadderRow {
                kind: LadderKind::Response,
                place: Some(place(exchange.response_place.unwrap_or(exchange.place))),
                time: took(exchange),
                mark: if status_fails { LadderMark::Fail } else { LadderMark::None },
                ..LadderRow::default()
            };
            rows.push((answer, status_line(response)));
            let also: Vec<&str> =
                if rule.is_some() { judged.also.iter().filter_map(header_of).collect() } else { Vec::new() };
            header_rows(rows, &response.headers, ANSWERED, rule.and_then(header_of), &also);
        }
        Err(reason) => {
            let event = LadderRow {
                kind: LadderKind::Event,
                place: exchange.note.event_place().map(place),
                time: took(exchange),
                mark: if stage.is_some() { LadderMark::Fail } else { LadderMark::None },
                ..LadderRow::default()
            };
            rows.push((event, no_response(reason, exchange)));
        }
    }
}

fn took(exchange: &Exchange) -> Option<String> {
    super::elapsed_ms(exchange).map(|ms| if ms < 10.0 { format!("+{ms:.1} ms") } else { format!("+{ms:.0} ms") })
}

fn header_rows(rows: &mut Vec<Row>, headers: &Headers, names: &[&'static str], failing: Option<&str>, also: &[&str]) {
    for name in names {
        let mark = if failing == Some(name) {
            LadderMark::Fail
        } else if also.contains(name) {
            LadderMark::Warn
        } else {
            LadderMark::None
        };
        let mut seen = false;
        for line in headers.lines(name) {
            seen = true;
            let value = match line.value {
                Value::Text(value) => {
                    let value = shown(name, &String::from_utf8_lossy(value)).into_owned();
                    // Values that are addresses, also ones that begin in their middle.
                    Prose::from(if ADDRESSES.contains(name) { Captured::address(value) } else { Captured::text(value) })
                }
                Value::Secret(secret) => prose!("({} bytes, hidden)", secret.len),
                Value::Withheld(len) => prose!("({} bytes, hidden)", len),
                Value::Redacted => "(removed by the exporter)".into(),
                Value::Lost => "(lost in this capture)".into(),
            };
            rows.push(header(prose!("{}: {}", *name, value), mark));
        }
        if !seen && mark != LadderMark::None {
            rows.push(header(prose!("{}: (absent)", *name), mark));
        }
    }
}

fn header(text: Prose, mark: LadderMark) -> Row {
    (LadderRow { kind: LadderKind::Header, mark, ..LadderRow::default() }, text)
}

/// The header line that a rule is about.
fn header_of(rule: &Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::AllowOriginMissing
        | Rule::AllowOriginMultiple { .. }
        | Rule::AllowOriginInvalid { .. }
        | Rule::AllowOriginMismatch { .. }
        | Rule::WildcardWithCredentials => "access-control-allow-origin",
        Rule::AllowCredentials { .. } => "access-control-allow-credentials",
        Rule::AllowMethodsInvalid { .. } | Rule::MethodNotAllowed { .. } => "access-control-allow-methods",
        Rule::AllowHeadersInvalid { .. } | Rule::HeaderNotAllowed { .. } => "access-control-allow-headers",
        Rule::RedirectCredentials { .. } => "location",
        _ => return None,
    })
}

fn no_response(reason: &NoResponse, exchange: &Exchange) -> Prose {
    if !exchange.note.events.is_empty() {
        return event::words(&exchange.note.events, None);
    }
    if let Some(error) = &exchange.note.error {
        return Captured::text(error.to_string()).into();
    }
    match reason {
        NoResponse::Cut => "the capture ends here",
        NoResponse::Gap { .. } => "bytes are missing from the capture here",
        NoResponse::Refused => "could not connect",
        NoResponse::Reset => "connection reset",
        NoResponse::Closed => "connection closed without an answer",
        NoResponse::TimedOut => "no answer",
        NoResponse::TlsFailure => "TLS failed",
        NoResponse::Aborted => "cancelled",
        NoResponse::Blocked => "blocked by the browser",
        NoResponse::InvalidHttp => "the answer is not HTTP",
        NoResponse::Undecodable => "the answer cannot be read in this capture",
        NoResponse::Unrecorded => "no answer recorded",
    }
    .into()
}
