#![allow(clippy::unwrap_used, clippy::panic, reason = "a test file")]

//! Facts stay typed until they are shown: no decision reads a sentence that this program wrote, and no sentence is
//! made by patching another one.

use std::fs;
use std::path::{Path, PathBuf};

/// Fields and variables that hold words of ours.
const WORDS: &[&str] = &[
    "text", "headline", "title", "title()", "brief", "what", "proof", "ask", "because", "says", "sentence", "label",
    "bare()",
];

/// What looks into a text or changes it.
const LOOKS: &[&str] = &[
    "contains",
    "starts_with",
    "ends_with",
    "strip_prefix",
    "strip_suffix",
    "replace",
    "replacen",
    "split_once",
    "find",
    "trim_start_matches",
    "trim_end_matches",
];

/// Files that read what others wrote (a browser, a user), or that only lay a text out.
const READERS: &[&str] =
    &["explain", "run/select.rs", "report/filter.rs", "report/sanitize.rs", "report/text/wrap.rs", "tui/action.rs"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// `word.look(` in a line of code, where the word is one of ours.
fn looked_into(line: &str) -> Option<String> {
    LOOKS.iter().find_map(|look| {
        let (before, _) = line.split_once(&format!(".{look}("))?;
        let word = WORDS.iter().find(|word| {
            before.strip_suffix(**word).is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        })?;
        Some(format!("{word}.{look}("))
    })
}

#[test]
fn no_decision_reads_words_of_ours_and_none_are_patched() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for room in ["diagnosis", "report", "run", "stacks", "tui"] {
        sources(&root.join(room), &mut files);
    }
    let mut wrong = Vec::new();
    for path in files {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        if READERS.iter().any(|reader| name.contains(reader)) || name.ends_with("tests.rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let Some(found) = looked_into(line) else { continue };
            wrong.push(format!("{name}: {found} in {}", line.trim()));
        }
    }
    assert!(wrong.is_empty(), "decide on the fact, write the words from it:\n{}", wrong.join("\n"));
}

#[test]
fn a_look_into_words_is_seen_and_one_into_a_header_is_not() {
    assert_eq!(looked_into("if cause.title().contains(\"twice\") {").as_deref(), Some("title().contains("));
    assert_eq!(looked_into("remark.text.starts_with(\"x\")").as_deref(), Some("text.starts_with("));
    assert_eq!(looked_into("value.contains(\"x\")"), None);
    assert_eq!(looked_into("context.contains(\"x\")"), None);
}
