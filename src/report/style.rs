//! How a text report looks: colour or not, Unicode or ASCII, and how wide.
//!
//! Owns the symbols and the eight basic colours. A symbol stands before every colour, so that
//! nothing is said by colour alone; no background is ever set.

use super::view::Verdict;

/// Look of a text report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Write colours.
    pub color: bool,
    /// Use ASCII symbols only. Captured text stays as it is.
    pub ascii: bool,
    /// Columns to fill. Console sentences, commands and configuration are never broken.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, ascii: false, width: 80 }
    }
}

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Something failed.
    Fail,
    /// Not decided, or to be looked at.
    Doubt,
    /// Fine.
    Pass,
    /// The name of a labelled line.
    Label,
    /// A heading.
    Strong,
}

impl Style {
    /// Symbol of a verdict.
    pub fn symbol(self, verdict: Verdict) -> &'static str {
        match (verdict, self.ascii) {
            (Verdict::Fail, false) => "✗",
            (Verdict::Fail, true) => "x",
            (Verdict::Undecided, _) => "?",
            (Verdict::Pass, false) => "✓",
            (Verdict::Pass, true) => "+",
        }
    }

    /// What stands for something cut off.
    pub fn ellipsis(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }

    /// Paint of a verdict.
    pub fn verdict(verdict: Verdict) -> Paint {
        match verdict {
            Verdict::Fail => Paint::Fail,
            Verdict::Undecided => Paint::Doubt,
            Verdict::Pass => Paint::Pass,
        }
    }

    /// A text in its colour, if colours are wanted.
    pub fn paint(self, paint: Paint, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match paint {
            Paint::Fail => "31",
            Paint::Doubt => "33",
            Paint::Pass => "32",
            Paint::Label => "36",
            Paint::Strong => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
