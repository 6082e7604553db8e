//! `--console` and `--at`: the findings the customer means.
//!
//! Owns the choice. What a message says is read by `diagnosis::explain`.

use super::Outcome;
use crate::cli::{Args, At};
use crate::cors::Engine;
use crate::diagnosis::explain::{Known, Subject, recognise_each};
use crate::report::mask::Masker;
use crate::report::view::{Finding, Report};
use std::path::Path;

/// Findings this much farther from the time given than the nearest one are still shown, in seconds.
const NEAR: f64 = 2.0;
/// Farther away than this, the time was probably given in another time zone; in seconds.
const FAR: f64 = 300.0;
/// A longer file is no console message.
const LONGEST: u64 = 1 << 20;

/// Reads the pasted message: the argument itself, or the file it names.
pub(super) fn message(args: &Args) -> anyhow::Result<Option<Vec<Known>>> {
    let Some(given) = args.console.as_deref() else { return Ok(None) };
    let path = Path::new(given);
    let text = if path.is_file() {
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        anyhow::ensure!(size <= LONGEST, "{given}: too long for a console message; paste the red line itself");
        let bytes = std::fs::read(path)
            .map_err(|error| anyhow::anyhow!("{given}: cannot be read: {error}; paste the message instead"))?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        given.to_owned()
    };
    let known = recognise_each(&text);
    anyhow::ensure!(!known.is_empty(), "--console: no browser message is recognised in it; paste the whole red line");
    Ok(Some(known))
}

/// The engine that wrote the message, where it tells.
pub(super) fn engine(known: &[Known]) -> Option<Engine> {
    known.iter().find_map(|known| known.engine)
}

/// Keeps the findings that the customer's message and time select; the counts stay those of the
/// whole analysis. Returns what to tell the user.
pub(super) fn choose(outcome: &mut Outcome, known: Option<&[Known]>, at: Option<At>) -> Option<String> {
    let by_message = known.and_then(|known| by_message(&mut outcome.report, known));
    let by_time = at.and_then(|at| nearest(&mut outcome.report, at));
    let notices: Vec<String> = by_message.into_iter().chain(by_time).collect();
    (!notices.is_empty()).then(|| notices.join("; "))
}

fn by_message(report: &mut Report, messages: &[Known]) -> Option<String> {
    let mut masker = Masker::new();
    let messages: Vec<Known> = messages
        .iter()
        .map(|known| Known { url: known.url.as_deref().map(|url| masker.url(url)), ..known.clone() })
        .collect();
    let matching = |finding: &Finding, strict: bool| messages.iter().any(|known| speaks_of(known, finding, strict));
    let strict = report.findings.iter().any(|finding| matching(finding, true));
    if strict {
        report.findings.retain(|finding| matching(finding, true));
        return None;
    }
    if report.findings.iter().any(|finding| matching(finding, false)) {
        report.findings.retain(|finding| matching(finding, false));
        let notice = "the message speaks of a request in this file, which failed by another rule here; it is shown";
        return Some(notice.to_owned());
    }
    let notice =
        "no failing request of the input fits the message: it may be another recording; all findings are shown";
    Some(notice.to_owned())
}

/// Whether a message speaks of this finding: its URL and origin, and (strictly) its rule.
fn speaks_of(known: &Known, finding: &Finding, strict: bool) -> bool {
    let Some(url) = known.url.as_deref() else { return false };
    let bare = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('?').to_owned();
    let page = finding.page.as_deref().unwrap_or(&finding.origin);
    let same_origin = known.origin.as_deref().is_none_or(|origin| origin == page || origin == finding.origin);
    if bare(url) != bare(&finding.url) || !same_origin {
        return false;
    }
    let Subject::Rule(ids) = known.subject else { return true };
    let names = finding.rule.as_ref().and_then(|rule| rule.chromium.as_deref());
    let fits = names.is_some_and(|name| {
        ids.iter()
            .filter_map(|id| crate::diagnosis::rules::RuleInfo::of(id))
            .any(|info| info.chromium_preflight == Some(name) || info.chromium_actual == Some(name))
    });
    // Safari speaks of the status first, whatever else is wrong.
    fits || !strict || known.engine == Some(Engine::WebKit)
}

fn nearest(report: &mut Report, at: At) -> Option<String> {
    let apart = |finding: &Finding| finding.started.as_deref().and_then(|started| at.seconds_from(started));
    let least = report.findings.iter().filter_map(apart).min_by(f64::total_cmp)?;
    report.findings.retain(|finding| apart(finding).is_some_and(|seconds| seconds <= least + NEAR));
    (least > FAR)
        .then(|| "nothing failed within five minutes of that time; --at is in UTC; the nearest is shown".to_owned())
}
