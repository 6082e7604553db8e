//! Captures of hostile size: floods, endless headers, bombs. Each is small here and grows to its full
//! size in a run of `cargo test --release --test readers hostile:: -- --ignored`.
//!
//! Captures are made while they are read, as through a pipe, so that nothing but the reader takes memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers outside of test functions")]

use crate::wire_packets as packets;

use packets::{PLAIN, Packet, interface_block, no_keys, packet, packet_block, pcap_of, section_block};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Progress, Remark, Sink, Source, input, pcap};
use whycors::exchange::Exchange;
use whycors::run::{Outcome, Request, analyse};

const SYN: u8 = 2;
const ACK: u8 = 16;
const FIN: u8 = 1;

/// What reading gave, counted only.
#[derive(Debug, Default)]
struct Counted {
    exchanges: u64,
    answered: u64,
    remarks: BTreeMap<&'static str, u64>,
}

impl Sink for Counted {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        self.exchanges += batch.len() as u64;
        self.answered += batch.iter().filter(|exchange| exchange.response.is_ok()).count() as u64;
        ControlFlow::Continue(())
    }

    fn remark(&mut self, remark: Remark) {
        *self.remarks.entry(remark.id).or_default() += remark.count;
    }

    fn progress(&mut self, _: Progress) {}
}

/// A capture that comes into being while it is read.
struct Flood<F> {
    ready: Vec<u8>,
    at: usize,
    number: u32,
    count: u32,
    make: F,
}

impl<F: FnMut(u32) -> Vec<u8>> Read for Flood<F> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.ready.len() && self.number < self.count {
            self.ready = (self.make)(self.number);
            self.at = 0;
            self.number += 1;
        }
        let taken = out.len().min(self.ready.len() - self.at);
        out[..taken].copy_from_slice(&self.ready[self.at..self.at + taken]);
        self.at += taken;
        Ok(taken)
    }
}

/// Reads a capture that begins with `start`; `make` gives what follows, `count` times.
fn flood(start: Vec<u8>, count: u32, make: impl FnMut(u32) -> Vec<u8> + Send + 'static) -> Counted {
    let reader = Flood { ready: start, at: 0, number: 0, count, make };
    let limits = Limits::default();
    let opened = input::open_reader("-", reader, &limits).unwrap();
    let mut counted = Counted::default();
    pcap::read(vec![(Source { index: 0, path: "-".to_owned() }, opened)], no_keys(), &limits, &mut counted);
    counted
}

fn pcap_start() -> Vec<u8> {
    pcap_of(&[], PLAIN)
}

fn record(packet: &Packet) -> Vec<u8> {
    pcap_of(std::slice::from_ref(packet), PLAIN).split_off(24)
}

/// The two ends of connection `number`, and packets between them.
fn segment(number: u32, from_client: bool, flags: u8, [seq, ack]: [u32; 2], payload: &[u8]) -> Vec<u8> {
    let [a, b, c, d] = number.to_be_bytes();
    let (client, server) = ([10, a, b, c], [10, 0, 0, 2]);
    let port = 1024 + u16::from(d);
    let (from, to, ports) = if from_client { (client, server, [port, 80]) } else { (server, client, [80, port]) };
    let total = u16::try_from(40 + payload.len()).unwrap().to_be_bytes();
    let mut data = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    data.extend([0x45, 0, total[0], total[1], 0, 0, 0x40, 0, 64, 6, 0, 0]);
    data.extend([from, to].concat());
    data.extend(ports.map(u16::to_be_bytes).concat());
    data.extend([seq, ack].map(u32::to_be_bytes).concat());
    data.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    data.extend_from_slice(payload);
    record(&packet(0, data))
}

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

fn lengths() -> [u32; 2] {
    [GET, OK].map(|bytes| u32::try_from(bytes.len()).unwrap())
}

// ---- the floods ----

/// SYNs of ever new connections.
fn syns(count: u32) {
    let got = flood(pcap_start(), count, |number| segment(number, true, SYN, [number, 0], b""));
    assert_eq!(got.remarks["flows-dropped"], u64::from(count - 65_536));
    assert_eq!(got.exchanges, 0);
}

/// Connections that begin a request and never end it. Each is a connection to be remembered, and all
/// together fill the memory for unfinished messages first.
fn half_open(count: u32) {
    let begin = b"GET / HTTP/1.1\r\nHost: a.test\r\n";
    let got = flood(pcap_start(), count, |number| segment(number, true, ACK, [1, 1], begin));
    assert_eq!(got.remarks["flows-dropped"], u64::from(count - 65_536));
    assert_eq!(got.exchanges, 0);
}

/// Whole connections, one after the other.
fn connections(count: u32) {
    let [request, answer] = lengths();
    let got = flood(pcap_start(), count, move |number| {
        [
            segment(number, true, SYN, [0, 0], b""),
            segment(number, false, SYN | ACK, [0, 1], b""),
            segment(number, true, ACK, [1, 1], GET),
            segment(number, false, ACK | FIN, [1, 1 + request], OK),
            segment(number, true, ACK | FIN, [1 + request, 2 + answer], b""),
        ]
        .concat()
    });
    assert_eq!((got.exchanges, got.answered), (u64::from(count), u64::from(count)));
    assert_eq!(got.remarks, BTreeMap::new());
}

/// One connection with ever more requests.
fn requests(count: u32) {
    let [request, answer] = lengths();
    let got = flood(pcap_start(), count, move |number| {
        let (up, down) = (number.wrapping_mul(request), number.wrapping_mul(answer));
        [segment(0, true, ACK, [up, down], GET), segment(0, false, ACK, [down, up.wrapping_add(request)], OK)].concat()
    });
    assert_eq!((got.exchanges, got.answered), (u64::from(count), u64::from(count)));
    assert_eq!(got.remarks, BTreeMap::new());
}

/// One connection whose first bytes never come, and segments that lie over each other in any order.
fn overlaps(count: u32) {
    let got = flood(segments_start(), count, |number| {
        let seq = 1000 + number.wrapping_mul(2_654_435_761) % 900_000;
        segment(0, true, ACK, [seq, 1], &[b'x'; 700][..=number as usize % 700])
    });
    assert_eq!(got.exchanges, 0);
    assert_eq!(got.remarks.keys().copied().collect::<Vec<_>>(), ["gaps", "one-direction", "out-of-order-dropped"]);
}

fn segments_start() -> Vec<u8> {
    [pcap_start(), segment(0, true, SYN, [0, 0], b"")].concat()
}

/// A header line of so many kilobytes.
fn header_line(kilobytes: u32) {
    let begin = b"GET /a HTTP/1.1\r\nHost: a.test\r\nX-Long: ";
    let length = u32::try_from(begin.len()).unwrap();
    let start = [segments_start(), segment(0, true, ACK, [1, 1], begin)].concat();
    let got =
        flood(start, kilobytes, move |number| segment(0, true, ACK, [1 + length + number * 1024, 1], &[b'x'; 1024]));
    assert_eq!(got.exchanges, 1, "the request is there with its first lines");
    assert_eq!(got.remarks, BTreeMap::from([("limit-reached", 1), ("one-direction", 1)]));
}

/// Interfaces and sections without end; one packet stands in the last section.
fn interfaces(count: u32) {
    let first = [section_block(), interface_block(1)].concat();
    let got = flood(first, count, |_| interface_block(1));
    assert_eq!(got.remarks["limit-reached"], u64::from(count + 1 - 4096));
}

fn sections(count: u32) {
    let [request, _] = lengths();
    let got = flood(section_block(), count, move |number| {
        let section = [section_block(), interface_block(1)].concat();
        if number + 1 < count {
            return section;
        }
        let asked = segment(0, true, ACK, [1, 1], GET);
        let answered = segment(0, false, ACK, [1, 1 + request], OK);
        let blocks = [asked, answered].map(|record| packet_block(0, &packet(0, record[16..].to_vec())));
        [section, blocks.concat()].concat()
    });
    assert_eq!((got.answered, got.remarks), (1, BTreeMap::new()));
}

#[test]
fn floods_of_connections_and_requests_are_read_within_bounds() {
    syns(70_000);
    half_open(70_000);
    connections(5000);
    requests(20_000);
}

#[test]
fn floods_within_one_connection_or_file_are_read_within_bounds() {
    overlaps(20_000);
    header_line(3000);
    interfaces(10_000);
    sections(10_000);
}

#[test]
#[ignore = "a million SYNs"]
fn a_million_syns() {
    syns(1_000_000);
}

#[test]
#[ignore = "a million connections"]
fn a_million_half_open_connections() {
    half_open(1_000_000);
}

#[test]
#[ignore = "a million connections"]
fn a_million_connections() {
    connections(1_000_000);
}

#[test]
#[ignore = "a million requests"]
fn a_million_requests_on_one_connection() {
    requests(1_000_000);
}

#[test]
#[ignore = "a million segments"]
fn a_million_overlapping_segments() {
    overlaps(1_000_000);
}

#[test]
#[ignore = "100 MB"]
fn a_header_line_of_a_hundred_megabytes() {
    header_line(100_000);
}

#[test]
#[ignore = "a million blocks"]
fn a_million_interfaces_and_a_million_sections() {
    interfaces(1_000_000);
    sections(1_000_000);
}

// ---- bombs ----

fn analyse_bytes(bytes: &[u8]) -> Outcome {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let source = Source { index: 0, path: file.path().to_string_lossy().into_owned() };
    let request = Request { sources: vec![source], ..Request::default() };
    analyse(&request, &AtomicBool::new(false), &mut |_| {})
}

/// Whether the bomb was told and its first entry still analysed.
fn defused(bytes: &[u8]) {
    let outcome = analyse_bytes(bytes);
    let remarks = &outcome.report.remarks;
    assert!(remarks.iter().any(|remark| remark.id == "limit-reached"), "{remarks:?} {:?}", outcome.errors);
    assert_eq!(outcome.report.summary.exchanges, 1, "the entry before the bomb was read");
}

/// A HAR of one entry that goes on with spaces.
fn har_start() -> Vec<u8> {
    br#"{"log":{"creator":{"name":"Tool","version":"1"},"entries":[{"startedDateTime":"2026-11-24T10:00:00Z","time":5,
    "request":{"method":"GET","url":"https://a.test/","httpVersion":"HTTP/1.1","headers":[]},"response":{"status":200,"headers":[]}}"#
        .to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// One gzip member: the start, then so many megabytes of spaces.
fn gzip_bomb(megabytes: usize) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&har_start()).unwrap();
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        gzip.write_all(&spaces).unwrap();
    }
    gzip.finish().unwrap()
}

/// A Zstandard frame (RFC 8878): the start as a raw block, then blocks of 128 KiB that are four bytes long.
fn zstd_bomb(blocks: usize) -> Vec<u8> {
    let start = har_start();
    let header = |size: usize, kind: u32| (u32::try_from(size).unwrap() << 3 | kind << 1).to_le_bytes()[..3].to_vec();
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x50];
    out.extend([header(start.len(), 0), start].concat());
    for _ in 0..blocks {
        out.extend([header(128 << 10, 1), vec![b' ']].concat());
    }
    out
}

#[test]
fn bombs_are_stopped_and_what_stood_before_them_is_analysed() {
    defused(&zstd_bomb(2000));
    defused(&gzip(&gzip_bomb(64)));
    defused(&gzip(&zstd_bomb(2000)));
    defused(&gzip(&gzip(&zstd_bomb(2000))));
}

#[test]
#[ignore = "gigabytes of spaces"]
fn bombs_of_gigabytes() {
    defused(&zstd_bomb(1_000_000));
    let gigabyte = gzip_bomb(1000);
    defused(&gzip(&gigabyte));
    // A plain gzip packs a thousandfold at most: that is read to its end, without keeping it.
    let outcome = analyse_bytes(&gigabyte);
    assert_eq!(outcome.report.summary.exchanges, 1);
    assert!(outcome.report.remarks.iter().any(|remark| remark.id == "file-truncated"), "{:?}", outcome.report.remarks);
}

// ---- what is no capture ----

#[test]
fn what_only_looks_like_a_capture_is_refused_or_read_as_far_as_it_makes_sense() {
    for (bytes, words) in [
        (&b"\xa1\xb2\xc3\xd5\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\x01"[..], "binary data"),
        (b"\x0a\x0d\x0d\x0b\0\0\0\x1c", "binary data"),
        (b"\xd4\xc3", ""),
    ] {
        let outcome = analyse_bytes(bytes);
        assert!(outcome.errors.len() == 1 && outcome.errors[0].contains(words), "{:?}", outcome.errors);
    }
    let said =
        |bytes: &[u8]| analyse_bytes(bytes).report.remarks.into_iter().map(|remark| remark.id).collect::<Vec<_>>();
    for cut in 8..24 {
        assert_eq!(said(&pcap_start()[..cut]), ["file-truncated"], "{cut}");
        assert_eq!(said(&section_block()[..cut]), ["file-truncated"], "{cut}");
    }
    let absurd = |length: u32| {
        let mut block = packet_block(0, &packet(0, vec![0; 60]));
        block[4..8].copy_from_slice(&length.to_le_bytes());
        [section_block(), interface_block(1), block].concat()
    };
    for length in [0, 4, 11, 13, 0x7fff_ffff, 0xffff_ffff] {
        assert_eq!(said(&absurd(length)), ["file-damaged"], "{length}");
    }
    for length in [0x7fff_fffc, 0xffff_fffc] {
        assert!(said(&absurd(length)).iter().any(|id| id == "file-truncated"), "{length}");
    }
}
