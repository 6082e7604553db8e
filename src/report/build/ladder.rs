//! The ladder of a pair: requests and responses in order, the failing line marked.
//!
//! Owns which header lines are worth showing. Draws nothing.

use super::{place, timestamp};
use crate::cors::{Rule, Stage};
use crate::diagnosis::{Failure, Judged, Verdict, event, status_line};
use crate::exchange::{Exchange, Headers, NoResponse, Value};
use crate::report::view::{LadderKind, LadderMark, LadderRow};
use crate::secrets::headers::shown;

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

/// All rows of one pair.
pub(super) fn ladder(judged: &Judged) -> Vec<LadderRow> {
    let pair = &judged.pair;
    let mut rows = Vec::new();
    for hop in &pair.redirected_from {
        exchange(&mut rows, hop, None, judged);
    }
    for repeat in &pair.repeats {
        exchange(&mut rows, repeat.exchange(), None, judged);
    }
    if let Some(preflight) = pair.preflight() {
        exchange(&mut rows, preflight.exchange(), Some(Stage::Preflight), judged);
    }
    let stopped = match &judged.verdict {
        Verdict::Fail(Failure::Rule { stage, .. } | Failure::Network { stage, .. }) => *stage == Stage::Preflight,
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
        _ if stopped => rows.push(LadderRow {
            kind: LadderKind::NeverSent,
            text: format!("{} was never sent: the browser stopped here", pair.method),
            ..LadderRow::default()
        }),
        _ => {}
    }
    rows
}

fn exchange(rows: &mut Vec<LadderRow>, exchange: &Exchange, stage: Option<Stage>, judged: &Judged) {
    let rule = judged.rule().filter(|(at, _)| Some(*at) == stage).map(|(_, rule)| rule);
    let target = exchange.request.url.split_once("://").map_or(&*exchange.request.url, |(_, rest)| rest);
    rows.push(LadderRow {
        kind: LadderKind::Request,
        text: format!("{} {target}", exchange.request.method),
        place: Some(place(exchange.place)),
        time: exchange.started.map(|time| timestamp(time).get(11..23).unwrap_or_default().to_owned()),
        mark: LadderMark::None,
    });
    header_rows(rows, &exchange.request.headers, ASKED, None, &[]);
    match &exchange.response {
        Ok(response) => {
            let status_fails = matches!(rule, Some(Rule::PreflightRedirect { .. } | Rule::PreflightStatus { .. }));
            rows.push(LadderRow {
                kind: LadderKind::Response,
                text: status_line(response).bare().to_owned(),
                place: Some(place(exchange.response_place.unwrap_or(exchange.place))),
                time: took(exchange),
                mark: if status_fails { LadderMark::Fail } else { LadderMark::None },
            });
            let also: Vec<&str> =
                if rule.is_some() { judged.also.iter().filter_map(header_of).collect() } else { Vec::new() };
            header_rows(rows, &response.headers, ANSWERED, rule.and_then(header_of), &also);
        }
        Err(reason) => rows.push(LadderRow {
            kind: LadderKind::Event,
            text: no_response(reason, exchange),
            place: exchange.note.event_place().map(place),
            time: took(exchange),
            mark: if stage.is_some() { LadderMark::Fail } else { LadderMark::None },
        }),
    }
}

fn took(exchange: &Exchange) -> Option<String> {
    super::elapsed_ms(exchange).map(|ms| if ms < 10.0 { format!("+{ms:.1} ms") } else { format!("+{ms:.0} ms") })
}

fn header_rows(rows: &mut Vec<LadderRow>, headers: &Headers, names: &[&str], failing: Option<&str>, also: &[&str]) {
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
                Value::Text(value) => shown(name, &String::from_utf8_lossy(value)).into_owned(),
                Value::Secret(secret) => format!("({} bytes, hidden)", secret.len),
                Value::Withheld(len) => format!("({len} bytes, hidden)"),
                Value::Redacted => "(removed by the exporter)".to_owned(),
                Value::Lost => "(lost in this capture)".to_owned(),
            };
            rows.push(header(format!("{name}: {value}"), mark));
        }
        if !seen && mark != LadderMark::None {
            rows.push(header(format!("{name}: (absent)"), mark));
        }
    }
}

fn header(text: String, mark: LadderMark) -> LadderRow {
    LadderRow { kind: LadderKind::Header, text, place: None, time: None, mark }
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

fn no_response(reason: &NoResponse, exchange: &Exchange) -> String {
    if !exchange.note.events.is_empty() {
        return event::words(&exchange.note.events, None).bare().to_owned();
    }
    if let Some(error) = &exchange.note.error {
        return error.to_string();
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
    .to_owned()
}
