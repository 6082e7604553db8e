//! Words of an answer that more than one part of it uses: what kind of fault it is, how sure its cause, a labelled
//! line, a fix.
//!
//! Owns their ids. Who says them is decided elsewhere.

mod fix;

use crate::secrets::Prose;

pub use fix::{Change, Fix, NotProven, Who};

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
    pub text: Prose,
}

impl Line {
    pub(super) fn new(label: &'static str, text: impl Into<Prose>) -> Self {
        Self { label, text: text.into() }
    }
}
