//! Every bound of the program has a capture that reaches it: something is said, and everything else
//! in the capture is still analysed.
//!
//! The bounds are listed by taking `Limits` apart: a new one without a case here does not compile.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers outside of test functions")]

use crate::wire_packets as packets;

use packets::{
    PLAIN, Packet, Talk, fixture, interface_block, packet, packet_block, packets_of, pcap_of, secrets_block,
    section_block,
};
use std::io::Write;
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::report::view::Report;
use whycors::report::{Options, json};
use whycors::run::{Outcome, Request, analyse};

/// What is to be seen when a bound is reached.
enum Seen {
    /// A remark of this id whose text holds these words.
    Remark(&'static str, &'static str),
    /// The input is refused with these words; the other input is analysed.
    Refused(&'static str),
    /// Nothing is left out: the report is the same, byte for byte.
    Nothing,
    /// The report differs in what only this bound explains.
    Differs(fn(&Report) -> bool),
}

/// A capture that reaches a bound.
struct Case {
    /// The bounds under which it is not reached.
    roomy: Limits,
    /// The same with the one bound tightened.
    tight: Limits,
    file: Vec<u8>,
    keys: Vec<u8>,
    seen: Seen,
}

impl Case {
    fn new(tight: Limits, file: Vec<u8>, seen: Seen) -> Self {
        Self { roomy: Limits::default(), tight, file, keys: Vec::new(), seen }
    }

    fn remark(tight: Limits, file: Vec<u8>, id: &'static str, words: &'static str) -> Self {
        Self::new(tight, file, Seen::Remark(id, words))
    }
}

macro_rules! bounds {
    ($($name:ident),* $(,)?) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Takes the bounds apart, so that none is forgotten.
        fn every_name_is_listed(limits: Limits) {
            let Limits { $($name: _),* } = limits;
        }
    };
}

bounds! {
    head_bytes, excerpt_bytes, batch_bytes, out_of_order_bytes, out_of_order_total, flows, flow_idle_seconds,
    fragments, fragment_seconds, tls_wait_bytes, tls_handshake_bytes, tls_resync_records, keylog_secrets,
    unfinished_total, packet_bytes, interfaces, tunnel_depth, h2_streams, hpack_table_bytes, pipeline,
    har_entry_bytes, har_string_bytes, har_pages, json_depth, inflate_ratio, zstd_window_bytes, waiting,
    waiting_bytes, horizon_seconds, server_facts, findings, alike_failing, alike_open,
}

fn cases(name: &str) -> Vec<Case> {
    let d = Limits::default;
    match name {
        "head_bytes" => vec![Case::remark(
            Limits { head_bytes: 700, ..d() },
            capture(talk().client(get("/long", &format!("X-Long: {}\r\n", "x".repeat(3000)))).server(OK)),
            "limit-reached",
            "message head larger than the limit",
        )],
        // The server's own words are no longer there to be quoted.
        "excerpt_bytes" => vec![Case::new(
            Limits { excerpt_bytes: 8, ..d() },
            capture(talk().client(PREFLIGHT).server(REFUSED)),
            Seen::Differs(|report| !text_of(report).contains("Invalid CORS request")),
        )],
        "batch_bytes" => {
            let packets = packets_of(&fixture("busy-clear.pcap"));
            vec![Case::new(Limits { batch_bytes: 100, ..d() }, with_good(packets), Seen::Nothing)]
        }
        "out_of_order_bytes" | "out_of_order_total" => {
            let file = capture(talk().client(get("/a", "")).server(OK).lose(100).client(vec![b'x'; 5000]));
            let tight = if name == "out_of_order_bytes" {
                Limits { out_of_order_bytes: 3000, ..d() }
            } else {
                Limits { out_of_order_total: 64 * 3000, ..d() }
            };
            vec![Case::remark(tight, file, "out-of-order-dropped", "1 hole given up early")]
        }
        "flows" => {
            let many: Vec<Talk> =
                (0..4).map(|number| Talk::open(2000 + number, u32::from(number)).client(get("/a", ""))).collect();
            vec![Case::remark(Limits { flows: 2, ..d() }, capture_of(&many), "flows-dropped", "")]
        }
        // The answer comes when the connection is no longer followed.
        "flow_idle_seconds" => vec![Case::new(
            Limits { flow_idle_seconds: 5, ..d() },
            capture(talk().client(get("/late", "")).wait(20_000).server(OK)),
            Seen::Differs(|report| {
                text_of(report).contains("/late") && text_of(report).contains("not followed any longer")
            }),
        )],
        "fragments" | "fragment_seconds" => {
            let tight = if name == "fragments" {
                Limits { fragments: 1, ..d() }
            } else {
                Limits { fragment_seconds: 1, ..d() }
            };
            let parts = [(1, 0, 0), (2, 0, 1), (1, 1, 5000), (2, 1, 5001)].map(|(id, part, at)| fragment(id, part, at));
            vec![Case::remark(tight, with_good(parts.to_vec()), "fragments-dropped", "")]
        }
        "tls_wait_bytes" => {
            // The keys come before the last packets of the connection, in a later batch than the first.
            let (mut before, keys) = tls("tls13-aes128-gcm-h1");
            let after = before.split_off(before.len() - 4);
            let block = |packet: &Packet| packet_block(0, packet);
            let file = [
                section_block(),
                interface_block(1),
                before.iter().flat_map(block).collect(),
                secrets_block(&keys),
                after.iter().chain(&good()).flat_map(block).collect(),
            ];
            let roomy = Limits { batch_bytes: 3000, ..d() };
            let tight = Limits { tls_wait_bytes: 500, ..roomy.clone() };
            let seen = Seen::Remark("limit-reached", "too many bytes came before the keys");
            vec![Case { roomy, tight, file: file.concat(), keys: Vec::new(), seen }]
        }
        "tls_handshake_bytes" => {
            let (packets, keys) = tls("tls13-aes128-gcm-h2");
            let tight = Limits { tls_handshake_bytes: 100, ..d() };
            let case = Case::remark(tight, with_good(packets), "tls-not-read", "handshake too long");
            vec![Case { keys, ..case }]
        }
        "tls_resync_records" => {
            // Everything the client sent between its first segment and its last two is lost.
            let (mut packets, keys) = tls("tls13-aes128-gcm-h1");
            let port = packets[0].data[34..36].to_vec();
            packets.retain(|packet| packet.data[34..36] == port[..] || packet.data[36..38] == port[..]);
            let is_client = |packet: &Packet| packet.data[36..38] == 18443_u16.to_be_bytes() && packet.data.len() > 80;
            let clients = packets.iter().filter(|packet| is_client(packet)).count();
            let mut seen = 0;
            let kept = packets.into_iter().filter(|packet| {
                seen += usize::from(is_client(packet));
                !is_client(packet) || seen == 1 || seen + 1 >= clients
            });
            let tight = Limits { tls_resync_records: 1, ..d() };
            let case = Case::remark(tight, with_good(kept.collect()), "tls-not-read", "lost sync");
            vec![Case { keys, ..case }]
        }
        "keylog_secrets" => {
            let (packets, keys) = tls("tls13-aes128-gcm-h1");
            let tight = Limits { keylog_secrets: 1, ..d() };
            vec![Case { keys, ..Case::remark(tight, with_good(packets), "limit-reached", "left out of the key log") }]
        }
        "unfinished_total" => {
            let many: Vec<Talk> = (0..200)
                .map(|number| Talk::open(2000 + number, u32::from(number)).client(["GET /", &"a".repeat(900)].concat()))
                .collect();
            let tight = Limits { unfinished_total: 64 * 1000, ..d() };
            vec![Case::remark(tight, capture_of(&many), "limit-reached", "the memory for unfinished messages was full")]
        }
        "packet_bytes" => {
            let large = packet(0, vec![0xff; 5000]);
            let tight = Limits { packet_bytes: 2000, ..d() };
            let blocks = [section_block(), interface_block(1), packet_block(0, &large)];
            let pcapng = good().iter().fold(blocks.concat(), |file, packet| [file, packet_block(0, packet)].concat());
            vec![
                Case::remark(tight.clone(), with_good(vec![large]), "file-damaged", "made no sense and"),
                Case::remark(tight, pcapng, "file-damaged", "made no sense and"),
            ]
        }
        "interfaces" => {
            let other = talk().client(get("/a", "")).server(OK);
            let mut file = [section_block(), interface_block(1), interface_block(1)].concat();
            file.extend(other.packets.iter().flat_map(|packet| packet_block(1, packet)));
            file.extend(good().iter().flat_map(|packet| packet_block(0, packet)));
            let words = "1 interface beyond the limit of 1; 5 packets there left out";
            vec![Case::remark(Limits { interfaces: 1, ..d() }, file, "limit-reached", words)]
        }
        "tunnel_depth" => {
            let mut nested = talk().packets.remove(0).data.split_off(14);
            for _ in 0..3 {
                let total = u16::try_from(nested.len() + 20).unwrap().to_be_bytes();
                let outer = [0x45, 0, total[0], total[1], 0, 0, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
                nested = [&outer[..], &nested].concat();
            }
            let nested = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], &nested].concat();
            let connect = "CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n";
            let granted = "HTTP/1.1 200 Connection established\r\n\r\n";
            let mut tunnels = talk();
            for _ in 0..3 {
                tunnels = tunnels.client(connect).server(granted);
            }
            let tight = Limits { tunnel_depth: 1, ..d() };
            vec![
                Case::remark(tight.clone(), with_good(vec![packet(0, nested)]), "limit-reached", "1 packet not read"),
                Case::remark(
                    tight,
                    capture(tunnels.client(get("/a", "")).server(OK)),
                    "limit-reached",
                    "1 connection not read",
                ),
            ]
        }
        "h2_streams" => vec![Case::remark(
            Limits { h2_streams: 1, ..d() },
            capture(talk().client([PREFACE, &h2_get(1, &[]), &h2_get(3, &[])].concat())),
            "limit-reached",
            "HTTP/2 stream beyond the limit",
        )],
        "hpack_table_bytes" => vec![Case::remark(
            Limits { hpack_table_bytes: 100, ..d() },
            // A size update to 4096.
            capture(talk().client([PREFACE, &h2_get(1, &[0x3f, 0xe1, 0x1f])].concat())),
            "limit-reached",
            "HPACK table larger than the limit",
        )],
        "pipeline" => vec![Case::remark(
            Limits { pipeline: 1, ..d() },
            capture(talk().client([get("/a", ""), get("/b", ""), get("/c", "")].concat()).server([OK; 3].concat())),
            "limit-reached",
            "2 requests beyond the limit of waiting ones",
        )],
        "har_entry_bytes" => {
            let many = vec![r#"{"name":"X","value":"0123456789"}"#; 60].join(",");
            let file = har(&entry("https://a.test/", &many), "");
            vec![Case::remark(Limits { har_entry_bytes: 1000, ..d() }, file, "limit-reached", "too large")]
        }
        "har_string_bytes" => {
            let long = format!(r#"{{"name":"X","value":"{}"}}"#, "v".repeat(3000));
            let file = har(&entry("https://a.test/", &long), "");
            vec![Case::remark(Limits { har_string_bytes: 1000, ..d() }, file, "limit-reached", "too long")]
        }
        "har_pages" => {
            let pages = r#""pages":[{"id":"a","title":"https://a.test/"},{"id":"b","title":"https://b.test/"}],"#;
            let file = har(&entry("https://a.test/", ""), pages);
            vec![Case::remark(Limits { har_pages: 1, ..d() }, file, "limit-reached", "1 page")]
        }
        "json_depth" => {
            let deep = entry("https://a.test/", "").replacen('{', "{\"_x\":[[[[[[1]]]]]],", 1);
            vec![Case::remark(Limits { json_depth: 6, ..d() }, har(&deep, ""), "limit-reached", "nested too deeply")]
        }
        "inflate_ratio" => {
            let mut text = har(&entry("https://a.test/", ""), "");
            text.pop();
            text.extend(vec![b' '; 8 << 20]);
            text.push(b'}');
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            gzip.write_all(&text).unwrap();
            let tight = Limits { inflate_ratio: 2, ..d() };
            vec![Case::remark(tight, gzip.finish().unwrap(), "limit-reached", "decompression stopped")]
        }
        "zstd_window_bytes" => {
            // One raw block in a frame with a window of 1 MiB.
            let text = har(&entry("https://a.test/", ""), "");
            let size = (u32::try_from(text.len()).unwrap() << 3 | 1).to_le_bytes();
            let file = [&[0x28, 0xb5, 0x2f, 0xfd, 0, 0x50], &size[..3], &text].concat();
            let tight = Limits { zstd_window_bytes: 1000, ..d() };
            vec![Case::new(tight, file, Seen::Refused("window is too large"))]
        }
        "waiting" | "waiting_bytes" => {
            let entries: Vec<String> = (0..40).map(|number| entry(&format!("https://a.test/{number}"), "")).collect();
            let tight =
                if name == "waiting" { Limits { waiting: 4, ..d() } } else { Limits { waiting_bytes: 4096, ..d() } };
            vec![Case::remark(tight, har(&entries.join(","), ""), "limit-reached", "settled early")]
        }
        // The actual request comes too late for its preflight.
        "horizon_seconds" => vec![Case::new(
            Limits { horizon_seconds: 1, ..d() },
            capture(
                talk()
                    .client(PREFLIGHT)
                    .server(ALLOWED)
                    .wait(8000)
                    .client(get("/other", ""))
                    .server(OK)
                    .client(get("/p", "").replacen("GET", "PUT", 1))
                    .server(OK),
            ),
            Seen::Differs(|report| !text_of(report).contains("\"link\": \"paired\"")),
        )],
        "server_facts" => {
            let two =
                talk().client(get("/a", "")).server(OK).client(get("/a", "").replace("a.test", "b.test")).server(OK);
            vec![Case::remark(
                Limits { server_facts: 1, ..d() },
                capture(two),
                "limit-reached",
                "table of servers was full",
            )]
        }
        "findings" => vec![Case::remark(
            Limits { findings: 1, ..d() },
            capture_of(&[talk().client(get("/a", "")).server(OK)]),
            "limit-reached",
            "findings beyond the limit",
        )],
        "alike_failing" => vec![Case::remark(
            Limits { alike_failing: 1, ..d() },
            capture(talk().client(get("/a", "")).server(OK).client(get("/b", "")).server(OK)),
            "findings-alike",
            "",
        )],
        "alike_open" => {
            let hop = |path| get(path, "Via: 1.1 lb\r\n");
            let talk = talk().client(hop("/a")).server(OK).client(hop("/b")).server(OK);
            vec![Case::remark(Limits { alike_open: 1, ..d() }, capture(talk), "findings-alike", "")]
        }
        _ => panic!("the bound `{name}` has no capture that reaches it"),
    }
}

#[test]
fn every_bound_is_reached_and_said_and_the_rest_is_analysed() {
    every_name_is_listed(Limits::default());
    for (name, case) in NAMES.iter().flat_map(|name| cases(name).into_iter().map(move |case| (name, case))) {
        let [roomy, tight] = [&case.roomy, &case.tight].map(|limits| run(&case, limits));
        for outcome in [&roomy, &tight] {
            let good = outcome.report.findings.iter().filter(|finding| finding.url.contains("good.test")).count();
            assert!(good > 0, "{name}: the rest is analysed\n{}", text_of(&outcome.report));
        }
        let remarks = |outcome: &Outcome| {
            outcome
                .report
                .remarks
                .iter()
                .map(|remark| format!("{}: {}", remark.id, remark.text))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let has = |outcome: &Outcome, id: &str, words: &str| {
            outcome.report.remarks.iter().any(|remark| remark.id == id && remark.text.contains(words))
        };
        match case.seen {
            Seen::Remark(id, words) => {
                assert!(!has(&roomy, id, words), "{name}: said without need\n{}", remarks(&roomy));
                assert!(has(&tight, id, words), "{name}: not said\n{}", remarks(&tight));
            }
            Seen::Refused(words) => {
                assert_eq!(roomy.errors, [""; 0], "{name}");
                assert!(tight.errors.iter().any(|error| error.contains(words)), "{name}: {:?}", tight.errors);
            }
            Seen::Nothing => assert!(text_of(&roomy.report) == text_of(&tight.report), "{name}"),
            Seen::Differs(differs) => {
                assert!(!differs(&roomy.report), "{name}\n{}", text_of(&roomy.report));
                assert!(differs(&tight.report), "{name}\n{}", text_of(&tight.report));
            }
        }
    }
}

// ---- captures ----

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const PREFLIGHT: &str = "OPTIONS /p HTTP/1.1\r\nHost: a.test\r\nOrigin: http://www.shop.test\r\n\
                         Access-Control-Request-Method: PUT\r\n\r\n";
const ALLOWED: &str = "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\
                       Access-Control-Allow-Methods: PUT\r\n\r\n";
const REFUSED: &str = "HTTP/1.1 403 Forbidden\r\nContent-Length: 20\r\n\r\nInvalid CORS request";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

fn get(path: &str, headers: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: a.test\r\nOrigin: http://www.shop.test\r\nSec-Fetch-Mode: cors\r\n{headers}\r\n"
    )
}

/// A HEADERS frame with a request of literals, after these bytes.
fn h2_get(stream: u8, before: &[u8]) -> Vec<u8> {
    let mut block = before.to_vec();
    for (name, value) in [(":method", "GET"), (":scheme", "http"), (":authority", "a.test"), (":path", "/a")] {
        block.push(0);
        for part in [name, value] {
            block.push(u8::try_from(part.len()).unwrap());
            block.extend_from_slice(part.as_bytes());
        }
    }
    let length = u8::try_from(block.len()).unwrap();
    [&[0, 0, length, 1, 5, 0, 0, 0, stream][..], &block].concat()
}

fn talk() -> Talk {
    Talk::open(1000, 0)
}

/// A request that fails for a reason of its own.
fn good() -> Vec<Packet> {
    let request = get("/good", "").replace("a.test", "good.test");
    Talk::open(50_000, 30_000).client(request).server(OK).packets
}

fn with_good(packets: Vec<Packet>) -> Vec<u8> {
    pcap_of(&[packets, good()].concat(), PLAIN)
}

fn capture(talk: Talk) -> Vec<u8> {
    with_good(talk.packets)
}

/// Connections whose packets are mixed, and the good request before all of them.
fn capture_of(talks: &[Talk]) -> Vec<u8> {
    let mut packets: Vec<Packet> = talks.iter().flat_map(|talk| talk.packets.clone()).collect();
    packets.sort_by_key(|packet| (packet.seconds, packet.micros));
    let good = Talk::open(50_000, 0).client(get("/good", "").replace("a.test", "good.test")).server(OK).packets;
    pcap_of(&[good, packets].concat(), PLAIN)
}

/// One of two fragments of a datagram that is no TCP.
fn fragment(id: u8, part: u8, millis: u32) -> Packet {
    let more = if part == 0 { 0x20 } else { 0 };
    let mut data = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    data.extend([0x45, 0, 0, 28, 0, id, more, part, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    data.extend([0; 8]);
    packet(millis, data)
}

/// The packets of a recorded TLS capture, and its keys.
fn tls(name: &str) -> (Vec<Packet>, Vec<u8>) {
    let start = packet(0, Vec::new()).seconds;
    let packets = packets_of(&fixture(&format!("tls/{name}.pcap"))).into_iter();
    (packets.map(|packet| Packet { seconds: start, ..packet }).collect(), fixture(&format!("tls/{name}.keys")))
}

fn entry(url: &str, headers: &str) -> String {
    let comma = if headers.is_empty() { "" } else { "," };
    format!(
        r#"{{"startedDateTime":"2026-11-24T10:00:00Z","time":5,"pageref":"b","request":{{"method":"GET","url":"{url}","httpVersion":"HTTP/1.1",
        "headers":[{{"name":"Host","value":"a.test"}},{{"name":"Origin","value":"http://www.shop.test"}}{comma}{headers}]}},
        "response":{{"status":200,"headers":[{{"name":"Server","value":"x"}}]}}}}"#
    )
}

/// A HAR with these entries and a good one.
fn har(entries: &str, pages: &str) -> Vec<u8> {
    let good = entry("https://good.test/", "");
    format!(r#"{{"log":{{"creator":{{"name":"Tool","version":"1"}},{pages}"entries":[{good},{entries}]}}}}"#)
        .into_bytes()
}

fn run(case: &Case, limits: &Limits) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut files = vec![write("a", &case.file)];
    if matches!(case.seen, Seen::Refused(_)) {
        files[0] = write("refused", &case.file);
        files.push(write("good", &with_good(Vec::new())));
    }
    let request = Request {
        sources: (0..)
            .zip(&files)
            .map(|(index, path)| Source { index, path: path.to_string_lossy().into_owned() })
            .collect(),
        keylogs: vec![write("keys", &case.keys)],
        limits: limits.clone(),
        ..Request::default()
    };
    let mut outcome = analyse(&request, &AtomicBool::new(false), &mut |_| {});
    for input in &mut outcome.report.inputs {
        input.path.clear();
    }
    outcome
}

fn text_of(report: &Report) -> String {
    let mut out = Vec::new();
    json::write(report, &Options::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
