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

/// The state of one file's framing.
#[derive(Debug)]
pub(crate) struct Framing {
    format: Format,
    record_limit: usize,
    interface_limit: usize,
    last_seconds: Option<u32>,
}

#[derive(Debug)]
enum Format {
    Pcap(PcapHeader),
    Pcapng { big_endian: bool, interfaces: Vec<Interface> },
}

impl Framing {
    /// Bytes needed to tell what a file is.
    pub(crate) const START: usize = 24;

    /// Recognises a capture file by its first [`Framing::START`] bytes. Gives the framing and the
    /// position of the first record; `None` when this is no capture.
    pub(crate) fn open(start: &[u8], record_limit: usize, interface_limit: usize) -> Option<(Self, usize)> {
        let (format, at) = if start.starts_with(&SECTION_HEADER) {
            (Format::Pcapng { big_endian: false, interfaces: Vec::new() }, 0)
        } else {
            let (_, header) = parse_pcap_header(start).ok()?;
            let size = header.size();
            (Format::Pcap(header), size)
        };
        Some((Self { format, record_limit, interface_limit, last_seconds: None }, at))
    }

    pub(crate) fn kind(&self) -> InputKind {
        match self.format {
            Format::Pcap(_) => InputKind::Pcap,
            Format::Pcapng { .. } => InputKind::Pcapng,
        }
    }

    /// Reads the record at `at`.
    pub(crate) fn step(&mut self, window: &[u8], at: usize) -> Step {
        let Some(rest) = window.get(at..) else { return Step::Need(1) };
        let step = match &mut self.format {
            Format::Pcap(header) => pcap_step(header, rest, self.record_limit, &mut self.last_seconds),
            Format::Pcapng { big_endian, interfaces } => {
                pcapng_step(big_endian, interfaces, rest, self.record_limit, self.interface_limit)
            }
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

fn pcapng_step(
    big_endian: &mut bool,
    interfaces: &mut Vec<Interface>,
    rest: &[u8],
    record_limit: usize,
    interface_limit: usize,
) -> Step {
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
        interfaces.clear();
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
        return packet_block(interfaces, block, big)
            .map_or(Step::Damaged(length), |packet| Step::Packet(packet, length));
    }
    let parsed = if big { parse_block_be(block) } else { parse_block_le(block) };
    // An incomplete block inside its own length is as broken as a wrong one.
    let Ok((_, parsed)) = parsed else { return Step::Damaged(length) };
    match parsed {
        Block::InterfaceDescription(description) => {
            if interfaces.len() >= interface_limit {
                return Step::Damaged(length);
            }
            interfaces.push(Interface {
                link: u16::try_from(description.linktype.0).unwrap_or(u16::MAX),
                snaplen: description.snaplen,
                resolution: resolution(description.if_tsresol),
                offset_seconds: time_offset(&description.options, big),
            });
            Step::Skip(length)
        }
        Block::EnhancedPacket(packet) => {
            let Some(interface) = interfaces.get(packet.if_id as usize) else { return Step::Damaged(length) };
            let Some(end) = 28_usize.checked_add(packet.caplen as usize) else { return Step::Damaged(length) };
            let ticks = (u64::from(packet.ts_high) << 32) | u64::from(packet.ts_low);
            let found =
                Packet { time: interface.time(ticks), link: interface.link, data: 28..end, original: packet.origlen };
            Step::Packet(found, length)
        }
        Block::SimplePacket(packet) => {
            let Some(interface) = interfaces.first() else { return Step::Damaged(length) };
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
fn packet_block(interfaces: &[Interface], block: &[u8], big: bool) -> Option<Packet> {
    let id = block.get(8..10).and_then(|id| <[u8; 2]>::try_from(id).ok())?;
    let id = if big { u16::from_be_bytes(id) } else { u16::from_le_bytes(id) };
    let interface = interfaces.get(usize::from(id))?;
    let ticks = (u64::from(read_u32(block, 12, big)?) << 32) | u64::from(read_u32(block, 16, big)?);
    let captured = read_u32(block, 20, big)? as usize;
    let original = read_u32(block, 24, big)?;
    let end = 28_usize.checked_add(captured)?;
    (end <= block.len().saturating_sub(4)).then(|| Packet {
        time: interface.time(ticks),
        link: interface.link,
        data: 28..end,
        original,
    })
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
mod tests {
    use super::*;

    const LIMIT: usize = 1 << 20;

    fn steps(file: &[u8]) -> Vec<Step> {
        let (mut framing, mut at) = Framing::open(&file[..24], LIMIT, 16).expect("a capture");
        let mut out = Vec::new();
        loop {
            let step = framing.step(file, at);
            match &step {
                Step::Packet(_, next) | Step::KeyLog(_, next) | Step::Skip(next) | Step::Damaged(next) => at = *next,
                Step::Need(_) | Step::Lost => {
                    out.push(step);
                    return out;
                }
            }
            out.push(step);
        }
    }

    fn pcap(magic: u32, big: bool, link: u32, frames: &[(u32, u32, &[u8])]) -> Vec<u8> {
        let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let half = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut out = word(magic).to_vec();
        out.extend(half(2));
        out.extend(half(4));
        for n in [0, 0, 65535, link] {
            out.extend(word(n));
        }
        for (seconds, fraction, data) in frames {
            let len = u32::try_from(data.len()).unwrap();
            for n in [*seconds, *fraction, len, len + 7] {
                out.extend(word(n));
            }
            out.extend_from_slice(data);
        }
        out
    }

    #[test]
    fn microseconds_and_nanoseconds_in_both_byte_orders_give_the_same_instant() {
        for big in [false, true] {
            for (magic, fraction) in [(0xa1b2_c3d4, 250_000), (0xa1b2_3c4d, 250_000_000)] {
                let file = pcap(magic, big, 101, &[(7, fraction, b"abc")]);
                let got = steps(&file);
                let Step::Packet(packet, _) = &got[0] else { panic!("{got:?}") };
                assert_eq!(packet.time, Some(CaptureTime::from_nanos(7_250_000_000)));
                assert_eq!((packet.link, packet.original), (101, 10));
                assert_eq!(&file[packet.data.clone()], b"abc");
            }
        }
    }

    #[test]
    fn a_cut_last_packet_asks_for_exactly_what_is_missing() {
        let file = pcap(0xa1b2_c3d4, false, 1, &[(7, 0, b"abc"), (8, 0, b"defg")]);
        let got = steps(&file[..file.len() - 2]);
        assert!(matches!(got[..], [Step::Packet(..), Step::Need(20)]), "{got:?}");
    }

    #[test]
    fn after_an_absurd_length_reading_goes_on_at_the_next_believable_record() {
        let mut file = pcap(0xa1b2_c3d4, false, 1, &[(1000, 0, &[1; 60])]);
        let broken = file.len();
        file.extend(
            pcap(0xa1b2_c3d4, false, 1, &[(1001, 0, &[2; 60]), (1002, 0, &[3; 60]), (1003, 0, &[4; 60])]).split_off(24),
        );
        file[broken + 8..broken + 12].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
        let got = steps(&file);
        let good: Vec<u8> = got
            .iter()
            .filter_map(|step| if let Step::Packet(p, _) = step { Some(file[p.data.start]) } else { None })
            .collect();
        assert_eq!(good, [1, 3, 4]);
        assert!(got.iter().any(|step| matches!(step, Step::Damaged(_))));
    }

    fn block(kind: u32, body: &[u8], big: bool) -> Vec<u8> {
        let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let length = word(u32::try_from(body.len() + 12).unwrap());
        [&word(kind)[..], &length, &body, &length].concat()
    }

    fn section(big: bool, options: &[u8]) -> Vec<u8> {
        let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let half = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let header = [&word(0x1a2b_3c4d)[..], &half(1), &half(0), &[0xff; 8]].concat();
        let description = [&half(1)[..], &half(0), &word(0), options].concat();
        [block(0x0a0d_0d0a, &header, big), block(1, &description, big)].concat()
    }

    fn enhanced(big: bool, interface: u32, ticks: u64, data: &[u8]) -> Vec<u8> {
        let word = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let len = u32::try_from(data.len()).unwrap();
        let high = u32::try_from(ticks >> 32).unwrap();
        let low = u32::try_from(ticks & 0xffff_ffff).unwrap();
        let head = [word(interface), word(high), word(low), word(len), word(len)].concat();
        block(6, &[&head[..], data].concat(), big)
    }

    #[test]
    fn pcapng_sections_of_both_byte_orders_with_binary_resolution_and_offset() {
        // if_tsresol 2^-10, if_tsoffset 100 s, big-endian.
        let options =
            [&[0, 9, 0, 1, 0x8a, 0, 0, 0][..], &[0, 14, 0, 8], &100_i64.to_be_bytes(), &[0, 0, 0, 0]].concat();
        let file = [
            section(true, &options),
            enhanced(true, 0, 3 * 1024 + 512, b"one"),
            block(0x0bad_cafe, b"vendor", true),
            section(false, &[]),
            enhanced(false, 0, 5_000_001, b"two"),
            enhanced(false, 9, 5_000_001, b"no such interface"),
            block(3, &[&3_u32.to_le_bytes()[..], b"six"].concat(), false),
        ]
        .concat();
        let got = steps(&file);
        let packets: Vec<_> = got
            .iter()
            .filter_map(|step| if let Step::Packet(p, _) = step { Some((p.time, &file[p.data.clone()])) } else { None })
            .collect();
        assert_eq!(packets[0], (Some(CaptureTime::from_nanos(103_500_000_000)), &b"one"[..]));
        assert_eq!(packets[1], (Some(CaptureTime::from_nanos(5_000_001_000)), &b"two"[..]));
        assert_eq!(packets[2], (None, &b"six"[..]));
        assert_eq!(packets.len(), 3);
        assert_eq!(got.iter().filter(|step| matches!(step, Step::Damaged(_))).count(), 1);
    }

    #[test]
    fn the_obsolete_packet_block_and_a_key_log_are_read() {
        let obsolete =
            [&[0, 0, 0, 0][..], &[0; 4], &7_u32.to_le_bytes(), &2_u32.to_le_bytes(), &2_u32.to_le_bytes(), b"hi"]
                .concat();
        let secrets = [&TLS_KEY_LOG.to_le_bytes()[..], &5_u32.to_le_bytes(), b"# key"].concat();
        let file = [section(false, &[]), block(2, &obsolete, false), block(10, &secrets, false)].concat();
        let got = steps(&file);
        assert!(got.iter().any(|s| matches!(s, Step::Packet(p, _) if &file[p.data.clone()] == b"hi")), "{got:?}");
        assert!(got.iter().any(|s| matches!(s, Step::KeyLog(r, _) if &file[r.clone()] == b"# key")), "{got:?}");
    }

    #[test]
    fn other_files_are_no_captures() {
        assert!(Framing::open(b"{\"log\":{\"entries\":[]}}..", LIMIT, 16).is_none());
        assert!(Framing::open(&[0; 24], LIMIT, 16).is_none());
        assert!(Framing::open(b"\xd4\xc3\xb2\xa1", LIMIT, 16).is_none());
    }
}
