//! The list of findings, and the list of causes.
//!
//! Owns columns. Draws visible rows only, so that the cost does not grow with the findings.

use super::canvas::Canvas;
use crate::report::list_row::ListRow;
use crate::report::view::Finding;
use crate::report::{sanitize, words};
use crate::tui::choice::Sort;
use crate::tui::doc::Row;
use crate::tui::geometry;
use crate::tui::state::{Cursor, Pane, State};
use crate::tui::theme::{self, Ink, Look};
use ratatui::layout::Rect;

/// Columns of the title of a cause.
const TITLE: usize = 32;
/// Columns of a request below which it tells requests apart no longer.
const REQUEST: usize = 12;
/// Where the fix of a cause stands when it has a line of its own: under the title.
const FIX: usize = 12;

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
        let time = if width >= fixed + 9 + TITLE + 3 + REQUEST { 9 } else { 0 };
        let left = width.saturating_sub(fixed + time);
        let whole = TITLE + 2;
        let why = if left > whole + REQUEST { whole } else { whole.min(left.saturating_mul(3) / 5).max(16.min(left)) };
        Self { number, time, method, why, request: left.saturating_sub(why + 1) }
    }
}

fn cut(text: &str, columns: usize, look: Look) -> String {
    sanitize::pad(&sanitize::line(text), columns, look.ellipsis())
}

/// Column heads and the visible rows.
pub(super) fn findings(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let look = state.look;
    let highest = state.findings.rows().last().map_or(0, |row| row.number);
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
        let Some(finding) = state.row(at) else { continue };
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

fn finding_row(finding: &ListRow, columns: &Columns, state: &State, selected: bool) -> Row {
    let look = state.look;
    let pointer = if selected { look.pointer() } else { " " };
    let number = finding.number.to_string();
    let mut row = Row::of(Ink::Strong, &format!(" {pointer} "))
        .pad_to((3 + columns.number).saturating_sub(number.len()))
        .with(Ink::Plain, &number)
        .pad_to(3 + columns.number + 2);
    if columns.time > 0 {
        row = row.with(Ink::Dim, &cut(finding.time(), columns.time - 1, look)).with(Ink::Plain, " ");
    }
    let request = request(finding, columns.request, state);
    row.with(Ink::Plain, &cut(finding.method(), columns.method, look))
        .with(theme::ink(finding.verdict()), &format!(" {} ", look.verdict(finding.verdict())))
        .with(Ink::Plain, &cut(finding.title(), columns.why.saturating_sub(2), look))
        .with(Ink::Plain, &format!(" {request}"))
}

/// The request, cut in the middle when it is long: rows mostly differ in how their paths end.
fn request(finding: &ListRow, columns: usize, state: &State) -> String {
    let ellipsis = state.look.ellipsis();
    let request = sanitize::line(finding.target());
    if state.shift > 0 {
        let rest: String = request.chars().skip(state.shift).collect();
        return sanitize::truncate(&rest, columns, ellipsis).into_owned();
    }
    if sanitize::width(&request) <= columns {
        return request.into_owned();
    }
    let request = match request.split_once('?') {
        Some((path, query)) if !query.is_empty() => format!("{path}?{ellipsis}").into(),
        _ => request,
    };
    if sanitize::width(&request) <= columns {
        return request.into_owned();
    }
    let start = sanitize::truncate(&request, (columns / 3).max(sanitize::width(ellipsis)), ellipsis).into_owned();
    let mut end = String::new();
    let mut room = columns.saturating_sub(sanitize::width(&start));
    for char in request.chars().rev() {
        let width = sanitize::width(char.encode_utf8(&mut [0; 4]));
        if width > room {
            break;
        }
        room = room.saturating_sub(width);
        end.insert(0, char);
    }
    start + &end
}

/// Causes, worst and biggest first, each with its fix behind it or below.
pub(super) fn groups(canvas: &mut Canvas<'_>, state: &State, area: Rect, cursor: Cursor) {
    let look = state.look;
    let width = usize::from(area.width);
    let lines = geometry::group_lines(area.width);
    let below = lines > 1;
    let title = (TITLE + 2).min(width.saturating_sub(20));
    let left = width.saturating_sub(FIX + title);
    let host = if below { left } else { left.min(32) };
    let head = Row::default()
        .pad_to(3)
        .with(Ink::Label, "COUNT")
        .pad_to(10)
        .with(Ink::Label, &cut(if below { "CAUSE and fix" } else { "CAUSE" }, title + 1, look))
        .with(Ink::Label, &cut("SERVER", host + 1, look))
        .with(Ink::Label, if below { "" } else { "FIX" });
    canvas.row(Rect { height: 1, ..area }, &head);
    let mut y = area.y.saturating_add(1);
    for at in cursor.top..state.groups.list.len() {
        if y >= area.bottom() {
            break;
        }
        let Some(group) = state.groups.list.get(at) else { continue };
        let Some(finding) = state.findings.rows().get(group.first()) else { continue };
        let others = if state.groups.many_servers.get(at).copied().unwrap_or_default() { " and others" } else { "" };
        let server = format!("{}{others}", finding.host());
        let pointer = if at == cursor.at { look.pointer() } else { " " };
        let count = words::number(group.count() as u64);
        let row = Row::of(Ink::Strong, &format!(" {pointer} "))
            .pad_to(8usize.saturating_sub(count.len()))
            .with(Ink::Plain, &count)
            .pad_to(9)
            .with(theme::ink(finding.verdict()), &format!(" {} ", look.verdict(finding.verdict())))
            .with(Ink::Plain, &cut(finding.title(), title.saturating_sub(2), look))
            .with(Ink::Plain, &format!(" {}", cut(&server, host, look)));
        let whole = state.findings.finding(group.first());
        let (label, text) = whole.as_deref().map(remedy).unwrap_or_default();
        let rows = if below {
            let room = width.saturating_sub(FIX + label.len());
            let fix = Row::default().pad_to(FIX).with(Ink::Label, label).with(Ink::Plain, &cut(text, room, look));
            vec![row, fix]
        } else {
            vec![row.with(Ink::Plain, &format!(" {}", cut(text, left.saturating_sub(host + 2), look)))]
        };
        for row in rows {
            let line = Rect { y, height: 1, ..area }.intersection(area);
            if at == cursor.at {
                canvas.reversed(line, &row);
            } else {
                canvas.row(line, &row);
            }
            y = y.saturating_add(1);
        }
    }
}

/// What to do about a finding, or what to ask for where that is not known.
fn remedy(finding: &Finding) -> (&'static str, &str) {
    match (finding.fixes.first(), &finding.doubt) {
        (Some(fix), _) => ("fix ", fix.title.as_str()),
        (None, Some(doubt)) => ("ask ", doubt.ask.lines().next().unwrap_or_default()),
        (None, None) => ("", ""),
    }
}
