//! HTTP Archives to exchanges: tolerant, streaming, parallel.
//!
//! Owns the flow: a splitter cuts entries out of the stream, batches of them are parsed in parallel
//! while the next batch is read, results keep the order of the file. Memory is two batches and one
//! window, whatever the size of the file. What a HAR is worth as evidence stands in [`dialects`].

pub mod dialects;
mod entry;
mod failure;
mod keys;
mod lax;
mod model;
pub mod redact;
mod remarks;
mod repair;
mod request;
mod split;
mod strings;
mod text;
mod time;

use super::input::{self, Opened, ReadError, Source};
use super::{InputKind, InputSummary, Limits, Progress, Sink};
use entry::{Context, Parsed, Unreadable};
use rayon::prelude::*;
use remarks::Health;
use split::{Batch, Kind, Piece, Splitter};
use std::io::{self, Read};

/// Bytes read at a time: small enough to stay in the cache between reading and splitting.
const WINDOW: usize = 256 << 10;
/// Entries parsed by one task, so that small entries do not drown in scheduling.
const GRAIN: usize = 16;

/// Reads one HAR from front to back and hands over its exchanges in the order of its entries.
///
/// Damage costs what it touches: everything else is read, and remarks say what was lost and where.
/// A HAR without entries is no error here; a file in which nothing looks like a HAR is.
pub fn read(opened: Opened, source: &Source, limits: &Limits, sink: &mut impl Sink) -> Result<InputSummary, ReadError> {
    let (size, consumed) = (opened.size, opened.consumed);
    let progress = || {
        let read = consumed.load(std::sync::atomic::Ordering::Relaxed);
        Progress { input: source.index, read, size }
    };
    let mut feed = Feed::new(opened.reader, limits);
    let mut context = Context { input: source.index, ..Context::default() };
    let mut health = Health::new(source.index);
    let mut exchanges = 0_u64;
    let (mut ready, mut spare) = (Batch::default(), Batch::default());
    feed.fill(&mut ready);
    loop {
        let last = feed.ended();
        let (parsed, ()) = rayon::join(
            || parse(&ready, &mut context, limits),
            || {
                spare.clear();
                if !last {
                    feed.fill(&mut spare);
                }
            },
        );
        health.damage(&ready.damage);
        let mut batch = Vec::with_capacity(parsed.len());
        for (piece, result) in parsed {
            match result {
                Ok(parsed) => {
                    health.entry(&parsed);
                    batch.push(parsed.exchange);
                }
                Err(reason) => health.unreadable(reason, piece.index, piece.offset),
            }
        }
        exchanges += batch.len() as u64;
        let stop = !batch.is_empty() && sink.exchanges(batch).is_break();
        sink.progress(progress());
        if last || stop {
            break;
        }
        std::mem::swap(&mut ready, &mut spare);
    }
    if exchanges == 0 && feed.is_netlog() {
        return Err(ReadError::NotHar { path: source.path.clone(), what: NETLOG });
    }
    if !feed.splitter.looks_like_har() && feed.trouble.is_none() {
        return Err(ReadError::NotHar { path: source.path.clone(), what: feed.what_instead() });
    }
    health.end_of_file(&feed, exchanges);
    health.pages_left_out(context.pages_left_out);
    let recorder = health.recorder(&context);
    let label = dialects::label(recorder, context.version.as_deref(), health.user_agent());
    let empty = (exchanges == 0).then(|| health.empty());
    for remark in health.remarks(recorder) {
        sink.remark(remark);
    }
    Ok(InputSummary {
        path: source.path.clone(),
        kind: Some(InputKind::Har),
        dialect: Some(recorder.id),
        recorder: Some(label),
        exchanges,
        empty,
        ..InputSummary::default()
    })
}

const NETLOG: &str = "is a Chrome NetLog (chrome://net-export), which is not read; it is a sound recording, and a HAR or a \
                      packet capture of the same moment can be read";

/// The reader with its window and the splitter behind it.
struct Feed {
    reader: Box<dyn Read + Send>,
    window: Box<[u8]>,
    filled: usize,
    at: usize,
    full: usize,
    splitter: Splitter,
    end: bool,
    trouble: Option<io::Error>,
    /// First bytes of the file, to say what it is when it is no HAR.
    head: Vec<u8>,
}

impl Feed {
    fn new(reader: Box<dyn Read + Send>, limits: &Limits) -> Self {
        Self {
            reader,
            window: vec![0; WINDOW].into(),
            filled: 0,
            at: 0,
            full: (limits.batch_bytes / 4).max(1),
            splitter: Splitter::new(limits),
            end: false,
            trouble: None,
            head: Vec::new(),
        }
    }

    fn ended(&self) -> bool {
        self.end
    }

    /// Reads and splits until the batch is full or the input ends. Bodies are left out, so a batch
    /// may stand for much more of the file than it holds: it also ends after 64 windows.
    fn fill(&mut self, batch: &mut Batch) {
        let mut windows = 0;
        loop {
            if self.at >= self.filled {
                windows += 1;
                if windows > 64 && self.splitter.between_pieces() && !batch.pieces.is_empty() {
                    return;
                }
                match self.reader.read(&mut self.window) {
                    Ok(0) => self.end = true,
                    Ok(read) => (self.at, self.filled) = (0, read.min(self.window.len())),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => {
                        self.trouble = Some(error);
                        self.end = true;
                    }
                }
                if self.end {
                    return;
                }
                if self.head.is_empty() {
                    self.head.extend_from_slice(self.window.get(..self.filled.min(64)).unwrap_or_default());
                }
            }
            let chunk = self.window.get(self.at..self.filled).unwrap_or_default();
            self.at += self.splitter.feed(chunk, batch, self.full);
            if batch.arena.len() >= self.full && self.splitter.between_pieces() {
                return;
            }
        }
    }

    /// Whether the file begins as a recording of chrome://net-export does, with its table of constants.
    fn is_netlog(&self) -> bool {
        let head = self.head.trim_ascii_start().strip_prefix(b"{").unwrap_or_default();
        head.trim_ascii_start().starts_with(b"\"constants\"")
    }

    fn what_instead(&self) -> &'static str {
        match self.head.trim_ascii_start().first() {
            Some(b'{' | b'[') => "is JSON, but no HAR: there is no log and no entries in it",
            _ => "is text, but no HAR",
        }
    }
}

/// Parses a batch: what stands around the entries in order, the entries in parallel.
fn parse<'b>(batch: &'b Batch, context: &mut Context, limits: &Limits) -> Vec<(&'b Piece, Result<Parsed, Unreadable>)> {
    let mut results = Vec::with_capacity(batch.pieces.len());
    for run in batch.pieces.chunk_by(|a, b| (a.kind == Kind::Entry) == (b.kind == Kind::Entry)) {
        if run.first().is_some_and(|piece| piece.kind == Kind::Entry) {
            let context = &*context;
            let read = |piece: &'b Piece| (piece, entry::read(batch.bytes(piece), piece.index, context, limits));
            results.par_extend(run.par_iter().with_min_len(GRAIN).map(read));
        } else {
            for piece in run {
                around(piece.kind, batch.bytes(piece), context, limits);
            }
        }
    }
    results
}

/// Creator, browser and pages. What does not parse is not missed.
fn around(kind: Kind, json: &[u8], context: &mut Context, limits: &Limits) {
    match kind {
        Kind::Entry => {}
        Kind::Page => {
            let Ok(page) = serde_json::from_slice::<model::Page<'_>>(json) else { return };
            let (Some(id), Some(title)) = (page.id.get(), page.title.get()) else { return };
            let is_url = title.starts_with("http://") || title.starts_with("https://");
            if !is_url || title.contains(' ') {
                return;
            }
            context.name_page(title);
            if context.pages.len() < limits.har_pages {
                context.pages.insert(id.to_owned(), title.into());
            } else {
                context.pages_left_out += 1;
            }
        }
        Kind::Creator | Kind::Browser => {
            let Ok(tool) = serde_json::from_slice::<model::Tool<'_>>(json) else { return };
            let known = tool.name.get().and_then(dialects::by_name);
            // `browser` names the browser that Playwright and the like drove: the creator decides.
            if kind == Kind::Creator || context.recorder.is_none() {
                if known.is_some() {
                    context.recorder = known;
                }
                context.version = tool.version.get().map(str::to_owned).or(context.version.take());
            }
        }
    }
}

/// Opens and reads a HAR that is at hand as bytes: tests, benches and examples.
pub fn read_bytes(bytes: Vec<u8>, limits: &Limits, sink: &mut impl Sink) -> Result<InputSummary, ReadError> {
    let source = Source { index: 0, path: "-".to_owned() };
    let opened = input::open_reader(&source.path, io::Cursor::new(bytes), limits)?;
    read(opened, &source, limits, sink)
}
