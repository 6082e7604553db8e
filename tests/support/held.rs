//! Reports that were built by hand, as news for the terminal UI.

use std::borrow::Cow;
use whycors::report::source::HeldFindings;
use whycors::report::view::Report;
use whycors::tui::Update;

/// The end of an analysis that found this.
pub(crate) fn done(mut report: Report) -> Update {
    let mut findings = std::mem::take(&mut report.findings);
    findings.sort_by_key(|finding| finding.number);
    let findings = HeldFindings::of(findings.into_iter().map(Cow::Owned));
    Update::Done { frame: Box::new(report), findings: Box::new(findings) }
}
