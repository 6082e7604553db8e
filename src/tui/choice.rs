//! What the user may choose about the list: the order, and which verdicts.
//!
//! Owns the cycles and their names. The list itself is made by [`super::index`].

use crate::report::view::Verdict;

/// Which column decides the order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Worst first.
    #[default]
    Worst,
    /// By number.
    Number,
    /// By time of the request.
    Time,
    /// By method.
    Method,
    /// By title of the cause.
    Why,
    /// By host and path.
    Request,
}

impl Sort {
    /// The next one in the cycle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Worst => Self::Number,
            Self::Number => Self::Time,
            Self::Time => Self::Method,
            Self::Method => Self::Why,
            Self::Why => Self::Request,
            Self::Request => Self::Worst,
        }
    }

    /// Name for the user.
    pub fn name(self) -> &'static str {
        match self {
            Self::Worst => "worst first",
            Self::Number => "number",
            Self::Time => "time",
            Self::Method => "method",
            Self::Why => "cause",
            Self::Request => "request",
        }
    }
}

/// Which verdicts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Show {
    /// Failing and undecided.
    #[default]
    Open,
    /// Failing only.
    Failing,
    /// Undecided only.
    Undecided,
    /// Passes too, where the report holds them.
    All,
}

impl Show {
    /// The next one in the cycle.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Open => Self::Failing,
            Self::Failing => Self::Undecided,
            Self::Undecided => Self::All,
            Self::All => Self::Open,
        }
    }

    /// Name for the user.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "failing and undecided",
            Self::Failing => "failing only",
            Self::Undecided => "undecided only",
            Self::All => "all",
        }
    }

    pub(super) fn shows(self, verdict: Verdict) -> bool {
        match self {
            Self::Open => verdict != Verdict::Pass,
            Self::Failing => verdict == Verdict::Fail,
            Self::Undecided => verdict == Verdict::Undecided,
            Self::All => true,
        }
    }
}
