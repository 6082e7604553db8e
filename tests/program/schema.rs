//! Real output against the checked-in JSON Schema, and the schema against the closed sets.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use whycors::capture::{REMARKS, Source};
use whycors::diagnosis::causes::CAUSES;
use whycors::diagnosis::{Doubt, NotProven};
use whycors::report::view::{
    Certainty, Engine, LadderKind, LadderMark, Link, Nature, Party, Report, Stage, StepOutcome, Verdict,
};
use whycors::report::{Options, json};
use whycors::run::{Request, analyse};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the file is checked in");
    serde_json::from_str(&text).expect("the file is JSON")
}

/// Consumers must tolerate new fields; this project must not add one without the schema.
fn closed(schema: &mut Value) {
    if let Value::Object(fields) = schema {
        if fields.contains_key("properties") && fields.contains_key("required") {
            fields.entry("additionalProperties").or_insert(Value::Bool(false));
        }
        fields.values_mut().for_each(closed);
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(closed);
    }
}

fn validator(definition: Option<&str>) -> jsonschema::Validator {
    let mut schema = read(&root().join("schema.json"));
    closed(&mut schema);
    if let Some(name) = definition {
        let definitions = schema["$defs"].take();
        schema = serde_json::json!({ "$ref": format!("#/$defs/{name}"), "$defs": definitions });
    }
    jsonschema::draft202012::new(&schema).expect("the schema is a schema")
}

fn assert_valid(validator: &jsonschema::Validator, value: &Value, what: &str) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path)).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

fn samples() -> Vec<(String, Report)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("reports"))
        .expect("the samples are checked in")
        .map(|entry| entry.expect("a directory entry").path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.display().to_string();
            (name, serde_json::from_value(read(&path)).expect("a sample is a report"))
        })
        .collect()
}

#[test]
fn json_output_is_valid_and_holds_no_field_the_schema_does_not_know() {
    let validator = validator(None);
    let options = Options { all: true, ..Options::default() };
    for (name, report) in samples() {
        let mut out = Vec::new();
        json::write(&report, &options, &mut out).expect("a vector takes every byte");
        assert_valid(&validator, &serde_json::from_slice(&out).expect("output is JSON"), &name);
    }
}

/// The bundled samples, analysed.
fn bundled() -> Vec<(String, Report)> {
    let samples = root().parent().expect("the project's folder").join("samples");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(samples)
        .expect("the samples are checked in")
        .map(|entry| entry.expect("a directory entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let analysed = |folder: PathBuf| {
        let files = std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("a directory entry").path());
        let captures = files.filter(|path| path.extension().is_some_and(|kind| kind == "har" || kind == "pcap"));
        let sources = captures
            .zip(0..)
            .map(|(path, index)| Source { index, path: path.to_string_lossy().into_owned() })
            .collect();
        let request = Request { sources, all: true, ..Request::default() };
        let outcome = analyse(&request, &AtomicBool::new(false), &mut |_| {});
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
        (folder.display().to_string(), outcome.report)
    };
    folders.into_iter().map(analysed).collect()
}

#[test]
fn the_bundled_samples_give_valid_json() {
    let validator = validator(None);
    let options = Options { all: true, ..Options::default() };
    let reports = bundled();
    assert_eq!(reports.len(), 21);
    for (name, report) in reports {
        let mut out = Vec::new();
        json::write(&report, &options, &mut out).expect("a vector takes every byte");
        assert_valid(&validator, &serde_json::from_slice(&out).expect("output is JSON"), &name);
    }
}

#[test]
fn each_line_of_ndjson_is_valid_by_its_own_definition() {
    let (first, finding, last) =
        (validator(Some("ndjson_first")), validator(Some("finding")), validator(Some("ndjson_last")));
    for (name, report) in samples() {
        let mut out = Vec::new();
        json::write_lines(&report, &Options::default(), &mut out).expect("a vector takes every byte");
        let text = String::from_utf8(out).expect("output is UTF-8");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
        let (head, rest) = lines.split_first().expect("a header line");
        let (tail, findings) = rest.split_last().expect("a last line");
        assert_valid(&first, head, &name);
        for line in findings {
            assert_valid(&finding, line, &name);
        }
        assert_valid(&last, tail, &name);
    }
}

#[test]
fn the_schema_refuses_what_the_contract_excludes() {
    let validator = validator(None);
    let sample = read(&root().join("reports/st-405-bare.json"));
    for (pointer, wrong) in [
        ("/schema_version", Value::from(2)),
        ("/findings/0/verdict", Value::from("failed")),
        ("/findings/0/cause", Value::Null),
        ("/findings/0/cause/id", Value::from("no-such-cause")),
        ("/findings/0/doubt", serde_json::json!({"id": "x", "title": "", "text": "", "ask": ""})),
        ("/findings/0/number", Value::from(0)),
    ] {
        let mut broken = sample.clone();
        *broken.pointer_mut(pointer).expect("the sample has the field") = wrong;
        assert!(!validator.is_valid(&broken), "{pointer}");
    }
}

/// A new id stands in the table of the program and in `tests/schema.json`, in the same order.
#[test]
fn the_schema_lists_exactly_the_closed_sets_of_the_program() {
    let schema = read(&root().join("schema.json"));
    let listed = |name: &str| -> Vec<String> {
        schema["$defs"][name]["enum"]
            .as_array()
            .expect("an enum")
            .iter()
            .map(|id| id.as_str().expect("an id").to_owned())
            .collect()
    };
    assert_eq!(listed("verdict"), Verdict::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("nature"), Nature::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("stage"), Stage::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("link"), Link::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("engine"), Engine::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("certainty"), Certainty::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("party"), Party::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("step_outcome"), StepOutcome::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("ladder_kind"), LadderKind::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("cause_id"), CAUSES.iter().map(|cause| cause.id).collect::<Vec<_>>());
    assert_eq!(listed("doubt_id"), Doubt::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("why_not_proven"), NotProven::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
    assert_eq!(listed("reader_remark_id"), REMARKS.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    assert_eq!(listed("ladder_mark"), LadderMark::ALL.iter().map(|v| v.id()).collect::<Vec<_>>());
}

#[test]
fn every_field_and_every_closed_set_is_described_for_users() {
    let schema = read(&root().join("schema.json"));
    let mut described = 0;
    let mut check = |owner: &str, properties: &Value| {
        for (name, property) in properties.as_object().into_iter().flatten() {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty() && !text.ends_with('.'), "{owner}.{name}: {text:?}");
            described += 1;
        }
    };
    check("report", &schema["properties"]);
    for (name, definition) in schema["$defs"].as_object().expect("definitions") {
        match definition.get("properties") {
            Some(properties) => check(name, properties),
            None => assert!(definition["description"].is_string(), "{name}"),
        }
    }
    assert!(described > 150, "{described}");
}

/// What users build on is announced by name.
#[test]
fn the_changelog_names_the_fields_of_the_contract() {
    let schema = read(&root().join("schema.json"));
    let changelog = std::fs::read_to_string(root().join("../CHANGELOG.md")).expect("the changelog");
    for owner in ["input", "summary", "finding", "remark"] {
        for name in schema["$defs"][owner]["properties"].as_object().expect("fields").keys() {
            assert!(changelog.contains(&format!("`{name}`")), "{owner}.{name}");
        }
    }
}
