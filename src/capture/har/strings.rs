//! JSON strings at byte level: where one ends, and where one may be cut.

/// The position of the quote that ends the string that `from` is in. `escaped` says whether the
/// byte before the chunk was an unpaired backslash, and carries that on to the next chunk.
///
/// Looks for quotes only and then back over the backslashes before each: bodies are full of `\n`,
/// and stopping at every backslash would cost several times as much. Every run of backslashes is
/// looked at once, since a quote ends it.
pub(super) fn string_end(chunk: &[u8], from: usize, escaped: &mut bool) -> Option<usize> {
    let mut low = from;
    if std::mem::take(escaped) {
        if from >= chunk.len() {
            *escaped = true;
            return None;
        }
        low += 1;
    }
    let mut at = low;
    loop {
        let rest = chunk.get(at..).unwrap_or_default();
        let Some(found) = memchr::memchr(b'"', rest) else {
            *escaped = odd_backslashes(chunk.get(low..).unwrap_or_default());
            return None;
        };
        let quote = at + found;
        if !odd_backslashes(chunk.get(low..quote).unwrap_or_default()) {
            return Some(quote);
        }
        at = quote + 1;
        low = at;
    }
}

fn odd_backslashes(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Shortens the content of a cut string so that it ends neither inside an escape nor inside a
/// UTF-8 sequence; returns the length to keep.
pub(super) fn trim_cut(content: &[u8]) -> usize {
    let mut len = content.len();
    let tail_start = len.saturating_sub(6);
    if let Some(last) = content.get(tail_start..).and_then(|tail| memchr::memrchr(b'\\', tail)) {
        let slash = tail_start + last;
        let starts_escape = odd_backslashes(content.get(..=slash).unwrap_or_default());
        let needed = if content.get(slash + 1) == Some(&b'u') { 6 } else { 2 };
        if starts_escape && slash + needed > len {
            len = slash;
        }
    }
    let kept = content.get(..len).unwrap_or_default();
    let continuation = kept.iter().rev().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    let lead = len.checked_sub(continuation + 1).and_then(|at| kept.get(at)).copied().unwrap_or(0);
    let wanted = match lead {
        0xc0..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xff => 3,
        _ => return len,
    };
    if continuation < wanted { len - continuation - 1 } else { len }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_in_pieces(text: &[u8], size: usize) -> Option<usize> {
        let mut escaped = false;
        for (number, piece) in text.chunks(size).enumerate() {
            if let Some(end) = string_end(piece, 0, &mut escaped) {
                return Some(number * size + end);
            }
        }
        None
    }

    #[test]
    fn a_string_ends_at_its_first_unescaped_quote_however_it_arrives() {
        for (text, end) in [
            (&br#"abc" x"#[..], Some(3)),
            (br#"a\"b" x"#, Some(4)),
            (br#"a\\" x"#, Some(3)),
            (br#"\\\"\\" x"#, Some(6)),
            (br#"\"\"\"""#, Some(6)),
            (br#"\u0022" x"#, Some(6)),
            (br"no end \", None),
        ] {
            for size in 1..=text.len() {
                assert_eq!(end_in_pieces(text, size), end, "{} by {size}", String::from_utf8_lossy(text));
            }
        }
    }

    #[test]
    fn a_cut_falls_between_characters_and_escapes() {
        for (text, kept) in [
            (&b"abc"[..], 3),
            (br"abc\", 3),
            (br"abc\\", 5),
            (br"abc\n", 5),
            (br"abc\u00", 3),
            (br"abc\u00e9", 9),
            (br"\\\\\\u12", 9),
            ("ab\u{e9}".as_bytes(), 4),
            (&"ab\u{20ac}".as_bytes()[..4], 2),
            (&"ab\u{1f600}".as_bytes()[..5], 2),
            ("ab\u{1f600}".as_bytes(), 6),
        ] {
            assert_eq!(trim_cut(text), kept, "{}", String::from_utf8_lossy(text));
        }
    }
}
