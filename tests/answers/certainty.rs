//! Headlines claim no more than the certainty of their cause, over every cause there is.
//!
//! A likely cause is said with "probably" or "seems", a certain one without, and where the cause
//! cannot be told the headline says that the file does not show it.

#![allow(clippy::unwrap_used, reason = "a test file")]

use crate::cause_samples;
use crate::exchanges;

use cause_samples::{API, PAGE, after_preflight, alone, asked, blocked, options, redirected, samples, unanswered};
use exchanges::wire;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use whycors::capture::{Limits, Source};
use whycors::diagnosis::{Cause, Certainty, ServerFacts, diagnose, judge};
use whycors::exchange::{Exchange, NoResponse};
use whycors::pairing::{Bounds, Pairer};
use whycors::report::view::{self, Verdict};
use whycors::run::{Request, analyse};

/// What was said of one finding.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Said {
    id: String,
    certainty: &'static str,
    headline: String,
}

fn of(exchanges: Vec<Exchange>) -> Vec<Said> {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    let judged: Vec<_> = pairer.settled().into_iter().map(|pair| judge(pair, None)).collect();
    let mut facts = ServerFacts::new(16);
    for judged in &judged {
        facts.observe(judged);
    }
    judged
        .iter()
        .map(|judged| diagnose(judged, &facts))
        .filter_map(|diagnosis| {
            let (id, headline) = (diagnosis.cause.as_ref()?.id().to_owned(), diagnosis.headline.bare().to_owned());
            Some(Said { id, certainty: diagnosis.certainty.id(), headline })
        })
        .collect()
}

/// Every finding of every real capture.
fn of_captures() -> Vec<Said> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/real");
    let mut said = Vec::new();
    for folder in std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let keys = folder.join("keys.log");
        for path in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_none_or(|extension| extension != "gz") {
                continue;
            }
            for keylogs in [Vec::new(), vec![keys.clone()]] {
                if keylogs.iter().any(|keys| !keys.is_file()) {
                    continue;
                }
                let request = Request {
                    sources: vec![Source { index: 0, path: path.to_string_lossy().into_owned() }],
                    keylogs,
                    limits: Limits::default(),
                    ..Request::default()
                };
                for finding in analyse(&request, &AtomicBool::new(false), &mut |_| {}).report.findings {
                    let Some(cause) = finding.cause.filter(|_| finding.verdict != Verdict::Pass) else { continue };
                    let certainty = match cause.certainty {
                        view::Certainty::Certain => "certain",
                        view::Certainty::Likely => "likely",
                        view::Certainty::Unknown => "unknown",
                    };
                    said.push(Said { id: cause.id, certainty, headline: finding.headline });
                }
            }
        }
    }
    said
}

/// One case for each place at which a cause is only likely.
fn likely() -> Vec<(&'static str, Vec<Exchange>)> {
    let redirect = |location: &str| alone(options(302).header("location", location));
    vec![
        ("network-proxy", redirect("https://gateway.zscaler.net/auth")),
        ("waf-block", alone(options(403).header("server", "awselb/2.0"))),
        ("waf-block", alone(options(406))),
        ("waf-block", alone(options(403).header("server", "CloudFront").header("x-cache", "Error from cloudfront"))),
        ("no-options-handler", alone(options(403).header("x-cache", "Error from cloudfront"))),
        ("cdn-cached", alone(options(200).header("age", "77"))),
        ("cdn-cached", after_preflight(|r| r.status(200).allow("https://admin.shop.test").header("age", "77"))),
        ("origin-refused-by-server", alone(options(204).header("vary", "Origin"))),
        ("origin-refused-by-server", alone(options(403).header("server", "AmazonS3"))),
        ("auth-before-cors", redirect("https://login.shop.test/sso")),
        ("auth-before-cors", alone(options(403).body("{\"error\":\"api key\"}"))),
        ("preflight-redirect", unanswered_over_http()),
        (
            "actual-redirect",
            alone(
                wire(0)
                    .actual("GET", API, PAGE, &[])
                    .at(1)
                    .took(1)
                    .status(302)
                    .header("location", "https://login.shop.test/sso"),
            ),
        ),
        ("no-options-handler", alone(options(400).body("request body is required"))),
        ("no-options-handler", alone(options(403).header("x-amzn-errortype", "MissingAuthenticationTokenException"))),
        ("upstream-down", alone(options(502).header("server", "nginx"))),
        ("upstream-down", alone(options(503))),
        ("upstream-down", alone(options(504))),
        ("upstream-down", alone(options(522))),
        ("error-response-without-cors", alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(500))),
        (
            "header-not-allowed",
            alone(asked("POST", "x-tenant", 400).allow(PAGE).header("access-control-allow-headers", "x-other")),
        ),
        ("method-not-allowed", alone(asked("PUT", "", 400).allow(PAGE).header("access-control-allow-methods", "GET"))),
        (
            "method-not-allowed",
            alone(asked("PATCH", "", 400).allow(PAGE).header("access-control-allow-methods", "patch")),
        ),
        ("wildcard-with-credentials", blocked("POST", "content-type", |r| r.allow("*"))),
        (
            "allow-credentials-missing",
            blocked("POST", "content-type", |r| r.allow(PAGE).header("access-control-allow-headers", "content-type")),
        ),
        (
            "allow-credentials-invalid",
            blocked("POST", "content-type", |r| {
                r.allow(PAGE)
                    .header("access-control-allow-headers", "content-type")
                    .header("access-control-allow-credentials", "True")
            }),
        ),
        ("blocked-before-network", mixed_content_without_a_reason()),
    ]
}

/// The browser itself turns http into https, and says so by an error text only.
fn unanswered_over_http() -> Vec<Exchange> {
    let mut exchanges = unanswered(&NoResponse::Blocked, "net::ERR_INVALID_REDIRECT");
    for exchange in &mut exchanges {
        exchange.request.url = exchange.request.url.replacen("https://", "http://", 1).into();
    }
    exchanges
}

/// Status 0 without a reason: an https page called http.
fn mixed_content_without_a_reason() -> Vec<Exchange> {
    let url = "http://plain.shop.test/v1";
    let actual = exchanges::Recorded::new(&cause_samples::NO_REASONS, 0).actual("GET", url, PAGE, &[]);
    alone(actual.at(1).took(1).failed(NoResponse::Unrecorded))
}

fn hedged(headline: &str) -> bool {
    ["probably", "seem", "Not decided"].iter().any(|word| headline.contains(word))
}

#[test]
fn a_headline_hedges_exactly_where_its_cause_is_likely() {
    let samples = samples().into_iter().flat_map(|sample| [sample.shown, sample.decoy]);
    let likely = likely().into_iter().map(|(_, exchanges)| exchanges);
    let redirected = [redirected("https://login.shop.test/sso", "null")];
    let said: BTreeSet<Said> = samples.chain(likely).chain(redirected).flat_map(of).chain(of_captures()).collect();
    let fits = |said: &&Said| match said.certainty {
        "certain" => !hedged(&said.headline),
        "likely" => hedged(&said.headline),
        _ => said.headline.contains("does not s"),
    };
    let wrong: Vec<&Said> = said.iter().filter(|said| !fits(said)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let ids: BTreeSet<&str> = said.iter().map(|said| said.id.as_str()).collect();
    assert_eq!(ids, Cause::all_ids().collect(), "every cause is said somewhere");
}

#[test]
fn every_place_that_is_only_likely_has_a_case() {
    for (id, exchanges) in likely() {
        let said = of(exchanges);
        assert!(said.iter().any(|said| said.id == id && said.certainty == Certainty::Likely.id()), "{id}: {said:#?}");
    }
}
