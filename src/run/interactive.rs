//! The analysis behind the terminal UI: one thread reads and judges, the other shows.
//!
//! Owns the channel between them. What is shown is `tui`'s business.

use super::message::Message;
use super::ordered::Ordered;
use super::select;
use super::{Event, Outcome, Request};
use crate::cli::At;
use crate::report::{Options, view};
use crate::tui::{self, Update};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Updates that may wait for the screen.
const WAITING: usize = 64;
/// Findings sent at once, so that a flood of them costs few wake-ups.
const BATCH: usize = 256;
/// Findings never wait longer than this for the rest of their batch.
const HELD: Duration = Duration::from_millis(50);

const PANICKED: &str = "the analysis ended unexpectedly; please report this";

/// How long it may take until it is known that no input can be read, before a screen opens.
const PATIENCE: Duration = Duration::from_millis(250);

/// Shows the analysis until the user quits; returns what was found until then. Opens no screen when
/// none of the inputs can be read: there is nothing to look at.
pub(super) fn show(
    request: &Request,
    options: &Options,
    message: Option<Message>,
    at: Option<At>,
    stop: &Arc<AtomicBool>,
) -> anyhow::Result<Outcome> {
    let (sender, updates) = sync_channel(WAITING);
    let (readable, known) = sync_channel(2);
    let (request, reading) = (request.clone(), Arc::clone(stop));
    let worker = thread::Builder::new().name("analysis".to_owned()).spawn(move || {
        let mut forward = Forward::new(sender, readable, &request);
        let (mut settled, errors) = super::settle(&request, &reading, &mut |event| forward.event(event));
        let unreadable = settled.frame.inputs.iter().all(|input| input.error.is_some());
        forward.tell(!unreadable);
        forward.notices.extend(select::choose(&mut settled, message.as_ref(), at));
        forward.flush();
        let findings = Ordered::listed(settled, request.all);
        let mut frame = findings.frame().clone();
        for notice in std::mem::take(&mut forward.notices) {
            let remark = view::Remark {
                fault: None,
                words: None,
                id: "notice".to_owned(),
                count: 1,
                text: notice,
                places: Vec::new(),
            };
            frame.remarks.push(remark);
        }
        forward.send(Update::Done { frame: Box::new(frame.clone()), findings: Box::new(findings) });
        Outcome { report: frame, errors }
    })?;
    if known.recv_timeout(PATIENCE) == Ok(false) {
        // Dropped, so that the worker waits for no screen.
        drop(updates);
        return worker.join().map_err(|_| anyhow::anyhow!(PANICKED));
    }
    let look = tui::Options {
        ascii: options.style.ascii,
        color: options.style.color,
        filter: (!options.filter.is_empty()).then(|| options.filter.as_str().to_owned()),
        all: options.all,
        tool: view::Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
    };
    let shown = tui::run(updates, Arc::clone(stop), look);
    // Quitting ends the reading, too.
    stop.store(true, Ordering::Relaxed);
    let outcome = worker.join().map_err(|_| anyhow::anyhow!(PANICKED))?;
    shown?;
    Ok(outcome)
}

/// Turns events of the analysis into updates of the screen.
struct Forward {
    sender: SyncSender<Update>,
    /// Where to tell, once, whether an input can be read.
    readable: Option<SyncSender<bool>>,
    names: Vec<String>,
    findings: Vec<view::Finding>,
    last: Instant,
    exchanges: BTreeMap<u32, u64>,
    notices: Vec<String>,
}

impl Forward {
    fn new(sender: SyncSender<Update>, readable: SyncSender<bool>, request: &Request) -> Self {
        let names = request.sources.iter().map(|source| source.path.clone()).collect();
        let (findings, notices) = (Vec::new(), Vec::new());
        let readable = Some(readable);
        Self { sender, readable, names, findings, last: Instant::now(), exchanges: BTreeMap::new(), notices }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Finding(finding) => {
                self.findings.push(*finding);
                if self.findings.len() >= BATCH || self.last.elapsed() >= HELD {
                    self.flush();
                }
            }
            Event::Read { input, exchanges } => {
                self.tell(true);
                *self.exchanges.entry(input).or_default() += exchanges;
            }
            Event::Progress(progress) => {
                self.flush();
                self.send(Update::Progress {
                    input: progress.input,
                    name: self.names.get(progress.input as usize).cloned().unwrap_or_default(),
                    read: progress.read,
                    size: progress.size,
                    exchanges: self.exchanges.values().sum(),
                });
            }
            Event::Notice(notice) => self.notices.push(notice),
        }
    }

    fn tell(&mut self, readable: bool) {
        if let Some(teller) = self.readable.take() {
            let _ = teller.send(readable);
        }
    }

    fn flush(&mut self) {
        self.last = Instant::now();
        if !self.findings.is_empty() {
            let findings = std::mem::take(&mut self.findings);
            self.send(Update::Findings(findings));
        }
    }

    /// Nobody listens any more once the user has quit; the analysis then ends by its stop flag.
    fn send(&self, update: Update) {
        let _ = self.sender.send(update);
    }
}
