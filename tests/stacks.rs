//! Real servers as `tests/lab/stacks.py` recorded them: recognised, diagnosed, and mended by the
//! fix that was printed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

mod exchanges;

use exchanges::{Recorded, wire};
use serde::Deserialize;
use whycors::diagnosis::{Diagnosis, ServerFacts, Verdict, diagnose, judge};
use whycors::exchange::Exchange;
use whycors::pairing::{Bounds, Pairer};

const STACKS: [&str; 7] = ["apache", "django", "express", "fastify", "flask", "nginx", "starlette"];

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
    to.body(&answer.body).build()
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
            // Fastify's refusal has no mark of its own; every other case is recognised.
            assert!(hits.contains(&stack) || (stack == "fastify" && hits.is_empty()), "{stack}: {}", case.name);
        }
    }
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
    assert_eq!(tried, 14);
}
