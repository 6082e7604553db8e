//! The README's picture, drawn by the real view: `UPDATE=1 cargo test --test program screenshot::` rewrites
//! it, otherwise it is compared, so that it cannot go stale.

use crate::held::done;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;
use std::time::Duration;
use whycors::report::view::Report;
use whycors::tui::feed::{feed, work};
use whycors::tui::state::State;
use whycors::tui::theme::Look;
use whycors::tui::update::update;
use whycors::tui::{action::Action, view};

const COLUMNS: u16 = 132;
const ROWS: u16 = 30;
const CELL: (f64, f64) = (8.4, 18.0);
const MARGIN: f64 = 14.0;

fn sample(name: &str) -> Report {
    let path = format!("{}/tests/reports/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the sample is checked in");
    serde_json::from_str(&text).expect("the sample is a report")
}

/// A busy page with one finding told in full, selected.
fn state() -> State {
    let mut report = sample("busy-clear");
    let full = sample("ng-dup").findings.remove(0);
    let slot = report.findings.iter_mut().find(|finding| finding.title() == full.title()).expect("a finding like it");
    let number = slot.number;
    *slot = full;
    slot.number = number;
    let mut state = State::new(Look { ascii: false, color: true }, (COLUMNS, ROWS));
    feed(&mut state, done(report), Duration::ZERO);
    while state.busy() {
        work(&mut state, 512);
    }
    while state.selected_row().is_some_and(|row| row.number != number) {
        update(&mut state, Action::Down);
    }
    state
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Fill and extra attributes of a cell's text; the reverse of it is drawn by a rectangle below.
fn style(cell: &Cell) -> (&'static str, String) {
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let fill = match cell.fg {
        _ if reversed => "#1e2127",
        Color::Red => "#e06c75",
        Color::Green => "#98c379",
        Color::Yellow => "#e5c07b",
        Color::Cyan => "#56b6c2",
        _ => "#d7dae0",
    };
    let mut more = String::new();
    if cell.modifier.contains(Modifier::BOLD) {
        more.push_str(" font-weight=\"bold\"");
    }
    if cell.modifier.contains(Modifier::DIM) && !reversed {
        more.push_str(" opacity=\"0.6\"");
    }
    if cell.modifier.contains(Modifier::CROSSED_OUT) {
        more.push_str(" text-decoration=\"line-through\"");
    }
    (fill, more)
}

fn svg(buffer: &Buffer) -> String {
    let (width, height) = (f64::from(COLUMNS) * CELL.0 + 2.0 * MARGIN, f64::from(ROWS) * CELL.1 + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" role=\"img\" \
         aria-label=\"whycors: a list of blocked requests, and why one of them was blocked\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e2127\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
         font-size=\"14\">\n"
    );
    for y in 0..ROWS {
        let mut x = 0;
        while x < COLUMNS {
            let first = &buffer[(x, y)];
            let look = style(first);
            let mut text = String::new();
            let from = x;
            while x < COLUMNS && style(&buffer[(x, y)]) == look {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            let (left, cells) = (MARGIN + f64::from(from) * CELL.0, f64::from(x - from) * CELL.0);
            let top = MARGIN + f64::from(y) * CELL.1;
            if first.modifier.contains(Modifier::REVERSED) {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{cells:.1}\" height=\"{:.1}\" fill=\"#d7dae0\"/>",
                    CELL.1
                );
            }
            if !text.trim().is_empty() {
                let (fill, more) = look;
                let _ = writeln!(
                    out,
                    "<text xml:space=\"preserve\" x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{cells:.1}\" fill=\"{fill}\"{more}>{}</text>",
                    top + 13.5,
                    escape(&text)
                );
            }
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

#[test]
fn the_picture_shows_the_view_as_it_is() {
    let state = state();
    let mut terminal = Terminal::new(TestBackend::new(COLUMNS, ROWS)).expect("a test backend");
    terminal.draw(|frame| view::draw(&state, frame)).expect("a test backend draws");
    let drawn = svg(terminal.backend().buffer());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/screenshot.svg");
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/samples")).expect("a folder");
        std::fs::write(path, &drawn).expect("written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == drawn, "samples/screenshot.svg is not what the view draws; run with UPDATE=1");
}
