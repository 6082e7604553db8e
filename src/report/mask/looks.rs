//! What looks like a secret: names of parameters and fields, and the shape of values.
//!
//! Owns the word lists and heuristics; replaces nothing. Over-masking costs an engineer a value
//! that a CORS question never needs, under-masking costs a customer a session: where in doubt, the
//! answer is yes, except for UUIDs and numbers, which are what people search a log for.

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// Word the replacement starts with.
    pub(super) label: &'static str,
    /// The name means a secret anywhere; otherwise only in a query or a form.
    pub(super) anywhere: bool,
}

/// Words that mean a secret wherever they stand, with the label of the replacement.
const STRONG: &[(&str, &str)] = &[
    ("token", "token"),
    ("tokens", "token"),
    ("jwt", "token"),
    ("bearer", "token"),
    ("accesstoken", "token"),
    ("idtoken", "token"),
    ("refreshtoken", "token"),
    ("authtoken", "token"),
    ("assertion", "token"),
    ("samlresponse", "token"),
    ("samlrequest", "token"),
    ("samlart", "token"),
    ("csrf", "token"),
    ("csrftoken", "token"),
    ("xsrf", "token"),
    ("authorization", "token"),
    ("secret", "secret"),
    ("clientsecret", "secret"),
    ("password", "password"),
    ("passwd", "password"),
    ("passphrase", "password"),
    ("pwd", "password"),
    ("apikey", "key"),
    ("accesskey", "key"),
    ("privatekey", "key"),
    ("secretkey", "key"),
    ("credential", "key"),
    ("signature", "signature"),
    ("hmac", "signature"),
    ("cookie", "cookie"),
    ("sessionid", "session"),
    ("jsessionid", "session"),
    ("phpsessid", "session"),
    ("sid", "session"),
    ("otp", "code"),
    ("authcode", "code"),
];

/// Words that mean a secret in a query, a form or behind `=`, and something harmless in a sentence.
const WEAK: &[(&str, &str)] = &[
    ("auth", "token"),
    ("ticket", "token"),
    ("nonce", "token"),
    ("state", "token"),
    ("code", "code"),
    ("pin", "code"),
    ("key", "key"),
    ("sig", "signature"),
    ("pass", "password"),
    ("session", "session"),
    ("sess", "session"),
    ("email", "email"),
    ("mail", "email"),
];

/// What the name of a parameter, field or header says of its value.
pub(super) fn name(name: &str) -> Option<Named> {
    // Names are short; a hostile one is judged by its end, where the noun stands.
    let start = name.len().saturating_sub(96);
    let name = name.get(start..).or_else(|| name.get(name.char_indices().rev().nth(48)?.0..))?;
    let words = words(name);
    let squeezed: String = words.concat();
    let all = || words.iter().map(String::as_str).chain(std::iter::once(squeezed.as_str()));
    let find = |table: &[(&str, &'static str)]| {
        all().find_map(|word| table.iter().find(|(known, _)| *known == word).map(|(_, label)| *label))
    };
    if let Some(label) = find(STRONG) {
        return Some(Named { label, anywhere: true });
    }
    let label = find(WEAK)?;
    // `x-functions-key: …` is a header of its own, `key: …` a word in a sentence.
    let anywhere = words.len() > 1 && words.last().is_some_and(|last| last == "key");
    Some(Named { label, anywhere })
}

/// Lower-case words of `accessToken`, `X-Amz-Signature`, `user[password]`.
fn words(name: &str) -> Vec<String> {
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

/// Values that are no secret whatever the name says.
pub(super) fn harmless(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "null" | "none" | "undefined" | "include" | "omit" | "same-origin" | "0" | "1"
    ) || value.starts_with('$')
        || value.starts_with("%24")
        // What was left out, or masked before.
        || value.chars().all(|c| matches!(c, '*' | '.' | '\u{2026}'))
}

/// Whether a run of characters is a secret or an opaque id by its shape alone: a JWT, a vendor's
/// key format, 24 or more hex digits, or 24 or more characters without words in them.
pub(super) fn value(run: &str) -> bool {
    // The shortest of these shapes has 17 characters; nearly every word of a text is shorter.
    run.len() >= 17 && (jwt(run) || vendor_key(run) || run.split(|c: char| !token_char(c)).any(opaque))
}

/// Whether a run and its continuation over slashes and `=` are one base64 value.
pub(super) fn base64_joined(run: &str, tail: &str) -> bool {
    // A value cannot be much longer than what is kept of a body.
    run.len().saturating_add(tail.len()) <= 8192 && base64(&format!("{run}{tail}"))
}

/// Whether a run has the shape of standard base64 and looks random.
pub(super) fn base64(run: &str) -> bool {
    run.len() >= 24
        && run.bytes().any(|b| matches!(b, b'+' | b'/' | b'='))
        && run.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        && random(run)
}

fn token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn jwt(run: &str) -> bool {
    let Some(start) = run.find("eyJ") else { return false };
    let rest = run.get(start..).unwrap_or_default();
    let mut parts = rest.split('.');
    let long = |part: Option<&str>| part.is_some_and(|part| part.len() >= 8 && part.chars().all(token_char));
    long(parts.next()) && long(parts.next())
}

fn vendor_key(run: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "ghp_",
        "gho_",
        "ghs_",
        "ghu_",
        "github_pat_",
        "glpat-",
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "sk-",
        "xoxb-",
        "xoxp-",
        "xoxa-",
        "ya29.",
        "AIza",
        "AKIA",
        "ASIA",
        "SG.",
        "npm_",
        "hvs.",
    ];
    PREFIXES.iter().any(|prefix| {
        run.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= 16
                && rest.chars().all(|c| token_char(c) || c == '.')
                && rest.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        })
    })
}

fn opaque(part: &str) -> bool {
    if part.len() < 24 || uuid(part) {
        return false;
    }
    // Also inside a longer run: a prefix of letters does not make a token readable.
    let hex = part.split(|c: char| !c.is_ascii_hexdigit()).any(|run| {
        run.len() >= 24 && run.bytes().any(|b| b.is_ascii_alphabetic()) && run.bytes().any(|b| b.is_ascii_digit())
    });
    hex || random(part) || numbered(part)
}

/// Letters and digits in one unbroken run, with digits in several places: `abc1def22ghi3…`. A word
/// with a number at its end, and words joined by `-` or `_`, are none.
fn numbered(part: &str) -> bool {
    part.split(['-', '_']).filter(|run| run.len() >= 24).any(|run| {
        let mut digits = 0usize;
        let mut groups = 0usize;
        let mut before = false;
        for b in run.bytes() {
            let digit = b.is_ascii_digit();
            digits += usize::from(digit);
            groups += usize::from(digit && !before);
            before = digit;
        }
        digits < run.len() && groups >= 2 && digits.saturating_mul(5) >= run.len()
    })
}

fn uuid(part: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut parts = part.split('-');
    lengths.iter().all(|&len| parts.next().is_some_and(|p| p.len() == len && p.bytes().all(|b| b.is_ascii_hexdigit())))
        && parts.next().is_none()
}

/// Random text changes between upper case, lower case and digits at every other character; words,
/// also `camelCase` ones, numbers and dates do not. A capital before a small letter is no change.
fn random(part: &str) -> bool {
    let class = |b: u8| match b {
        b'A'..=b'Z' => 1u8,
        b'a'..=b'z' => 2,
        b'0'..=b'9' => 3,
        _ => 0,
    };
    let mut changes = 0usize;
    let mut digits = 0usize;
    let mut letters = 0usize;
    let mut before = 0u8;
    for b in part.bytes() {
        let now = class(b);
        if before != 0 && now != 0 && before != now && (before, now) != (1, 2) {
            changes += 1;
        }
        digits += usize::from(now == 3);
        letters += usize::from(now == 1 || now == 2);
        before = now;
    }
    digits > 0 && letters > 0 && changes.saturating_mul(100) >= part.len().saturating_mul(26)
}

/// Whether `local@domain` is an e-mail address, and not a package version or a handle.
pub(super) fn email(local: &str, domain: &str) -> bool {
    let local_ok = !local.is_empty() && local.len() <= 64;
    let Some((name, tld)) = domain.rsplit_once('.') else { return false };
    local_ok
        && !name.is_empty()
        && (2..=24).contains(&tld.len())
        && tld.bytes().all(|b| b.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_by_their_words_not_by_substrings() {
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
        ] {
            assert!(name(secret).is_some(), "{secret}");
        }
        for plain in ["q", "keyword", "monkey", "encoded", "zipcode", "page", "sort", "tokenizer", "passenger", ""] {
            assert!(name(plain).is_none(), "{plain}");
        }
    }

    #[test]
    fn shapes_of_secrets_are_known_without_a_name() {
        for secret in [
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "507f1f77bcf86cd799439011",
            "Zm9vYmFyMTIzNDU2Nzg5MHF3ZXJ0eXVpb3A",
            "k3j9x0a2b8c7d6e5f4g3h2i1",
            "SECRETPATHabcdef0123456789abcdef0123456789",
            "resetlink20261124xyzw84512kq",
        ] {
            assert!(value(secret), "{secret}");
        }
    }

    #[test]
    fn words_numbers_and_uuids_are_no_secrets() {
        for plain in [
            "getCustomerOrdersByAccountId2",
            "my-product-2024-blue-shoes-size-42",
            "123e4567-e89b-12d3-a456-426614174000",
            "123456789012345678901234567890",
            "access-control-request-headers",
            "PreflightMissingAllowOriginHeader",
            "AccessControlAllowOriginIsMissing2",
            "v1",
        ] {
            assert!(!value(plain), "{plain}");
        }
    }

    #[test]
    fn an_address_needs_a_domain_with_a_top_level() {
        assert!(email("jane.doe", "shop.example"));
        assert!(!email("react", "18.2.0"));
        assert!(!email("pkg", "latest"));
        assert!(!email("", "shop.example"));
    }
}
