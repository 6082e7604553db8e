//! Causes: every id and every kind has a sample that gets the label and a decoy that must not.

mod exchanges;

use exchanges::{BROWSER, HIDES_PREFLIGHTS, Recorded, browser, wire};
use std::collections::BTreeSet;
use whycors::diagnosis::{Cause, Diagnosis, Judged, ServerFacts, Verdict, diagnose, judge};
use whycors::exchange::{Exchange, FailureMark, NoResponse, Recorder};
use whycors::pairing::{Bounds, Pairer};

const PAGE: &str = "https://app.shop.test";
const API: &str = "https://api.shop.test/v1/orders";

/// A browser's file that records no reasons.
static NO_REASONS: Recorder = Recorder { failure_mark: FailureMark::StatusOnly, id: "test-firefox", ..BROWSER_COPY };
const BROWSER_COPY: Recorder = Recorder {
    id: "test-browser",
    name: "a browser",
    vantage: whycors::exchange::Vantage::Browser,
    preflights: whycors::exchange::Listing::Always,
    failures: whycors::exchange::Listing::Always,
    failure_mark: FailureMark::NetError,
    duplicates: whycors::exchange::DuplicateLines::Kept,
    marks_delivery: true,
};

fn diagnosed(exchanges: Vec<Exchange>) -> Vec<(Judged, Diagnosis)> {
    let mut pairer = Pairer::new(Bounds::default());
    for exchange in exchanges {
        pairer.add(exchange);
    }
    pairer.finish();
    let judged: Vec<Judged> = pairer.settled().into_iter().map(|pair| judge(pair, None)).collect();
    let mut facts = ServerFacts::new(16);
    for judged in &judged {
        facts.observe(judged);
    }
    judged
        .into_iter()
        .map(|judged| {
            let diagnosis = diagnose(&judged, &facts);
            (judged, diagnosis)
        })
        .collect()
}

/// Titles of everything that did not pass.
fn titles(exchanges: Vec<Exchange>) -> Vec<(String, String)> {
    diagnosed(exchanges)
        .into_iter()
        .filter(|(judged, _)| judged.verdict != Verdict::Pass)
        .map(|(_, diagnosis)| {
            diagnosis.cause.map_or_else(Default::default, |cause| (cause.id().to_owned(), cause.title()))
        })
        .collect()
}

/// A preflight in packets for a JSON POST.
fn options(status: u16) -> Recorded {
    asked("POST", "content-type", status)
}

fn asked(method: &str, names: &str, status: u16) -> Recorded {
    wire(0).preflight(method, API, PAGE, names).header_in("accept", "*/*").at(100).took(9).status(status)
}

fn alone(recorded: Recorded) -> Vec<Exchange> {
    vec![recorded.build()]
}

/// A preflight that was not answered, in a browser's file, with its request.
fn unanswered(why: &NoResponse, error: &str) -> Vec<Exchange> {
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
fn silent(why: NoResponse) -> Vec<Exchange> {
    alone(wire(0).preflight("POST", API, PAGE, "content-type").at(100).took(9).failed(why))
}

/// A request whose preflight passed, in packets.
fn after_preflight(answer: impl FnOnce(Recorded) -> Recorded) -> Vec<Exchange> {
    let allowed = options(204).allow(PAGE);
    vec![allowed.build(), answer(wire(1).actual("POST", API, PAGE, &["content-type"]).at(120).took(9)).build()]
}

/// A browser's file in which the request was blocked after this preflight: credentials included,
/// where it passes without them only.
fn blocked(method: &str, names: &str, answer: impl FnOnce(Recorded) -> Recorded) -> Vec<Exchange> {
    let list: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
    vec![
        browser(0).actual(method, API, PAGE, &list).provisional().at(100).took(30).failed(NoResponse::Blocked).build(),
        answer(browser(1).preflight(method, API, PAGE, names).at(101).took(20).status(204)).build(),
    ]
}

/// A request that was redirected, and what the target answered.
fn redirected(to: &str, origin: &str) -> Vec<Exchange> {
    vec![
        wire(0).actual("GET", API, PAGE, &[]).at(100).took(5).status(302).allow(PAGE).header("location", to).build(),
        wire(1).actual("GET", to, origin, &[]).at(110).took(5).status(200).header("content-type", "text/html").build(),
    ]
}

struct Sample {
    id: &'static str,
    title: &'static str,
    shown: Vec<Exchange>,
    /// Near to it; must not get this id with this title.
    decoy: Vec<Exchange>,
}

fn sample(id: &'static str, title: &'static str, shown: Vec<Exchange>, decoy: Vec<Exchange>) -> Sample {
    Sample { id, title, shown, decoy }
}

fn network() -> Vec<Sample> {
    use NoResponse::{Aborted, Blocked, Closed, InvalidHttp, Refused, Reset, TimedOut, TlsFailure};
    let to_http = |error: &str| {
        alone(
            browser(0)
                .actual("GET", "http://api.shop.test/x", PAGE, &[])
                .provisional()
                .at(100)
                .took(1)
                .failed(Blocked)
                .error(error),
        )
    };
    vec![
        sample(
            "server-unreachable",
            "could not connect to server",
            unanswered(&Refused, "net::ERR_CONNECTION_REFUSED"),
            silent(Reset),
        ),
        sample(
            "server-unreachable",
            "host name not found (DNS)",
            unanswered(&Refused, "net::ERR_NAME_NOT_RESOLVED"),
            unanswered(&Refused, "net::ERR_CONNECTION_REFUSED"),
        ),
        sample(
            "connection-reset",
            "connection was reset",
            unanswered(&Reset, "net::ERR_CONNECTION_RESET"),
            silent(Closed),
        ),
        sample("connection-closed", "closed before it answered", silent(Closed), silent(Reset)),
        sample("preflight-timeout", "preflight never answered", silent(TimedOut), silent(NoResponse::Cut)),
        sample(
            "preflight-timeout",
            "request never answered",
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).failed(TimedOut)),
            silent(TimedOut),
        ),
        sample("tls-failure", "TLS connection failed", silent(TlsFailure), silent(Reset)),
        sample(
            "tls-failure",
            "certificate not trusted",
            unanswered(&TlsFailure, "net::ERR_CERT_AUTHORITY_INVALID"),
            silent(TlsFailure),
        ),
        sample("invalid-http", "answer is not HTTP", silent(InvalidHttp), silent(Closed)),
        sample(
            "response-cut",
            "CORS passed, body cut short",
            after_preflight(|r| r.status(200).allow(PAGE).cut()),
            after_preflight(|r| r.status(200).cut()),
        ),
        sample(
            "request-aborted",
            "page cancelled the request",
            alone(
                browser(0)
                    .actual("POST", API, PAGE, &["content-type"])
                    .provisional()
                    .at(100)
                    .took(1200)
                    .failed(Aborted)
                    .error("net::ERR_ABORTED"),
            ),
            unanswered(&Reset, "net::ERR_CONNECTION_RESET"),
        ),
        sample(
            "no-answer",
            "no answer, reason not recorded",
            alone(
                Recorded::new(&NO_REASONS, 0)
                    .actual("GET", API, PAGE, &[])
                    .at(1)
                    .took(1)
                    .failed(NoResponse::Unrecorded),
            ),
            alone(
                Recorded::new(&HIDES_PREFLIGHTS, 0)
                    .actual("GET", API, PAGE, &[])
                    .at(1)
                    .took(1)
                    .failed(NoResponse::Unrecorded),
            ),
        ),
        sample("blocked-before-network", "blocked: http from https page", to_http(""), to_http("net::ERR_FAILED")),
        sample(
            "blocked-before-network",
            "blocked by the page's CSP",
            to_http("net::ERR_BLOCKED_BY_CSP"),
            to_http("net::ERR_FAILED"),
        ),
        sample(
            "blocked-before-network",
            "local network access denied",
            unanswered(&Blocked, "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"),
            unanswered(&Blocked, "net::ERR_FAILED"),
        ),
        sample(
            "blocked-before-network",
            "blocked before sending",
            to_http("net::ERR_BLOCKED_BY_ADMINISTRATOR"),
            to_http("net::ERR_FAILED"),
        ),
        sample(
            "blocked-by-extension",
            "blocked by a browser extension",
            to_http("net::ERR_BLOCKED_BY_CLIENT"),
            to_http("net::ERR_ABORTED"),
        ),
        sample(
            "resource-policy",
            "blocked by CORP or ORB",
            to_http("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin"),
            to_http("net::ERR_BLOCKED_BY_CLIENT"),
        ),
    ]
}

fn answered() -> Vec<Sample> {
    let other = "https://admin.shop.test";
    vec![
        sample("network-proxy", "blocked by customer's network", alone(options(407)), alone(options(401))),
        sample(
            "network-proxy",
            "blocked by customer's network",
            alone(options(403).header("x-squid-error", "ERR_ACCESS_DENIED 0")),
            alone(options(403).header("via", "1.1 edge (squid)")),
        ),
        sample(
            "waf-block",
            "refused by firewall or CDN",
            alone(options(406).header("server", "Apache")),
            alone(options(405).header("server", "Apache")),
        ),
        sample(
            "waf-block",
            "refused by Cloudflare",
            alone(options(403).header("server", "cloudflare").header("cf-mitigated", "challenge")),
            alone(options(403).header("server", "cloudflare").header("cf-ray", "1-FRA")),
        ),
        sample(
            "waf-block",
            "refused by Imperva",
            alone(
                options(200).header("content-type", "text/html").body("Request unsuccessful. Incapsula incident ID: 1"),
            ),
            alone(options(200).header("content-type", "text/html").body("<html>shop</html>")),
        ),
        sample(
            "waf-block",
            "refused by CloudFront",
            alone(options(403).header("server", "CloudFront").header("x-cache", "Error from cloudfront")),
            alone(options(403).header("server", "CloudFront").header("x-cache", "Miss from cloudfront")),
        ),
        sample(
            "cdn-cached",
            "cached copy for another site",
            after_preflight(|r| {
                r.status(200).header("access-control-allow-origin", other).header("x-cache", "HIT").header("age", "77")
            }),
            after_preflight(|r| {
                r.status(200)
                    .header("access-control-allow-origin", other)
                    .header("x-cache", "HIT")
                    .header("vary", "Origin")
            }),
        ),
        sample(
            "cdn-cached",
            "cached copy without CORS",
            alone(options(200).header("cf-cache-status", "HIT").header("age", "9")),
            alone(options(200).header("cf-cache-status", "MISS")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(options(204).methods("GET,POST").header("vary", "Origin")),
            alone(options(204).header("vary", "Accept-Encoding")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(options(403).body("Invalid CORS request")),
            alone(options(403).body("Forbidden")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(options(400).header("vary", "Origin").body("Disallowed CORS origin")),
            alone(options(400).header("vary", "Origin").body("Bad request")),
        ),
        sample(
            "origin-refused-by-server",
            "origin not on server's list",
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(200).header("vary", "Origin")),
            after_preflight(|r| r.status(200).header("vary", "Origin")),
        ),
    ]
}

fn redirects_and_statuses() -> Vec<Sample> {
    let to = |status, location: &str| alone(options(status).header("location", location));
    let http = |location: &str| {
        alone(
            wire(0)
                .preflight("POST", "http://api.shop.test/v1", "http://www.shop.test", "")
                .at(1)
                .took(1)
                .status(301)
                .header("location", location),
        )
    };
    vec![
        sample(
            "auth-before-cors",
            "auth refuses preflight (302)",
            to(302, "https://login.shop.test/sso"),
            to(302, "https://api.shop.test/v2/orders"),
        ),
        sample(
            "preflight-redirect",
            "preflight redirected to https",
            http("https://api.shop.test/v1"),
            http("http://api.shop.test/v1/"),
        ),
        sample("preflight-redirect", "preflight redirected: slash", to(308, "/v1/orders/"), to(308, "/v2/orders/")),
        sample(
            "preflight-redirect",
            "preflight redirected to a host",
            to(307, "https://eu.shop.test/v1/orders"),
            to(307, "/v1/orders/"),
        ),
        sample("preflight-redirect", "preflight redirected to a path", to(307, "/v2/orders"), alone(options(307))),
        sample(
            "actual-redirect",
            "redirected to login page",
            redirected("https://login.shop.test/sso", "null"),
            redirected("https://cdn.shop.test/file", "null"),
        ),
        sample(
            "actual-redirect",
            "redirected to another site",
            redirected("https://cdn.shop.test/file", "null"),
            redirected("https://login.shop.test/sso", "null"),
        ),
        sample(
            "actual-redirect",
            "redirected to https",
            alone(
                wire(0)
                    .actual("GET", "http://api.shop.test/v1", "http://www.shop.test", &[])
                    .at(1)
                    .took(1)
                    .status(301)
                    .header("location", "https://api.shop.test/v1"),
            ),
            alone(
                wire(0)
                    .actual("GET", "http://api.shop.test/v1", "http://www.shop.test", &[])
                    .at(1)
                    .took(1)
                    .status(301)
                    .header("location", "/v1/"),
            ),
        ),
        sample(
            "actual-redirect",
            "redirected to another site",
            alone(
                wire(0)
                    .actual("GET", API, PAGE, &[])
                    .at(1)
                    .took(1)
                    .status(302)
                    .allow(PAGE)
                    .header("location", "https://user:secret@cdn.shop.test/x"),
            ),
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(302).header("location", "/other")),
        ),
        sample(
            "auth-before-cors",
            "auth refuses preflight (401)",
            alone(options(401).header("www-authenticate", "Bearer")),
            alone(options(404).header("www-authenticate", "Bearer")),
        ),
        sample(
            "auth-before-cors",
            "auth refuses preflight (403)",
            alone(options(403).body("{\"detail\":\"Authentication credentials were not provided.\"}")),
            alone(options(403).body("{\"detail\":\"no\"}")),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (405)",
            alone(options(405).header("allow", "GET, POST")),
            alone(options(403).header("allow", "GET, POST")),
        ),
        sample("no-options-handler", "OPTIONS not handled (404)", alone(options(404)), alone(options(410))),
        sample("no-options-handler", "OPTIONS not handled (501)", alone(options(501)), alone(options(500))),
        sample(
            "no-options-handler",
            "OPTIONS not handled (400)",
            alone(options(400).body("{\"error\":\"request body is required\"}")),
            alone(options(400)),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (415)",
            alone(options(415).body("Unsupported Media Type")),
            alone(options(415)),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (403)",
            alone(options(403).header("x-amzn-errortype", "MissingAuthenticationTokenException")),
            alone(options(403).header("x-amzn-errortype", "AccessDeniedException")),
        ),
        sample(
            "no-options-handler",
            "OPTIONS not handled (403)",
            alone(options(403).header("server", "nginx").body("<hr><center>nginx</center>")),
            alone(options(403).header("server", "nginx")),
        ),
        sample(
            "preflight-rate-limited",
            "rate limit on preflight (429)",
            alone(options(429).header("retry-after", "30")),
            alone(options(403).header("retry-after", "30")),
        ),
        sample("upstream-down", "backend down behind proxy (502)", alone(options(502)), alone(options(500))),
        sample("upstream-down", "backend down behind proxy (503)", alone(options(503)), alone(options(501))),
        sample("preflight-server-error", "server error on preflight (500)", alone(options(500)), alone(options(502))),
        sample(
            "preflight-bad-status",
            "preflight status not 2xx (304)",
            alone(options(304).allow(PAGE)),
            alone(options(204).allow(PAGE)),
        ),
        sample("preflight-bad-status", "preflight refused (403)", alone(options(403)), alone(options(401))),
        sample(
            "header-not-allowed",
            "header refused: x-tenant",
            alone(asked("POST", "x-tenant", 400).allow(PAGE).body("Disallowed CORS headers")),
            alone(asked("POST", "x-a", 400).allow(PAGE).body("Disallowed CORS headers")),
        ),
    ]
}

fn missing_and_values() -> Vec<Sample> {
    let origin = |value: &str| {
        alone(
            options(204)
                .header("access-control-allow-origin", value)
                .header("access-control-allow-headers", "content-type"),
        )
    };
    let twice = |first: &str, second: &str| {
        alone(options(204).header("Access-Control-Allow-Origin", first).header("Access-Control-Allow-Origin", second))
    };
    let credentialed = |r: Recorded| r.header("access-control-allow-credentials", "true");
    vec![
        sample(
            "options-without-cors",
            "OPTIONS answered without CORS",
            alone(options(200).header("allow", "GET, HEAD, POST")),
            alone(options(200)),
        ),
        sample(
            "html-200-page",
            "web page instead of API (200)",
            alone(options(200).header("content-type", "text/html; charset=utf-8")),
            alone(options(200).header("content-type", "application/json")),
        ),
        sample(
            "html-200-page",
            "web page instead of API (200)",
            alone(options(200).header("content-type", "text/html")),
            alone(options(200).header("content-type", "text/html").header("content-length", "0")),
        ),
        sample(
            "error-response-without-cors",
            "API error 500 without CORS",
            after_preflight(|r| r.status(500)),
            after_preflight(|r| r.status(500).allow(PAGE)),
        ),
        sample(
            "error-response-without-cors",
            "API error 404 without CORS",
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(404)),
            alone(wire(0).actual("GET", API, PAGE, &[]).at(1).took(1).status(200)),
        ),
        sample(
            "allow-origin-missing",
            "no Allow-Origin on preflight",
            alone(options(204)),
            alone(options(204).allow(PAGE)),
        ),
        sample(
            "allow-origin-missing",
            "no Allow-Origin on response",
            after_preflight(|r| r.status(200)),
            alone(options(204)),
        ),
        sample(
            "allow-origin-multiple",
            "Allow-Origin sent twice",
            twice(PAGE, PAGE),
            origin("https://a.test, https://b.test"),
        ),
        sample(
            "allow-origin-multiple",
            "Allow-Origin holds a list",
            origin("https://a.test, https://app.shop.test"),
            twice("*", PAGE),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: slash",
            origin("https://app.shop.test/"),
            origin("https://www.shop.test/"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: scheme",
            origin("http://app.shop.test"),
            origin("http://www.shop.test"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: port",
            origin("https://app.shop.test:8443"),
            origin("https://app.shop.test/"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: host",
            origin("https://www.shop.test"),
            origin("http://app.shop.test"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: case",
            origin("https://APP.shop.test"),
            origin("https://APPS.shop.test"),
        ),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: path",
            origin("https://app.shop.test/cart"),
            origin("https://app.shop.test/"),
        ),
        sample("allow-origin-mismatch", "allowed origin differs: null", origin("null"), origin("nul")),
        sample(
            "allow-origin-mismatch",
            "allowed origin differs: pattern",
            origin("https://*.shop.test"),
            origin("https://x.shop.test"),
        ),
        sample(
            "allow-origin-invalid",
            "Allow-Origin is not an origin",
            origin("app.shop.test"),
            origin("http://app.shop.test"),
        ),
        sample("allow-origin-invalid", "Allow-Origin is not an origin", origin(""), alone(options(204))),
        sample(
            "wildcard-with-credentials",
            "* not valid with credentials",
            blocked("POST", "x-a", |r| credentialed(r).allow("*")),
            vec![
                asked("POST", "x-a", 204).allow("*").build(),
                wire(1).actual("POST", API, PAGE, &["x-a"]).at(120).took(9).status(200).allow("*").build(),
            ],
        ),
        sample(
            "wildcard-with-credentials",
            "* not valid with credentials",
            blocked("PUT", "", |r| credentialed(r).allow(PAGE).methods("*")),
            blocked("PUT", "", |r| credentialed(r).allow(PAGE).methods("GET")),
        ),
        sample(
            "wildcard-with-credentials",
            "* not valid with credentials",
            blocked("POST", "x-q", |r| {
                credentialed(r).header("access-control-allow-origin", PAGE).header("access-control-allow-headers", "*")
            }),
            blocked("POST", "x-q", |r| credentialed(r).allow(PAGE)),
        ),
        sample(
            "allow-credentials-missing",
            "no Allow-Credentials header",
            blocked("POST", "x-a", |r| r.allow(PAGE)),
            blocked("POST", "x-q", |r| r.allow(PAGE)),
        ),
        sample(
            "allow-credentials-invalid",
            "Allow-Credentials is not \"true\"",
            blocked("POST", "x-a", |r| r.allow(PAGE).header("access-control-allow-credentials", "True")),
            blocked("POST", "x-a", |r| r.allow(PAGE)),
        ),
        sample(
            "allow-methods-invalid",
            "Allow-Methods cannot be parsed",
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET; PUT")),
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET, POST")),
        ),
        sample(
            "allow-headers-invalid",
            "Allow-Headers cannot be parsed",
            alone(
                options(204)
                    .header("access-control-allow-origin", PAGE)
                    .header("access-control-allow-headers", "Content-Type; X-A"),
            ),
            alone(
                options(204).header("access-control-allow-origin", PAGE).header("access-control-allow-headers", "X-A"),
            ),
        ),
        sample(
            "method-not-allowed",
            "method refused: PUT",
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET, POST")),
            alone(asked("PUT", "", 204).allow(PAGE).methods("GET, PUT")),
        ),
        sample(
            "method-not-allowed",
            "method refused: patch",
            alone(asked("patch", "", 204).allow(PAGE).methods("PATCH")),
            alone(asked("PATCH", "", 204).allow(PAGE).methods("PATCH")),
        ),
        sample(
            "header-not-allowed",
            "header refused: content-type",
            alone(options(204).header("access-control-allow-origin", PAGE)),
            alone(options(204).allow(PAGE)),
        ),
        sample(
            "header-not-allowed",
            "3 headers refused",
            alone(asked("POST", "traceparent,tracestate,x-q", 204).allow(PAGE)),
            alone(asked("POST", "traceparent,x-a,x-q", 204).allow(PAGE)),
        ),
    ]
}

fn samples() -> Vec<Sample> {
    [network(), answered(), redirects_and_statuses(), missing_and_values()].into_iter().flatten().collect()
}

#[test]
fn every_sample_gets_its_label_and_no_decoy_does() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let label = (sample.id.to_owned(), sample.title.to_owned());
        let found = titles(sample.shown);
        if !found.contains(&label) {
            wrong.push(format!("sample of {label:?} got {found:?}"));
        }
        let found = titles(sample.decoy);
        if found.contains(&label) {
            wrong.push(format!("decoy of {label:?} got it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_id_of_the_table_has_a_sample() {
    let sampled: BTreeSet<&str> = samples().iter().map(|sample| sample.id).collect();
    assert_eq!(Cause::all_ids().filter(|id| !sampled.contains(id)).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn the_table_holds_the_words_of_every_cause() {
    for sample in samples() {
        for (_, diagnosis) in diagnosed(sample.shown) {
            let Some(cause) = diagnosis.cause else { continue };
            let info = cause.info().expect("every cause stands in the table");
            assert_eq!(info.id, cause.id());
            assert!(!cause.explanation().is_empty() && !info.proven_by.is_empty());
            assert!(cause.title().chars().count() <= 32, "{}", cause.title());
        }
    }
}

#[test]
fn every_failing_sample_has_a_proven_fix_or_a_typed_reason() {
    for sample in samples() {
        for (judged, diagnosis) in diagnosed(sample.shown) {
            if !matches!(judged.verdict, Verdict::Fail(_)) {
                continue;
            }
            assert!(!diagnosis.fixes.is_empty(), "{} has no fix", sample.id);
            for fix in &diagnosis.fixes {
                assert!(
                    fix.proven.is_empty() != fix.why_not_proven.is_none(),
                    "{}: {} is proven {:?} and not proven because {:?}",
                    sample.id,
                    fix.title,
                    fix.proven,
                    fix.why_not_proven
                );
                assert!(!fix.proof.is_empty(), "{}: {}", sample.id, fix.title);
            }
        }
    }
}

#[test]
fn no_fix_allows_every_origin_or_every_header() {
    for sample in samples() {
        for (_, diagnosis) in diagnosed(sample.shown) {
            for change in diagnosis.fixes.iter().flat_map(|fix| &fix.changes) {
                for (name, value) in &change.set {
                    assert!(value != "*", "{}: {name}", sample.id);
                }
            }
        }
    }
}

#[test]
fn evidence_and_headline_are_there_for_every_label() {
    for sample in samples() {
        let found = diagnosed(sample.shown);
        let labelled = found.iter().filter_map(|(_, diagnosis)| diagnosis.cause.as_ref().map(|_| diagnosis));
        for diagnosis in labelled {
            assert!(!diagnosis.evidence.is_empty(), "{} has no evidence", sample.id);
            assert!(diagnosis.headline.ends_with('.'), "{}: {}", sample.id, diagnosis.headline);
            assert!(!diagnosis.text.is_empty() && !diagnosis.brief.is_empty(), "{}", sample.id);
        }
    }
}

#[test]
fn a_bare_403_is_not_explained_in_a_file_without_bodies() {
    let found =
        diagnosed(blocked("POST", "content-type", |r| r.status(403).header("content-type", "application/json")));
    let (_, diagnosis) = found.first().expect("one pair");
    assert_eq!(diagnosis.certainty.id(), "unknown");
    assert_eq!(diagnosis.candidates.len(), 3);
    assert!(diagnosis.lines.iter().any(|line| line.label == "decide"), "{:?}", diagnosis.lines);
}

#[test]
fn nothing_in_an_answer_holds_a_secret() {
    let exchanges = vec![
        options(204).allow(PAGE).build(),
        wire(1)
            .actual("POST", API, PAGE, &["content-type"])
            .header_in("authorization", "Bearer hunter2hunter2")
            .header_in("cookie", "sid=hunter2hunter2")
            .at(120)
            .took(9)
            .status(500)
            .header("set-cookie", "sid=hunter2hunter2")
            .build(),
    ];
    for (_, diagnosis) in diagnosed(exchanges) {
        let text = format!("{diagnosis:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn the_recorder_of_the_samples_is_the_browser_of_the_other_tests() {
    assert_eq!(BROWSER, BROWSER_COPY);
}
