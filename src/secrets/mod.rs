//! What is secret in a capture, and what may be shown: the one place that decides it.
//!
//! Owns the allow lists (header values, parameters, segments of paths), the walkers over addresses
//! ([`url()`]) and running text ([`text()`]), and the [`Masker`] of reports. What takes a secret's
//! place is the caller's: a [`Replace`] gives `token-1` in a report and a mask with a length in a
//! redacted file. Reads no capture and no file.

mod cut;
pub mod headers;
mod masker;
mod names;
mod path;
mod prose;
mod shapes;
mod text;
mod url;
mod words;

pub(crate) use cut::shorten;
pub use masker::{Mark, Masker};
pub(crate) use prose::prose;
pub use prose::{As, Captured, Decimal, Hexadecimal, Padded, Piece, Prose, Role, Roles, gaps, piece};
pub use text::text;
pub use url::url;

use cut::cut;
use prose::Shape;

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

    /// How this address showed before, where that is remembered.
    fn known_address(&self, _address: &str) -> Option<String> {
        None
    }

    /// Tells how an address shows.
    fn remember_address(&mut self, _address: &str, _shown: &str) {}
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

/// A text of somebody else's, which is no sentence of this program: whatever stands behind a telling name
/// goes, be it a word. What goes shows as `…`.
pub fn foreign(text: &str) -> String {
    struct LeftOut;
    impl Replace for LeftOut {
        fn replace(&mut self, _: Kind, _: &str) -> String {
            "…".to_owned()
        }
        fn stays(&self, text: &str) -> bool {
            text == "…" || is_mask(text)
        }
    }
    text::foreign(text, &mut LeftOut)
}

/// Whether text is the mask that a redacted file holds in place of a value, and nothing else:
/// `[redacted:len=21:h=1a2b3c4d]`, or `redacted-21-1a2b3c4d` where a grammar must hold.
pub fn is_mask(text: &str) -> bool {
    let inner = match text.strip_prefix("[redacted:len=").and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => inner.split_once(":h="),
        None => text.strip_prefix("redacted-").and_then(|rest| rest.split_once('-')),
    };
    let Some((len, hash)) = inner else { return false };
    let digits = !len.is_empty() && len.len() <= 20 && len.bytes().all(|byte| byte.is_ascii_digit());
    digits && hash.len() == 8 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a name is a token itself.
pub fn is_token(name: &str) -> bool {
    shapes::is_opaque(name) && !is_mask(name)
}

/// The name of a header, parameter or function: replaced only if it is a token itself.
pub fn name(name: &str, by: &mut dyn Replace) -> String {
    if by.stays(name) || !is_token(name) { name.to_owned() } else { by.replace(Kind::Name, name) }
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
