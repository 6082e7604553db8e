#![allow(clippy::unwrap_used, reason = "a test file")]

//! Small inputs, each of one kind that was once answered wrongly, with the right value beside it.
//!
//! `tests/small_inputs/AREA/index.json` is a list of `{file, keylog?, args?, truth, expect, never?}`. What is expected is
//! a finding with these properties (at least one, or exactly `count`), a remark, an exit code, a pattern in the text
//! report or in a field, or `any` or `all` of several. `never` are patterns that the text report must not hold.

use regex::Regex;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the program said of an input.
struct Said {
    exit: Option<i32>,
    report: Value,
    text: String,
}

fn said(folder: &Path, input: &Value) -> Said {
    let run = |format: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whycors"));
        command.arg("--format").args(format);
        command.args(input["args"].as_array().into_iter().flatten().filter_map(Value::as_str));
        command.arg(folder.join(input["file"].as_str().unwrap()));
        if let Some(keys) = input["keylog"].as_str() {
            command.arg("--keylog").arg(folder.join(keys));
        }
        command.output().unwrap()
    };
    let (json, text) = (run(&["json", "--all"]), run(&["text"]));
    let lines = [text.stdout, text.stderr].concat();
    let lines = String::from_utf8_lossy(&lines);
    // Patterns meet sentences whole, however they were broken into lines, and the lines.
    let whole = lines.split_whitespace().collect::<Vec<_>>().join(" ");
    Said {
        exit: json.status.code(),
        report: serde_json::from_slice(&json.stdout).unwrap_or_default(),
        text: format!("{whole}\n{lines}"),
    }
}

/// Whether a value is this one, or one of these.
fn is_one_of(value: &Value, expected: &Value) -> bool {
    match expected.as_array() {
        Some(all) => all.contains(value),
        None => value == expected,
    }
}

fn fits(finding: &Value, expected: &Value) -> bool {
    let url = finding["url"].as_str().unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let wanted = expected["url"].as_str().unwrap_or_default();
    let right_url = wanted.strip_suffix('$').map_or_else(|| url.contains(wanted), |end| path.ends_with(end));
    let place = |side: &str| &finding[side]["place"]["entry"];
    let given = |key: &str| expected.get(key);
    if !right_url
        || given("method").is_some_and(|method| finding["method"] != *method)
        || given("request").is_some_and(|entry| place("actual") != entry)
        || given("preflight").is_some_and(|entry| place("preflight") != entry)
        || given("verdict").is_some_and(|verdict| !is_one_of(&finding["verdict"], verdict))
    {
        return false;
    }
    if finding["verdict"] != "fail" && given("verdict").is_some() {
        return true;
    }
    given("rule").is_none_or(|rule| is_one_of(&finding["rule"]["chromium"], rule))
        && given("cause").is_none_or(|cause| is_one_of(&finding["cause"]["id"], cause))
        && given("certainty").is_none_or(|certainty| is_one_of(&finding["cause"]["certainty"], certainty))
        && given("parameter").is_none_or(|parameter| {
            is_one_of(&finding["rule"]["parameter"].as_str().unwrap_or_default().into(), parameter)
        })
}

fn holds(said: &Said, expected: &Value) -> bool {
    let each = |key: &str| expected[key].as_array();
    if let Some(any) = each("any") {
        return any.iter().any(|one| holds(said, one));
    }
    if let Some(all) = each("all") {
        return all.iter().all(|one| holds(said, one));
    }
    if let Some(exit) = expected["exit"].as_i64() {
        return said.exit.map(i64::from) == Some(exit);
    }
    let pattern = |key: &str| expected[key].as_str().map(|pattern| Regex::new(pattern).unwrap());
    if let Some(text) = pattern("text") {
        return text.is_match(&said.text);
    }
    let list = |name: &str| said.report[name].as_array().cloned().unwrap_or_default();
    let count = if let Some(field) = expected["field"].as_str() {
        let value = pattern("match").unwrap();
        list("findings").iter().filter(|finding| value.is_match(&spaced(&finding[field]))).count()
    } else if let Some(id) = expected["remark"].as_str() {
        list("remarks").iter().filter(|remark| remark["id"] == id).count()
    } else {
        list("findings").iter().filter(|finding| fits(finding, expected)).count()
    };
    !said.report.is_null() && expected["count"].as_u64().map_or(count > 0, |exactly| count as u64 == exactly)
}

/// JSON with a blank behind each colon and comma, as the patterns expect it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("\"{name}\": {}", spaced(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Inputs that are known to be answered wrongly still.
const OPEN: &[&str] = &["judgement/only-the-port-differs.pcap"];

#[test]
fn each_small_input_gets_the_right_value() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small_inputs");
    let mut areas: Vec<PathBuf> = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    areas.sort();
    let (mut wrong, mut open, mut tried) = (Vec::new(), Vec::new(), 0);
    for folder in areas.iter().filter(|area| area.join("index.json").exists()) {
        let index = std::fs::read_to_string(folder.join("index.json")).unwrap();
        for input in serde_json::from_str::<Vec<Value>>(&index).unwrap() {
            tried += 1;
            let area = folder.file_name().unwrap().to_string_lossy();
            let name = format!("{area}/{}", input["file"].as_str().unwrap());
            let said = said(folder, &input);
            let list = |key: &str| input[key].as_array().cloned().unwrap_or_default();
            let mut faults: Vec<String> = list("expect")
                .iter()
                .filter(|expected| !holds(&said, expected))
                .map(|expected| format!("  expected {expected}"))
                .collect();
            let never = list("never").into_iter().filter_map(|pattern| Some(pattern.as_str()?.to_owned()));
            faults.extend(
                never
                    .filter(|pattern| Regex::new(pattern).unwrap().is_match(&said.text))
                    .map(|pattern| format!("  must not say {pattern}")),
            );
            if !matches!(said.exit, Some(0..=2)) {
                faults.push(format!("  ended with {:?}", said.exit));
            }
            if OPEN.contains(&name.as_str()) {
                open.push((name, faults.is_empty()));
            } else if !faults.is_empty() {
                wrong.push(format!("{name}: {}\n{}", input["truth"].as_str().unwrap(), faults.join("\n")));
            }
        }
    }
    assert!(tried > 100, "only {tried} inputs were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(open.iter().all(|(_, right)| !right), "mended, take them off the list: {open:?}");
}
