//! Real servers as `tests/lab/stacks.py` recorded them: recognised, diagnosed, and mended by the
//! fix that was printed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

mod exchanges;

use exchanges::{Recorded, wire};
use serde::Deserialize;
use std::collections::BTreeSet;
use whycors::diagnosis::stack::{self, Checked};
use whycors::diagnosis::{Diagnosis, ServerFacts, Verdict, diagnose, judge};
use whycors::exchange::Exchange;
use whycors::pairing::{Bounds, Pairer};

const STACKS: [&str; 27] = [
    "actix",
    "aiohttp",
    "apache",
    "caddy",
    "django",
    "envoy",
    "express",
    "fastify",
    "flask",
    "go",
    "haproxy",
    "hapi",
    "jetty",
    "koa",
    "lighttpd",
    "nest",
    "nginx",
    "php",
    "rack",
    "rails",
    "spring",
    "starlette",
    "tomcat",
    "tornado",
    "tower-http",
    "traefik",
    "varnish",
];

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
    before: Answers,
    cause: String,
    stack: Vec<String>,
    fix: Option<String>,
    after: Option<Answers>,
}

#[derive(Deserialize)]
struct Answers {
    preflight: Answer,
    actual: Answer,
}

#[derive(Deserialize)]
struct Answer {
    status: u16,
    reason: String,
    headers: Vec<(String, String)>,
    body: String,
}

fn recordings() -> impl Iterator<Item = (&'static str, Recording)> {
    STACKS.into_iter().map(|stack| {
        let path = format!("{}/tests/stacks/{stack}.json", env!("CARGO_MANIFEST_DIR"));
        (stack, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
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
fn diagnosed(recording: &Recording, path: &str, answers: &Answers) -> Vec<(bool, Diagnosis)> {
    let url = format!("https://api.shop.test{path}");
    let (method, origin) = (&*recording.method, &*recording.origin);
    let preflight = wire(0).preflight(method, &url, origin, "content-type").at(100).took(5);
    let actual = wire(1).actual(method, &url, origin, &["content-type"]).at(110).took(5);
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
    let first = run(vec![answered(preflight, &answers.preflight)]);
    if first.iter().any(|(passed, _)| !passed) {
        return first;
    }
    let preflight = wire(0).preflight(method, &url, origin, "content-type").at(100).took(5);
    run(vec![answered(preflight, &answers.preflight), answered(actual, &answers.actual)])
}

#[test]
fn recorded_answers_get_the_cause_and_the_stack() {
    for (stack, recording) in recordings() {
        for case in &recording.cases {
            let found = diagnosed(&recording, &case.path, &case.before);
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
        stack::all().filter(|row| row.checked == Checked::Server).map(|row| row.id.to_owned()).collect();
    assert_eq!(seen, claimed);
    let files: BTreeSet<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stacks"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(files, STACKS.map(str::to_owned).into());
}

#[test]
fn ids_are_unique_and_what_a_row_is_built_on_is_a_row() {
    let ids: BTreeSet<&str> = stack::all().map(|row| row.id).collect();
    assert_eq!(ids.len(), stack::all().count());
    for row in stack::all() {
        assert!(row.built_on.iter().all(|id| ids.contains(id) && *id != row.id), "{}", row.id);
        assert!(!row.signs.is_empty(), "{}", row.id);
    }
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
        stack::detect(exchange.head().unwrap()).iter().map(|hit| hit.id).collect::<Vec<_>>()
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
    let named = |case: &Case| diagnosed(&express, &case.path, &case.before).remove(0).1.stack.remove(0);
    let (without, refused) = (named(&express.cases[0]), named(&express.cases[1]));
    assert_eq!((without.name, &*without.because), ("Express", "X-Powered-By: Express"));
    assert_eq!(refused.name, "Express with cors");
    assert_eq!(refused.because, "\"X-Powered-By: Express\" and the package's default method list");
}

#[test]
fn the_printed_fix_is_still_the_one_that_was_tried() {
    for (stack, recording) in recordings() {
        for case in recording.cases.iter().filter(|case| case.fix.is_some()) {
            let found = diagnosed(&recording, &case.path, &case.before);
            let fix = found.iter().flat_map(|(_, diagnosis)| &diagnosis.fixes).find(|fix| fix.stack == stack);
            assert_eq!(fix.map(|fix| &fix.text), case.fix.as_ref(), "{stack}: {}", case.name);
            assert!(!fix.unwrap().proven.is_empty(), "{stack}: {}", case.name);
        }
    }
}

#[test]
fn after_the_fix_both_answers_pass_with_exactly_one_line() {
    let mut tried = 0;
    for (stack, recording) in recordings() {
        for case in &recording.cases {
            let Some(after) = &case.after else { continue };
            tried += 1;
            let found = diagnosed(&recording, &case.path, after);
            assert!(!found.is_empty() && found.iter().all(|(passed, _)| *passed), "{stack}: {}", case.name);
            for answer in [&after.preflight, &after.actual] {
                let lines: Vec<&str> = answer
                    .headers
                    .iter()
                    .filter(|(name, _)| name.eq_ignore_ascii_case("access-control-allow-origin"))
                    .map(|(_, value)| &**value)
                    .collect();
                assert_eq!(lines, [recording.origin.as_str()], "{stack}: {}", case.name);
            }
        }
    }
    assert_eq!(tried, 52);
}
