//! The look of the terminal UI: symbols for Unicode and ASCII, and what an emphasis means.
//!
//! Owns symbols and the names of emphases. How an emphasis becomes a terminal style is
//! `view::canvas`; which text gets which emphasis is `content`.

use crate::report::style::Style;
use crate::report::view::Verdict;

/// Symbols and colours to use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// ASCII symbols only.
    pub ascii: bool,
    /// Colours besides bold, dim and reverse.
    pub color: bool,
}

/// What a piece of text is, as far as the eye is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Ordinary text.
    #[default]
    Plain,
    /// Headings and what is to be read first.
    Strong,
    /// Frames and what may be skipped.
    Dim,
    /// A failure.
    Fail,
    /// Not decided, or to be looked at.
    Doubt,
    /// Fine.
    Pass,
    /// The name of a labelled line, a key.
    Label,
    /// Crossed out: it did not happen.
    Struck,
}

impl Look {
    /// The Unicode or the ASCII form.
    pub fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { unicode }
    }

    /// Symbol of a verdict.
    pub fn verdict(self, verdict: Verdict) -> &'static str {
        Style { ascii: self.ascii, ..Style::default() }.symbol(verdict)
    }

    /// What stands for something cut off.
    pub fn ellipsis(self) -> &'static str {
        self.pick("…", "~")
    }

    /// The selected row.
    pub fn pointer(self) -> &'static str {
        self.pick("▸", ">")
    }

    /// One column of a horizontal rule.
    pub fn dash(self) -> &'static str {
        self.pick("─", "-")
    }

    /// One row of a vertical rule.
    pub fn bar(self) -> &'static str {
        self.pick("│", "|")
    }
}

/// Emphasis of a verdict.
pub fn ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Fail => Ink::Fail,
        Verdict::Undecided => Ink::Doubt,
        Verdict::Pass => Ink::Pass,
    }
}
