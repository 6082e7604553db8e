//! What a name says of its value: parameters, fields of forms and JSON, headers in running text.
//!
//! Owns two lists. In an address every value is a secret unless its name is known to be harmless and
//! it is plain. In a sentence, where most words are no names at all, a name has to tell. Replaces
//! nothing.

use super::Kind;

/// Parameters whose short, plain values say nothing about anybody.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "api-version", "asc", "category", "color", "colour", "compact", "count", "country", "currency", "debug", "depth",
    "desc", "device", "dir", "direction", "download", "draft", "embed", "enabled", "env", "expand", "format", "group",
    "h", "height", "hl", "id", "include", "index", "lang", "language", "layout", "level", "limit", "locale", "max",
    "min", "mode", "month", "n", "offset", "op", "order", "orderby", "page", "page_size", "pagesize", "part",
    "per_page", "perpage", "platform", "pretty", "preview", "project", "q", "quality", "r", "rating", "region",
    "resource", "retry", "revision", "rows", "scope", "size", "skip", "sort", "sort_by", "sortby", "start", "status",
    "step", "tab", "take", "target", "theme", "top", "type", "unit", "units", "v", "ver", "verbose", "version",
    "view", "w", "week", "width", "x", "y", "year", "z", "zoom",
];

/// Whether a value of this parameter may be shown: the name is harmless and the value is no more
/// than seven letters or four digits.
pub(super) fn may_show_parameter(name: &str, value: &str) -> bool {
    is_plain_value(value) && HARMLESS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// At most seven letters or four digits.
pub(super) fn is_plain_value(value: &str) -> bool {
    (value.len() <= 7 && value.bytes().all(|byte| byte.is_ascii_alphabetic()))
        || (value.len() <= 4 && value.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Values that are no secret whatever the name says: nothing, and what was left out or masked before.
pub(super) fn is_blank(value: &str) -> bool {
    matches!(value, "" | "true" | "false" | "null" | "none" | "undefined" | "include" | "omit" | "same-origin")
        || value.chars().all(|c| matches!(c, '*' | '.' | '\u{2026}'))
}

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// What it is.
    pub(super) kind: Kind,
    /// The name means a secret anywhere; otherwise only in a query or a form.
    pub(super) anywhere: bool,
}

/// Pieces of names that mean a secret wherever they stand, alone or in a compound: `usertoken`.
const STRONG: &[(&str, Kind)] = &[
    ("token", Kind::Token),
    ("jwt", Kind::Token),
    ("bearer", Kind::Token),
    ("assertion", Kind::Token),
    ("samlresponse", Kind::Token),
    ("samlrequest", Kind::Token),
    ("samlart", Kind::Token),
    ("csrf", Kind::Token),
    ("xsrf", Kind::Token),
    ("authorization", Kind::Token),
    ("verifier", Kind::Token),
    ("codechallenge", Kind::Token),
    ("secret", Kind::Secret),
    ("password", Kind::Password),
    ("passwd", Kind::Password),
    ("passphrase", Kind::Password),
    ("passcode", Kind::Password),
    ("kennwort", Kind::Password),
    ("passwort", Kind::Password),
    ("motdepasse", Kind::Password),
    ("contrasena", Kind::Password),
    ("apikey", Kind::Key),
    ("authkey", Kind::Key),
    ("accesskey", Kind::Key),
    ("privatekey", Kind::Key),
    ("secretkey", Kind::Key),
    ("sesskey", Kind::Key),
    ("licensekey", Kind::Key),
    ("encryptionkey", Kind::Key),
    ("credential", Kind::Key),
    ("signature", Kind::Signature),
    ("hmac", Kind::Signature),
    ("cookie", Kind::Cookie),
    ("sessionid", Kind::Session),
    ("sessid", Kind::Session),
    ("authcode", Kind::Code),
    ("fcparams", Kind::Token),
    ("serverdata", Kind::Token),
    ("facetid", Kind::Token),
];

/// Whole words that mean a secret wherever they stand.
const STRONG_WORDS: &[(&str, Kind)] = &[
    ("pwd", Kind::Password),
    ("psw", Kind::Password),
    ("otp", Kind::Code),
    ("totp", Kind::Code),
    ("cvv", Kind::Code),
    ("cvc", Kind::Code),
    ("iban", Kind::Code),
    ("ssn", Kind::Code),
    ("sid", Kind::Session),
    ("creds", Kind::Key),
    ("boundary", Kind::Value),
    ("usg", Kind::Token),
    ("vses2", Kind::Token),
    ("shdf", Kind::Token),
    ("hdnts", Kind::Token),
    ("hdnea", Kind::Token),
];

/// Words that mean a secret in a query, a form or behind `=`, and something harmless in a sentence.
const WEAK: &[(&str, Kind)] = &[
    ("auth", Kind::Token),
    ("ticket", Kind::Token),
    ("nonce", Kind::Token),
    ("state", Kind::Token),
    ("magic", Kind::Token),
    ("invite", Kind::Token),
    ("reset", Kind::Token),
    ("challenge", Kind::Token),
    ("code", Kind::Code),
    ("pin", Kind::Code),
    ("key", Kind::Key),
    ("sig", Kind::Signature),
    ("sas", Kind::Signature),
    ("pass", Kind::Password),
    ("session", Kind::Session),
    ("sess", Kind::Session),
    ("email", Kind::Email),
    ("mail", Kind::Email),
    ("phone", Kind::Value),
    ("appid", Kind::Id),
    ("clientid", Kind::Id),
];

/// What the name of a parameter, field or header says of its value.
pub(super) fn named(name: &str) -> Option<Named> {
    // Names are short; a hostile one is judged by its end, where the noun stands.
    let start = name.len().saturating_sub(96);
    let name = name.get(start..).or_else(|| name.get(name.char_indices().rev().nth(48)?.0..))?;
    let words = words(name);
    let squeezed: String = words.concat();
    if squeezed.is_empty() {
        return None;
    }
    // `tokenizer` and `cookies` are no compounds that end in the noun; `usertoken` and `tokens` are.
    let noun = squeezed.trim_end_matches(|c: char| c.is_ascii_digit());
    let noun = noun.strip_suffix('s').unwrap_or(noun);
    let compound = STRONG.iter().find(|(piece, _)| {
        noun.ends_with(piece)
            || words.iter().any(|word| word == piece)
            || (piece.len() > 5 && squeezed.starts_with(piece))
    });
    if let Some((_, kind)) = compound {
        return Some(Named { kind: *kind, anywhere: true });
    }
    let find = |table: &[(&str, Kind)]| {
        words
            .iter()
            .map(String::as_str)
            .chain(std::iter::once(squeezed.as_str()))
            .find_map(|word| table.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind))
    };
    if let Some(kind) = find(STRONG_WORDS) {
        return Some(Named { kind, anywhere: true });
    }
    let kind = find(WEAK)?;
    // `x-functions-key: …` is a header of its own, `key: …` a word in a sentence.
    let anywhere = words.len() > 1 && words.last().is_some_and(|last| last == "key");
    Some(Named { kind, anywhere })
}

/// Lower-case words of `accessToken`, `X-Amz-Signature`, `user[password]`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    let mut open = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            open = false;
            lower_before = false;
            continue;
        }
        if !open || (c.is_ascii_uppercase() && lower_before) {
            words.push(String::new());
            open = true;
        }
        lower_before = c.is_ascii_lowercase();
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_by_their_words_and_compounds_by_their_noun() {
        for secret in [
            "token",
            "access_token",
            "accessToken",
            "id-token",
            "X-Amz-Signature",
            "X-Amz-Security-Token",
            "sig",
            "code",
            "password",
            "user[password]",
            "SAMLResponse",
            "JSESSIONID",
            "api_key",
            "apiKey",
            "key",
            "sid",
            "x-functions-key",
            "client_secret",
            "Authorization",
            "_csrf",
            "wstoken",
            "usertoken",
            "sesskey",
            "authkey",
            "PHPSESSID",
            "token2",
            "boundary",
            "otp",
        ] {
            assert!(named(secret).is_some(), "{secret}");
        }
        for plain in ["q", "keyword", "monkey", "encoded", "zipcode", "page", "sort", "tokenizer", "passenger", ""] {
            assert!(named(plain).is_none(), "{plain}");
        }
    }

    #[test]
    fn what_public_sanitizers_of_hars_remove_is_never_harmless() {
        // The word list that Google's and Cloudflare's sanitizers of HARs share.
        for word in [
            "Authorization",
            "SAMLRequest",
            "SAMLResponse",
            "access_token",
            "appID",
            "assertion",
            "auth",
            "authenticity_token",
            "challenge",
            "client_id",
            "client_secret",
            "code",
            "code_challenge",
            "code_verifier",
            "email",
            "facetID",
            "fcParams",
            "id_token",
            "password",
            "refresh_token",
            "serverData",
            "shdf",
            "state",
            "token",
            "usg",
            "vses2",
        ] {
            assert!(!may_show_parameter(word, "abc"), "{word}");
            assert!(named(word).is_some(), "{word}");
        }
        assert!(!super::super::headers::may_be_shown(b"x-client-data"));
    }

    #[test]
    fn a_harmless_name_needs_a_plain_value() {
        for (name, value) in [("page", "2"), ("sort", "asc"), ("Lang", "de"), ("id", "8812"), ("v", "")] {
            assert!(may_show_parameter(name, value), "{name}={value}");
        }
        for (name, value) in
            [("page", "12345"), ("q", "jane doe"), ("lang", "de-1"), ("id", "abcdefgh"), ("user", "jane")]
        {
            assert!(!may_show_parameter(name, value), "{name}={value}");
        }
        for named in HARMLESS {
            assert!(super::named(named).is_none(), "{named}");
        }
    }
}
