//! Capture files to packet records: pcap and pcapng framing over a window of bytes.
//!
//! Owns byte order, time resolution, interfaces, sections and what to do with a record that makes
//! no sense. Does not read files (the reader does) and does not look into packets.

use crate::capture::InputKind;
use crate::exchange::CaptureTime;
use pcap_parser::pcapng::Block;
use pcap_parser::{
    OptionCode, PcapHeader, parse_block_be, parse_block_le, parse_pcap_frame, parse_pcap_frame_be,
    parse_pcap_frame_modified, parse_pcap_header,
};
use std::ops::Range;

/// pcapng block type of a section header; reads the same in both byte orders.
const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
/// pcapng block type of the obsolete Packet Block, which `pcap-parser` does not read.
const PACKET_BLOCK: u32 = 2;
/// Secrets type of a TLS key log in a Decryption Secrets Block.
const TLS_KEY_LOG: u32 = 0x544c_534b;
/// Largest caplen that libpcap writes for network links; resynchronising trusts no longer one.
const PLAUSIBLE_CAPTURED: u32 = 262_144;
/// Distance in time that a record found while resynchronising may have from the last good one.
const PLAUSIBLE_SECONDS: u32 = 86_400;

/// One packet as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    /// When, if its block says so (simple packet blocks do not).
    pub(crate) time: Option<CaptureTime>,
    /// Link-layer type (the registry of tcpdump.org).
    pub(crate) link: u16,
    /// Where its bytes stand in the window.
    pub(crate) data: Range<usize>,
    /// Its length on the wire.
    pub(crate) original: u32,
}

/// What stands at a position of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A packet; the next record starts at the position.
    Packet(Packet, usize),
    /// A TLS key log; the next record starts at the position.
    KeyLog(Range<usize>, usize),
    /// A packet on an interface that is not followed; the next record starts at the position.
    Unfollowed(usize),
    /// Nothing of interest; the next record starts at the position, perhaps beyond the window.
    Skip(usize),
    /// At least this many bytes from the position are needed.
    Need(usize),
    /// Bytes that make no sense were passed over up to the position.
    Damaged(usize),
    /// Bytes that make no sense, and no way to find the next record.
    Lost,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link: u16,
    snaplen: u32,
    /// Units per second; 0 when the resolution cannot be represented.
    resolution: u64,
    offset_seconds: i64,
}

/// The interfaces of the section being read.
#[derive(Debug)]
struct Interfaces {
    known: Vec<Interface>,
    limit: usize,
    /// Interfaces beyond the limit in this section …
    beyond: u64,
    /// … and in the whole file.
    unfollowed: u64,
}

/// The state of one file's framing.
#[derive(Debug)]
pub(crate) struct Framing {
    format: Format,
    record_limit: usize,
    last_seconds: Option<u32>,
}

#[derive(Debug)]
enum Format {
    Pcap(PcapHeader),
    Pcapng { big_endian: bool, interfaces: Interfaces },
}

impl Framing {
    /// Bytes needed to tell what a file is.
    pub(crate) const START: usize = 24;

    /// Recognises a capture file by its first [`Framing::START`] bytes. Gives the framing and the
    /// position of the first record; `None` when this is no capture.
    pub(crate) fn open(start: &[u8], record_limit: usize, interface_limit: usize) -> Option<(Self, usize)> {
        let (format, at) = if start.starts_with(&SECTION_HEADER) {
            (Format::Pcapng { big_endian: false, interfaces: Interfaces::new(interface_limit) }, 0)
        } else {
            let (_, header) = parse_pcap_header(start).ok()?;
            let size = header.size();
            (Format::Pcap(header), size)
        };
        Some((Self { format, record_limit, last_seconds: None }, at))
    }

    pub(crate) fn kind(&self) -> InputKind {
        match self.format {
            Format::Pcap(_) => InputKind::Pcap,
            Format::Pcapng { .. } => InputKind::Pcapng,
        }
    }

    /// Interfaces beyond the limit so far: packets on them are [`Step::Unfollowed`].
    pub(crate) fn unfollowed_interfaces(&self) -> u64 {
        match &self.format {
            Format::Pcap(_) => 0,
            Format::Pcapng { interfaces, .. } => interfaces.unfollowed,
        }
    }

    /// Reads the record at `at`.
    pub(crate) fn step(&mut self, window: &[u8], at: usize) -> Step {
        let Some(rest) = window.get(at..) else { return Step::Need(1) };
        let step = match &mut self.format {
            Format::Pcap(header) => pcap_step(header, rest, self.record_limit, &mut self.last_seconds),
            Format::Pcapng { big_endian, interfaces } => pcapng_step(big_endian, interfaces, rest, self.record_limit),
        };
        shift(step, at)
    }
}

/// Positions in `step` are relative to the record; makes them relative to the window.
fn shift(step: Step, at: usize) -> Step {
    match step {
        Step::Packet(mut packet, next) => {
            packet.data = packet.data.start + at..packet.data.end + at;
            Step::Packet(packet, next + at)
        }
        Step::KeyLog(data, next) => Step::KeyLog(data.start + at..data.end + at, next + at),
        Step::Skip(next) => Step::Skip(next.saturating_add(at)),
        Step::Unfollowed(next) => Step::Unfollowed(next + at),
        Step::Damaged(next) => Step::Damaged(next + at),
        other @ (Step::Need(_) | Step::Lost) => other,
    }
}

// ---- pcap ----

fn pcap_step(header: &PcapHeader, rest: &[u8], record_limit: usize, last: &mut Option<u32>) -> Step {
    let head = if header.is_modified_format() { 24 } else { 16 };
    let Some(captured) = read_u32(rest, 8, header.is_bigendian()) else { return Step::Need(head) };
    if captured as usize > record_limit {
        return resynchronise(header, rest, head, *last);
    }
    let parsed = if header.is_modified_format() {
        parse_pcap_frame_modified(rest)
    } else if header.is_bigendian() {
        parse_pcap_frame_be(rest)
    } else {
        parse_pcap_frame(rest)
    };
    let Ok((_, frame)) = parsed else { return Step::Need(head + captured as usize) };
    *last = Some(frame.ts_sec);
    let unit = if header.is_nanosecond_precision() { 1 } else { 1000 };
    let nanos = i64::from(frame.ts_sec) * 1_000_000_000 + i64::from(frame.ts_usec) * unit;
    let end = head + frame.data.len();
    // The upper bits of the field hold the length of a frame check sequence, not the link type.
    let link = u16::try_from(header.network.0 & 0xffff).unwrap_or(u16::MAX);
    let packet = Packet { time: Some(CaptureTime::from_nanos(nanos)), link, data: head..end, original: frame.origlen };
    Step::Packet(packet, end)
}

/// Looks for the next believable record header after a length that cannot be true: two in a row,
/// near in time to the last good one.
fn resynchronise(header: &PcapHeader, rest: &[u8], head: usize, last: Option<u32>) -> Step {
    let big = header.is_bigendian();
    let believable = |at: usize| -> Option<usize> {
        let seconds = read_u32(rest, at, big)?;
        let fraction = read_u32(rest, at + 4, big)?;
        let captured = read_u32(rest, at + 8, big)?;
        let original = read_u32(rest, at + 12, big)?;
        let near = last.is_none_or(|last| seconds.abs_diff(last) <= PLAUSIBLE_SECONDS);
        let sane = captured > 0 && captured <= original && original <= PLAUSIBLE_CAPTURED;
        (near && sane && fraction < 1_000_000_000).then_some(at + head + captured as usize)
    };
    let last_start = rest.len().saturating_sub(head);
    for at in 1..last_start {
        if let Some(next) = believable(at) {
            // At the very end of the window the following header cannot be checked.
            if next >= last_start || believable(next).is_some() {
                return Step::Damaged(at);
            }
        }
    }
    Step::Lost
}

// ---- pcapng ----

fn pcapng_step(big_endian: &mut bool, interfaces: &mut Interfaces, rest: &[u8], record_limit: usize) -> Step {
    if rest.len() < 12 {
        return Step::Need(12);
    }
    let is_section = rest.starts_with(&SECTION_HEADER);
    if is_section {
        match rest.get(8..12) {
            Some([0x1a, 0x2b, 0x3c, 0x4d]) => *big_endian = true,
            Some([0x4d, 0x3c, 0x2b, 0x1a]) => *big_endian = false,
            _ => return Step::Lost,
        }
        interfaces.new_section();
    }
    let big = *big_endian;
    let (Some(kind), Some(length)) = (read_u32(rest, 0, big), read_u32(rest, 4, big)) else { return Step::Need(12) };
    let length = length as usize;
    if length < 12 || !length.is_multiple_of(4) {
        return Step::Lost;
    }
    let wanted =
        matches!(kind, 1 | PACKET_BLOCK | pcap_parser::SPB_MAGIC | pcap_parser::EPB_MAGIC | pcap_parser::DSB_MAGIC);
    if !wanted {
        return Step::Skip(length);
    }
    if length > record_limit {
        // A packet of that size is a lie, but the block says where it ends: the rest can be read.
        return Step::Damaged(length);
    }
    let Some(block) = rest.get(..length) else { return Step::Need(length) };
    if kind == PACKET_BLOCK {
        return packet_block(interfaces, block, big);
    }
    let parsed = if big { parse_block_be(block) } else { parse_block_le(block) };
    // An incomplete block inside its own length is as broken as a wrong one.
    let Ok((_, parsed)) = parsed else { return Step::Damaged(length) };
    match parsed {
        Block::InterfaceDescription(description) => {
            interfaces.add(Interface {
                link: u16::try_from(description.linktype.0).unwrap_or(u16::MAX),
                snaplen: description.snaplen,
                resolution: resolution(description.if_tsresol),
                offset_seconds: time_offset(&description.options, big),
            });
            Step::Skip(length)
        }
        Block::EnhancedPacket(packet) => {
            let Some(interface) = interfaces.get(packet.if_id as usize) else {
                return interfaces.unknown(packet.if_id, length);
            };
            let Some(end) = 28_usize.checked_add(packet.caplen as usize) else { return Step::Damaged(length) };
            let ticks = (u64::from(packet.ts_high) << 32) | u64::from(packet.ts_low);
            let found =
                Packet { time: interface.time(ticks), link: interface.link, data: 28..end, original: packet.origlen };
            Step::Packet(found, length)
        }
        Block::SimplePacket(packet) => {
            let Some(interface) = interfaces.get(0) else { return interfaces.unknown(0, length) };
            let limit = if interface.snaplen == 0 { u32::MAX } else { interface.snaplen };
            let captured = (packet.origlen.min(limit) as usize).min(length.saturating_sub(16));
            let found = Packet { time: None, link: interface.link, data: 12..12 + captured, original: packet.origlen };
            Step::Packet(found, length)
        }
        Block::DecryptionSecrets(secrets) if secrets.secrets_type.0 == TLS_KEY_LOG => {
            let end = 16_usize.saturating_add(secrets.secrets_len as usize);
            if end > length { Step::Damaged(length) } else { Step::KeyLog(16..end, length) }
        }
        _ => Step::Skip(length),
    }
}

/// The obsolete Packet Block: interface (16 bits), drops (16), time (64), captured, original, data.
fn packet_block(interfaces: &Interfaces, block: &[u8], big: bool) -> Step {
    let fields = || {
        let id = block.get(8..10).and_then(|id| <[u8; 2]>::try_from(id).ok())?;
        let id = if big { u16::from_be_bytes(id) } else { u16::from_le_bytes(id) };
        let ticks = (u64::from(read_u32(block, 12, big)?) << 32) | u64::from(read_u32(block, 16, big)?);
        let end = 28_usize.checked_add(read_u32(block, 20, big)? as usize)?;
        (end <= block.len().saturating_sub(4)).then_some((id, ticks, end, read_u32(block, 24, big)?))
    };
    let Some((id, ticks, end, original)) = fields() else { return Step::Damaged(block.len()) };
    let Some(interface) = interfaces.get(usize::from(id)) else {
        return interfaces.unknown(u32::from(id), block.len());
    };
    let packet = Packet { time: interface.time(ticks), link: interface.link, data: 28..end, original };
    Step::Packet(packet, block.len())
}

/// Units per second of `if_tsresol`: a power of ten, or of two when the top bit is set.
fn resolution(value: u8) -> u64 {
    let exponent = u32::from(value & 0x7f);
    if value & 0x80 == 0 { 10_u64.checked_pow(exponent) } else { 1_u64.checked_shl(exponent) }.unwrap_or(0)
}

/// `if_tsoffset` in the section's own byte order.
fn time_offset(options: &[pcap_parser::PcapNGOption<'_>], big: bool) -> i64 {
    let value = options.iter().find(|option| option.code == OptionCode::IfTsoffset);
    let bytes = value.and_then(|option| option.value.get(..8)).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    bytes.map_or(0, |bytes| if big { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) })
}

impl Interfaces {
    fn new(limit: usize) -> Self {
        Self { known: Vec::new(), limit, beyond: 0, unfollowed: 0 }
    }

    fn new_section(&mut self) {
        self.known.clear();
        self.beyond = 0;
    }

    fn add(&mut self, interface: Interface) {
        if self.known.len() < self.limit {
            self.known.push(interface);
        } else {
            self.beyond += 1;
            self.unfollowed += 1;
        }
    }

    fn get(&self, id: usize) -> Option<&Interface> {
        self.known.get(id)
    }

    /// What a packet is whose interface is not known: beyond the limit, or of none at all.
    fn unknown(&self, id: u32, length: usize) -> Step {
        let described = self.known.len() as u64 + self.beyond;
        if u64::from(id) < described { Step::Unfollowed(length) } else { Step::Damaged(length) }
    }
}

impl Interface {
    fn time(self, ticks: u64) -> Option<CaptureTime> {
        let fraction = i128::from(ticks).checked_mul(1_000_000_000)?.checked_div(i128::from(self.resolution))?;
        let nanos = fraction.checked_add(i128::from(self.offset_seconds).checked_mul(1_000_000_000)?)?;
        i64::try_from(nanos).ok().map(CaptureTime::from_nanos)
    }
}

fn read_u32(bytes: &[u8], at: usize, big: bool) -> Option<u32> {
    let bytes: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
}

#[cfg(test)]
mod tests;
