//! Turns judged pairs and their diagnoses into the serialisable picture.
//!
//! Owns the copying and the words for times and places. Judges nothing; what may be shown of a text is the masker's
//! business.

mod ladder;
mod steps;

use super::view;
use crate::browsers::rule_name;
use crate::cors::{Engine, Rule, Stage};
use crate::diagnosis::{Cause, Certainty, Diagnosis, Failure, Judged, Nature, Verdict};
use crate::exchange::{CaptureTime, Exchange, OriginParts, Place};
use crate::pairing::{Pair, PairKind};
use crate::secrets::{Masker, Prose};

/// What the texts of a finding were made of.
#[derive(Debug)]
pub struct Told<'d> {
    pub(super) diagnosis: &'d Diagnosis,
    /// The cause's title.
    pub(super) title: Option<Prose>,
    /// What each engine's console shows.
    pub(super) console: [Option<Prose>; 3],
    /// The rows of the ladder.
    pub(super) ladder: Vec<Prose>,
}

/// The picture of one finding as it is shown.
pub fn shown(number: u32, judged: &Judged, diagnosis: &Diagnosis, masker: &mut Masker) -> view::Finding {
    let title = diagnosis.cause.as_ref().map(Cause::title);
    let (rows, ladder): (Vec<view::LadderRow>, Vec<Prose>) = ladder::ladder(judged).into_iter().unzip();
    // An engine that prints nothing has no text.
    let console = crate::diagnosis::console::console(judged);
    let told = Told { diagnosis, title, console, ladder };
    let [chromium, firefox, webkit] = told.console.each_ref().map(|said| said.as_ref().map(|_| String::new()));
    let console = view::Engines { chromium, firefox, webkit };
    let mut finding = view::Finding { ladder: rows, console, ..finding(number, judged, diagnosis) };
    masker.finding(&mut finding, Some(&told));
    finding
}

/// The picture without its texts: what was made as [`Prose`] is written by the masker.
fn finding(number: u32, judged: &Judged, diagnosis: &Diagnosis) -> view::Finding {
    let pair = &judged.pair;
    let lead = pair.representative();
    let page = pair.page.as_ref().map(ToString::to_string);
    view::Finding {
        number,
        verdict: verdict(&judged.verdict),
        nature: nature(diagnosis.nature),
        stage: stage(judged),
        link: link(&pair.kind),
        judged_as: engine(judged.judged_as),
        origin: pair.origin.to_string(),
        party: party(page.as_deref().unwrap_or(pair.origin.as_str()), &pair.url),
        page,
        method: pair.method.to_string(),
        url: pair.url.to_string(),
        started: started(pair).map(timestamp),
        engines: view::Engines {
            chromium: verdict(judged.of_engine(Engine::Chromium)),
            firefox: verdict(judged.of_engine(Engine::Firefox)),
            webkit: verdict(judged.of_engine(Engine::WebKit)),
        },
        credentials: view::Credentials {
            mode: pair.credentials.mode.id().to_owned(),
            because: pair.credentials.because.to_owned(),
        },
        preflight: pair.preflight().map(|preflight| preflight_view(preflight.exchange())),
        actual: actual_view(judged),
        redirects: pair.redirected_from.iter().filter_map(|hop| hop_view(hop)).collect(),
        client: lead.client.map(|client| client.to_string()),
        server: judged.failing_exchange().server.as_deref().map(str::to_owned),
        request_ids: diagnosis.request_ids.iter().cloned().collect(),
        rule: judged.rule().map(|(_, rule)| rule_view(judged, rule)),
        cause: cause_view(diagnosis),
        doubt: doubt_view(judged, diagnosis),
        also: diagnosis
            .also
            .iter()
            .map(|(rule, _)| view::AlsoView {
                rule: rule_name(Engine::Chromium, rule, judged.stage().unwrap_or(Stage::Actual))
                    .unwrap_or_default()
                    .to_owned(),
                text: String::new(),
            })
            .collect(),
        evidence: diagnosis
            .evidence
            .iter()
            .map(|evidence| view::Evidence {
                side: evidence.side.id().to_owned(),
                place: place(evidence.place),
                what: String::new(),
            })
            .collect(),
        stack: diagnosis
            .stack
            .iter()
            .map(|hit| view::Stack {
                id: hit.id.to_owned(),
                name: hit.name.to_string(),
                because: String::new(),
                named: hit.named,
                is_line: hit.is_line,
            })
            .collect(),
        fixes: diagnosis.fixes.iter().map(fix_view).collect(),
        console: view::Engines { chromium: None, firefox: None, webkit: None },
        verify: diagnosis.verify.as_ref().map(|verify| view::Verify::of(verify.curl.clone(), String::new())),
        works: diagnosis.works.as_ref().map(|works| view::Works {
            method: works.method.clone(),
            url: works.url.clone(),
            place: place(works.place),
        }),
        called_by: called_by(pair),
        same_as: Vec::new(),
        headline: String::new(),
        headline_roles: Box::default(),
        answer: Some(super::answer::words_of(judged, diagnosis)),
        lines: diagnosis
            .lines
            .iter()
            .map(|line| view::Line { label: line.label.to_owned(), text: String::new() })
            .collect(),
        steps: steps::steps(judged),
        ladder: Vec::new(),
        log: diagnosis.log.as_ref().map(|_| String::new()),
    }
}

/// A place as it stands in JSON.
pub fn place(place: Place) -> view::Place {
    match place {
        Place::Entry { input, index } => view::Place { input, entry: Some(index), frame: None, stream: None },
        Place::Frame { input, frame, stream } => {
            view::Place { input, entry: None, frame: Some(frame), stream: Some(stream) }
        }
    }
}

/// RFC 3339, UTC, milliseconds.
pub fn timestamp(time: CaptureTime) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(time.nanos()))
        .map_or_else(|_| "1970-01-01T00:00:00.000Z".to_owned(), |stamp| format!("{stamp:.3}"))
}

/// Engine ids of the contract.
pub fn engine(engine: Engine) -> view::Engine {
    match engine {
        Engine::Chromium => view::Engine::Chromium,
        Engine::Firefox => view::Engine::Firefox,
        Engine::WebKit => view::Engine::Webkit,
    }
}

/// Verdict ids of the contract.
pub fn verdict(verdict: &Verdict) -> view::Verdict {
    match verdict {
        Verdict::Pass => view::Verdict::Pass,
        Verdict::Fail(_) => view::Verdict::Fail,
        Verdict::Undecided { .. } => view::Verdict::Undecided,
    }
}

/// Ids of natures in the contract.
pub fn nature(nature: Nature) -> view::Nature {
    match nature {
        Nature::Cors => view::Nature::Cors,
        Nature::SideEffect => view::Nature::SideEffect,
        Nature::NotCors => view::Nature::NotCors,
    }
}

fn stage(judged: &Judged) -> view::Stage {
    let of = |stage| match stage {
        Stage::Preflight => view::Stage::Preflight,
        Stage::Actual => view::Stage::Actual,
        Stage::Redirect => view::Stage::Redirect,
    };
    match &judged.verdict {
        Verdict::Fail(Failure::Rule { stage, .. }) => of(*stage),
        Verdict::Fail(Failure::Network { .. }) => view::Stage::Network,
        Verdict::Fail(Failure::Browser { .. }) => view::Stage::BeforeNetwork,
        Verdict::Fail(Failure::NetError { .. } | Failure::TooManyRedirects | Failure::BodyCut) => view::Stage::Network,
        Verdict::Undecided { conditional: Some((stage, _)), .. } => of(*stage),
        Verdict::Undecided { .. } | Verdict::Pass => {
            let unanswered = judged.pair.actual().is_none_or(|actual| actual.head().is_none());
            if unanswered && judged.pair.preflight().is_some() { view::Stage::Preflight } else { view::Stage::Actual }
        }
    }
}

fn link(kind: &PairKind) -> view::Link {
    match kind {
        PairKind::Preflighted { .. } => view::Link::Paired,
        PairKind::PreflightOnly { .. } => view::Link::PreflightOnly,
        PairKind::Cached { .. } => view::Link::Cached,
        PairKind::Simple { .. } => view::Link::Simple,
        PairKind::Unexplained { .. } => view::Link::Unexplained,
    }
}

/// Whose server it is: the last two labels of the host stand for the site, since no list of public
/// suffixes is at hand; addresses compare whole.
fn party(page: &str, url: &str) -> view::Party {
    let site = |text: &str| {
        OriginParts::of(text).map(|parts| {
            let host = parts.host;
            if host.starts_with('[') || host.chars().all(|c| c.is_ascii_digit() || c == '.') {
                return host;
            }
            let labels: Vec<&str> = host.trim_end_matches('.').rsplit('.').collect();
            // `co.uk` and kin: a short second label under a two-letter suffix belongs to the suffix.
            let short = matches!(labels.as_slice(), [top, second, _, ..] if top.len() == 2 && second.len() <= 3);
            let keep = if short { 3 } else { 2 };
            labels.into_iter().take(keep).collect::<Vec<_>>().join(".")
        })
    };
    match (site(page), site(url)) {
        (Some(page), Some(target)) if page != target => view::Party::Third,
        _ => view::Party::First,
    }
}

/// When a pair began.
pub fn started(pair: &Pair) -> Option<CaptureTime> {
    pair.representative().started.or_else(|| pair.preflight().and_then(|preflight| preflight.exchange().started))
}

fn elapsed_ms(exchange: &Exchange) -> Option<f64> {
    let took = exchange.completed?.since(exchange.started?);
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of a request are far below 2^52")]
    let micros = took.as_micros() as f64;
    Some((micros / 10.0).round() / 100.0)
}

fn preflight_view(exchange: &Exchange) -> view::PreflightView {
    view::PreflightView {
        status: exchange.head().map(|response| response.status),
        place: place(exchange.place),
        response_place: exchange.response_place.map(place),
        started: exchange.started.map(timestamp),
        took_ms: exchange.head().and_then(|_| elapsed_ms(exchange)),
    }
}

fn actual_view(judged: &Judged) -> Option<view::ActualView> {
    let actual = judged.pair.actual()?;
    let status = actual.head().map(|response| response.status);
    let stopped = matches!(
        &judged.verdict,
        Verdict::Fail(
            Failure::Rule { stage: Stage::Preflight, .. }
                | Failure::Network { stage: Stage::Preflight, .. }
                | Failure::NetError { stage: Stage::Preflight, .. }
                | Failure::Browser { .. }
        )
    );
    let sent = match (status, stopped) {
        (Some(_), _) => Some(true),
        (None, true) => Some(false),
        (None, false) => None,
    };
    Some(view::ActualView {
        sent,
        status,
        place: place(actual.place),
        response_place: actual.response_place.map(place),
        error: actual.note.error.as_ref().map(ToString::to_string),
    })
}

fn hop_view(hop: &Exchange) -> Option<view::Hop> {
    let response = hop.head()?;
    Some(view::Hop {
        method: hop.request.method.to_string(),
        url: hop.request.url.to_string(),
        status: response.status,
        place: place(hop.place),
    })
}

/// The rule that an engine meets first on the same response: its own, else the judged one's.
fn rule_of(judged: &Judged, engine: Engine) -> Option<(Stage, &Rule)> {
    let own = judged.rule()?;
    Some(match judged.of_engine(engine) {
        Verdict::Fail(Failure::Rule { stage, rule }) => (*stage, rule),
        Verdict::Undecided { conditional: Some((stage, rule)), .. } => (*stage, rule),
        _ => own,
    })
}

/// Chromium's name of the rule that refused, or would.
pub fn chromium_rule(judged: &Judged) -> Option<&'static str> {
    let (stage, rule) = rule_of(judged, Engine::Chromium)?;
    rule_name(Engine::Chromium, rule, stage)
}

fn rule_view(judged: &Judged, rule: &Rule) -> view::RuleView {
    let name = |engine| {
        let (stage, rule) = rule_of(judged, engine)?;
        rule_name(engine, rule, stage).map(str::to_owned)
    };
    view::RuleView {
        chromium: name(Engine::Chromium),
        firefox: name(Engine::Firefox),
        webkit: name(Engine::WebKit),
        parameter: rule.parameter(),
        step: rule.step().to_owned(),
    }
}

fn cause_view(diagnosis: &Diagnosis) -> Option<view::Cause> {
    let cause = diagnosis.cause.as_ref()?;
    Some(view::Cause {
        id: cause.id().to_owned(),
        title: String::new(),
        text: String::new(),
        brief: String::new(),
        detail: cause.detail(),
        certainty: match diagnosis.certainty {
            Certainty::Certain => view::Certainty::Certain,
            Certainty::Likely => view::Certainty::Likely,
            Certainty::Unknown => view::Certainty::Unknown,
        },
        candidates: vec![String::new(); diagnosis.candidates.len()],
    })
}

fn doubt_view(judged: &Judged, diagnosis: &Diagnosis) -> Option<view::Doubt> {
    let Verdict::Undecided { doubt, .. } = &judged.verdict else { return None };
    Some(view::Doubt {
        id: doubt.id().to_owned(),
        title: diagnosis.doubt_title.to_owned(),
        text: String::new(),
        ask: diagnosis.ask.unwrap_or_default().to_owned(),
        command: diagnosis.ask_command.clone(),
        is_headline: diagnosis.headline_is_doubt,
    })
}

fn fix_view(fix: &crate::diagnosis::Fix) -> view::Fix {
    view::Fix {
        stack: fix.stack.to_owned(),
        who: fix.who.id().to_owned(),
        title: String::new(),
        text: fix.text.as_str().to_owned(),
        do_not: fix.do_not.map(str::to_owned),
        changes: fix
            .changes
            .iter()
            .map(|change| view::Change {
                on: if change.on == Stage::Preflight { "preflight-response" } else { "actual-response" }.to_owned(),
                status: change.status,
                set: change.set.iter().cloned().collect(),
                remove: change.remove.clone(),
            })
            .collect(),
        proven: fix.proven.iter().map(|stage| stage.id().to_owned()).collect(),
        why_not_proven: fix.why_not_proven.map(|why| why.id().to_owned()),
        proof: String::new(),
        alternative_to: fix.alternative_to,
        title_roles: Box::default(),
        proof_roles: Box::default(),
    }
}

fn called_by(pair: &Pair) -> Option<view::CalledBy> {
    let initiator = pair.representative().note.initiator.as_ref()?;
    Some(view::CalledBy {
        url: initiator.url.to_string(),
        line: initiator.line,
        function: initiator.function.as_deref().filter(|name| !name.is_empty()).map(str::to_owned),
    })
}
