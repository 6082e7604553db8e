//! One connection whose directions carry different tags: VLAN ids, VNIs, GRE keys.
//!
//! Mirrors of two VLANs, ERSPAN and asymmetric routes show such. Owns which connections are joined: when addresses,
//! ports, sequence numbers and acknowledgements fit, and as long as neither tag carries both directions, since two
//! networks may use equal addresses.

use super::{Flows, Glance, Key, SideState};
use crate::capture::pcap::reassembly::Way;
use std::collections::HashMap;

/// How far an acknowledgement and the segments that it speaks of may be apart.
const NEAR: u32 = 1 << 20;
/// Connections of equal addresses that are looked through.
const CANDIDATES: usize = 8;

/// A key in another domain, which carries one direction of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alias {
    pub(super) key: Key,
    way: Way,
}

/// Connections of which one direction was seen, by their endpoints. Kept only where tags were seen.
#[derive(Debug, Default)]
pub(super) struct OneWay {
    by_endpoints: Option<HashMap<Key, Vec<u32>>>,
}

impl OneWay {
    pub(super) fn remember(&mut self, key: Key, index: u32) {
        if let Some(by_endpoints) = &mut self.by_endpoints {
            let candidates = by_endpoints.entry(key.untagged()).or_default();
            if candidates.len() >= CANDIDATES {
                candidates.remove(0);
            }
            candidates.push(index);
        }
    }

    pub(super) fn forget(&mut self, key: Key, index: u32) {
        let Some(by_endpoints) = &mut self.by_endpoints else { return };
        let key = key.untagged();
        if let Some(candidates) = by_endpoints.get_mut(&key) {
            candidates.retain(|candidate| *candidate != index);
            if candidates.is_empty() {
                by_endpoints.remove(&key);
            }
        }
    }
}

impl SideState {
    pub(super) fn note(&mut self, packet: Glance) {
        let tcp = packet.tcp;
        self.next = tcp.seq.wrapping_add(packet.len).wrapping_add(u32::from(tcp.syn()) + u32::from(tcp.fin()));
        self.ack = tcp.ack().then_some(tcp.ack).or(self.ack);
        self.seen = true;
    }
}

impl Flows {
    /// The connection of a packet, also one that is known by another tag.
    pub(super) fn find(&mut self, key: Key, way: Way, packet: Glance) -> Option<u32> {
        if self.one_way.by_endpoints.is_none() && key.is_tagged() {
            self.one_way.by_endpoints = Some(HashMap::new());
            let open = (0..).zip(&self.entries);
            let one_way = open.filter(|(_, entry)| entry.sides.up.seen != entry.sides.down.seen);
            let known: Vec<(Key, u32)> = one_way.map(|(index, entry)| (entry.key, index)).collect();
            for (key, index) in known.into_iter().filter(|(key, index)| self.by_key.get(key) == Some(index)) {
                self.one_way.remember(key, index);
            }
        }
        let Some(index) = self.by_key.get(&key).copied() else { return self.join(key, way, packet) };
        let entry = self.entries.get_mut(index as usize)?;
        if entry.aliases.is_empty() {
            return Some(index);
        }
        let alias = entry.aliases.iter().find(|alias| alias.key == key);
        let is_alias = alias.is_some();
        // A tag that carries both directions is a network of its own, and so is then the other one.
        let fits = match alias {
            Some(alias) => alias.way == way,
            None => entry.aliases.iter().all(|alias| alias.way != way),
        };
        if fits {
            return Some(index);
        }
        for alias in std::mem::take(&mut entry.aliases) {
            self.by_key.remove(&alias.key);
        }
        (!is_alias).then_some(index)
    }

    /// Looks for a connection in another domain of which this packet is the other direction.
    fn join(&mut self, key: Key, way: Way, packet: Glance) -> Option<u32> {
        let candidates = self.one_way.by_endpoints.as_ref()?.get(&key.untagged())?;
        let distance = |index: &u32| {
            let entry = self.entries.get(*index as usize)?;
            if entry.sides.of(way).seen {
                return None;
            }
            Some((fit(entry.sides.of(way.other()), packet)?, *index))
        };
        let (_, index) = candidates.iter().filter_map(distance).min()?;
        self.entries.get_mut(index as usize)?.aliases.push(Alias { key, way });
        self.by_key.insert(key, index);
        Some(index)
    }
}

/// How far a packet is from what the other direction expects; `None` when it is none of the same connection.
fn fit(other: &SideState, packet: Glance) -> Option<u32> {
    let apart = |one: u32, two: u32| {
        let apart = one.wrapping_sub(two).cast_signed().unsigned_abs();
        (apart < NEAR).then_some(apart)
    };
    let tcp = packet.tcp;
    let by_ack = if tcp.ack() { Some(apart(tcp.ack, other.next)?) } else { None };
    let first = tcp.seq.wrapping_add(u32::from(tcp.syn()));
    let by_seq = match other.ack {
        Some(ack) => Some(apart(first, ack)?),
        None => None,
    };
    // A SYN or its answer is exact.
    let opens = other.isn.is_some() && other.ack.is_none() && tcp.ack();
    if (tcp.syn() && by_seq.unwrap_or(0) + by_ack.unwrap_or(0) > 0) || (opens && by_ack != Some(0)) {
        return None;
    }
    match (by_ack, by_seq) {
        (None, None) => None,
        (ack, seq) => Some(ack.unwrap_or(0).saturating_add(seq.unwrap_or(0))),
    }
}
