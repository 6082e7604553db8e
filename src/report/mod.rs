//! From findings to something a person or a pipeline reads: text, Markdown, JSON, HTML.
//!
//! Owns the serialisable picture ([`view`]), masking of secrets and the formats. Judges nothing.

mod answer;
pub mod build;
pub mod clean;
pub mod filter;
pub mod html;
pub mod json;
pub mod list_line;
pub mod list_row;
pub mod markdown;
pub mod mask;
pub mod order;
mod passed;
pub mod same;
pub mod sanitize;
mod shared;
pub mod source;
pub mod style;
pub mod text;
pub mod view;
pub mod words;

use filter::Filter;
use list_row::{Asked, ListRow, ListRows};
use source::Findings;
use std::borrow::Cow;
use style::Style;
use view::{Finding, Report, Verdict};

/// What to show of a report and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Look of the text report.
    pub style: Style,
    /// Show passes too, where the report holds them.
    pub all: bool,
    /// Show only what matches. The counts stay those of the whole analysis.
    pub filter: Filter,
}

impl Options {
    /// Whether a finding is to be shown; its row is asked for where a filter looks at it.
    pub fn shows(&self, finding: &Finding, row: impl FnOnce() -> ListRow) -> bool {
        let filtered = || self.filter.matches(&row(), || Some(Cow::Borrowed(finding)));
        (self.all || finding.verdict != Verdict::Pass) && (self.filter.is_empty() || filtered())
    }

    /// The findings to show of a report that holds them, in order of `number`.
    pub fn shown<'a>(&self, report: &'a Report) -> Vec<&'a Finding> {
        let mut rows = ListRows::default();
        let shows = |finding: &&Finding| self.shows(finding, || rows.row(finding, &Asked::of(finding)));
        let mut kept: Vec<&Finding> = report.findings.iter().filter(shows).collect();
        kept.sort_by_key(|finding| finding.number);
        kept
    }

    /// What to say of a filter that hides something.
    fn filter_note(&self, findings: &dyn Findings) -> Option<String> {
        let (shown, all) = (findings.facts().len(), findings.unfiltered());
        (!self.filter.is_empty()).then(|| format!("filter: {shown} of {all} findings match"))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::view::Report;

    /// Names of the hand-built reports of `tests/reports`.
    pub(crate) const SAMPLES: &[&str] = &[
        "ac-missing-500",
        "ac-redirect-cross",
        "busy-clear",
        "cr-ok",
        "hostile",
        "mx-lna",
        "ng-dup",
        "nothing-to-judge",
        "nw-hang-abort",
        "st-405-bare",
        "two-inputs",
        "two-tabs",
    ];

    /// A hand-built report of `tests/reports`.
    pub(crate) fn sample(name: &str) -> Report {
        let path = format!("{}/tests/reports/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("the sample is checked in");
        serde_json::from_str(&text).expect("the sample is a report")
    }
}
