//! `--console` and `--at`: the findings the customer means.

use super::Outcome;
use crate::cli::{Args, At};
use crate::report::view::{Finding, Report};

/// Findings this much farther from the time given than the nearest one are still shown, in seconds.
const NEAR: f64 = 2.0;

/// Keeps the findings that the customer's message or time selects; the counts stay those of the
/// whole analysis.
pub(super) fn select(outcome: &mut Outcome, args: &Args) {
    if let Some(at) = args.at {
        nearest(&mut outcome.report, at);
    }
}

fn nearest(report: &mut Report, at: At) {
    let apart = |finding: &Finding| finding.started.as_deref().and_then(|started| at.seconds_from(started));
    let Some(least) = report.findings.iter().filter_map(apart).min_by(f64::total_cmp) else { return };
    report.findings.retain(|finding| apart(finding).is_some_and(|seconds| seconds <= least + NEAR));
}
