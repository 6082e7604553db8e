//! Runs the packet reader over captures at hand, and takes pcap files apart and together again.

#![allow(unreachable_pub, dead_code, clippy::unwrap_used, clippy::panic)]

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;
use whycors::capture::{self, InputSummary, Limits, Progress, Remark, Sink, Source};
use whycors::exchange::{Exchange, Place};
use whycors::tls::{self, KeyLog};

/// Everything that reading gave.
#[derive(Debug, Default)]
pub struct Read {
    pub exchanges: Vec<Exchange>,
    pub remarks: Vec<Remark>,
    pub summaries: Vec<InputSummary>,
    pub batches: usize,
}

impl Sink for Read {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        self.batches += 1;
        self.exchanges.extend(batch);
        ControlFlow::Continue(())
    }

    fn remark(&mut self, remark: Remark) {
        assert!(capture::REMARKS.iter().any(|(id, _)| *id == remark.id), "{} is no known id", remark.id);
        self.remarks.push(remark);
    }

    fn progress(&mut self, _: Progress) {}
}

impl Read {
    /// One line an exchange: what was asked and what came back.
    pub fn lines(&self) -> Vec<String> {
        self.exchanges.iter().map(line).collect()
    }

    /// The same in an order that does not depend on where packets stand.
    pub fn sorted_lines(&self) -> Vec<String> {
        let mut lines = self.lines();
        lines.sort();
        lines
    }

    pub fn remark_ids(&self) -> Vec<&'static str> {
        self.remarks.iter().map(|remark| remark.id).collect()
    }

    pub fn remark(&self, id: &str) -> &Remark {
        self.remarks.iter().find(|remark| remark.id == id).unwrap_or_else(|| panic!("no {id} in {:?}", self.remarks))
    }

    /// Everything, as text, to compare whole runs. Digests of secrets differ between runs and
    /// are left out.
    pub fn everything(&self) -> String {
        let mut out = String::new();
        for exchange in &self.exchanges {
            let places = (exchange.place, exchange.response_place, exchange.started, exchange.completed);
            writeln!(out, "{places:?} {} {:?}", line(exchange), exchange.note).unwrap();
        }
        out + &format!("{:#?}\n{:#?}", self.remarks, self.summaries)
    }
}

pub fn line(exchange: &Exchange) -> String {
    let answer = match &exchange.response {
        Ok(head) => {
            format!("{} {} lines {:?} {:?}", head.status, head.headers.len(), head.body.len, head.body.complete)
        }
        Err(why) => format!("{why:?}"),
    };
    format!("{} {} {} lines -> {answer}", exchange.request.method, exchange.request.url, exchange.request.headers.len())
}

/// Reads files from disk as one call.
pub fn read_paths(paths: &[&Path], keys: KeyLog, limits: &Limits) -> Read {
    let files = (0..).zip(paths).map(|(index, path)| {
        let source = Source { index, path: path.display().to_string() };
        let opened = capture::input::open(&source, limits).unwrap();
        (source, opened)
    });
    let mut read = Read::default();
    read.summaries = capture::pcap::read(files.collect(), keys, limits, &mut read);
    read
}

/// Reads captures given as bytes.
pub fn read_all(captures: &[&[u8]], limits: &Limits) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..captures.len()).map(|index| folder.path().join(format!("{index}.pcap"))).collect();
    for (path, bytes) in paths.iter().zip(captures) {
        std::fs::write(path, bytes).unwrap();
    }
    let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
    let mut read = read_paths(&paths, no_keys(), limits);
    for summary in &mut read.summaries {
        summary.path.clear();
    }
    read
}

pub fn read(capture: &[u8]) -> Read {
    read_all(&[capture], &Limits::default())
}

pub fn no_keys() -> KeyLog {
    KeyLog::new(&tls::Limits::default())
}

/// A capture of tests/captures.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(name)).unwrap()
}

pub fn frame_of(place: Place) -> u64 {
    match place {
        Place::Frame { frame, .. } => frame,
        Place::Entry { .. } => panic!("packets stand in frames"),
    }
}

/// One packet of a pcap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub seconds: u32,
    pub micros: u32,
    pub original: u32,
    pub data: Vec<u8>,
}

/// The packets of a little-endian microsecond pcap.
pub fn packets_of(file: &[u8]) -> Vec<Packet> {
    assert_eq!(file[..4], [0xd4, 0xc3, 0xb2, 0xa1]);
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let mut at = 24;
    let mut out = Vec::new();
    while at < file.len() {
        let len = word(at + 8) as usize;
        let data = file[at + 16..at + 16 + len].to_vec();
        out.push(Packet { seconds: word(at), micros: word(at + 4), original: word(at + 12), data });
        at += 16 + len;
    }
    out
}

/// How to write a pcap.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    pub link: u32,
    pub big_endian: bool,
    pub nanoseconds: bool,
}

pub const PLAIN: Format = Format { link: 1, big_endian: false, nanoseconds: false };

pub fn pcap_of(packets: &[Packet], format: Format) -> Vec<u8> {
    let word = |n: u32| if format.big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let half = |n: u16| if format.big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut out = word(if format.nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 }).to_vec();
    out.extend([half(2), half(4)].concat());
    out.extend([0, 0, 262_144, format.link].map(word).concat());
    for packet in packets {
        let fraction = if format.nanoseconds { packet.micros * 1000 } else { packet.micros };
        let len = u32::try_from(packet.data.len()).unwrap();
        out.extend([packet.seconds, fraction, len, packet.original].map(word).concat());
        out.extend_from_slice(&packet.data);
    }
    out
}

/// The same packets with their link header (14 bytes of Ethernet) replaced.
pub fn relink(packets: &[Packet], header: impl Fn(&[u8]) -> Vec<u8>) -> Vec<Packet> {
    let change = |packet: &Packet| {
        let mut data = header(&packet.data[..14]);
        data.extend_from_slice(&packet.data[14..]);
        let original = packet.original - 14 + u32::try_from(data.len() + 14 - packet.data.len()).unwrap();
        Packet { original, data, ..packet.clone() }
    };
    packets.iter().map(change).collect()
}

// ---- connections and pcapng, made by hand ----

/// One TCP connection of 10.0.0.1 to port 80 of 10.0.0.2, packet by packet, 1 ms apart.
#[derive(Debug, Clone)]
pub struct Talk {
    pub packets: Vec<Packet>,
    port: u16,
    up: u32,
    down: u32,
    millis: u32,
}

impl Talk {
    /// A connection from this port, opened at this time.
    pub fn open(port: u16, millis: u32) -> Self {
        let mut new = Self { packets: Vec::new(), port, up: 1000, down: 5000, millis };
        new.segment(true, 2, b"");
        new.segment(false, 18, b"");
        new.segment(true, 16, b"");
        new
    }

    pub fn client(mut self, bytes: impl AsRef<[u8]>) -> Self {
        for piece in bytes.as_ref().chunks(1400) {
            self.segment(true, 16, piece);
        }
        self
    }

    pub fn server(mut self, bytes: impl AsRef<[u8]>) -> Self {
        for piece in bytes.as_ref().chunks(1400) {
            self.segment(false, 16, piece);
        }
        self
    }

    pub fn wait(mut self, millis: u32) -> Self {
        self.millis += millis;
        self
    }

    /// Bytes of the client that the capture does not show.
    pub fn lose(mut self, bytes: u32) -> Self {
        self.up += bytes;
        self
    }

    fn segment(&mut self, from_client: bool, flags: u8, payload: &[u8]) {
        let (client, server) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        let (from, to, ports) =
            if from_client { (client, server, [self.port, 80]) } else { (server, client, [80, self.port]) };
        let (seq, ack) = if from_client { (self.up, self.down) } else { (self.down, self.up) };
        let mut data = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        let total = u16::try_from(40 + payload.len()).unwrap().to_be_bytes();
        data.extend([0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, 6, 0, 0]);
        data.extend([from, to].concat());
        data.extend(ports.map(u16::to_be_bytes).concat());
        data.extend([seq, if flags & 16 == 0 { 0 } else { ack }].map(u32::to_be_bytes).concat());
        data.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        data.extend_from_slice(payload);
        let used = u32::try_from(payload.len()).unwrap() + u32::from(flags & 3 != 0);
        *(if from_client { &mut self.up } else { &mut self.down }) += used;
        self.packets.push(packet(self.millis, data));
        self.millis += 1;
    }
}

/// A packet captured at this time.
pub fn packet(millis: u32, data: Vec<u8>) -> Packet {
    let original = u32::try_from(data.len()).unwrap();
    Packet { seconds: 1_795_000_000 + millis / 1000, micros: millis % 1000 * 1000, original, data }
}

/// A pcapng block of the byte order of this machine's most common sort.
pub fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let length = u32::try_from(padded + 12).unwrap().to_le_bytes();
    let mut out = [&kind.to_le_bytes(), &length, body].concat();
    out.resize(8 + padded, 0);
    out.extend(length);
    out
}

pub fn section_block() -> Vec<u8> {
    block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])
}

/// An interface of this link type, with microseconds.
pub fn interface_block(link: u16) -> Vec<u8> {
    let link = link.to_le_bytes();
    block(1, &[link[0], link[1], 0, 0, 0, 0, 0, 0])
}

pub fn packet_block(interface: u32, packet: &Packet) -> Vec<u8> {
    let ticks = u64::from(packet.seconds) * 1_000_000 + u64::from(packet.micros);
    let [high, low] = [ticks >> 32, ticks & 0xffff_ffff].map(|half| u32::try_from(half).unwrap());
    let length = u32::try_from(packet.data.len()).unwrap();
    let head = [interface, high, low, length, packet.original].map(u32::to_le_bytes).concat();
    block(6, &[&head, &packet.data[..]].concat())
}

/// A block with a TLS key log.
pub fn secrets_block(keys: &[u8]) -> Vec<u8> {
    let length = u32::try_from(keys.len()).unwrap();
    block(10, &[&0x544c_534b_u32.to_le_bytes(), &length.to_le_bytes(), keys].concat())
}
