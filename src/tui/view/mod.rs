//! The state drawn.
//!
//! Owns which parts a screen has. Pure: the same state gives the same cells, and nothing is
//! remembered between frames.

mod bars;
mod canvas;
mod list;

use super::content::{self, Page};
use super::doc::Row;
use super::geometry::{self, Parts, SMALLEST};
use super::overlay::help_size;
use super::state::{Overlay, Reading, Screen, State};
use super::theme::Ink;
use crate::report::{sanitize, words};
use canvas::Canvas;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Draws everything.
pub fn draw(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut canvas = Canvas { buf: frame.buffer_mut(), look: state.look };
    // A terminal may shrink between the event and the frame.
    let size = (state.size.0.min(area.width), state.size.1.min(area.height));
    let Some(parts) = geometry::parts(size) else {
        let text = format!("terminal too small (need {}x{})", SMALLEST.0, SMALLEST.1);
        canvas.row(area, &Row::of(Ink::Plain, &text));
        return;
    };
    bars_above(&mut canvas, state, &parts);
    // Side by side, the body writes the position over the rule.
    if let Some(rule) = parts.rule {
        canvas.rule(rule);
    }
    body(&mut canvas, state, &parts);
    let cursor = bars::footer(&mut canvas, state, parts.footer);
    overlays(&mut canvas, state, size);
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn bars_above(canvas: &mut Canvas<'_>, state: &State, parts: &Parts) {
    if let Screen::Detail { tab, .. } = state.screen {
        bars::request(canvas, state, parts.header);
        bars::tabs(canvas, state, tab, parts.line);
        return;
    }
    bars::header(canvas, state, parts.header);
    if let Some(progress) = state.reading() {
        bars::gauge(canvas, state, progress, parts.line);
    } else {
        canvas.rule(parts.line);
        alarm(canvas, state, parts.line);
    }
}

/// In the line under the header: that an input is damaged or the analysis ended early.
fn alarm(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let look = state.look;
    let broken = state.report.inputs.iter().find(|input| input.error.is_some());
    let text = match (&state.reading, broken) {
        (Reading::Failed(text), _) => format!("the analysis ended early: {text}"),
        (_, Some(input)) => format!("{}: {} (i)", bars::name(input), words::input(input)),
        _ => {
            let title = match state.screen {
                Screen::Remarks { .. } => "remarks",
                Screen::Inputs { .. } => "inputs and counts",
                Screen::Groups(_) => "by cause",
                _ if state.report.remarks.is_empty() => return,
                _ => {
                    let count = words::counted(state.report.remarks.len(), "remark", "remarks");
                    canvas.right(area, &Row::of(Ink::Dim, &format!(" {count} (r) {}", look.dash())));
                    return;
                }
            };
            canvas.row(area, &Row::of(Ink::Dim, look.dash()).with(Ink::Strong, &format!(" {title} ")));
            return;
        }
    };
    let text = sanitize::line(&text);
    let text = sanitize::truncate(&text, usize::from(area.width).saturating_sub(6), look.ellipsis());
    let row = Row::of(Ink::Dim, look.dash()).with(Ink::Fail, " ! ").with(Ink::Plain, &format!("{text} "));
    canvas.row(area, &row);
}

fn body(canvas: &mut Canvas<'_>, state: &State, parts: &Parts) {
    let area = parts.body;
    let page = Page { columns: usize::from(area.width), look: state.look, inputs: &state.report.inputs };
    match state.screen {
        Screen::List => list_screen(canvas, state, parts),
        Screen::Groups(cursor) => list::groups(canvas, state, area, cursor),
        Screen::Detail { scroll, .. } | Screen::Remarks { scroll } | Screen::Inputs { scroll } => {
            if let Some(doc) = content::current(state, page.columns) {
                canvas.doc(area, &doc, scroll);
                more(canvas, area, doc.len(), scroll);
            }
        }
    }
}

fn list_screen(canvas: &mut Canvas<'_>, state: &State, parts: &Parts) {
    let area = parts.body;
    let page = Page { columns: usize::from(area.width), look: state.look, inputs: &state.report.inputs };
    if state.index.shown().is_empty() {
        canvas.doc(area, &empty(state, page), 0);
        return;
    }
    let panes = geometry::panes(state, area);
    if let Some(list) = panes.list {
        list::findings(canvas, state, list);
    }
    match panes.divider {
        Some(divider) if divider.width == 1 => {
            for y in divider.y..divider.bottom() {
                canvas.row(Rect { y, height: 1, ..divider }, &Row::of(Ink::Dim, state.look.bar()));
            }
            if let Some(rule) = parts.rule {
                bars::divider(canvas, state, rule);
            }
        }
        Some(divider) => bars::divider(canvas, state, divider),
        None => {}
    }
    if let Some(why) = panes.why {
        // A blank column between the vertical rule and the text is part of the text's margin.
        if let Some(doc) = content::current(state, usize::from(why.width)) {
            canvas.doc(why, &doc, state.why_scroll);
            more(canvas, why, doc.len(), state.why_scroll);
        }
    }
}

/// Says at the right of the last row that a text goes on.
fn more(canvas: &mut Canvas<'_>, area: Rect, length: usize, scroll: usize) {
    let below = length.saturating_sub(scroll.saturating_add(usize::from(area.height)));
    if below > 0 && area.height > 1 {
        let row = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        let text = format!(" {} {below} more ", canvas.look.pick("▼", "v"));
        canvas.right(row, &Row::of(Ink::Dim, &text));
    }
}

/// What stands in place of a list without rows.
fn empty(state: &State, page: Page<'_>) -> Vec<Row> {
    let look = state.look;
    if state.findings.rows().is_empty() || state.clean() {
        match &state.reading {
            Reading::Running(progress) | Reading::Stopping(progress) => {
                let mut doc = vec![Row::default()];
                let name = if progress.name.is_empty() { "the input" } else { progress.name.as_str() };
                doc.push(Row::of(Ink::Plain, &format!("   reading {name}{}", look.pick("…", "..."))));
                doc.push(Row::default());
                let exchanges = words::counted(progress.exchanges, "exchange", "exchanges");
                doc.push(Row::of(Ink::Plain, &format!("   {exchanges} so far, no failing request yet")));
                return doc;
            }
            Reading::Done | Reading::Failed(_) => {
                if let Some(doc) = content::clean(&state.report, page).filter(|_| !state.index.filtered()) {
                    return doc;
                }
            }
        }
    }
    if state.index.busy() {
        return Vec::new();
    }
    let mut doc = vec![Row::default()];
    let what = state.index.candidates();
    if state.index.filtered() {
        let all = words::counted(what, "finding", "findings");
        doc.push(Row::of(Ink::Doubt, "   ? ").with(Ink::Strong, &format!("0 of {all} match the filter")));
        doc.push(Row::default());
        doc.push(Row::of(Ink::Plain, &format!("     {}", state.index.filter_words())));
        doc.push(Row::default());
        doc.push(Row::of(Ink::Plain, "     / edits it, F switches it off, Esc clears it"));
    } else {
        let text = format!("nothing to show as {}; a shows more", state.index.show.name());
        doc.push(Row::of(Ink::Plain, &format!("   {text}")));
    }
    doc
}

fn overlays(canvas: &mut Canvas<'_>, state: &State, size: (u16, u16)) {
    match &state.overlay {
        Overlay::Help { scroll } => {
            let (columns, rows) = help_size(state);
            let doc = content::help(columns, state.look);
            let wanted = |n: usize| u16::try_from(n.saturating_add(2)).unwrap_or(u16::MAX);
            let area = geometry::centred(size, wanted(columns), wanted(rows.min(doc.len())));
            let inner = canvas.frame(area, "keys");
            canvas.doc(inner, &doc, *scroll);
            more(canvas, inner, doc.len(), *scroll);
        }
        Overlay::Copy { at } => chooser(canvas, state, size, "copy", *at),
        Overlay::Export { at } => {
            let count = words::counted(state.index.shown().len(), "finding", "findings");
            chooser(canvas, state, size, &format!("export {count}"), *at);
        }
        Overlay::Overwrite { path, .. } => {
            let text = sanitize::line(path);
            let width = sanitize::width(&text).saturating_add(6).max(36);
            let area = geometry::centred(size, u16::try_from(width).unwrap_or(u16::MAX), 5);
            let inner = canvas.frame(area, "the file exists");
            let room = usize::from(inner.width).saturating_sub(2);
            let name = sanitize::truncate(&text, room, state.look.ellipsis());
            let doc = [
                Row::of(Ink::Strong, &format!(" {name}")),
                Row::default(),
                Row::of(Ink::Label, " y")
                    .with(Ink::Plain, " overwrite   ")
                    .with(Ink::Label, "n")
                    .with(Ink::Plain, " another name"),
            ];
            canvas.doc(inner, &doc, 0);
        }
        Overlay::None | Overlay::Filter { .. } | Overlay::Path { .. } => {}
    }
}

fn chooser(canvas: &mut Canvas<'_>, state: &State, size: (u16, u16), title: &str, at: usize) {
    let choices = state.choices();
    let height = u16::try_from(choices.len().saturating_add(2)).unwrap_or(u16::MAX);
    let width = u16::try_from(sanitize::width(title).saturating_add(6).max(24)).unwrap_or(u16::MAX);
    let inner = canvas.frame(geometry::centred(size, width, height), title);
    for (index, (y, (letter, name))) in (inner.y..inner.bottom()).zip(choices).enumerate() {
        let pointer = if index == at { state.look.pointer() } else { " " };
        let row = Row::of(Ink::Strong, &format!(" {pointer} "))
            .with(Ink::Label, &letter.to_string())
            .with(Ink::Plain, &format!("  {name}"));
        let line = Rect { y, height: 1, ..inner };
        if index == at {
            canvas.reversed(line, &row);
        } else {
            canvas.row(line, &row);
        }
    }
}
