//! Recorded conversations through `tls::Session`: cut anywhere, with late keys, with holes, with
//! damage.
//!
//! Reads the captures of the TLS matrix with a small de-framer of its own, so that it tests the
//! TLS layer alone.
#![allow(clippy::unwrap_used, reason = "tests say what went wrong by stopping")]

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use whycors::exchange::{Mark, Place, Side};
use whycors::tls::{Event, KeyLog, Limits, Session, Stopped};

/// The server's port in all captures of the matrix.
const PORT: u16 = 18443;

type Segment = (Side, Vec<u8>);

fn captures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures/tls")
}

/// Names of the cells, sorted.
fn cells() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(captures())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".pcap").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 56, "{} captures", names.len());
    names
}

/// Payloads of each connection (by the client's port, in order of appearance). The captures are of
/// the loopback interface: in order, without loss, Ethernet, IPv4.
fn connections(cell: &str) -> Vec<Vec<Segment>> {
    let file = fs::read(captures().join(format!("{cell}.pcap"))).unwrap();
    let mut order = Vec::new();
    let mut found: BTreeMap<u16, Vec<Segment>> = BTreeMap::new();
    let mut rest = &file[24..];
    while !rest.is_empty() {
        let len = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let ip = &rest[16 + 14..16 + len];
        let total = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
        let tcp = &ip[usize::from(ip[0] & 15) * 4..total];
        let (source, target) = (u16::from_be_bytes([tcp[0], tcp[1]]), u16::from_be_bytes([tcp[2], tcp[3]]));
        let (side, port) = if target == PORT { (Side::Client, source) } else { (Side::Server, target) };
        if !order.contains(&port) {
            order.push(port);
        }
        let payload = &tcp[usize::from(tcp[12] >> 4) * 4..];
        if !payload.is_empty() {
            found.entry(port).or_default().push((side, payload.to_vec()));
        }
        rest = &rest[16 + len..];
    }
    order.iter().filter_map(|port| found.remove(port)).collect()
}

fn keys(cell: &str) -> KeyLog {
    let mut keys = KeyLog::new(&Limits::default());
    keys.add(&fs::read(captures().join(format!("{cell}.keys"))).unwrap());
    keys
}

fn mark(frame: usize) -> Mark {
    Mark { place: Place::Frame { input: 0, frame: frame as u64, stream: 0 }, time: None }
}

/// What a session said: plaintext joined per side, everything else in words.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    client: Vec<u8>,
    server: Vec<u8>,
    /// Turns of the dialogue: who spoke, each only when the other had spoken before.
    turns: Vec<Side>,
    words: Vec<String>,
}

impl Heard {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Plaintext { from, bytes, .. } => {
                if *from == Side::Client { &mut self.client } else { &mut self.server }.extend_from_slice(bytes);
                if self.turns.last() != Some(from) {
                    self.turns.push(*from);
                }
            }
            Event::ClientHello { server_name, .. } => self.words.push(format!("client hello {server_name:?}")),
            Event::ServerHello { version, cipher, .. } => self.words.push(format!("{} {cipher}", version.name())),
            Event::Alpn { protocol, .. } => self.words.push(format!("alpn {protocol}")),
            Event::Alert { from, fatal, alert, .. } => {
                self.words.push(format!("{from:?} {}{}", if *fatal { "fatal " } else { "" }, alert.name()));
            }
            Event::Gap { from, .. } => self.words.push(format!("gap of {from:?}")),
            Event::NeedKeys => self.words.push("need keys".to_owned()),
            Event::Stopped { why } => self.words.push(format!("stopped: {}", why.id())),
        }
    }
}

fn listen(segments: &[Segment], keys: &KeyLog) -> Heard {
    let mut heard = Heard::default();
    let mut session = Session::new(&Limits::default());
    for (frame, (side, bytes)) in segments.iter().enumerate() {
        session.data(*side, bytes, mark(frame), keys, &mut |event| heard.take(&event));
    }
    session.finish(keys, &mut |event| heard.take(&event));
    heard
}

#[test]
fn every_record_of_every_cell_opens() {
    for cell in cells() {
        let keys = keys(&cell);
        for segments in connections(&cell) {
            let limits = Limits::default();
            let mut session = Session::new(&limits);
            for (frame, (side, bytes)) in segments.iter().enumerate() {
                session.data(*side, bytes, mark(frame), &keys, &mut |_| {});
            }
            let notes = session.notes();
            assert_eq!((notes.failed, notes.resynchronised), (0, 0), "{cell}");
            assert_eq!(
                notes.skipped > 0,
                cell.contains("rejected") && session.alpn().is_some() && notes.skipped > 0,
                "{cell}"
            );
            assert_eq!(session.stopped(), None, "{cell}");
            assert!(!session.is_waiting(), "{cell}");
        }
    }
}

#[test]
fn refused_handshakes_name_their_alert() {
    // As tshark shows them in alerts.tsv: 48, 48, 70, 40.
    for (cell, alert) in [
        ("refused-certificate-tls12", "Client fatal unknown_ca"),
        ("refused-certificate-tls13", "Client fatal unknown_ca"),
        ("refused-version", "Server fatal protocol_version"),
        ("refused-cipher", "Server fatal handshake_failure"),
    ] {
        let heard = listen(&connections(cell)[0], &keys(cell));
        assert!(heard.words.iter().any(|word| word == alert), "{cell}: {:?}", heard.words);
        // All are in clear, also that of TLS 1.3: OpenSSL's client has not changed its write key
        // when it checks the certificate.
        let blind = listen(&connections(cell)[0], &KeyLog::new(&Limits::default()));
        assert!(blind.words.iter().any(|word| word == alert), "{cell}: {:?}", blind.words);
    }
}

#[test]
fn hellos_tell_server_name_suite_and_protocol() {
    let words = |cell: &str| listen(&connections(cell)[0], &keys(cell)).words;
    let hello = r#"client hello Some("api.example")"#;
    let found = words("tls13-chacha20-h2");
    assert_eq!(found[..3], [hello, "TLS 1.3 TLS_CHACHA20_POLY1305_SHA256", "alpn h2"]);
    let found = words("tls12-aes256-cbc-sha384-h1");
    assert_eq!(found[..2], [hello, "TLS 1.2 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"]);
}

#[test]
fn cuts_between_segments_do_not_matter() {
    for cell in cells() {
        let keys = keys(&cell);
        for segments in connections(&cell) {
            let whole = listen(&segments, &keys);
            for size in [1, 7, 100] {
                let pieces: Vec<Segment> = segments
                    .iter()
                    .flat_map(|(side, bytes)| bytes.chunks(size).map(|piece| (*side, piece.to_vec())))
                    .collect();
                assert_eq!(listen(&pieces, &keys), whole, "{cell} in pieces of {size}");
            }
        }
    }
}

#[test]
fn keys_that_follow_their_packets_open_what_waited_in_order() {
    for cell in cells() {
        let (none, keys) = (KeyLog::new(&Limits::default()), keys(&cell));
        for segments in connections(&cell) {
            let whole = listen(&segments, &keys);
            let (mut heard, mut session) = (Heard::default(), Session::new(&Limits::default()));
            for (frame, (side, bytes)) in segments.iter().enumerate() {
                session.data(*side, bytes, mark(frame), &none, &mut |event| heard.take(&event));
            }
            let waited = session.is_waiting();
            session.retry(&keys, &mut |event| heard.take(&event));
            session.finish(&keys, &mut |event| heard.take(&event));
            heard.words.retain(|word| word != "need keys");
            let sorted = |words: &[String]| {
                let mut words = words.to_vec();
                words.sort();
                words
            };
            assert_eq!(waited, !whole.turns.is_empty() || cell == "refused-certificate-tls13", "{cell}");
            assert_eq!(
                (&heard.client, &heard.server, &heard.turns),
                (&whole.client, &whole.server, &whole.turns),
                "{cell}"
            );
            assert_eq!(sorted(&heard.words), sorted(&whole.words), "{cell}");
        }
    }
}

#[test]
fn without_keys_reading_stops_and_says_so() {
    let none = KeyLog::new(&Limits::default());
    let heard = listen(&connections("tls13-aes128-gcm-h2")[0], &none);
    assert_eq!(heard.words[2..], ["need keys", "stopped: no-keys"]);
    assert!(heard.client.is_empty() && heard.server.is_empty());
}

#[test]
fn what_waits_for_keys_is_bounded() {
    let (limits, none) = (Limits { wait_bytes: 500, ..Limits::default() }, KeyLog::new(&Limits::default()));
    let (mut session, mut stopped) = (Session::new(&limits), None);
    for (frame, (side, bytes)) in connections("tls13-aes128-gcm-h2")[0].iter().enumerate() {
        session.data(*side, bytes, mark(frame), &none, &mut |event| {
            if let Event::Stopped { why } = event {
                stopped = Some((why, frame));
            }
        });
    }
    assert_eq!(stopped, Some((Stopped::NoKeys, 1)), "the server's first flight is longer");
    assert!(session.notes().wait_full);
    assert_eq!(session.held_bytes(), 0);
}

#[test]
fn keys_of_another_connection_open_nothing() {
    let mut keys = KeyLog::new(&Limits::default());
    let mut text = fs::read(captures().join("tls12-chacha20-h1.keys")).unwrap();
    let last_digit = text.iter().rposition(u8::is_ascii_hexdigit).unwrap();
    text[last_digit] = if text[last_digit] == b'0' { b'1' } else { b'0' };
    assert_eq!(keys.add(&text).count, 0);
    let heard = listen(&connections("tls12-chacha20-h1")[0], &keys);
    assert!(heard.client.is_empty() && heard.server.is_empty());
    assert_eq!(heard.words.last().unwrap(), "stopped: undecryptable");
}

#[test]
fn a_hello_longer_than_the_limit_stops_the_reading() {
    let (limits, keys) = (Limits { handshake_bytes: 100, ..Limits::default() }, KeyLog::new(&Limits::default()));
    let (mut session, mut stopped) = (Session::new(&limits), None);
    let (side, bytes) = &connections("tls13-aes128-gcm-h2")[0][0];
    session.data(*side, bytes, mark(0), &keys, &mut |event| {
        if let Event::Stopped { why } = event {
            stopped = Some(why);
        }
    });
    assert_eq!(stopped, Some(Stopped::HandshakeTooLong));
}

#[test]
fn a_hole_of_more_records_than_are_tried_stops_the_reading() {
    let cell = "tls13-aes128-gcm-h1";
    let (segments, keys) = (&connections(cell)[0], keys(cell));
    // Hellos only, then a hole of everything but the client's last record: its fourth, after
    // Finished and three requests comes close_notify.
    let last = segments.iter().rposition(|(side, _)| *side == Side::Client).unwrap();
    let hello = segments.iter().position(|(side, _)| *side == Side::Server).unwrap();
    for (resync_records, opens) in [(1, false), (256, true)] {
        let (mut heard, mut session) =
            (Heard::default(), Session::new(&Limits { resync_records, ..Limits::default() }));
        for (frame, (side, bytes)) in segments[..=hello].iter().enumerate() {
            session.data(*side, bytes, mark(frame), &keys, &mut |event| heard.take(&event));
        }
        session.gap(Side::Client, None, mark(last), &keys, &mut |event| heard.take(&event));
        let alert = &segments[last].1;
        // Once more, so that the search has more than one place to try.
        for _ in 0..10 {
            session.data(Side::Client, alert, mark(last), &keys, &mut |event| heard.take(&event));
        }
        assert_eq!(heard.words.contains(&"Client close_notify".to_owned()), opens, "{:?}", heard.words);
        assert_eq!(heard.words.contains(&"stopped: lost-sync".to_owned()), !opens, "{:?}", heard.words);
    }
}

/// Plaintext of one side with one segment of that side missing.
fn listen_with_hole(segments: &[Segment], hole: usize, known: bool, keys: &KeyLog) -> Heard {
    let (mut heard, mut session) = (Heard::default(), Session::new(&Limits::default()));
    for (frame, (side, bytes)) in segments.iter().enumerate() {
        if frame == hole {
            let missing = known.then_some(bytes.len() as u64);
            session.gap(*side, missing, mark(frame), keys, &mut |event| heard.take(&event));
        } else {
            session.data(*side, bytes, mark(frame), keys, &mut |event| heard.take(&event));
        }
    }
    session.finish(keys, &mut |event| heard.take(&event));
    heard
}

#[test]
fn after_a_hole_reading_goes_on_at_a_later_record() {
    for cell in cells().iter().filter(|cell| !cell.starts_with("refused")) {
        let keys = keys(cell);
        for segments in connections(cell) {
            let whole = listen(&segments, &keys);
            // The first segments of both sides carry the hellos: without them nothing can be read.
            let hello = segments.iter().position(|(side, _)| *side == Side::Server).unwrap();
            for hole in hello + 1..segments.len() {
                for known in [true, false] {
                    let heard = listen_with_hole(&segments, hole, known, &keys);
                    let (side, lost) = &segments[hole];
                    let (all, found) = match side {
                        Side::Client => (&whole.client, &heard.client),
                        Side::Server => (&whole.server, &heard.server),
                    };
                    // Nothing is made up, and no more is lost than was in the segment, but for
                    // TLS 1.0, where the record after the hole is needed for its IV.
                    let at_most = if cell.starts_with("tls10") { usize::MAX } else { lost.len() };
                    assert!(
                        all.len() - found.len() <= at_most,
                        "{cell} hole {hole}/{} known {known}: {:?} {} of {}",
                        segments.len(),
                        heard.words,
                        found.len(),
                        all.len()
                    );
                    assert!(
                        !heard.words.iter().any(|word| word.starts_with("stopped")),
                        "{cell} hole {hole} known {known}: {:?}",
                        heard.words
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(400)))]

    /// Damage, holes and any order of sides: no panic, and memory stays bounded.
    #[test]
    fn damaged_conversations_are_survived(
        cell in 0..1000usize,
        damage in proptest::collection::vec((0..100usize, any::<prop::sample::Index>(), any::<u8>()), 0..6),
        holes in proptest::collection::vec((0..40usize, any::<bool>()), 0..4),
        swaps in proptest::collection::vec(0..40usize, 0..4),
    ) {
        let cells = cells();
        let cell = &cells[cell % cells.len()];
        let keys = keys(cell);
        let mut segments = connections(cell).swap_remove(0);
        for (segment, at, byte) in damage {
            let count = segments.len();
            let bytes = &mut segments[segment % count].1;
            let at = at.index(bytes.len());
            bytes[at] ^= byte;
        }
        for swap in swaps {
            let count = segments.len();
            segments.swap(swap % count, (swap + 1) % count);
        }
        let mut session = Session::new(&Limits::default());
        for (frame, (side, bytes)) in segments.iter().enumerate() {
            if let Some((_, known)) = holes.iter().find(|(at, _)| *at == frame) {
                session.gap(*side, known.then_some(bytes.len() as u64), mark(frame), &keys, &mut |_| {});
            } else {
                session.data(*side, bytes, mark(frame), &keys, &mut |_| {});
            }
        }
        prop_assert!(session.held_bytes() < 1 << 20);
        session.finish(&keys, &mut |_| {});
    }

    #[test]
    fn any_records_are_survived(records in proptest::collection::vec((any::<bool>(), 20..25u8, 0..5u8, proptest::collection::vec(any::<u8>(), 0..80)), 0..12)) {
        let keys = KeyLog::new(&Limits::default());
        let mut session = Session::new(&Limits::default());
        for (frame, (client, kind, minor, payload)) in records.iter().enumerate() {
            let side = if *client { Side::Client } else { Side::Server };
            let mut bytes = vec![*kind, 3, *minor, 0, u8::try_from(payload.len()).unwrap()];
            bytes.extend_from_slice(payload);
            session.data(side, &bytes, mark(frame), &keys, &mut |_| {});
        }
        session.finish(&keys, &mut |_| {});
    }
}
