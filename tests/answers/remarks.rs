//! Remarks: each kind has a sample that brings it and a decoy that must not.

use crate::exchanges;

use exchanges::{Recorded, browser, wire};
use std::collections::BTreeSet;
use whycors::diagnosis::remarks::RemarkKind;
use whycors::diagnosis::{Remark, RemarkCollector, judge};
use whycors::exchange::{Exchange, NoResponse};
use whycors::pairing::{Bounds, Pairer};

const PAGE: &str = "https://app.shop.test";
const API: &str = "https://api.shop.test/v1/orders";

fn remarks(exchanges: Vec<Exchange>) -> Vec<Remark> {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    let mut collector = RemarkCollector::new();
    for pair in pairer.settled() {
        collector.observe(&judge(pair, None));
    }
    collector.finish(0)
}

fn ids(exchanges: Vec<Exchange>) -> BTreeSet<&'static str> {
    remarks(exchanges).into_iter().map(|remark| remark.id).collect()
}

/// A passed preflight at `at` milliseconds and its request, in packets.
fn call(
    index: u32,
    at: i64,
    preflight: impl Fn(Recorded) -> Recorded,
    answer: impl Fn(Recorded) -> Recorded,
) -> Vec<Exchange> {
    let asked = wire(index).preflight("POST", API, PAGE, "x-a").at(at).took(40).status(204).allow(PAGE);
    let sent = wire(index + 1).actual("POST", API, PAGE, &["x-a"]).at(at + 50).took(9);
    vec![preflight(asked).build(), answer(sent.status(200).header("access-control-allow-origin", PAGE)).build()]
}

fn kept(r: Recorded) -> Recorded {
    r.header("access-control-max-age", "7200")
}

fn varies(r: Recorded) -> Recorded {
    r.header("vary", "Origin")
}

fn fine(index: u32, at: i64) -> Vec<Exchange> {
    call(index, at, kept, varies)
}

fn simple(origin: &str, answer: impl FnOnce(Recorded) -> Recorded) -> Vec<Exchange> {
    vec![answer(wire(0).actual("GET", API, origin, &[]).at(1).took(1).status(200)).build()]
}

fn asked(names: &str, method: &str, answer: impl FnOnce(Recorded) -> Recorded) -> Vec<Exchange> {
    let list: Vec<&str> = names.split(',').collect();
    vec![
        answer(
            wire(0)
                .preflight(method, API, PAGE, names)
                .at(1)
                .took(5)
                .status(204)
                .header("access-control-max-age", "7200"),
        )
        .build(),
        varies(
            wire(1)
                .actual(method, API, PAGE, &list)
                .at(20)
                .took(5)
                .status(200)
                .header("access-control-allow-origin", PAGE),
        )
        .build(),
    ]
}

fn two_sites(first: &str, second: &str) -> Vec<Exchange> {
    [first, second]
        .into_iter()
        .zip(0..)
        .map(|(origin, index)| {
            varies(wire(index).actual("GET", API, origin, &[]).at(i64::from(index)).took(1).status(200))
                .header("access-control-allow-origin", origin)
                .header("access-control-allow-credentials", "true")
                .build()
        })
        .collect()
}

/// A 304 to the browser's own revalidation.
fn revalidated(at: i64) -> Recorded {
    wire(1).actual("GET", API, PAGE, &[]).header_in("if-none-match", "\"a\"").at(at).took(1).status(304)
}

/// A request that was cancelled after so many milliseconds.
fn cancelled(after: u64) -> Exchange {
    browser(0).actual("GET", API, PAGE, &[]).at(1).took(after).failed(NoResponse::Aborted).build()
}

fn samples() -> Vec<(RemarkKind, Vec<Exchange>, Vec<Exchange>)> {
    let credentialed = |r: Recorded| r.header("access-control-allow-credentials", "true");
    let allow = |r: Recorded, value: &str| r.header("access-control-allow-origin", value);
    let age = |seconds: &'static str| call(0, 1, move |r| r.header("access-control-max-age", seconds), varies);
    vec![
        (
            RemarkKind::HttpErrorReadable,
            vec![allow(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(404), "*").build()],
            vec![wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(404).build()],
        ),
        (RemarkKind::MaxAgeZero, age("0"), age("600")),
        (RemarkKind::PreflightNotCached, call(0, 1, |r| r, varies), age("0")),
        (RemarkKind::MaxAgeShort, age("60"), age("600")),
        (RemarkKind::PreflightRepeated, [fine(0, 1), fine(2, 1000)].concat(), fine(0, 1)),
        (RemarkKind::VaryOriginMissing, simple(PAGE, |r| allow(r, PAGE)), simple(PAGE, |r| allow(r, "*"))),
        (
            RemarkKind::AuthorizationWildcard,
            asked("authorization", "GET", |r| allow(r, "*").header("access-control-allow-headers", "*")),
            asked("authorization", "GET", |r| allow(r, "*").header("access-control-allow-headers", "*, authorization")),
        ),
        (
            RemarkKind::OriginReflected,
            two_sites("https://a.one.test", "https://b.two.test"),
            two_sites("https://a.one.test", "https://b.one.test"),
        ),
        (
            RemarkKind::NullWithCredentials,
            simple("null", |r| credentialed(allow(r, "null"))),
            simple("null", |r| allow(r, "null")),
        ),
        (
            RemarkKind::CouldBeSimple,
            asked("x-requested-with", "GET", |r| {
                allow(r, PAGE).header("access-control-allow-headers", "x-requested-with")
            }),
            asked("content-type", "POST", |r| r.allow(PAGE)),
        ),
        (
            RemarkKind::WildcardBreaksCredentials,
            simple(PAGE, |r| allow(r, "*")),
            simple(PAGE, |r| credentialed(allow(r, PAGE))),
        ),
        (
            RemarkKind::DuplicateListLines,
            call(0, 1, |r| kept(r).methods("GET").methods("GET"), varies),
            call(0, 1, |r| kept(r).methods("GET").methods("PUT"), varies),
        ),
        (
            RemarkKind::PreflightWithoutRequest,
            call(0, 1, |r| credentialed(kept(r)), varies).into_iter().take(1).collect(),
            fine(0, 1),
        ),
        (
            RemarkKind::PreflightMissing,
            vec![varies(allow(browser(0).actual("PUT", API, PAGE, &[]).at(1).took(1).status(200), PAGE)).build()],
            vec![varies(allow(browser(0).actual("POST", API, PAGE, &[]).at(1).took(1).status(200), PAGE)).build()],
        ),
        (
            RemarkKind::StoredAnswerMissing,
            vec![revalidated(1).build()],
            vec![
                varies(allow(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(200), PAGE))
                    .header("etag", "\"a\"")
                    .build(),
                revalidated(9).build(),
            ],
        ),
        (RemarkKind::CancelledAtOnce, vec![cancelled(3)], vec![cancelled(900)]),
    ]
}

#[test]
fn every_kind_has_a_sample_and_its_decoy_is_silent() {
    let mut wrong = Vec::new();
    for (kind, sample, decoy) in samples() {
        if !ids(sample).contains(kind.id()) {
            wrong.push(format!("sample of {} is silent", kind.id()));
        }
        if ids(decoy).contains(kind.id()) {
            wrong.push(format!("decoy of {} speaks", kind.id()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let sampled: Vec<RemarkKind> = samples().into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(sampled, RemarkKind::ALL);
}

#[test]
fn a_remark_counts_says_what_it_cost_and_keeps_few_places() {
    let exchanges =
        (0..40).flat_map(|n| call(2 * n, i64::from(n) * 40_000, |r| r.header("access-control-max-age", "0"), varies));
    let found = remarks(exchanges.collect());
    let zero = found.iter().find(|remark| remark.id == "max-age-zero").expect("it is there");
    assert_eq!((zero.count, zero.places.len()), (40, 16));
    assert!(zero.text.bare().starts_with("40 preflights took 1.60 s:"), "{}", zero.text.bare());
}

#[test]
fn nothing_is_said_of_calls_that_are_as_they_should_be() {
    assert_eq!(ids(fine(0, 1)), BTreeSet::new());
}
