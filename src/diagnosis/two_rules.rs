//! A response that fails in either credentials mode, by another rule in each.
//!
//! Owns how far such a cause is believed and what is said of the other rule. Which rules they are is
//! `Judged`'s business.

use super::causes::Found;
use super::rules::RuleInfo;
use super::scene::Scene;
use super::{Certainty, Judged};
use crate::secrets::Prose;
use crate::secrets::prose;

/// What the rule says that refuses first if the page includes credentials.
fn other(judged: &Judged) -> Option<&'static str> {
    let other = judged.rule_with_credentials(judged.judged_as)?;
    Some(RuleInfo::of(other.id()).map_or(other.id(), |info| info.title))
}

/// Takes back what the unknown mode leaves open, and names the other rule.
pub(super) fn weigh(judged: &Judged, mut found: Found) -> Found {
    found.other = other(judged);
    let Some(title) = found.other else { return found };
    if found.certainty == Certainty::Certain {
        found.certainty = Certainty::Likely;
    }
    found.candidates.push(prose!("{}, which is checked first if the page includes credentials", title));
    found
}

/// The headline of a cause that holds in one of the modes: certain in that one, it is hedged here.
pub(super) fn headline(scene: &Scene<'_>, found: &Found) -> Prose {
    match found.other {
        // What cannot be told needs no hedge: the sentence says that the answer does not tell.
        Some(title) if found.certainty != Certainty::Unknown => {
            let headline = found.cause.headline(scene, Certainty::Certain);
            prose!(
                "{} If the page includes credentials, the browser probably names another rule first: {}.",
                headline,
                title
            )
        }
        _ => found.cause.headline(scene, found.certainty),
    }
}
