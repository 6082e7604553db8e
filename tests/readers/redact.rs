#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

//! Redacted copies through the program: what a finding says is the same, and any input will do.

use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn whycors() -> Command {
    Command::new(env!("CARGO_BIN_EXE_whycors"))
}

/// Recorded HARs, as they are in the repository.
fn recorded() -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.to_string_lossy().ends_with(".har") || path.to_string_lossy().ends_with(".har.gz") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(&root.join("tests/captures"), &mut found);
    collect(&root.join("samples"), &mut found);
    found.sort();
    found
}

/// Of each finding what was found, without the words and values it is told in.
fn findings(path: &Path) -> Vec<Value> {
    let out = whycors().args(["--format", "json", "--all"]).arg(path).output().unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    let of = |finding: &Value| {
        let stack: Vec<Value> = finding["stack"].as_array().unwrap().iter().map(|stack| stack["id"].clone()).collect();
        json!([
            finding["number"],
            finding["method"],
            finding["origin"],
            finding["verdict"],
            finding["nature"],
            finding["stage"],
            finding["link"],
            finding["judged_as"],
            finding["engines"],
            finding["rule"],
            finding["cause"]["id"],
            finding["cause"]["certainty"],
            finding["doubt"]["id"],
            finding["request_ids"],
            stack
        ])
    };
    report["findings"].as_array().unwrap().iter().map(of).collect()
}

fn redact(input: &Path, output: &Path) -> Output {
    whycors().arg("redact").arg(input).arg("-o").arg(output).output().unwrap()
}

#[test]
fn a_copy_of_every_recorded_har_has_the_same_findings_and_is_its_own_copy() {
    let folder = tempfile::tempdir().unwrap();
    let files = recorded();
    assert!(files.len() > 150, "{}", files.len());
    let mut compared = 0;
    for (at, file) in files.iter().enumerate() {
        let (once, twice) = (folder.path().join(format!("{at}.har")), folder.path().join(format!("{at}-again.har")));
        let said = redact(file, &once);
        assert!(said.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&said.stderr));
        let (before, after) = (findings(file), findings(&once));
        assert_eq!(before, after, "{}", file.display());
        compared += before.len();
        assert!(redact(&once, &twice).status.success());
        assert_eq!(std::fs::read(&once).unwrap(), std::fs::read(&twice).unwrap(), "{}", file.display());
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn standard_input_is_read_once_and_gives_the_same_copy() {
    let folder = tempfile::tempdir().unwrap();
    let har = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/login-check-401/capture.har");
    let copy = folder.path().join("copy.har");
    let mut child =
        whycors().args(["redact", "-", "-o"]).arg(&copy).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(&har).unwrap()).unwrap();
    let said = child.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(findings(&copy), findings(&har));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["copy.har"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_by_name_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, copy) = (folder.path().join("pipe"), folder.path().join("copy.har"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let har = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/login-check-401/capture.har");
    let bytes = std::fs::read(&har).unwrap();
    let into = pipe.clone();
    let writer = std::thread::spawn(move || std::fs::write(into, bytes).unwrap());
    let said = redact(&pipe, &copy);
    writer.join().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(findings(&copy), findings(&har));
}

#[test]
fn nothing_is_left_behind_when_there_is_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "just text, and no HAR").unwrap();
    let said = redact(&text, &folder.path().join("copy.har"));
    assert_eq!(said.status.code(), Some(2));
    let nowhere = redact(&text, &folder.path().join("no/such/folder/copy.har"));
    assert_eq!(nowhere.status.code(), Some(2));
    let words = String::from_utf8_lossy(&nowhere.stderr).into_owned();
    assert!(words.contains("copy.har: cannot be written"), "{words}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
}

#[test]
fn a_file_that_ends_too_early_is_copied_as_far_as_it_goes_and_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let har = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/login-check-401/capture.har")).unwrap();
    let (cut, copy) = (folder.path().join("cut.har"), folder.path().join("copy.har"));
    std::fs::write(&cut, &har[..har.len() * 2 / 3]).unwrap();
    let said = redact(&cut, &copy);
    assert!(said.status.success());
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(words.contains("1 entry could not be read and was left out"), "{words}");
    assert!(serde_json::from_slice::<Value>(&std::fs::read(&copy).unwrap()).is_ok());
}
