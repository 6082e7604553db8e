//! The bundled samples against what the browser itself said, and the text reports as people read them.
//!
//! `expected.json` of a sample is written from the browser's own record, never from a report: a
//! finding that differs from it is wrong here, not there. The snapshots hold the fifteen answers
//! that the text report must reach, at 80 columns.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::report::view::{Certainty, Finding, Report, Verdict};
use whycors::report::{Options, text};
use whycors::run::{Request, analyse};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn is_capture(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "har" || extension == "pcap")
}

/// The folders of `samples/`, by name.
fn folders() -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join("samples")).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// The captures of a sample, by name.
fn captures(sample: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("samples").join(sample)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| is_capture(path)).collect();
    paths.sort();
    paths
}

fn report(paths: &[PathBuf], keys: Option<PathBuf>, all: bool) -> Report {
    let request = Request {
        sources: paths
            .iter()
            .zip(0..)
            .map(|(path, index)| Source { index, path: path.to_string_lossy().into_owned() })
            .collect(),
        keylogs: keys.into_iter().collect(),
        limits: Limits::default(),
        engine: None,
        all,
        ..Request::default()
    };
    let outcome = analyse(&request, &AtomicBool::new(false), &mut |_| {});
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    outcome.report
}

/// What `expected.json` says of a finding, taken from a finding. A pass has no cause; an undecided
/// pair has no stage and no nature, since the file does not tell where it failed.
fn told(finding: &Finding) -> Value {
    let rule = finding.rule.as_ref();
    let cause = finding.cause.as_ref();
    let mut told = json!({
        "method": finding.method,
        "url": finding.url,
        "origin": finding.origin,
        "verdict": finding.verdict,
        "link": finding.link,
    });
    if finding.verdict == Verdict::Pass {
        assert!(rule.is_none() && cause.is_none() && finding.doubt.is_none(), "#{}", finding.number);
        return told;
    }
    told["rule"] = json!(rule.and_then(|rule| rule.chromium.clone()));
    told["cause"] = json!(cause.map(|cause| cause.id.clone()));
    told["certainty"] = json!(cause.map(|cause| cause.certainty));
    told["console"] = json!(finding.console.chromium);
    if finding.verdict == Verdict::Undecided {
        told["doubt"] = json!(finding.doubt.as_ref().map(|doubt| doubt.id.clone()));
    } else {
        told["nature"] = json!(finding.nature);
        told["stage"] = json!(finding.stage);
        told["parameter"] = json!(rule.and_then(|rule| rule.parameter.clone()));
    }
    told
}

#[test]
fn every_sample_is_told_as_the_browser_told_it() {
    for sample in folders() {
        let file = std::fs::read(root().join("samples").join(&sample).join("expected.json")).unwrap();
        let expected: Value = serde_json::from_slice(&file).unwrap();
        let report = report(&captures(&sample), None, true);
        let summary = json!(report.summary);
        let shown = self::report(&captures(&sample), None, false);
        assert_eq!(shown.summary, report.summary, "{sample}: what is shown changes no count");
        for (name, count) in expected["summary"].as_object().unwrap() {
            assert_eq!(summary[name], *count, "{sample}: {name}");
        }
        let named = |report: &Report| -> Vec<(u32, String)> {
            let findings = report.findings.iter().filter(|finding| finding.verdict != Verdict::Pass);
            findings.map(|finding| (finding.number, finding.url.clone())).collect()
        };
        assert_eq!(named(&shown), named(&report), "{sample}: a number is the same whatever is shown");
        // They stand in the order of settling; what passed is numbered behind all that did not.
        let mut findings = expected["findings"].as_array().unwrap().clone();
        findings.sort_by_key(|finding| finding["verdict"] == "pass");
        assert_eq!(report.findings.len(), findings.len(), "{sample}");
        for (finding, expected) in report.findings.iter().zip(&findings) {
            let mut told = told(finding);
            // Packets do not tell fetch() from XMLHttpRequest, and where the credentials mode decides by which rule,
            // nothing tells that: both sentences are given, the browser's among them.
            let of_packets = report.inputs.iter().any(|input| input.kind.as_deref() != Some("har"));
            let two_rules = finding.cause.as_ref().is_some_and(|cause| cause.certainty == Certainty::Likely);
            let lines: Vec<String> = told["console"].as_str().unwrap_or_default().lines().map(str::to_owned).collect();
            let said = lines.iter().find(|line| expected["console"] == ***line).filter(|_| of_packets || two_rules);
            if let Some(said) = said {
                told["console"] = json!(said);
            }
            assert_eq!(told, *expected, "{sample} #{}", finding.number);
            assert_eq!(finding.fixes.is_empty(), finding.verdict != Verdict::Fail, "{sample} #{}", finding.number);
            for fix in &finding.fixes {
                assert_eq!(fix.proven.is_empty(), fix.why_not_proven.is_some(), "{sample}: {}", fix.title);
            }
        }
    }
}

#[test]
fn every_sample_has_a_row_in_the_list_a_capture_and_what_is_expected_of_it() {
    let list = std::fs::read_to_string(root().join("samples/README.md")).unwrap();
    let listed: BTreeSet<String> =
        list.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect();
    assert_eq!(listed, folders());
    for sample in folders() {
        assert!(!captures(&sample).is_empty(), "{sample} has no capture");
        assert!(root().join("samples").join(&sample).join("expected.json").is_file(), "{sample} has no expected.json");
    }
}

/// The text report as it goes to a pipe.
fn text_report(report: &Report) -> String {
    let mut out = Vec::new();
    text::write(report, &Options::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The text report on a sample, with the path as a user in the project's folder gives it.
fn answer(sample: &str) -> String {
    let paths: Vec<PathBuf> =
        captures(sample).iter().map(|path| path.strip_prefix(root()).unwrap().to_path_buf()).collect();
    text_report(&report(&paths, None, false))
}

/// The text report on recorded packets.
fn packets(scenario: &str) -> String {
    let folder = Path::new("tests/captures/real").join(scenario);
    text_report(&report(&[folder.join("capture.pcap.gz")], Some(folder.join("keys.log")), false))
}

#[test]
fn answers_read_as_their_snapshots() {
    for sample in [
        "options-405",
        "login-check-401",
        "redirect-to-login",
        "error-500-hidden",
        "allow-origin-twice",
        "cached-for-another-site",
        "wildcard-with-credentials",
        "origin-not-on-list",
        "bare-403",
        "bare-403-packets",
        "two-tabs",
        "nothing-wrong",
        "connection-reset",
        "cancelled",
        "local-network",
    ] {
        insta::assert_snapshot!(sample, answer(sample));
    }
}

#[test]
fn the_first_screen_of_a_long_session_reads_as_its_snapshot() {
    let text = answer("long-session");
    let (screen, rest) = text.split_once("\n\n✗ ").unwrap();
    let (_, remarks) = rest.split_once("\n  remarks").unwrap();
    insta::assert_snapshot!("long-session", format!("{screen}\n\n  remarks{remarks}"));
}

#[test]
fn packets_of_a_failed_connection_read_as_their_snapshots() {
    insta::assert_snapshot!("connection-reset-packets", packets("nw-reset"));
    insta::assert_snapshot!("cancelled-packets", packets("nw-hang-abort"));
}

#[test]
fn answers_beyond_the_samples_read_as_their_snapshots() {
    for (name, scenario) in [
        ("several-urls", "mx-img-crossorigin"),
        ("readable-error", "ex-boom2"),
        ("redirect-second-preflight", "ac-redirect-second-preflight"),
    ] {
        let path = Path::new("tests/captures/real").join(scenario).join("chrome.har.gz");
        insta::assert_snapshot!(name, text_report(&report(&[path], None, false)));
    }
}
