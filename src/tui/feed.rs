//! What the analysis sends, taken into the state.
//!
//! Owns [`Update`] and the work done between keys: lists and groups in slices. Pure; the clock
//! comes in as a duration.

use super::state::{Cursor, Notice, Progress, Reading, Screen, State, Tally};
use super::{geometry, update};
use crate::report::view::{Finding, Input, Remark, Report, Summary, Verdict};
use std::time::Duration;

/// News of the analysis.
#[derive(Debug, Clone)]
pub enum Update {
    /// How much of an input was read.
    Progress {
        /// Which input.
        input: u32,
        /// Its name.
        name: String,
        /// Bytes read.
        read: u64,
        /// Bytes in all, when known.
        size: Option<u64>,
        /// Exchanges found so far.
        exchanges: u64,
    },
    /// Findings in order of number. A number that is known already replaces its finding.
    Findings(Vec<Finding>),
    /// A remark.
    Remark(Remark),
    /// The inputs as known so far.
    Inputs(Vec<Input>),
    /// The counts as known so far.
    Summary(Summary),
    /// The final picture, which replaces everything.
    Done(Box<Report>),
    /// The analysis ended with an error, one line.
    Failed(String),
}

/// Takes news in. `now` is the time since the start.
pub fn feed(state: &mut State, news: Update, now: Duration) {
    match news {
        Update::Progress { input, name, read, size, exchanges } => {
            let (Reading::Running(progress) | Reading::Stopping(progress)) = &mut state.reading else { return };
            let since = if progress.input == input && !progress.name.is_empty() { progress.since } else { now };
            *progress = Progress { input, name, read, size, exchanges, since, now };
        }
        Update::Findings(findings) => take(state, findings),
        Update::Remark(remark) => state.report.remarks.push(remark),
        Update::Inputs(inputs) => state.report.inputs = inputs,
        Update::Summary(summary) => {
            state.tally.passed = summary.passed;
            state.report.summary = summary;
        }
        Update::Done(report) => {
            state.report = *report;
            state.report.findings.sort_by_key(|finding| finding.number);
            state.reading = Reading::Done;
            let summary = &state.report.summary;
            state.tally = Tally { failed: summary.failed, undecided: summary.undecided, passed: summary.passed };
            state.index.reset(&state.report.findings);
            // What the command line would print to standard error is said once, then kept as a remark.
            if let Some(remark) = state.report.remarks.iter().find(|remark| remark.id == "notice") {
                state.notice = Some(Notice { text: remark.text.clone(), error: true });
            }
        }
        Update::Failed(text) => state.reading = Reading::Failed(text),
    }
}

fn take(state: &mut State, findings: Vec<Finding>) {
    let from = state.report.findings.len();
    for finding in findings {
        let known = state.report.findings.binary_search_by_key(&finding.number, |finding| finding.number);
        // Passes are counted by the summary.
        let counts = |verdict: Verdict| verdict != Verdict::Pass;
        if counts(finding.verdict) {
            state.count(finding.verdict, 1);
        }
        match known {
            Ok(at) => {
                let Some(slot) = state.report.findings.get_mut(at) else { continue };
                let before = slot.verdict;
                if at < from {
                    state.index.replaced(at, &finding);
                }
                *slot = finding;
                if counts(before) {
                    state.count(before, -1);
                }
            }
            Err(at) if at == state.report.findings.len() => state.report.findings.push(finding),
            Err(at) => {
                state.report.findings.insert(at, finding);
                state.index.reset(&state.report.findings);
            }
        }
    }
    let len = state.report.findings.len();
    if len > from {
        state.index.arrived(&state.report.findings, from);
    }
}

/// Does a slice of what is left to do. True when the screen changed.
pub fn work(state: &mut State, slice: usize) -> bool {
    if state.index.busy() {
        if !state.index.work(&state.report.findings, slice) {
            return false;
        }
        settle(state);
        return true;
    }
    if let Screen::Groups(mut cursor) = state.screen
        && state.groups.work(&state.report.findings, &state.index, slice)
    {
        cursor.go(cursor.at, state.groups.list.len(), geometry::rows(state));
        state.screen = Screen::Groups(cursor);
        return true;
    }
    false
}

/// Keeps the chosen finding selected in a new list.
fn settle(state: &mut State) {
    let wanted = state.chosen.and_then(|number| {
        let at = state.report.findings.binary_search_by_key(&number, |finding| finding.number).ok()?;
        let at = u32::try_from(at).ok()?;
        state.index.shown().iter().position(|row| *row == at)
    });
    let at = match (wanted, state.chosen) {
        (Some(at), _) => at,
        (None, Some(_)) => state.cursor.at,
        (None, None) => 0,
    };
    let rows = geometry::rows(state);
    let mut cursor = Cursor { at, ..state.cursor };
    cursor.go(at, state.index.shown().len(), rows);
    state.cursor = cursor;
    update::clamp(state);
}
