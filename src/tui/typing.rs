//! A line of text being typed.
//!
//! Owns the text and the cursor. Knows nothing of keys or screens.

/// Characters a typed text may have; a paste of more is cut.
const LONGEST: usize = 1024;

/// A text and a cursor in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typing {
    before: String,
    after: String,
}

impl Typing {
    /// A text with the cursor at its end.
    pub fn of(text: &str) -> Self {
        Self { before: text.chars().filter(|c| !c.is_control()).take(LONGEST).collect(), after: String::new() }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// What stands before and after the cursor.
    pub fn parts(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// Adds a character at the cursor.
    pub fn insert(&mut self, c: char) {
        if !c.is_control() && self.before.chars().count() + self.after.chars().count() < LONGEST {
            self.before.push(c);
        }
    }

    /// Removes the character before the cursor. False when there is none.
    pub fn erase(&mut self) -> bool {
        self.before.pop().is_some()
    }

    /// Removes the character after the cursor.
    pub fn delete(&mut self) {
        self.after = self.after.chars().skip(1).collect();
    }

    /// Removes the word before the cursor.
    pub fn erase_word(&mut self) {
        let kept = self.before.trim_end().rfind(' ').map_or(0, |at| at + 1);
        self.before.truncate(kept);
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Moves the cursor by one character.
    pub fn left(&mut self) {
        if let Some(c) = self.before.pop() {
            self.after.insert(0, c);
        }
    }

    /// Moves the cursor by one character.
    pub fn right(&mut self) {
        let mut rest = self.after.chars();
        if let Some(c) = rest.next() {
            self.before.push(c);
            self.after = rest.as_str().to_owned();
        }
    }

    /// Moves the cursor to the start.
    pub fn start(&mut self) {
        (self.before, self.after) = (String::new(), self.text());
    }

    /// Moves the cursor to the end.
    pub fn end(&mut self) {
        *self = Self { before: self.text(), after: String::new() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_edited_at_its_cursor() {
        let mut text = Typing::of("cause:auht é");
        text.erase_word();
        assert_eq!(text.text(), "cause:auht ");
        text.erase();
        text.left();
        text.left();
        text.delete();
        text.right();
        text.insert('h');
        assert_eq!((text.text(), text.parts()), ("cause:auth".to_owned(), ("cause:auth", "")));
        text.start();
        text.insert('-');
        text.end();
        assert_eq!(text.parts(), ("-cause:auth", ""));
    }

    #[test]
    fn control_characters_and_endless_pastes_do_not_enter() {
        let mut text = Typing::of(&"x".repeat(LONGEST + 5));
        text.insert('y');
        assert_eq!(text.text().len(), LONGEST);
        assert_eq!(Typing::of("a\u{1b}b\n").text(), "ab");
    }
}
