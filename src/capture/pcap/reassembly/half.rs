//! One direction of a connection: where it stands, and what waits for the bytes before it.

use super::LARGEST_WINDOW;
use super::segment::{Receiver, Segment, Way};
use crate::exchange::Mark;
use std::collections::BTreeMap;

/// Memory that one stored segment costs besides its bytes.
const STORED_OVERHEAD: usize = 128;
/// A first segment and an acknowledgement seen before it belong together when they are this near.
const NEAR: u32 = 1 << 20;

#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, not a state")]
pub(super) struct Half {
    /// Offset of the next byte to hand on. Its low 32 bits are the sequence number.
    pub(super) next: u64,
    pub(super) started: bool,
    /// A segment of this direction was seen.
    pub(super) heard: bool,
    /// It started by what the other side acknowledged, and nothing has come out of it yet.
    presumed: bool,
    /// Where this direction stands before anything of it that takes sequence numbers was seen.
    expected: Option<Expected>,
    /// A hole of it was given up.
    pub(super) has_lost: bool,
    /// Furthest offset that the other side acknowledged.
    pub(super) acked: u64,
    /// Since when `acked` is beyond what the capture showed without a hole.
    pub(super) lost_since: Option<(u32, Option<i64>)>,
    /// Where the stored segments that follow `next` without a hole end, as far as it was looked.
    run: u64,
    pub(super) stored: BTreeMap<u64, Stored>,
    pub(super) stored_bytes: usize,
    pub(super) fin: Option<Boundary>,
    pub(super) rst: Option<Boundary>,
    pub(super) ended: bool,
    /// Its end is no FIN that was seen: a single byte was acknowledged that is not there.
    pub(super) end_is_assumed: bool,
}

/// A sequence number that a direction stands at, and what says so.
#[derive(Debug, Clone, Copy)]
struct Expected {
    seq: u32,
    /// A segment without payload: an acknowledgement at the next byte, or a keep-alive probe one before it.
    by_probe: bool,
}

#[derive(Debug)]
pub(super) struct Stored {
    pub(super) bytes: Box<[u8]>,
    pub(super) cut: u64,
    /// Offset in the other direction that must have been handed on before.
    pub(super) after: Option<u64>,
    pub(super) mark: Mark,
}

impl Stored {
    fn len(&self) -> u64 {
        self.bytes.len() as u64 + self.cut
    }

    pub(super) fn cost(&self) -> usize {
        self.bytes.len() + STORED_OVERHEAD
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Boundary {
    pub(super) offset: u64,
    pub(super) after: Option<u64>,
    pub(super) mark: Mark,
}

impl Half {
    /// The 64-bit offset of a sequence number, by its distance from the next expected byte.
    pub(super) fn offset(&self, seq: u32) -> u64 {
        let next = u32::try_from(self.next & 0xffff_ffff).unwrap_or(0);
        let distance = i64::from(seq.wrapping_sub(next).cast_signed());
        self.next.saturating_add_signed(distance)
    }

    fn start(&mut self, first: u32) {
        // One turn of the sequence space ahead, so that distances backwards stay positive.
        self.next = (1 << 32) + u64::from(first);
        self.started = true;
    }

    /// Notes where a direction stands of which nothing was seen that takes sequence numbers. When it moves on,
    /// there are bytes that the capture does not show, or not yet.
    pub(super) fn expect(&mut self, seq: u32, by_probe: bool) {
        let Some(expected) = self.expected else {
            self.expected = Some(Expected { seq, by_probe });
            return;
        };
        let ahead = seq.wrapping_sub(expected.seq).cast_signed();
        match ahead {
            0 => {}
            1 if expected.by_probe => self.expected = Some(Expected { seq, by_probe }),
            1.. if ahead.cast_unsigned() < NEAR => {
                self.start(expected.seq);
                self.presumed = true;
                self.acked = self.offset(seq);
            }
            // Acknowledgements in another order than they were sent in.
            _ if !by_probe && ahead < 0 && ahead.unsigned_abs() < NEAR => {
                self.expected = Some(Expected { seq, by_probe });
            }
            _ => {}
        }
    }

    /// Offset of a segment's first payload byte; `None` when it is outside any window.
    pub(super) fn place(&mut self, segment: &Segment<'_>) -> Option<u64> {
        let seq = if segment.syn { segment.seq.wrapping_add(1) } else { segment.seq };
        self.heard = true;
        let len = u32::try_from(segment.payload.len()).unwrap_or(u32::MAX).saturating_add(segment.cut);
        if !self.started {
            if segment.rst && segment.payload.is_empty() {
                // A refusal: no byte of this direction was ever sent.
                return Some(0);
            }
            if len == 0 && !segment.syn && !segment.fin {
                self.expect(seq, true);
                if !self.started {
                    return Some(0);
                }
            }
        }
        if !self.started {
            let first = match self.expected.filter(|_| !segment.syn) {
                Some(expected) => {
                    let ahead = seq.wrapping_sub(expected.seq);
                    let is_probe = len == 1 && ahead == u32::MAX && !segment.fin;
                    let was_probe = ahead == 1 && expected.by_probe;
                    if (ahead < NEAR && !was_probe) || is_probe { expected.seq } else { seq }
                }
                None => seq,
            };
            self.start(first);
        } else if self.presumed && (len > 1 || segment.syn) {
            // The capture shows it after its acknowledgement.
            let offset = self.offset(seq);
            if offset < self.next && self.next - offset < u64::from(NEAR) {
                self.next = offset;
                self.run = offset;
            }
        }
        let offset = self.offset(seq);
        if segment.rst && offset.abs_diff(self.next) > LARGEST_WINDOW {
            return Some(self.next);
        }
        (offset <= self.next.saturating_add(LARGEST_WINDOW)).then_some(offset)
    }

    /// Hands on the part of a segment that is new. It starts at or before `next`.
    pub(super) fn hand_on(
        &mut self,
        way: Way,
        offset: u64,
        bytes: &[u8],
        cut: u64,
        mark: Mark,
        receiver: &mut impl Receiver,
    ) {
        let end = offset + bytes.len() as u64 + cut;
        if end <= self.next {
            return;
        }
        let old = usize::try_from(self.next.saturating_sub(offset)).unwrap_or(usize::MAX);
        let fresh = bytes.get(old..).unwrap_or_default();
        let missing = end - self.next - fresh.len() as u64;
        self.next = end;
        self.presumed = false;
        if !fresh.is_empty() {
            receiver.data(way, fresh, mark);
        }
        if missing > 0 {
            receiver.gap(way, missing, mark);
        }
    }

    /// Stores what no earlier copy covers.
    pub(super) fn store(&mut self, offset: u64, bytes: &[u8], cut: u64, after: Option<u64>, mark: Mark) {
        let end = offset + bytes.len() as u64 + cut;
        let mut at = offset.max(self.next);
        while at < end {
            let before = self.stored.range(..=at).next_back().map_or(0, |(start, piece)| start + piece.len());
            if before > at {
                at = before;
                continue;
            }
            let stop = self.stored.range(at..).next().map_or(end, |(start, _)| (*start).min(end));
            let from = usize::try_from(at - offset).unwrap_or(usize::MAX).min(bytes.len());
            let to = usize::try_from(stop - offset).unwrap_or(usize::MAX).min(bytes.len());
            let fresh: Box<[u8]> = bytes.get(from..to).unwrap_or_default().into();
            let cut = stop - at - fresh.len() as u64;
            let piece = Stored { bytes: fresh, cut, after, mark };
            self.stored_bytes += piece.cost();
            self.stored.insert(at, piece);
            at = stop;
        }
    }

    /// Where the bytes that are there without a hole end: handed on, or only waiting for the other
    /// direction.
    pub(super) fn reach(&mut self) -> u64 {
        self.run = self.run.max(self.next);
        while let Some((start, piece)) = self.stored.range(..=self.run).next_back() {
            let end = start + piece.len();
            if end <= self.run {
                break;
            }
            self.run = end;
        }
        let ends = self.fin.is_some_and(|fin| fin.offset == self.run);
        self.run + u64::from(ends)
    }

    /// Takes back an end that was assumed: more was sent.
    pub(super) fn resume(&mut self, way: Way, mark: Mark, receiver: &mut impl Receiver) {
        if self.ended && self.end_is_assumed {
            self.ended = false;
            self.end_is_assumed = false;
            receiver.resumed(way, mark);
        }
    }

    /// Passes over bytes that will not come; how many.
    pub(super) fn skip_to(&mut self, target: u64) -> u64 {
        let missing = target - self.next;
        self.next = target;
        self.presumed = false;
        self.has_lost = true;
        self.lost_since = None;
        missing
    }

    /// Offset of the first thing that waits.
    pub(super) fn front_offset(&self) -> Option<u64> {
        let stored = self.stored.first_key_value().map(|(offset, _)| *offset);
        let end = [self.fin, self.rst].into_iter().flatten().map(|boundary| boundary.offset).min();
        stored.or(end)
    }

    /// Whether a stored segment has no hole before it: it waits for the other direction.
    pub(super) fn is_ready(&self) -> bool {
        self.stored.first_key_value().is_some_and(|(offset, _)| *offset <= self.next)
    }

    /// What it waits for there.
    pub(super) fn front_after(&self) -> Option<u64> {
        let (_, front) = self.stored.first_key_value().filter(|_| self.is_ready())?;
        front.after
    }

    pub(super) fn front_mark(&self) -> Option<Mark> {
        if self.ended {
            return None;
        }
        let stored = self.stored.first_key_value().map(|(_, piece)| piece.mark);
        stored.or_else(|| [self.fin, self.rst].into_iter().flatten().next().map(|boundary| boundary.mark))
    }
}
