//! What an analysis found, as reports and the terminal UI take it: in any order, one finding at a time.
//!
//! Owns what is held of each finding beside its pair: the facts of the order, and for a screen its row.

use super::settled::Settled;
use crate::report::list_line::ListLine;
use crate::report::list_row::{Asked, ListRow, ListRows};
use crate::report::order::Facts;
use crate::report::source::{Findings, ListedFindings};
use crate::report::{Options, view};
use std::borrow::Cow;

/// Findings that are held although they could be made again: what fits into little memory need not be made twice.
const MADE: usize = 32;

/// What is held of each finding besides its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Nothing: it is made again.
    Nothing,
    /// Its line in a list.
    Lines,
    /// Its row on a screen.
    Rows,
}

/// What an analysis found, in the order of a report.
pub(super) struct Ordered {
    settled: Settled,
    facts: Vec<Facts>,
    /// The row of each, for a screen.
    rows: Vec<ListRow>,
    /// The line of each, for a text that lists them before it tells of them.
    lines: Vec<ListLine>,
    /// Where the pair of each finding shown stands.
    at_of: Vec<usize>,
    /// The first of them.
    made: Vec<view::Finding>,
    unfiltered: usize,
    seen_again: Option<String>,
}

impl Ordered {
    /// What a report shows. Each finding is looked at once: its place in the order is known then, and it is made
    /// again when it is shown.
    pub(super) fn reported(settled: Settled, all: bool, options: &Options, kept: Beside) -> Self {
        Self::new(settled, all, options, kept)
    }

    /// Everything that was found, for a screen that filters it.
    pub(super) fn listed(settled: Settled, all: bool) -> Self {
        Self::new(settled, all, &Options { all: true, ..Options::default() }, Beside::Rows)
    }

    fn new(mut settled: Settled, all: bool, options: &Options, kept: Beside) -> Self {
        // Made once and whole: growing would take as much again.
        let count = settled.judged().len();
        let (mut facts, mut at_of) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let (mut made, mut unfiltered, mut maker) = (Vec::new(), 0, ListRows::default());
        let mut rows = Vec::with_capacity(if kept == Beside::Rows { count } else { 0 });
        let mut lines = Vec::with_capacity(if kept == Beside::Lines { count } else { 0 });
        settled.learn_and_count(all, |settled, at, finding| {
            unfiltered += usize::from(options.all || finding.verdict != view::Verdict::Pass);
            if !settled.shows(at, &finding, options) {
                return;
            }
            facts.push(Facts::of(&finding));
            at_of.push(at);
            if kept == Beside::Rows
                && let Some(pair) = settled.pair(at)
            {
                rows.push(maker.row(&finding, &Asked::of_pair(pair)));
            }
            if kept == Beside::Lines {
                lines.push(ListLine::of(&finding));
            }
            if made.len() < MADE {
                made.push(finding);
            }
        });
        let seen_again = settled.seen_again();
        Self { settled, facts, rows, lines, at_of, made, unfiltered, seen_again }
    }

    /// The picture without its findings.
    pub(super) fn frame(&self) -> &view::Report {
        &self.settled.frame
    }

    /// Lets everything but that picture go.
    pub(super) fn into_frame(self) -> view::Report {
        self.settled.frame
    }
}

impl Findings for Ordered {
    fn facts(&self) -> &[Facts] {
        &self.facts
    }

    fn finding(&self, at: usize) -> Option<Cow<'_, view::Finding>> {
        match self.made.get(at) {
            Some(finding) => Some(Cow::Borrowed(finding)),
            None => self.settled.finding(*self.at_of.get(at)?).map(Cow::Owned),
        }
    }

    fn line(&self, at: usize) -> Option<Cow<'_, ListLine>> {
        match self.lines.get(at) {
            Some(line) => Some(Cow::Borrowed(line)),
            None => self.finding(at).map(|finding| Cow::Owned(ListLine::of(&finding))),
        }
    }

    fn unfiltered(&self) -> usize {
        self.unfiltered
    }

    fn seen_again(&self) -> Option<String> {
        self.seen_again.clone()
    }
}

impl ListedFindings for Ordered {
    fn rows(&self) -> &[ListRow] {
        &self.rows
    }
}
