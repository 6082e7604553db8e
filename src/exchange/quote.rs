//! Parts of sentences made of what was recorded: header lines, shortened texts, lists.
//!
//! Owns how they are written. Masks nothing (reports do) and never sees a secret's value.

use super::{Headers, Value};
use crate::secrets::headers::shown;

pub(crate) use crate::secrets::shorten;

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

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[String]) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
