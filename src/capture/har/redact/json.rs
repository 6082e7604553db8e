//! JSON as it stands: members and elements by their own text, numbers to the letter.
//!
//! Owns taking a value apart without evaluating it, and writing strings. A number that is read and
//! written again may lose a zero or a digit (`1.10`, `12345678901234567890`); its text does not.

use super::super::lax::{Word, expecting};
use super::super::repair;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The members of an object in order.
pub(super) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Of an object; anything else has none.
    pub(super) fn of(json: &'a str) -> Self {
        serde_json::from_str(json).unwrap_or(Self(Vec::new()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(key, value)| (&**key, value.get()))
    }

    /// The last member of this name, which is the one that counts.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.get())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Members<'de>;
            expecting!("an object");
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some(key) = map.next_key::<Word<'de>>()? {
                    members.push((key.0, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// The elements of a list; anything else has none.
pub(super) fn elements(json: &str) -> Vec<&str> {
    struct Elements<'a>(Vec<&'a str>);
    impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct ListVisitor;
            impl<'de> Visitor<'de> for ListVisitor {
                type Value = Elements<'de>;
                expecting!("a list");
                fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                    let mut elements = Vec::with_capacity(16);
                    while let Some(element) = list.next_element::<&'de RawValue>()? {
                        elements.push(element.get());
                    }
                    Ok(Elements(elements))
                }
            }
            deserializer.deserialize_seq(ListVisitor)
        }
    }
    serde_json::from_str::<Elements<'_>>(json).map_or_else(|_| Vec::new(), |elements| elements.0)
}

/// The object that these bytes are, mended when they are almost JSON.
pub(super) fn object(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let sound = |text: &str| serde_json::from_str::<Members<'_>>(text).is_ok();
    if let Ok(text) = std::str::from_utf8(bytes)
        && sound(text)
    {
        return Some(Cow::Borrowed(text));
    }
    String::from_utf8(repair::repaired(bytes)).ok().filter(|text| sound(text)).map(Cow::Owned)
}

/// The content of a string; `None` for any other value. Half a surrogate pair does not cost the rest.
pub(super) fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(json)
        .or_else(|_| serde_json::from_slice(&repair::repaired(json.as_bytes())))
        .ok()
        .map(Cow::Owned)
}

/// A string or a number as text, as the reader takes either for the other.
pub(super) fn scalar(json: &str) -> Option<Cow<'_, str>> {
    if is_number(json) { Some(Cow::Borrowed(json)) } else { string(json) }
}

pub(super) fn is_number(json: &str) -> bool {
    json.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// Appends a string with its quotes.
pub(super) fn push_string(out: &mut Vec<u8>, text: &str) {
    // Writing to memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_letter() {
        let json = r#"{"a":1.10,"b":1E+05,"c":12345678901234567890123,"d":-0.0,"a":{"x":[1.0]}}"#;
        let members = Members::of(json);
        let texts: Vec<&str> = members.iter().map(|(_, value)| value).collect();
        assert_eq!(texts, ["1.10", "1E+05", "12345678901234567890123", "-0.0", r#"{"x":[1.0]}"#]);
        assert_eq!(members.get("a"), Some(r#"{"x":[1.0]}"#));
        assert_eq!(elements("[1.10, \"x\" ,null]"), ["1.10", "\"x\"", "null"]);
    }

    #[test]
    fn other_types_have_no_parts() {
        assert!(Members::of("[1]").iter().next().is_none());
        assert!(elements("{}").is_empty());
        assert_eq!(string("12"), None);
        assert_eq!(scalar("12").as_deref(), Some("12"));
        assert_eq!(scalar("true"), None);
    }

    #[test]
    fn a_damaged_string_or_object_is_mended() {
        assert_eq!(string(r#""a\ud800b""#).as_deref(), Some("a\u{fffd}b"));
        assert_eq!(object(br#"{"a":NaN}"#).as_deref(), Some(r#"{"a":null}"#));
        assert_eq!(object(b"[]"), None);
    }
}
