//! Several requests and preflights on one URL of a browser's file: which preflight was made for which request.

use crate::exchanges::{BROWSER, Recorded, browser};
use crate::pairing::{API, PAGE, pairs};
use whycors::exchange::{Listing, NoResponse, Place, Recorder};
use whycors::pairing::{Pair, PairKind};

/// Places of the preflight and of the request of each pair that has both.
fn mates(found: &[Pair]) -> Vec<(Place, Place)> {
    let both = |pair: &Pair| match &pair.kind {
        PairKind::Preflighted { preflight, actual } => Some((preflight.exchange().place, actual.place)),
        _ => None,
    };
    let mut mates: Vec<_> = found.iter().filter_map(both).collect();
    mates.sort();
    mates
}

fn entry(index: u32) -> Place {
    Place::Entry { input: 0, index }
}

#[test]
fn a_browser_asks_for_a_request_before_it_makes_its_preflight() {
    let asked = |index, at| browser(index).actual("PUT", API, PAGE, &[]).at(at).took(60).status(200).allow(PAGE);
    let preflight = browser(2).preflight("PUT", API, PAGE, "").at(30).took(5).status(204).allow(PAGE).methods("PUT");
    // The one asked for a millisecond later is nearer, and ends after the preflight as well.
    let found = pairs(vec![asked(0, 10).build(), preflight.build(), asked(3, 31).build()]);
    assert_eq!(mates(&found), [(entry(2), entry(0))]);
    // Where it is the only one, times in a file forbid nothing.
    let preflight = browser(2).preflight("PUT", API, PAGE, "").at(30).took(5).status(204).allow(PAGE).methods("PUT");
    assert_eq!(mates(&pairs(vec![preflight.build(), asked(3, 31).build()])), [(entry(2), entry(3))]);
}

#[test]
fn a_recorder_that_writes_down_when_requests_left_keeps_their_order() {
    static LEAVING: Recorder = Recorder { id: "test-leaving", failures: Listing::Never, ..BROWSER };
    let new = |index| Recorded::new(&LEAVING, index);
    let mut capture = Vec::new();
    for (number, preflight, request) in [(0, 48, 50), (1, 59, 62), (2, 67, 69)] {
        let actual = new(2 * number).actual("PUT", API, PAGE, &[]).at(request).took(4).status(200);
        capture.push(actual.allow(PAGE).build());
        let preflight = new(2 * number + 1).preflight("PUT", API, PAGE, "").at(preflight).took(2).status(204);
        capture.push(preflight.allow(PAGE).methods("PUT").build());
    }
    assert_eq!(mates(&pairs(capture)), [(entry(1), entry(0)), (entry(3), entry(2)), (entry(5), entry(4))]);
}

#[test]
fn a_preflight_has_the_referrer_of_its_request() {
    let hidden = |index, at, referer: &str| {
        let mut headers = whycors::exchange::Headers::from_pairs([("referer", referer), ("x-a", "1")]);
        headers.mark_incomplete();
        let mut request =
            browser(index).actual("PUT", API, PAGE, &[]).at(at).took(60).failed(NoResponse::Blocked).build();
        request.request.headers = headers;
        request.note.provisional = true;
        request.note.page = Some(format!("{PAGE}/").into());
        request
    };
    let preflight = |index, at, origin, referer: &str| {
        let asked = browser(index).preflight("PUT", API, origin, "x-a").at(at).took(20);
        if referer.is_empty() { asked } else { asked.header_in("referer", referer) }.status(403).build()
    };
    // A frame without an origin sends no Referer; its request was asked for after the page's, its preflight before.
    let found = pairs(vec![
        hidden(0, 10, &format!("{PAGE}/")),
        hidden(1, 12, ""),
        preflight(2, 14, "null", ""),
        preflight(3, 15, PAGE, &format!("{PAGE}/")),
    ]);
    assert_eq!(mates(&found), [(entry(2), entry(1)), (entry(3), entry(0))]);
}

#[test]
fn of_equal_requests_at_once_the_earliest_makes_the_preflight() {
    let asked =
        |index, at| browser(index).actual("PUT", API, PAGE, &[]).at(at).took(300).status(200).allow(PAGE).build();
    let preflight = browser(3).preflight("PUT", API, PAGE, "").at(60).took(70).status(204).allow(PAGE).methods("PUT");
    let found = pairs(vec![asked(0, 0), asked(1, 38), asked(2, 41), preflight.build()]);
    assert_eq!(mates(&found), [(entry(3), entry(0))]);
}

#[test]
fn a_preflight_that_asked_for_less_leaves_a_request_alone_that_needs_more() {
    // A proxy's name needs no preflight by itself; this page's script sets it, and asks for it.
    let script = browser(0).actual("GET", API, PAGE, &["x-request-id"]).at(0).took(50).status(200).allow(PAGE);
    let preflight = browser(1).preflight("GET", API, PAGE, "x-request-id").at(1).took(6).status(204).allow("*");
    let preflight = preflight.header("access-control-allow-headers", "x-request-id");
    let more = browser(2).actual("GET", API, PAGE, &["content-type", "x-a", "x-request-id"]).at(1).took(90);
    let found = pairs(vec![script.build(), preflight.build(), more.status(200).allow(PAGE).build()]);
    assert_eq!(mates(&found), [(entry(1), entry(0))]);
}
