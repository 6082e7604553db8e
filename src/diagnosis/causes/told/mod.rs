//! What a cause tells: the trait that each cause's file implements, and what several of them share.
//!
//! Owns no words on a single cause.

pub(super) mod lines;
mod net_errors;
mod say;
pub(super) mod target;
mod title;

pub(in crate::diagnosis) use lines::Story;
pub(super) use net_errors::named as named_net_error;
pub(in crate::diagnosis) use net_errors::{NetErrorWords, of as net_error};
pub(in crate::diagnosis) use say::Say;
pub use title::{TITLE_COLUMNS, Title};

use crate::diagnosis::fix::Purpose;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::terms::Fix;
use crate::diagnosis::verify::{Check, Verify};
use crate::diagnosis::{Line, Nature};
use crate::exchange::Exchange;
use crate::pairing::Pair;
use crate::secrets::{Captured, Prose};
use serde_json::{Value, json};

/// A cause as documentation shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseInfo {
    /// Stable id, kebab-case, public.
    pub id: &'static str,
    /// Every title it may have in a list.
    pub titles: &'static [Title],
    /// What kind of fault it usually is.
    pub nature: Nature,
    /// One paragraph for somebody who has never met it.
    pub explanation: &'static str,
    /// What in a capture proves it.
    pub proven_by: &'static str,
    /// What ends it in general, for somebody without a capture: what to do, and where.
    pub fix: &'static str,
    /// What people do instead, in vain or to their harm; empty where nothing is usual.
    pub do_not: &'static str,
}

/// What a recognised cause tells about itself.
pub(in crate::diagnosis) trait Told {
    /// Its documentation.
    fn doc(&self) -> &'static CauseInfo;

    /// Title for lists, at most [`TITLE_COLUMNS`] columns.
    fn title(&self) -> Prose;

    /// What kind of fault it is here.
    fn nature(&self) -> Nature {
        self.doc().nature
    }

    /// Its payload for JSON.
    fn detail(&self) -> Value {
        json!({})
    }

    /// Whether it rests on an error of the recorder, some of which say more than the cause.
    fn rests_on_net_error(&self) -> bool {
        false
    }

    /// One sentence: what happened.
    fn headline(&self, say: &Say<'_>) -> Prose;

    /// What must be done besides header lines, or instead of them: something must behave in another way, or somebody
    /// else must act.
    fn fixes(&self, _scene: &Scene<'_>, _host: &Captured<'_>) -> Vec<Fix> {
        Vec::new()
    }

    /// Whether header lines help, where nothing that has to be done rules them out.
    fn headers_help(&self, _scene: &Scene<'_>) -> bool {
        true
    }

    /// What header lines are needed for.
    fn purpose(&self) -> Purpose<'_> {
        Purpose::Lines
    }

    /// What people commonly do wrong when they set the lines.
    fn do_not(&self) -> Option<&'static str> {
        None
    }

    /// What the page itself can change instead, with what that costs.
    fn alternatives(&self, _scene: &Scene<'_>) -> Vec<Fix> {
        Vec::new()
    }

    /// A command that checks whether it is mended.
    fn verify(&self, check: &Check<'_>) -> Option<Verify> {
        check.usual()
    }

    /// In what order the exchange is told.
    fn story(&self) -> Story {
        Story::Answered
    }

    /// What came back, where the headers that allow something are not what matters.
    fn got(&self, _scene: &Scene<'_>) -> Option<Prose> {
        None
    }

    /// Further lines: what decides, what to beware of, what the server does elsewhere.
    fn more(&self, _scene: &Scene<'_>) -> Vec<Line> {
        Vec::new()
    }

    /// The exchange to look for in the server's log, where it is another than the one that failed.
    fn logged<'a>(&self, _pair: &'a Pair) -> Option<&'a Exchange> {
        None
    }
}
