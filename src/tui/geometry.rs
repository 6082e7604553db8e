//! Where things stand on a screen of a given size.
//!
//! Owns the layout as rectangles, for drawing and for knowing how far a page goes. All arithmetic
//! saturates: any size is possible while a terminal is resized.

use super::state::{Pane, Screen, State};
use ratatui::layout::Rect;

/// The smallest screen that shows anything.
pub const SMALLEST: (u16, u16) = (40, 8);
/// Columns a list wants: every title whole, the time, and enough of the request to know it by.
const LIST_COLUMNS: u16 = 72;
/// Columns a text wants at least beside a list.
const WHY_COLUMNS: u16 = 46;
/// Columns beyond which lines of text are hard to read.
const WHY_MOST: u16 = 100;
/// Columns from which causes and their fixes stand in one line.
const GROUP_IN_ONE_LINE: u16 = 180;
/// Rows below which the list stands alone.
const LIST_ONLY: u16 = 16;

/// The parts every screen has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Name, inputs and counts; or the request of a finding.
    pub header: Rect,
    /// A rule, the gauge, or the tabs.
    pub line: Rect,
    /// The rest.
    pub body: Rect,
    /// A rule above the footer, where there is room.
    pub rule: Option<Rect>,
    /// Keys, a notice, or what is being typed.
    pub footer: Rect,
}

/// The parts of a screen; None when it is too small.
pub fn parts((width, height): (u16, u16)) -> Option<Parts> {
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return None;
    }
    let row = |y: u16| Rect::new(0, y, width, 1);
    let last = height.saturating_sub(1);
    let rule = (height >= 12).then(|| row(last.saturating_sub(1)));
    let end = rule.map_or(last, |rule| rule.y);
    Some(Parts {
        header: row(0),
        line: row(1),
        body: Rect::new(0, 2, width, end.saturating_sub(2)),
        rule,
        footer: row(last),
    })
}

/// The panes of the list screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Panes {
    /// Column heads and rows.
    pub list: Option<Rect>,
    /// The line between, with the position; vertical when side by side.
    pub divider: Option<Rect>,
    /// Why the selected finding failed.
    pub why: Option<Rect>,
}

/// The panes of the list screen within the body.
pub fn panes(state: &State, body: Rect) -> Panes {
    let alone = |pane| match pane {
        Pane::List => Panes { list: Some(body), ..Panes::default() },
        Pane::Why => Panes { why: Some(body), ..Panes::default() },
    };
    if state.maximised {
        return alone(state.focus);
    }
    if state.size.1 < LIST_ONLY {
        return alone(Pane::List);
    }
    // One column is the rule between them.
    if let Some(spare) = body.width.checked_sub(LIST_COLUMNS + 1 + WHY_COLUMNS) {
        let why = WHY_COLUMNS.saturating_add(spare.saturating_mul(2) / 3).min(WHY_MOST);
        let list = body.width.saturating_sub(why.saturating_add(1));
        let right = body.x.saturating_add(list).saturating_add(1);
        return Panes {
            // A blank column before the rule.
            list: Some(Rect { width: list.saturating_sub(1), ..body }),
            divider: Some(Rect { x: body.x.saturating_add(list), width: 1, ..body }),
            why: Some(Rect { x: right, width: body.right().saturating_sub(right), ..body }),
        };
    }
    let most = (body.height.saturating_mul(2) / 5).max(4);
    let wanted = u16::try_from(state.index.shown().len()).unwrap_or(u16::MAX).saturating_add(1).max(3);
    let list = wanted.min(most);
    let below = body.y.saturating_add(list).saturating_add(1);
    Panes {
        list: Some(Rect { height: list, ..body }),
        divider: Some(Rect { y: body.y.saturating_add(list), height: 1, ..body }),
        why: Some(Rect { y: below, height: body.bottom().saturating_sub(below), ..body }),
    }
}

/// Lines of one cause in the list of causes: its fix needs room.
pub fn group_lines(columns: u16) -> u16 {
    if columns >= GROUP_IN_ONE_LINE { 1 } else { 2 }
}

/// Items of the current list that are visible at a time.
pub fn rows(state: &State) -> usize {
    let Some(parts) = parts(state.size) else { return 1 };
    let (height, lines) = match state.screen {
        Screen::Groups(_) => (parts.body.height, group_lines(parts.body.width)),
        _ => (panes(state, parts.body).list.map_or(1, |list| list.height), 1),
    };
    // The first row is the column heads.
    usize::from(height.saturating_sub(1) / lines.max(1)).max(1)
}

/// Columns and rows of the text that scrolls: the why pane, a detail tab, a page.
pub fn text(state: &State) -> (usize, usize) {
    let Some(parts) = parts(state.size) else { return (1, 1) };
    let area = match state.screen {
        Screen::List => panes(state, parts.body).why.unwrap_or(parts.body),
        _ => parts.body,
    };
    (usize::from(area.width), usize::from(area.height))
}

/// A box of that size in the middle of the screen.
pub fn centred(size: (u16, u16), width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(size.0), height.min(size.1));
    Rect::new(size.0.saturating_sub(width) / 2, size.1.saturating_sub(height) / 2, width, height)
}
