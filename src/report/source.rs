//! Where a renderer takes its findings from: one at a time, so that however many there are, few are held.
//!
//! Owns the question only, and its answer for a report that holds its findings.

use super::Options;
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

    /// How many there would be without the filter.
    fn unfiltered(&self) -> usize;

    /// How many of all requests are one event that several inputs saw, in words; None when none is.
    fn seen_again(&self) -> Option<String>;
}

/// The findings of a report that holds them.
pub(super) struct Held<'a> {
    findings: Vec<&'a Finding>,
    facts: Vec<Facts>,
    unfiltered: usize,
    seen_again: Option<String>,
}

impl<'a> Held<'a> {
    pub(super) fn of(report: &'a Report, options: &Options) -> Self {
        let findings: Vec<&Finding> = report.findings.iter().filter(|finding| options.shows(finding)).collect();
        let all = report.findings.iter().filter(|finding| options.all || finding.verdict != Verdict::Pass);
        Self {
            facts: findings.iter().map(|finding| Facts::of(finding)).collect(),
            findings,
            unfiltered: all.count(),
            seen_again: words::seen_again(report.findings.iter().map(|finding| (finding.number, &*finding.same_as))),
        }
    }
}

impl Findings for Held<'_> {
    fn facts(&self) -> &[Facts] {
        &self.facts
    }

    fn finding(&self, at: usize) -> Option<Cow<'_, Finding>> {
        self.findings.get(at).map(|finding| Cow::Borrowed(*finding))
    }

    fn unfiltered(&self) -> usize {
        self.unfiltered
    }

    fn seen_again(&self) -> Option<String> {
        self.seen_again.clone()
    }
}
