//! The pipeline, wired once: read → pair → judge → diagnose → picture.
//!
//! Owns the order of things, the stop flag and what is kept in memory: failing and undecided pairs
//! stay, passes are counted. Prints nothing.

mod alike;
pub mod drive;
mod explain;
mod interactive;
mod keep;
mod keys;
mod message;
mod ordered;
mod passes;
mod select;
mod settled;

use crate::capture::{self, EmptyHar, InputSummary, Limits, Progress, ReadError, Remark, Sink, Source};
use crate::cors::Engine;
use crate::exchange::Exchange;
use crate::report::view;
use keep::Kept;
pub use message::Message;
use settled::Settled;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// What to analyse and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The inputs, in the order given.
    pub sources: Vec<Source>,
    /// Files with TLS keys.
    pub keylogs: Vec<std::path::PathBuf>,
    /// Bounds.
    pub limits: Limits,
    /// The engine to judge by; `None` takes it from User-Agent.
    pub engine: Option<Engine>,
    /// Keep passes, too.
    pub all: bool,
    /// What the customer's console said: evidence of the credentials mode, and of which request is meant.
    pub message: Option<Message>,
    /// Tell of each finding when it is settled ([`Event::Finding`]), and not only in the report at the
    /// end. It is then diagnosed twice: causes may rest on what the rest of the capture shows.
    pub live: bool,
}

/// What happens while an analysis runs.
#[derive(Debug)]
pub enum Event {
    /// Reading goes on.
    Progress(Progress),
    /// Exchanges were read.
    Read {
        /// Index of the input.
        input: u32,
        /// How many.
        exchanges: u64,
    },
    /// A finding was settled; its cause may be refined at the end. Sent when [`Request::live`] is set.
    Finding(Box<view::Finding>),
    /// Something to tell the user at once, on standard error.
    Notice(String),
}

/// The end of an analysis.
#[derive(Debug)]
pub struct Outcome {
    /// The picture, masked.
    pub report: view::Report,
    /// Inputs that could not be read, one line each.
    pub errors: Vec<String>,
}

/// Runs an analysis to its end, or until `stop` is set: what was found until then is kept. Makes every finding, for
/// those who want all of them at once.
pub fn analyse(request: &Request, stop: &AtomicBool, listener: &mut dyn FnMut(Event)) -> Outcome {
    let (settled, errors) = settle(request, stop, listener);
    Outcome { report: settled.whole(request.all), errors }
}

/// The same, with the findings still to be made; beside it the inputs that could not be read, one line each.
fn settle(request: &Request, stop: &AtomicBool, listener: &mut dyn FnMut(Event)) -> (Settled, Vec<String>) {
    let mut kept = Kept::new(request);
    let mut errors = Vec::new();
    let mut summaries: Vec<InputSummary> = Vec::new();
    let mut remarks: Vec<Remark> = Vec::new();
    let mut packets: Vec<(Source, capture::Opened)> = Vec::new();
    let mut packet_inputs: Vec<u32> = Vec::new();
    for source in &request.sources {
        summaries.push(InputSummary { path: source.path.clone(), ..InputSummary::default() });
        if stop.load(Ordering::Relaxed) {
            continue;
        }
        let opened = match capture::open(source, &request.limits) {
            Ok(opened) => opened,
            Err(error) => {
                fail(&mut errors, &mut kept, source, &error);
                continue;
            }
        };
        if opened.kind != capture::InputKind::Har {
            packet_inputs.push(source.index);
            packets.push((source.clone(), opened));
            continue;
        }
        let mut feed = Feed { kept: &mut kept, remarks: &mut remarks, listener, stop };
        match capture::har::read(opened, source, &request.limits, &mut feed) {
            Ok(summary) if summary.exchanges == 0 => {
                let path = source.path.clone();
                let error = match summary.empty {
                    Some(EmptyHar::CutOff) => ReadError::CutOff { path },
                    Some(EmptyHar::Unreadable(count)) => ReadError::NoneReadable { path, count },
                    Some(EmptyHar::NoEntries) | None => ReadError::NoEntries { path },
                };
                set(&mut summaries, source, summary);
                fail(&mut errors, &mut kept, source, &error);
            }
            Ok(summary) => set(&mut summaries, source, summary),
            Err(error) => fail(&mut errors, &mut kept, source, &error),
        }
        kept.end_of_input(listener);
    }
    if !packets.is_empty() {
        let keys = keys::collect(&request.keylogs, &packets, &request.limits, &mut errors, listener);
        let mut feed = Feed { kept: &mut kept, remarks: &mut remarks, listener, stop };
        for (input, summary) in
            packet_inputs.into_iter().zip(capture::pcap::read(packets, keys, &request.limits, &mut feed))
        {
            if let Some(slot) = summaries.get_mut(input as usize) {
                *slot = summary;
            }
        }
        kept.end_of_input(listener);
    } else if !request.keylogs.is_empty() {
        listener(Event::Notice("--keylog is for packet captures, and no input is one".to_owned()));
    }
    (kept.settled(&summaries, &remarks), errors)
}

fn set(summaries: &mut [InputSummary], source: &Source, summary: InputSummary) {
    if let Some(slot) = summaries.get_mut(source.index as usize) {
        *slot = summary;
    }
}

fn fail(errors: &mut Vec<String>, kept: &mut Kept, source: &Source, error: &ReadError) {
    let said = error.to_string();
    errors.push(match said.strip_prefix("-: ").filter(|_| source.path == "-") {
        Some(rest) if rest.starts_with("is ") => format!("standard input {rest}"),
        Some(rest) => format!("standard input: {rest}"),
        None => said,
    });
    kept.failed(source.index, error.to_string());
}

/// Takes what a reader finds.
struct Feed<'a> {
    kept: &'a mut Kept,
    remarks: &'a mut Vec<Remark>,
    listener: &'a mut dyn FnMut(Event),
    stop: &'a AtomicBool,
}

impl Sink for Feed<'_> {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        if let Some(first) = batch.first() {
            let exchanges = u64::try_from(batch.len()).unwrap_or(u64::MAX);
            (self.listener)(Event::Read { input: first.place.input(), exchanges });
        }
        self.kept.add(batch, self.listener);
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn remark(&mut self, remark: Remark) {
        self.remarks.push(remark);
    }

    fn progress(&mut self, progress: Progress) {
        (self.listener)(Event::Progress(progress));
    }
}
