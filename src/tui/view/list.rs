//! The list of findings, and the list of causes.
//!
//! Owns columns. Draws visible rows only, so that the cost does not grow with the findings.

use super::canvas::Canvas;
use crate::report::view::Finding;
use crate::report::{sanitize, words};
use crate::tui::choice::Sort;
use crate::tui::doc::Row;
use crate::tui::state::{Cursor, Pane, State};
use crate::tui::theme::{self, Ink, Look};
use ratatui::layout::Rect;

/// Columns of the title of a cause.
const TITLE: usize = 32;

struct Columns {
    number: usize,
    time: usize,
    method: usize,
    why: usize,
    request: usize,
}

impl Columns {
    /// Shares the width: the request gets what is left, the time goes first when that is little.
    fn of(width: usize, highest: u32) -> Self {
        let number = highest.to_string().len().max(2);
        let method = 7;
        let fixed = 3 + number + 2 + method + 1;
        let time = if width >= 74 { 9 } else { 0 };
        let left = width.saturating_sub(fixed + time);
        let why = (TITLE + 2).min(left.saturating_mul(3) / 5).max(16.min(left));
        Self { number, time, method, why, request: left.saturating_sub(why + 1) }
    }
}

fn cut(text: &str, columns: usize, look: Look) -> String {
    sanitize::pad(&sanitize::line(text), columns, look.ellipsis())
}

/// Column heads and the visible rows.
pub(super) fn findings(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let look = state.look;
    let highest = state.report.findings.last().map_or(0, |finding| finding.number);
    let columns = Columns::of(usize::from(area.width), highest);
    let sort = |by: Sort, name: &str| {
        if state.index.sort != by {
            return name.to_owned();
        }
        let arrow = if state.index.reversed { look.pick("▼", "v") } else { look.pick("▲", "^") };
        format!("{name}{arrow}")
    };
    let number = sort(Sort::Number, "#");
    let mut head = Row::default().pad_to((3 + columns.number).saturating_sub(sanitize::width(&number)));
    head = head.with(Ink::Label, &number).pad_to(3 + columns.number + 2);
    if columns.time > 0 {
        head = head.with(Ink::Label, &cut(&sort(Sort::Time, "TIME"), columns.time, look));
    }
    head = head
        .with(Ink::Label, &cut(&sort(Sort::Method, "METHOD"), columns.method + 1, look))
        .with(Ink::Label, &cut(&sort(Sort::Why, "WHY IT FAILED"), columns.why + 1, look))
        .with(Ink::Label, &sort(Sort::Request, "REQUEST"));
    canvas.row(Rect { height: 1, ..area }, &head);
    for (y, at) in (area.y.saturating_add(1)..area.bottom()).zip(state.cursor.top..state.index.shown().len()) {
        let Some(finding) = state.finding(at) else { continue };
        let line = Rect { y, height: 1, ..area };
        let selected = at == state.cursor.at;
        let row = finding_row(finding, &columns, state, selected);
        // Without the focus the pointer alone says which row it is.
        if selected && state.focus == Pane::List {
            canvas.reversed(line, &row);
        } else {
            canvas.row(line, &row);
        }
    }
}

fn finding_row(finding: &Finding, columns: &Columns, state: &State, selected: bool) -> Row {
    let look = state.look;
    let pointer = if selected { look.pointer() } else { " " };
    let number = finding.number.to_string();
    let mut row = Row::of(Ink::Strong, &format!(" {pointer} "))
        .pad_to((3 + columns.number).saturating_sub(number.len()))
        .with(Ink::Plain, &number)
        .pad_to(3 + columns.number + 2);
    if columns.time > 0 {
        let time = finding.started.as_deref().map(words::clock).unwrap_or_default();
        let time = time.split('.').next().unwrap_or_default();
        row = row.with(Ink::Dim, &cut(time, columns.time - 1, look)).with(Ink::Plain, " ");
    }
    let request = format!("{}{}", finding.host(), finding.path());
    let request = sanitize::line(&request);
    let request: String = request.chars().skip(state.shift).collect();
    row.with(Ink::Plain, &cut(finding.called_method(), columns.method, look))
        .with(theme::of(finding), &format!(" {} ", look.verdict(finding.verdict)))
        .with(Ink::Plain, &cut(finding.title(), columns.why.saturating_sub(2), look))
        .with(Ink::Plain, &format!(" {}", sanitize::truncate(&request, columns.request, look.ellipsis())))
}

/// Causes by server, biggest first.
pub(super) fn groups(canvas: &mut Canvas<'_>, state: &State, area: Rect, cursor: Cursor) {
    let look = state.look;
    let width = usize::from(area.width);
    let host = (width.saturating_sub(44) / 2).clamp(8, 32);
    let title = (TITLE + 2).min(width.saturating_sub(12 + host));
    let head = Row::default()
        .pad_to(3)
        .with(Ink::Label, "COUNT")
        .pad_to(10)
        .with(Ink::Label, &cut("CAUSE", title + 1, look))
        .with(Ink::Label, &cut("SERVER", host + 1, look))
        .with(Ink::Label, "FIX");
    canvas.row(Rect { height: 1, ..area }, &head);
    for (y, at) in (area.y.saturating_add(1)..area.bottom()).zip(cursor.top..state.groups.list.len()) {
        let Some(group) = state.groups.list.get(at) else { continue };
        let Some(finding) = state.report.findings.get(group.first) else { continue };
        let pointer = if at == cursor.at { look.pointer() } else { " " };
        let count = words::number(group.count as u64);
        let fix = finding.fixes.first().map_or("", |fix| fix.title.as_str());
        let row = Row::of(Ink::Strong, &format!(" {pointer} "))
            .pad_to(8usize.saturating_sub(count.len()))
            .with(Ink::Plain, &count)
            .pad_to(9)
            .with(theme::of(finding), &format!(" {} ", look.verdict(finding.verdict)))
            .with(Ink::Plain, &cut(finding.title(), title.saturating_sub(2), look))
            .with(Ink::Plain, &format!(" {} ", cut(finding.host(), host, look)))
            .with(Ink::Plain, &cut(fix, width.saturating_sub(13 + title + host), look));
        let line = Rect { y, height: 1, ..area };
        if at == cursor.at {
            canvas.reversed(line, &row);
        } else {
            canvas.row(line, &row);
        }
    }
}
