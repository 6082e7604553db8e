//! What is copied and exported: the selected finding, or everything that is shown.
//!
//! Owns which text stands for which choice; the formats are those of [`crate::report`]. Writes to
//! no file and no terminal.

use super::state::State;
use crate::paste::comment;
use crate::report::view::{Finding, Report, Summary, Verdict};
use crate::report::{Options, html, json, markdown, sanitize};
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
        CopyWhat::Fix => fix(finding),
        CopyWhat::Curl => curl(finding),
        CopyWhat::Markdown => {
            let report = alone(&state.report, finding);
            let mut out = Vec::new();
            markdown::write(&report, &Options { all: true, ..Options::default() }, &mut out).ok()?;
            String::from_utf8(out).ok()?
        }
    };
    (!text.is_empty()).then_some(text)
}

/// Whether there is anything to write.
pub fn any(state: &State, format: ExportFormat) -> bool {
    let mut shown = (0..state.index.shown().len()).filter_map(|row| state.finding(row));
    match format {
        ExportFormat::Markdown | ExportFormat::Json | ExportFormat::Html => true,
        ExportFormat::Curl => shown.any(|finding| !curl(finding).is_empty()),
        ExportFormat::Fix => shown.any(|finding| !finding.fixes.is_empty()),
    }
}

/// Writes the shown findings.
pub fn write(state: &State, format: ExportFormat, out: &mut dyn Write) -> io::Result<()> {
    let options = Options { all: true, ..Options::default() };
    let report = shown(state);
    match format {
        ExportFormat::Markdown => markdown::write(&report, &options, out),
        ExportFormat::Json => json::write(&report, &options, out),
        ExportFormat::Html => html::write(&report, &options, out),
        ExportFormat::Curl | ExportFormat::Fix => {
            for finding in &report.findings {
                let text = if format == ExportFormat::Curl { curl(finding) } else { fix(finding) };
                if !text.is_empty() {
                    let words = format!("{}  {} {}", finding.number, finding.called_method(), finding.called_url());
                    writeln!(out, "{}\n{text}\n", comment(&sanitize::line(&words)))?;
                }
            }
            Ok(())
        }
    }
}

/// The report with the rows of the list only. Its counts stay those of the whole analysis.
fn shown(state: &State) -> Report {
    let mut rows: Vec<usize> = state.index.shown().iter().filter_map(|row| usize::try_from(*row).ok()).collect();
    rows.sort_unstable();
    let findings = rows.into_iter().filter_map(|row| state.report.findings.get(row).cloned()).collect();
    Report {
        findings,
        schema_version: state.report.schema_version,
        tool: state.report.tool.clone(),
        inputs: state.report.inputs.clone(),
        summary: state.report.summary.clone(),
        remarks: state.report.remarks.clone(),
    }
}

/// A report of one finding, which counts nothing else.
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
        findings: vec![finding.clone()],
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
            lines.extend(sanitize::lines(&fix.text).map(std::borrow::Cow::into_owned));
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
