//! `--console` and `--at`: the findings the customer means.
//!
//! Owns the choice. What a message says is read by `diagnosis::explain`.

use super::Outcome;
use super::message::Message;
use crate::cli::At;
use crate::cors::{Engine, Stage};
use crate::diagnosis::explain::{Known, Other, Subject};
use crate::diagnosis::rules::RuleInfo;
use crate::report::view::{Finding, Report, Verdict};
use std::collections::BTreeMap;

/// Findings this much farther from the time given than the nearest one are still shown, in seconds.
const NEAR: f64 = 2.0;
/// Farther away than this, the time was probably given in another time zone; in seconds.
const FAR: f64 = 300.0;

/// Keeps the findings that the customer's message and time select; the counts stay those of the
/// whole analysis. Returns what to tell the user.
pub(super) fn choose(outcome: &mut Outcome, message: Option<&Message>, at: Option<At>) -> Vec<String> {
    let mut notices = Vec::new();
    notices.extend(message.and_then(|message| by_message(&mut outcome.report, message, &outcome.fits)));
    notices.extend(at.and_then(|at| nearest(&mut outcome.report, at)));
    notices
}

/// How a finding fits a message, decided on what the capture and the message hold, not on what is
/// shown of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fit {
    /// How surely the message speaks of it.
    level: Option<Level>,
    /// The lines of each engine's console sentences that were pasted.
    lines: [Vec<usize>; 3],
}

/// How surely a message speaks of a finding, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// It holds a sentence that a browser prints for it.
    Sentence,
    /// It names its rule and its URL.
    RuleAndUrl,
    /// It names its URL.
    Url,
}

impl Fit {
    /// Of a finding that is not masked.
    pub(super) fn of(message: &Message, finding: &Finding) -> Self {
        let known = message.known();
        let about = |known: &&Known| is_about(known, finding);
        let level = if says_the_same(message, finding) {
            Some(Level::Sentence)
        } else if known.iter().filter(about).any(|known| names_rule(known, finding)) {
            Some(Level::RuleAndUrl)
        } else {
            known.iter().any(|known| about(&known)).then_some(Level::Url)
        };
        let console = &finding.console;
        let lines = [&console.chromium, &console.firefox, &console.webkit].map(|sentences| {
            let lines = sentences.iter().flat_map(|sentences| sentences.lines()).enumerate();
            lines.filter(|(_, line)| message.text().contains(line)).map(|(index, _)| index).collect()
        });
        Self { level, lines }
    }
}

fn by_message(report: &mut Report, message: &Message, fits: &BTreeMap<u32, Fit>) -> Option<String> {
    let known = message.known();
    let level = |finding: &Finding| fits.get(&finding.number).and_then(|fit| fit.level);
    if let Some(best) = report.findings.iter().filter_map(level).min() {
        report.findings.retain(|finding| level(finding).is_some_and(|level| level <= best));
        if best == Level::Url {
            return Some(of_another_rule(&mut report.findings, known));
        }
        for finding in &mut report.findings {
            if let Some(fit) = fits.get(&finding.number) {
                keep_wording(fit, finding);
            }
        }
        return None;
    }
    if known.iter().any(|known| known.subject == Subject::Other(Other::AuthorizationWarning)) {
        return Some(
            "the message is a warning: \"*\" in Access-Control-Allow-Headers will not cover Authorization for ever; the \
             request went on, and the remarks name the requests that rest on it; all findings are shown"
                .to_owned(),
        );
    }
    let causes = known.iter().find_map(|known| match known.subject {
        Subject::Cause(id) => Some(id),
        _ => None,
    });
    let reasons = known.iter().any(|known| matches!(known.subject, Subject::Rule(_) | Subject::Cause(_)));
    Some(match causes {
        Some(id) => format!("the message speaks of {id}, of which this input shows nothing; see whycors explain {id}"),
        None if !reasons => {
            "the message names no reason of its own: look for the line before it; all findings are shown".to_owned()
        }
        None => "no failing request of the input fits the message: it may be another recording; all findings are shown"
            .to_owned(),
    })
}

/// Of several possible wordings the one that was pasted: the customer saw no other.
fn keep_wording(fit: &Fit, finding: &mut Finding) {
    let console = &mut finding.console;
    let all = [&mut console.chromium, &mut console.firefox, &mut console.webkit];
    for (sentences, pasted) in all.into_iter().zip(&fit.lines) {
        if let Some(sentences) = sentences.as_mut().filter(|_| !pasted.is_empty()) {
            let lines: Vec<&str> = sentences.lines().collect();
            *sentences = pasted.iter().filter_map(|index| lines.get(*index).copied()).collect::<Vec<_>>().join("\n");
        }
    }
}

/// What to say when the message names a rule that its request does not break here. Where nothing is
/// sure to fail, a fix would mend what the customer did not report: it is taken away.
fn of_another_rule(findings: &mut [Finding], known: &[Known]) -> String {
    let undecided = findings.iter().all(|finding| finding.verdict == Verdict::Undecided);
    if !undecided {
        return "the message speaks of a request in this file, which failed by another rule here; it is shown"
            .to_owned();
    }
    for finding in findings.iter_mut() {
        finding.fixes.clear();
        finding.verify = None;
        if let Some(doubt) = &mut finding.doubt {
            "Please record again and stop when the error shows; send that file and the red console line as text."
                .clone_into(&mut doubt.ask);
        }
    }
    let has_it = |known: &Known| {
        matches!(known.subject, Subject::Rule(ids) if ids.contains(&"allow-origin-missing"))
            && findings.iter().all(|finding| {
                let same = known.stage.is_none_or(|stage| stage.id() == finding.stage.id());
                same && is_rule(finding, &["wildcard-with-credentials", "allow-credentials"])
            })
    };
    let not_so = if known.iter().any(has_it) {
        "says that Access-Control-Allow-Origin is missing, but the answer in this file has it"
    } else {
        "names a rule that the answer in this file is not seen to break"
    };
    format!("the message {not_so}: the file is of another moment than the message, so no fix is given")
}

/// The pasted text holds a sentence that a browser prints for this finding.
fn says_the_same(message: &Message, finding: &Finding) -> bool {
    let console = &finding.console;
    // This line stands beside every refusal in Chrome, whatever the reason.
    let telling = |sentence: &&str| sentence.len() > 20 && !sentence.ends_with("net::ERR_FAILED");
    [&console.chromium, &console.firefox, &console.webkit]
        .into_iter()
        .flatten()
        .flat_map(|sentences| sentences.lines())
        .filter(telling)
        .any(|sentence| message.text().contains(sentence))
}

/// Whether a message speaks of this finding's URL and origin.
fn is_about(known: &Known, finding: &Finding) -> bool {
    let Some(url) = known.url.as_deref() else { return false };
    let bare = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('?').to_owned();
    let page = finding.page.as_deref().unwrap_or(&finding.origin);
    let same_origin = known.origin.as_deref().is_none_or(|origin| origin == page || origin == finding.origin);
    bare(url) == bare(&finding.url) && same_origin
}

/// Whether a message names the finding's rule, in whatever browser's words.
fn names_rule(known: &Known, finding: &Finding) -> bool {
    let Subject::Rule(ids) = known.subject else { return true };
    // Safari speaks of the status first, whatever else is wrong.
    is_rule(finding, ids) || known.engine == Some(Engine::WebKit)
}

/// Whether the finding's rule is one of these.
fn is_rule(finding: &Finding, ids: &[&str]) -> bool {
    let name = finding.rule.as_ref().and_then(|rule| rule.chromium.as_deref());
    ids.iter()
        .filter_map(|id| RuleInfo::of(id))
        .flat_map(|info| [Stage::Preflight, Stage::Actual].map(|stage| info.said_by(Engine::Chromium, stage)))
        .any(|said| name.is_some() && said == name)
}

fn nearest(report: &mut Report, at: At) -> Option<String> {
    let apart = |finding: &Finding| finding.started.as_deref().and_then(|started| at.seconds_from(started));
    let least = report.findings.iter().filter_map(apart).min_by(f64::total_cmp)?;
    report.findings.retain(|finding| apart(finding).is_some_and(|seconds| seconds <= least + NEAR));
    (least > FAR)
        .then(|| "nothing failed within five minutes of that time; --at is in UTC; the nearest is shown".to_owned())
}
