//! The table of TCP connections: which packet belongs to which stream, in which shard.
//!
//! Owns stream numbers (as Wireshark counts them: order of first packet, one file at a time), the
//! reuse of a 4-tuple, idle times by capture time and eviction. Looks at headers only; what the
//! bytes mean is for the shards.

mod domains;
mod key;

pub(crate) use key::Key;

use super::batch::TcpHeader;
use super::reassembly::{Both, Way};
use crate::exchange::CaptureTime;
use domains::{Alias, OneWay};
use std::collections::HashMap;

/// Shards, whatever the number of threads.
pub(crate) const SHARDS: usize = 64;

/// A connection that both sides closed is remembered this long, for late copies of its packets.
const CLOSED_IDLE_NANOS: u64 = 60_000_000_000;
/// A SYN may appear in the capture this long after data of its connection.
const LATE_SYN_NANOS: u64 = 3_000_000_000;
/// … when its sequence number is this near before that data.
const LATE_SYN_BYTES: u32 = 1 << 20;
/// What a connection sends after a reset that its ends ignored begins this near behind it.
const AFTER_RESET_BYTES: u32 = 1 << 20;
const NONE: u32 = u32::MAX;

/// What the table needs to know of a packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glance {
    pub(crate) input: u32,
    pub(crate) time: Option<CaptureTime>,
    pub(crate) tcp: TcpHeader,
    /// Bytes of payload, captured or not.
    pub(crate) len: u32,
}

/// Where a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) shard: usize,
    /// Index of the connection in its shard.
    pub(crate) slot: u32,
    /// Stream number in the packet's file.
    pub(crate) stream: u32,
    /// The connection is new: its slot holds nothing yet.
    pub(crate) is_new: bool,
    /// It goes on after a reset: what its slot holds is over.
    pub(crate) goes_on: bool,
}

/// A connection that leaves the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Departure {
    pub(crate) shard: usize,
    pub(crate) slot: u32,
}

#[derive(Debug)]
struct Entry {
    key: Key,
    route: Route,
    input: u32,
    first: Option<CaptureTime>,
    last: Option<CaptureTime>,
    sides: Both<SideState>,
    /// Other domains that carry one of its directions.
    aliases: Vec<Alias>,
    /// Who reset it, and with which sequence number.
    reset: Option<(Way, u32)>,
    stage: Stage,
    newer: u32,
    older: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct SideState {
    /// Initial sequence number, once a SYN was seen.
    isn: Option<u32>,
    /// First sequence number seen otherwise.
    first_seq: Option<u32>,
    fin: bool,
    /// A packet of it was seen.
    seen: bool,
    /// Sequence number behind the last segment.
    next: u32,
    /// What it acknowledged last.
    ack: Option<u32>,
}

/// Which of three queues an entry stands in. When the table is full the closed ones go first,
/// then those that never got beyond their SYN, so that a flood of SYNs displaces itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Closed,
    HalfOpen,
    Open,
}

/// A queue by last use, linked through the entries.
#[derive(Debug, Clone, Copy)]
struct Queue {
    newest: u32,
    oldest: u32,
}

/// The table.
#[derive(Debug)]
pub(crate) struct Flows {
    by_key: HashMap<Key, u32>,
    entries: Vec<Entry>,
    free: Vec<u32>,
    closed: Queue,
    half_open: Queue,
    open: Queue,
    /// Connections of which one direction was seen, once there are tags.
    one_way: OneWay,
    slots: Vec<Slots>,
    streams: HashMap<u32, u32>,
    limit: usize,
    idle_nanos: u64,
    /// Connections pushed out by the limit while they were open.
    pub(crate) dropped: u64,
}

#[derive(Debug, Default)]
struct Slots {
    used: u32,
    free: Vec<u32>,
}

impl Flows {
    /// A table of at most `limit` connections, forgotten after `idle_seconds` of capture time.
    pub(crate) fn new(limit: usize, idle_seconds: u32) -> Self {
        let empty = Queue { newest: NONE, oldest: NONE };
        Self {
            by_key: HashMap::new(),
            entries: Vec::new(),
            free: Vec::new(),
            closed: empty,
            half_open: empty,
            open: empty,
            one_way: OneWay::default(),
            slots: (0..SHARDS).map(|_| Slots::default()).collect(),
            streams: HashMap::new(),
            limit: limit.clamp(1, NONE as usize - 1),
            idle_nanos: u64::from(idle_seconds) * 1_000_000_000,
            dropped: 0,
        }
    }

    /// Finds or opens the connection of a packet. Connections that leave the table on the way are
    /// reported before the route is valid.
    pub(crate) fn route(&mut self, key: Key, way: Way, packet: Glance, left: &mut Vec<Departure>) -> Route {
        self.expire(packet.time, left);
        if let Some(index) = self.find(key, way, packet) {
            if !self.is_reuse(index, way, packet) {
                return self.touch(index, way, packet);
            }
            self.remove(index, left);
        }
        while self.by_key.len() >= self.limit {
            let Some((index, stage)) = self.victim() else { break };
            self.dropped += u64::from(stage != Stage::Closed);
            self.remove(index, left);
        }
        let index = self.insert(key, packet);
        let route = self.touch(index, way, packet);
        Route { is_new: true, ..route }
    }

    /// Whether this SYN begins another connection between the same endpoints.
    fn is_reuse(&self, index: u32, way: Way, packet: Glance) -> bool {
        let Some(entry) = self.entries.get(index as usize).filter(|_| packet.tcp.syn()) else { return false };
        let side = entry.sides.of(way);
        let over = entry.reset.is_some() || entry.sides.up.fin || entry.sides.down.fin;
        match (side.isn, side.first_seq) {
            (Some(isn), _) if isn != packet.tcp.seq => true,
            // A SYN that the capture shows late belongs to the data right behind it.
            (None, Some(first)) => {
                let age = since(packet.time, entry.first);
                let near = first.wrapping_sub(packet.tcp.seq.wrapping_add(1)) < LATE_SYN_BYTES;
                over || !near || age > LATE_SYN_NANOS
            }
            (Some(_), _) | (None, None) => over && !packet.tcp.ack(),
        }
    }

    fn touch(&mut self, index: u32, way: Way, packet: Glance) -> Route {
        self.unlink(index);
        let Some(entry) = self.entries.get_mut(index as usize) else {
            return Route { shard: 0, slot: NONE, stream: 0, is_new: false, goes_on: false };
        };
        entry.last = packet.time.or(entry.last);
        let was_one_way = !(entry.sides.up.seen && entry.sides.down.seen);
        let side = entry.sides.of_mut(way);
        side.note(packet);
        if packet.tcp.syn() {
            side.isn = Some(packet.tcp.seq);
        } else if !packet.tcp.rst() {
            side.first_seq.get_or_insert(packet.tcp.seq);
        }
        side.fin |= packet.tcp.fin();
        // An end that means its reset sends nothing behind it.
        let goes_on = (packet.len > 0)
            && !packet.tcp.rst()
            && entry.reset.is_some_and(|(by, at)| by == way && packet.tcp.seq.wrapping_sub(at) < AFTER_RESET_BYTES);
        if goes_on {
            entry.reset = None;
        }
        if packet.tcp.rst() {
            entry.reset.get_or_insert((way, packet.tcp.seq));
        }
        entry.stage = if entry.reset.is_some() || (entry.sides.up.fin && entry.sides.down.fin) {
            Stage::Closed
        } else if (packet.len > 0) || entry.stage == Stage::Open {
            Stage::Open
        } else {
            entry.stage
        };
        if entry.input != packet.input {
            // Numbers count one file at a time, as they would when it is opened alone.
            entry.input = packet.input;
            let next = self.streams.entry(packet.input).or_default();
            entry.route.stream = *next;
            *next = next.saturating_add(1);
        }
        let route = Route { goes_on, ..entry.route };
        let (key, is_one_way) = (entry.key, !(entry.sides.up.seen && entry.sides.down.seen));
        if was_one_way && !is_one_way {
            self.one_way.forget(key, index);
        }
        self.link(index);
        route
    }

    fn insert(&mut self, key: Key, packet: Glance) -> u32 {
        let shard = key.shard();
        let slot = match self.slots.get_mut(shard) {
            Some(slots) => slots.free.pop().unwrap_or_else(|| {
                slots.used += 1;
                slots.used - 1
            }),
            None => 0,
        };
        let next = self.streams.entry(packet.input).or_default();
        let route = Route { shard, slot, stream: *next, is_new: false, goes_on: false };
        *next = next.saturating_add(1);
        let entry = Entry {
            key,
            route,
            input: packet.input,
            first: packet.time,
            last: packet.time,
            sides: Both::default(),
            aliases: Vec::new(),
            reset: None,
            stage: Stage::HalfOpen,
            newer: NONE,
            older: NONE,
        };
        let index = self.free.pop().unwrap_or_else(|| u32::try_from(self.entries.len()).unwrap_or(NONE));
        match self.entries.get_mut(index as usize) {
            Some(place) => *place = entry,
            None => self.entries.push(entry),
        }
        self.by_key.insert(key, index);
        self.one_way.remember(key, index);
        self.link(index);
        index
    }

    fn remove(&mut self, index: u32, left: &mut Vec<Departure>) {
        self.unlink(index);
        let Some(entry) = self.entries.get_mut(index as usize) else { return };
        let Route { shard, slot, .. } = entry.route;
        let (key, aliases) = (entry.key, std::mem::take(&mut entry.aliases));
        self.by_key.remove(&key);
        for alias in aliases {
            self.by_key.remove(&alias.key);
        }
        self.one_way.forget(key, index);
        self.free.push(index);
        if let Some(slots) = self.slots.get_mut(shard) {
            slots.free.push(slot);
        }
        left.push(Departure { shard, slot });
    }

    fn victim(&self) -> Option<(u32, Stage)> {
        let queues = [(self.closed, Stage::Closed), (self.half_open, Stage::HalfOpen), (self.open, Stage::Open)];
        queues.into_iter().map(|(queue, stage)| (queue.oldest, stage)).find(|(index, _)| *index != NONE)
    }

    /// Lets go of what was idle for long: at most a few a packet, so that the work stays spread.
    fn expire(&mut self, now: Option<CaptureTime>, left: &mut Vec<Departure>) {
        for (queue, idle) in [
            (self.closed, self.idle_nanos.min(CLOSED_IDLE_NANOS)),
            (self.half_open, self.idle_nanos),
            (self.open, self.idle_nanos),
        ] {
            let old = self.entries.get(queue.oldest as usize).is_some_and(|entry| since(now, entry.last) > idle);
            if old {
                self.remove(queue.oldest, left);
            }
        }
    }

    fn queue(&mut self, stage: Stage) -> &mut Queue {
        match stage {
            Stage::Closed => &mut self.closed,
            Stage::HalfOpen => &mut self.half_open,
            Stage::Open => &mut self.open,
        }
    }

    fn link(&mut self, index: u32) {
        let Some(stage) = self.entries.get(index as usize).map(|entry| entry.stage) else { return };
        let queue = self.queue(stage);
        let before = queue.newest;
        queue.newest = index;
        if before == NONE {
            queue.oldest = index;
        }
        if let Some(entry) = self.entries.get_mut(index as usize) {
            entry.older = before;
            entry.newer = NONE;
        }
        if let Some(entry) = self.entries.get_mut(before as usize) {
            entry.newer = index;
        }
    }

    fn unlink(&mut self, index: u32) {
        let Some(entry) = self.entries.get(index as usize) else { return };
        let (newer, older, stage) = (entry.newer, entry.older, entry.stage);
        match self.entries.get_mut(newer as usize) {
            Some(entry) => entry.older = older,
            None => self.queue(stage).newest = older,
        }
        match self.entries.get_mut(older as usize) {
            Some(entry) => entry.newer = newer,
            None => self.queue(stage).oldest = newer,
        }
    }
}

fn since(now: Option<CaptureTime>, then: Option<CaptureTime>) -> u64 {
    match (now, then) {
        (Some(now), Some(then)) => u64::try_from(now.nanos().saturating_sub(then.nanos())).unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
