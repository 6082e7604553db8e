//! Shortening a text between its values.
//!
//! Owns where a text may be cut: before a value, never inside one. Whoever masks the text later must see each secret
//! whole, since the rest of one would pass for a word, and its beginning for another secret.

/// At most `room` characters, with `…` where something was cut.
pub(crate) fn shorten(text: &str, room: usize) -> String {
    let Some((end, blank)) = cut(text, room) else { return text.to_owned() };
    format!("{}{blank}…", text.get(..end).unwrap_or_default())
}

/// Where a text of more than `room` characters ends, and what stands there before the `…`.
pub(super) fn cut(text: &str, room: usize) -> Option<(usize, &'static str)> {
    let (limit, _) = text.char_indices().nth(room)?;
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
    Some((end, if text.get(end..).is_some_and(|rest| rest.starts_with(char::is_whitespace)) { " " } else { "" }))
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
