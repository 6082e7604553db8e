//! String literals of programming languages.
//!
//! Owns what each escapes: its quote and the backslash, what it interpolates, control characters, and
//! what is no ASCII.

use crate::paste::{Language, Quote};
use std::fmt::Write as _;

/// Between the quotes of a literal.
pub(in crate::paste) fn inside(language: Language, quote: Quote, raw: &str) -> Option<String> {
    let mark = if quote == Quote::Single { '\'' } else { '"' };
    // Single quotes of these two know no escape but those of `\` and `'`.
    let poor = quote == Quote::Single && matches!(language, Language::Php | Language::Ruby);
    let mut out = String::with_capacity(raw.len() + 8);
    for c in raw.chars() {
        let interpolates = match language {
            Language::Php => c == '$' && !poor,
            Language::Ruby => c == '#' && !poor,
            _ => false,
        };
        if c == '\\' || c == mark || interpolates {
            out.push('\\');
            out.push(c);
        } else if matches!(c, ' '..='~') {
            out.push(c);
        } else if poor {
            return None;
        } else {
            escape(&mut out, language, c);
        }
    }
    Some(out)
}

/// A character that is no printable ASCII.
fn escape(out: &mut String, language: Language, c: char) {
    let code = u32::from(c);
    let _ = match language {
        // Java resolves \u before it looks for quotes and line ends, so these are octal.
        Language::Java if code < 0x100 => write!(out, "\\{code:03o}"),
        Language::Java | Language::CSharp | Language::JavaScript => {
            c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))
        }
        Language::Python | Language::Go if code < 0x1_0000 => write!(out, "\\u{code:04x}"),
        Language::Python | Language::Go => write!(out, "\\U{code:08x}"),
        // PHP 7, Ruby, Rust.
        _ => write!(out, "\\u{{{code:x}}}"),
    };
}

/// In Python's `r"…"`: nothing is escaped there, so what would end it is refused.
pub(in crate::paste) fn inside_raw(raw: &str) -> Option<String> {
    let held = raw.chars().all(|c| matches!(c, ' '..='~') && c != '"');
    let slashes = raw.len().saturating_sub(raw.trim_end_matches('\\').len());
    (held && slashes.is_multiple_of(2)).then(|| raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_escapes_in_its_own_way() {
        let all = "a'b\"c\\d$e#f\n\u{e9}\u{1f600}";
        let cases = [
            (Language::JavaScript, Quote::Single, "a\\'b\"c\\\\d$e#f\\u000a\\u00e9\\ud83d\\ude00"),
            (Language::JavaScript, Quote::Double, "a'b\\\"c\\\\d$e#f\\u000a\\u00e9\\ud83d\\ude00"),
            (Language::Python, Quote::Double, "a'b\\\"c\\\\d$e#f\\u000a\\u00e9\\U0001f600"),
            (Language::Php, Quote::Double, "a'b\\\"c\\\\d\\$e#f\\u{a}\\u{e9}\\u{1f600}"),
            (Language::Ruby, Quote::Double, "a'b\\\"c\\\\d$e\\#f\\u{a}\\u{e9}\\u{1f600}"),
            (Language::Java, Quote::Double, "a'b\\\"c\\\\d$e#f\\012\\351\\ud83d\\ude00"),
            (Language::Go, Quote::Double, "a'b\\\"c\\\\d$e#f\\u000a\\u00e9\\U0001f600"),
            (Language::Rust, Quote::Double, "a'b\\\"c\\\\d$e#f\\u{a}\\u{e9}\\u{1f600}"),
            (Language::CSharp, Quote::Double, "a'b\\\"c\\\\d$e#f\\u000a\\u00e9\\ud83d\\ude00"),
        ];
        for (language, quote, expected) in cases {
            assert_eq!(inside(language, quote, all).as_deref(), Some(expected), "{language:?}");
        }
        assert_eq!(inside(Language::Php, Quote::Single, "a'b\\$").as_deref(), Some("a\\'b\\\\$"));
        assert_eq!(inside(Language::Php, Quote::Single, "a\nb"), None);
        assert_eq!(inside_raw("/a\\.b").as_deref(), Some("/a\\.b"));
        for bad in ["\"", "a\\", "a\\\\\\", "a\n", "\u{e9}"] {
            assert_eq!(inside_raw(bad), None, "{bad:?}");
        }
    }
}
