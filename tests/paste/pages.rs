//! Blocks for pasting inside whole outputs: text, Markdown, HTML, and what the terminal UI exports.

use crate::held::done;
use crate::{Finding, Report, cases, laboratory, shell, whycors};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;
use whycors::tui::export::{self, ExportFormat};
use whycors::tui::feed::{feed, work};
use whycors::tui::state::State;
use whycors::tui::theme::Look;

/// Of so many requests one is here: whole outputs are long.
const EVERY: usize = 8;

/// Where an id stands that did not fit beside its title.
const FAR_RIGHT: &str = "                                        ";

struct Pages {
    har: PathBuf,
    json: String,
    findings: Vec<Finding>,
}

fn pages() -> &'static Pages {
    static MADE: OnceLock<Pages> = OnceLock::new();
    MADE.get_or_init(|| {
        let laboratory = laboratory();
        let some: Vec<_> = laboratory.cases.iter().step_by(EVERY).cloned().collect();
        let har = laboratory.folder.join("pages.har");
        std::fs::write(&har, cases::har(&some)).unwrap();
        let json = whycors(&["--format", "json", har.to_str().unwrap()]);
        let report: Report = serde_json::from_str(&json).expect("a report");
        Pages { har, json, findings: report.findings }
    })
}

impl Pages {
    fn print(&self, format: &str) -> String {
        whycors(&["--format", format, self.har.to_str().unwrap()])
    }

    fn texts(&self) -> BTreeSet<&str> {
        self.findings.iter().flat_map(|finding| &finding.fixes).map(|fix| &*fix.text).collect()
    }

    fn curls(&self) -> BTreeSet<&str> {
        self.findings.iter().filter_map(|finding| Some(&*finding.verify.as_ref()?.curl)).collect()
    }

    /// What the terminal UI writes of all findings.
    fn export(&self, format: ExportFormat) -> String {
        let report = serde_json::from_str(&self.json).expect("a report");
        let mut state = State::new(Look { ascii: false, color: false }, (80, 24));
        feed(&mut state, done(report), Duration::ZERO);
        while state.busy() {
            work(&mut state, 512);
        }
        let mut out = Vec::new();
        export::write(&state, format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

#[test]
fn blocks_of_markdown_hold_what_was_tried_and_nothing_else() {
    let pages = pages();
    let known: BTreeSet<String> =
        [pages.texts(), pages.curls()].iter().flatten().map(|text| (*text).to_owned()).collect();
    let printed = pages.print("markdown");
    let mut lines = printed.lines();
    let (mut blocks, mut unknown) = (0, Vec::new());
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        let Some(language) = trimmed.strip_prefix("```") else { continue };
        let fence: String = trimmed.chars().take_while(|c| *c == '`').collect();
        let inside: Vec<&str> = lines.by_ref().take_while(|line| line.trim_end() != fence).collect();
        let language = language.trim_start_matches('`');
        if !matches!(language, "" | "sh") {
            continue;
        }
        blocks += 1;
        if !known.contains(&inside.join("\n")) {
            unknown.push(inside.join("\n"));
        }
    }
    assert!(blocks > 300, "{blocks}");
    assert!(
        unknown.is_empty(),
        "{} of {blocks} blocks are in no report: {:#?}",
        unknown.len(),
        &unknown[..unknown.len().min(5)]
    );
}

#[test]
fn configuration_and_commands_in_text_are_those_that_were_tried() {
    let pages = pages();
    let known: BTreeSet<&str> = pages.texts().into_iter().flat_map(str::lines).map(str::trim).collect();
    let curls = pages.curls();
    let printed = pages.print("text");
    let (mut commands, mut configured, mut unknown) = (0, 0, Vec::new());
    for line in printed.lines() {
        if let Some(command) = line.trim_start().strip_prefix("verify   ") {
            commands += 1;
            if !curls.contains(command) {
                unknown.push(line);
            }
        } else if line.starts_with("             ") && !line.starts_with(FAR_RIGHT) {
            configured += 1;
            if !known.contains(line.trim()) {
                unknown.push(line);
            }
        }
    }
    assert!(commands > 20 && configured > 100, "{commands} {configured}");
    assert!(unknown.is_empty(), "{} lines are in no report: {:#?}", unknown.len(), &unknown[..unknown.len().min(5)]);
}

/// Names of elements and attributes.
fn markup(html: &str) -> BTreeSet<&str> {
    let tags = html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default());
    let names = tags.clone().map(|tag| tag.split([' ', '\n']).next().unwrap_or_default());
    let attributes = tags.flat_map(|tag| tag.split('"').step_by(2)).filter(|part| part.ends_with('='));
    names
        .chain(attributes.map(|part| part.trim_end_matches('=').split_whitespace().last().unwrap_or_default()))
        .collect()
}

#[test]
fn attacks_add_no_element_and_no_attribute_to_html() {
    let pages = pages();
    let honest: Vec<_> = laboratory().cases.iter().filter(|case| case.attack.is_none()).cloned().collect();
    let path = laboratory().folder.join("honest.har");
    std::fs::write(&path, cases::har(&honest)).unwrap();
    let honest = whycors(&["--format", "html", path.to_str().unwrap()]);
    let (known, printed) = (markup(&honest), pages.print("html"));
    assert!(known.len() > 20, "{known:?}");
    let more: Vec<_> = markup(&printed).difference(&known).copied().collect();
    assert!(more.is_empty(), "{more:?}");
}

#[test]
fn the_exported_script_starts_curl_once_a_command() {
    let pages = pages();
    let script = pages.export(ExportFormat::Curl);
    let commands = script.lines().filter(|line| line.starts_with("curl ")).count();
    assert!(commands > 100, "{commands}");
    let folder = laboratory().folder.join("export");
    let Some(run) = shell::paste(&folder, &script) else { return };
    assert_eq!(run.files, Vec::<String>::new());
    let others: Vec<_> = run.calls.iter().filter(|call| !matches!(&*call[0], "curl" | "grep")).collect();
    assert!(others.is_empty(), "{others:?}");
    let curls: Vec<_> = run.calls.iter().filter(|call| call[0] == "curl").collect();
    assert_eq!(curls.len(), commands);
    let odd: Vec<_> = curls.iter().filter_map(|call| shell::odd_call(call)).collect();
    assert!(odd.is_empty(), "{} odd: {:?}", odd.len(), &odd[..odd.len().min(5)]);
}

#[test]
fn exported_fixes_are_comments_and_configuration() {
    let pages = pages();
    let known: BTreeSet<&str> = pages.texts().into_iter().flat_map(str::lines).map(str::trim).collect();
    let exported = pages.export(ExportFormat::Fix);
    let lines: Vec<&str> = exported.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len() > 300, "{}", lines.len());
    let unknown: Vec<_> = lines.iter().filter(|line| !known.contains(line.trim())).collect();
    assert!(unknown.is_empty(), "{:#?}", &unknown[..unknown.len().min(5)]);
}
