//! The steps of the standard, as the detail screen lists them.

use crate::cors::{StepOutcome, Steps};
use crate::diagnosis::Judged;
use crate::report::view;

/// Steps on the preflight response, then on the actual one.
pub(super) fn steps(judged: &Judged) -> Vec<view::Step> {
    let mut all = Vec::new();
    for (on, steps) in [("preflight", judged.preflight_steps()), ("actual", judged.actual_steps())] {
        if let Some(steps) = steps {
            all.extend(list(on, &steps));
        }
    }
    all
}

fn list(on: &str, steps: &Steps) -> Vec<view::Step> {
    steps
        .iter()
        .map(|result| view::Step {
            on: on.to_owned(),
            step: result.step.to_owned(),
            says: result.says.to_owned(),
            outcome: match result.outcome {
                StepOutcome::Passed => view::StepOutcome::Passed,
                StepOutcome::Failed(_) => view::StepOutcome::Failed,
                StepOutcome::Unreadable(_) => view::StepOutcome::Unreadable,
                StepOutcome::NotNeeded | StepOutcome::NotReached => view::StepOutcome::Skipped,
            },
        })
        .collect()
}
