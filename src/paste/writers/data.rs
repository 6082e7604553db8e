//! JSON and YAML by serde_json, XML by quick-xml.

use std::fmt::Write as _;

/// Between the quotes of a JSON string; what is no ASCII, or would move a cursor, as `\u`.
pub(in crate::paste) fn json(raw: &str) -> Option<String> {
    let written = serde_json::to_string(raw).ok()?;
    let inside = written.strip_prefix('"')?.strip_suffix('"')?;
    if inside.bytes().all(|c| matches!(c, b' '..=b'~')) {
        return Some(inside.to_owned());
    }
    let mut out = String::with_capacity(inside.len() + 8);
    for c in inside.chars() {
        if matches!(c, ' '..='~') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    Some(out)
}

/// Between the double quotes of a YAML scalar, which reads the escapes of JSON, but each surrogate for itself.
pub(in crate::paste) fn yaml(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len() + 8);
    for part in raw.split_inclusive(|c| c > '\u{ffff}') {
        let last = part.chars().next_back().filter(|c| *c > '\u{ffff}');
        let before = part.len().saturating_sub(last.map_or(0, char::len_utf8));
        out.push_str(&json(part.get(..before)?)?);
        if let Some(c) = last {
            let _ = write!(out, "\\U{:08x}", u32::from(c));
        }
    }
    Some(out)
}

/// A YAML scalar: plain where nothing reads it as another type, else in double quotes.
pub(in crate::paste) fn yaml_scalar(raw: &str) -> Option<String> {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let plain = raw.starts_with(|c: char| c.is_ascii_alphabetic())
        && raw.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '.' | '_' | '-' | ','))
        && !raw.ends_with(':')
        && !WORDS.iter().any(|word| raw.eq_ignore_ascii_case(word));
    if plain { Some(raw.to_owned()) } else { yaml(raw).map(|inside| format!("\"{inside}\"")) }
}

/// Element text or an attribute's value. XML 1.0 has no way to say a control character.
pub(in crate::paste) fn xml(raw: &str) -> Option<String> {
    if raw.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
        return None;
    }
    Some(quick_xml::escape::escape(raw).into_owned())
}
