//! Every failing case of `tests/vectors/cors-vectors.json` gets a fix that passes, or a typed reason.

#![allow(clippy::unwrap_used, reason = "a test file")]

#[path = "support/vectors.rs"]
mod cases;
mod exchanges;

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
    let mut actual = browser(0).actual(&vector.method, &vector.url, &vector.origin, &[]).at(100).took(50);
    for (name, value) in &vector.request_headers {
        actual = actual.header_in(name, value);
    }
    let on_preflight = vector.expect.stage.as_deref() == Some("preflight");
    let actual = match &vector.actual {
        Some(response) if !on_preflight => answered(actual, response).error("net::ERR_FAILED"),
        _ => actual.failed(NoResponse::Blocked),
    };
    let mut all = vec![actual.build()];
    if let Some(response) = &vector.preflight {
        let preflight = browser(1).preflight(&vector.method, &vector.url, &vector.origin, &names.join(","));
        all.push(answered(preflight.at(101).took(20), response).build());
    }
    all
}

#[test]
fn every_failing_vector_has_a_fix_that_passes_or_a_typed_reason() {
    let vectors: Vec<Vector> = vectors();
    let (mut failing, mut proven) = (0, 0);
    let mut without = Vec::new();
    for vector in vectors.iter().filter(|vector| vector.kind == "exchange" && vector.expect.ok == Some(false)) {
        if !vector.redirects.is_empty() || !vector.url.starts_with("http") {
            continue;
        }
        let mut pairer = Pairer::new(Bounds::default());
        for exchange in exchanges(vector) {
            pairer.add(exchange);
        }
        pairer.finish();
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
            if !passes && fixes.iter().all(|fix| fix.why_not_proven.is_none()) {
                without.push(&vector.id);
            }
        }
    }
    assert!(without.is_empty(), "{without:?}");
    // The one without is a redirected preflight: no header mends that.
    assert_eq!((failing, proven), (83, 82));
}
