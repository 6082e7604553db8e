//! A small matcher: literal text with named gaps, found anywhere in a text, and the same filled.
//!
//! Owns nothing of what the patterns mean.

use crate::secrets::{Piece, Prose};
use std::borrow::Cow;

/// What the gaps of a pattern held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Captures {
    pairs: Vec<(&'static str, String)>,
}

impl Captures {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }
}

/// The longest value a gap may hold, in bytes; URLs may be long, whole pages are no values.
const LONGEST_VALUE: usize = 8 * 1024;

/// How often the first literal is tried again where the rest does not follow.
const TRIES: usize = 8;

/// Finds `pattern` in `text`: literals in order, each `{name}` taking what stands between them.
/// Answers where it begins. The text is [`normalised`]; the pattern may have a browser's own quotes.
///
/// A pattern begins with a literal. A gap at its end takes what goes up to the next blank.
pub(crate) fn find(text: &str, pattern: &'static str) -> Option<(usize, Captures)> {
    let (first, rest) = split(pattern);
    let first = straight(first);
    text.match_indices(&*first).take(TRIES).find_map(|(begin, _)| {
        let captures = captures(text.get(begin.checked_add(first.len())?..)?, rest)?;
        Some((begin, captures))
    })
}

fn captures(mut tail: &str, mut rest: Option<(&'static str, &'static str)>) -> Option<Captures> {
    let mut captures = Captures::default();
    while let Some((name, after)) = rest {
        let (literal, next) = split(after);
        let literal = straight(literal);
        let len = if literal.is_empty() { tail.find(' ').unwrap_or(tail.len()) } else { tail.find(&*literal)? };
        if len > LONGEST_VALUE {
            return None;
        }
        captures.pairs.push((name, tail.get(..len)?.to_owned()));
        tail = tail.get(len.checked_add(literal.len())?..)?;
        rest = next;
    }
    Some(captures)
}

/// A literal, and the gap behind it: its name and what follows.
fn split(pattern: &'static str) -> (&'static str, Option<(&'static str, &'static str)>) {
    let Some((literal, rest)) = pattern.split_once('{') else { return (pattern, None) };
    match rest.split_once('}') {
        Some((name, after)) => (literal, Some((name, after))),
        None => (pattern, None),
    }
}

/// The pattern with its gaps filled by name.
pub(super) fn fill(pattern: &'static str, gaps: &[(&str, &dyn Piece)]) -> Prose {
    let mut text = Prose::new();
    let mut rest = pattern;
    loop {
        let (literal, gap) = split(rest);
        text.push(literal);
        let Some((name, after)) = gap else { return text };
        if let Some((_, value)) = gaps.iter().find(|(known, _)| *known == name) {
            value.add_to(&mut text);
        }
        rest = after;
    }
}

/// Straight quotes, as copying and chat programs make them.
fn straight(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { text.chars().map(unquoted).collect::<String>().into() }
}

fn unquoted(char: char) -> char {
    match char {
        '‘' | '’' | '‚' | '‛' | '´' => '\'',
        '“' | '”' | '„' => '"',
        _ => char,
    }
}

/// One line, single blanks, straight quotes: what copying and chat programs change.
pub(crate) fn normalised(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for char in text.trim().chars() {
        let char = if char.is_whitespace() { ' ' } else { unquoted(char) };
        if char != ' ' || !line.ends_with(' ') {
            line.push(char);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::Captured;

    #[test]
    fn gaps_take_what_stands_between_literals() {
        let (at, captures) = find("xx value 'a b' end", "value '{v}' end").unwrap();
        assert_eq!((at, captures.get("v").as_deref()), (3, Some("a b")));
        assert_eq!(
            find("load https://a.example/x due", "load {url}").unwrap().1.get("url").unwrap(),
            "https://a.example/x"
        );
        assert!(find("value 'a", "value '{v}' end").is_none());
        assert_eq!(find("plain", "plain").unwrap().0, 0);
    }

    #[test]
    fn a_pattern_is_filled_and_found_again() {
        let filled = fill("a ‘{v}’ b {w}.", &[("v", &Captured::text("x{w}")), ("w", &"y")]);
        assert_eq!(filled.bare(), "a ‘x{w}’ b y.");
        let (at, captures) = find(&normalised(filled.bare()), "a ‘{v}’ b {w}.").unwrap();
        assert_eq!((at, captures.get("v").as_deref(), captures.get("w").as_deref()), (0, Some("x{w}"), Some("y")));
    }

    #[test]
    fn quotes_and_blanks_of_copied_text_do_not_matter() {
        assert_eq!(normalised(" a\n\t b ‘c’ “d” "), "a b 'c' \"d\"");
    }
}
