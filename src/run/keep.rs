//! What an analysis keeps while it runs: waiting exchanges, facts about servers, failing and
//! undecided pairs, and counts of everything else.

use super::alike::{Alike, Place};
use super::message::{self, Message};
use super::passes::Passes;
use super::settled::Settled;
use super::{Event, Request};
use crate::capture::har::dialects;
use crate::capture::{ConnectionFault, InputSummary, Limits, Remark};
use crate::cors::Engine;
use crate::diagnosis::{Judged, RemarkCollector, ServerFacts, Verdict, diagnose, judge};
use crate::exchange::{CaptureTime, Exchange, Listing};
use crate::pairing::{Bounds, Counts, Mode, Pair, PairKind, Pairer};
use crate::report::build;
use crate::report::mask::Masker;
use crate::report::view;
use std::collections::BTreeMap;

/// Distinct page origins counted per input.
const PAGES: usize = 256;

pub(super) struct Kept {
    limits: Limits,
    engine: Option<Engine>,
    message: Option<Message>,
    all: bool,
    live: bool,
    pairer: Pairer,
    counts: Counts,
    facts: ServerFacts,
    collector: RemarkCollector,
    /// Failing and undecided pairs, each with its number: their order of settling, those counted too.
    judged: Vec<(u32, Judged)>,
    /// How many numbers were given.
    numbered: u32,
    /// Pairs that passed, where they are kept; their numbers follow those of all others.
    passed: Vec<Judged>,
    alike: Alike,
    overflow: u64,
    summary: view::Summary,
    passes: Passes,
    spans: Vec<Span>,
    errors: BTreeMap<u32, String>,
    masker: Masker,
}

/// First and last time of an input, and its pages.
#[derive(Debug, Clone, Default)]
struct Span {
    from: Option<CaptureTime>,
    to: Option<CaptureTime>,
    pages: BTreeMap<String, u64>,
}

impl Kept {
    pub(super) fn new(request: &Request) -> Self {
        Self {
            limits: request.limits.clone(),
            engine: request.engine,
            message: request.message.clone(),
            all: request.all,
            live: request.live,
            pairer: Pairer::new(bounds(&request.limits)),
            counts: Counts::default(),
            facts: ServerFacts::new(request.limits.server_facts)
                .with_files(request.sources.iter().map(|source| source.path.as_str().into())),
            collector: RemarkCollector::new(),
            judged: Vec::new(),
            numbered: 0,
            passed: Vec::new(),
            alike: Alike::new(&request.limits),
            overflow: 0,
            summary: view::Summary::default(),
            passes: Passes::default(),
            spans: vec![Span::default(); request.sources.len()],
            errors: BTreeMap::new(),
            masker: Masker::new().with_files(request.sources.iter().map(|source| source.path.as_str())),
        }
    }

    pub(super) fn add(&mut self, batch: Vec<Exchange>, listener: &mut dyn FnMut(Event)) {
        for exchange in batch {
            if let Some(span) = self.spans.get_mut(exchange.place.input() as usize) {
                let (started, completed) = (exchange.started, exchange.completed.or(exchange.started));
                span.from = [span.from, started].into_iter().flatten().min();
                span.to = [span.to, completed].into_iter().flatten().max();
            }
            self.pairer.add(exchange);
        }
        self.settle(listener);
    }

    /// Inputs are paired on their own: what waits is settled now.
    pub(super) fn end_of_input(&mut self, listener: &mut dyn FnMut(Event)) {
        self.pairer.finish();
        self.settle(listener);
        let counts = std::mem::replace(&mut self.pairer, Pairer::new(bounds(&self.limits))).counts().clone();
        self.counts.exchanges += counts.exchanges;
        self.counts.preflights += counts.preflights;
        self.counts.settled_early += counts.settled_early;
        for (reason, count) in counts.not_judged {
            *self.counts.not_judged.entry(reason).or_default() += count;
        }
    }

    pub(super) fn failed(&mut self, input: u32, error: String) {
        self.errors.insert(input, error);
    }

    fn settle(&mut self, listener: &mut dyn FnMut(Event)) {
        for exchange in self.pairer.outside() {
            self.collector.observe_outside(&exchange);
        }
        for pair in self.pairer.settled() {
            self.count_page(&pair);
            let judged = message::settle(judge(pair, self.engine), self.message.as_ref(), self.engine);
            self.facts.observe(&judged);
            self.collector.observe(&judged);
            if judged.was_cancelled_at_once() {
                *self.counts.not_judged.entry("cancelled-at-once").or_default() += 1;
                continue;
            }
            let passed = matches!(judged.verdict, Verdict::Pass);
            if passed {
                self.passes.observe(&judged);
            }
            if passed && !self.all {
                self.summary.cors_requests += 1;
                self.summary.passed += 1;
                let status =
                    judged.pair.actual().and_then(|actual| actual.head()).map_or(0, |response| response.status);
                self.summary.http_errors_readable += u64::from(status >= 400);
                self.summary.preflights_reused += u64::from(matches!(judged.pair.kind, PairKind::Cached { .. }));
                self.summary.with_credentials += u64::from(judged.pair.credentials.mode == Mode::Include);
                continue;
            }
            if !passed {
                self.numbered = self.numbered.saturating_add(1);
            }
            if self.judged.len() + self.passed.len() >= self.limits.findings {
                self.overflow += 1;
                continue;
            }
            let mut judged = judged;
            if passed {
                judged.shrink();
                self.passed.push(judged);
                continue;
            }
            let number = self.numbered;
            if !self.all && self.alike.take(&judged, number) == Place::Counted {
                continue;
            }
            if self.live {
                let diagnosis = diagnose(&judged, &self.facts);
                let finding = build::shown(number, &judged, &diagnosis, &mut self.masker);
                listener(Event::Finding(Box::new(finding)));
            }
            judged.shrink();
            self.judged.push((number, judged));
        }
    }

    fn count_page(&mut self, pair: &Pair) {
        let page = pair.page.as_ref().unwrap_or(&pair.origin).as_str();
        let input = pair.representative().place.input() as usize;
        let Some(span) = self.spans.get_mut(input) else { return };
        if let Some(count) = span.pages.get_mut(page) {
            *count += 1;
        } else if span.pages.len() < PAGES {
            span.pages.insert(page.to_owned(), 1);
        }
    }

    /// The end of reading: what is known, with the findings still to be made.
    pub(super) fn settled(mut self, inputs: &[InputSummary], remarks: &[Remark]) -> Settled {
        self.summary.passes = std::mem::take(&mut self.passes).finish();
        self.summary.exchanges = self.counts.exchanges;
        self.summary.preflights = self.counts.preflights;
        self.summary.not_judged = self
            .counts
            .not_judged
            .iter()
            .map(|(id, count)| view::Count { id: (*id).to_owned(), count: *count })
            .collect();
        let mut all: Vec<view::Remark> = remarks.iter().map(|remark| reader_remark(remark, inputs)).collect();
        all.extend(std::mem::take(&mut self.collector).finish(self.counts.exchanges).into_iter().map(|remark| {
            view::Remark {
                fault: None,
                id: remark.id.to_owned(),
                count: remark.count,
                text: String::new(),
                words: Some(remark.text),
                places: remark.places.into_iter().map(build::place).collect(),
            }
        }));
        let limits = [
            (self.overflow, "findings beyond the limit were counted and left out"),
            (
                u64::from(self.facts.is_full()),
                "table of servers was full: causes that need other exchanges of further servers may be missing",
            ),
            (self.counts.settled_early, "requests were settled early, because too many were waiting for their partner"),
        ];
        for (count, what) in limits.into_iter().filter(|(count, _)| *count > 0) {
            let text = format!("{count} {what}");
            all.push(view::Remark {
                fault: None,
                words: None,
                id: "limit-reached".to_owned(),
                count,
                text,
                places: Vec::new(),
            });
        }
        let frame = view::Report {
            schema_version: view::SCHEMA_VERSION,
            tool: view::Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            inputs: inputs.iter().zip(0..).map(|(input, index)| self.input(input, index)).collect(),
            summary: self.summary,
            findings: Vec::new(),
            remarks: all,
        };
        let (mut numbers, mut judged): (Vec<u32>, Vec<Judged>) = self.judged.into_iter().unzip();
        numbers.extend((self.numbered.saturating_add(1)..).take(self.passed.len()));
        judged.append(&mut self.passed);
        Settled::new(frame, numbers, judged, self.facts, self.alike.counted())
    }

    fn input(&self, input: &InputSummary, index: u32) -> view::Input {
        let span = self.spans.get(index as usize).cloned().unwrap_or_default();
        let page = span.pages.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|(page, _)| page);
        view::Input {
            path: input.path.clone(),
            kind: input.kind.map(|kind| kind.id().to_owned()),
            dialect: input.dialect.map(str::to_owned),
            recorder: input.recorder.clone(),
            exchanges: input.exchanges,
            packets: input.packets,
            error: self.errors.get(&index).cloned(),
            from: span.from.map(build::timestamp),
            to: span.to.map(build::timestamp),
            page: page.map(|page| Masker::new().url(&page)),
            hides: hides(input.dialect),
        }
    }
}

/// What an exporter's file leaves out by nature.
fn hides(dialect: Option<&str>) -> Vec<String> {
    let recorder = dialects::TABLE.iter().find(|recorder| Some(recorder.id) == dialect);
    let Some(recorder) = recorder else { return Vec::new() };
    let hidden = [("preflights", recorder.preflights), ("failures", recorder.failures)];
    hidden.into_iter().filter(|(_, listing)| *listing == Listing::Never).map(|(what, _)| what.to_owned()).collect()
}

fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        horizon_seconds: limits.horizon_seconds,
        waiting: limits.waiting,
        waiting_bytes: limits.waiting_bytes,
        remembered: limits.server_facts,
    }
}

fn reader_remark(remark: &Remark, inputs: &[InputSummary]) -> view::Remark {
    // Places name their file; a remark on a file as a whole has none.
    let named = if inputs.len() > 1 && remark.places.is_empty() { inputs.get(remark.input as usize) } else { None };
    view::Remark {
        id: remark.id.to_owned(),
        count: remark.count,
        text: named.map_or_else(|| remark.text.clone(), |input| format!("{}: {}", input.path, remark.text)),
        words: None,
        places: remark.places.iter().copied().map(build::place).collect(),
        fault: remark.fault.map(|fault| match fault {
            ConnectionFault::ServerCertificate => view::RemarkFault::ServerCertificate,
        }),
    }
}
