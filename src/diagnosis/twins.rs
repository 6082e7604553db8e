//! Equal requests of one page that a server answered differently, some so that they pass and some not.
//!
//! Owns the bounded table of answers to equal requests and what is said where they contradict each other: two
//! servers behind one name, or one that changed meanwhile. What an answer is checked by is `cors`' business.

use super::causes::Found;
use super::scene::Scene;
use super::{Certainty, Judged, Verdict, quote};
use crate::cors::{Stage, cors_check};
use crate::exchange::Place;
use crate::pairing::Pair;
use crate::secrets::{Prose, prose};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Answers to equal requests: how many passed and failed, and the first of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Answers {
    passed: u32,
    failed: u32,
    /// Status and place of the first that passed.
    passing: Option<(u16, Place)>,
    failing: Option<(u16, Place)>,
}

/// The answers of all equal requests, by a digest keyed at random: a URL may be as long as a head.
#[derive(Debug, Clone, Default)]
pub(super) struct Twins {
    digest: RandomState,
    answers: HashMap<u64, Answers>,
}

impl Twins {
    /// Takes the answers of one pair; says whether there was room for them.
    pub(super) fn observe(&mut self, judged: &Judged, cap: usize) -> bool {
        let pair = &judged.pair;
        [Stage::Preflight, Stage::Actual].into_iter().fold(true, |room, stage| {
            let Some((status, place, passes)) = answer(judged, stage) else { return room };
            let Some(key) = self.key(pair, stage) else { return room };
            if self.answers.len() >= cap && !self.answers.contains_key(&key) {
                return false;
            }
            let answers = self.answers.entry(key).or_default();
            if passes {
                answers.passed = answers.passed.saturating_add(1);
                answers.passing.get_or_insert((status, place));
            } else {
                answers.failed = answers.failed.saturating_add(1);
                answers.failing.get_or_insert((status, place));
            }
            room
        })
    }

    /// The answers to requests that equal this one, where some pass and some fail.
    fn contradicting(&self, pair: &Pair, stage: Stage) -> Option<Answers> {
        let answers = self.answers.get(&self.key(pair, stage)?).copied()?;
        (answers.passed > 0 && answers.failed > 0).then_some(answers)
    }

    fn key(&self, pair: &Pair, stage: Stage) -> Option<u64> {
        // An error page without CORS headers beside good answers is another story than two servers.
        let status = match stage {
            Stage::Preflight => None,
            Stage::Actual => Some(pair.actual()?.head()?.status),
            Stage::Redirect => return None,
        };
        let input = pair.representative().place.input();
        let asked = (&pair.method, &pair.url, &pair.unsafe_headers);
        Some(self.digest.hash_one((input, stage == Stage::Actual, status, pair.origin.as_str(), asked)))
    }
}

/// Status and place of the answer at a stage, and whether it passes without credentials.
fn answer(judged: &Judged, stage: Stage) -> Option<(u16, Place, bool)> {
    // What the browser took in its own mode passes in the other one as well.
    let (pair, delivered) = (&judged.pair, judged.verdict == Verdict::Pass);
    let (exchange, passes) = if stage == Stage::Preflight {
        let preflight = pair.preflight()?;
        (preflight.exchange(), delivered || preflight.passes()?.without)
    } else {
        let actual = pair.actual().filter(|actual| !actual.note.service_worker)?;
        let checked = || {
            let steps = cors_check(&pair.request(false), pair.answer()?);
            Some(steps.first_failure().is_none() && steps.first_unreadable().is_none())
        };
        (actual, delivered || checked()?)
    };
    Some((exchange.head()?.status, quote::response_place(exchange), passes))
}

/// Takes back what other answers to the same request contradict.
pub(super) fn weigh(scene: &Scene<'_>, mut found: Found) -> Found {
    if found.certainty == Certainty::Certain && contradicting(scene).is_some() {
        found.certainty = Certainty::Likely;
    }
    found
}

fn contradicting(scene: &Scene<'_>) -> Option<(Stage, Answers)> {
    let stage = scene.judged.rule().map(|(stage, _)| stage)?;
    Some((stage, scene.facts.twins().contradicting(scene.pair, stage)?))
}

/// The headline where answers to equal requests contradict each other.
pub(super) fn headline(scene: &Scene<'_>) -> Option<Prose> {
    let (stage, answers) = contradicting(scene)?;
    let ((failing, failed_at), (passing, passed_at)) = answers.failing.zip(answers.passing)?;
    let what = if stage == Stage::Preflight { "equal preflights" } else { "answers to equal requests" };
    let statuses = if failing == passing { prose!("all {}", passing) } else { prose!("{} and {}", failing, passing) };
    Some(prose!(
        "{} of {} {} failed and the others passed ({}; the first that failed {}, the first that passed {}): two servers \
         behind one name seem to differ, or one changed meanwhile.",
        answers.failed,
        answers.failed.saturating_add(answers.passed),
        what,
        statuses,
        scene.place(failed_at),
        scene.place(passed_at)
    ))
}
