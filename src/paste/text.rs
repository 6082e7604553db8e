//! A pasted text, made of literals of this program and of values that were validated.
//!
//! Owns how parts are joined. What is read of it at the end is a plain string.

use super::language::{Language, Quote};
use super::value::Value;
use std::fmt::{self, Write as _};
use std::ops::Deref;

/// A text that is inert wherever its language's reader takes it.
///
/// One value that its language cannot hold makes the whole text empty: half a configuration is worse than none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Text {
    written: String,
    refused: bool,
}

impl Text {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on with a literal.
    #[must_use]
    pub fn lit(mut self, literal: &'static str) -> Self {
        self.append(literal);
        self
    }

    /// Goes on with a number.
    #[must_use]
    pub fn number(mut self, number: impl Into<u64>) -> Self {
        let _ = write!(self.written, "{}", number.into());
        self
    }

    /// Goes on with a value as a word of its own.
    #[must_use]
    pub fn word(mut self, language: Language, value: &impl Value) -> Self {
        self.put(language.word(value.raw()));
        self
    }

    /// Goes on with a value and its quotes.
    #[must_use]
    pub fn quoted(mut self, language: Language, quote: Quote, value: &impl Value) -> Self {
        self.put(language.quoted(quote, value.raw()));
        self
    }

    /// Goes on with a regular expression that fits a value alone, for a place between quotes.
    #[must_use]
    pub fn pattern(mut self, language: Language, quote: Quote, value: &impl Value) -> Self {
        self.put(language.pattern(quote, value.raw()));
        self
    }

    /// Goes on with a text.
    #[must_use]
    pub fn text(mut self, text: &Self) -> Self {
        self.refused |= text.refused;
        self.append(&text.written);
        self.cleared()
    }

    /// Texts with a literal between them.
    pub fn joined<'a>(texts: impl IntoIterator<Item = &'a Self>, between: &'static str) -> Self {
        let mut all = Self::new();
        for (index, text) in texts.into_iter().enumerate() {
            all = if index == 0 { all } else { all.lit(between) }.text(text);
        }
        all
    }

    /// Texts as lines.
    pub fn lines<'a>(texts: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::joined(texts, "\n")
    }

    /// Each line further in.
    #[must_use]
    pub fn indented(self, by: &'static str) -> Self {
        let written = self.written.split('\n').map(|line| format!("{by}{line}")).collect::<Vec<_>>().join("\n");
        Self { written, ..self }.cleared()
    }

    /// Without blanks and line ends at its end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        self.written.truncate(self.written.trim_end().len());
        self
    }

    /// The text; empty when one of its values was refused.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Goes on with what a writer of this room gave.
    pub(super) fn put(&mut self, written: Option<String>) {
        match written {
            Some(written) => self.append(&written),
            None => self.refused = true,
        }
        if self.refused {
            self.written.clear();
        }
    }

    /// Goes on with a part of a literal.
    pub(super) fn append(&mut self, literal: &str) {
        if !self.refused {
            self.written.push_str(literal);
        }
    }

    fn cleared(mut self) -> Self {
        if self.refused {
            self.written.clear();
        }
        self
    }
}

impl From<&'static str> for Text {
    fn from(literal: &'static str) -> Self {
        Self::new().lit(literal)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.written == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.written == *other
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// A line of words as a comment of a script or a configuration.
///
/// Interactive shells run what stands behind `#` when it is pasted (zsh does by default), so what starts, ends or
/// joins commands there is changed or left out. Lone `?`, `*`, `=` and `~` start nothing.
pub fn comment(words: &str) -> String {
    let plain = words.chars().filter_map(|c| match c {
        '`' | '\'' | '"' | '\\' | '$' | '!' => None,
        ';' => Some(','),
        '|' | '&' => Some('+'),
        '<' | '(' | '{' => Some('['),
        '>' | ')' | '}' => Some(']'),
        c if c.is_control() => Some(' '),
        c => Some(c),
    });
    format!("# {}", plain.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::super::value::SerializedOrigin;
    use super::*;

    #[test]
    fn a_text_is_joined_from_literals_numbers_and_values() {
        let origin = SerializedOrigin::of("https://app.shop.test").unwrap();
        let line = Text::from("return ").number(204_u16).lit(";");
        let other = Text::from("allow ").word(Language::Nginx, &origin);
        let both = Text::lines([&line, &other]).indented("  ");
        assert_eq!(both.as_str(), "  return 204;\n  allow https://app.shop.test");
    }

    #[test]
    fn a_value_that_cannot_be_written_leaves_nothing() {
        let origin = SerializedOrigin::of("https://app.shop.test").unwrap();
        // Code has no bare words.
        let text = Text::from("a = ").word(Language::Java, &origin).lit(";");
        assert!(text.is_empty());
        assert!(Text::from("b").text(&text).lit("c").is_empty());
        assert!(Text::lines([&Text::from("b"), &text]).indented(" ").is_empty());
    }

    #[test]
    fn a_comment_runs_nothing_when_it_is_pasted() {
        let said = comment("expect $(id) `id` a;b|c&&d >e {f,g} *(e:'id':)\nh ~ =id !!");
        assert!(!said.contains(['$', '`', ';', '|', '&', '<', '>', '(', ')', '\'', '"', '\\', '\n', '!']), "{said}");
        assert!(said.starts_with("# expect "));
    }
}
