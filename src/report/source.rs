//! Where a renderer takes its findings from: one at a time, so that however many there are, few are held.
//!
//! Owns the questions only, and their answers for findings that are held.

use super::Options;
use super::list_line::ListLine;
use super::list_row::{Asked, ListRow, ListRows};
use super::order::Facts;
use super::view::{Finding, Report, Verdict};
use super::words;
use std::borrow::Cow;

/// The findings that are to be shown.
pub trait Findings {
    /// What order and groups need to know of each.
    fn facts(&self) -> &[Facts];

    /// The finding at an index of [`Findings::facts`], as it is shown.
    fn finding(&self, at: usize) -> Option<Cow<'_, Finding>>;

    /// The same in a list.
    fn line(&self, at: usize) -> Option<Cow<'_, ListLine>> {
        self.finding(at).map(|finding| Cow::Owned(ListLine::of(&finding)))
    }

    /// How many there would be without the filter.
    fn unfiltered(&self) -> usize;

    /// How many of all requests are one event that several inputs saw, in words; None when none is.
    fn seen_again(&self) -> Option<String>;
}

/// The findings of a list that somebody moves through, sorts and filters.
pub trait ListedFindings: Findings {
    /// The row of each, by the index of its facts.
    fn rows(&self) -> &[ListRow];
}

/// Findings that are held.
#[derive(Debug, Clone)]
pub struct HeldFindings<'a> {
    findings: Vec<Cow<'a, Finding>>,
    facts: Vec<Facts>,
    rows: Vec<ListRow>,
    unfiltered: usize,
    seen_again: Option<String>,
}

impl<'a> HeldFindings<'a> {
    /// Those of a report that are to be shown.
    pub fn shown(report: &'a Report, options: &Options) -> Self {
        let all = report.findings.iter().filter(|finding| options.all || finding.verdict != Verdict::Pass);
        let seen_again = words::seen_again(report.findings.iter().map(|finding| (finding.number, &*finding.same_as)));
        let findings = options.shown(report).into_iter().map(Cow::Borrowed);
        Self { unfiltered: all.count(), seen_again, ..Self::of(findings) }
    }

    /// These, all of them; a list wants them in order of number.
    pub fn of(findings: impl IntoIterator<Item = Cow<'a, Finding>>) -> Self {
        let findings: Vec<_> = findings.into_iter().collect();
        let mut rows = ListRows::default();
        Self {
            facts: findings.iter().map(|finding| Facts::of(finding)).collect(),
            rows: findings.iter().map(|finding| rows.row(finding, &Asked::of(finding))).collect(),
            unfiltered: findings.len(),
            seen_again: words::seen_again(findings.iter().map(|finding| (finding.number, &*finding.same_as))),
            findings,
        }
    }
}

impl Findings for HeldFindings<'_> {
    fn facts(&self) -> &[Facts] {
        &self.facts
    }

    fn finding(&self, at: usize) -> Option<Cow<'_, Finding>> {
        self.findings.get(at).map(|finding| Cow::Borrowed(&**finding))
    }

    fn unfiltered(&self) -> usize {
        self.unfiltered
    }

    fn seen_again(&self) -> Option<String> {
        self.seen_again.clone()
    }
}

impl ListedFindings for HeldFindings<'_> {
    fn rows(&self) -> &[ListRow] {
        &self.rows
    }
}
