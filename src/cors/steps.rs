//! The outcome of a check, step by step, in the order an engine takes the steps.
//!
//! Owns the list and its questions. A browser stops at the first failing step; the list goes on,
//! so that everything that is wrong with a response is known at once.

use super::Rule;

/// One step of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepResult {
    /// Algorithm and step of the Fetch Standard: `CORS check, step 2`.
    pub step: &'static str,
    /// A few words of that step, quoted.
    pub says: &'static str,
    /// What came of it.
    pub outcome: StepOutcome,
}

/// What came of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// The response satisfies it.
    Passed,
    /// The response does not, whatever the other steps say.
    Failed(Rule),
    /// It hangs on this header (lower case), which the capture does not show.
    Unreadable(&'static str),
    /// The request does not need it.
    NotNeeded,
    /// It has no answer of its own, because an earlier step failed.
    NotReached,
}

/// The steps of one check, in the engine's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steps(pub(super) Vec<StepResult>);

impl Steps {
    /// All steps in order.
    pub fn iter(&self) -> impl Iterator<Item = &StepResult> {
        self.0.iter()
    }

    /// Every failing rule, the one the browser names first.
    pub fn failures(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter().filter_map(|result| match &result.outcome {
            StepOutcome::Failed(rule) => Some(rule),
            _ => None,
        })
    }

    /// The rule the browser names. When an unreadable step comes before it, the browser may have
    /// stopped there: see [`Steps::first_unreadable`].
    pub fn first_failure(&self) -> Option<&Rule> {
        self.failures().next()
    }

    /// The header on which a step hangs that the capture does not show, if that step comes before
    /// the first failure; the verdict's rule is open then.
    pub fn first_unreadable(&self) -> Option<&'static str> {
        self.0.iter().take_while(|result| !matches!(result.outcome, StepOutcome::Failed(_))).find_map(|result| {
            match result.outcome {
                StepOutcome::Unreadable(header) => Some(header),
                _ => None,
            }
        })
    }

    /// Whether no step failed and none is open.
    pub fn passed(&self) -> bool {
        self.0.iter().all(|result| matches!(result.outcome, StepOutcome::Passed | StepOutcome::NotNeeded))
    }

    /// An empty list with room for every step of a preflight's answer: the checks run many times a request.
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(8))
    }

    pub(super) fn push(&mut self, step: &'static str, says: &'static str, outcome: StepOutcome) {
        self.0.push(StepResult { step, says, outcome });
    }
}
