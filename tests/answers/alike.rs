//! Findings of one kind: so many are kept whole, the rest are counted, and the counts stay exact.

#![allow(clippy::unwrap_used, reason = "a test file")]

use crate::synthetic;

use std::io::Write;
use std::sync::atomic::AtomicBool;
use synthetic::{Mix, Recipe};
use whycors::capture::{Limits, Source};
use whycors::report::view::{Report, Verdict};
use whycors::run::{Event, Request, analyse};

fn report(limits: Limits, all: bool) -> (Report, usize) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut made = Vec::new();
    let recipe = Recipe { bytes: 3_000_000, largest_body: 4000, mix: Mix::Site, gap_micros: 300, ..Recipe::default() };
    synthetic::write(&recipe, &mut made).unwrap();
    file.write_all(&made).unwrap();
    let request = Request {
        sources: vec![Source { index: 0, path: file.path().to_string_lossy().into_owned() }],
        limits,
        all,
        live: true,
        ..Request::default()
    };
    let mut live = 0;
    let outcome = analyse(&request, &AtomicBool::new(false), &mut |event| {
        live += usize::from(matches!(event, Event::Finding(_)));
    });
    (outcome.report, live)
}

fn listed(report: &Report, verdict: Verdict) -> usize {
    report.findings.iter().filter(|finding| finding.verdict == verdict).count()
}

#[test]
fn beyond_a_number_alike_findings_are_counted_and_the_summary_stays_exact() {
    let (whole, _) = report(Limits::default(), true);
    let tight = Limits { alike_open: 2, alike_failing: 3, ..Limits::default() };
    let (few, live) = report(tight, false);
    assert_eq!(few.summary, whole.summary);
    // One page and one server: PUTs whose preflight is answered 405, GETs answered 500 without CORS headers.
    assert_eq!((listed(&few, Verdict::Undecided), listed(&few, Verdict::Fail)), (0, 6));
    assert_eq!(live, 6);
    let alike: Vec<_> = few.remarks.iter().filter(|remark| remark.id == "findings-alike").collect();
    assert_eq!(alike.len(), 2, "{alike:?}");
    let counted: u64 = alike.iter().map(|remark| remark.count).sum();
    assert_eq!(counted + 6, few.summary.failed + few.summary.undecided);
    assert!(whole.remarks.iter().all(|remark| remark.id != "findings-alike"), "asked for all of them");
}

#[test]
fn each_sentence_names_the_finding_it_goes_with() {
    let (few, _) = report(Limits { alike_open: 1, alike_failing: 1, ..Limits::default() }, false);
    for remark in few.remarks.iter().filter(|remark| remark.id == "findings-alike") {
        let number: u32 = remark.text.split('#').nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
        let finding = few.findings.iter().find(|finding| finding.number == number).unwrap();
        let became = if finding.verdict == Verdict::Fail { "failed" } else { "undecided" };
        assert!(remark.text.contains(became), "{}", remark.text);
        assert!(remark.text.contains("from http://www.shop.example to "), "{}", remark.text);
    }
}

#[test]
fn a_hostile_number_of_kinds_is_not_remembered() {
    let (report, _) = report(Limits { alike_open: 1, alike_failing: 1, server_facts: 1, ..Limits::default() }, false);
    // Only the kind that came first is counted beside its finding; all others are kept whole.
    assert_eq!(report.remarks.iter().filter(|remark| remark.id == "findings-alike").count(), 1);
    assert_eq!(report.summary.cors_requests, report.summary.passed + report.summary.failed + report.summary.undecided);
}
