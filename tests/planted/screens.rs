//! What the terminal UI shows, copies and exports of a report.

use crate::held::done;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;
use whycors::tui::export::{self, CopyWhat, ExportFormat};
use whycors::tui::feed::{feed, work};
use whycors::tui::state::State;
use whycors::tui::theme::Look;
use whycors::tui::{press, view};

/// Tall enough for whole pages; rows of the list are looked at by moving down.
const SIZE: (u16, u16) = (110, 130);
/// Of so many findings one is opened.
const EVERY: usize = 9;

fn settle(state: &mut State) {
    while state.busy() {
        work(state, 512);
    }
}

fn key(state: &mut State, code: KeyCode) {
    press(state, KeyEvent::new(code, KeyModifiers::NONE));
    settle(state);
}

fn draw(state: &State, out: &mut String) {
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    terminal.draw(|frame| view::draw(state, frame)).unwrap();
    let cells = &terminal.backend().buffer().content;
    for row in cells.chunks(usize::from(SIZE.0)) {
        out.extend(row.iter().map(ratatui::buffer::Cell::symbol));
        out.push('\n');
    }
}

/// Name and text of every output of a report in JSON.
pub(crate) fn of(json: &str) -> Vec<(String, String)> {
    let report = serde_json::from_str(json).expect("a report");
    let mut state = State::new(Look { ascii: false, color: false }, SIZE);
    feed(&mut state, done(report), Duration::ZERO);
    settle(&mut state);
    let rows = state.index.shown().len();
    assert!(rows > 100, "{rows} rows");
    let (mut lists, mut pages, mut copied) = (String::new(), String::new(), String::new());
    for row in 0..rows {
        if row % usize::from(SIZE.1 / 2) == 0 {
            draw(&state, &mut lists);
        }
        for what in CopyWhat::ALL {
            copied.extend(export::copy(&state, what));
        }
        if row % EVERY == 0 {
            key(&mut state, KeyCode::Enter);
            for _ in 0..3 {
                draw(&state, &mut pages);
                key(&mut state, KeyCode::Tab);
            }
            key(&mut state, KeyCode::Esc);
        }
        key(&mut state, KeyCode::Down);
    }
    assert!(pages.contains("Tab"), "{}", pages.get(..2000).unwrap_or(&pages));
    let mut out = vec![("lists".to_owned(), lists), ("pages".to_owned(), pages), ("clipboard".to_owned(), copied)];
    for format in ExportFormat::ALL {
        let mut bytes = Vec::new();
        export::write(&state, format, &mut bytes).unwrap();
        out.push((format!("export as {}", format.name()), String::from_utf8(bytes).unwrap()));
    }
    out
}
