//! What is secret in a capture, and what may be shown: the one place that decides it.
//!
//! Owns the allow lists (header values, parameters, segments of paths), the walkers over addresses
//! ([`url()`]) and running text ([`text()`]), and the [`Masker`] of reports. What takes a secret's
//! place is the caller's: a [`Replace`] gives `token-1` in a report and a mask with a length in a
//! redacted file. Reads no capture and no file.

pub mod headers;
mod masker;
mod names;
mod path;
mod shapes;
mod text;
mod url;

pub use masker::Masker;
pub use text::text;
pub use url::url;

use std::borrow::Cow;

/// What a secret is, as far as its name, place or shape tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Opens a session or an API.
    Token,
    /// A key of an application.
    Key,
    /// A code that is used once, or a number that only its owner knows.
    Code,
    /// A password.
    Password,
    /// Called a secret.
    Secret,
    /// A signature of a URL or request.
    Signature,
    /// Names a session.
    Session,
    /// A cookie.
    Cookie,
    /// An e-mail address.
    Email,
    /// Opaque, in a path.
    Id,
    /// A name that is a token itself.
    Name,
    /// Any other value that is not known to be harmless.
    Value,
}

impl Kind {
    /// The word that a replacement starts with.
    pub fn label(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Key => "key",
            Self::Code => "code",
            Self::Password => "password",
            Self::Secret => "secret",
            Self::Signature => "signature",
            Self::Session => "session",
            Self::Cookie => "cookie",
            Self::Email => "email",
            Self::Id => "id",
            Self::Name => "name",
            Self::Value => "value",
        }
    }
}

/// What takes the place of a secret.
pub trait Replace {
    /// The replacement of a secret. `secret` is as written but for its percent-encoding.
    fn replace(&mut self, kind: Kind, secret: &str) -> String;

    /// The same secret as it was written, percent-encoded.
    fn written_as(&mut self, _written: &str, _replacement: &str) {}

    /// Whether text is a replacement already, or a value that stays whatever its shape.
    fn stays(&self, text: &str) -> bool;

    /// User name and password stood in an address; they are dropped.
    fn user_info(&mut self, _text: &str) {}
}

/// Whether a path may stand in what a person pastes: nothing in it is replaced.
pub fn is_open_path(path: &str) -> bool {
    let mut place = path::Place::default();
    path.split('/').all(|segment| {
        let (kind, next) = path::judge(place, &decode(segment));
        place = next;
        kind.is_none() && !segment.contains(';')
    })
}

/// Whether a name tells that its value is a secret, wherever it stands.
pub fn is_telling(name: &str) -> bool {
    names::named(name).is_some_and(|named| named.anywhere)
}

/// Whether a name is a token itself.
pub fn is_token(name: &str) -> bool {
    shapes::is_opaque(name)
}

/// The name of a header, parameter or function: replaced only if it is a token itself.
pub fn name(name: &str, by: &mut dyn Replace) -> String {
    if by.stays(name) || !shapes::is_opaque(name) { name.to_owned() } else { by.replace(Kind::Name, name) }
}

/// Whether text is made of words, short numbers and versions, as names of things are.
pub(crate) fn is_plain(text: &str) -> bool {
    shapes::is_plain(text, 7)
}

/// Percent-decoding, for looking and comparing only.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%'
            && let [high, low, tail @ ..] = after
            && let (Some(high), Some(low)) = ((*high as char).to_digit(16), (*low as char).to_digit(16))
        {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = tail;
        } else {
            bytes.push(first);
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
