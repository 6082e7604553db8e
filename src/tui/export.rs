//! What is copied and exported: the selected finding, or everything that is shown.
//!
//! Owns which text stands for which choice; the formats are those of [`crate::report`]. Writes to
//! no file and no terminal.

use super::state::State;
use crate::paste::comment;
use crate::report::order::Facts;
use crate::report::source::{Findings, HeldFindings};
use crate::report::view::{Finding, Report, Summary, Verdict};
use crate::report::{Options, html, json, markdown, sanitize};
use std::borrow::Cow;
use std::io::{self, Write};

/// What of one finding is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyWhat {
    /// The lines to change.
    Fix,
    /// The answer for a ticket.
    Markdown,
    /// The command that checks the fix.
    Curl,
}

impl CopyWhat {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Fix, Self::Markdown, Self::Curl];

    /// The key of the choice.
    pub fn letter(self) -> char {
        match self {
            Self::Fix => 'f',
            Self::Markdown => 'm',
            Self::Curl => 'c',
        }
    }

    /// Name for the user.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::Markdown => "Markdown",
            Self::Curl => "curl line",
        }
    }
}

/// As what the shown findings are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// For a ticket.
    Markdown,
    /// The contract.
    Json,
    /// A page.
    Html,
    /// One command a finding.
    Curl,
    /// The lines to change, a block a finding.
    Fix,
}

impl ExportFormat {
    /// Every choice.
    pub const ALL: [Self; 5] = [Self::Markdown, Self::Json, Self::Html, Self::Curl, Self::Fix];

    /// The key of the choice.
    pub fn letter(self) -> char {
        match self {
            Self::Markdown => 'm',
            Self::Json => 'j',
            Self::Html => 'h',
            Self::Curl => 'c',
            Self::Fix => 'f',
        }
    }

    /// Name for the user.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Json => "JSON",
            Self::Html => "HTML",
            Self::Curl => "curl lines",
            Self::Fix => "fixes",
        }
    }

    /// The file name to start from.
    pub fn file(self) -> &'static str {
        match self {
            Self::Markdown => "whycors.md",
            Self::Json => "whycors.json",
            Self::Html => "whycors.html",
            Self::Curl => "whycors-verify.sh",
            Self::Fix => "whycors-fixes.txt",
        }
    }
}

/// The text to copy of the selected finding; None when it has no such thing.
pub fn copy(state: &State, what: CopyWhat) -> Option<String> {
    let finding = state.selected()?;
    let text = match what {
        CopyWhat::Fix => fix(&finding),
        CopyWhat::Curl => curl(&finding),
        CopyWhat::Markdown => {
            let (report, held) = (alone(&state.report, &finding), HeldFindings::of([Cow::Borrowed(&*finding)]));
            let mut out = Vec::new();
            markdown::write_from(&report, &held, &Options { all: true, ..Options::default() }, &mut out).ok()?;
            String::from_utf8(out).ok()?
        }
    };
    (!text.is_empty()).then_some(text)
}

/// Whether there is anything to write.
pub fn any(state: &State, format: ExportFormat) -> bool {
    let shown = Shown::of(state);
    let mut shown = shown.findings();
    match format {
        ExportFormat::Markdown | ExportFormat::Json | ExportFormat::Html => true,
        ExportFormat::Curl => shown.any(|finding| !curl(&finding).is_empty()),
        ExportFormat::Fix => shown.any(|finding| !finding.fixes.is_empty()),
    }
}

/// Writes the shown findings.
pub fn write(state: &State, format: ExportFormat, out: &mut dyn Write) -> io::Result<()> {
    let options = Options { all: true, ..Options::default() };
    let (report, shown) = (&state.report, Shown::of(state));
    match format {
        ExportFormat::Markdown => markdown::write_from(report, &shown, &options, out),
        ExportFormat::Json => json::write_streamed(report, shown.findings(), || &report.remarks, out),
        ExportFormat::Html => html::write_from(report, &shown, &options, out),
        ExportFormat::Curl | ExportFormat::Fix => {
            for finding in shown.findings() {
                let text = if format == ExportFormat::Curl { curl(&finding) } else { fix(&finding) };
                if !text.is_empty() {
                    let words = format!("{}  {} {}", finding.number, finding.called_method(), finding.called_url());
                    writeln!(out, "{}\n{text}\n", comment(&sanitize::line(&words)))?;
                }
            }
            Ok(())
        }
    }
}

/// The findings of the rows of the list, in order of number. The counts beside them stay those of the whole analysis.
struct Shown<'a> {
    state: &'a State,
    /// Their positions.
    rows: Vec<usize>,
    facts: Vec<Facts>,
}

impl<'a> Shown<'a> {
    fn of(state: &'a State) -> Self {
        let mut rows: Vec<usize> = state.index.shown().iter().filter_map(|row| usize::try_from(*row).ok()).collect();
        rows.sort_unstable();
        let facts = rows.iter().filter_map(|row| state.findings.facts().get(*row).cloned()).collect();
        Self { state, rows, facts }
    }

    fn findings(&self) -> impl Iterator<Item = Cow<'_, Finding>> {
        self.rows.iter().filter_map(|row| self.state.findings.once(*row))
    }
}

impl Findings for Shown<'_> {
    fn facts(&self) -> &[Facts] {
        &self.facts
    }

    fn finding(&self, at: usize) -> Option<Cow<'_, Finding>> {
        self.state.findings.once(*self.rows.get(at)?)
    }

    fn unfiltered(&self) -> usize {
        self.facts.len()
    }

    fn seen_again(&self) -> Option<String> {
        self.state.findings.seen_again()
    }
}

/// What stands beside one finding: its counts, and no others.
fn alone(report: &Report, finding: &Finding) -> Report {
    let count = |verdict| u64::from(finding.verdict == verdict);
    Report {
        schema_version: report.schema_version,
        tool: report.tool.clone(),
        inputs: report.inputs.clone(),
        summary: Summary {
            cors_requests: 1,
            failed: count(Verdict::Fail),
            undecided: count(Verdict::Undecided),
            passed: count(Verdict::Pass),
            ..Summary::default()
        },
        findings: Vec::new(),
        remarks: Vec::new(),
    }
}

/// Titles as comments, configuration lines as they are.
fn fix(finding: &Finding) -> String {
    let mut lines = Vec::new();
    for fix in &finding.fixes {
        let or = if fix.alternative_to.is_some() { "or " } else { "" };
        lines.push(comment(&sanitize::line(&format!("{or}{}", fix.title))));
        if !fix.text.is_empty() {
            lines.extend(sanitize::lines(&fix.text).map(Cow::into_owned));
        }
    }
    lines.join("\n")
}

fn curl(finding: &Finding) -> String {
    let Some(verify) = &finding.verify else { return String::new() };
    if verify.curl.is_empty() {
        return String::new();
    }
    let curl = sanitize::line(&verify.curl);
    if verify.expect.is_empty() {
        return curl.into_owned();
    }
    format!("{curl}\n{}", comment(&sanitize::line(&format!("expect {}", verify.expect))))
}
