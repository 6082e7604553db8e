//! 802.11 frames in clear to network packets.
//!
//! Owns radiotap's length and the header of a data frame. What is encrypted or aggregated is said, not read.

use super::link::{Layer, Network, NoPacket, tail, u16_le, unwrap};
use super::unread::Unread;

/// A frame behind a radiotap header.
pub(super) fn radiotap(frame: &[u8]) -> Result<Network<'_>, NoPacket> {
    self::frame(tail(frame, usize::from(u16_le(frame, 2)?))?)
}

/// IEEE 802.11-2020 §9.2: frame control, addresses, what depends on the flags, then LLC.
pub(super) fn frame(bytes: &[u8]) -> Result<Network<'_>, NoPacket> {
    let control = u16_le(bytes, 0)?;
    let [kind, flags] = control.to_le_bytes();
    // Type 2 is data; subtypes with the third bit carry none.
    if kind & 0x0c != 0x08 || kind & 0x40 != 0 {
        return Err(NoPacket::Other);
    }
    if flags & 0x40 != 0 {
        return Err(NoPacket::Unread(Unread::WirelessEncrypted));
    }
    let between_stations = flags & 0x03 == 0x03;
    let mut at = if between_stations { 30 } else { 24 };
    let is_part = flags & 0x04 != 0 || u16_le(bytes, 22)? & 0x000f != 0;
    let mut is_aggregate = false;
    if kind & 0x80 != 0 {
        is_aggregate = u16_le(bytes, at)? & 0x0080 != 0;
        // Quality of service, and with the order bit what HT adds.
        at += if flags & 0x80 == 0 { 2 } else { 6 };
    }
    if is_part || is_aggregate {
        return Err(NoPacket::Unread(Unread::WirelessAggregate));
    }
    unwrap(Layer::Llc, tail(bytes, at)?, 0)
}
