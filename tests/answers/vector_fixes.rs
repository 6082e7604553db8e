//! Every failing case of `tests/vectors/cors-vectors.json` gets a fix that passes, or a typed reason.

#![allow(clippy::unwrap_used, reason = "a test file")]

use crate::exchanges;
use crate::vector_cases as cases;

use cases::{Response, Vector, vectors};
use exchanges::{Recorded, browser};
use whycors::diagnosis::{ServerFacts, Verdict, diagnose, judge};
use whycors::exchange::{Exchange, NoResponse};
use whycors::pairing::{Bounds, Credentials, Mode, Pairer};

fn answered(mut to: Recorded, response: &Response) -> Recorded {
    to = to.status(response.status);
    for (name, value) in &response.headers {
        to = to.header(name, value);
    }
    to
}

/// The case as a browser's file would hold it.
fn exchanges(vector: &Vector) -> Vec<Exchange> {
    let names = whycors::cors::unsafe_request_header_names(
        vector.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())),
    );
    let stage = vector.expect.stage.as_deref().unwrap_or_default();
    let mut all = Vec::new();
    let (mut url, mut at) = (vector.url.clone(), 100);
    for redirect in &vector.redirects {
        // A request to the page's own server bears no Origin; the next hop leaves it.
        let hop = browser(at).actual(&vector.method, &url, &vector.origin, &[]).at(i64::from(at)).took(20);
        let hop =
            redirect.headers.iter().fold(hop.status(redirect.status), |hop, (name, value)| hop.header(name, value));
        all.push(if stage == "redirect" { hop.error("net::ERR_FAILED") } else { hop }.build());
        let location = redirect.headers.iter().find(|(name, _)| name == "Location").map(|(_, value)| value.clone());
        (url, at) = (location.unwrap(), at + 25);
    }
    if stage == "redirect" {
        return all;
    }
    let origin = vector.expect.final_origin_header.as_ref().filter(|_| !all.is_empty()).unwrap_or(&vector.origin);
    let mut actual = browser(0).actual(&vector.method, &url, origin, &[]).at(i64::from(at)).took(50);
    for (name, value) in &vector.request_headers {
        actual = actual.header_in(name, value);
    }
    let actual = match &vector.actual {
        Some(response) if stage != "preflight" => answered(actual, response).error("net::ERR_FAILED"),
        _ => actual.failed(NoResponse::Blocked),
    };
    all.push(actual.build());
    if let Some(response) = &vector.preflight {
        let preflight = browser(1).preflight(&vector.method, &vector.url, &vector.origin, &names.join(","));
        all.push(answered(preflight.at(101).took(20), response).build());
    }
    all
}

/// Cases that fail in no browser's capture, with the reason.
const NOT_IN_A_CAPTURE: &[(&str, &str)] = &[
    ("ul-scheme", "a scheme of its own never reaches the network"),
    ("ul-same-origin-mode", "the mode forbids the request, so no recorder lists it"),
    ("wpt-star-23", "the standard refuses Authorization under *, the browsers of today let it pass"),
];

#[test]
fn every_failing_vector_has_a_fix_that_passes_or_a_typed_reason() {
    let vectors: Vec<Vector> = vectors();
    let (mut failing, mut proven) = (0, 0);
    let (mut without, mut silent) = (Vec::new(), Vec::new());
    for vector in vectors.iter().filter(|vector| vector.kind == "exchange" && vector.expect.ok == Some(false)) {
        if NOT_IN_A_CAPTURE.iter().any(|(id, _)| *id == vector.id) {
            continue;
        }
        let mut pairer = Pairer::new(Bounds::default());
        for exchange in exchanges(vector) {
            pairer.add(exchange);
        }
        pairer.finish();
        let before = failing;
        for mut pair in pairer.settled() {
            // The vector says what a capture would leave to inference.
            let mode = if vector.credentials == "include" { Mode::Include } else { Mode::NotInclude };
            pair.credentials = Credentials { mode, certain: true, because: "the vector says so" };
            let judged = judge(pair, None);
            if !matches!(judged.verdict, Verdict::Fail(_)) {
                continue;
            }
            failing += 1;
            let fixes = diagnose(&judged, &ServerFacts::new(1)).fixes;
            let passes = fixes.iter().any(|fix| !fix.proven.is_empty());
            proven += usize::from(passes);
            if fixes.is_empty() || (!passes && fixes.iter().all(|fix| fix.why_not_proven.is_none())) {
                without.push(&vector.id);
            }
        }
        if failing == before {
            silent.push(&vector.id);
        }
    }
    assert!(without.is_empty(), "{without:?}");
    assert!(silent.is_empty(), "no failing pair: {silent:?}");
    // The others are redirects: to another site, to a URL with a password, and of a preflight.
    assert_eq!((failing, proven), (102, 89));
}
