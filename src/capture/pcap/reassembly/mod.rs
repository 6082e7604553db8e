//! TCP segments of one connection to in-order bytes of both directions, and holes.
//!
//! Owns sequence arithmetic, retransmissions, overlaps, reordering, and the order of the two
//! directions against each other: a segment that acknowledges bytes which the capture has not
//! shown yet waits for them, so that a response never overtakes its request. Knows no protocol
//! above TCP. Checksums are not looked at, since offloading leaves them wrong.
//!
//! Overlaps: the first copy of a byte wins.

mod half;
mod segment;

pub use segment::{Both, End, Receiver, Segment, Way};

use crate::exchange::{CaptureTime, Mark};
use half::{Boundary, Half};

/// Segments further ahead than the largest window (RFC 7323 §2.3) belong to something else.
const LARGEST_WINDOW: u64 = 1 << 30;
/// A hole whose bytes the receiver has acknowledged was lost by the capture, unless the capture
/// only mixed up the order. That shows within this many segments of the connection …
const PATIENCE_SEGMENTS: u32 = 48;
/// … or within this capture time, in nanoseconds.
const PATIENCE_NANOS: u64 = 1_000_000_000;

/// The reassembly of one connection.
///
/// Sequence numbers become 64-bit offsets when a segment arrives, and everything after that is
/// monotonic: per direction, `next` only grows, no stored segment ends at or before `next`, and
/// stored segments do not overlap.
#[derive(Debug)]
pub struct Reassembly {
    halves: Both<Half>,
    limit: usize,
    segments: u32,
    /// Times a direction's budget was full and a hole was given up for it.
    forced: u64,
    /// Segments outside any window; dropped.
    stray: u64,
    reset: bool,
}

impl Reassembly {
    /// Nothing seen yet; `limit` bounds the bytes stored per direction.
    pub fn new(limit: usize) -> Self {
        Self { halves: Both::default(), limit, segments: 0, forced: 0, stray: 0, reset: false }
    }

    /// Takes one segment and hands on whatever it makes available.
    pub fn push(&mut self, way: Way, segment: &Segment<'_>, receiver: &mut impl Receiver) {
        if self.reset {
            return;
        }
        self.segments = self.segments.wrapping_add(1);
        let offset = self.halves.of_mut(way).place(segment);
        let after = segment.ack.and_then(|ack| self.acknowledge(way.other(), ack, segment.mark, receiver));
        match offset {
            Some(offset) => self.take(way, offset, after, segment, receiver),
            None => self.stray += 1,
        }
        self.note_losses(segment.mark);
        self.lose_patience(segment.mark, receiver);
    }

    /// Bytes of memory that stored segments cost.
    pub fn stored_bytes(&self) -> usize {
        self.halves.up.stored_bytes + self.halves.down.stored_bytes
    }

    /// Whether the receiver has acknowledged bytes that the capture did not show so far.
    pub fn is_behind(&self) -> bool {
        !self.reset && (self.halves.up.lost_since.is_some() || self.halves.down.lost_since.is_some())
    }

    /// Whether nothing more can come: a reset, or both directions ended.
    pub fn is_over(&self) -> bool {
        let ended = |half: &Half| half.ended && !half.end_is_assumed;
        self.reset || (ended(&self.halves.up) && ended(&self.halves.down))
    }

    /// Times a budget was full and a hole was given up for it.
    pub fn forced(&self) -> u64 {
        self.forced
    }

    /// Segments outside any window, which were dropped.
    pub fn stray(&self) -> u64 {
        self.stray
    }

    /// Gives up every hole: everything stored is handed on.
    pub fn flush(&mut self, mark: Mark, receiver: &mut impl Receiver) {
        while (self.is_waiting() || self.is_behind()) && !self.reset {
            self.give_up_oldest(mark, receiver);
        }
    }

    /// As [`flush`](Self::flush), because the memory is needed elsewhere.
    pub fn force(&mut self, mark: Mark, receiver: &mut impl Receiver) {
        self.forced += 1;
        self.flush(mark, receiver);
    }

    fn is_waiting(&self) -> bool {
        let waits = |half: &Half| !half.ended && (!half.stored.is_empty() || half.fin.is_some() || half.rst.is_some());
        waits(&self.halves.up) || waits(&self.halves.down)
    }

    /// Notes an acknowledgement of `way`'s bytes; gives its offset when that means anything.
    fn acknowledge(&mut self, way: Way, ack: u32, mark: Mark, receiver: &mut impl Receiver) -> Option<u64> {
        let half = self.halves.of_mut(way);
        if !half.started {
            half.expect(ack, false);
            if !half.started {
                return None;
            }
        }
        let offset = half.offset(ack);
        if offset > half.next.saturating_add(LARGEST_WINDOW) {
            return None;
        }
        if offset > half.next {
            half.resume(way, mark, receiver);
        }
        half.acked = half.acked.max(offset);
        Some(offset)
    }

    fn take(&mut self, way: Way, offset: u64, after: Option<u64>, segment: &Segment<'_>, receiver: &mut impl Receiver) {
        let ready = self.may_follow(way, after);
        let half = self.halves.of_mut(way);
        let len = segment.payload.len() as u64 + u64::from(segment.cut);
        let end = offset + len;
        if segment.fin && half.fin.is_none() {
            half.fin = Some(Boundary { offset: end, after, mark: segment.mark });
        }
        if segment.rst && half.rst.is_none() {
            half.rst = Some(Boundary { offset: end, after, mark: segment.mark });
        }
        if segment.fin && end + 1 == half.next {
            half.end_is_assumed = false;
        }
        if len > 0 && end > half.next {
            half.resume(way, segment.mark, receiver);
        }
        if len > 0 && end > half.next && !half.ended {
            if ready && offset <= half.next && half.stored.is_empty() {
                half.hand_on(way, offset, segment.payload, u64::from(segment.cut), segment.mark, receiver);
            } else {
                half.store(offset, segment.payload, u64::from(segment.cut), after, segment.mark);
            }
        }
        self.pump(receiver);
        while self.halves.of(way).stored_bytes > self.limit && !self.reset {
            self.forced += 1;
            self.give_up_oldest(segment.mark, receiver);
        }
    }

    /// Whether everything that a segment acknowledges was handed on.
    fn may_follow(&self, way: Way, after: Option<u64>) -> bool {
        let other = self.halves.of(way.other());
        after.is_none_or(|after| !other.started || other.ended || after <= other.next)
    }

    /// Hands on what has become ready in either direction.
    fn pump(&mut self, receiver: &mut impl Receiver) {
        while !self.reset && (self.advance(Way::Up, receiver) | self.advance(Way::Down, receiver)) {}
    }

    fn advance(&mut self, way: Way, receiver: &mut impl Receiver) -> bool {
        let mut moved = false;
        loop {
            let half = self.halves.of(way);
            let Some((offset, front)) = half.stored.first_key_value() else { break };
            if *offset > half.next || !self.may_follow(way, front.after) {
                break;
            }
            let half = self.halves.of_mut(way);
            let Some((offset, front)) = half.stored.pop_first() else { break };
            half.stored_bytes = half.stored_bytes.saturating_sub(front.cost());
            half.hand_on(way, offset, &front.bytes, front.cut, front.mark, receiver);
            moved = true;
        }
        moved | self.advance_end(way, receiver)
    }

    fn advance_end(&mut self, way: Way, receiver: &mut impl Receiver) -> bool {
        let half = self.halves.of(way);
        let due = |boundary: Option<Boundary>| {
            boundary.filter(|at| at.offset <= half.next || !half.started).filter(|at| self.may_follow(way, at.after))
        };
        if let Some(rst) = due(half.rst) {
            self.reset = true;
            receiver.end(way, End::Reset, rst.mark);
            return false;
        }
        let Some(fin) = due(half.fin).filter(|_| !half.ended) else { return false };
        let half = self.halves.of_mut(way);
        half.ended = true;
        // A FIN takes a sequence number of its own.
        half.next = half.next.max(fin.offset + 1);
        half.stored.clear();
        half.stored_bytes = 0;
        receiver.end(way, End::Fin, fin.mark);
        true
    }

    /// Keeps track of since when the capture is behind what the receivers acknowledged. What only
    /// waits for the other direction is not lost, unless both wait for each other.
    fn note_losses(&mut self, mark: Mark) {
        let now = (self.segments, mark.time.map(CaptureTime::nanos));
        let stuck = self.halves.up.is_ready() && self.halves.down.is_ready();
        for half in [&mut self.halves.up, &mut self.halves.down] {
            let is_behind = half.acked > half.next && half.acked > half.reach();
            if half.started && !half.ended && (is_behind || stuck) {
                half.lost_since.get_or_insert(now);
            } else {
                half.lost_since = None;
            }
        }
    }

    fn lose_patience(&mut self, mark: Mark, receiver: &mut impl Receiver) {
        let segments = self.segments;
        let over = |half: &Half| {
            // Of a direction that was never seen nothing will come.
            let is_unseen = !half.heard && half.has_lost;
            half.lost_since.is_some_and(|(since, time)| {
                let waited = match (time, mark.time) {
                    (Some(from), Some(to)) => to.nanos().abs_diff(from),
                    _ => 0,
                };
                is_unseen || segments.wrapping_sub(since) >= PATIENCE_SEGMENTS || waited >= PATIENCE_NANOS
            })
        };
        while !self.reset {
            let way = match (over(&self.halves.up), over(&self.halves.down)) {
                (true, true) if self.halves.down.lost_since < self.halves.up.lost_since => Way::Down,
                (true, _) => Way::Up,
                (false, true) => Way::Down,
                (false, false) => break,
            };
            self.give_up(way, mark, receiver);
            self.note_losses(mark);
        }
    }

    /// Gives up one hole, the one that keeps the oldest waiting thing waiting, and hands on what
    /// that makes ready. Always makes progress while something waits or is lost.
    fn give_up_oldest(&mut self, mark: Mark, receiver: &mut impl Receiver) {
        let way = match (self.halves.up.front_mark(), self.halves.down.front_mark()) {
            (Some(up), Some(down)) if down.place < up.place => Way::Down,
            (Some(_), _) => Way::Up,
            (None, None) if self.halves.up.lost_since.is_some() => Way::Up,
            (None, _) => Way::Down,
        };
        self.give_up(way, mark, receiver);
    }

    /// Gives up what keeps a direction waiting.
    fn give_up(&mut self, way: Way, mark: Mark, receiver: &mut impl Receiver) {
        if !self.give_up_in(way, mark, receiver) {
            // What waits has no hole before it but waits for the other direction.
            let other = way.other();
            if !self.give_up_in(other, mark, receiver) {
                self.waive(way);
                self.waive(other);
            }
        }
        self.pump(receiver);
    }

    /// Skips the hole at the front of a direction; false when there is none.
    fn give_up_in(&mut self, way: Way, mark: Mark, receiver: &mut impl Receiver) -> bool {
        let awaited = self.halves.of(way.other()).front_after();
        let half = self.halves.of_mut(way);
        if half.ended || !half.started {
            return false;
        }
        let front = half.front_offset();
        let whole = match front {
            Some(front) if front <= half.next => return false,
            Some(front) if half.acked > half.next => front.min(half.acked),
            Some(front) => front,
            None if half.acked > half.next => half.acked,
            None => return false,
        };
        // A hole that something of the other direction stands in the middle of is two.
        let target = awaited.filter(|awaited| (half.next + 1..whole).contains(awaited)).unwrap_or(whole);
        let missing = half.skip_to(target);
        if missing == 1 && front.is_none() {
            // The last thing acknowledged is one byte long: a FIN that the capture lost, unless more comes.
            half.ended = true;
            half.end_is_assumed = true;
            receiver.end(way, End::Fin, mark);
            return true;
        }
        let mark = half.front_mark().unwrap_or(mark);
        receiver.gap(way, missing, mark);
        true
    }

    /// Acknowledgements that contradict each other would make both directions wait for ever.
    fn waive(&mut self, way: Way) {
        let half = self.halves.of_mut(way);
        half.lost_since = None;
        half.acked = half.acked.min(half.next);
        if let Some(mut front) = half.stored.first_entry() {
            front.get_mut().after = None;
        }
        for boundary in [&mut half.fin, &mut half.rst].into_iter().flatten() {
            boundary.after = None;
        }
    }
}
