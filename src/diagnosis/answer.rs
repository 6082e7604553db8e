//! The answer for one judged pair: nature, cause, evidence, the dispute in lines, fixes.
//!
//! Owns the assembly. Each part is made elsewhere: `cause`, `fix`, `verify`, `doubts`, `stack`.

use super::evidence::Evidence;
use super::facts::{ServerFacts, Works};
use super::fix::Fix;
use super::stack::StackHit;
use super::verify::Verify;
use super::{Cause, Judged};
use crate::cors::Rule;

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Nature {
    /// A CORS rule refused.
    Cors,
    /// The fault is elsewhere; the CORS text only hides it.
    SideEffect,
    /// No CORS rule was reached.
    NotCors,
}

impl Nature {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cors => "cors",
            Self::SideEffect => "side-effect",
            Self::NotCors => "not-cors",
        }
    }
}

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// These bytes allow one explanation.
    Certain,
    /// A signature suggests it.
    Likely,
    /// Cannot be told; candidates are listed.
    Unknown,
}

impl Certainty {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Unknown => "unknown",
        }
    }
}

/// A labelled line of the dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `page`, `asked`, `allowed`, `got`, `needs`, `decide` …
    pub label: &'static str,
    /// May span lines.
    pub text: String,
}

/// Everything there is to say about one pair. Strings are not masked; secret header values are not
/// in them, because they are nowhere in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What kind of fault.
    pub nature: Nature,
    /// The root cause; `None` for a pass and for a doubt without a conditional rule.
    pub cause: Option<Cause>,
    /// How sure.
    pub certainty: Certainty,
    /// The cause in one sentence, quoting the bytes it rests on.
    pub text: String,
    /// The deciding bytes in a few words, for lists.
    pub brief: String,
    /// Explanations that remain, likeliest first.
    pub candidates: Vec<String>,
    /// What the label rests on.
    pub evidence: Vec<Evidence>,
    /// One sentence: what happened.
    pub headline: String,
    /// The dispute.
    pub lines: Vec<Line>,
    /// What would fail next, with words.
    pub also: Vec<(Rule, String)>,
    /// Server software, outermost first.
    pub stack: Vec<StackHit>,
    /// What to change.
    pub fixes: Vec<Fix>,
    /// A command that checks it.
    pub verify: Option<Verify>,
    /// The nearest passing exchange.
    pub works: Option<Works>,
    /// Where to look in the server's log.
    pub log: Option<String>,
    /// Request ids of the response, by lower-case header name.
    pub request_ids: Vec<(String, String)>,
    /// Undecided: title for lists.
    pub doubt_title: String,
    /// Undecided: what is missing.
    pub doubt_text: Option<String>,
    /// Undecided: what to ask the customer for, ready to paste.
    pub ask: Option<String>,
}

/// Diagnoses one judged pair with what is known of its server.
pub fn diagnose(judged: &Judged, facts: &ServerFacts) -> Diagnosis {
    let _ = (judged, facts);
    Diagnosis {
        nature: Nature::Cors,
        cause: None,
        certainty: Certainty::Unknown,
        text: String::new(),
        brief: String::new(),
        candidates: Vec::new(),
        evidence: Vec::new(),
        headline: String::new(),
        lines: Vec::new(),
        also: Vec::new(),
        stack: Vec::new(),
        fixes: Vec::new(),
        verify: None,
        works: None,
        log: None,
        request_ids: Vec::new(),
        doubt_title: String::new(),
        doubt_text: None,
        ask: None,
    }
}
