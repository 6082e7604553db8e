//! One of the fixed number of parts that connections are divided into.
//!
//! Owns the connections of its part: their reassembly, their channels, the facts of how they
//! began and ended, and its share of the memory budgets. Shares nothing with other shards.

mod facts;

use super::batch::{Batch, Op, Packet};
use super::channel::{Bounds, Channel, Env};
use super::counts::{Counts, Loss};
use super::reassembly::{Both, End, Reassembly, Receiver, Segment, Way};
use crate::exchange::{CaptureTime, Exchange, Mark, Place};
use crate::http::{Close, Finish};
use crate::tls::KeyLog;
use facts::ConnectionFacts;
use std::net::SocketAddr;

/// Bounds of one shard.
#[derive(Debug, Clone)]
pub(crate) struct ShardBounds {
    pub(crate) channel: Bounds,
    /// Bytes stored out of order per direction.
    pub(crate) out_of_order: usize,
    /// Bytes stored out of order in the whole shard.
    pub(crate) out_of_order_total: usize,
    /// Bytes of undecided beginnings and waiting TLS in the whole shard.
    pub(crate) unfinished_total: usize,
    /// Names counted.
    pub(crate) names: usize,
}

/// Batches for which TLS waits for its keys.
const KEY_BATCHES: u32 = 8;

/// A hole whose bytes were acknowledged is given up when its connection is quiet for this long …
const QUIET_BEHIND_SECONDS: u64 = 5;
/// … and any other hole after this: a retransmission would have come.
const QUIET_SECONDS: u64 = 60;

/// A part of the connections.
#[derive(Debug)]
pub(crate) struct Shard {
    bounds: ShardBounds,
    connections: Vec<Option<Box<Connection>>>,
    /// Slots whose TLS waits for keys, and for how many batches it did so.
    waiting: Vec<(u32, u32)>,
    /// Slots with a hole.
    stalled: Vec<u32>,
    stored: usize,
    unfinished: usize,
    out: Vec<Exchange>,
    /// Frame that was being read when the exchange of the same index came out.
    emitted: Vec<Place>,
    pub(crate) counts: Counts,
}

#[derive(Debug)]
struct Connection {
    reassembly: Reassembly,
    channel: Channel,
    facts: ConnectionFacts,
    stored: usize,
    unfinished: usize,
    /// Stands in the shard's list of those that wait for keys.
    queued: bool,
    /// Stands in the shard's list of those with a hole.
    stalled: bool,
}

/// Takes what the reassembly hands on to the channel.
struct Outlet<'a, 'b> {
    channel: &'a mut Channel,
    facts: &'a mut ConnectionFacts,
    env: &'a mut Env<'b>,
}

impl Receiver for Outlet<'_, '_> {
    fn data(&mut self, way: Way, bytes: &[u8], mark: Mark) {
        *self.facts.spoke.of_mut(way) = true;
        self.channel.data(way, bytes, mark, self.env);
    }

    fn gap(&mut self, way: Way, missing: u64, mark: Mark) {
        *self.facts.spoke.of_mut(way) = true;
        *self.facts.lost.of_mut(way) = true;
        if *self.facts.seen.of(way) && !self.channel.is_other() {
            self.env.counts.lose(Loss::Gaps, missing, mark.place);
        }
        self.channel.gap(way, Some(missing), mark, self.env);
    }

    fn end(&mut self, way: Way, how: End, mark: Mark) {
        let how = match how {
            End::Fin => {
                *self.facts.fin.of_mut(way) = true;
                self.facts.first_fin.get_or_insert(way);
                Close::Fin
            }
            End::Reset => {
                self.facts.reset_by.get_or_insert(way);
                Close::Reset
            }
        };
        // What this ends may have been answered.
        if let Some(unseen) = self.facts.unseen() {
            self.channel.gap(unseen, None, mark, self.env);
        }
        self.channel.end(way, how, mark, self.env);
    }

    fn resumed(&mut self, way: Way, mark: Mark) {
        *self.facts.fin.of_mut(way) = false;
        self.facts.first_fin = self.facts.first_fin.filter(|first| *first != way);
        self.channel.resume(way, mark, self.env);
    }
}

impl Shard {
    pub(crate) fn new(bounds: ShardBounds) -> Self {
        let counts = Counts::new(bounds.names);
        Self {
            bounds,
            connections: Vec::new(),
            waiting: Vec::new(),
            stalled: Vec::new(),
            stored: 0,
            unfinished: 0,
            out: Vec::new(),
            emitted: Vec::new(),
            counts,
        }
    }

    /// Digests this shard's part of a batch.
    pub(crate) fn ingest(&mut self, ops: &[Op], batch: &Batch, keys: &KeyLog) {
        for op in ops {
            match op {
                Op::Open { slot, senders, mark } => self.open(*slot, **senders, *mark),
                Op::Packet(packet) => self.packet(packet, batch, keys),
                Op::Leave { slot, time } => self.leave(*slot, *time, Finish::Evicted, keys),
            }
        }
        self.settle_keys(batch, keys);
        self.settle_holes(batch.clock, keys);
    }

    /// The exchanges since the last call, each with the frame that gave it.
    pub(crate) fn take_exchanges(&mut self) -> impl Iterator<Item = (Place, Exchange)> + use<> {
        let emitted = std::mem::take(&mut self.emitted);
        emitted.into_iter().zip(std::mem::take(&mut self.out))
    }

    /// The capture is over.
    pub(crate) fn finish(&mut self, end: Option<CaptureTime>, keys: &KeyLog) {
        for slot in 0..self.connections.len() {
            self.leave(u32::try_from(slot).unwrap_or(u32::MAX), end, Finish::CaptureEnd, keys);
        }
        self.connections.clear();
        self.waiting.clear();
        self.stalled.clear();
    }

    fn open(&mut self, slot: u32, senders: Both<SocketAddr>, mark: Mark) {
        let slot = slot as usize;
        if self.connections.len() <= slot {
            self.connections.resize_with(slot + 1, || None);
        }
        if let Some(place) = self.connections.get_mut(slot) {
            *place = Some(Box::new(Connection::new(senders, mark, self.bounds.out_of_order)));
        }
    }

    fn packet(&mut self, packet: &Packet, batch: &Batch, keys: &KeyLog) {
        let Some(Some(connection)) = self.connections.get_mut(packet.slot as usize) else { return };
        let segment = packet.segment(batch);
        let mut env = Env { keys, bounds: &self.bounds.channel, out: &mut self.out, counts: &mut self.counts };
        let before = env.out.len();
        connection.take(packet.way(), &segment, &mut env);
        connection.facts.exchanges += (env.out.len() - before) as u64;
        let stored = connection.reassembly.stored_bytes();
        let unfinished = connection.channel.undecided_bytes();
        self.stored = (self.stored + stored).saturating_sub(connection.stored);
        self.unfinished = (self.unfinished + unfinished).saturating_sub(connection.unfinished);
        connection.stored = stored;
        connection.unfinished = unfinished;
        let has_hole = stored > 0 || connection.reassembly.is_behind();
        if has_hole && !connection.stalled {
            connection.stalled = true;
            self.stalled.push(packet.slot);
        }
        let over = connection.reassembly.is_over();
        let waits = connection.channel.waits_for_keys();
        let crowded = self.unfinished > self.bounds.unfinished_total && unfinished > 0;
        self.emitted.resize(self.out.len(), segment.mark.place);
        if waits && !connection.queued {
            connection.queued = true;
            self.waiting.push((packet.slot, 0));
        }
        if crowded && !over {
            self.counts.lose(Loss::Unfinished, 0, segment.mark.place);
        }
        if over || crowded {
            self.leave(packet.slot, segment.mark.time, Finish::Evicted, keys);
        }
        if self.stored > self.bounds.out_of_order_total {
            self.make_room(keys);
        }
    }

    /// Lets a connection go: what waits in it is settled.
    fn leave(&mut self, slot: u32, time: Option<CaptureTime>, why: Finish, keys: &KeyLog) {
        let Some(mut connection) = self.connections.get_mut(slot as usize).and_then(Option::take) else { return };
        let mut env = Env { keys, bounds: &self.bounds.channel, out: &mut self.out, counts: &mut self.counts };
        let last = connection.facts.last.place;
        connection.finish(time, why, &mut env);
        self.stored = self.stored.saturating_sub(connection.stored);
        self.unfinished = self.unfinished.saturating_sub(connection.unfinished);
        self.emitted.resize(self.out.len(), last);
    }

    /// Gives up the holes of connections that went quiet.
    fn settle_holes(&mut self, clock: Option<CaptureTime>, keys: &KeyLog) {
        let mut stalled = std::mem::take(&mut self.stalled);
        stalled.retain(|slot| {
            let Some(Some(connection)) = self.connections.get_mut(*slot as usize) else { return false };
            let has_hole = connection.stored > 0 || connection.reassembly.is_behind();
            // The slot may have been given to another connection meanwhile.
            if !connection.stalled || !has_hole {
                connection.stalled = false;
                return false;
            }
            let quiet = match (clock, connection.facts.last.time) {
                (Some(clock), Some(last)) => clock.since(last).as_secs(),
                _ => 0,
            };
            let patience = if connection.reassembly.is_behind() { QUIET_BEHIND_SECONDS } else { QUIET_SECONDS };
            if quiet >= patience {
                self.give_up_holes(*slot, false, keys);
                return false;
            }
            true
        });
        self.stalled = stalled;
    }

    /// The memory for segments out of order is full: the connections quiet for longest go first,
    /// until there is some room again.
    fn make_room(&mut self, keys: &KeyLog) {
        let last = |slot: &u32| {
            let connection = self.connections.get(*slot as usize).and_then(Option::as_deref);
            connection.filter(|connection| connection.stored > 0).map(|connection| connection.facts.last.place)
        };
        let mut by_age: Vec<(Place, u32)> =
            self.stalled.iter().filter_map(|slot| last(slot).map(|place| (place, *slot))).collect();
        by_age.sort_unstable();
        for (_, slot) in by_age {
            if self.stored <= self.bounds.out_of_order_total / 8 * 7 {
                break;
            }
            self.give_up_holes(slot, true, keys);
        }
        let connections = &self.connections;
        self.stalled.retain(|slot| {
            let connection = connections.get(*slot as usize).and_then(Option::as_ref);
            connection.is_some_and(|connection| connection.stalled)
        });
    }

    fn give_up_holes(&mut self, slot: u32, forced: bool, keys: &KeyLog) {
        let Some(Some(connection)) = self.connections.get_mut(slot as usize) else { return };
        let mut env = Env { keys, bounds: &self.bounds.channel, out: &mut self.out, counts: &mut self.counts };
        let mark = connection.facts.last;
        let before = env.out.len();
        connection.give_up_holes(forced, &mut env);
        connection.facts.exchanges += (env.out.len() - before) as u64;
        let stored = connection.reassembly.stored_bytes();
        self.stored = (self.stored + stored).saturating_sub(connection.stored);
        connection.stored = stored;
        connection.stalled = false;
        self.emitted.resize(self.out.len(), mark.place);
        if connection.reassembly.is_over() {
            self.leave(slot, mark.time, Finish::Evicted, keys);
        }
    }

    /// Keys may follow their packets by a few batches: what waited longer is given up.
    fn settle_keys(&mut self, batch: &Batch, keys: &KeyLog) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain_mut(|(slot, batches)| {
            let Some(Some(connection)) = self.connections.get_mut(*slot as usize) else { return false };
            if !connection.queued {
                // The slot was given to another connection meanwhile.
                return false;
            }
            let mut env = Env { keys, bounds: &self.bounds.channel, out: &mut self.out, counts: &mut self.counts };
            let before = env.out.len();
            connection.channel.retry_keys(&mut env);
            let keep = connection.channel.waits_for_keys() && batch.keys_may_follow && *batches < KEY_BATCHES;
            if !keep {
                connection.channel.give_up_keys(&mut env);
            }
            connection.facts.exchanges += (env.out.len() - before) as u64;
            let unfinished = connection.channel.undecided_bytes();
            self.unfinished = (self.unfinished + unfinished).saturating_sub(connection.unfinished);
            connection.unfinished = unfinished;
            self.emitted.resize(self.out.len(), connection.facts.last.place);
            connection.queued = keep;
            *batches += 1;
            keep
        });
        self.waiting = waiting;
    }
}

impl Connection {
    fn new(senders: Both<SocketAddr>, mark: Mark, out_of_order: usize) -> Self {
        Self {
            reassembly: Reassembly::new(out_of_order),
            channel: Channel::new(senders),
            facts: ConnectionFacts::new(mark),
            stored: 0,
            unfinished: 0,
            queued: false,
            stalled: false,
        }
    }

    fn take(&mut self, way: Way, segment: &Segment<'_>, env: &mut Env<'_>) {
        let facts = &mut self.facts;
        facts.last = segment.mark;
        *facts.seen.of_mut(way) = true;
        *facts.acknowledged.of_mut(way) |= segment.ack.is_some() && !segment.rst;
        if segment.syn {
            let opener = if segment.ack.is_some() { way.other() } else { way };
            facts.opener.get_or_insert(opener);
            if segment.ack.is_some() {
                facts.accepted = true;
            } else {
                facts.last_syn = segment.mark.time;
            }
            self.channel.opened_by(opener);
        }
        let mut outlet = Outlet { channel: &mut self.channel, facts, env };
        self.reassembly.push(way, segment, &mut outlet);
    }

    fn give_up_holes(&mut self, forced: bool, env: &mut Env<'_>) {
        let mark = self.facts.last;
        let mut outlet = Outlet { channel: &mut self.channel, facts: &mut self.facts, env };
        if forced {
            self.reassembly.force(mark, &mut outlet);
        } else {
            self.reassembly.flush(mark, &mut outlet);
        }
    }

    fn finish(&mut self, time: Option<CaptureTime>, why: Finish, env: &mut Env<'_>) {
        let mark = Mark { place: self.facts.last.place, time: time.or(self.facts.last.time) };
        let before = env.out.len();
        let mut outlet = Outlet { channel: &mut self.channel, facts: &mut self.facts, env };
        self.reassembly.flush(mark, &mut outlet);
        let unseen = self.facts.unseen();
        if let Some(unseen) = unseen {
            self.channel.gap(unseen, None, mark, env);
        }
        self.channel.finish(mark, why, env);
        self.facts.exchanges += (env.out.len() - before) as u64;
        env.counts.see(self.facts.first.place.input(), self.facts.is_two_sided());
        if unseen.is_some_and(|unseen| self.facts.lacks(unseen)) {
            env.counts.lose(Loss::Direction, 0, self.facts.first.place);
        }
        for _ in 0..self.reassembly.forced() {
            env.counts.lose(Loss::OutOfOrder, 0, mark.place);
        }
        for _ in 0..self.reassembly.stray() {
            env.counts.lose(Loss::Stray, 0, mark.place);
        }
        if let Some(failure) = self.facts.failure(&self.channel, mark) {
            let first = self.facts.first;
            env.counts.fail(failure, &self.channel.server(), first.place, first.time);
        }
    }
}
