//! Rows of emphasised text, wrapped by display width.
//!
//! Owns the shape that content is written in and that a view paints. Every text that enters is
//! made harmless here. Knows neither findings nor terminals.

use super::theme::{Ink, Look};
use crate::report::sanitize;
use unicode_width::UnicodeWidthChar;

/// Characters of one text that are shown; the rest is in the exports.
const LONGEST: usize = 8 * 1024;

/// A row of text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row(pub Vec<(Ink, String)>);

/// Rows from top to bottom.
pub type Doc = Vec<Row>;

impl Row {
    /// A row of one text.
    pub fn of(ink: Ink, text: &str) -> Self {
        Self::default().with(ink, text)
    }

    /// Adds a text.
    #[must_use]
    pub fn with(mut self, ink: Ink, text: &str) -> Self {
        if !text.is_empty() {
            self.0.push((ink, sanitize::line(text).into_owned()));
        }
        self
    }

    /// Columns the row takes.
    pub fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| sanitize::width(text)).sum()
    }

    /// Adds blanks up to a column.
    #[must_use]
    pub fn pad_to(mut self, column: usize) -> Self {
        let missing = column.saturating_sub(self.width());
        if missing > 0 {
            self.0.push((Ink::Plain, " ".repeat(missing)));
        }
        self
    }

    /// The text without emphasis.
    pub fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// Breaks one line into rows of at most `columns`: at blanks, inside a word only when it is longer.
///
/// Blanks at the start stay, since they align. Expects harmless text.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    if sanitize::width(text) <= columns {
        return vec![text.to_owned()];
    }
    let mut rows = Vec::new();
    let mut row = String::new();
    let mut taken = 0usize;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        let width: usize = bare.chars().map(cell).sum();
        if taken > 0 && taken.saturating_add(width) > columns {
            // A long word fills the rest of a row that has room, so that addresses stay compact.
            let rest = columns.saturating_sub(taken);
            if width <= columns || rest < columns / 2 {
                rows.push(std::mem::take(&mut row).trim_end_matches(' ').to_owned());
                taken = 0;
            }
        }
        for c in word.chars() {
            let width = cell(c);
            if taken.saturating_add(width) > columns {
                if c == ' ' {
                    continue;
                }
                rows.push(std::mem::take(&mut row).trim_end_matches(' ').to_owned());
                taken = 0;
            }
            row.push(c);
            taken = taken.saturating_add(width);
        }
    }
    if !row.is_empty() {
        rows.push(row.trim_end_matches(' ').to_owned());
    }
    rows
}

fn cell(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The harmless, wrapped rows of a text that may span lines; very long texts are cut and say so.
pub fn rows(text: &str, columns: usize, look: Look) -> Vec<String> {
    let (kept, cut) = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), true),
        None => (text, false),
    };
    let mut out: Vec<String> = sanitize::lines(kept).flat_map(|line| wrap(&line, columns)).collect();
    if cut {
        out.push(format!("{} cut here; the JSON export has all of it", look.ellipsis()));
    }
    out
}

/// Columns in front of the text of a labelled line.
pub const LABEL: usize = 11;

/// Adds `label    text`, wrapped under itself.
pub fn labelled(doc: &mut Doc, label: &str, ink: Ink, text: &str, columns: usize, look: Look) {
    let width = LABEL.max(sanitize::width(label).saturating_add(4));
    for (index, row) in rows(text, columns.saturating_sub(width), look).into_iter().enumerate() {
        let head = if index == 0 { format!("  {label} ") } else { String::new() };
        doc.push(Row::of(Ink::Label, &head).pad_to(width).with(ink, &row));
    }
}

/// Adds wrapped text behind an indent.
pub fn indented(doc: &mut Doc, indent: usize, ink: Ink, text: &str, columns: usize, look: Look) {
    for row in rows(text, columns.saturating_sub(indent), look) {
        doc.push(Row::default().pad_to(indent).with(ink, &row));
    }
}

/// Adds a heading after an empty row, except at the top.
pub fn heading(doc: &mut Doc, text: &str) {
    if !doc.is_empty() {
        doc.push(Row::default());
    }
    doc.push(Row::of(Ink::Strong, &format!(" {text}")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_at_blanks_and_long_words_inside() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("https://api.example/long", 10), ["https://ap", "i.example/", "long"]);
        assert_eq!(wrap("a bb", 4), ["a bb"]);
        assert_eq!(wrap("  kept  inside", 20), ["  kept  inside"]);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(wrap("東京都庁", 5), ["東京", "都庁"]);
        assert_eq!(Row::of(Ink::Plain, "東京").pad_to(6).width(), 6);
    }

    #[test]
    fn hostile_text_is_harmless_once_it_is_in_a_row() {
        assert_eq!(Row::of(Ink::Plain, "\u{1b}[2J\u{202e}x").text(), "\\x1b[2J\\u{202e}x");
    }

    #[test]
    fn a_very_long_text_is_cut_and_says_so() {
        let rows = rows(&"x".repeat(LONGEST + 1), 100, Look::default());
        assert_eq!(rows.len(), LONGEST.div_ceil(100) + 1);
        assert!(rows.last().expect("rows").contains("cut here"));
    }

    proptest! {
        #[test]
        fn no_row_is_wider_than_asked_and_no_word_is_lost(text in "[a-z東 ]{0,80}", columns in 2usize..30) {
            let rows = wrap(&text, columns);
            prop_assert!(rows.iter().all(|row| sanitize::width(row) <= columns));
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&rows.concat()), letters(&text));
        }
    }
}
