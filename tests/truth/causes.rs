//! Causes and fixes against the cause that was built into each scenario.
//!
//! Owns the table of what is right for a built-in cause. The server is known to whoever built the
//! scenario and not to the capture, so a name may stand for several causes that its bytes show.

use super::{Finding, Truth, Verdict, recorded, rule, scenarios, take};
use std::collections::HashSet;

/// Name of a built-in cause; ids that are right for it; ids that are right as well from a browser's
/// file, which holds no body of a preflight and not always a reason.
const RIGHT: &[(&str, &[&str], &[&str])] = &[
    ("acac-invalid", &["allow-credentials-invalid"], &[]),
    ("acac-missing", &["allow-credentials-missing"], &[]),
    ("acao-invalid", &["allow-origin-invalid"], &[]),
    ("acao-mismatch", &["allow-origin-mismatch"], &[]),
    (
        "acao-missing-preflight",
        // A list that leaves the page out looks like nothing but a missing line; a server that answers OPTIONS by
        // itself names its methods in Allow.
        &["allow-origin-missing", "origin-refused-by-server", "options-without-cors"],
        &[],
    ),
    ("acao-multiple", &["allow-origin-multiple"], &[]),
    ("actual-acao-missing", &["error-response-without-cors", "allow-origin-missing"], &[]),
    ("actual-redirect", &["actual-redirect"], &[]),
    ("allow-headers-invalid", &["allow-headers-invalid"], &[]),
    ("allow-methods-invalid", &["allow-methods-invalid"], &[]),
    // A bare 403 tells who refused only in its body.
    ("auth-before-cors", &["auth-before-cors"], &["preflight-bad-status"]),
    ("cdn-cached", &["cdn-cached"], &[]),
    // Of a response that passed CORS the body is cut, not the answer.
    ("connection-closed", &["connection-closed", "connection-reset", "response-cut"], &["no-answer"]),
    ("connection-reset", &["connection-reset", "connection-closed"], &["no-answer"]),
    ("header-not-allowed", &["header-not-allowed"], &[]),
    ("html-200-page", &["html-200-page"], &[]),
    ("local-network-access", &[], &["blocked-before-network"]),
    ("method-not-allowed", &["method-not-allowed"], &[]),
    ("mixed-content", &[], &["blocked-before-network"]),
    ("no-options-handler", &["no-options-handler", "options-without-cors"], &["preflight-bad-status"]),
    ("origin-not-allowed", &["origin-refused-by-server"], &[]),
    ("preflight-bad-status", &["preflight-bad-status"], &[]),
    ("preflight-invalid-http", &["invalid-http"], &[]),
    ("preflight-rate-limited", &["preflight-rate-limited"], &[]),
    ("preflight-redirect", &["preflight-redirect"], &[]),
    ("preflight-server-error", &["preflight-server-error"], &[]),
    ("preflight-timeout", &["preflight-timeout"], &["request-aborted", "no-answer"]),
    ("server-unreachable", &["server-unreachable"], &["no-answer"]),
    ("simple-acao-missing", &["error-response-without-cors", "allow-origin-missing"], &[]),
    ("tls-failure", &["tls-failure"], &["no-answer"]),
    ("upstream-down", &["upstream-down"], &[]),
    ("waf-block", &["waf-block"], &["preflight-bad-status"]),
    ("wildcard-credentials", &["wildcard-with-credentials"], &[]),
];

/// What one kind of file told of the pairs that failed.
#[derive(Debug, PartialEq, Eq, Default, Clone, Copy)]
struct Told {
    /// Pairs that failed in the browser.
    failing: usize,
    /// The cause is one that the table calls right.
    right: usize,
    /// No cause, since the file lacks what decides: undecided, or passed as far as it goes.
    silent: usize,
    /// The pair never reached this file.
    absent: usize,
}

/// Where a browser's file and the packets of the same moment are right to name different causes.
const DIFFERENT: &[(&str, &str, &str, &str)] = &[
    // Only packets hold the body of a preflight's answer, and it says who refused.
    ("ap-limit", "preflight-bad-status", "no-options-handler", "the body names Apache's own 403"),
    ("ng-limit-except", "preflight-bad-status", "no-options-handler", "the body names nginx's own 403"),
    ("st-403-session", "preflight-bad-status", "auth-before-cors", "the body asks for credentials"),
    // Chrome leaves a preflight without answer out of its file.
    ("busy-clear", "request-aborted", "preflight-timeout", "only packets have the unanswered preflight"),
    ("nw-hang-abort", "request-aborted", "preflight-timeout", "only packets have the unanswered preflight"),
    ("nw-hang-h2", "request-aborted", "preflight-timeout", "only packets have the unanswered preflight"),
    // An answer that passes without credentials passes where nothing tells the mode.
    ("cr-actual-acac-missing", "allow-credentials-missing", "", "only the browser tells that it refused"),
    ("cr-actual-star", "wildcard-with-credentials", "", "only the browser tells that it refused"),
];

/// Where they are right to differ in the rule: Chromium takes bytes without a status line for HTTP/0.9
/// and checks them; on the wire they are no HTTP. Where nothing tells the credentials mode, none.
const OTHER_RULE: &[&str] = &["nw-garbage", "cr-actual-acac-missing", "cr-actual-star"];

/// Where the page in the packets says no more than its status.
const SILENT_PAGES: &[&str] = &["fl-guard"];

fn failed(truth: &Truth) -> bool {
    !matches!(&*truth.outcome, "ok" | "redirected")
}

fn cause(finding: &Finding) -> Option<&str> {
    finding.cause.as_ref().map(|cause| cause.id.as_str())
}

/// Whether a finding names the cause that was built in.
fn is_right(finding: &Finding, truth: &Truth, browser: bool) -> bool {
    let Some((_, right, from_browser)) = RIGHT.iter().find(|(code, ..)| *code == truth.code) else { return false };
    let Some(id) = cause(finding) else { return false };
    let names = right.contains(&id) || (browser && from_browser.contains(&id));
    let status = finding.actual.as_ref().and_then(|actual| actual.status).unwrap_or_default();
    // One name, two causes: the status decides which of them hides what.
    names && (!truth.code.ends_with("acao-missing") || (id == "error-response-without-cors") == (status >= 400))
}

fn told(kind: &str) -> (Told, Vec<String>) {
    let (mut told, mut wrong) = (Told::default(), Vec::new());
    for (name, scenario) in scenarios() {
        if !scenario.files.iter().any(|file| file == kind) {
            continue;
        }
        let report = recorded(&name, kind);
        let mut taken = HashSet::new();
        for truth in &scenario.pairs {
            let finding = take(&report.findings, &mut taken, truth);
            if !failed(truth) {
                continue;
            }
            told.failing += 1;
            let Some(finding) = finding else {
                told.absent += 1;
                continue;
            };
            if cause(finding).is_none() {
                told.silent += 1;
            } else if is_right(finding, truth, !kind.starts_with("capture") || SILENT_PAGES.contains(&&*name)) {
                told.right += 1;
            } else {
                let (method, url, code) = (&truth.method, &truth.url, &truth.code);
                wrong.push(format!("{name}/{kind}: {method} {url}: built in {code}, told {:?}", cause(finding)));
            }
        }
    }
    (told, wrong)
}

#[test]
fn every_failing_pair_has_the_cause_that_was_built_in() {
    let expected = [
        ("chrome.har", Told { failing: 107, right: 107, silent: 0, absent: 0 }),
        ("chrome.sanitized.har", Told { failing: 40, right: 40, silent: 0, absent: 0 }),
        ("chrome.copyall.har", Told { failing: 21, right: 21, silent: 0, absent: 0 }),
        // Two pass without credentials, and nothing tells the mode.
        ("firefox.har", Told { failing: 54, right: 52, silent: 2, absent: 0 }),
        // Leaves out every failed request.
        ("webkit.har", Told { failing: 37, right: 0, silent: 0, absent: 37 }),
        // Hides preflights and the headers of blocked requests.
        ("playwright.har", Told { failing: 31, right: 4, silent: 27, absent: 0 }),
        // Leaves out failed requests; their preflights remain.
        ("chrome-har.har", Told { failing: 31, right: 16, silent: 7, absent: 8 }),
        // Seven requests never reached the wire as HTTP; two pass without credentials, and nothing tells the mode.
        ("capture.pcap", Told { failing: 113, right: 104, silent: 2, absent: 7 }),
        ("capture.keys.pcapng", Told { failing: 3, right: 3, silent: 0, absent: 0 }),
    ];
    let mut wrong = Vec::new();
    for (kind, expected) in expected {
        let (told, mut more) = told(kind);
        wrong.append(&mut more);
        if told != expected {
            wrong.push(format!("{kind}: {told:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_browsers_file_and_the_packets_of_the_same_moment_agree_on_rule_and_cause() {
    let mut wrong = Vec::new();
    let (mut compared, mut different) = (0, HashSet::new());
    for (name, scenario) in scenarios() {
        if !["chrome.har", "capture.pcap"].iter().all(|kind| scenario.files.iter().any(|file| file == kind)) {
            continue;
        }
        let (har, packets) = (recorded(&name, "chrome.har"), recorded(&name, "capture.pcap"));
        let (mut taken_har, mut taken_packets) = (HashSet::new(), HashSet::new());
        for truth in &scenario.pairs {
            let har = take(&har.findings, &mut taken_har, truth);
            let packets = take(&packets.findings, &mut taken_packets, truth);
            let (Some(har), Some(packets)) = (har, packets) else { continue };
            if !failed(truth) {
                continue;
            }
            compared += 1;
            let causes = (cause(har).unwrap_or_default(), cause(packets).unwrap_or_default());
            let known = DIFFERENT
                .iter()
                .position(|(at, in_har, in_packets, _)| (*at, *in_har, *in_packets) == (&*name, causes.0, causes.1));
            if let Some(index) = known {
                different.insert(index);
            } else if causes.0 != causes.1 {
                wrong.push(format!("{name}: {} {}: {causes:?}", truth.method, truth.url));
            }
            if rule(har) != rule(packets) && !OTHER_RULE.contains(&&*name) {
                wrong.push(format!("{name}: {} {}: {:?} {:?}", truth.method, truth.url, rule(har), rule(packets)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(different.len(), DIFFERENT.len(), "a difference in the list is none any more");
    assert_eq!(compared, 100);
}

/// A fix is judged again on the recorded response, or says why one response cannot prove it.
#[test]
fn every_failing_pair_has_a_proven_fix_or_a_reason_why_there_is_no_proof() {
    let (mut proven, mut reasoned, mut without) = (0, 0, Vec::new());
    for (name, scenario) in scenarios() {
        if !scenario.files.iter().any(|file| file == "chrome.har") {
            continue;
        }
        for finding in recorded(&name, "chrome.har").findings {
            if finding.verdict != Verdict::Fail {
                continue;
            }
            for fix in &finding.fixes {
                assert!(
                    fix.proven.is_empty() == fix.why_not_proven.is_some() && !fix.proof.is_empty(),
                    "{name}: {}: {fix:?}",
                    finding.url
                );
            }
            if finding.fixes.iter().any(|fix| !fix.proven.is_empty()) {
                proven += 1;
            } else if !finding.fixes.is_empty() {
                reasoned += 1;
            } else {
                without.push(format!("{name}: {} {}", finding.method, finding.url));
            }
        }
    }
    assert!(without.is_empty(), "no fix at all: {}", without.join("\n"));
    assert_eq!((proven, reasoned), (84, 20));
}
