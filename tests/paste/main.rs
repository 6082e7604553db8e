//! What a person pastes is inert: attacks in every place of a capture, and the real parsers of the
//! languages that configurations and command lines are written in.
//!
//! Owns the round: requests with attacks (`cases.rs`, `attacks.json`), one run of the program, and each
//! printed text through its parser (`shell.rs`, `parsers.py`). A parser that this machine lacks is named on
//! standard error, and its texts are read by this test's own lexer only.

#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod cases;
#[path = "../support/held.rs"]
mod held;
mod pages;
mod shell;
mod stacks;

use cases::Case;
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

#[derive(Deserialize)]
pub(crate) struct Report {
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
pub(crate) struct Finding {
    preflight: Option<Hop>,
    actual: Option<Hop>,
    pub(crate) fixes: Vec<Fix>,
    pub(crate) verify: Option<Verify>,
}

#[derive(Deserialize)]
struct Hop {
    place: Option<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    entry: usize,
}

#[derive(Deserialize)]
pub(crate) struct Fix {
    stack: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
pub(crate) struct Verify {
    pub(crate) curl: String,
}

/// A text for pasting, with the request that it was made for.
struct Printed<'a> {
    case: &'a Case,
    stack: &'a str,
    text: &'a str,
}

pub(crate) struct Laboratory {
    pub(crate) folder: PathBuf,
    pub(crate) cases: Vec<Case>,
    findings: Vec<Finding>,
}

/// The program under test; another one by the environment, to compare.
pub(crate) fn whycors(arguments: &[&str]) -> String {
    let binary = std::env::var("WHYCORS_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_whycors").to_owned());
    let out = Command::new(binary).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("outputs are UTF-8")
}

pub(crate) fn laboratory() -> &'static Laboratory {
    static MADE: OnceLock<Laboratory> = OnceLock::new();
    MADE.get_or_init(|| {
        let attacks: Vec<String> = serde_json::from_str(include_str!("attacks.json")).expect("a list of strings");
        let cases = cases::all(&attacks);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("paste");
        std::fs::create_dir_all(&folder).unwrap();
        let har = folder.join("attacks.har");
        std::fs::write(&har, cases::har(&cases)).unwrap();
        let json = whycors(&["--format", "json", har.to_str().unwrap()]);
        let report: Report = serde_json::from_str(&json).expect("a report");
        Laboratory { folder, cases, findings: report.findings }
    })
}

impl Laboratory {
    fn case(&self, finding: &Finding) -> &Case {
        let hops = [&finding.preflight, &finding.actual].into_iter().flatten();
        let entry = hops.filter_map(|hop| hop.place.as_ref()).map(|place| place.entry).next();
        &self.cases[entry.expect("a finding has a place") / 2]
    }

    fn texts(&self) -> impl Iterator<Item = Printed<'_>> {
        self.findings.iter().flat_map(move |finding| {
            let case = self.case(finding);
            let fixes = finding.fixes.iter().filter(|fix| !fix.text.is_empty());
            fixes.map(move |fix| Printed { case, stack: &fix.stack, text: &fix.text })
        })
    }

    fn curls(&self) -> impl Iterator<Item = (&Case, &str)> {
        self.findings.iter().filter_map(|finding| Some((self.case(finding), &*finding.verify.as_ref()?.curl)))
    }
}

/// Fails with examples, one a place and reason.
fn report(title: &str, tried: usize, failures: &BTreeMap<String, Vec<String>>) {
    let count: usize = failures.values().map(Vec::len).sum();
    eprintln!("{title}: {tried} tried, {count} escaped");
    for (what, examples) in failures {
        eprintln!("{:>6} {what}", examples.len());
    }
    let examples: Vec<&String> = failures.values().flat_map(|examples| examples.iter().take(3)).collect();
    assert!(count == 0, "{title}: {count} of {tried} escaped, for example\n{examples:#?}");
}

#[test]
fn every_stack_with_a_configuration_is_tried_by_honest_requests() {
    let laboratory = laboratory();
    let tried: BTreeSet<&str> = stacks::STACKS.iter().map(|(id, _, _)| *id).collect();
    let known: BTreeSet<&str> =
        whycors::stacks::all().filter(|stack| !stack.title.is_empty()).map(|stack| stack.id).collect();
    assert_eq!(tried, known);
    let honest: BTreeSet<&str> =
        laboratory.texts().filter(|text| text.case.attack.is_none()).map(|text| text.stack).collect();
    let without: Vec<_> = known.iter().filter(|id| !honest.contains(*id)).collect();
    assert!(without.is_empty(), "no configuration was printed for {without:?}");
}

#[test]
fn what_is_no_origin_no_method_or_no_plain_name_gets_nothing_to_paste() {
    let laboratory = laboratory();
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut tried = 0;
    for finding in &laboratory.findings {
        let case = laboratory.case(finding);
        if !case.refused() {
            continue;
        }
        tried += 1;
        let mut note = |what: &str, text: &str| {
            let example = format!("{:?} in {:?}, {:?}: {text}", case.attack, case.place, case.way);
            failures.entry(format!("{what} in spite of {:?}", case.place)).or_default().push(example);
        };
        if let Some(fix) = finding.fixes.iter().find(|fix| !fix.text.is_empty()) {
            note("configuration", &fix.text);
        }
        if let Some(verify) = &finding.verify {
            note("command line", &verify.curl);
        }
    }
    assert!(tried > 1000, "{tried}");
    report("requests that get nothing to paste", tried, &failures);
}

#[test]
fn command_lines_start_curl_once_and_nothing_else() {
    let laboratory = laboratory();
    let lines: Vec<(&Case, &str)> = laboratory.curls().collect();
    assert!(lines.len() > 500, "{}", lines.len());
    // What has control characters is no line; the shell does not see it.
    let one_line = |line: &str| if line.chars().any(char::is_control) { String::new() } else { line.to_owned() };
    let texts: Vec<String> = lines.iter().map(|(_, line)| one_line(line)).collect();
    let Some(runs) = shell::run(&laboratory.folder, &texts) else { return };
    assert_eq!(runs.len(), lines.len());
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((case, line), run) in lines.iter().zip(&runs) {
        let mut note = |what: String| {
            let example = format!("{:?} in {:?}, {:?}: {line}", case.attack, case.place, case.way);
            failures.entry(format!("{what}, by {:?}", case.place)).or_default().push(example);
        };
        let (curls, others): (Vec<_>, Vec<_>) = run.calls.iter().partition(|call| call[0] == "curl");
        let expected = ["grep", "-i", "^access-control-allow-origin:"];
        if line.chars().any(char::is_control) {
            note("a control character".to_owned());
        } else if !run.files.is_empty() {
            note(format!("files {:?}", run.files));
        } else if others.iter().any(|call| **call != expected) {
            note(format!("started {:?}", others[0].first()));
        } else if let [call] = curls.as_slice() {
            if let Some(odd) = shell::odd_call(call) {
                note(odd.split_whitespace().next().unwrap_or_default().to_owned() + " is odd");
            } else if case.attack.is_none() && case.way.asks_again() && !case.is_asked_by(call) {
                note("another request".to_owned());
            }
        } else {
            note(format!("{} times curl", curls.len()));
        }
    }
    report("command lines run by bash", lines.len(), &failures);
    // In one go, as when the exported script is pasted: `!` means something to a shell with a history.
    let whole = shell::paste(&laboratory.folder, &texts.join("\n")).expect("bash is here");
    let each: Vec<_> = runs.into_iter().flat_map(|run| run.calls).filter(|call| call[0] == "curl").collect();
    let together: Vec<_> = whole.calls.into_iter().filter(|call| call[0] == "curl").collect();
    assert_eq!(together.len(), each.len());
    let differs = together.iter().zip(&each).find(|(together, each)| together != each);
    assert_eq!(differs, None, "pasted into a shell with a history");
}

#[test]
fn commands_of_configurations_start_their_program_once() {
    let laboratory = laboratory();
    let lines: Vec<(Printed<'_>, String)> = laboratory
        .texts()
        .filter(|text| stacks::language_of(text.stack) == "shell")
        .map(|text| {
            // The file that a command names stands below it.
            let line = text.text.split("\ncors.json: ").next().unwrap_or_default().replace('\0', "\n");
            (text, line)
        })
        .collect();
    assert!(lines.len() > 10, "{}", lines.len());
    let texts: Vec<String> = lines.iter().map(|(_, line)| line.clone()).collect();
    let Some(runs) = shell::run(&laboratory.folder.join("configurations"), &texts) else { return };
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for ((text, line), run) in lines.iter().zip(&runs) {
        let mut note = |what: &str| {
            let example = format!("{:?} in {:?}: {line}", text.case.attack, text.case.place);
            failures.entry(format!("{}: {what}", text.stack)).or_default().push(example);
        };
        let [call] = run.calls.as_slice() else {
            note("not one program");
            continue;
        };
        let json = |word: &String| serde_json::from_str::<serde_json::Value>(word).is_ok() && word.starts_with('{');
        let plain = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || "/:._-,=*".contains(c));
        if !matches!(&*call[0], "aws" | "az" | "mc" | "gcloud") || !run.files.is_empty() {
            note("another program or a file");
        } else if call.iter().any(|word| !plain(word) && !json(word)) {
            note("an odd word");
        } else if line.contains('\n') {
            note("two lines");
        }
    }
    report("commands run by bash", lines.len(), &failures);
}

#[derive(Deserialize)]
struct Verdict {
    skipped: Vec<String>,
    /// Texts that each parser read.
    parsed: BTreeMap<String, usize>,
    /// Number of a text, and what is wrong.
    failures: Vec<(usize, String)>,
}

/// A python that can read YAML, else any: a package of the system is not there for another python.
fn python() -> &'static str {
    let reads = |name: &&str| {
        let tried = Command::new(name).args(["-c", "import yaml"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(reads).unwrap_or("python3")
}

/// What the parsers say of texts, with or without those that are programs of their own; None where there is no
/// python.
fn parsed(name: &str, rows: &[serde_json::Value], programs: bool) -> Option<Verdict> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/paste/parsers.py");
    let spawned = Command::new(python())
        .args(["-B", script])
        .arg(laboratory().folder.join(name))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = spawned else {
        eprintln!("skipped: python3 is not here, so no configuration was parsed");
        return None;
    };
    let mut input = python.stdin.take().unwrap();
    input.write_all(json!({"texts": rows, "programs": programs}).to_string().as_bytes()).unwrap();
    drop(input);
    let out = python.wait_with_output().unwrap();
    assert!(out.status.success());
    let verdict: Verdict = serde_json::from_slice(&out.stdout).expect("parsers.py answers in JSON");
    for skipped in &verdict.skipped {
        eprintln!("skipped: {skipped}");
    }
    Some(verdict)
}

/// A text for the parsers.
fn row(text: &Printed<'_>, written: &str, honest: bool) -> serde_json::Value {
    json!({"stack": text.stack, "language": stacks::language_of(text.stack), "text": written, "honest": honest})
}

#[test]
fn configurations_mean_the_same_to_their_parser_whatever_the_capture_holds() {
    let laboratory = laboratory();
    let texts: Vec<Printed<'_>> = laboratory.texts().collect();
    assert!(texts.len() > 500, "{}", texts.len());
    let rows: Vec<_> = texts.iter().map(|text| row(text, text.text, text.case.attack.is_none())).collect();
    let Some(verdict) = parsed("parsers", &rows, true) else { return };
    eprintln!("distinct texts read, by parser: {:?}", verdict.parsed);
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (at, why) in verdict.failures {
        let (text, kind) = (&texts[at], why.split(": ").next().unwrap_or_default());
        let example =
            format!("{why}\n{:?} in {:?}, {:?}: {}", text.case.attack, text.case.place, text.case.way, text.text);
        failures.entry(format!("{} {kind}, by {:?}", text.stack, text.case.place)).or_default().push(example);
    }
    report("configurations through parsers", texts.len(), &failures);
}

/// The parsers themselves are tried: attacks put into honest texts as they are, which no writer did.
#[test]
fn an_attack_that_is_written_as_it_is_would_be_found_in_every_language() {
    let laboratory = laboratory();
    let mut seen = BTreeSet::new();
    let honest: Vec<Printed<'_>> = laboratory.texts().filter(|text| text.case.attack.is_none()).collect();
    let mut rows: Vec<_> = honest.iter().map(|text| row(text, text.text, true)).collect();
    let mut tampered = Vec::new();
    for text in &honest {
        let language = stacks::language_of(text.stack);
        if language == "shell" || !text.text.contains(cases::ORIGIN) || !seen.insert(text.stack) {
            continue;
        }
        for attack in [
            "\\",
            "'\"",
            "\nX-Pwned: 1",
            "{env.PWNED}",
            "$http_cookie",
            "' + pwned() + '",
            "\" + pwned() + \"",
            "<a>",
            "\0",
        ] {
            tampered.push((rows.len(), text.stack, attack));
            rows.push(row(text, &text.text.replace(cases::ORIGIN, &format!("{}{attack}", cases::ORIGIN)), false));
        }
    }
    assert!(seen.len() > 35, "{seen:?}");
    let Some(verdict) = parsed("tampered", &rows, false) else { return };
    let found: BTreeSet<usize> = verdict.failures.iter().map(|(at, _)| *at).collect();
    let missed: Vec<_> = tampered.iter().filter(|(at, ..)| !found.contains(at)).collect();
    assert!(missed.is_empty(), "{missed:?}");
}
