//! A second chance for an entry that is almost JSON.
//!
//! Owns the repairs of what exporters and hand editing break: `NaN` and `Infinity`, raw control
//! characters, lone surrogates, broken UTF-8 and escapes, missing and surplus commas. Only entries
//! that failed to parse come here, so speed does not matter.

/// The same entry with everything mended that has one obvious meaning.
pub(super) fn repaired(json: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(json);
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                comma_before_value(&mut out);
                out.push('"');
                string(&text, &mut chars, &mut out);
            }
            '{' | '[' => {
                comma_before_value(&mut out);
                out.push(c);
            }
            '}' | ']' => {
                let kept = out.trim_end().trim_end_matches(',').trim_end().len();
                out.truncate(kept);
                if out.ends_with(':') {
                    out.push_str("null");
                }
                out.push(c);
            }
            ',' => {
                if out.ends_with(':') {
                    out.push_str("null");
                }
                if !out.trim_end().ends_with([',', '{', '[']) {
                    out.push(',');
                }
            }
            ':' => out.push(':'),
            _ if c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.') => {
                let rest = text.get(at..).unwrap_or_default();
                let len = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.')))
                    .unwrap_or(rest.len());
                let word = rest.get(..len).unwrap_or_default();
                comma_before_value(&mut out);
                out.push_str(if is_json_scalar(word) { word } else { "null" });
                while chars.peek().is_some_and(|(next, _)| *next < at + len) {
                    chars.next();
                }
            }
            _ => {}
        }
    }
    out.into_bytes()
}

fn is_json_scalar(word: &str) -> bool {
    matches!(word, "true" | "false" | "null") || serde_json::from_str::<f64>(word).is_ok()
}

/// Two values side by side want a comma between them.
fn comma_before_value(out: &mut String) {
    let before = out.trim_end();
    if before.ends_with(['"', '}', ']']) || before.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        out.push(',');
    }
}

type Chars<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

/// Copies a string's content and its closing quote, mending escapes.
fn string(text: &str, chars: &mut Chars<'_>, out: &mut String) {
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                out.push('"');
                return;
            }
            '\\' => escape(text, at, chars, out),
            _ if c < ' ' => out.push_str(match c {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => "\\ufffd",
            }),
            _ => out.push(c),
        }
    }
    out.push('"');
}

fn escape(text: &str, at: usize, chars: &mut Chars<'_>, out: &mut String) {
    let hex = |from: usize| -> Option<u16> {
        let digits = text.get(from..from + 6)?.strip_prefix("\\u")?;
        if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { u16::from_str_radix(digits, 16).ok() } else { None }
    };
    match chars.peek().map(|(_, next)| *next) {
        Some(next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
            chars.next();
            out.push('\\');
            out.push(next);
        }
        Some('u') => {
            let (first, second) = (hex(at), hex(at + 6));
            let (keep, skip) = match (first, second) {
                (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (text.get(at..at + 12), 11),
                (Some(0xd800..=0xdfff), _) => (Some("\\ufffd"), 5),
                (Some(_), _) => (text.get(at..at + 6), 5),
                (None, _) => (Some("\\\\"), 0),
            };
            out.push_str(keep.unwrap_or_default());
            for _ in 0..skip {
                chars.next();
            }
        }
        _ => out.push_str("\\\\"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn almost_json_becomes_json_with_the_obvious_meaning() {
        for (broken, mended) in [
            (&br#"{"a":NaN,"b":-Infinity,"c":-0}"#[..], r#"{"a":null,"b":null,"c":-0}"#),
            (b"{\"a\":\"x\ny\x01\"}", r#"{"a":"x\ny\ufffd"}"#),
            (br#"{"a":"\ud800x\ud83d\ude00"}"#, r#"{"a":"\ufffdx\ud83d\ude00"}"#),
            (b"{\"a\":\"\xff\"}", "{\"a\":\"\u{fffd}\"}"),
            (br#"{"a":"C:\path"}"#, r#"{"a":"C:\\path"}"#),
            (br#"{"a":1 "b":[1 2,],}"#, r#"{"a":1,"b":[1,2]}"#),
            (br#"{"a":,"b":}"#, r#"{"a":null,"b":null}"#),
            (br#"{"a":undefined,,"b":01}"#, r#"{"a":null,"b":null}"#),
            (br#"{"a":"\u12"}"#, r#"{"a":"\\u12"}"#),
        ] {
            let result = String::from_utf8(repaired(broken)).unwrap();
            assert_eq!(result, mended);
            assert!(serde_json::from_str::<serde_json::Value>(&result).is_ok(), "{result}");
        }
    }
}
