//! The table of TCP connections: which packet belongs to which stream, in which shard.
//!
//! Owns stream numbers (as Wireshark counts them: order of first packet, one file at a time), the
//! reuse of a 4-tuple, idle times by capture time and eviction. Looks at headers only; what the
//! bytes mean is for the shards.

use super::batch::TcpHeader;
use super::reassembly::{Both, Way};
use crate::exchange::CaptureTime;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

/// Shards, whatever the number of threads.
pub(crate) const SHARDS: usize = 64;

/// A connection that both sides closed is remembered this long, for late copies of its packets.
const CLOSED_IDLE_NANOS: u64 = 60_000_000_000;
/// A SYN may appear in the capture this long after data of its connection.
const LATE_SYN_NANOS: u64 = 3_000_000_000;
/// … when its sequence number is this near before that data.
const LATE_SYN_BYTES: u32 = 1 << 20;
const NONE: u32 = u32::MAX;

/// Both endpoints of a connection, the lower one first, and the network they live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    low: Endpoint,
    high: Endpoint,
    domain: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Endpoint {
    address: IpAddr,
    port: u16,
}

impl Key {
    /// The key of a packet, and which way it goes.
    pub(crate) fn of(source: (IpAddr, u16), destination: (IpAddr, u16), domain: u32) -> (Self, Way) {
        let source = Endpoint { address: source.0, port: source.1 };
        let destination = Endpoint { address: destination.0, port: destination.1 };
        if source <= destination {
            (Self { low: source, high: destination, domain }, Way::Up)
        } else {
            (Self { low: destination, high: source, domain }, Way::Down)
        }
    }

    /// Addresses by the direction whose sender they are.
    pub(crate) fn senders(&self) -> Both<SocketAddr> {
        Both {
            up: SocketAddr::new(self.low.address, self.low.port),
            down: SocketAddr::new(self.high.address, self.high.port),
        }
    }

    /// The key as bytes; 6 stands for itself so that `::ffff:a.b.c.d` and `a.b.c.d` stay apart.
    fn bytes(&self) -> [u8; 42] {
        let mut bytes = [0; 42];
        let mut rest = &mut bytes[..];
        for end in [self.low, self.high] {
            let (octets, family) = match end.address {
                IpAddr::V4(address) => (address.to_ipv6_mapped().octets(), 4),
                IpAddr::V6(address) => (address.octets(), 6),
            };
            for part in [&octets[..], &end.port.to_be_bytes(), &[family]] {
                let (head, tail) = rest.split_at_mut(part.len().min(rest.len()));
                head.copy_from_slice(part);
                rest = tail;
            }
        }
        rest.copy_from_slice(&self.domain.to_be_bytes());
        bytes
    }

    /// The shard of this connection: the same in every run.
    fn shard(&self) -> usize {
        let mut hash = 0_u64;
        for chunk in self.bytes().chunks(8) {
            let word = chunk.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
            hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        usize::try_from(hash >> 58).unwrap_or(0) % SHARDS
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.bytes());
    }
}

/// What the table needs to know of a packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glance {
    pub(crate) input: u32,
    pub(crate) time: Option<CaptureTime>,
    pub(crate) tcp: TcpHeader,
    /// It carries payload, captured or not.
    pub(crate) payload: bool,
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
    reset: bool,
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
        if let Some(index) = self.by_key.get(&key).copied() {
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
        let over = entry.reset || entry.sides.up.fin || entry.sides.down.fin;
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
            return Route { shard: 0, slot: NONE, stream: 0, is_new: false };
        };
        entry.last = packet.time.or(entry.last);
        let side = entry.sides.of_mut(way);
        if packet.tcp.syn() {
            side.isn = Some(packet.tcp.seq);
        } else if !packet.tcp.rst() {
            side.first_seq.get_or_insert(packet.tcp.seq);
        }
        side.fin |= packet.tcp.fin();
        entry.reset |= packet.tcp.rst();
        entry.stage = if entry.reset || (entry.sides.up.fin && entry.sides.down.fin) {
            Stage::Closed
        } else if packet.payload || entry.stage == Stage::Open {
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
        let route = entry.route;
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
        let route = Route { shard, slot, stream: *next, is_new: false };
        *next = next.saturating_add(1);
        let entry = Entry {
            key,
            route,
            input: packet.input,
            first: packet.time,
            last: packet.time,
            sides: Both::default(),
            reset: false,
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
        self.link(index);
        index
    }

    fn remove(&mut self, index: u32, left: &mut Vec<Departure>) {
        self.unlink(index);
        let Some(entry) = self.entries.get(index as usize) else { return };
        let Route { shard, slot, .. } = entry.route;
        self.by_key.remove(&entry.key);
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
mod tests {
    use super::*;

    struct Bench {
        flows: Flows,
        left: Vec<Departure>,
    }

    impl Bench {
        fn new(limit: usize) -> Self {
            Self { flows: Flows::new(limit, 900), left: Vec::new() }
        }

        /// A packet from client port `port` (or back to it): flags as letters, `P` for payload.
        fn packet(&mut self, port: u16, back: bool, flags: &str, seq: u32, millis: i64) -> Route {
            let client = (IpAddr::from([10, 0, 0, 1]), port);
            let server = (IpAddr::from([10, 0, 0, 2]), 80);
            let (key, way) = if back { Key::of(server, client, 0) } else { Key::of(client, server, 0) };
            let bits = [("F", 1), ("S", 2), ("R", 4), ("A", 16)];
            let flags_byte = bits.iter().filter(|(letter, _)| flags.contains(letter)).map(|(_, bit)| bit).sum();
            let tcp = TcpHeader { source: 0, destination: 0, seq, ack: 0, flags: flags_byte, length: 20 };
            let time = Some(CaptureTime::from_nanos(millis * 1_000_000));
            let glance = Glance { input: 0, time, tcp, payload: flags.contains('P') };
            self.flows.route(key, way, glance, &mut self.left)
        }
    }

    #[test]
    fn both_directions_are_one_stream_and_numbers_follow_the_first_packet() {
        let mut bench = Bench::new(10);
        let first = bench.packet(1000, false, "S", 1, 0);
        let second = bench.packet(1001, false, "S", 1, 0);
        let answer = bench.packet(1000, true, "SA", 77, 1);
        assert_eq!((first.stream, second.stream, answer.stream), (0, 1, 0));
        assert_eq!((first.slot, first.shard), (answer.slot, answer.shard));
        assert_eq!((first.is_new, answer.is_new), (true, false));
    }

    #[test]
    fn a_syn_with_another_number_or_after_the_end_is_a_new_stream() {
        let mut bench = Bench::new(10);
        bench.packet(1000, false, "S", 1, 0);
        assert_eq!(bench.packet(1000, false, "S", 1, 1000).stream, 0, "a repeated SYN");
        assert_eq!(bench.packet(1000, false, "S", 900, 1001).stream, 1, "another connection");
        bench.packet(1000, true, "RA", 0, 1002);
        assert_eq!(bench.packet(1000, false, "S", 900, 1003).stream, 2, "tried again after a reset");
        assert_eq!(bench.left.len(), 2);
    }

    #[test]
    fn a_syn_shown_late_belongs_to_the_data_behind_it() {
        let mut bench = Bench::new(10);
        bench.packet(1000, false, "AP", 101, 0);
        assert_eq!(bench.packet(1000, false, "S", 100, 1).stream, 0);
        assert_eq!(bench.packet(1001, false, "AP", 101, 1).stream, 1);
        assert_eq!(bench.packet(1001, false, "S", 9_000_000, 2).stream, 2);
    }

    #[test]
    fn a_full_table_lets_closed_then_half_open_connections_go_first() {
        let mut bench = Bench::new(3);
        bench.packet(1, false, "AP", 1, 0);
        bench.packet(2, false, "S", 1, 1);
        bench.packet(3, false, "AP", 1, 2);
        bench.packet(3, false, "R", 2, 3);
        bench.packet(4, false, "S", 1, 4);
        assert_eq!(bench.flows.dropped, 0, "the closed one went");
        for port in 5..100 {
            bench.packet(port, false, "S", 1, 5);
        }
        assert_eq!(bench.flows.dropped, 95, "the flood displaced itself");
        assert_eq!(bench.packet(1, false, "AP", 5, 6).stream, 0, "the connection with data is still there");
    }

    #[test]
    fn idle_connections_are_forgotten_by_capture_time_and_their_slots_used_again() {
        let mut bench = Bench::new(1000);
        for port in 1..=500 {
            bench.packet(port, false, "AP", 1, 0);
        }
        for port in 501..=1000 {
            bench.packet(port, false, "AP", 1, 901_000);
        }
        assert_eq!(bench.left.len(), 500);
        assert_eq!(bench.flows.entries.len(), 500);
        assert!(bench.flows.slots.iter().map(|slots| slots.used).sum::<u32>() < 700);
    }

    #[test]
    fn the_shards_are_used_evenly() {
        let mut used = [0_u32; SHARDS];
        for port in 0..6400 {
            let (key, _) = Key::of((IpAddr::from([10, 0, 0, 1]), port), (IpAddr::from([10, 0, 0, 2]), 443), 0);
            used[key.shard()] += 1;
        }
        assert!(used.iter().all(|count| (30..300).contains(count)), "{used:?}");
    }
}
