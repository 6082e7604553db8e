//! The questions that recognise a cause, in the order in which they are tried.
//!
//! Owns their order and what an answer to one is. One question may give several causes, as one rule of CORS fails for
//! several reasons; the words on a cause are its own file's.

mod ended;
mod missing;
mod network;
mod redirect;
mod status;
mod values;
mod who_answered;

pub(super) use network::with_error;

use super::Cause;
use crate::diagnosis::evidence::{Evidence, Side};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::{Certainty, quote};
use crate::exchange::Place;
use crate::secrets::Prose;

/// Every question, the first to be asked first.
const TRIED: &[fn(&Scene<'_>) -> Option<Found>] =
    &[network::find, who_answered::find, redirect::find, status::find, missing::find, values::find];

/// The first cause that the bytes of this case prove or suggest.
pub(in crate::diagnosis) fn find(scene: &Scene<'_>) -> Option<Found> {
    TRIED.iter().find_map(|asked| asked(scene))
}

/// A recognised cause.
#[derive(Debug)]
pub(in crate::diagnosis) struct Found {
    pub(in crate::diagnosis) cause: Cause,
    pub(in crate::diagnosis) certainty: Certainty,
    pub(in crate::diagnosis) text: Prose,
    pub(in crate::diagnosis) brief: Prose,
    pub(in crate::diagnosis) candidates: Vec<Prose>,
    pub(in crate::diagnosis) evidence: Vec<Evidence>,
    /// What the rule says that refuses first if the page includes credentials, where that is not known.
    pub(in crate::diagnosis) other: Option<&'static str>,
}

impl Found {
    pub(super) fn new(cause: impl Into<Cause>, certainty: Certainty, text: impl Into<Prose>) -> Self {
        Self {
            cause: cause.into(),
            certainty,
            text: text.into(),
            brief: Prose::new(),
            candidates: Vec::new(),
            evidence: Vec::new(),
            other: None,
        }
    }

    pub(super) fn brief(mut self, brief: impl Into<Prose>) -> Self {
        self.brief = brief.into().shortened(60);
        self
    }

    pub(super) fn candidates(mut self, candidates: &[&'static str]) -> Self {
        self.candidates = candidates.iter().map(|candidate| (*candidate).into()).collect();
        self
    }

    pub(super) fn at(mut self, (side, place): (Side, Place), what: impl Into<Prose>) -> Self {
        self.evidence.push(Evidence { side, place, what: what.into() });
        self
    }

    /// Quotes the lines of these headers of the failing response as evidence.
    pub(super) fn quoting(mut self, scene: &Scene<'_>, names: &[&str]) -> Self {
        let Some(headers) = scene.headers() else { return self };
        for name in names {
            for line in quote::header_lines(headers, name) {
                self = self.at(scene.here(), line);
            }
        }
        self
    }
}
