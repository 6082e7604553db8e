//! Texts that people paste: shell lines, configuration, code.
//!
//! A capture comes from a stranger, and what is made from it is pasted into shells and servers. So a
//! value of a capture gets into such a text in one way only: it is validated into a type of this room
//! (which has neither `Display` nor `Deref`), and written by the writer of the text's language. A
//! [`Text`] is made of literals of this program and such values; a `String` does not compile into it.
//!
//! ```compile_fail
//! let captured = String::from("https://app.shop.test");
//! let text = whycors::paste::Text::new().lit(&captured);
//! ```
//!
//! ```compile_fail
//! let origin = whycors::paste::SerializedOrigin::of("https://app.shop.test").unwrap();
//! let text = format!("{origin}");
//! ```
//!
//! ```
//! use whycors::paste::{Language, Quote, SerializedOrigin, Text};
//!
//! let origin = SerializedOrigin::of("https://app.shop.test").unwrap();
//! let text = Text::from("origins ").quoted(Language::Ruby, Quote::Double, &origin);
//! assert_eq!(text.as_str(), "origins \"https://app.shop.test\"");
//! assert!(SerializedOrigin::of("https://app.shop.test\"; system('id'); \"").is_err());
//! ```
//!
//! Two fences: the types hold nothing that means something in any of the languages, and the writers
//! escape it all the same, or refuse it where their language has no escape.
//!
//! Owns validation, escaping, quoting and the holes of templates. Does not decide what to say.

mod compose;
mod cors_header;
mod curl;
mod language;
mod template;
mod text;
mod value;
mod writers;

pub use compose::{HeaderValue, Words};
pub use cors_header::{ALLOW_CREDENTIALS, ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN, CorsHeader};
pub use curl::{Curl, Mask, Url};
pub use language::{Language, Quote};
pub use template::{Holes, fill, says_path};
pub use text::{Text, comment};
pub use value::{FieldName, PlainMethod, PlainPath, Refused, SerializedOrigin, Value};
