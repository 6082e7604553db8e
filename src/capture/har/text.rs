//! The beginning of a body, decoded: JSON escapes and base64.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The first bytes of `content.text`, given as raw JSON. `None` when it is no text, or binary.
pub(super) fn excerpt(raw: &str, encoding: Option<&str>, max: usize) -> Option<Box<str>> {
    let content = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = unescape(content, max);
    if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")) {
        text = decode_base64(&text)?;
    }
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= max).last()?;
    text.truncate(end);
    if text.contains('\0') { None } else { Some(text.into()) }
}

/// Decodes JSON escapes leniently until about `max` bytes are there.
fn unescape(content: &str, max: usize) -> String {
    let mut out = String::with_capacity(content.len().min(max) + 4);
    let mut rest = content;
    while out.len() < max {
        let Some(slash) = rest.find('\\') else {
            out.push_str(rest);
            break;
        };
        let (plain, escape) = rest.split_at(slash);
        out.push_str(plain);
        let mut chars = escape.chars().skip(1);
        let mut used = 2;
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('b' | 'f') => {}
            Some('u') => {
                let hex = |from: usize| u16::from_str_radix(escape.get(from..from + 4)?, 16).ok();
                let units: Vec<u16> = match (hex(2), escape.get(6..8) == Some("\\u")) {
                    (Some(high @ 0xd800..=0xdbff), true) => [Some(high), hex(8)].into_iter().flatten().collect(),
                    (unit, _) => unit.into_iter().collect(),
                };
                used = if units.len() == 2 { 12 } else { 6 };
                out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
            }
            Some(other) => {
                out.push(other);
                used = 1 + other.len_utf8();
            }
            None => break,
        }
        rest = escape.get(used..).unwrap_or_default();
    }
    out
}

/// Decodes as many whole groups as there are.
fn decode_base64(text: &str) -> Option<String> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let mut compact: String = text.chars().filter(|c| c.is_ascii() && !c.is_ascii_whitespace()).collect();
    if !compact.ends_with('=') {
        compact.truncate(compact.len() / 4 * 4);
    }
    let bytes = engine.decode(compact).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_decoded_and_ends_between_characters() {
        assert_eq!(excerpt(r#""a\n\"\u00e9\ud83d\ude00\ud800z""#, None, 4096).as_deref(), Some("a\n\"é😀\u{fffd}z"));
        assert_eq!(excerpt(r#""aé😀""#, None, 4).as_deref(), Some("aé"));
        assert_eq!(excerpt("null", None, 10), None);
        assert_eq!(excerpt(r#""""#, None, 10), None);
    }

    #[test]
    fn base64_is_decoded_also_when_it_was_cut() {
        assert_eq!(excerpt(r#""PGh0bWw+""#, Some("base64"), 4096).as_deref(), Some("<html>"));
        assert_eq!(excerpt(r#""PGh0bWw+PGJvZ""#, Some("base64"), 4096).as_deref(), Some("<html><bo"));
        assert_eq!(excerpt("\"PGh0\u{fffd}bWw+\"", Some("base64"), 4096).as_deref(), Some("<html>"));
        assert_eq!(excerpt(r#""AAEC""#, Some("base64"), 4096), None);
    }
}
