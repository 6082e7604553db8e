//! Causes on recorded captures: the label fits the fault that was built into each scenario.
//!
//! `code` in `truth.json` was written knowing the server. What a file can prove decides which id is
//! right for it: browsers do not export a preflight's body, packets hold it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::report::view::{Finding, Report, Verdict};
use whycors::run::{Request, analyse};

#[derive(Deserialize)]
struct Scenario {
    files: Vec<String>,
    pairs: Vec<Truth>,
}

#[derive(Deserialize)]
struct Truth {
    method: String,
    url: String,
    outcome: String,
    code: Option<String>,
}

/// Failing requests of all scenarios by recorder: labelled right, without a label because the file
/// lacks what decides, left out of the file.
#[derive(Debug, PartialEq, Eq, Default, Clone, Copy)]
struct Score {
    failing: usize,
    right: usize,
    unlabelled: usize,
    absent: usize,
}

const TABLE: &[(&str, Score)] = &[
    ("capture.keys.pcapng", Score { failing: 3, right: 3, unlabelled: 0, absent: 0 }),
    // Seven requests never reached the wire as HTTP.
    ("capture.pcap", Score { failing: 113, right: 106, unlabelled: 0, absent: 7 }),
    // Leaves out failed requests; their preflights remain.
    ("chrome-har.har", Score { failing: 31, right: 16, unlabelled: 7, absent: 8 }),
    ("chrome.copyall.har", Score { failing: 21, right: 21, unlabelled: 0, absent: 0 }),
    ("chrome.har", Score { failing: 107, right: 107, unlabelled: 0, absent: 0 }),
    ("chrome.sanitized.har", Score { failing: 40, right: 40, unlabelled: 0, absent: 0 }),
    ("firefox.har", Score { failing: 54, right: 54, unlabelled: 0, absent: 0 }),
    // Hides preflights and the headers of blocked requests.
    ("playwright.har", Score { failing: 31, right: 4, unlabelled: 27, absent: 0 }),
    // Leaves out every failed request.
    ("webkit.har", Score { failing: 37, right: 0, unlabelled: 0, absent: 37 }),
];

/// Ids that are right for a code in every file.
fn right(code: &str, error_status: bool) -> Vec<&str> {
    match code {
        "acao-missing-preflight" => vec!["allow-origin-missing", "origin-refused-by-server", "options-without-cors"],
        "actual-acao-missing" | "simple-acao-missing" if error_status => vec!["error-response-without-cors"],
        "actual-acao-missing" | "simple-acao-missing" => vec!["allow-origin-missing"],
        "acao-mismatch" => vec!["allow-origin-mismatch"],
        "acao-invalid" => vec!["allow-origin-invalid"],
        "acao-multiple" => vec!["allow-origin-multiple"],
        "acac-missing" => vec!["allow-credentials-missing"],
        "acac-invalid" => vec!["allow-credentials-invalid"],
        "wildcard-credentials" => vec!["wildcard-with-credentials"],
        "no-options-handler" => vec!["no-options-handler", "options-without-cors"],
        "origin-not-allowed" => vec!["origin-refused-by-server"],
        "connection-reset" => vec!["connection-reset", "connection-closed"],
        "connection-closed" => vec!["connection-closed", "connection-reset", "response-cut"],
        "preflight-invalid-http" => vec!["invalid-http"],
        "mixed-content" | "local-network-access" | "csp" => vec!["blocked-before-network"],
        code => vec![code],
    }
}

/// Ids that are right as well in a browser's file, which has no body of a preflight and no event of
/// the network.
fn right_without_bodies(code: &str) -> &'static [&'static str] {
    match code {
        "no-options-handler" | "auth-before-cors" | "waf-block" | "origin-not-allowed" => &["preflight-bad-status"],
        "preflight-timeout" => &["request-aborted", "no-answer"],
        "connection-reset" | "connection-closed" | "server-unreachable" | "tls-failure" | "preflight-invalid-http" => {
            &["no-answer"]
        }
        _ => &[],
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real")
}

fn report(path: &Path, keys: &Path) -> Report {
    let request = Request {
        sources: vec![Source { path: format!("{}.gz", path.display()), index: 0 }],
        keylogs: keys.exists().then(|| keys.to_owned()).into_iter().collect(),
        limits: Limits::default(),
        ..Request::default()
    };
    analyse(&request, &AtomicBool::new(false), &mut |_| {}).report
}

fn same(finding: &Finding, truth: &Truth) -> bool {
    let bare = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
    finding.method == truth.method && bare(&finding.url) == bare(&truth.url)
}

#[test]
fn every_label_fits_the_fault_that_was_built_in() {
    let scenarios: BTreeMap<String, Scenario> =
        serde_json::from_str(&std::fs::read_to_string(folder().join("truth.json")).unwrap()).unwrap();
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, scenario) in &scenarios {
        for file in &scenario.files {
            let kind = file.as_str();
            let score = scores.entry(kind.to_owned()).or_default();
            let found = report(&folder().join(name).join(file), &folder().join(name).join("keys.log"));
            for truth in
                scenario.pairs.iter().filter(|truth| !matches!(&*truth.outcome, "ok" | "redirected" | "pending"))
            {
                let Some(code) = truth.code.as_deref() else { continue };
                score.failing += 1;
                let about: Vec<&Finding> =
                    found.findings.iter().filter(|f| f.verdict != Verdict::Pass && same(f, truth)).collect();
                let status = about.first().and_then(|f| f.actual.as_ref()).and_then(|actual| actual.status);
                let mut ids = right(code, status.is_some_and(|status| status >= 400));
                if !kind.starts_with("capture") {
                    ids.extend(right_without_bodies(code));
                }
                if about.is_empty() {
                    score.absent += 1;
                } else if about.iter().any(|f| f.cause.as_ref().is_some_and(|cause| ids.contains(&&*cause.id))) {
                    score.right += 1;
                } else if about.iter().all(|f| f.cause.is_none() && f.doubt.is_some()) {
                    score.unlabelled += 1;
                } else {
                    let labels: Vec<&str> = about.iter().map(|f| f.label()).collect();
                    wrong.push(format!("{name}/{file} {} {}: {code} got {labels:?}", truth.method, truth.url));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let table: BTreeMap<String, Score> = TABLE.iter().map(|(kind, score)| ((*kind).to_owned(), *score)).collect();
    assert_eq!(scores, table);
}
