//! `--console` and `--at`: the findings the customer means.
//!
//! Owns the choice. What a message says is read by `diagnosis::explain`.

use super::message::Message;
use super::settled::Settled;
use crate::cli::At;
use crate::cors::{Engine, Stage};
use crate::diagnosis::console::console;
use crate::diagnosis::explain::{Known, Other, Subject};
use crate::diagnosis::rules::RuleInfo;
use crate::diagnosis::{Judged, Verdict};
use crate::report::build;
use crate::report::view::Finding;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Findings this much farther from the time given than the nearest one are still shown, in seconds.
const NEAR: f64 = 2.0;
/// Farther away than this, the time was probably given in another time zone; in seconds.
const FAR: f64 = 300.0;

/// The findings that the customer's message and time select, and what is said of them.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// Places of the pairs, ascending.
    places: Vec<usize>,
    /// Which lines of each engine's console sentences were pasted, by place.
    pasted: BTreeMap<usize, [Vec<usize>; 3]>,
    /// The message is of another moment than the file: a fix would mend what the customer did not report.
    without_fixes: bool,
}

impl Choice {
    /// Whether the finding at a place was chosen.
    pub(super) fn holds(&self, at: usize) -> bool {
        self.places.binary_search(&at).is_ok()
    }

    /// Leaves out of a finding what the customer did not see.
    pub(super) fn edit(&self, at: usize, finding: &mut Finding) {
        if let Some(pasted) = self.pasted.get(&at) {
            keep_wording(pasted, finding);
        }
        if self.without_fixes && self.holds(at) {
            finding.fixes.clear();
            finding.verify = None;
            if let Some(doubt) = &mut finding.doubt {
                "Please record again and stop when the error shows; send that file and the red console line as text."
                    .clone_into(&mut doubt.ask);
            }
        }
    }
}

/// Chooses by the customer's message and time, on what the capture has; the counts stay those of the whole analysis.
/// Returns what to tell the user.
pub(super) fn choose(settled: &mut Settled, message: Option<&Message>, at: Option<At>) -> Vec<String> {
    if message.is_none() && at.is_none() {
        return Vec::new();
    }
    let judged = settled.judged();
    let mut choice = Choice { places: (0..judged.len()).collect(), ..Choice::default() };
    let mut notices = Vec::new();
    notices.extend(message.and_then(|message| by_message(judged, &mut choice, message)));
    notices.extend(at.and_then(|at| nearest(judged, &mut choice, at)));
    settled.choose(choice);
    notices
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

impl Level {
    fn of(message: &Message, judged: &Judged) -> Option<Self> {
        let known = message.known();
        let about = |known: &&Known| is_about(known, judged);
        if says_the_same(message, judged) {
            Some(Self::Sentence)
        } else if known.iter().filter(about).any(|known| names_rule(known, judged)) {
            Some(Self::RuleAndUrl)
        } else {
            known.iter().any(|known| about(&known)).then_some(Self::Url)
        }
    }
}

/// The lines of each engine's console sentences that a message holds.
fn pasted(message: &Message, judged: &Judged) -> [Vec<usize>; 3] {
    console(judged).map(|sentences| {
        let lines = sentences.iter().flat_map(|sentences| sentences.bare().lines()).enumerate();
        lines.filter(|(_, line)| message.text().contains(line)).map(|(index, _)| index).collect()
    })
}

fn by_message(judged: &[Judged], choice: &mut Choice, message: &Message) -> Option<String> {
    let known = message.known();
    let levels: Vec<Option<Level>> = judged.iter().map(|judged| Level::of(message, judged)).collect();
    if let Some(best) = levels.iter().flatten().min() {
        choice
            .places
            .retain(|at| levels.get(*at).is_some_and(|level| level.as_ref().is_some_and(|level| level <= best)));
        let chosen = choice.places.iter().filter_map(|at| Some((*at, judged.get(*at)?)));
        if *best == Level::Url {
            let chosen: Vec<&Judged> = chosen.map(|(_, judged)| judged).collect();
            let (without_fixes, said) = of_another_rule(&chosen, known);
            choice.without_fixes = without_fixes;
            return Some(said);
        }
        choice.pasted = chosen.map(|(at, judged)| (at, pasted(message, judged))).collect();
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
fn keep_wording(pasted: &[Vec<usize>; 3], finding: &mut Finding) {
    let console = &mut finding.console;
    let all = [&mut console.chromium, &mut console.firefox, &mut console.webkit];
    for (sentences, pasted) in all.into_iter().zip(pasted) {
        if let Some(sentences) = sentences.as_mut().filter(|_| !pasted.is_empty()) {
            let lines: Vec<&str> = sentences.lines().collect();
            *sentences = pasted.iter().filter_map(|index| lines.get(*index).copied()).collect::<Vec<_>>().join("\n");
        }
    }
}

/// What to say when the message names a rule that its request does not break here, and whether fixes are taken away:
/// where nothing is sure to fail, they would mend what the customer did not report.
fn of_another_rule(chosen: &[&Judged], known: &[Known]) -> (bool, String) {
    if !chosen.iter().all(|judged| matches!(judged.verdict, Verdict::Undecided { .. })) {
        let said = "the message speaks of a request in this file, which failed by another rule here; it is shown";
        return (false, said.to_owned());
    }
    let has_it = |known: &Known| {
        matches!(known.subject, Subject::Rule(ids) if ids.contains(&"allow-origin-missing"))
            && chosen.iter().all(|judged| {
                let same = known.stage.is_none_or(|stage| Some(stage) == judged.stage());
                same && is_rule(judged, &["wildcard-with-credentials", "allow-credentials"])
            })
    };
    let not_so = if known.iter().any(has_it) {
        "says that Access-Control-Allow-Origin is missing, but the answer in this file has it"
    } else {
        "names a rule that the answer in this file is not seen to break"
    };
    (true, format!("the message {not_so}: the file is of another moment than the message, so no fix is given"))
}

/// The pasted text holds a sentence that a browser prints for this pair.
fn says_the_same(message: &Message, judged: &Judged) -> bool {
    // This line stands beside every refusal in Chrome, whatever the reason.
    let telling = |sentence: &&str| sentence.len() > 20 && !sentence.ends_with("net::ERR_FAILED");
    console(judged)
        .iter()
        .flatten()
        .flat_map(|sentences| sentences.bare().lines())
        .filter(telling)
        .any(|sentence| message.text().contains(sentence))
}

/// Whether a message speaks of this pair's URL and origin.
fn is_about(known: &Known, judged: &Judged) -> bool {
    let Some(url) = known.url.as_deref() else { return false };
    let pair = &judged.pair;
    let bare = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('?').to_owned();
    let (origin, page) = (pair.origin.as_str(), pair.page.as_ref().unwrap_or(&pair.origin).as_str());
    let same_origin = known.origin.as_deref().is_none_or(|named| named == page || named == origin);
    same_origin && bare(url) == bare(&pair.url)
}

/// Whether a message names the pair's rule, in whatever browser's words.
fn names_rule(known: &Known, judged: &Judged) -> bool {
    let Subject::Rule(ids) = known.subject else { return true };
    // Safari speaks of the status first, whatever else is wrong.
    is_rule(judged, ids) || known.engine == Some(Engine::WebKit)
}

/// Whether the pair's rule is one of these.
fn is_rule(judged: &Judged, ids: &[&str]) -> bool {
    let name = build::chromium_rule(judged);
    ids.iter()
        .filter_map(|id| RuleInfo::of(id))
        .flat_map(|info| [Stage::Preflight, Stage::Actual].map(|stage| info.said_by(Engine::Chromium, stage)))
        .any(|said| name.is_some() && said == name)
}

fn nearest(judged: &[Judged], choice: &mut Choice, at: At) -> Option<String> {
    let apart = |place: &usize| {
        let started = build::started(&judged.get(*place)?.pair)?;
        Some(at.seconds_from(Timestamp::from_nanosecond(started.nanos().into()).ok()?))
    };
    let least = choice.places.iter().filter_map(apart).min_by(f64::total_cmp)?;
    choice.places.retain(|place| apart(place).is_some_and(|seconds| seconds <= least + NEAR));
    (least > FAR)
        .then(|| "nothing failed within five minutes of that time; --at is in UTC; the nearest is shown".to_owned())
}
