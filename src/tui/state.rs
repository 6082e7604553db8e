//! What the terminal UI knows: the picture so far, the screen, and what is being typed.
//!
//! Owns the shapes and what can be read from them. Changes happen in [`super::update`] and
//! [`super::feed`]; drawing in [`super::view`].

use super::action::Mode;
use super::export::{CopyWhat, ExportFormat};
use super::groups::Groups;
use super::index::Index;
use super::store::Store;
use super::theme::Look;
use super::typing::Typing;
use crate::report::list_row::ListRow;
use crate::report::view::{Finding, Report, Verdict};
use std::rc::Rc;
use std::time::Duration;

/// How far the analysis is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Inputs are being read.
    Running(Progress),
    /// The user asked to stop; what was found is being settled.
    Stopping(Progress),
    /// The picture is final.
    Done,
    /// The analysis ended with an error, one line.
    Failed(String),
}

/// How much of an input was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Which input.
    pub input: u32,
    /// Its name.
    pub name: String,
    /// Bytes read.
    pub read: u64,
    /// Bytes in all, when known.
    pub size: Option<u64>,
    /// Exchanges found.
    pub exchanges: u64,
    /// When this input was begun.
    pub since: Duration,
    /// When the last bytes were counted.
    pub now: Duration,
}

/// Tabs of the detail screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// The ladder.
    #[default]
    Exchange,
    /// What the label rests on.
    Evidence,
    /// The steps of the standard.
    Steps,
    /// What to change.
    Fix,
    /// The console sentences.
    Console,
}

impl Tab {
    /// Every tab, from left to right.
    pub const ALL: [Self; 5] = [Self::Exchange, Self::Evidence, Self::Steps, Self::Fix, Self::Console];

    /// Name for the user.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Evidence => "evidence",
            Self::Steps => "steps",
            Self::Fix => "fix",
            Self::Console => "console",
        }
    }

    /// The tab `by` further on, around the end.
    #[must_use]
    pub fn moved(self, by: usize) -> Self {
        let at = (self as usize).wrapping_add(by) % Self::ALL.len();
        Self::ALL.get(at).copied().unwrap_or_default()
    }
}

/// The screen below everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The findings, and why the selected one failed.
    List,
    /// The selected finding.
    Detail {
        /// Which side of it.
        tab: Tab,
        /// Rows scrolled away.
        scroll: usize,
    },
    /// By cause.
    Groups(Cursor),
    /// Remarks.
    Remarks {
        /// Rows scrolled away.
        scroll: usize,
    },
    /// Inputs and counts.
    Inputs {
        /// Rows scrolled away.
        scroll: usize,
    },
}

/// What lies over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    None,
    /// The help.
    Help {
        /// Rows scrolled away.
        scroll: usize,
    },
    /// The filter being typed.
    Filter {
        /// The text so far.
        typing: Typing,
        /// The filter before, and whether it was on: what Esc goes back to.
        before: (String, bool),
    },
    /// What to copy.
    Copy {
        /// The choice under the cursor.
        at: usize,
    },
    /// What to export.
    Export {
        /// The choice under the cursor.
        at: usize,
    },
    /// Where to export to.
    Path {
        /// As what.
        format: ExportFormat,
        /// The path so far.
        typing: Typing,
    },
    /// The file exists.
    Overwrite {
        /// As what.
        format: ExportFormat,
        /// Where to.
        path: String,
    },
}

/// A selected row and the first visible one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The selected row.
    pub at: usize,
    /// The first visible row.
    pub top: usize,
}

impl Cursor {
    /// Selects a row of `count` and keeps it within `height` visible ones.
    pub fn go(&mut self, at: usize, count: usize, height: usize) {
        self.at = at.min(count.saturating_sub(1));
        self.top = self.top.min(self.at).max(self.at.saturating_add(1).saturating_sub(height.max(1)));
        self.top = self.top.min(count.saturating_sub(height));
    }
}

/// Which pane of the list screen has the focus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pane {
    /// The list.
    #[default]
    List,
    /// Why the selected finding failed.
    Why,
}

/// A sentence in place of the footer, until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub text: String,
    /// Whether it is an error.
    pub error: bool,
}

/// How many findings of each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Failing.
    pub failed: u64,
    /// Undecided.
    pub undecided: u64,
    /// Passed; mostly counted without being findings.
    pub passed: u64,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct State {
    /// Symbols and colours.
    pub look: Look,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The picture so far, without its findings.
    pub report: Report,
    /// The findings.
    pub findings: Store,
    /// How far the analysis is.
    pub reading: Reading,
    /// Counts of the header.
    pub tally: Tally,
    /// The rows of the list.
    pub index: Index,
    /// The rows by their answer.
    pub groups: Groups,
    /// The screen.
    pub screen: Screen,
    /// What lies over it.
    pub overlay: Overlay,
    /// What the footer says instead of keys.
    pub notice: Option<Notice>,
    /// The selected row of the list.
    pub cursor: Cursor,
    /// The selected finding, once the user chose one: it stays selected wherever it moves.
    pub chosen: Option<u32>,
    /// Which pane has the focus.
    pub focus: Pane,
    /// Only that pane is shown.
    pub maximised: bool,
    /// Rows of the why pane scrolled away.
    pub why_scroll: usize,
    /// Columns of the request scrolled away.
    pub shift: usize,
    /// Clicks go to the program.
    pub mouse: bool,
}

impl State {
    /// Before anything was read.
    pub fn new(look: Look, size: (u16, u16)) -> Self {
        Self {
            look,
            size,
            report: Report::default(),
            findings: Store::default(),
            reading: Reading::Running(Progress::default()),
            tally: Tally::default(),
            index: Index::new(),
            groups: Groups::default(),
            screen: Screen::List,
            overlay: Overlay::None,
            notice: None,
            cursor: Cursor::default(),
            chosen: None,
            focus: Pane::List,
            maximised: false,
            why_scroll: 0,
            shift: 0,
            mouse: false,
        }
    }

    /// What the keys mean.
    pub fn mode(&self) -> Mode {
        match (&self.overlay, self.screen) {
            (Overlay::Help { .. }, _) => Mode::Help,
            (Overlay::Filter { .. } | Overlay::Path { .. }, _) => Mode::Text,
            (Overlay::Copy { .. } | Overlay::Export { .. }, _) => Mode::Choose,
            (Overlay::Overwrite { .. }, _) => Mode::Confirm,
            (Overlay::None, Screen::List) => Mode::List,
            (Overlay::None, Screen::Detail { .. }) => Mode::Detail,
            (Overlay::None, Screen::Groups(_)) => Mode::Groups,
            (Overlay::None, Screen::Remarks { .. } | Screen::Inputs { .. }) => Mode::Page,
        }
    }

    /// The position of the finding in a row of the list.
    fn position(&self, row: usize) -> Option<usize> {
        usize::try_from(*self.index.shown().get(row)?).ok()
    }

    /// What the list shows in one of its rows.
    pub fn row(&self, row: usize) -> Option<&ListRow> {
        self.findings.rows().get(self.position(row)?)
    }

    /// The position of the selected finding; in the groups, of the one that speaks for the selected group.
    fn selected_position(&self) -> Option<usize> {
        match self.screen {
            Screen::Groups(cursor) => Some(self.groups.list.get(cursor.at)?.first()),
            _ => self.position(self.cursor.at),
        }
    }

    /// The row of the selected finding.
    pub fn selected_row(&self) -> Option<&ListRow> {
        self.findings.rows().get(self.selected_position()?)
    }

    /// The selected finding; None while only its row is held.
    pub fn selected(&self) -> Option<Rc<Finding>> {
        self.findings.finding(self.selected_position()?)
    }

    /// Whether inputs are being read.
    pub fn reading(&self) -> Option<&Progress> {
        match &self.reading {
            Reading::Running(progress) | Reading::Stopping(progress) => Some(progress),
            Reading::Done | Reading::Failed(_) => None,
        }
    }

    /// Whether a list or its groups are being made.
    pub fn busy(&self) -> bool {
        self.index.busy() || (matches!(self.screen, Screen::Groups(_)) && self.groups.stale(&self.index))
    }

    /// Whether the report holds no finding that is no pass, so that a sentence stands for the list.
    pub fn clean(&self) -> bool {
        self.reading().is_none() && self.tally.failed == 0 && self.tally.undecided == 0
    }

    /// Counts a finding in or out.
    pub(super) fn count(&mut self, verdict: Verdict, by: i64) {
        let slot = match verdict {
            Verdict::Fail => &mut self.tally.failed,
            Verdict::Undecided => &mut self.tally.undecided,
            Verdict::Pass => &mut self.tally.passed,
        };
        *slot = slot.saturating_add_signed(by);
    }

    /// The choices of an open chooser: letter and name.
    pub fn choices(&self) -> Vec<(char, &'static str)> {
        match self.overlay {
            Overlay::Copy { .. } => CopyWhat::ALL.iter().map(|what| (what.letter(), what.name())).collect(),
            Overlay::Export { .. } => ExportFormat::ALL.iter().map(|format| (format.letter(), format.name())).collect(),
            _ => Vec::new(),
        }
    }
}
