//! What of packets and connections was lost or left out, by kind, and its words.

use super::{Tally, plural};

/// Things counted by input under a name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    /// Packets shorter than they were on the wire.
    PacketsCut,
    /// Packets with headers that make no sense or end too early.
    PacketsDamaged,
    /// Packets without any byte.
    PacketsEmpty,
    /// Holes in TCP streams.
    Gaps,
    /// Holes given up because the memory for what follows them was full.
    OutOfOrder,
    /// TCP segments outside any window.
    Stray,
    /// Connections whose beginnings were given up because memory was full.
    Unfinished,
    /// TLS connections that no longer waited for their keys when these came.
    LateKeys,
    /// Connections with more layers in each other than are opened.
    Nested,
    /// Packets with more tunnels in each other than are opened.
    NestedPackets,
    /// Connections of which only one direction was captured.
    Direction,
    /// Connections that went on after a reset.
    AfterReset,
}

impl Loss {
    pub(super) fn words(self, tally: &Tally) -> (&'static str, String) {
        let count = tally.count;
        match self {
            Self::PacketsCut => (
                "packets-cut",
                format!(
                    "{} cut short by the snapshot length ({} missing); capture again with -s 0",
                    plural(count, "packet"),
                    plural(tally.bytes, "byte")
                ),
            ),
            Self::PacketsDamaged => {
                ("packets-damaged", format!("{} with headers that cannot be read", plural(count, "packet")))
            }
            Self::PacketsEmpty => ("packets-damaged", format!("{} without a single byte", plural(count, "packet"))),
            Self::Gaps => (
                "gaps",
                format!(
                    "{} in TCP streams ({} missing from the capture); what they held is not judged",
                    plural(count, "hole"),
                    plural(tally.bytes, "byte")
                ),
            ),
            Self::OutOfOrder => (
                "out-of-order-dropped",
                format!("{} given up early: the memory for segments out of order was full", plural(count, "hole")),
            ),
            Self::Stray => {
                ("packets-damaged", format!("{} outside the window of their connection", plural(count, "TCP segment")))
            }
            Self::Unfinished => (
                "limit-reached",
                format!(
                    "{} no longer followed: the memory for unfinished messages was full",
                    plural(count, "connection")
                ),
            ),
            Self::LateKeys => (
                "limit-reached",
                format!(
                    "{} not opened: too many bytes came before the keys; give the keys with --keylog",
                    plural(count, "TLS connection")
                ),
            ),
            Self::Nested => {
                ("limit-reached", format!("{} not read: too many tunnels in each other", plural(count, "connection")))
            }
            Self::Direction => (
                "one-direction",
                format!(
                    "only one direction of {} was captured: the other one's bytes are acknowledged and not there; \
                     capture where both pass (a mirror port takes both directions of a port, an asymmetric route needs \
                     the client or the server itself)",
                    plural(count, "connection")
                ),
            ),
            Self::AfterReset => (
                "after-reset",
                format!(
                    "{} went on after a reset (RST), which its ends ignored; what followed was read as a connection of \
                     its own",
                    plural(count, "connection")
                ),
            ),
            Self::NestedPackets => {
                ("limit-reached", format!("{} not read: too many tunnels in each other", plural(count, "packet")))
            }
        }
    }
}
