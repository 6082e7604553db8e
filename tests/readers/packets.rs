//! Packet captures to exchanges: real captures, the same in other clothes, damaged ones, and
//! synthetic ones of hostile size.

#![allow(clippy::unwrap_used, reason = "helpers outside of test functions")]

use crate::synthetic;
use crate::wire_packets as packets;

use packets::{Format, PLAIN, Packet, fixture, frame_of, packets_of, pcap_of, read, read_all, relink};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use synthetic::{Recipe, frame, pcap_header, record};
use whycors::capture::{InputKind, Limits, Progress, Remark, Sink, Source, pcap};
use whycors::exchange::{Exchange, NoResponse, Place};

const FIN: u8 = 1;
const SYN: u8 = 2;
const RST: u8 = 4;
const ACK: u8 = 16;

/// A capture of one client and one server, packet by packet.
#[derive(Default)]
struct Wire {
    records: Vec<u8>,
    micros: u64,
    client_seq: u32,
    server_seq: u32,
    port: u16,
}

impl Wire {
    fn new(port: u16) -> Self {
        Self { records: pcap_header(), micros: 0, client_seq: 1000, server_seq: 5000, port }
    }

    fn up(&mut self, flags: u8, payload: &[u8]) -> &mut Self {
        let data =
            frame([10, 0, 0, 1], [10, 0, 0, 2], self.port, 8080, self.client_seq, self.server_seq, flags, payload);
        let used = u32::try_from(payload.len()).unwrap() + u32::from(flags & (SYN | FIN) != 0);
        self.client_seq = self.client_seq.wrapping_add(used);
        self.put(&data)
    }

    fn down(&mut self, flags: u8, payload: &[u8]) -> &mut Self {
        let data =
            frame([10, 0, 0, 2], [10, 0, 0, 1], 8080, self.port, self.server_seq, self.client_seq, flags, payload);
        let used = u32::try_from(payload.len()).unwrap() + u32::from(flags & (SYN | FIN) != 0);
        self.server_seq = self.server_seq.wrapping_add(used);
        self.put(&data)
    }

    fn put(&mut self, data: &[u8]) -> &mut Self {
        self.records.extend(record(self.micros, data));
        self.micros += 1000;
        self
    }

    fn wait(&mut self, millis: u64) -> &mut Self {
        self.micros += millis * 1000;
        self
    }

    fn handshake(&mut self) -> &mut Self {
        self.up(SYN, b"").down(SYN | ACK, b"").up(ACK, b"")
    }
}

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: api.shop.example\r\nOrigin: https://www.shop.example\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// ---- real captures; counts were compared with tshark's ----

#[test]
fn a_capture_in_clear_is_read_frame_by_frame() {
    let got = read(&fixture("busy-clear.pcap"));
    assert_eq!(got.exchanges.len(), 44);
    assert_eq!(got.exchanges.iter().filter(|exchange| exchange.response.is_ok()).count(), 41);
    assert_eq!((got.summaries[0].packets, got.summaries[0].kind), (358, Some(InputKind::Pcap)));
    let reset: Vec<_> = got.exchanges.iter().filter(|exchange| exchange.response == Err(NoResponse::Reset)).collect();
    assert_eq!(reset.len(), 2, "the preflight and its repetition on a fresh connection");
    assert_eq!(reset[0].place, Place::Frame { input: 0, frame: 166, stream: 6 });
    assert_eq!(reset[0].note.event_place(), Some(Place::Frame { input: 0, frame: 167, stream: 6 }));
    let silent = got.exchanges.iter().find(|exchange| exchange.response == Err(NoResponse::TimedOut)).unwrap();
    assert_eq!(frame_of(silent.place), 177);
}

#[test]
fn tls_with_http_2_is_opened_by_the_keys_inside_the_file() {
    let got = read(&fixture("credentials-ok-tls.pcapng"));
    assert_eq!(got.exchanges.len(), 8);
    assert!(got.exchanges.iter().all(|exchange| exchange.note.tls && exchange.response.is_ok()));
    assert_eq!(got.remark_ids(), [""; 0]);
    let preflight = got.exchanges.iter().find(|exchange| exchange.is_preflight()).unwrap();
    assert_eq!(&*preflight.request.url, "https://api.shop.test/v6/h");
    assert_eq!((frame_of(preflight.place), frame_of(preflight.response_place.unwrap())), (49, 50));
}

#[test]
fn a_silent_http_2_server_is_a_timeout() {
    let got = read(&fixture("silent-h2.pcapng"));
    let silent = got.exchanges.iter().find(|exchange| exchange.response.is_err()).unwrap();
    assert_eq!((silent.response.as_ref().err(), frame_of(silent.place)), (Some(&NoResponse::TimedOut), 50));
}

#[test]
fn connections_without_a_readable_request_are_remarks() {
    for (name, text, frame) in [
        ("refused.pcap", "1 connection to 127.0.10.7:443: refused (RST in answer to SYN)", 38),
        ("tls-reset.pcap", "2 connections to notls.shop.test: reset before the server answered", 39),
    ] {
        let got = read(&fixture(name));
        let remark = got.remark("connections-failed");
        let (said, time) = remark.text.rsplit_once(", ").unwrap();
        assert_eq!((said, frame_of(remark.places[0])), (text, frame));
        assert!(time.contains("at 02:4") && time.ends_with(" UTC"), "{time}");
    }
    // The client's alert is encrypted (TLS 1.3): it shows with keys only.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/bad-certificate.pcap");
    let mut keys = packets::no_keys();
    keys.add(&fixture("bad-certificate.keys"));
    let got = packets::read_paths(&[&path], keys, &Limits::default());
    let remark = got.remark("connections-failed");
    assert_eq!(
        remark.text,
        "1 connection to badcert.shop.test: TLS alert certificate_unknown: the client did not trust the certificate, at \
         02:27:00.213 UTC"
    );
    assert!(!read(&fixture("bad-certificate.pcap")).remark_ids().contains(&"connections-failed"));
}

#[test]
fn tls_without_keys_is_counted_by_server_name() {
    let got = read(&fixture("refused.pcap"));
    assert_eq!(got.exchanges.len(), 0);
    assert_eq!(got.summaries[0].closed_tls, [("app.shop.test".to_owned(), 2)]);
    assert!(got.remark("tls-closed").text.contains("--keylog"));
}

// ---- the same packets in other clothes ----

#[test]
fn link_layers_byte_orders_and_repeated_packets_change_nothing() {
    let file = fixture("busy-clear.pcap");
    let original = packets_of(&file);
    let expected = read(&file);
    let ethertype = |ethernet: &[u8]| ethernet[12..14].to_vec();
    let forms: Vec<(&str, Vec<Packet>, Format)> = vec![
        ("nanoseconds, big-endian", original.clone(), Format { nanoseconds: true, big_endian: true, ..PLAIN }),
        ("raw IP", relink(&original, |_| Vec::new()), Format { link: 101, ..PLAIN }),
        ("VLAN", relink(&original, |e| [&e[..12], &[0x81, 0, 0, 7], &e[12..14]].concat()), PLAIN),
        ("QinQ", relink(&original, |e| [&e[..12], &[0x88, 0xa8, 0, 7, 0x81, 0, 0, 8], &e[12..14]].concat()), PLAIN),
        ("cooked", relink(&original, |e| [&[0; 14][..], &ethertype(e)].concat()), Format { link: 113, ..PLAIN }),
        ("cooked v2", relink(&original, |e| [&ethertype(e)[..], &[0; 18]].concat()), Format { link: 276, ..PLAIN }),
        ("loopback", relink(&original, |_| vec![2, 0, 0, 0]), Format { link: 0, ..PLAIN }),
        ("PPPoE", relink(&original, |e| [&e[..12], &[0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, 0x21]].concat()), PLAIN),
        ("MPLS", relink(&original, |e| [&e[..12], &[0x88, 0x47, 0, 1, 1, 64]].concat()), PLAIN),
    ];
    for (name, packets, format) in forms {
        let got = read(&pcap_of(&packets, format));
        assert_eq!(got.lines(), expected.lines(), "{name}");
        let places = |read: &packets::Read| read.exchanges.iter().map(|exchange| exchange.place).collect::<Vec<_>>();
        assert_eq!(places(&got), places(&expected), "{name}");
    }
    let twice: Vec<Packet> = original.iter().flat_map(|packet| [packet.clone(), packet.clone()]).collect();
    assert_eq!(read(&pcap_of(&twice, PLAIN)).lines(), expected.lines(), "every packet twice");
}

#[test]
fn packets_out_of_order_give_the_same_exchanges() {
    let file = fixture("busy-clear.pcap");
    let expected = read(&file).sorted_lines();
    for distance in [1, 2, 3] {
        let mut packets = packets_of(&file);
        for group in packets.chunks_mut(distance + 1) {
            group.rotate_left(1);
        }
        assert_eq!(read(&pcap_of(&packets, PLAIN)).sorted_lines(), expected, "moved by {distance}");
    }
}

#[test]
fn fragments_are_put_together() {
    let file = fixture("busy-clear.pcap");
    let expected = read(&file);
    let mut pieces = Vec::new();
    for (packet, id) in packets_of(&file).into_iter().zip(0_u16..) {
        let header_len = usize::from(packet.data[14] & 15) * 4;
        let (head, payload) = packet.data.split_at(14 + header_len);
        let total = usize::from(u16::from_be_bytes([head[16], head[17]])) - header_len;
        let payload = &payload[..total.min(payload.len())];
        let mut parts = Vec::new();
        let mut at = 0;
        while at < payload.len() {
            let end = (at + 400).min(payload.len());
            let mut data = head.to_vec();
            let length = u16::try_from(header_len + end - at).unwrap();
            data[16..18].copy_from_slice(&length.to_be_bytes());
            data[18..20].copy_from_slice(&id.to_be_bytes());
            let more = if end < payload.len() { 0x2000 } else { 0 };
            data[20..22].copy_from_slice(&(more | u16::try_from(at / 8).unwrap()).to_be_bytes());
            data.extend_from_slice(&payload[at..end]);
            let original = u32::try_from(data.len()).unwrap();
            parts.push(Packet { original, data, ..packet.clone() });
            at = end;
        }
        parts.reverse();
        pieces.extend(parts);
    }
    assert_eq!(read(&pcap_of(&pieces, PLAIN)).lines(), expected.lines());
    // Without one fragment the rest is counted.
    let lost = pieces.iter().rposition(|packet| packet.data.len() > 400).unwrap();
    pieces.remove(lost);
    assert_eq!(read(&pcap_of(&pieces, PLAIN)).remark("fragments-dropped").count, 1);
}

#[test]
fn a_snapshot_length_is_said_and_nothing_is_invented() {
    let file = fixture("busy-clear.pcap");
    let full = read(&file);
    let mut packets = packets_of(&file);
    for packet in &mut packets {
        packet.data.truncate(200);
    }
    let got = read(&pcap_of(&packets, PLAIN));
    assert_eq!(got.remark("packets-cut").count, 101);
    for exchange in &got.exchanges {
        let whole = full.exchanges.iter().find(|whole| whole.place == exchange.place).expect("a request that is there");
        assert_eq!(exchange.request.url, whole.request.url);
        let status = |exchange: &Exchange| exchange.head().map(|head| head.status);
        assert!(status(exchange).is_none() || status(exchange) == status(whole));
    }
}

#[test]
fn a_file_cut_anywhere_gives_what_came_before() {
    let file = fixture("busy-clear.pcap");
    let full = read(&file).lines();
    for cut in [0, 10, 23, 24, 30, 39, 40, 5000, 100_000, 150_001, file.len() - 1] {
        if cut < 8 {
            continue;
        }
        let got = read(&file[..cut]);
        if cut != 24 {
            assert!(got.remark_ids().contains(&"file-truncated"), "cut at {cut}: {:?}", got.remarks);
        }
        let answered = got
            .exchanges
            .iter()
            .filter(|exchange| exchange.head().is_some_and(|head| head.body.complete == Some(true)));
        assert!(answered.map(packets::line).all(|line| full.contains(&line)), "cut at {cut}");
    }
}

#[test]
fn absurd_lengths_are_passed_over() {
    let file = fixture("busy-clear.pcap");
    let full = read(&file);
    let mut broken = file.clone();
    let packets = packets_of(&file);
    let start: usize = 24 + packets[..40].iter().map(|packet| 16 + packet.data.len()).sum::<usize>();
    broken[start + 8..start + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    let got = read(&broken);
    assert_eq!(got.summaries[0].packets, full.summaries[0].packets - 1);
    assert!(got.remark_ids().contains(&"file-damaged"));
    let noise: Vec<u8> = file[..24]
        .iter()
        .copied()
        .chain((0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]))
        .collect();
    let got = read(&noise);
    assert!(got.exchanges.is_empty() && !got.remarks.is_empty());
}

// ---- several files ----

#[test]
fn rotated_files_are_one_capture_whatever_order_they_are_given_in() {
    let file = fixture("busy-clear.pcap");
    let whole = read(&file);
    let packets = packets_of(&file);
    for cuts in [[100, 165], [166, 167], [250, 253]] {
        let parts: Vec<Vec<u8>> = [&packets[..cuts[0]], &packets[cuts[0]..cuts[1]], &packets[cuts[1]..]]
            .iter()
            .map(|part| pcap_of(part, PLAIN))
            .collect();
        // The middle part is given last.
        let got = read_all(&[&parts[0], &parts[2], &parts[1]], &Limits::default());
        assert_eq!(got.lines(), whole.lines());
        let starts = [0, u64::try_from(cuts[1]).unwrap(), u64::try_from(cuts[0]).unwrap()];
        for (one, other) in got.exchanges.iter().zip(&whole.exchanges) {
            let start = starts[one.place.input() as usize];
            assert_eq!(frame_of(one.place) + start, frame_of(other.place), "places keep their file");
        }
    }
}

#[test]
fn captures_of_the_same_time_are_read_one_by_one() {
    let file = fixture("busy-clear.pcap");
    let got = read_all(&[&file, &file], &Limits::default());
    let one = read(&file).lines();
    assert_eq!(got.lines(), [one.clone(), one].concat());
    assert_eq!(got.summaries.iter().map(|summary| summary.exchanges).collect::<Vec<_>>(), [44, 44]);
}

// ---- facts of connections ----

#[test]
fn a_request_learns_how_its_connection_ended() {
    let ended = |finish: fn(&mut Wire) -> &mut Wire| {
        let mut wire = Wire::new(4000);
        wire.handshake().up(ACK, GET).down(ACK, b"");
        finish(&mut wire);
        let got = read(&wire.records);
        assert_eq!(got.exchanges.len(), 1);
        got.exchanges[0].clone()
    };
    let reset = ended(|wire| wire.down(RST | ACK, b""));
    assert_eq!(reset.response, Err(NoResponse::Reset));
    assert_eq!(reset.note.event_place(), Some(Place::Frame { input: 0, frame: 6, stream: 0 }));
    let closed = ended(|wire| wire.down(FIN | ACK, b"").up(FIN | ACK, b"").down(ACK, b""));
    assert_eq!(closed.response, Err(NoResponse::Closed));
    let cut = ended(|wire| wire);
    assert_eq!(cut.response, Err(NoResponse::Cut));
    let answered = ended(|wire| wire.down(FIN | ACK, OK));
    assert_eq!(answered.head().map(|head| head.status), Some(200), "FIN with data");
}

#[test]
fn a_syn_without_an_answer_is_told_from_a_capture_that_ends_too_soon() {
    let mut wire = Wire::new(4000);
    wire.up(SYN, b"");
    assert!(read(&wire.records).remarks.is_empty(), "a capture that ends at once proves nothing");
    wire.client_seq -= 1;
    wire.wait(1000).up(SYN, b"");
    assert_eq!(
        read(&wire.records).remark("connections-failed").text,
        "1 connection to 10.0.0.2:8080: no answer to SYN, at 11:06:40.000 UTC"
    );
}

#[test]
fn the_same_ports_used_again_are_another_stream() {
    let mut wire = Wire::new(4000);
    wire.handshake().up(ACK, GET).down(ACK, OK);
    wire.client_seq = 900_000;
    wire.server_seq = 77;
    wire.handshake().up(ACK, GET).down(ACK, OK);
    let got = read(&wire.records);
    let streams: Vec<Place> = got.exchanges.iter().map(|exchange| exchange.place).collect();
    assert_eq!(
        streams,
        [Place::Frame { input: 0, frame: 4, stream: 0 }, Place::Frame { input: 0, frame: 9, stream: 1 }]
    );
    assert!(got.exchanges.iter().all(|exchange| exchange.response.is_ok()));
}

#[test]
fn sequence_numbers_may_wrap_in_the_middle_of_a_message() {
    let mut wire = Wire::new(4000);
    wire.client_seq = u32::MAX - 20;
    wire.server_seq = u32::MAX - 10;
    wire.handshake().up(ACK, GET).down(ACK, OK).up(ACK, GET).down(ACK, OK);
    assert_eq!(read(&wire.records).exchanges.iter().filter(|exchange| exchange.response.is_ok()).count(), 2);
}

#[test]
fn one_side_of_a_connection_alone_gives_its_requests() {
    let mut wire = Wire::new(4000);
    wire.handshake().up(ACK, GET).down(ACK, OK).up(ACK, GET).down(ACK, OK);
    let packets = packets_of(&wire.records);
    let up: Vec<Packet> = packets.into_iter().filter(|packet| packet.data[34..36] == 4000_u16.to_be_bytes()).collect();
    let got = read(&pcap_of(&up, PLAIN));
    assert_eq!(got.exchanges.len(), 2);
    assert!(got.exchanges.iter().all(|exchange| exchange.response.is_err()));
}

#[test]
fn a_capture_that_starts_in_a_body_is_read_from_the_next_message_on() {
    let mut wire = Wire::new(4000);
    wire.down(ACK, b"the rest of a body").down(ACK, b"and more").up(ACK, GET).down(ACK, OK);
    let got = read(&wire.records);
    assert_eq!(got.exchanges.len(), 1);
    assert!(got.exchanges[0].response.is_ok());
    assert_eq!(got.exchanges[0].client.unwrap().port(), 4000, "the client is who sends the request");
}

#[test]
fn a_proxy_header_gives_the_real_client() {
    let mut wire = Wire::new(4000);
    wire.handshake().up(ACK, &[b"PROXY TCP4 203.0.113.9 10.0.0.2 51000 443\r\n", GET].concat()).down(ACK, OK);
    let got = read(&wire.records);
    assert_eq!(got.exchanges[0].client, Some("203.0.113.9:51000".parse().unwrap()));
    assert!(got.exchanges[0].note.tunneled && got.exchanges[0].response.is_ok());
}

#[test]
fn what_runs_inside_a_connect_tunnel_is_read() {
    let mut wire = Wire::new(4000);
    wire.handshake()
        .up(ACK, b"CONNECT api.shop.example:80 HTTP/1.1\r\nHost: api.shop.example:80\r\n\r\n")
        .down(ACK, b"HTTP/1.1 200 Connection established\r\n\r\n")
        .up(ACK, GET)
        .down(ACK, OK);
    let got = read(&wire.records);
    assert_eq!(got.exchanges.len(), 2);
    assert_eq!((&*got.exchanges[1].request.url, got.exchanges[1].note.tunneled), ("http://api.shop.example/a", true));
    assert_eq!(frame_of(got.exchanges[1].place), 6);
}

#[test]
fn other_protocols_are_left_alone() {
    let mut wire = Wire::new(4000);
    wire.handshake().down(ACK, b"SSH-2.0-OpenSSH_9.2\r\n").up(ACK, b"SSH-2.0-client\r\n").down(RST, b"");
    let got = read(&wire.records);
    assert!(got.exchanges.is_empty() && got.remarks.is_empty(), "{:?}", got.remarks);
}

#[test]
fn link_types_that_are_not_read_are_named() {
    let packets = packets_of(&fixture("busy-clear.pcap"));
    let got = read(&pcap_of(&packets[..5], Format { link: 163, ..PLAIN }));
    let remark = got.remark("link-unsupported");
    assert_eq!(remark.count, 5);
    assert!(remark.text.contains("link type 163 (802.11 with AVS header)"), "{}", remark.text);
}

// ---- pipes ----

/// A pipe that gives a whole exchange and stays open until someone has seen it.
struct OpenPipe {
    bytes: std::io::Cursor<Vec<u8>>,
    seen: Receiver<()>,
}

impl Read for OpenPipe {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match self.bytes.read(out)? {
            0 => {
                assert!(self.seen.recv().is_ok(), "the exchange was handed over while the pipe was open");
                Ok(0)
            }
            read => Ok(read),
        }
    }
}

struct Telling(Option<Sender<()>>);

impl Sink for Telling {
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()> {
        if let (false, Some(seen)) = (batch.is_empty(), self.0.take()) {
            seen.send(()).unwrap();
        }
        ControlFlow::Continue(())
    }

    fn remark(&mut self, _: Remark) {}

    fn progress(&mut self, _: Progress) {}
}

#[test]
fn exchanges_of_a_pipe_appear_while_it_is_still_being_written() {
    let mut wire = Wire::new(4000);
    wire.handshake().up(ACK, GET).down(ACK, OK);
    let (tell, seen) = channel();
    let pipe = OpenPipe { bytes: std::io::Cursor::new(wire.records), seen };
    let limits = Limits::default();
    let opened = whycors::capture::input::open_reader("-", pipe, &limits).unwrap();
    let source = Source { index: 0, path: "-".to_owned() };
    let summaries = pcap::read(vec![(source, opened)], packets::no_keys(), &limits, &mut Telling(Some(tell)));
    assert_eq!((summaries[0].exchanges, summaries[0].packets), (1, 5));
}

// ---- threads and limits ----

fn in_pool(threads: usize, captures: &[&[u8]], limits: &Limits) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| read_all(captures, limits).everything())
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let recipe = Recipe { bytes: 3_000_000, reordered: 5, repeated: 2, lost: 1, seed: 7, ..Recipe::default() };
    let mut made = Vec::new();
    synthetic::write(&recipe, &mut made).unwrap();
    let real = fixture("busy-clear.pcap");
    let tls = fixture("credentials-ok-tls.pcapng");
    let tiny = Limits {
        batch_bytes: 40_000,
        head_bytes: 700,
        out_of_order_bytes: 3000,
        out_of_order_total: 64 * 4000,
        unfinished_total: 64 * 900,
        flows: 20,
        pipeline: 2,
        fragments: 2,
        tls_wait_bytes: 4000,
        h2_streams: 2,
        server_facts: 1,
        ..Limits::default()
    };
    for limits in [Limits { batch_bytes: 100_000, ..Limits::default() }, tiny] {
        let one = in_pool(1, &[&made, &real, &tls], &limits);
        for threads in [2, 8] {
            assert!(in_pool(threads, &[&made, &real, &tls], &limits) == one, "{threads} threads differ from one");
        }
    }
}

#[test]
fn damage_of_a_synthetic_capture_loses_no_request_that_is_there() {
    let clean = Recipe { bytes: 2_000_000, seed: 3, ..Recipe::default() };
    let mut file = Vec::new();
    let made = synthetic::write(&clean, &mut file).unwrap();
    let got = read(&file);
    assert_eq!(got.exchanges.len() as u64, made.requests);
    assert!(got.exchanges.iter().all(|exchange| exchange.response.is_ok()));
    assert_eq!(got.exchanges.iter().filter(|exchange| exchange.is_preflight()).count() as u64, made.preflights);

    let shaken = Recipe { reordered: 5, repeated: 2, ..clean };
    let mut file = Vec::new();
    let made = synthetic::write(&shaken, &mut file).unwrap();
    let got = read(&file);
    assert_eq!(got.exchanges.len() as u64, made.requests, "order and repetition lose nothing");
    assert!(got.exchanges.iter().all(|exchange| exchange.response.is_ok()));
    assert!(got.remarks.is_empty(), "{:?}", got.remarks);
}

// ---- hostile sizes ----

fn many(count: u32, make: impl Fn(u32, &mut Vec<u8>)) -> Vec<u8> {
    let mut file = pcap_header();
    for number in 0..count {
        make(number, &mut file);
    }
    file
}

fn syn_of(number: u32) -> Vec<u8> {
    let low = number.to_be_bytes();
    frame([10, low[0], low[1], low[2]], [10, 0, 0, 2], 1024 + u16::from(low[3]), 80, number, 0, SYN, b"")
}

#[test]
fn a_flood_of_syns_costs_a_bounded_table_and_leaves_real_connections_alone() {
    let limits = Limits { flows: 1000, ..Limits::default() };
    let mut wire = Wire::new(4000);
    wire.handshake().up(ACK, GET);
    let mut file = wire.records.clone();
    for number in 0..30_000 {
        file.extend(record(5000, &syn_of(number)));
    }
    let mut rest = Wire { records: Vec::new(), ..wire };
    rest.micros = 6000;
    rest.down(ACK, OK);
    file.extend(rest.records);
    let got = read_all(&[&file], &limits);
    assert_eq!(got.exchanges[0].head().map(|head| head.status), Some(200));
    assert_eq!(got.remark("flows-dropped").count, 29_001);
}

#[test]
fn holes_that_are_never_filled_stay_within_the_budget() {
    // Every connection sends its second segment only, as much as it likes.
    let limits = Limits { out_of_order_bytes: 10_000, out_of_order_total: 64 * 20_000, ..Limits::default() };
    let file = many(3000, |number, file| {
        let port = 1024 + u16::try_from(number % 50).unwrap();
        let seq = 1_000_000 + (number / 50) * 1000;
        if number < 50 {
            file.extend(record(0, &frame([10, 0, 0, 1], [10, 0, 0, 2], port, 80, 1000, 0, SYN, b"")));
        }
        file.extend(record(1, &frame([10, 0, 0, 1], [10, 0, 0, 2], port, 80, seq, 1, ACK, &[b'x'; 900])));
    });
    let got = read_all(&[&file], &limits);
    assert!(got.remark("out-of-order-dropped").count >= 50);
    assert_eq!(got.exchanges.len(), 0);
}

#[test]
fn overlapping_segments_of_one_byte_are_not_quadratic() {
    let file = many(60_000, |number, file| {
        // Backwards, so that each one is stored in front of all others.
        let seq = 200_000 - number;
        file.extend(record(
            0,
            &frame([10, 0, 0, 1], [10, 0, 0, 2], 4000, 80, if number == 0 { 1 } else { seq }, 1, ACK, b"xy"),
        ));
    });
    let got = read(&file);
    assert_eq!(got.exchanges.len(), 0);
}

#[test]
fn a_header_without_end_is_cut_at_the_limit() {
    let mut wire = Wire::new(4000);
    wire.handshake().up(ACK, b"GET /a HTTP/1.1\r\nHost: api.shop.example\r\nX-Long: ");
    for _ in 0..3000 {
        wire.up(ACK, &[b'a'; 1400]);
    }
    let got = read(&wire.records);
    assert!(got.remark_ids().contains(&"limit-reached"), "{:?}", got.remarks);
}

#[test]
fn request_lines_that_never_end_share_one_budget() {
    let limits = Limits { unfinished_total: 64 * 8000, ..Limits::default() };
    let file = many(4000, |number, file| {
        let low = number.to_be_bytes();
        let client = [10, 1, low[2], low[3]];
        let begin = [b"GET /".as_slice(), &[b'a'; 900]].concat();
        file.extend(record(0, &frame(client, [10, 0, 0, 2], 4000, 80, 1, 1, ACK, &begin)));
    });
    let got = read_all(&[&file], &limits);
    assert!(got.remark("limit-reached").count > 2000, "{:?}", got.remarks);
}

#[test]
fn tunnels_in_tunnels_end_somewhere() {
    let mut inner = vec![0x45, 0, 0, 20, 0, 0, 0, 0, 64, 59, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    for _ in 0..200 {
        let total = u16::try_from(inner.len() + 20).unwrap().to_be_bytes();
        let mut outer = vec![0x45, 0, total[0], total[1], 0, 0, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        outer.extend(inner);
        inner = outer;
    }
    let packet = Packet { seconds: 1, micros: 0, original: u32::try_from(inner.len()).unwrap(), data: inner };
    let got = read(&pcap_of(&[packet], Format { link: 101, ..PLAIN }));
    assert_eq!(got.remark("limit-reached").text, "1 packet not read: too many tunnels in each other");
}

/// Stops the reading at once.
struct Stopper;

impl Sink for Stopper {
    fn exchanges(&mut self, _: Vec<Exchange>) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn remark(&mut self, _: Remark) {}

    fn progress(&mut self, _: Progress) {}
}

#[test]
fn a_capture_whose_reading_was_stopped_keeps_its_name_and_kind() {
    let limits = Limits { batch_bytes: 10_000, ..Limits::default() };
    let paths = ["busy-clear.pcap", "credentials-ok-tls.pcapng"]
        .map(|name| format!("{}/tests/captures/{name}", env!("CARGO_MANIFEST_DIR")));
    let files = (0..).zip(&paths).map(|(index, path)| {
        let source = Source { index, path: path.clone() };
        let opened = whycors::capture::open(&source, &limits).unwrap();
        (source, opened)
    });
    let summaries = pcap::read(files.collect(), packets::no_keys(), &limits, &mut Stopper);
    let found: Vec<_> = summaries.iter().map(|summary| (summary.path.as_str(), summary.kind)).collect();
    assert_eq!(found, [(paths[0].as_str(), Some(InputKind::Pcap)), (paths[1].as_str(), Some(InputKind::Pcapng))]);
}
