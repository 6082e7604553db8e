//! The endpoints of a connection as a key: canonical, VLAN-aware, hashed the same in every run
//! where that shows (shards) and with the seeded hasher where it does not (the table).

use super::SHARDS;
use crate::capture::pcap::reassembly::{Both, Way};
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

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

    /// The endpoints alone.
    pub(super) fn untagged(self) -> Self {
        Self { domain: 0, ..self }
    }

    /// Whether it stands in a VLAN or a tunnel.
    pub(super) fn is_tagged(self) -> bool {
        self.domain != 0
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
    pub(super) fn shard(&self) -> usize {
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
