//! State and action in, state and effect out.
//!
//! Owns what every action does. Pure: effects are carried out by the event loop, which reports
//! back through [`told`].

use super::action::Action;
use super::content;
use super::export::{self, CopyWhat, ExportFormat};
use super::geometry;
use super::groups::Groups;
use super::state::{Cursor, Notice, Overlay, Pane, Reading, Screen, State, Tab};
use super::typing::Typing;

/// Columns of one step sideways.
const SHIFT: usize = 16;
/// The furthest a request is scrolled sideways.
const FURTHEST: usize = 2_048;

/// What the event loop has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing but draw.
    None,
    /// Leave.
    Quit,
    /// Ask the analysis to stop and settle what it has.
    StopReading,
    /// Give the terminal back and stop the process until it is continued.
    Suspend,
    /// Draw every cell anew.
    Redraw,
    /// Capture the mouse, or let it go.
    Mouse(bool),
    /// Send a text to the terminal's clipboard.
    Copy {
        /// What it is, for the notice.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// Write what is shown to a file.
    Write {
        /// As what.
        format: ExportFormat,
        /// Where to.
        path: String,
        /// Replace a file that exists.
        overwrite: bool,
    },
}

/// What became of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A text was sent to the terminal.
    Sent {
        /// What.
        what: &'static str,
        /// How long.
        bytes: usize,
    },
    /// A file was written.
    Written {
        /// Where.
        path: String,
        /// How many findings.
        findings: usize,
    },
    /// The file exists and was left alone.
    Exists {
        /// As what.
        format: ExportFormat,
        /// Where.
        path: String,
    },
    /// It did not work, one line.
    Failed(String),
}

/// Takes the outcome of an effect in.
pub fn told(state: &mut State, told: Told) {
    match told {
        Told::Sent { what, bytes } => {
            let text = format!("{what} sent to the terminal's clipboard (OSC 52, {bytes} bytes); e writes a file");
            notice(state, text, false);
        }
        Told::Written { path, findings } => {
            let what = crate::report::words::counted(findings as u64, "finding", "findings");
            notice(state, format!("{what} written to {path}"), false);
        }
        Told::Exists { format, path } => state.overlay = Overlay::Overwrite { format, path },
        Told::Failed(text) => notice(state, text, true),
    }
}

fn notice(state: &mut State, text: String, error: bool) {
    state.notice = Some(Notice { text, error });
}

/// Does what the user wants.
pub fn update(state: &mut State, action: Action) -> Effect {
    if let Action::Resize(width, height) = action {
        state.size = (width, height);
        clamp(state);
        return Effect::None;
    }
    state.notice = None;
    match action {
        Action::Quit => return Effect::Quit,
        Action::Suspend => return Effect::Suspend,
        Action::Redraw => return Effect::Redraw,
        Action::Mouse => {
            state.mouse = !state.mouse;
            let text = if state.mouse { "mouse on: click selects, wheel moves" } else { "mouse off" };
            notice(state, text.to_owned(), false);
            return Effect::Mouse(state.mouse);
        }
        _ => {}
    }
    let effect = match state.overlay {
        Overlay::None => on_screen(state, action),
        _ => super::overlay::update(state, action),
    };
    clamp(state);
    effect
}

fn on_screen(state: &mut State, action: Action) -> Effect {
    match action {
        Action::Filter => {
            let before = (state.index.text.clone(), state.index.on);
            let typing = Typing::of(&state.index.text);
            // Editing shows what the text matches, also when it was switched off.
            state.index.set_filter(&before.0);
            state.overlay = Overlay::Filter { typing, before };
            leave_to_list(state);
        }
        Action::ToggleFilter => {
            state.index.on = !state.index.on;
            state.index.restart();
            if !state.index.has_filter() {
                notice(state, "no filter yet; / starts one".to_owned(), false);
            }
        }
        Action::Sort => {
            state.index.sort = state.index.sort.next();
            state.index.restart();
            notice(state, format!("sorted by {}", state.index.sort.name()), false);
        }
        Action::Reverse => {
            state.index.reversed = !state.index.reversed;
            state.index.restart();
        }
        Action::Show => {
            state.index.show = state.index.show.next();
            state.index.restart();
            notice(state, format!("shown: {}", state.index.show.name()), false);
        }
        Action::Groups => {
            state.screen = match state.screen {
                Screen::Groups(_) => Screen::List,
                _ => Screen::Groups(Cursor::default()),
            };
        }
        Action::Remarks => {
            state.screen = match state.screen {
                Screen::Remarks { .. } => Screen::List,
                _ => Screen::Remarks { scroll: 0 },
            };
        }
        Action::Inputs => {
            state.screen = match state.screen {
                Screen::Inputs { .. } => Screen::List,
                _ => Screen::Inputs { scroll: 0 },
            };
        }
        Action::Help => state.overlay = Overlay::Help { scroll: 0 },
        Action::Copy if state.selected().is_some() => state.overlay = Overlay::Copy { at: 0 },
        Action::Copy if state.selected_row().is_some() => notice(state, content::LATER.to_owned(), true),
        Action::Copy => notice(state, "no finding is selected".to_owned(), true),
        Action::Export => state.overlay = Overlay::Export { at: 0 },
        Action::Maximise => state.maximised = !state.maximised,
        Action::ShiftLeft => state.shift = state.shift.saturating_sub(SHIFT),
        Action::ShiftRight => state.shift = state.shift.saturating_add(SHIFT).min(FURTHEST),
        Action::Next => step(state, true),
        Action::Previous => step(state, false),
        Action::Open => open(state),
        Action::Back => return back(state),
        Action::NextTab | Action::PreviousTab | Action::Tab(_) => tab(state, action),
        Action::Click(column, row) => click(state, column, row),
        action => travel(state, action),
    }
    Effect::None
}

fn leave_to_list(state: &mut State) {
    if !matches!(state.screen, Screen::Groups(_)) {
        state.screen = Screen::List;
    }
}

/// Next or previous finding, from any screen.
fn step(state: &mut State, forward: bool) {
    let at = state.cursor.at;
    select(state, if forward { at.saturating_add(1) } else { at.saturating_sub(1) });
    match &mut state.screen {
        Screen::Detail { scroll, .. } => *scroll = 0,
        Screen::List => {}
        screen => *screen = Screen::Detail { tab: Tab::default(), scroll: 0 },
    }
}

/// Selects a row of the list.
fn select(state: &mut State, row: usize) {
    // The size of the list does not depend on the screen that is open.
    let screen = std::mem::replace(&mut state.screen, Screen::List);
    let rows = geometry::rows(state);
    state.screen = screen;
    let before = state.cursor.at;
    state.cursor.go(row, state.index.shown().len(), rows);
    if state.cursor.at != before {
        state.why_scroll = 0;
    }
    state.chosen = state.row(state.cursor.at).map(|row| row.number);
}

fn open(state: &mut State) {
    match state.screen {
        Screen::List if state.selected_row().is_some() => {
            select(state, state.cursor.at);
            state.screen = Screen::Detail { tab: Tab::default(), scroll: 0 };
        }
        Screen::Groups(cursor) => {
            if let Some(group) = state.groups.list.get(cursor.at) {
                state.index.show_only(Groups::numbers(group, &state.findings));
                (state.screen, state.chosen) = (Screen::List, None);
                notice(state, "only this cause; Esc shows all again".to_owned(), false);
            }
        }
        _ => {}
    }
}

/// Undoes one level: screen, pane, reading, filter, nothing.
fn back(state: &mut State) -> Effect {
    if state.screen != Screen::List {
        state.screen = Screen::List;
    } else if state.maximised {
        state.maximised = false;
    } else if state.focus == Pane::Why {
        state.focus = Pane::List;
    } else if let Reading::Running(progress) = &state.reading {
        state.reading = Reading::Stopping(progress.clone());
        return Effect::StopReading;
    } else if !state.index.show_every() && !state.index.text.is_empty() {
        state.index.set_filter("");
    }
    Effect::None
}

fn tab(state: &mut State, action: Action) {
    match (&mut state.screen, action) {
        (Screen::Detail { tab, scroll }, action) => {
            let next = match action {
                Action::NextTab => tab.moved(1),
                Action::PreviousTab => tab.moved(Tab::ALL.len() - 1),
                Action::Tab(at) => Tab::default().moved(usize::from(at)),
                _ => *tab,
            };
            (*tab, *scroll) = (next, 0);
        }
        (Screen::List, _) => {
            state.focus = match state.focus {
                Pane::List => Pane::Why,
                Pane::Why => Pane::List,
            };
        }
        _ => {}
    }
}

fn click(state: &mut State, column: u16, row: u16) {
    let Some(parts) = geometry::parts(state.size) else { return };
    match state.screen {
        Screen::List => {
            let panes = geometry::panes(state, parts.body);
            let inside = |area: Option<ratatui::layout::Rect>| area.filter(|area| area.contains((column, row).into()));
            if let Some(list) = inside(panes.list) {
                state.focus = Pane::List;
                let line = usize::from(row.saturating_sub(list.y));
                let target = state.cursor.top.saturating_add(line.saturating_sub(1));
                if line > 0 && target < state.index.shown().len() {
                    if target == state.cursor.at { open(state) } else { select(state, target) }
                }
            } else if inside(panes.why).is_some() {
                state.focus = Pane::Why;
            }
        }
        Screen::Groups(mut cursor) if row > parts.body.y => {
            let line = row.saturating_sub(parts.body.y).saturating_sub(1);
            let item = line / geometry::group_lines(parts.body.width).max(1);
            let target = cursor.top.saturating_add(usize::from(item));
            cursor.go(target, state.groups.list.len(), geometry::rows(state));
            state.screen = Screen::Groups(cursor);
        }
        _ => {}
    }
}

/// The position after a movement, from `at` of `count` with `page` visible.
pub(super) fn moved(action: Action, at: usize, count: usize, page: usize) -> usize {
    let page = page.max(1);
    let last = count.saturating_sub(1);
    let to = match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => at.saturating_add(1),
        Action::PageUp => at.saturating_sub(page),
        Action::PageDown => at.saturating_add(page),
        Action::HalfUp => at.saturating_sub(page.div_ceil(2)),
        Action::HalfDown => at.saturating_add(page.div_ceil(2)),
        Action::First => 0,
        Action::Last => last,
        _ => at,
    };
    to.min(last)
}

fn travel(state: &mut State, action: Action) {
    let (_, height) = geometry::text(state);
    match &mut state.screen {
        Screen::List if state.focus == Pane::List => {
            let to = moved(action, state.cursor.at, state.index.shown().len(), geometry::rows(state));
            select(state, to);
        }
        Screen::List => state.why_scroll = moved(action, state.why_scroll, usize::MAX, height),
        Screen::Groups(cursor) => {
            let mut cursor = *cursor;
            let (count, rows) = (state.groups.list.len(), geometry::rows(state));
            cursor.go(moved(action, cursor.at, count, rows), count, rows);
            state.screen = Screen::Groups(cursor);
        }
        Screen::Detail { scroll, .. } | Screen::Remarks { scroll } | Screen::Inputs { scroll } => {
            *scroll = moved(action, *scroll, usize::MAX, height);
        }
    }
}

/// Brings cursors and scrolls back into range.
pub(super) fn clamp(state: &mut State) {
    let screen = std::mem::replace(&mut state.screen, Screen::List);
    let rows = geometry::rows(state);
    state.screen = screen;
    state.cursor.go(state.cursor.at, state.index.shown().len(), rows);
    let (columns, height) = geometry::text(state);
    let scrolled = match state.screen {
        Screen::List => state.why_scroll,
        Screen::Detail { scroll, .. } | Screen::Remarks { scroll } | Screen::Inputs { scroll } => scroll,
        Screen::Groups(_) => 0,
    };
    if scrolled == 0 {
        return;
    }
    let length = content::current(state, columns).map_or(0, |doc| doc.len());
    let most = length.saturating_sub(height);
    match &mut state.screen {
        Screen::List => state.why_scroll = state.why_scroll.min(most),
        Screen::Detail { scroll, .. } | Screen::Remarks { scroll } | Screen::Inputs { scroll } => {
            *scroll = (*scroll).min(most);
        }
        Screen::Groups(_) => {}
    }
}

/// The choice of an export, or the question what to call the file.
pub(super) fn choose_export(state: &mut State, format: ExportFormat) {
    state.overlay = Overlay::Path { format, typing: Typing::of(format.file()) };
}

/// Copies, or says that there is nothing to copy.
pub(super) fn choose_copy(state: &mut State, what: CopyWhat) -> Effect {
    state.overlay = Overlay::None;
    if let Some(text) = export::copy(state, what) {
        return Effect::Copy { what: what.name(), text };
    }
    notice(state, format!("this finding has no {}", what.name()), true);
    Effect::None
}
