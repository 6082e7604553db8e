//! States to draw and keys to press.

use crate::held::done;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;
use whycors::report::view::Report;
use whycors::tui::feed::{feed, work};
use whycors::tui::state::State;
use whycors::tui::theme::Look;
use whycors::tui::update::Effect;
use whycors::tui::{press, view};

pub(crate) const SIZES: [(u16, u16); 3] = [(60, 18), (80, 24), (120, 36)];

pub(crate) fn sample(name: &str) -> Report {
    let path = format!("{}/tests/reports/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the sample is checked in");
    serde_json::from_str(&text).expect("the sample is a report")
}

/// A state with a whole report in it.
pub(crate) fn state(name: &str, size: (u16, u16)) -> State {
    let mut state = State::new(Look { ascii: false, color: true }, size);
    feed(&mut state, done(sample(name)), Duration::ZERO);
    settle(&mut state);
    state
}

/// Does everything that is left to do.
pub(crate) fn settle(state: &mut State) {
    for _ in 0..10_000 {
        if !state.busy() {
            return;
        }
        work(state, 512);
    }
    unreachable!("the work does not end");
}

/// The key of a name: `Enter`, `C-z`, `j`.
fn key(name: &str) -> KeyEvent {
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "BackTab" => KeyCode::BackTab,
        "Backspace" => KeyCode::Backspace,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "PgDn" => KeyCode::PageDown,
        "End" => KeyCode::End,
        "Space" => KeyCode::Char(' '),
        _ => {
            let letter = name.chars().last().expect("a key has a name");
            let modifiers = if name.starts_with("C-") { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
            return KeyEvent::new(KeyCode::Char(letter), modifiers);
        }
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// Presses keys, named and separated by blanks; returns the last effect.
pub(crate) fn keys(state: &mut State, names: &str) -> Effect {
    let mut effect = Effect::None;
    for name in names.split_whitespace() {
        effect = press(state, key(name));
        settle(state);
    }
    effect
}

/// Types a text.
pub(crate) fn type_in(state: &mut State, text: &str) {
    for c in text.chars() {
        press(state, KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        settle(state);
    }
}

pub(crate) fn buffer(state: &State) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(state.size.0, state.size.1)).expect("a test backend");
    terminal.draw(|frame| view::draw(state, frame)).expect("a test backend draws");
    terminal.backend().buffer().clone()
}

/// What is on the screen, row by row, without blanks at the end.
pub(crate) fn screen(state: &State) -> String {
    let buffer = buffer(state);
    let width = usize::from(buffer.area.width).max(1);
    let mut out = String::new();
    for row in buffer.content.chunks(width) {
        let mut line = String::new();
        let mut covered = 0;
        for cell in row {
            // A wide character covers the cell behind it.
            if covered > 0 {
                covered -= 1;
                continue;
            }
            line.push_str(cell.symbol());
            covered = whycors::report::sanitize::width(cell.symbol()).saturating_sub(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
