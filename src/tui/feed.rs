//! What the analysis sends, taken into the state.
//!
//! Owns [`Update`] and the work done between keys: lists and groups in slices. Pure; the clock
//! comes in as a duration.

use super::state::{Cursor, Notice, Progress, Reading, Screen, State, Tally};
use super::store::Taken;
use super::{geometry, update};
use crate::report::list_row::ListRow;
use crate::report::source::ListedFindings;
use crate::report::view::{Finding, Report, Verdict};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

/// News of the analysis.
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
    /// The final picture, which replaces everything.
    Done {
        /// What stands beside the findings; its own are not looked at.
        frame: Box<Report>,
        /// The findings, in order of number.
        findings: Box<dyn ListedFindings + Send>,
    },
}

impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Progress { name, read, .. } => write!(f, "Progress {name} {read}"),
            Self::Findings(findings) => write!(f, "Findings {}", findings.len()),
            Self::Done { findings, .. } => write!(f, "Done {}", findings.rows().len()),
        }
    }
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
        Update::Done { frame, findings } => {
            state.report = *frame;
            state.findings.settle(Rc::from(findings as Box<dyn ListedFindings>));
            state.reading = Reading::Done;
            let summary = &state.report.summary;
            state.tally = Tally { failed: summary.failed, undecided: summary.undecided, passed: summary.passed };
            state.index.restart();
            // What the command line would print to standard error is said once, then kept as a remark.
            if let Some(remark) = state.report.remarks.iter().find(|remark| remark.id == "notice") {
                state.notice = Some(Notice { text: remark.text.clone(), error: true });
            }
        }
    }
}

fn take(state: &mut State, findings: Vec<Finding>) {
    let from = state.findings.rows().len();
    let mut moved = false;
    for finding in findings {
        // Passes are counted by the summary.
        let counts = |verdict: Verdict| verdict != Verdict::Pass;
        let known = state.findings.position(finding.number);
        let before = known.and_then(|at| state.findings.rows().get(at)).map(ListRow::verdict);
        if counts(finding.verdict) {
            state.count(finding.verdict, 1);
        }
        if let Some(before) = before.filter(|before| counts(*before)) {
            state.count(before, -1);
        }
        match state.findings.take(finding) {
            Some(Taken::Replaced(at)) => moved |= at < from,
            Some(Taken::Inserted) => moved = true,
            Some(Taken::Added) | None => {}
        }
    }
    if moved {
        state.index.restart();
    } else if state.findings.rows().len() > from {
        state.index.arrived(from);
    }
}

/// Does a slice of what is left to do. True when the screen changed.
pub fn work(state: &mut State, slice: usize) -> bool {
    if state.index.busy() {
        if !state.index.work(&state.findings, slice) {
            return false;
        }
        settle(state);
        return true;
    }
    if let Screen::Groups(mut cursor) = state.screen
        && state.groups.work(&state.findings, &state.index, slice)
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
        let at = u32::try_from(state.findings.position(number)?).ok()?;
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
