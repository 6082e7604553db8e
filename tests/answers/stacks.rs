//! Real servers as `tests/lab/stacks.py` recorded them: recognised, diagnosed, and mended by the
//! fix that was printed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

use crate::exchanges;

use exchanges::{Recorded, wire};
use serde::Deserialize;
use std::collections::BTreeSet;
use whycors::diagnosis::{Diagnosis, ServerFacts, Verdict, diagnose, judge};
use whycors::exchange::Exchange;
use whycors::pairing::{Bounds, Pairer};
use whycors::stacks::{self, Checked};

/// Answers without a mark of their stack: most frameworks send nothing of their own.
const UNMARKED: [(&str, &str); 15] = [
    ("actix", "no CORS"),
    ("fastify", "origin not on the list"),
    ("go", "no CORS"),
    ("haproxy", "a proxy without CORS"),
    ("koa", "no CORS"),
    ("koa", "origin not on the list"),
    ("nest", "origin not on the list"),
    ("rack", "origin not on the list"),
    ("rails", "origin not on the list"),
    ("tomcat", "no CORS"),
    ("tomcat", "no page"),
    ("tower-http", "no CORS"),
    ("traefik", "a proxy without CORS"),
    ("traefik", "nothing behind the proxy"),
    ("traefik", "origin not on the list"),
];

#[derive(Deserialize)]
struct Recording {
    origin: String,
    method: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(rename = "case")]
    name: String,
    path: String,
    /// A request with a cookie that needs no preflight.
    cookies: bool,
    before: Answers,
    cause: String,
    stack: Vec<String>,
    fix: Option<String>,
    after: Option<Answers>,
    /// With the fix in place, a request that fails in the application.
    failing: Option<Answers>,
}

#[derive(Deserialize)]
struct Answers {
    preflight: Option<Answer>,
    actual: Answer,
}

#[derive(Deserialize)]
struct Answer {
    status: u16,
    reason: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// A server of applications has none of its own: it stands in its applications' recordings.
fn recordings() -> impl Iterator<Item = (&'static str, Recording)> {
    stacks::all().filter_map(|row| {
        let path = format!("{}/tests/stacks/{}.json", env!("CARGO_MANIFEST_DIR"), row.id);
        let recording = std::fs::read_to_string(path).ok()?;
        Some((row.id, serde_json::from_str(&recording).unwrap()))
    })
}

fn answered(mut to: Recorded, answer: &Answer) -> Exchange {
    to = to.status(answer.status);
    for (name, value) in &answer.headers {
        to = to.header(name, value);
    }
    let mut exchange = to.body(&answer.body).build();
    if let Ok(head) = &mut exchange.response {
        head.reason = answer.reason.as_str().into();
    }
    exchange
}

/// What a browser would have caused: nothing follows a preflight that fails. Whether the page sends
/// credentials is open until the request is there.
fn diagnosed(recording: &Recording, case: &Case, answers: &Answers) -> Vec<(bool, Diagnosis)> {
    let url = format!("https://api.shop.test{}", case.path);
    let (method, origin) = (&*recording.method, &*recording.origin);
    let run = |exchanges: Vec<Exchange>| -> Vec<(bool, Diagnosis)> {
        let mut pairer = Pairer::new(Bounds::default());
        for exchange in exchanges {
            pairer.add(exchange);
        }
        pairer.finish();
        let judged: Vec<_> = pairer.settled().into_iter().map(|pair| judge(pair, None)).collect();
        judged
            .iter()
            .map(|judged| (!matches!(judged.verdict, Verdict::Fail(_)), diagnose(judged, &ServerFacts::new(4))))
            .collect()
    };
    let Some(answer) = &answers.preflight else {
        let request = wire(1).actual(method, &url, origin, &[]).header_in("content-type", "text/plain");
        let request = request.header_in("cookie", "sid=1").header_in("sec-fetch-mode", "cors").at(110).took(5);
        return run(vec![answered(request, &answers.actual)]);
    };
    let preflight = || answered(wire(0).preflight(method, &url, origin, "content-type").at(100).took(5), answer);
    let first = run(vec![preflight()]);
    if first.iter().any(|(passed, _)| !passed) {
        return first;
    }
    let actual = wire(1).actual(method, &url, origin, &["content-type"]).at(110).took(5);
    run(vec![preflight(), answered(actual, &answers.actual)])
}

#[test]
fn recorded_answers_get_the_cause_and_the_stack() {
    for (stack, recording) in recordings() {
        for case in &recording.cases {
            let found = diagnosed(&recording, case, &case.before);
            let (_, diagnosis) = found.iter().find(|(passed, _)| !passed).unwrap();
            assert_eq!(diagnosis.cause.as_ref().unwrap().id(), case.cause, "{stack}: {}", case.name);
            let hits: Vec<&str> = diagnosis.stack.iter().map(|hit| hit.id).collect();
            assert_eq!(hits, case.stack, "{stack}: {}", case.name);
            let unmarked = UNMARKED.contains(&(stack, &case.name));
            assert_eq!(hits.contains(&stack), !unmarked, "{stack}: {}: {hits:?}", case.name);
        }
    }
}

#[test]
fn a_row_that_names_a_real_server_as_its_proof_has_been_seen_in_one() {
    let seen: BTreeSet<String> =
        recordings().flat_map(|(_, recording)| recording.cases).flat_map(|case| case.stack).collect();
    let claimed: BTreeSet<String> =
        stacks::all().filter(|row| row.checked == Checked::Server).map(|row| row.id.to_owned()).collect();
    assert_eq!(seen, claimed);
    let files: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stacks"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let without: BTreeSet<&str> = claimed.iter().filter(|id| !files.contains(*id)).map(String::as_str).collect();
    assert!(files.is_subset(&claimed));
    assert_eq!(without, BTreeSet::from(["daphne", "gunicorn"]));
}

#[test]
fn ids_are_unique_and_what_a_row_is_built_on_is_a_row() {
    let ids: BTreeSet<&str> = stacks::all().map(|row| row.id).collect();
    assert_eq!(ids.len(), stacks::all().count());
    for row in stacks::all() {
        assert!(row.built_on.iter().all(|id| ids.contains(id) && *id != row.id), "{}", row.id);
        assert!(!row.signs.is_empty(), "{}", row.id);
    }
}

/// Rows that no server here stands behind, by an answer as their sources have it: row, status, reason phrase,
/// header, value, body.
const PUBLISHED: &[(&str, u16, &str, &str, &str, &str)] = &[
    ("cloudflare", 403, "Forbidden", "CF-RAY", "8f1c2d3e4f5a6b7c-FRA", ""),
    ("cloudfront", 403, "Forbidden", "Via", "1.1 0123abcd.cloudfront.net (CloudFront)", ""),
    ("akamai", 403, "Forbidden", "Server", "AkamaiGHost", "<H1>Access Denied</H1>"),
    ("fastly", 200, "OK", "X-Served-By", "cache-fra-eddf8230098-FRA", ""),
    ("imperva", 403, "Forbidden", "X-Iinfo", "8-12345-0 0NNN RT(1 2) q(0 -1 -1 -1)", ""),
    ("azure-front-door", 403, "Forbidden", "x-azure-ref", "0abc", ""),
    ("vercel", 405, "Method Not Allowed", "x-vercel-id", "fra1::abcde-1", ""),
    ("netlify", 405, "Method Not Allowed", "X-Nf-Request-Id", "01H", ""),
    ("istio", 404, "Not Found", "server", "istio-envoy", ""),
    ("kong", 404, "Not Found", "X-Kong-Response-Latency", "1", "{\"message\":\"no Route matched with those values\"}"),
    ("aws-api-gateway", 403, "Forbidden", "x-amzn-ErrorType", "MissingAuthenticationTokenException", ""),
    ("aws-http-api", 404, "Not Found", "Apigw-Requestid", "WSg1ihmdliAEJXA=", "{\"message\":\"Not Found\"}"),
    ("aws-load-balancer", 502, "Bad Gateway", "Server", "awselb/2.0", ""),
    (
        "azure-api-management",
        401,
        "Unauthorized",
        "Content-Type",
        "application/json",
        "{ \"statusCode\": 401, \"message\": \"Access denied due to missing subscription key. Make sure to\" }",
    ),
    ("azure-app-service", 200, "OK", "Set-Cookie", "ARRAffinity=8f8;Path=/;HttpOnly", ""),
    ("iis", 200, "OK", "Server", "Microsoft-IIS/10.0", ""),
    ("iis", 200, "OK", "X-Powered-By", "ASP.NET", ""),
    ("ingress-nginx", 404, "Not Found", "Content-Type", "text/plain; charset=utf-8", "default backend - 404"),
    ("quarkus", 403, "CORS Rejected - Invalid origin", "content-length", "0", ""),
    ("aspnet-core", 204, "No Content", "Server", "Kestrel", ""),
    ("laravel", 204, "No Content", "Set-Cookie", "laravel_session=1; path=/", ""),
    (
        "s3",
        403,
        "Forbidden",
        "Server",
        "AmazonS3",
        "<Message>CORSResponse: CORS is not enabled for this bucket.</Message>",
    ),
    ("azure-storage", 403, "Forbidden", "x-ms-error-code", "CorsPreflightFailure", ""),
    ("google-cloud-storage", 200, "OK", "Server", "UploadServer", ""),
    ("minio", 200, "OK", "Server", "MinIO", ""),
    ("elasticsearch", 200, "OK", "X-elastic-product", "Elasticsearch", ""),
    ("supabase", 401, "Unauthorized", "sb-project-ref", "abcdefghijklmnopqrst", ""),
    ("okta", 400, "Bad Request", "x-okta-request-id", "reqd-hLExFwQJ2ZEpocgBDeaA", ""),
    ("auth0", 403, "Forbidden", "X-Auth0-RequestId", "c629c3e05e0881e81315", ""),
    ("keycloak", 302, "Found", "Set-Cookie", "KC_RESTART=1; Path=/realms/shop/", ""),
    ("salesforce", 403, "Forbidden", "Server", "sfdcedge", ""),
];

#[test]
fn published_answers_name_their_row_with_the_header_or_the_words_it_was_seen_by() {
    for (id, status, reason, name, value, body) in PUBLISHED {
        let headers = vec![((*name).to_owned(), (*value).to_owned())];
        let answer = Answer { status: *status, reason: (*reason).to_owned(), headers, body: (*body).to_owned() };
        let to = wire(0).preflight("POST", "https://api.shop.test/", "https://app.shop.test", "");
        let hits = stacks::detect(answered(to, &answer).head().unwrap());
        let hit = hits.iter().find(|hit| hit.id == *id).unwrap_or_else(|| panic!("{id}: {hits:?}"));
        let quoted = hit.because.bare().starts_with(name)
            || hit.because.bare().starts_with("the body says")
            || hit.because.bare().starts_with("reason phrase");
        assert!(quoted, "{id}: {}", hit.because.bare());
    }
    let tried: BTreeSet<&str> = PUBLISHED.iter().map(|row| row.0).collect();
    let claimed: BTreeSet<&str> =
        stacks::all().filter(|row| row.checked != Checked::Server).map(|row| row.id).collect();
    assert_eq!(tried, claimed);
}

#[test]
fn the_data_of_a_success_is_not_searched_for_signs() {
    let long = format!("{{\"message\":\"route options:\",\"text\":\"{}\"}}", "x".repeat(2000));
    let named = |status, body: &str| {
        let answer = Answer { status, reason: String::new(), headers: Vec::new(), body: body.to_owned() };
        stacks::detect(answered(wire(0), &answer).head().unwrap()).len()
    };
    assert_eq!((named(200, &long), named(404, &long), named(200, "\"message\":\"route options:")), (0, 1, 1));
}

/// What it looks like, status, reason phrase, headers, body.
type Decoy = (&'static str, u16, &'static str, &'static [(&'static str, &'static str)], &'static str);

#[test]
fn decoys_are_not_recognised() {
    const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
    const EMPTY: (&str, &str) = ("content-length", "0");
    const VARY: (&str, &str) = ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    let named = |status: u16, reason: &str, headers: &[(&str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = Answer { status, reason: reason.to_owned(), headers, body: body.to_owned() };
        let exchange =
            answered(wire(0).preflight("POST", "https://api.shop.test/", "https://app.shop.test", ""), &answer);
        stacks::detect(exchange.head().unwrap()).iter().map(|hit| hit.id).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    let checks: &[Decoy] = &[
        ("a page about nginx", 200, "OK", &[HTML], "how to set up nginx, Apache Tomcat and HAProxy"),
        ("a bare 403", 403, "Forbidden", &[("content-type", "text/plain"), EMPTY], ""),
        ("a 404 page of one's own", 404, "Not Found", &[("content-type", "text/plain")], "404 page not found"),
        ("an empty page with Allow, server unknown", 200, "OK", &[HTML, EMPTY, ("allow", "GET, POST")], ""),
        (
            "the same names where the origin is allowed",
            200,
            "OK",
            &[VARY, EMPTY, ("access-control-allow-origin", "*")],
            "",
        ),
        (
            "Express's list from somewhere else",
            204,
            "No Content",
            &[("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE")],
            "",
        ),
        (
            "JSON with a time",
            500,
            "Internal Server Error",
            &[("content-type", "application/json")],
            "{\"timestamp\":\"now\",\"status\":\"bad\"}",
        ),
        (
            "a cache that is none of these",
            200,
            "OK",
            &[("via", "1.1 proxy"), ("age", "3"), ("x-served-by", "web7")],
            "",
        ),
        ("storage behind an unknown name", 403, "Forbidden", &[("x-amz-request-id", "1")], "<Code>AccessDenied</Code>"),
    ];
    for (what, status, reason, headers, body) in checks {
        assert_eq!(named(*status, reason, headers, body), none, "{what}");
    }
    // Django on uvicorn is not Starlette.
    let uvicorn = ("server", "uvicorn");
    assert_eq!(named(405, "", &[uvicorn, HTML, EMPTY, ("allow", "GET, POST")], ""), ["django"]);
    assert_eq!(named(405, "", &[uvicorn, ("content-type", "application/json")], "{}"), ["starlette"]);
}

#[test]
fn the_default_method_list_is_the_sign_of_the_cors_package() {
    let (_, express) = recordings().find(|(stack, _)| *stack == "express").unwrap();
    let named = |case: &Case| diagnosed(&express, case, &case.before).remove(0).1.stack.remove(0);
    let (without, refused) = (named(&express.cases[0]), named(&express.cases[1]));
    assert_eq!((without.name, without.because.bare()), ("Express", "X-Powered-By: Express"));
    assert_eq!(refused.name, "Express with cors");
    assert_eq!(refused.because.bare(), "\"X-Powered-By: Express\" and the package's default method list");
}

#[test]
fn the_printed_fix_is_still_the_one_that_was_tried() {
    for (stack, recording) in recordings() {
        for case in recording.cases.iter().filter(|case| case.fix.is_some()) {
            let found = diagnosed(&recording, case, &case.before);
            let fix = found.iter().flat_map(|(_, diagnosis)| &diagnosis.fixes).find(|fix| fix.stack == stack);
            assert_eq!(fix.map(|fix| fix.text.as_str()), case.fix.as_deref(), "{stack}: {}", case.name);
            assert!(!fix.unwrap().proven.is_empty(), "{stack}: {}", case.name);
        }
    }
}

#[test]
fn after_the_fix_every_answer_passes_with_exactly_one_line_also_that_of_a_failing_request() {
    let (mut tried, mut failing) = (0, 0);
    for (stack, recording) in recordings() {
        for case in &recording.cases {
            let Some(after) = &case.after else { continue };
            tried += 1;
            failing += usize::from(case.failing.is_some());
            for answers in [Some(after), case.failing.as_ref()].into_iter().flatten() {
                let found = diagnosed(&recording, case, answers);
                assert!(!found.is_empty() && found.iter().all(|(passed, _)| *passed), "{stack}: {}", case.name);
                for answer in answers.preflight.iter().chain([&answers.actual]) {
                    assert_eq!(
                        lines(answer, "access-control-allow-origin"),
                        [&*recording.origin],
                        "{stack}: {}",
                        case.name
                    );
                    if case.cookies {
                        assert_eq!(
                            lines(answer, "access-control-allow-credentials"),
                            ["true"],
                            "{stack}: {}",
                            case.name
                        );
                    }
                }
            }
            assert!(case.failing.as_ref().is_none_or(|answers| answers.actual.status == 500), "{stack}: {}", case.name);
        }
    }
    assert_eq!((tried, failing), (74, 17));
}

fn lines<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    answer.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value).collect()
}
