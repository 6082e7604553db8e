//! A sentence of a browser, printed and recognised by one text.
//!
//! Owns the shape, and what a sentence may mean. Each browser's sentences stand in its own file.

use super::pattern::{self, Captures};
use crate::cors::Stage;
use crate::secrets::{Piece, Prose};

/// What a browser says, and the part of it that says it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sentence {
    before: &'static str,
    /// The part that it is recognised by: literals and gaps (`{value}`, `{origin}`, `{url}`, `{status}` …).
    pub pattern: &'static str,
    after: &'static str,
    /// What it means.
    pub means: Means,
    /// Which response it is about, when it is said of one only.
    pub stage: Option<Stage>,
}

/// An error's name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    /// As browsers write it; one that ends in `_` is a family.
    pub text: &'static str,
    /// What it means.
    pub means: Means,
    /// Which response it is about, when it is said of one only.
    pub stage: Option<Stage>,
}

/// What a browser's words mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// A CORS rule: ids of [`crate::cors::Rule::IDS`], the likeliest first. Several where the words do
    /// not tell them apart.
    Rule(&'static [&'static str]),
    /// No answer, or none that could be read, for another reason than CORS.
    Trouble(Trouble),
    /// Nothing by themselves.
    Other(Other),
}

/// Why there is no answer, where browsers say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No connection, or the name is unknown.
    Unreachable,
    /// Reset.
    Reset,
    /// Closed before an answer.
    Closed,
    /// Silence.
    TimedOut,
    /// TLS failed.
    Tls,
    /// The answer is not HTTP.
    InvalidHttp,
    /// The answer ends early.
    Cut,
    /// The page gave up.
    Aborted,
    /// An extension stopped it.
    Extension,
    /// CORP, COEP or ORB.
    ResourcePolicy,
    /// It was never sent: mixed content, CSP, local network.
    NotSent,
}

/// Words that stand for no CORS rule by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// Firefox's `CORS request did not succeed`: the connection failed, or (after another message)
    /// the request behind a refused preflight.
    DidNotSucceed,
    /// WebKit's `… cannot load … due to access control checks`: it follows CORS and network errors
    /// alike.
    AccessControlLine,
    /// `net::ERR_FAILED`, `Failed to load resource`: the browser gave up, for whatever reason.
    LoadFailed,
    /// What the page's script sees: `TypeError: Failed to fetch`, `Load failed`, `Network Error`.
    ScriptError,
    /// A browser message that says CORS and gives no reason.
    NoReason,
    /// Status 0: what scripts and recordings show where no answer reached the page.
    StatusZero,
    /// CORS is switched off in the browser.
    Disabled,
    /// Firefox's warning that `*` will not cover `Authorization` for ever.
    AuthorizationWarning,
}

impl Sentence {
    pub(super) const fn rule(pattern: &'static str, rules: &'static [&'static str]) -> Self {
        Self { before: "", pattern, after: "", means: Means::Rule(rules), stage: None }
    }

    pub(super) const fn trouble(trouble: Trouble, pattern: &'static str) -> Self {
        Self { before: "", pattern, after: "", means: Means::Trouble(trouble), stage: None }
    }

    pub(super) const fn other(other: Other, pattern: &'static str) -> Self {
        Self { before: "", pattern, after: "", means: Means::Other(other), stage: None }
    }

    /// Said of this response only.
    pub(super) const fn on(self, stage: Stage) -> Self {
        Self { stage: Some(stage), ..self }
    }

    /// What is printed around the part that it is recognised by.
    pub(super) const fn between(self, before: &'static str, after: &'static str) -> Self {
        Self { before, after, ..self }
    }

    /// What is printed behind it.
    pub(super) const fn then(self, after: &'static str) -> Self {
        Self { after, ..self }
    }

    /// The whole sentence, its gaps filled by name.
    pub(super) fn print(&self, gaps: &[(&str, &dyn Piece)]) -> Prose {
        Prose::joined([self.before, self.pattern, self.after].map(|part| pattern::fill(part, gaps)), "")
    }

    /// Where it stands in a text that was normalised, and what its gaps hold.
    pub(crate) fn find(&self, text: &str) -> Option<(usize, Captures)> {
        pattern::find(text, self.pattern)
    }
}

impl Name {
    pub(super) const fn rule(text: &'static str, stage: Option<Stage>, rules: &'static [&'static str]) -> Self {
        Self { text, means: Means::Rule(rules), stage }
    }

    pub(super) const fn trouble(text: &'static str, trouble: Trouble) -> Self {
        Self { text, means: Means::Trouble(trouble), stage: None }
    }

    pub(super) const fn other(text: &'static str, other: Other) -> Self {
        Self { text, means: Means::Other(other), stage: None }
    }

    /// The same, where it stands in a sentence.
    pub(super) const fn said(self) -> Sentence {
        Sentence { before: "", pattern: self.text, after: "", means: self.means, stage: self.stage }
    }
}
