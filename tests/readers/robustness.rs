//! Hostile input through the whole program: any damage to a real capture ends in a report.
//!
//! `PROPTEST_CASES=20000 cargo test --release --test readers robustness::` for a long run.

#![allow(clippy::unwrap_used, reason = "a test file")]

use proptest::prelude::*;
use std::io::Write;
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::report::view::Report;
use whycors::report::{Options, html, json, markdown, text};
use whycors::run::{Request, analyse};

/// Captures that are damaged: complete sources of every layer.
const SEEDS: &[&[u8]] = &[
    include_bytes!("../../samples/redirect-to-login/capture.har"),
    include_bytes!("../../samples/allow-origin-twice/capture.har"),
    include_bytes!("../../samples/firefox-status-0/capture.har"),
    include_bytes!("../../samples/playwright-hidden/capture.har"),
    include_bytes!("../../samples/bare-403-packets/capture.pcap"),
];

/// One act of damage.
#[derive(Debug, Clone)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let hostile = prop_oneof![
        Just(b"\"".to_vec()),
        Just(b"null".to_vec()),
        Just(b"[[[[[[[[".to_vec()),
        Just(b"-1e999".to_vec()),
        Just("\u{202e}\u{1b}]52;c;\u{7}".as_bytes().to_vec()),
        Just(b"Access-Control-Allow-Origin: *\r\n".to_vec()),
        prop::collection::vec(any::<u8>(), 1..64),
    ];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        at().prop_map(Damage::Cut),
        (at(), 1..2000_usize).prop_map(|(at, len)| Damage::Remove(at, len)),
        (at(), 1..2000_usize).prop_map(|(at, len)| Damage::Repeat(at, len)),
        (at(), hostile).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: Damage) {
    if bytes.is_empty() {
        return;
    }
    let end = bytes.len();
    match damage {
        Damage::Flip(at, byte) => {
            let at = at.index(end);
            bytes[at] ^= byte;
        }
        Damage::Cut(at) => bytes.truncate(at.index(end)),
        Damage::Remove(at, len) => {
            let at = at.index(end);
            bytes.drain(at..(at + len).min(end));
        }
        Damage::Repeat(at, len) => {
            let at = at.index(end);
            let piece = bytes[at..(at + len).min(end)].to_vec();
            bytes.splice(at..at, piece);
        }
        Damage::Insert(at, piece) => {
            let at = at.index(end);
            bytes.splice(at..at, piece);
        }
    }
}

fn report(bytes: &[u8]) -> Report {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/bare-403-packets/capture.keys");
    let request = Request {
        sources: vec![Source { index: 0, path: file.path().to_string_lossy().into_owned() }],
        keylogs: vec![keys.into()],
        limits: Limits::default(),
        all: true,
        ..Request::default()
    };
    analyse(&request, &AtomicBool::new(false), &mut |_| {}).report
}

proptest! {
    #[test]
    fn damaged_captures_end_in_reports_of_every_format(
        seed in 0..SEEDS.len(),
        damages in prop::collection::vec(damage(), 1..12),
    ) {
        let mut bytes = SEEDS[seed].to_vec();
        for damage in damages {
            apply(&mut bytes, damage);
        }
        let report = report(&bytes);
        let summary = &report.summary;
        prop_assert_eq!(summary.cors_requests, summary.passed + summary.failed + summary.undecided);
        let options = Options { all: true, ..Options::default() };
        for write in [text::write, markdown::write, html::write, json::write, json::write_lines] {
            let mut out = Vec::new();
            write(&report, &options, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let hidden = text.contains('\u{1b}') || text.contains('\u{202e}');
            prop_assert!(!hidden);
        }
    }
}
