//! Titles for lists: words of ours around at most one value, which is cut to their column.

use crate::secrets::prose;
use crate::secrets::{Captured, Prose};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns a title may take.
pub const TITLE_COLUMNS: usize = 32;

/// A title for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Title {
    before: &'static str,
    value: Blank,
    after: &'static str,
    of_preflight: bool,
}

/// What stands inside a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    Nothing,
    /// A status or a count.
    Number,
    /// A value of the pair.
    Word,
}

impl Title {
    pub(in crate::diagnosis::causes) const fn plain(words: &'static str) -> Self {
        Self { before: words, value: Blank::Nothing, after: "", of_preflight: false }
    }

    pub(in crate::diagnosis::causes) const fn number(before: &'static str, after: &'static str) -> Self {
        Self { before, value: Blank::Number, after, of_preflight: false }
    }

    pub(in crate::diagnosis::causes) const fn word(before: &'static str) -> Self {
        Self { before, value: Blank::Word, after: "", of_preflight: false }
    }

    /// The same for a cause that has another title where the request itself met it.
    pub(in crate::diagnosis::causes) const fn of_preflight(self) -> Self {
        Self { of_preflight: true, ..self }
    }

    /// Whether it is said of a preflight, and another of the request itself.
    pub(crate) fn is_of_preflight(&self) -> bool {
        self.of_preflight
    }

    /// As documentation shows it: `N` stands for a number, `X` for a value of the pair.
    pub fn pattern(&self) -> String {
        let value = match self.value {
            Blank::Nothing => "",
            Blank::Number => "N",
            Blank::Word => "X",
        };
        format!("{}{value}{}", self.before, self.after)
    }

    /// As a page for readers shows it: `…` stands for any value.
    pub(crate) fn spoken(&self) -> String {
        let value = if self.value == Blank::Nothing { "" } else { "…" };
        format!("{}{value}{}", self.before, self.after)
    }

    /// A title without a value.
    pub(in crate::diagnosis::causes) fn text(&self) -> Prose {
        self.with("")
    }

    /// The title with its value, of which as much stands there as fits (never less of the words).
    pub(in crate::diagnosis::causes) fn with(&self, value: &str) -> Prose {
        let room = TITLE_COLUMNS.saturating_sub(self.before.width() + self.after.width());
        prose!("{}{}{}", self.before, Captured::text(cut(value, room)), self.after)
    }
}

/// At most `room` columns, with `…` where something was cut.
fn cut(value: &str, room: usize) -> String {
    if value.width() <= room {
        return value.to_owned();
    }
    let mut taken = String::new();
    let mut columns = 1;
    for c in value.chars() {
        columns += c.width().unwrap_or(0);
        if columns > room {
            break;
        }
        taken.push(c);
    }
    taken.push('…');
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::causes::CAUSES;

    #[test]
    fn titles_fit_their_column_and_cut_only_the_value() {
        assert_eq!(Title::number("API error ", " without CORS").with("500").bare(), "API error 500 without CORS");
        let refused = Title::word("header refused: ");
        assert_eq!(refused.with("x-requested-with").bare(), "header refused: x-requested-with");
        assert_eq!(refused.with("x-requested-with-more").bare(), "header refused: x-requested-wit…");
        assert_eq!(refused.with("x-requested-with-more").bare().width(), TITLE_COLUMNS);
        assert_eq!(refused.pattern(), "header refused: X");
        assert_eq!(refused.spoken(), "header refused: …");
    }

    #[test]
    fn every_title_leaves_room_for_its_value() {
        for title in CAUSES.iter().flat_map(|doc| doc.titles) {
            // A status has three digits; header names are counted to at most as many.
            let longest = if title.value == Blank::Number { "500" } else { "" };
            let whole = format!("{}{longest}{}", title.before, title.after);
            assert!(whole.width() <= TITLE_COLUMNS, "{whole} is too long");
        }
    }
}
