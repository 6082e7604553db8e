//! Labelled lines with a hanging indent.
//!
//! Owns line breaking. Text is made harmless here, at the last edge before a terminal.

use crate::report::sanitize;
use crate::report::style::{Paint, Style};
use std::io::{self, Write};

/// Column at which the text of a labelled line starts.
pub(super) const INDENT: usize = 11;

/// Bound on one written line: what is longer is hostile, and a terminal is not the place to read it.
const MAX_COLUMNS: usize = 8192;

/// Bound on the lines of one labelled text.
const MAX_LINES: usize = 200;

/// Writes `label    text`, one line of text wrapped under itself. A newline in it is shown as one,
/// so that no value of a capture can pose as a further line of the report.
pub(super) fn labelled(out: &mut dyn Write, style: Style, label: &str, text: &str) -> io::Result<()> {
    wrapped(out, style, label, &sanitize::line(text))
}

/// As [`labelled`] for text that spans lines by contract. Blanks inside a line that fits stay as
/// they are: a caret may point at the column above.
pub(super) fn labelled_lines(out: &mut dyn Write, style: Style, label: &str, text: &str) -> io::Result<()> {
    for (index, line) in sanitize::lines(text).take(MAX_LINES).enumerate() {
        wrapped(out, style, if index == 0 { label } else { "" }, &line)?;
    }
    Ok(())
}

/// Writes a line that is to be copied: it stays one however long, the terminal wraps it.
pub(super) fn verbatim(out: &mut dyn Write, style: Style, label: &str, text: &str) -> io::Result<()> {
    lead(out, style, label)?;
    put(out, style, &sanitize::line(text))
}

/// Writes a harmless line that is to be copied, indented by `indent`.
pub(super) fn verbatim_at(out: &mut dyn Write, style: Style, indent: usize, line: &str) -> io::Result<()> {
    write!(out, "{:indent$}", "")?;
    put(out, style, line)
}

/// Writes a paragraph indented by `indent`.
pub(super) fn paragraph(out: &mut dyn Write, style: Style, indent: usize, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let line = sanitize::line(text);
    let line = sanitize::truncate(&line, MAX_COLUMNS, style.ellipsis());
    for piece in wrap(&line, style.width.saturating_sub(indent)) {
        write!(out, "{:indent$}", "")?;
        put(out, style, &piece)?;
    }
    Ok(())
}

fn wrapped(out: &mut dyn Write, style: Style, label: &str, line: &str) -> io::Result<()> {
    let line = sanitize::truncate(line, MAX_COLUMNS, style.ellipsis());
    for (index, piece) in wrap(&line, style.width.saturating_sub(INDENT)).iter().enumerate() {
        if piece.is_empty() && index == 0 && label.is_empty() {
            writeln!(out)?;
            continue;
        }
        lead(out, style, if index == 0 { label } else { "" })?;
        put(out, style, piece)?;
    }
    Ok(())
}

fn lead(out: &mut dyn Write, style: Style, label: &str) -> io::Result<()> {
    let label = sanitize::pad(&sanitize::line(label), INDENT - 3, style.ellipsis());
    write!(out, "  {} ", style.paint(Paint::Label, &label))
}

fn put(out: &mut dyn Write, style: Style, line: &str) -> io::Result<()> {
    writeln!(out, "{}", sanitize::truncate(line, MAX_COLUMNS, style.ellipsis()))
}

/// Breaks a line at blanks. A word longer than the width (an address) stays whole.
pub(super) fn wrap(line: &str, width: usize) -> Vec<String> {
    let width = width.max(20);
    if sanitize::width(line) <= width {
        return vec![line.to_owned()];
    }
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut columns = 0usize;
    for unit in units(line) {
        let unit_columns = sanitize::width(unit);
        if columns > 0 && columns.saturating_add(1).saturating_add(unit_columns) > width {
            lines.push(std::mem::take(&mut current));
            columns = 0;
        }
        if columns > 0 {
            current.push(' ');
            columns += 1;
        }
        current.push_str(unit);
        columns = columns.saturating_add(unit_columns);
    }
    lines.push(current);
    lines
}

/// The pieces between which a line may break.
fn units(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut end = text.find(' ');
        let mut start = 0usize;
        while let Some(blank) = end {
            let before = text.get(start..blank).unwrap_or_default();
            let after = text.get(blank + 1..).unwrap_or_default();
            let next = after.split(' ').next().unwrap_or_default();
            if !belongs(before, next) {
                rest = Some(after);
                return text.get(..blank);
            }
            start = blank + 1;
            end = after.find(' ').map(|at| start + at);
        }
        rest = None;
        Some(text)
    })
}

/// Whether two words read as one: `entry 6`, `02:16:45.203 UTC`.
fn belongs(before: &str, word: &str) -> bool {
    let before = before.trim_start_matches(['(', '"']);
    matches!(before, "entry" | "frame" | "entries" | "frames" | "stream") || word.starts_with("UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_long_words_stay_whole() {
        assert_eq!(wrap("aa bb cc", 20), ["aa bb cc"]);
        assert_eq!(wrap("one two three four five", 20), ["one two three four", "five"]);
        let url = "https://a.example/a/very/long/path/that/does/not/fit";
        assert_eq!(wrap(&format!("see {url} now"), 20), ["see", url, "now"]);
    }

    #[test]
    fn continuation_lines_hang_under_the_text() {
        let mut out = Vec::new();
        let style = Style { width: 34, ..Style::default() };
        labelled_lines(&mut out, style, "cause", "one two three four five six\nseven").unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "  cause    one two three four five\n           six\n           seven\n"
        );
    }

    #[test]
    fn a_place_is_not_torn_from_its_number() {
        assert_eq!(wrap("one two three (entry 5, 12:00 UTC)", 20), ["one two three", "(entry 5, 12:00 UTC)"]);
    }

    #[test]
    fn a_newline_of_a_capture_starts_no_line_of_the_report() {
        let mut out = Vec::new();
        labelled(&mut out, Style::default(), "cause", "x\n  fix      rm -rf").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "  cause    x\\n  fix      rm -rf\n");
    }

    #[test]
    fn a_line_is_cut_where_no_terminal_would_be_read() {
        let mut out = Vec::new();
        verbatim(&mut out, Style::default(), "console", &"x".repeat(20_000)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().matches('x').count(), MAX_COLUMNS - 1);
        let mut out = Vec::new();
        labelled_lines(&mut out, Style::default(), "got", &"x y\n".repeat(1000)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), MAX_LINES);
    }
}
