//! JSON values as HAR exporters really write them: any field may be missing, null or of another type.
//!
//! Owns deserialisation that never fails over a type, only over broken syntax; keys may repeat (the
//! last one wins). Does not interpret.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Text; numbers become text, anything else is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Text<'a>(pub(super) Option<Cow<'a, str>>);

impl<'a> Text<'a> {
    /// The text, unless it is missing or blank.
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn or_empty(&self) -> &str {
        self.get().unwrap_or_default()
    }

    pub(super) fn boxed(&self) -> Option<Box<str>> {
        self.get().map(Box::from)
    }

    pub(super) fn into_cow(self) -> Cow<'a, str> {
        self.0.unwrap_or_default()
    }
}

/// A number, also when written as text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Number(pub(super) Option<f64>);

impl Number {
    /// A whole number within `i64`.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn whole(self) -> Option<i64> {
        const BOUND: f64 = 9.0e15;
        self.0.filter(|number| number.abs() < BOUND).map(|number| number as i64)
    }

    /// A count: whole and not negative.
    pub(super) fn count(self) -> Option<u64> {
        self.whole().and_then(|number| u64::try_from(number).ok())
    }
}

/// `true`, and nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flag(pub(super) bool);

/// The raw JSON of a value that is rarely needed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Raw<'a>(pub(super) Option<&'a str>);

/// A list of which only objects are read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// Methods of a visitor for the types a value is not expected to have: all yield the default.
macro_rules! otherwise_default {
    ($($method:ident: $type:ty),*) => {
        $(fn $method<E>(self, _: $type) -> Result<Self::Value, E> { Ok(Self::Value::default()) })*
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
    };
}
macro_rules! skip_map {
    () => {
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}
macro_rules! skip_seq {
    () => {
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}
macro_rules! expecting {
    ($what:literal) => {
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str($what)
        }
    };
}

/// A struct read from an object, field by key; anything that is no object yields the default.
macro_rules! lax_object {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty = $($key:literal)|+),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: $type,)*
            /// Ties the lifetime down for objects that borrow nothing.
            pub(super) marker: std::marker::PhantomData<&'a ()>,
        }

        impl<'de: 'a, 'a> serde::de::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ObjectVisitor<'a>(std::marker::PhantomData<&'a ()>);
                impl<'de: 'a, 'a> serde::de::Visitor<'de> for ObjectVisitor<'a> {
                    type Value = $name<'a>;
                    $crate::capture::har::lax::expecting!("an object");
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut object = $name::default();
                        while let Some(key) = map.next_key::<$crate::capture::har::lax::Word<'de>>()? {
                            match &*key.0 {
                                $($($key)|+ => object.$field = map.next_value()?,)*
                                _ => { map.next_value::<serde::de::IgnoredAny>()?; }
                            }
                        }
                        Ok(object)
                    }
                    $crate::capture::har::lax::skip_seq!();
                    $crate::capture::har::lax::otherwise_default!(
                        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
                }
                deserializer.deserialize_any(ObjectVisitor(std::marker::PhantomData))
            }
        }
    };
}
pub(super) use {expecting, lax_object, otherwise_default, skip_seq};

/// A key: borrowed unless it holds escapes.
pub(super) struct Word<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Word<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordVisitor;
        impl<'de> Visitor<'de> for WordVisitor {
            type Value = Word<'de>;
            expecting!("a key");
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Word<'de>, E> {
                Ok(Word(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Word<'de>, E> {
                Ok(Word(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(WordVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            expecting!("text");
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Text<'de>, E> {
                Ok(Text(Some(Cow::Owned(number.to_string()))))
            }
            skip_map!();
            skip_seq!();
            otherwise_default!(visit_bool: bool);
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberVisitor;
        #[allow(clippy::cast_precision_loss)]
        impl<'de> Visitor<'de> for NumberVisitor {
            type Value = Number;
            expecting!("a number");
            fn visit_str<E>(self, text: &str) -> Result<Number, E> {
                Ok(Number(text.trim().parse().ok().filter(|number: &f64| number.is_finite())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number(Some(number as f64)))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(Some(number as f64)))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                Ok(Number(Some(number)))
            }
            skip_map!();
            skip_seq!();
            otherwise_default!(visit_bool: bool);
        }
        deserializer.deserialize_any(NumberVisitor)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl<'de> Visitor<'de> for FlagVisitor {
            type Value = Flag;
            expecting!("true or false");
            fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }
            skip_map!();
            skip_seq!();
            otherwise_default!(visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }
        deserializer.deserialize_any(FlagVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: &'de RawValue = Deserialize::deserialize(deserializer)?;
        Ok(Raw(Some(raw.get())))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;
            expecting!("a list");
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(List(items))
            }
            skip_map!();
            otherwise_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }
        deserializer.deserialize_any(ListVisitor(std::marker::PhantomData))
    }
}

/// Room made for a header list at once; most have fewer lines.
const USUAL_HEADERS: usize = 24;

/// A header list in any of the shapes seen: objects, pairs, `name: value` texts, or one object.
#[derive(Debug, Clone, Default)]
pub(super) struct HeaderList<'a>(pub(super) Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// One element of a list of headers.
enum HeaderItem<'a> {
    One(Cow<'a, str>, Cow<'a, str>),
    None,
}

impl<'de> Deserialize<'de> for HeaderItem<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemVisitor;
        impl<'de> Visitor<'de> for ItemVisitor {
            type Value = HeaderItem<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeaderItem<'de>, A::Error> {
                let (mut name, mut value) = (Text::default(), Text::default());
                while let Some(key) = map.next_key::<Word<'de>>()? {
                    match &*key.0 {
                        "name" | "Name" | "key" => name = map.next_value()?,
                        "value" | "Value" => value = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(HeaderItem::of(name, value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<HeaderItem<'de>, A::Error> {
                let name = list.next_element::<Text<'de>>()?.unwrap_or_default();
                let value = list.next_element::<Text<'de>>()?.unwrap_or_default();
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(HeaderItem::of(name, value))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<HeaderItem<'de>, E> {
                Ok(text.split_once(':').map_or(HeaderItem::None, |(name, value)| {
                    HeaderItem::One(Cow::Borrowed(name.trim()), Cow::Borrowed(value.trim()))
                }))
            }
            fn visit_str<E>(self, text: &str) -> Result<HeaderItem<'de>, E> {
                Ok(text.split_once(':').map_or(HeaderItem::None, |(name, value)| {
                    HeaderItem::One(Cow::Owned(name.trim().to_owned()), Cow::Owned(value.trim().to_owned()))
                }))
            }
            fn visit_unit<E>(self) -> Result<HeaderItem<'de>, E> {
                Ok(HeaderItem::None)
            }
            fn visit_bool<E>(self, _: bool) -> Result<HeaderItem<'de>, E> {
                Ok(HeaderItem::None)
            }
            fn visit_i64<E>(self, _: i64) -> Result<HeaderItem<'de>, E> {
                Ok(HeaderItem::None)
            }
            fn visit_u64<E>(self, _: u64) -> Result<HeaderItem<'de>, E> {
                Ok(HeaderItem::None)
            }
            fn visit_f64<E>(self, _: f64) -> Result<HeaderItem<'de>, E> {
                Ok(HeaderItem::None)
            }
        }
        deserializer.deserialize_any(ItemVisitor)
    }
}

impl<'a> HeaderItem<'a> {
    fn of(name: Text<'a>, value: Text<'a>) -> Self {
        if name.get().is_some() { Self::One(name.into_cow(), value.into_cow()) } else { Self::None }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for HeaderList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;
        impl<'de> Visitor<'de> for ListVisitor {
            type Value = HeaderList<'de>;
            expecting!("headers");
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<HeaderList<'de>, A::Error> {
                let mut headers = Vec::with_capacity(USUAL_HEADERS);
                while let Some(item) = list.next_element()? {
                    if let HeaderItem::One(name, value) = item {
                        headers.push((name, value));
                    }
                }
                Ok(HeaderList(headers))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeaderList<'de>, A::Error> {
                let mut headers = Vec::new();
                while let Some(name) = map.next_key::<Word<'de>>()? {
                    for value in map.next_value::<OneOrMany<'de>>()?.0 {
                        headers.push((name.0.clone(), value));
                    }
                }
                Ok(HeaderList(headers))
            }
            otherwise_default!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
        }
        deserializer.deserialize_any(ListVisitor)
    }
}

/// The value or values of a header in an object of headers; null is none.
#[derive(Default)]
struct OneOrMany<'a>(Vec<Cow<'a, str>>);

impl<'de> Deserialize<'de> for OneOrMany<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ManyVisitor;
        impl<'de> Visitor<'de> for ManyVisitor {
            type Value = OneOrMany<'de>;
            expecting!("a header value");
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany<'de>, A::Error> {
                let mut values = Vec::new();
                while let Some(text) = list.next_element::<Text<'de>>()? {
                    values.push(text.into_cow());
                }
                Ok(OneOrMany(values))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<OneOrMany<'de>, E> {
                Ok(OneOrMany(vec![Cow::Borrowed(text)]))
            }
            fn visit_str<E>(self, text: &str) -> Result<OneOrMany<'de>, E> {
                Ok(OneOrMany(vec![Cow::Owned(text.to_owned())]))
            }
            fn visit_i64<E>(self, number: i64) -> Result<OneOrMany<'de>, E> {
                Ok(OneOrMany(vec![Cow::Owned(number.to_string())]))
            }
            fn visit_u64<E>(self, number: u64) -> Result<OneOrMany<'de>, E> {
                Ok(OneOrMany(vec![Cow::Owned(number.to_string())]))
            }
            skip_map!();
            otherwise_default!(visit_bool: bool, visit_f64: f64);
        }
        deserializer.deserialize_any(ManyVisitor)
    }
}
