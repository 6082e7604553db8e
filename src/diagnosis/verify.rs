//! Commands that check a fix: curl lines whose secrets are placeholders.
//!
//! Owns shell quoting. Runs nothing.

/// A command and what it must print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verify {
    /// One line.
    pub curl: String,
    /// What it must print.
    pub expect: String,
}
