//! Parts of sentences made of what was recorded: header lines, shortened texts, lists.
//!
//! Owns how they are written. Masks nothing (reports do) and never sees a secret's value.

use super::{Headers, Value};
use crate::secrets::headers::shown;

/// The lines of a header as they stand, `Name: value`, at most two; secrets by name only.
pub(crate) fn header_lines(headers: &Headers, name: &str) -> Vec<String> {
    headers
        .lines(name)
        .take(2)
        .map(|line| {
            let written = String::from_utf8_lossy(line.name);
            match line.value {
                Value::Text(value) => {
                    format!("{written}: {}", shorten(&shown(name, &String::from_utf8_lossy(value)), 120))
                }
                Value::Secret(secret) => match secret.names.first() {
                    Some(first) => format!("{written}: {first}=…"),
                    None => format!("{written}: …"),
                },
                Value::Withheld(len) => format!("{written}: ({len} bytes)"),
                Value::Redacted | Value::Lost => format!("{written}: (not readable)"),
            }
        })
        .collect()
}

/// At most `room` characters, with `…` where something was cut.
///
/// Cuts before a value, never inside one: whoever masks the text later must see each secret whole,
/// since the rest of one would pass for a word, and its beginning for another secret.
pub(crate) fn shorten(text: &str, room: usize) -> String {
    let Some((limit, _)) = text.char_indices().nth(room) else { return text.to_owned() };
    let limit = text.get(..limit).and_then(|kept| kept.char_indices().next_back()).map_or(0, |(at, _)| at);
    let mut end = 0;
    // A path may be cut between its segments, a value that holds a slash may not.
    let mut path = true;
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < limit) {
        let after = at + c.len_utf8();
        match c {
            _ if c.is_whitespace() => (end, path) = (at, true),
            '?' | '&' | '#' | ';' | '=' => (end, path) = (after, false),
            ',' | '"' | '\'' | '<' | '>' | '(' | '{' => (end, path) = (after, true),
            '/' if path => end = after,
            _ => {}
        }
    }
    let kept = text.get(..end).unwrap_or_default();
    format!(
        "{kept}{}…",
        if text.get(end..).is_some_and(|rest| rest.starts_with(char::is_whitespace)) { " " } else { "" }
    )
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[String]) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_its_values_and_keeps_its_room() {
        assert_eq!(shorten("short", 5), "short");
        assert_eq!(shorten("https://a.test/cb?page=2&token=abcdefghij", 36), "https://a.test/cb?page=2&token=…");
        assert_eq!(shorten("https://a.test/reset/abcdefghij/x", 28), "https://a.test/reset/…");
        assert_eq!(shorten("https://a.test/?t=ab/cdefghij", 25), "https://a.test/?t=…");
        assert_eq!(shorten("GET, POST, DELETE", 12), "GET, POST, …");
        assert_eq!(shorten("one two three", 9), "one two …");
        assert_eq!(shorten("abcdefghij", 5), "…");
        for room in 1..40 {
            assert!(shorten("https://a.test/a b,ü?c=d&token=abcdefghij", room).chars().count() <= room, "{room}");
        }
    }
}
