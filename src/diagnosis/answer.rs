//! The answer for one judged pair: nature, cause, evidence, the dispute in lines, fixes.
//!
//! Owns the assembly. Each part is made elsewhere: `causes`, `fix`, `verify`, `doubts`, `layers`.

use super::causes;
use super::evidence::Evidence;
use super::facts::{ServerFacts, Works};
use super::scene::Scene;
use super::terms::Fix;
use super::terms::{Certainty, Line, Nature};
use super::verify::Verify;
use super::{Cause, Doubt, Judged, Verdict, dispute, doubts, fix, layers, quote, twins, two_rules};
use crate::cors::Rule;
use crate::exchange::Exchange;
use crate::paste::Curl;
use crate::secrets::headers::REQUEST_IDS;
use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use crate::stacks::StackHit;

/// Characters of one sentence or line.
const SENTENCE: usize = 1200;

/// Everything there is to say about one pair. Strings are not masked; secret header values are not
/// in them, because they are nowhere in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What kind of fault.
    pub nature: Nature,
    /// The root cause; `None` for a pass and for a doubt without a conditional rule.
    pub cause: Option<Cause>,
    /// How sure.
    pub certainty: Certainty,
    /// The cause in one sentence, quoting the bytes it rests on.
    pub text: Prose,
    /// The deciding bytes in a few words, for lists.
    pub brief: Prose,
    /// Explanations that remain, likeliest first.
    pub candidates: Vec<Prose>,
    /// What the label rests on.
    pub evidence: Vec<Evidence>,
    /// One sentence: what happened.
    pub headline: Prose,
    /// The dispute.
    pub lines: Vec<Line>,
    /// What would fail next, with words.
    pub also: Vec<(Rule, Prose)>,
    /// Server software, outermost first.
    pub stack: Vec<StackHit>,
    /// What to change.
    pub fixes: Vec<Fix>,
    /// A command that checks it.
    pub verify: Option<Verify>,
    /// The nearest passing exchange.
    pub works: Option<Works>,
    /// Where to look in the server's log.
    pub log: Option<Prose>,
    /// Request ids of the response, by lower-case header name.
    pub request_ids: Vec<(String, String)>,
    /// Undecided: title for lists.
    pub doubt_title: &'static str,
    /// Undecided: what is missing.
    pub doubt_text: Option<Prose>,
    /// Whether that is the headline.
    pub headline_is_doubt: bool,
    /// Undecided: what to ask the customer for, ready to paste.
    pub ask: Option<&'static str>,
    /// Undecided: a command whose output is as good as what is asked for.
    pub ask_command: Option<Curl>,
}

/// What kind of fault it is, without the rest of the answer.
pub fn nature(judged: &Judged, facts: &ServerFacts) -> Nature {
    if judged.verdict == Verdict::Pass {
        return Nature::Cors;
    }
    causes::find(&Scene::new(judged, facts)).map_or(Nature::Cors, |found| found.cause.nature())
}

/// Diagnoses one judged pair with what is known of its server.
pub fn diagnose(judged: &Judged, facts: &ServerFacts) -> Diagnosis {
    let scene = Scene::new(judged, facts);
    let (request_ids, log) = (request_ids(&scene), log(&scene));
    if judged.verdict == Verdict::Pass {
        return Diagnosis { request_ids, stack: layers::of_pair(&scene), ..empty(Nature::Cors) };
    }
    let doubt = doubts::words(&scene);
    let found = causes::find(&scene).map(|found| twins::weigh(&scene, two_rules::weigh(judged, found)));
    let own = layers::of_pair(&scene);
    let mut diagnosis = Diagnosis {
        also: dispute::also(&scene),
        lines: dispute::lines(&scene, found.as_ref().map(|found| &found.cause)),
        log,
        request_ids,
        ..empty(Nature::Cors)
    };
    if let Some(found) = found {
        diagnosis.nature = found.cause.nature();
        if let Some(hop) = found.cause.told().logged(&judged.pair) {
            let origin = judged.pair.page.as_ref().unwrap_or(&judged.pair.origin);
            diagnosis.log = log_line(hop, origin.as_str(), &[]);
        }
        diagnosis.headline = twins::headline(&scene).unwrap_or_else(|| two_rules::headline(&scene, &found));
        diagnosis.fixes = fix::fixes(&scene, found.cause.wants(&scene), &own);
        diagnosis.verify = found.cause.verify(&scene, &diagnosis.fixes);
        diagnosis.certainty = found.certainty;
        diagnosis.text = found.text;
        diagnosis.brief = found.brief;
        diagnosis.candidates = found.candidates;
        diagnosis.evidence = found.evidence;
        diagnosis.cause = Some(found.cause);
    }
    if let Some(doubt) = doubt {
        if let (Verdict::Undecided { doubt: open, conditional: Some(_) }, false) =
            (&judged.verdict, diagnosis.headline.is_empty())
        {
            diagnosis.headline = conditional_headline(*open, &diagnosis.headline);
            // The bytes are certain, what the browser made of them is not.
            diagnosis.certainty = Certainty::Likely;
            let unfollowed = *open == Doubt::CredentialsUnknown && judged.pair.actual().is_none();
            if *open == Doubt::BehindProxy || unfollowed {
                // What stands in front may add the very line, or the recording ended before the request: a change
                // here could break what works.
                diagnosis.fixes.clear();
            }
        } else if diagnosis.headline.is_empty() {
            doubt.text.clone_into(&mut diagnosis.headline);
            diagnosis.headline_is_doubt = true;
        }
        diagnosis.doubt_title = doubt.title;
        diagnosis.doubt_text = Some(doubt.text);
        diagnosis.ask = Some(doubt.ask);
        diagnosis.ask_command = doubt.command;
    }
    shorten(&mut diagnosis);
    // Where no rule was at fault, a request that works says nothing about this one.
    diagnosis.works = if diagnosis.nature == Nature::Cors { facts.works(&judged.pair) } else { None };
    diagnosis.stack = if own.is_empty() { layers::of_server(&scene) } else { own };
    diagnosis
}

/// The headline of a finding that failed only if the doubt falls that way.
fn conditional_headline(doubt: Doubt, headline: &Prose) -> Prose {
    match doubt {
        Doubt::CredentialsUnknown => "Not decided: this fails if the page asks with credentials.".into(),
        Doubt::BehindProxy => "Not decided: this is a hop behind a proxy, and what stands in front of it may send the \
                               browser other headers."
            .into(),
        Doubt::MaybeForm => {
            prose!(
                "Not decided: a plain form or a beacon is not subject to CORS. If a script waits for the answer: \
                 {}",
                headline
            )
        }
        _ => prose!("Not decided. If it failed: {}", headline),
    }
}

/// Sentences quote values, and values are as long as a head may be: each sentence is bounded here.
fn shorten(diagnosis: &mut Diagnosis) {
    let bound = |text: &mut Prose| *text = std::mem::take(text).shortened(SENTENCE);
    bound(&mut diagnosis.text);
    bound(&mut diagnosis.headline);
    diagnosis.lines.iter_mut().for_each(|line| bound(&mut line.text));
    diagnosis.also.iter_mut().for_each(|(_, words)| bound(words));
    diagnosis.evidence.iter_mut().for_each(|evidence| bound(&mut evidence.what));
}

fn empty(nature: Nature) -> Diagnosis {
    Diagnosis {
        nature,
        cause: None,
        certainty: Certainty::Unknown,
        text: Prose::new(),
        brief: Prose::new(),
        candidates: Vec::new(),
        evidence: Vec::new(),
        headline: Prose::new(),
        lines: Vec::new(),
        also: Vec::new(),
        stack: Vec::new(),
        fixes: Vec::new(),
        verify: None,
        works: None,
        log: None,
        request_ids: Vec::new(),
        doubt_title: "",
        doubt_text: None,
        headline_is_doubt: false,
        ask: None,
        ask_command: None,
    }
}

fn request_ids(scene: &Scene<'_>) -> Vec<(String, String)> {
    // Of the answer that arrived, also where the browser judged a stored one.
    let response = scene.exchange.head().map(|response| &response.headers);
    let request = &scene.exchange.request.headers;
    REQUEST_IDS
        .iter()
        .filter_map(|name| {
            let value = response
                .and_then(|headers| headers.get_str(name))
                .or_else(|| request.get_str(name).filter(|_| matches!(*name, "traceparent" | "x-request-id")))?;
            Some(((*name).to_owned(), quote::shorten(&value, 120)))
        })
        .collect()
}

/// `POST /v7/a, 2026-11-24 02:24:20.117 UTC, Origin https://app.shop.test, server 127.0.10.2, x-request-id 7f2c1a9e`.
fn log(scene: &Scene<'_>) -> Option<Prose> {
    log_line(scene.exchange, scene.pair.origin.as_str(), &request_ids(scene))
}

fn log_line(exchange: &Exchange, origin: &str, ids: &[(String, String)]) -> Option<Prose> {
    let started = exchange.started?;
    let url = url::Url::parse(&exchange.request.url).ok()?;
    let mut line = prose!(
        "{} {}, {}",
        Captured::text(&*exchange.request.method),
        Captured::address(url.path()),
        quote::date_and_time(started)
    );
    line.push(prose!(", Origin {}", Captured::address(origin)));
    if let Some(server) = exchange.server.as_deref().filter(|server| !server.is_empty()) {
        line.push(prose!(", server {}", Captured::text(server)));
    }
    if let Some((name, value)) = ids.first() {
        line.push(prose!(", {} {}", Captured::text(&**name), Captured::text(&**value)));
    }
    Some(line)
}
