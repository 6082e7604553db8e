//! One capture file being read: its bytes into the window of a batch, record by record.
//!
//! Owns the remainder between two windows, frame numbers, and damage of the file as a whole.

use super::batch::Batch;
use super::counts::plural;
use super::framing::{Framing, Packet, Step};
use super::live::Live;
use crate::capture::input::{Opened, Source, trouble};
use crate::capture::{InputKind, InputSummary, Limits, Progress, Remark};
use crate::exchange::CaptureTime;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes looked through for the next record after one that cannot be true.
const RESYNC_BYTES: usize = 1 << 20;

enum Feed {
    File(Box<dyn Read + Send>),
    Live(Live),
}

/// How a window was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// There may be more.
    More,
    /// This was the end of the file.
    End,
}

/// A record that the reader acts upon.
pub(super) enum Record {
    Packet { packet: Packet, frame: u64 },
    KeyLog(Range<usize>),
}

/// One file.
pub(super) struct CaptureFile {
    pub(super) index: u32,
    path: String,
    feed: Feed,
    size: Option<u64>,
    consumed: Arc<AtomicU64>,
    kind: InputKind,
    framing: Option<Framing>,
    /// Bytes of an unfinished record.
    rest: Vec<u8>,
    /// Bytes that the unfinished record needs in all.
    need: usize,
    /// Bytes of an unread block still to pass over.
    skip: u64,
    /// Position in the window of the next record.
    at: usize,
    /// Bytes read before the window.
    before: u64,
    pub(super) frames: u64,
    pub(super) first: Option<CaptureTime>,
    pub(super) last: Option<CaptureTime>,
    /// Time of the first packet as it was read ahead.
    pub(super) peeked: Option<CaptureTime>,
    damaged: u64,
    /// Packets on interfaces beyond the limit.
    unfollowed: u64,
    pub(super) remarks: Vec<Remark>,
    ended: bool,
    record_limit: usize,
    interface_limit: usize,
}

impl CaptureFile {
    pub(super) fn new(source: &Source, opened: Opened, limits: &Limits) -> Self {
        let Opened { kind, reader, size, consumed } = opened;
        // Without a size it is a pipe: someone may still be writing it.
        let feed = if size.is_none() { Feed::Live(Live::start(reader)) } else { Feed::File(reader) };
        Self {
            index: source.index,
            path: source.path.clone(),
            feed,
            size,
            consumed,
            kind,
            framing: None,
            rest: Vec::new(),
            need: 0,
            skip: 0,
            at: 0,
            before: 0,
            frames: 0,
            first: None,
            last: None,
            peeked: None,
            damaged: 0,
            unfollowed: 0,
            remarks: Vec::new(),
            ended: false,
            record_limit: limits.packet_bytes,
            interface_limit: limits.interfaces,
        }
    }

    pub(super) fn progress(&self) -> Progress {
        Progress { input: self.index, read: self.consumed.load(Ordering::Relaxed), size: self.size }
    }

    /// Whether key logs may stand inside the file.
    pub(super) fn may_hold_keys(&self) -> bool {
        self.kind == InputKind::Pcapng
    }

    pub(super) fn summary(&self) -> InputSummary {
        InputSummary {
            path: self.path.clone(),
            kind: Some(self.framing.as_ref().map_or(self.kind, Framing::kind)),
            packets: self.frames,
            ..InputSummary::default()
        }
    }

    /// Time of the first packet, read ahead without taking anything away.
    pub(super) fn peek_first_time(&mut self, batch_bytes: usize) -> Option<CaptureTime> {
        let mut ahead = Batch::new();
        if self.fill(&mut ahead, batch_bytes.min(64 << 10)) == Filled::End {
            // Whatever was read stays: the end is found again.
            self.ended = true;
        }
        let mut framing = None;
        let mut at = 0;
        let mut found = None;
        if let Some((opened, start)) = Framing::open(&ahead.window, self.record_limit, self.interface_limit) {
            at = start;
            framing = Some(opened);
        }
        while let Some(step) = framing.as_mut().map(|framing| framing.step(&ahead.window, at)) {
            match step {
                Step::Packet(packet, next) => {
                    found = packet.time;
                    at = next;
                    if found.is_some() {
                        break;
                    }
                }
                Step::KeyLog(_, next) | Step::Skip(next) | Step::Unfollowed(next) | Step::Damaged(next) => at = next,
                Step::Need(_) | Step::Lost => break,
            }
        }
        self.rest = ahead.window;
        self.at = 0;
        self.peeked = found;
        found
    }

    /// Reads the next window. Records in it are then taken with [`next`](Self::next).
    pub(super) fn fill(&mut self, batch: &mut Batch, batch_bytes: usize) -> Filled {
        self.before += self.at as u64;
        self.at = 0;
        batch.window.clear();
        batch.window.append(&mut self.rest);
        if let Feed::Live(live) = &mut self.feed {
            live.begin_batch();
        }
        if self.ended {
            return Filled::End;
        }
        let filled = match self.pass_over_skipped() {
            Ok(true) => {
                let want = batch_bytes.max(self.need).saturating_sub(batch.window.len()) as u64;
                self.read_into(&mut batch.window, want)
            }
            Ok(false) => Ok(false),
            Err(error) => Err(error),
        };
        match filled {
            Ok(false) => {}
            Ok(true) => self.ended = true,
            Err(error) => {
                self.ended = true;
                let at = self.before + batch.window.len() as u64;
                self.remarks.push(trouble(&error, self.index, at));
            }
        }
        if self.ended { Filled::End } else { Filled::More }
    }

    /// Reads up to `want` bytes; true at the end of the file. A quiet pipe is no end.
    fn read_into(&mut self, window: &mut Vec<u8>, want: u64) -> io::Result<bool> {
        let read = match &mut self.feed {
            Feed::File(file) => file.take(want).read_to_end(window),
            Feed::Live(live) => live.take(want).read_to_end(window),
        };
        match read {
            Ok(read) => Ok((read as u64) < want),
            Err(error) if error.kind() == ErrorKind::TimedOut => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Passes over the rest of a block that is not read; true when done.
    fn pass_over_skipped(&mut self) -> io::Result<bool> {
        let mut scratch = Vec::new();
        while self.skip > 0 {
            scratch.clear();
            let ended = self.read_into(&mut scratch, self.skip.min(64 << 10))?;
            self.skip = self.skip.saturating_sub(scratch.len() as u64);
            self.before += scratch.len() as u64;
            if ended && self.skip > 0 {
                self.skip = 0;
                self.truncated();
                self.ended = true;
                return Ok(false);
            }
            if scratch.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The next record of the window; `None` when the window is used up.
    pub(super) fn next(&mut self, batch: &Batch) -> Option<Record> {
        let window = &batch.window;
        if self.framing.is_none() {
            match Framing::open(window, self.record_limit, self.interface_limit) {
                Some((framing, at)) => {
                    self.framing = Some(framing);
                    self.at = at;
                }
                None if window.len() < Framing::START && !self.ended => {
                    self.need = Framing::START;
                    self.keep(window);
                    return None;
                }
                None => {
                    self.truncated();
                    self.at = window.len();
                    return None;
                }
            }
        }
        loop {
            let framing = self.framing.as_mut()?;
            let step = framing.step(window, self.at);
            match step {
                Step::Packet(packet, next) => {
                    self.at = next;
                    self.frames += 1;
                    self.first = self.first.or(packet.time);
                    self.last = self.last.max(packet.time);
                    return Some(Record::Packet { packet, frame: self.frames });
                }
                Step::KeyLog(range, next) => {
                    self.at = next;
                    return Some(Record::KeyLog(range));
                }
                Step::Unfollowed(next) => {
                    self.at = next;
                    self.frames += 1;
                    self.unfollowed += 1;
                }
                Step::Skip(next) | Step::Damaged(next) => {
                    self.damaged += u64::from(matches!(step, Step::Damaged(_)));
                    self.at = next.min(window.len());
                    if next > window.len() {
                        self.skip = (next - window.len()) as u64;
                        if self.ended {
                            self.truncated();
                        }
                        return None;
                    }
                }
                Step::Need(bytes) => {
                    if self.ended {
                        if self.at < window.len() {
                            self.truncated();
                        }
                        self.at = window.len();
                        return None;
                    }
                    self.need = bytes;
                    self.keep(window);
                    return None;
                }
                Step::Lost if !self.ended && window.len() - self.at < RESYNC_BYTES => {
                    self.need = RESYNC_BYTES;
                    self.keep(window);
                    return None;
                }
                Step::Lost => {
                    let at = self.before + self.at as u64;
                    let text = format!(
                        "at byte {at}, after packet {}, the file stops making sense; everything before was read",
                        self.frames
                    );
                    self.remark("file-damaged", text);
                    self.ended = true;
                    self.at = window.len();
                    return None;
                }
            }
        }
    }

    /// Keeps the unfinished record for the next window.
    fn keep(&mut self, window: &[u8]) {
        self.rest = window.get(self.at..).unwrap_or_default().to_vec();
    }

    fn truncated(&mut self) {
        let text =
            format!("the file ends in the middle of a record after packet {}; everything before was read", self.frames);
        self.remark("file-truncated", text);
    }

    fn remark(&mut self, id: &'static str, text: String) {
        self.remarks.push(Remark { fault: None, id, input: self.index, count: 1, text, places: Vec::new() });
    }

    /// Whether the file is read to its end.
    pub(super) fn is_over(&self) -> bool {
        self.ended
    }

    /// Remarks about the file, once it is read.
    pub(super) fn take_remarks(&mut self) -> Vec<Remark> {
        if self.damaged > 0 {
            let count = self.damaged;
            let text = format!("{} made no sense and were passed over", plural(count, "record"));
            self.remarks.push(Remark {
                fault: None,
                id: "file-damaged",
                input: self.index,
                count,
                text,
                places: Vec::new(),
            });
            self.damaged = 0;
        }
        let interfaces = self.framing.as_ref().map_or(0, Framing::unfollowed_interfaces);
        if interfaces > 0 {
            let beyond = format!("{} beyond the limit of {}", plural(interfaces, "interface"), self.interface_limit);
            let text = match self.unfollowed {
                0 => format!("{beyond}; no packet was there"),
                packets => format!("{beyond}; {} there left out", plural(packets, "packet")),
            };
            self.remarks.push(Remark {
                fault: None,
                id: "limit-reached",
                input: self.index,
                count: interfaces,
                text,
                places: Vec::new(),
            });
        }
        std::mem::take(&mut self.remarks)
    }
}
