//! What whycors says of recorded captures against what the browser itself said.
//!
//! `TABLE` is the checked-in statement of what each recorder can prove: how many of the browser's
//! verdicts are found, how many stay undecided because the file lacks what decides, how many
//! requests it leaves out. Nothing may be labelled against the truth. Causes and fixes are held to
//! the truth in `truth/causes.rs`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::report::view::{Finding, Report, Verdict};
use whycors::run::{Request, analyse};

#[path = "../truth/causes.rs"]
mod causes;

#[derive(Deserialize)]
struct Scenario {
    files: Vec<String>,
    pairs: Vec<Truth>,
}

#[derive(Deserialize)]
struct Truth {
    origin: String,
    method: String,
    url: String,
    started: String,
    outcome: String,
    /// Short name of the cause that was built into the scenario.
    code: String,
    #[serde(rename = "corsError")]
    cors_error: Option<String>,
    parameter: Option<String>,
    console: Vec<String>,
    on_wire: bool,
}

/// What one kind of file proved over all scenarios.
#[derive(Debug, PartialEq, Eq, Default, Clone, Copy)]
struct Score {
    /// Requests the browser made or tried to make.
    pairs: usize,
    /// Verdict and rule equal the browser's.
    right: usize,
    /// Undecided, and the conditional rule (if any) is the browser's.
    undecided: usize,
    /// Not in the file at all.
    absent: usize,
}

/// Per recorder: requests, right, undecided, left out of the file.
const TABLE: &[(&str, Score)] = &[
    ("chrome.har", Score { pairs: 161, right: 161, undecided: 0, absent: 0 }),
    ("chrome.sanitized.har", Score { pairs: 62, right: 62, undecided: 0, absent: 0 }),
    ("chrome.copyall.har", Score { pairs: 39, right: 39, undecided: 0, absent: 0 }),
    // Status 0 without a reason hides network failures and mixed content; the mode of credentials is not told.
    ("firefox.har", Score { pairs: 85, right: 77, undecided: 8, absent: 0 }),
    // Leaves out every failed request and every redirect hop.
    ("webkit.har", Score { pairs: 60, right: 20, undecided: 0, absent: 40 }),
    // Hides preflights and the headers of blocked requests.
    ("playwright.har", Score { pairs: 48, right: 21, undecided: 27, absent: 0 }),
    // Leaves out failed requests; their preflights remain.
    ("chrome-har.har", Score { pairs: 48, right: 33, undecided: 7, absent: 8 }),
    // Leaves out what never reached the wire; the mode of credentials is not told.
    ("capture.pcap", Score { pairs: 173, right: 159, undecided: 7, absent: 7 }),
];

/// Where this program is right to say something else than Chromium's truth, with the reason.
const OTHERWISE: &[(&str, &str, &str)] = &[
    // The error is no CORS rule: the browser asks the user before it sends anything.
    ("mx-lna", "chrome.har", "https://api.shop.test/v10/lna"),
    // Firefox makes a second preflight for the redirected POST, and that one fails.
    ("ac-redirect-cross", "firefox.har", "https://login.shop.test/sso"),
    // Chromium takes bytes without a status line for HTTP/0.9; on the wire they are no HTTP.
    ("nw-garbage", "capture.pcap", "http://plain.shop.test/v8/e"),
];

/// Answers that pass without credentials and fail with them, where nothing tells the mode: they pass, and a remark
/// says so.
const OPEN_BY_MODE: &[(&str, &str)] = &[
    ("cr-actual-acac-missing", "capture.pcap"),
    ("cr-actual-acac-missing", "firefox.har"),
    ("cr-actual-star", "capture.pcap"),
    ("cr-actual-star", "firefox.har"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real")
}

fn scenarios() -> BTreeMap<String, Scenario> {
    serde_json::from_slice(&std::fs::read(folder().join("truth.json")).unwrap()).unwrap()
}

/// The report on one recording of a scenario.
fn recorded(name: &str, kind: &str) -> Report {
    let folder = folder().join(name);
    report(&folder.join(format!("{kind}.gz")), &folder.join("keys.log"))
}

fn report(path: &Path, keys: &Path) -> Report {
    let request = Request {
        sources: vec![Source { index: 0, path: path.to_string_lossy().into_owned() }],
        keylogs: keys.is_file().then(|| keys.to_path_buf()).into_iter().collect(),
        limits: Limits::default(),
        engine: None,
        all: true,
        ..Request::default()
    };
    let outcome = analyse(&request, &AtomicBool::new(false), &mut |_| {});
    assert!(outcome.errors.is_empty(), "{}: {:?}", path.display(), outcome.errors);
    outcome.report
}

fn seconds(time: &str) -> f64 {
    time.parse::<jiff::Timestamp>().map_or(0.0, |stamp| stamp.as_duration().as_secs_f64())
}

/// The finding that stands for one of the browser's requests; each finding is taken once.
fn take<'a>(findings: &'a [Finding], taken: &mut HashSet<u32>, truth: &Truth) -> Option<&'a Finding> {
    let bare = |url: &str| url.split(['?', '#']).next().unwrap_or_default().to_owned();
    let distance = |finding: &Finding| {
        let apart =
            finding.started.as_deref().map_or(0.0, |started| (seconds(started) - seconds(&truth.started)).abs());
        // Other browsers recorded the scenario at another time: there the order decides.
        if apart > 60.0 { f64::from(finding.number) } else { apart }
    };
    let mut fitting: Vec<&Finding> = findings
        .iter()
        .filter(|finding| !taken.contains(&finding.number))
        .filter(|finding| finding.method == truth.method && bare(&finding.url) == bare(&truth.url))
        .collect();
    fitting.sort_by(|a, b| {
        (a.origin != truth.origin).cmp(&(b.origin != truth.origin)).then(distance(a).total_cmp(&distance(b)))
    });
    let found = fitting.first().copied()?;
    taken.insert(found.number);
    Some(found)
}

fn rule(finding: &Finding) -> Option<&str> {
    finding.rule.as_ref().and_then(|rule| rule.chromium.as_deref())
}

/// Compares one finding with the truth: `Some(true)` right, `Some(false)` undecided, `None` wrong.
fn judge(finding: &Finding, truth: &Truth) -> Option<bool> {
    let rule = rule(finding);
    if finding.verdict == Verdict::Undecided {
        let fits = rule.is_none() || truth.outcome == "ok" || rule == truth.cors_error.as_deref();
        return if matches!(&*truth.outcome, "aborted" | "pending") { Some(true) } else { fits.then_some(false) };
    }
    let right = match &*truth.outcome {
        "blocked" => {
            let parameter = finding.rule.as_ref().and_then(|rule| rule.parameter.clone()).unwrap_or_default();
            let named = truth.parameter.clone().unwrap_or_default();
            finding.verdict == Verdict::Fail
                && rule == truth.cors_error.as_deref()
                && (named.is_empty() || named == parameter)
        }
        "ok" | "redirected" => finding.verdict == Verdict::Pass,
        "network-error" | "blocked-other" => finding.verdict == Verdict::Fail && rule.is_none(),
        "aborted" | "pending" => finding.verdict == Verdict::Fail,
        other => panic!("unknown outcome {other}"),
    };
    right.then_some(true)
}

#[test]
fn every_recorder_proves_what_the_table_says_and_nothing_is_labelled_against_the_truth() {
    let scenarios = scenarios();
    let mut wrong = Vec::new();
    let mut scores = Vec::new();
    for (kind, expected) in TABLE {
        let mut score = Score::default();
        for (name, scenario) in scenarios.iter().filter(|(_, scenario)| scenario.files.iter().any(|file| file == kind))
        {
            let report = recorded(name, kind);
            let mut taken = HashSet::new();
            for truth in &scenario.pairs {
                score.pairs += 1;
                let Some(finding) = take(&report.findings, &mut taken, truth) else {
                    score.absent += 1;
                    if *kind == "capture.pcap" && truth.on_wire && truth.outcome == "ok" {
                        wrong.push(format!(
                            "{name}/{kind}: {} {} was on the wire and is not found",
                            truth.method, truth.url
                        ));
                    }
                    continue;
                };
                let otherwise = OTHERWISE.iter().any(|(at, file, url)| at == name && file == kind && *url == truth.url);
                let open = OPEN_BY_MODE.contains(&(name, kind))
                    && finding.verdict == Verdict::Pass
                    && report
                        .remarks
                        .iter()
                        .any(|remark| remark.id == "wildcard-breaks-credentials" && remark.text.contains(&finding.url));
                match judge(finding, truth) {
                    None if open => score.undecided += 1,
                    _ if otherwise => score.right += 1,
                    Some(true) => score.right += 1,
                    Some(false) => score.undecided += 1,
                    None => wrong.push(format!(
                        "{name}/{kind}: {} {}: browser {} {:?}, whycors {:?} {:?}",
                        truth.method,
                        truth.url,
                        truth.outcome,
                        truth.cors_error,
                        finding.verdict,
                        rule(finding)
                    )),
                }
            }
            for finding in &report.findings {
                if finding.verdict == Verdict::Fail && !taken.contains(&finding.number) {
                    wrong.push(format!(
                        "{name}/{kind}: {} {} fails and the browser knows nothing of it",
                        finding.method, finding.url
                    ));
                }
            }
        }
        if score != *expected {
            scores.push(format!("{kind}: {score:?}, the table says {expected:?}"));
        }
    }
    assert!(wrong.is_empty() && scores.is_empty(), "{}\n{}", wrong.join("\n"), scores.join("\n"));
}

#[test]
fn console_sentences_of_chromium_are_equal_to_the_letter() {
    let mut compared = 0;
    for (name, scenario) in scenarios() {
        if !scenario.files.iter().any(|file| file == "chrome.har") {
            continue;
        }
        let report = recorded(&name, "chrome.har");
        let mut taken = HashSet::new();
        for truth in &scenario.pairs {
            let Some(finding) = take(&report.findings, &mut taken, truth) else { continue };
            if truth.outcome != "blocked" || truth.console.is_empty() || name == "mx-lna" {
                continue;
            }
            compared += 1;
            let said = finding.console.chromium.as_deref().unwrap_or_default();
            // Where the credentials mode decides by which rule, the sentences of both are said.
            assert!(said.lines().count() <= 2, "{name}: {said}");
            assert!(
                said.lines().any(|said| truth.console.iter().any(|line| line == said)),
                "{name}: {said}\nbrowser: {:?}",
                truth.console
            );
        }
    }
    assert_eq!(compared, 94);
}

#[test]
fn reframed_captures_say_the_same_and_damaged_ones_nothing_wrong() {
    let folder = folder();
    let keys = folder.join("busy-clear/keys.log");
    let scenario = scenarios().remove("busy-clear").unwrap();
    let summary = |report: &Report| (report.summary.failed, report.summary.undecided, report.summary.passed);
    let original = summary(&report(&folder.join("busy-clear/capture.pcap.gz"), &keys));
    for file in std::fs::read_dir(folder.join("derived")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = report(&path, &keys);
        if !["cut", "loss3", "midstream", "snap200"].iter().any(|damage| name.contains(damage)) {
            assert_eq!(summary(&report), original, "{name}");
        }
        let mut taken = HashSet::new();
        let mut sorted: Vec<&Truth> = scenario.pairs.iter().collect();
        sorted.sort_by(|a, b| a.started.cmp(&b.started));
        for finding in report.findings.iter().filter(|finding| finding.verdict != Verdict::Undecided) {
            let fits = sorted.iter().enumerate().any(|(index, truth)| {
                let same = finding.method == truth.method && finding.url == truth.url;
                same && !taken.contains(&index) && judge(finding, truth) == Some(true) && taken.insert(index)
            });
            // A passed preflight whose request was lost stands for a request that went well or not: it is no label.
            let passed_preflight = finding.verdict == Verdict::Pass && finding.actual.is_none();
            assert!(
                fits || passed_preflight,
                "{name}: {} {} {:?} {:?}",
                finding.method,
                finding.url,
                finding.verdict,
                rule(finding)
            );
        }
    }
}
