//! The lines that frame every screen: header, gauge, tabs, divider, footer.
//!
//! Owns what they say at which width.

use super::canvas::Canvas;
use crate::report::view::Input;
use crate::report::{sanitize, words};
use crate::tui::action::{Action, Mode, TABLE};
use crate::tui::doc::Row;
use crate::tui::state::{Overlay, Pane, Progress, Reading, State, Tab};
use crate::tui::theme::{self, Ink};
use ratatui::layout::Rect;
use std::fmt::Write as _;

/// Name, inputs, counts.
pub(super) fn header(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let look = state.look;
    let tally = state.tally;
    let mut counts = Row::default();
    let parts = [
        (look.pick("✗", "x"), Ink::Fail, tally.failed, "failing"),
        ("?", Ink::Doubt, tally.undecided, "undecided"),
        (look.pick("✓", "+"), Ink::Pass, tally.passed, "ok"),
    ];
    for (symbol, ink, count, word) in parts {
        if count > 0 {
            counts = counts.with(ink, symbol).with(Ink::Plain, &format!(" {} {word}   ", words::number(count)));
        }
    }
    if let Some((_, last)) = counts.0.last_mut() {
        last.truncate(last.trim_end().len());
        last.push(' ');
    }
    let name = Row::of(Ink::Strong, " whycors  ");
    let room = usize::from(area.width).saturating_sub(name.width() + counts.width() + 2);
    let inputs = match state.reading() {
        _ if !state.report.inputs.is_empty() => inputs(state, room),
        Some(progress) => progress.name.clone(),
        None => String::new(),
    };
    let inputs = sanitize::line(&inputs);
    canvas.row(area, &name.with(Ink::Plain, &sanitize::truncate(&inputs, room, look.ellipsis())));
    canvas.right(area, &counts);
}

/// The name of an input without its folders.
pub(super) fn name(input: &Input) -> &str {
    input.path.rsplit(['/', '\\']).next().unwrap_or(&input.path)
}

/// As many names as fit, then how many more.
fn inputs(state: &State, room: usize) -> String {
    let inputs = &state.report.inputs;
    let mut out = String::new();
    for (index, input) in inputs.iter().enumerate().take(32) {
        let more = inputs.len() - index;
        let next = if index == 0 { name(input).to_owned() } else { format!(", {}", name(input)) };
        if index > 0 && sanitize::width(&out) + sanitize::width(&next) + 10 > room {
            return format!("{out} and {more} more");
        }
        out.push_str(&next);
    }
    out
}

/// `4.3 MB`
fn bytes(n: u64) -> String {
    let (mut unit, mut scale) = ("B", 1u64);
    for next in ["kB", "MB", "GB", "TB"] {
        if n / scale < 1_000 {
            break;
        }
        (scale, unit) = (scale.saturating_mul(1_000), next);
    }
    let whole = n / scale;
    if scale == 1 || whole >= 100 {
        return format!("{whole} {unit}");
    }
    format!("{whole}.{} {unit}", n % scale / (scale / 10))
}

/// The gauge: share, bytes, rate, what remains.
pub(super) fn gauge(canvas: &mut Canvas<'_>, state: &State, progress: &Progress, area: Rect) {
    let look = state.look;
    if matches!(state.reading, Reading::Stopping(_)) {
        canvas.row(area, &Row::of(Ink::Doubt, " stopping; what was found stays"));
        return;
    }
    let read = progress.read;
    let millis = u64::try_from(progress.now.saturating_sub(progress.since).as_millis()).unwrap_or(u64::MAX);
    // The first moments say nothing about the rate.
    let rate = if millis > 200 { Some(read.saturating_mul(1_000) / millis) } else { None };
    let rate_text = rate.map(|rate| format!("   {}/s", bytes(rate))).unwrap_or_default();
    let Some(size) = progress.size.filter(|size| *size > 0) else {
        let exchanges = words::counted(progress.exchanges, "exchange", "exchanges");
        canvas.row(area, &Row::of(Ink::Plain, &format!(" {} read{rate_text}   {exchanges}", bytes(read))));
        return;
    };
    let share = |of: u64| -> usize {
        let part = u128::from(read.min(size)) * u128::from(of) / u128::from(size);
        usize::try_from(part).unwrap_or_default()
    };
    let left = match rate.and_then(|rate| size.saturating_sub(read).checked_div(rate)) {
        Some(left) if left >= 90 => format!("   about {} min left", left.div_ceil(60)),
        Some(left) => format!("   about {} s left", left.max(1)),
        None => String::new(),
    };
    let text = format!("  {:3} %   {} of {}{rate_text}{left}", share(100), bytes(read), bytes(size));
    let cells = usize::from(area.width).saturating_sub(sanitize::width(&text) + 4).min(40);
    let full = share(cells as u64);
    let bar = Row::of(Ink::Plain, " ")
        .with(Ink::Pass, &look.pick("█", "#").repeat(full))
        .with(Ink::Dim, &look.pick("░", ".").repeat(cells.saturating_sub(full)));
    canvas.row(area, &bar.with(Ink::Plain, &text));
}

/// The request of the selected finding and its label.
pub(super) fn request(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let look = state.look;
    let Some(row) = state.selected_row() else { return };
    let label = sanitize::line(row.label());
    let end = Row::of(theme::ink(row.verdict()), &format!("{} ", look.verdict(row.verdict())))
        .with(Ink::Plain, &format!("{} ", sanitize::truncate(&label, 34, look.ellipsis())));
    let position = format!(" {} of {}  ", state.cursor.at.saturating_add(1), state.index.shown().len());
    let room = usize::from(area.width).saturating_sub(position.len() + end.width() + 2);
    let url = state.selected().map_or_else(|| row.target().to_owned(), |finding| finding.called_url().to_owned());
    let text = format!("#{} {} {url}", row.number, row.method());
    let text = sanitize::line(&text);
    let row = Row::of(Ink::Dim, &position).with(Ink::Strong, &sanitize::truncate(&text, room, look.ellipsis()));
    canvas.row(area, &row);
    canvas.right(area, &end);
}

/// The tabs of a finding.
pub(super) fn tabs(canvas: &mut Canvas<'_>, state: &State, open: Tab, area: Rect) {
    let look = state.look;
    let dash = look.dash();
    let mut row = Row::of(Ink::Dim, dash);
    for tab in Tab::ALL {
        row = if tab == open {
            row.with(Ink::Strong, &format!("[{}]", tab.name()))
        } else {
            row.with(Ink::Plain, &format!(" {} ", tab.name()))
        };
        row = row.with(Ink::Dim, dash);
    }
    let rest = usize::from(area.width).saturating_sub(row.width());
    canvas.row(area, &row.with(Ink::Dim, &dash.repeat(rest)));
}

/// `─ 3 of 15 ─── filter: api ─── allow-origin-mismatch ─`, over the width of an area.
pub(super) fn divider(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let look = state.look;
    let shown = state.index.shown().len();
    let at = if shown == 0 { 0 } else { state.cursor.at.saturating_add(1) };
    let mut left = format!("{} {} of {} ", look.dash(), words::number(at as u64), words::number(shown as u64));
    if state.index.busy() {
        left.push_str(look.pick("… ", "... "));
    }
    if state.index.filtered() {
        let _ = write!(left, "{} filter: {} ", look.dash(), state.index.filter_words());
    }
    let label = state.selected().map(|finding| words::label(&finding)).unwrap_or_default();
    let width = usize::from(area.width);
    let label = sanitize::line(&label);
    let right = if label.is_empty() { String::new() } else { format!(" {label} {}", look.dash()) };
    let left = sanitize::line(&left);
    let room = width.saturating_sub(sanitize::width(&right) + 1);
    let left = sanitize::truncate(&left, room, look.ellipsis());
    let fill = width.saturating_sub(sanitize::width(&left) + sanitize::width(&right));
    let row = Row::of(Ink::Dim, &left).with(Ink::Dim, &look.dash().repeat(fill)).with(Ink::Dim, &right);
    canvas.row(area, &row);
}

/// What is being typed, a notice, or the keys.
pub(super) fn footer(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Option<(u16, u16)> {
    let look = state.look;
    if let Overlay::Filter { typing, .. } = &state.overlay {
        let (before, after) = typing.parts();
        let shown = words::number(state.index.shown().len() as u64);
        let all = words::number(state.index.candidates() as u64);
        let mut count = if state.index.busy() {
            format!("filtering{} ", look.pick("…", "..."))
        } else if state.index.shown().is_empty() {
            format!("0 of {all} match, Esc goes back ")
        } else {
            format!("{shown} of {all} ")
        };
        if let Some(key) = state.index.unknown_key() {
            count = format!("no key {}:   {count}", sanitize::line(key));
        }
        return Some(prompt(canvas, area, "/", (before, after), &count));
    }
    if let Overlay::Path { typing, format } = &state.overlay {
        let head = format!("{} to file: ", format.name());
        return Some(prompt(canvas, area, &head, typing.parts(), "Enter writes, Esc cancels "));
    }
    if let Some(notice) = &state.notice {
        let (symbol, ink) = if notice.error { ("!", Ink::Fail) } else { (look.pick("✓", "+"), Ink::Pass) };
        let text = sanitize::line(&notice.text);
        let text = sanitize::truncate(&text, usize::from(area.width).saturating_sub(4), look.ellipsis());
        canvas.row(area, &Row::of(ink, &format!(" {symbol} ")).with(Ink::Plain, &text));
        return None;
    }
    keys(canvas, state, area);
    None
}

/// A text with a cursor, and something at the right end.
fn prompt(canvas: &mut Canvas<'_>, area: Rect, head: &str, parts: (&str, &str), right: &str) -> (u16, u16) {
    let right_row = Row::of(Ink::Dim, right);
    let room = usize::from(area.width).saturating_sub(head.len() + right_row.width() + 3).max(4);
    // The end of what stands before the cursor stays visible.
    let before = sanitize::line(parts.0);
    let mut start = before.as_ref();
    while sanitize::width(start) > room {
        let mut rest = start.chars();
        rest.next();
        start = rest.as_str();
    }
    let row = Row::of(Ink::Label, &format!(" {head}")).with(Ink::Plain, start);
    let x = canvas.row(area, &row);
    let left = room.saturating_sub(sanitize::width(start));
    let after = sanitize::line(parts.1);
    let after = sanitize::truncate(&after, left, canvas.look.ellipsis());
    canvas.row(Rect { x, width: area.right().saturating_sub(x), ..area }, &Row::of(Ink::Plain, &after));
    canvas.right(area, &right_row);
    (x.min(area.right().saturating_sub(1)), area.y)
}

/// The keys that fit, help and quit always among them.
fn keys(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let mode = state.mode();
    let mut hints: Vec<(String, &str)> = TABLE
        .iter()
        .filter(|binding| {
            let does = |test: fn(Action) -> bool| binding.keys.iter().any(|(_, action)| test(*action));
            if mode == Mode::List && state.index.shown().is_empty() {
                return (binding.hinted(mode) && !does(Action::needs_rows)) || does(Action::for_empty);
            }
            binding.hinted(mode)
        })
        .map(|binding| (binding.short(state.look.ascii), binding.hint))
        .collect();
    // Elsewhere Esc goes back one level first.
    let at_the_bottom = mode == Mode::List && !state.maximised && state.focus == Pane::List;
    if at_the_bottom && matches!(state.reading, Reading::Running(_)) {
        hints.insert(0, ("Esc".to_owned(), "stop reading"));
    }
    let width = |hints: &[(String, &str)]| -> usize {
        hints.iter().map(|(key, hint)| sanitize::width(key) + hint.len() + 3).sum()
    };
    while width(&hints) > usize::from(area.width) && hints.len() > 2 {
        hints.remove(hints.len() - 3);
    }
    let mut row = Row::of(Ink::Plain, " ");
    for (index, (key, hint)) in hints.iter().enumerate() {
        let gap = if index + 1 < hints.len() { "  " } else { "" };
        row = row.with(Ink::Label, key).with(Ink::Plain, &format!(" {hint}{gap}"));
    }
    canvas.row(area, &row);
}
