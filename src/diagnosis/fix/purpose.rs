//! What a cause gives for its fixes.
//!
//! Owns the vocabulary between the two: configurations and plain lines know purposes, and no cause.

use super::Fix;

/// What a cause gives for its fixes.
#[derive(Debug)]
pub(in crate::diagnosis) struct Wants<'a> {
    /// What must be done besides header lines, or instead of them.
    pub(in crate::diagnosis) actions: Vec<Fix>,
    /// Whether header lines help, where no action rules them out.
    pub(in crate::diagnosis) headers_help: bool,
    /// What the lines are for.
    pub(in crate::diagnosis) purpose: Purpose<'a>,
    /// What people commonly do wrong when they set the lines.
    pub(in crate::diagnosis) do_not: Option<&'static str>,
    /// What the page itself can change instead.
    pub(in crate::diagnosis) alternatives: Vec<Fix>,
}

/// What header lines are for, as far as that changes where they stand or how it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnosis) enum Purpose<'a> {
    /// Lines are missing or wrong.
    Lines,
    /// A login check answers OPTIONS before the lines are made.
    BeforeLogin,
    /// Some check answers OPTIONS with this status, and nothing says whose it is.
    BeforeCheck {
        /// Its status.
        status: u16,
    },
    /// A firewall or CDN answers, and whoever runs it has to make the lines.
    AtFirewall,
    /// A web page stands where the API should answer.
    InsteadOfPage,
    /// The server has a list of origins and this one is not on it.
    OnList,
    /// Another origin is allowed.
    InsteadOf {
        /// The value.
        value: &'a str,
        /// How it misses the page's.
        allowed: Allowed,
    },
    /// Any origin is allowed, and the request has credentials.
    InsteadOfStar,
    /// One line in place of several, or of a list.
    OneLine {
        /// The combined value.
        value: &'a str,
        /// Header lines; `None` when the exporter merges them.
        lines: Option<usize>,
    },
    /// Errors lack the lines that good answers have.
    OnErrors {
        /// The error's status.
        status: u16,
    },
    /// The server fails while it answers OPTIONS, and that has to be mended as well.
    AfterCrash {
        /// Its status.
        status: u16,
    },
    /// Something else has to be mended as well.
    AfterOther {
        /// The status that it answers with.
        status: u16,
    },
}

/// How the origin that is allowed misses the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diagnosis) enum Allowed {
    /// It is another site's.
    AnotherSite,
    /// It is the page's with the default port written out.
    DefaultPort,
    /// It is a pattern.
    Pattern,
    /// It is the page's own, misspelt.
    Misspelt,
}

impl Purpose<'_> {
    /// Whether the server compares with a list (or a fixed value that serves another site), so that
    /// other pages lose what they have if the value is replaced.
    pub(in crate::diagnosis) fn is_listed(self) -> bool {
        matches!(self, Self::OnList | Self::InsteadOf { allowed: Allowed::AnotherSite, .. })
    }

    /// Whether an origin is named where there was another, or any.
    pub(super) fn names_one(self) -> bool {
        matches!(self, Self::InsteadOf { .. } | Self::InsteadOfStar)
    }

    /// The status of what header lines do not mend.
    pub(super) fn not_mended(self) -> Option<u16> {
        match self {
            Self::AfterCrash { status } | Self::AfterOther { status } => Some(status),
            _ => None,
        }
    }
}
