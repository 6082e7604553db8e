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
