//! Samples of causes: exchanges that must get a label, each with a decoy that must not.

#![allow(dead_code, reason = "each test file uses a part")]

mod answered;
mod network;
mod statuses;
mod values;

use crate::exchanges::{Recorded, browser, wire};
use whycors::exchange::{Exchange, FailureMark, NoResponse, Recorder};

pub(crate) const PAGE: &str = "https://app.shop.test";
pub(crate) const API: &str = "https://api.shop.test/v1/orders";

/// A browser's file that records no reasons.
pub(crate) static NO_REASONS: Recorder =
    Recorder { failure_mark: FailureMark::StatusOnly, id: "test-firefox", ..BROWSER_COPY };
pub(crate) const BROWSER_COPY: Recorder = Recorder {
    id: "test-browser",
    name: "a browser",
    vantage: whycors::exchange::Vantage::Browser,
    preflights: whycors::exchange::Listing::Always,
    failures: whycors::exchange::Listing::Always,
    failure_mark: FailureMark::NetError,
    duplicates: whycors::exchange::DuplicateLines::Kept,
    marks_delivery: true,
};

/// A preflight in packets for a JSON POST.
pub(crate) fn options(status: u16) -> Recorded {
    asked("POST", "content-type", status)
}

pub(crate) fn asked(method: &str, names: &str, status: u16) -> Recorded {
    wire(0).preflight(method, API, PAGE, names).header_in("accept", "*/*").at(100).took(9).status(status)
}

pub(crate) fn alone(recorded: Recorded) -> Vec<Exchange> {
    vec![recorded.build()]
}

/// A preflight that was not answered, in a browser's file, with its request.
pub(crate) fn unanswered(why: &NoResponse, error: &str) -> Vec<Exchange> {
    vec![
        browser(0)
            .actual("POST", API, PAGE, &["content-type"])
            .provisional()
            .at(100)
            .took(9)
            .failed(why.clone())
            .error(error)
            .build(),
        browser(1)
            .preflight("POST", API, PAGE, "content-type")
            .at(101)
            .took(8)
            .failed(why.clone())
            .error(error)
            .build(),
    ]
}

/// In packets: an unanswered preflight.
pub(crate) fn silent(why: NoResponse) -> Vec<Exchange> {
    alone(wire(0).preflight("POST", API, PAGE, "content-type").at(100).took(9).failed(why))
}

/// A request whose preflight passed, in packets.
pub(crate) fn after_preflight(answer: impl FnOnce(Recorded) -> Recorded) -> Vec<Exchange> {
    let allowed = options(204).allow(PAGE);
    vec![allowed.build(), answer(wire(1).actual("POST", API, PAGE, &["content-type"]).at(120).took(9)).build()]
}

/// A browser's file in which the request was blocked after this preflight: credentials included,
/// where it passes without them only.
pub(crate) fn blocked(method: &str, names: &str, answer: impl FnOnce(Recorded) -> Recorded) -> Vec<Exchange> {
    let list: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
    vec![
        browser(0).actual(method, API, PAGE, &list).provisional().at(100).took(30).failed(NoResponse::Blocked).build(),
        answer(browser(1).preflight(method, API, PAGE, names).at(101).took(20).status(204)).build(),
    ]
}

/// A request that was redirected, and what the target answered.
pub(crate) fn redirected(to: &str, origin: &str) -> Vec<Exchange> {
    vec![
        wire(0).actual("GET", API, PAGE, &[]).at(100).took(5).status(302).allow(PAGE).header("location", to).build(),
        wire(1).actual("GET", to, origin, &[]).at(110).took(5).status(200).header("content-type", "text/html").build(),
    ]
}

pub(crate) struct Sample {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) shown: Vec<Exchange>,
    /// Near to it; must not get this id with this title.
    pub(crate) decoy: Vec<Exchange>,
}

pub(crate) fn sample(id: &'static str, title: &'static str, shown: Vec<Exchange>, decoy: Vec<Exchange>) -> Sample {
    Sample { id, title, shown, decoy }
}

pub(crate) fn samples() -> Vec<Sample> {
    [network::samples(), answered::samples(), statuses::samples(), values::samples()].into_iter().flatten().collect()
}
