//! Small captures that showed a secret, or made a line that runs code where it is pasted, with what is right.
//!
//! Owns the folder `known` and its index: `never` is what no output may hold (the redacted copy where
//! `redact` is set, what `explain` prints for a text), `fails` a part of the URL of a finding that must be
//! there, `nothing_to_paste` says that no configuration and no command line may be printed.

use crate::{FORMATS, file, whycors};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    file: String,
    #[serde(default)]
    explain: String,
    #[serde(default)]
    redact: bool,
    truth: String,
    #[serde(default)]
    never: Vec<String>,
    fails: Option<String>,
    #[serde(default)]
    nothing_to_paste: bool,
}

/// Everything that is printed or written for a case.
fn outputs(case: &Case, path: &str) -> String {
    if !case.explain.is_empty() {
        let (out, err) = whycors(&["explain", &case.explain]);
        return out + &err;
    }
    if case.redact {
        let copy = file("known-copy.har");
        let _ = std::fs::remove_file(&copy);
        let (out, err) = whycors(&["redact", path, "-o", copy.to_str().unwrap()]);
        return out + &err + &std::fs::read_to_string(copy).unwrap();
    }
    let print = |format: &&str| {
        let (out, err) = whycors(&["--format", format, "--all", path]);
        out + &err
    };
    FORMATS.iter().map(print).collect()
}

/// What is wrong with a case's output.
fn wrong(case: &Case) -> Vec<String> {
    let path = format!("{}/tests/planted/known/{}", env!("CARGO_MANIFEST_DIR"), case.file);
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    let printed = squeeze(&outputs(case, &path));
    let mut wrong: Vec<String> = case
        .never
        .iter()
        .filter(|secret| printed.contains(&squeeze(secret)))
        .map(|secret| format!("shows {secret}"))
        .collect();
    if let Some(url) = &case.fails {
        let (json, _) = whycors(&["--format", "json", &path]);
        let report: Value = serde_json::from_str(&json).expect("JSON");
        let failing = |finding: &&Value| {
            finding["verdict"] == "fail" && finding["url"].as_str().is_some_and(|at| at.contains(url))
        };
        let found: Vec<&Value> = report["findings"].as_array().unwrap().iter().filter(failing).collect();
        if found.is_empty() {
            wrong.push(format!("no failing finding of {url}"));
        }
        for finding in found.into_iter().filter(|_| case.nothing_to_paste) {
            if !finding["verify"].is_null() {
                wrong.push(format!("verify {}", finding["verify"]));
            }
            let texts = finding["fixes"].as_array().unwrap().iter().filter(|fix| fix["text"] != "");
            wrong.extend(texts.map(|fix| format!("configuration for {}: {}", fix["stack"], fix["text"])));
        }
    }
    wrong
}

#[test]
fn captures_that_once_gave_something_away_do_no_longer() {
    let index = include_str!("known/index.json");
    let cases: Vec<Case> = serde_json::from_str(index).expect("the index is a list of cases");
    let mut failures = Vec::new();
    for case in &cases {
        assert!(!case.never.is_empty() || case.nothing_to_paste, "{}: asserts nothing", case.truth);
        for wrong in wrong(case) {
            failures.push(format!("{}: {} {wrong}", case.file, case.truth));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
