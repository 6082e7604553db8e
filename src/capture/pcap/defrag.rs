//! IP fragments to datagrams, in a bounded table, with timeouts by capture time.
//!
//! Overlaps: the first copy of a byte wins, as it does for TCP; a fragment that says the datagram
//! ends elsewhere than an earlier one said is dropped. What cannot be completed is counted.

use super::ip::{Datagram, Fragment};
use crate::exchange::CaptureTime;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// Largest payload of an IP datagram.
const LARGEST: u32 = 65_535;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    source: IpAddr,
    destination: IpAddr,
    id: u32,
    protocol: u8,
    domain: u32,
}

/// One datagram being put together.
#[derive(Debug, Default)]
struct Partial {
    pieces: BTreeMap<u32, Box<[u8]>>,
    have: u32,
    total: Option<u32>,
    started: Option<CaptureTime>,
    /// Position in the order of arrival, for eviction.
    arrival: u64,
}

/// The table of datagrams being put together.
#[derive(Debug)]
pub(crate) struct Defragmenter {
    partial: HashMap<Key, Partial>,
    /// Keys by arrival; the oldest leaves first.
    order: BTreeMap<u64, Key>,
    arrivals: u64,
    limit: usize,
    seconds: u32,
    /// Datagrams given up: timed out, pushed out of the table, or contradictory.
    pub(crate) dropped: u64,
}

impl Defragmenter {
    /// A table of at most `limit` datagrams that wait `seconds` of capture time.
    pub(crate) fn new(limit: usize, seconds: u32) -> Self {
        Self { partial: HashMap::new(), order: BTreeMap::new(), arrivals: 0, limit, seconds, dropped: 0 }
    }

    /// Takes a fragment; gives the datagram's payload when this one completes it.
    pub(crate) fn add(&mut self, datagram: &Datagram<'_>, part: Fragment, now: Option<CaptureTime>) -> Option<Vec<u8>> {
        self.expire(now);
        let key = Key {
            source: datagram.source,
            destination: datagram.destination,
            id: part.id,
            protocol: datagram.protocol,
            domain: datagram.domain,
        };
        if !self.partial.contains_key(&key) {
            while self.partial.len() >= self.limit.max(1) {
                self.drop_oldest();
            }
            self.arrivals += 1;
            self.order.insert(self.arrivals, key.clone());
            let new = Partial { started: now, arrival: self.arrivals, ..Partial::default() };
            self.partial.insert(key.clone(), new);
        }
        let partial = self.partial.get_mut(&key)?;
        if datagram.missing > 0 || !partial.insert(part, datagram.payload) {
            self.forget(&key);
            self.dropped += 1;
            return None;
        }
        if partial.total == Some(partial.have) {
            return self.forget(&key).map(|partial| partial.pieces.into_values().flatten().collect());
        }
        None
    }

    /// Datagrams never completed, counted when the capture ends.
    pub(crate) fn finish(&mut self) {
        self.dropped += self.partial.len() as u64;
        self.partial.clear();
        self.order.clear();
    }

    fn expire(&mut self, now: Option<CaptureTime>) {
        let Some(now) = now else { return };
        while let Some((_, key)) = self.order.first_key_value() {
            let started = self.partial.get(key).and_then(|partial| partial.started);
            let old = started.is_none_or(|started| now.since(started).as_secs() >= u64::from(self.seconds));
            if !old {
                break;
            }
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, key)) = self.order.pop_first() {
            self.partial.remove(&key);
            self.dropped += 1;
        }
    }

    fn forget(&mut self, key: &Key) -> Option<Partial> {
        let partial = self.partial.remove(key)?;
        self.order.remove(&partial.arrival);
        Some(partial)
    }
}

impl Partial {
    /// Adds what is new in a fragment. `false` when it contradicts what came before.
    fn insert(&mut self, part: Fragment, payload: &[u8]) -> bool {
        let Ok(len) = u32::try_from(payload.len()) else { return false };
        let end = part.offset.saturating_add(len);
        if end > LARGEST || (part.more && (len == 0 || len % 8 != 0)) {
            return false;
        }
        if !part.more && *self.total.get_or_insert(end) != end {
            return false;
        }
        let furthest = self.pieces.last_key_value().map_or(0, |(at, bytes)| at + length(bytes));
        if self.total.is_some_and(|total| end > total || furthest > total) {
            return false;
        }
        let mut at = part.offset;
        while at < end {
            let before = self.pieces.range(..=at).next_back().map_or(0, |(start, bytes)| start + length(bytes));
            if before > at {
                at = before;
                continue;
            }
            let stop = self.pieces.range(at..).next().map_or(end, |(start, _)| (*start).min(end));
            let from = (at - part.offset) as usize;
            let to = (stop - part.offset) as usize;
            let Some(fresh) = payload.get(from..to) else { return false };
            self.pieces.insert(at, fresh.into());
            self.have += stop - at;
            at = stop;
        }
        true
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(payload: &[u8]) -> Datagram<'_> {
        Datagram {
            source: IpAddr::from([1, 1, 1, 1]),
            destination: IpAddr::from([2, 2, 2, 2]),
            protocol: 6,
            payload,
            missing: 0,
            domain: 0,
            fragment: None,
        }
    }

    fn add(table: &mut Defragmenter, id: u32, offset: u32, more: bool, payload: &[u8], second: i64) -> Option<Vec<u8>> {
        let now = CaptureTime::from_nanos(second * 1_000_000_000);
        table.add(&piece(payload), Fragment { id, offset, more }, Some(now))
    }

    #[test]
    fn fragments_in_any_order_give_the_datagram() {
        let mut table = Defragmenter::new(4, 30);
        assert_eq!(add(&mut table, 1, 16, false, b"end", 0), None);
        assert_eq!(add(&mut table, 1, 0, true, b"aaaaaaaa", 0), None);
        assert_eq!(add(&mut table, 1, 8, true, b"bbbbbbbb", 0), Some(b"aaaaaaaabbbbbbbbend".to_vec()));
        assert_eq!(table.dropped, 0);
    }

    #[test]
    fn on_overlap_the_first_copy_wins() {
        let mut table = Defragmenter::new(4, 30);
        add(&mut table, 1, 8, true, b"11111111", 0);
        add(&mut table, 1, 0, true, b"222222222222222222222222", 0);
        assert_eq!(
            add(&mut table, 1, 24, false, b"3", 0),
            Some(b"222222221111111122222222".iter().copied().chain(*b"3").collect())
        );
    }

    #[test]
    fn the_table_is_bounded_and_forgets_by_capture_time() {
        let mut table = Defragmenter::new(2, 30);
        for id in 0..5 {
            add(&mut table, id, 0, true, b"aaaaaaaa", 0);
        }
        assert_eq!((table.partial.len(), table.dropped), (2, 3));
        assert_eq!(add(&mut table, 4, 8, false, b"late", 31), None, "its first part timed out");
        assert_eq!(table.dropped, 5);
        table.finish();
        assert_eq!((table.partial.len(), table.dropped), (0, 6));
    }

    #[test]
    fn contradictions_drop_the_datagram() {
        let mut table = Defragmenter::new(4, 30);
        add(&mut table, 1, 8, false, b"end", 0);
        assert_eq!(add(&mut table, 1, 16, false, b"other end", 0), None);
        assert_eq!((table.dropped, table.partial.len()), (1, 0));
        assert_eq!(add(&mut table, 2, 65_528, false, b"beyond the end", 0), None);
        assert_eq!(table.dropped, 2);
    }
}
