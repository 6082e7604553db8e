//! The report is the same, byte for byte, whatever the number of threads: of whole and of damaged
//! captures, and when limits are so tight that nearly all of them are reached.

#![allow(clippy::unwrap_used, reason = "helpers outside of test functions")]

use crate::synthetic;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use synthetic::{Mix, Recipe};
use whycors::capture::{Limits, Source};
use whycors::report::{Options, json};
use whycors::run::{Request, analyse};

/// Limits that bite in every capture here. The batches are large enough to put several shards to work.
fn tiny() -> Limits {
    Limits {
        head_bytes: 700,
        excerpt_bytes: 16,
        batch_bytes: 40_000,
        out_of_order_bytes: 3000,
        out_of_order_total: 64 * 4000,
        flows: 4,
        flow_idle_seconds: 1,
        fragments: 2,
        fragment_seconds: 1,
        tls_wait_bytes: 4000,
        keylog_secrets: 6,
        unfinished_total: 64 * 900,
        h2_streams: 2,
        hpack_table_bytes: 100,
        pipeline: 2,
        har_entry_bytes: 3000,
        har_string_bytes: 300,
        har_pages: 1,
        json_depth: 12,
        waiting: 20,
        waiting_bytes: 40_000,
        horizon_seconds: 1,
        server_facts: 1,
        findings: 10,
        alike_failing: 2,
        alike_open: 2,
        ..Limits::default()
    }
}

/// The report as JSON, and the lines about inputs that could not be read.
fn report(files: &[PathBuf], keys: &[PathBuf], limits: &Limits, threads: usize) -> String {
    let sources = (0..).zip(files).map(|(index, path)| Source { index, path: path.display().to_string() });
    let request = Request {
        sources: sources.collect(),
        keylogs: keys.to_vec(),
        limits: limits.clone(),
        all: true,
        ..Request::default()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let outcome = pool.install(|| analyse(&request, &AtomicBool::new(false), &mut |_| {}));
    let mut out = Vec::new();
    json::write(&outcome.report, &Options { all: true, ..Options::default() }, &mut out).unwrap();
    String::from_utf8(out).unwrap() + &outcome.errors.join("\n")
}

/// How many remarks say that a limit was reached.
fn limits_reached(report: &str) -> usize {
    ["limit-reached", "flows-dropped", "out-of-order-dropped", "findings-alike", "fragments-dropped"]
        .iter()
        .map(|id| report.matches(&format!("\"id\": \"{id}\"")).count())
        .sum()
}

#[test]
fn reports_of_whole_and_damaged_captures_do_not_depend_on_the_number_of_threads() {
    let real = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real").join(path);
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, recipe: &Recipe| {
        let path = folder.path().join(name);
        synthetic::write(recipe, &mut std::fs::File::create(&path).unwrap()).unwrap();
        path
    };
    let damage = Recipe { bytes: 1_500_000, reordered: 5, repeated: 2, lost: 1, ..Recipe::default() };
    let site = Recipe { mix: Mix::Site, largest_body: 4000, gap_micros: 300, seed: 5, ..damage };
    let cut = folder.path().join("cut.har");
    let whole = real("busy-clear/chrome.har.gz");
    let mut text = Vec::new();
    let opened = std::fs::File::open(&whole).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(opened), &mut text).unwrap();
    std::fs::write(&cut, &text[..text.len() / 3 * 2]).unwrap();

    let derived = |name: &str| vec![real(&format!("derived/busy-clear.{name}.pcap.gz"))];
    let keys = vec![real("ah-auth/keys.log")];
    let none = Vec::new();
    let inputs = [
        ("damaged", vec![make("damaged.pcap", &damage)], &none),
        ("damaged site", vec![make("site.pcap", &site)], &none),
        ("lost packets", derived("loss3"), &none),
        ("packets out of order", derived("reorder"), &none),
        ("no beginning", derived("midstream"), &none),
        ("packets cut short", derived("snap200"), &none),
        ("a file cut short", derived("cut"), &none),
        ("TLS and HTTP/2", vec![real("ah-auth/capture.pcap.gz")], &keys),
        ("a HAR", vec![whole.clone()], &none),
        ("a HAR cut short", vec![cut], &none),
        ("several files", vec![real("busy-clear/capture.pcap.gz"), real("ah-auth/capture.pcap.gz"), whole], &keys),
    ];
    for (name, files, keys) in &inputs {
        for (which, limits) in [("default", Limits::default()), ("tiny", tiny())] {
            let one = report(files, keys, &limits, 1);
            assert!(which == "default" || limits_reached(&one) > 0, "{name}: tiny limits are reached\n{one}");
            for threads in [2, 8] {
                assert!(report(files, keys, &limits, threads) == one, "{name}, {which} limits: {threads} threads");
            }
        }
    }
}
