//! What actions do while something lies over the screen: help, filter, choices, questions.
//!
//! Owns those; the screens below are `update`'s.

use super::action::Action;
use super::content;
use super::export::{CopyWhat, ExportFormat};
use super::state::{Overlay, State};
use super::typing::Typing;
use super::update::{Effect, choose_copy, choose_export, moved};

/// Rows and columns of the frame around the help.
const FRAME: usize = 2;

/// The help's inner columns and rows on a screen.
pub(super) fn help_size(state: &State) -> (usize, usize) {
    let columns = usize::from(state.size.0).saturating_sub(4).min(84);
    let rows = usize::from(state.size.1).saturating_sub(2 + FRAME);
    (columns.saturating_sub(FRAME), rows)
}

pub(super) fn update(state: &mut State, action: Action) -> Effect {
    match state.overlay.clone() {
        Overlay::None => Effect::None,
        Overlay::Help { scroll } => help(state, action, scroll),
        Overlay::Filter { typing, before } => filter(state, action, typing, before),
        Overlay::Copy { at } => match chosen(action, at, &CopyWhat::ALL.map(CopyWhat::letter)) {
            Chosen::At(at) => {
                state.overlay = Overlay::Copy { at };
                Effect::None
            }
            Chosen::Taken(at) => CopyWhat::ALL.get(at).map_or(Effect::None, |what| choose_copy(state, *what)),
            Chosen::Nothing => close(state),
        },
        Overlay::Export { at } => {
            match chosen(action, at, &ExportFormat::ALL.map(ExportFormat::letter)) {
                Chosen::At(at) => state.overlay = Overlay::Export { at },
                Chosen::Taken(at) => {
                    if let Some(format) = ExportFormat::ALL.get(at) {
                        choose_export(state, *format);
                    }
                }
                Chosen::Nothing => return close(state),
            }
            Effect::None
        }
        Overlay::Path { format, mut typing } => match action {
            Action::Cancel => close(state),
            Action::Accept => {
                let path = typing.text().trim().to_owned();
                if path.is_empty() {
                    return Effect::None;
                }
                state.overlay = Overlay::None;
                Effect::Write { format, path, overwrite: false }
            }
            action => {
                edit(&mut typing, action);
                state.overlay = Overlay::Path { format, typing };
                Effect::None
            }
        },
        Overlay::Overwrite { format, path } => match action {
            Action::Yes => {
                state.overlay = Overlay::None;
                Effect::Write { format, path, overwrite: true }
            }
            Action::No => {
                state.overlay = Overlay::Path { format, typing: Typing::of(&path) };
                Effect::None
            }
            _ => Effect::None,
        },
    }
}

fn close(state: &mut State) -> Effect {
    state.overlay = Overlay::None;
    Effect::None
}

fn help(state: &mut State, action: Action, scroll: usize) -> Effect {
    if matches!(action, Action::Back | Action::Help | Action::Cancel) {
        return close(state);
    }
    let (columns, rows) = help_size(state);
    let most = content::help(columns, state.look).len().saturating_sub(rows);
    state.overlay = Overlay::Help { scroll: moved(action, scroll, most.saturating_add(1), rows) };
    Effect::None
}

fn filter(state: &mut State, action: Action, mut typing: Typing, before: (String, bool)) -> Effect {
    match action {
        Action::Cancel => {
            state.index.set_filter(&before.0);
            if !before.1 {
                state.index.on = false;
                state.index.restart();
            }
            return close(state);
        }
        Action::Accept => return close(state),
        // Erasing what is not there leaves, as at a prompt.
        Action::Erase if typing.text().is_empty() => return close(state),
        action => edit(&mut typing, action),
    }
    state.index.set_filter(&typing.text());
    state.overlay = Overlay::Filter { typing, before };
    Effect::None
}

fn edit(typing: &mut Typing, action: Action) {
    match action {
        Action::Type(c) => typing.insert(c),
        Action::Erase => {
            typing.erase();
        }
        Action::Delete => typing.delete(),
        Action::EraseWord => typing.erase_word(),
        Action::EraseAll => typing.clear(),
        Action::CursorLeft => typing.left(),
        Action::CursorRight => typing.right(),
        Action::CursorStart => typing.start(),
        Action::CursorEnd => typing.end(),
        _ => {}
    }
}

enum Chosen {
    At(usize),
    Taken(usize),
    Nothing,
}

fn chosen(action: Action, at: usize, letters: &[char]) -> Chosen {
    match action {
        Action::Cancel => Chosen::Nothing,
        Action::Accept => Chosen::Taken(at),
        Action::Type(letter) => {
            letters.iter().position(|other| *other == letter.to_ascii_lowercase()).map_or(Chosen::At(at), Chosen::Taken)
        }
        action => Chosen::At(moved(action, at, letters.len(), letters.len())),
    }
}
