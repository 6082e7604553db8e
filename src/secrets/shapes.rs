//! The shape of a value: words, numbers and versions on one side, what nobody says on the other.
//!
//! Owns the heuristics for values without a telling name or place. Where in doubt the answer is
//! "opaque": a masked word costs a look into the file, a shown token costs a session.

use super::words::{is_speakable, is_word};

/// Whether text is made of words, short numbers and versions: `customer-orders`, `v2`, `oauth2`.
///
/// `digits` is the longest number that is no secret here.
pub(super) fn is_plain(text: &str, digits: usize) -> bool {
    // A whole segment of this length is an abbreviation (`k8s`, `s3x45i`); pieces of a longer one are not.
    if text.len() <= SHORT && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.') {
        return true;
    }
    let lettered = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let most = digits.saturating_add(if lettered { 5 } else { 1 });
    text.len() <= 96
        && !is_key(text)
        && (is_date(text)
            || (text.split(|c: char| !c.is_alphanumeric()).all(|run| is_plain_run(run, digits))
                && text.split(|c: char| !c.is_alphanumeric()).filter(|run| is_mixed(run)).count() < 2
                && text.bytes().filter(u8::is_ascii_digit).count() <= most))
}

/// Letters and a number in one piece that are no version: a second such piece makes a code of them.
fn is_mixed(run: &str) -> bool {
    let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
    letters > 0 && letters < run.len() && !(letters == 1 && run.starts_with('v'))
}

/// `20261124`, `2026-11-24`, `2026-11-24T10:00:00Z`.
fn is_date(text: &str) -> bool {
    let digits: Vec<u32> = text.bytes().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0')).collect();
    let number =
        |from: usize, to: usize| digits.get(from..to).map_or(0, |part| part.iter().fold(0, |sum, d| sum * 10 + d));
    text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.TZ".contains(&byte))
        && matches!(digits.len(), 8 | 12 | 14 | 17)
        && (1990..2100).contains(&number(0, 4))
        && (1..=12).contains(&number(4, 6))
        && (1..=31).contains(&number(6, 8))
}

/// Segments up to this length are abbreviations. Nobody's secret is so short.
const SHORT: usize = 7;

/// Letters and digits without a break.
fn is_plain_run(run: &str, digits: usize) -> bool {
    if run.bytes().all(|byte| byte.is_ascii_digit()) {
        return run.len() <= digits;
    }
    if !run.is_ascii() {
        // Words of other scripts have no tokens' shape, unless digits are mixed in.
        return run.chars().filter(char::is_ascii_digit).count() <= 4 && run.chars().count() <= 32;
    }
    let mut numbers = 0_usize;
    let mut letters_before = false;
    let mut rest = run;
    while let Some(first) = rest.bytes().next() {
        let digit = first.is_ascii_digit();
        let end = rest.bytes().position(|byte| byte.is_ascii_digit() != digit).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if digit {
            numbers += 1;
            // Within a word a number is short: `k8s`, `i18n`.
            if part.len() > if letters_before && !after.is_empty() { 2 } else { 5 } {
                return false;
            }
        } else if !is_word(part) {
            return false;
        }
        letters_before = true;
        rest = after;
    }
    // `oauth2`, `4xxerrors`: one number.
    numbers <= 1
}

/// Whether a name of a header, parameter or function, or a word of prose, is a token by its shape:
/// laxer than [`is_plain`], since names are abbreviated in every way and must be shown to be of use.
pub(super) fn is_opaque(text: &str) -> bool {
    is_key(text)
        || holds_uuid(text)
        || text.len() > 200
        || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_opaque_run)
}

fn is_opaque_run(run: &str) -> bool {
    if run.len() < 8 {
        return false;
    }
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let mut groups = 0_usize;
    let mut before = false;
    for byte in run.bytes() {
        groups += usize::from(byte.is_ascii_digit() && !before);
        before = byte.is_ascii_digit();
    }
    // Three numbers in one piece, a third of it digits, changes at every third character, or long and without
    // words.
    groups >= 3
        || changes(run).saturating_mul(100) >= run.len().saturating_mul(32)
        || digits.saturating_mul(3) >= run.len()
        || (run.len() >= 20 && !is_speakable(run))
}

/// Whether a run of characters is a secret wherever it stands: a JWT, a key in a vendor's format,
/// 24 or more hex digits, or 16 and more characters without words in them.
pub(super) fn is_token(run: &str) -> bool {
    // Nearly every word of a text is shorter.
    run.len() >= 16
        && (is_key(run)
            || holds_uuid(run)
            || is_unspoken(run)
            || run.split(|c: char| !token_char(c)).any(is_random_part))
}

/// Whether 16 and more letters and digits in one piece are no words: `x-gmbzoxhwnggdsvxqkxss`.
fn is_unspoken(run: &str) -> bool {
    run.split(|c: char| !c.is_ascii_alphanumeric()).any(|piece| {
        piece.len() >= 16 && piece.bytes().any(|byte| byte.is_ascii_alphabetic()) && !is_plain_run(piece, usize::MAX)
    })
}

fn is_key(run: &str) -> bool {
    run.len() >= 17 && (is_jwt(run) || is_vendor_key(run))
}

/// Whether a run and its continuation over slashes and `=` are one base64 value.
pub(super) fn is_base64_joined(run: &str, tail: &str) -> bool {
    // A value cannot be much longer than what is kept of a body.
    run.len().saturating_add(tail.len()) <= 8192 && is_base64(&format!("{run}{tail}"))
}

/// Whether a run has the shape of standard base64 and looks random.
pub(super) fn is_base64(run: &str) -> bool {
    run.len() >= 20
        && run.bytes().any(|b| matches!(b, b'+' | b'/' | b'='))
        && run.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        && changes_often(run)
}

fn token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

fn is_jwt(run: &str) -> bool {
    let Some(start) = run.find("eyJ") else { return false };
    let rest = run.get(start..).unwrap_or_default();
    let mut parts = rest.split('.');
    let long = |part: Option<&str>| part.is_some_and(|part| part.len() >= 8 && part.chars().all(token_char));
    long(parts.next()) && long(parts.next())
}

fn is_vendor_key(run: &str) -> bool {
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
        "pk_live_",
        "whsec_",
        "sk-",
        "xoxb-",
        "xoxp-",
        "xoxa-",
        "xapp-",
        "ya29.",
        "AIza",
        "AKIA",
        "ASIA",
        "SG.",
        "npm_",
        "hvs.",
        "dop_v1_",
        "shpat_",
        "EAAC",
    ];
    PREFIXES.iter().any(|prefix| {
        run.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= 12
                && rest.chars().all(|c| token_char(c) || c == '.')
                && rest.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        })
    })
}

fn is_random_part(part: &str) -> bool {
    if part.len() < 16 {
        return false;
    }
    // Also inside a longer run: a prefix of letters does not make a token readable.
    let hex = part.split(|c: char| !c.is_ascii_hexdigit()).any(|run| {
        run.len() >= 24 && run.bytes().any(|b| b.is_ascii_alphabetic()) && run.bytes().any(|b| b.is_ascii_digit())
    });
    hex || changes_often(part) || is_numbered(part)
}

/// Letters and digits in one unbroken run, with digits in several places: `abc1def22ghi3…`. A word
/// with a number at its end, and words joined by `-` or `_`, are none.
fn is_numbered(part: &str) -> bool {
    part.split(['-', '_']).filter(|run| run.len() >= 20).any(|run| {
        let mut digits = 0_usize;
        let mut groups = 0_usize;
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

/// Whether a UUID stands in a run: 8, 4, 4, 4 and 12 hex digits.
fn holds_uuid(run: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = run.split('-').collect();
    parts.windows(lengths.len()).any(|parts| {
        parts.iter().zip(lengths).enumerate().all(|(at, (part, len))| {
            // Words may be joined to its first and last part.
            let hex = match at {
                0 => part.get(part.len().saturating_sub(len)..),
                4 => part.get(..len.min(part.len())),
                _ => Some(*part),
            };
            hex.is_some_and(|hex| hex.len() == len && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        })
    })
}

/// Random text changes between upper case, lower case and digits at every other character; words,
/// also `camelCase` ones, numbers and dates do not. A capital before a small letter is no change.
fn changes_often(part: &str) -> bool {
    changes(part).saturating_mul(100) >= part.len().saturating_mul(26)
}

/// How often text with letters and digits changes between them; 0 when it has not both.
fn changes(part: &str) -> usize {
    let class = |b: u8| match b {
        b'A'..=b'Z' => 1_u8,
        b'a'..=b'z' => 2,
        b'0'..=b'9' => 3,
        _ => 0,
    };
    let mut changes = 0_usize;
    let mut digits = 0_usize;
    let mut letters = 0_usize;
    let mut before = 0_u8;
    for b in part.bytes() {
        let now = class(b);
        if before != 0 && now != 0 && before != now && (before, now) != (1, 2) {
            changes += 1;
        }
        digits += usize::from(now == 3);
        letters += usize::from(now == 1 || now == 2);
        before = now;
    }
    if digits > 0 && letters > 0 { changes } else { 0 }
}

/// Whether `local@domain` is an e-mail address, and not a package version or a handle.
pub(super) fn is_email(local: &str, domain: &str) -> bool {
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
    fn words_short_numbers_and_versions_are_plain() {
        for plain in [
            "",
            "v1",
            "orders",
            "customer-orders",
            "getCustomerOrders",
            "XMLHttpRequest",
            "oauth2",
            "k8s",
            "i18n",
            "2fa",
            "8812",
            "2026-11-24",
            "graphql",
            "wp-json",
            "openid-connect",
            "Invoices",
            "API",
            "index.html",
            "v1.2.3",
            "my file",
            "Zürich",
            "東京",
            "mysql",
            "jwks.json",
            "well-known",
            "users:batchGet",
            "save_draft",
            "szczegoly",
            "wynagrodzenie",
            "20261124",
            "2026-11-24T10:00:00Z",
            "ORD-2026-000123",
            "sku12345",
            "s3x45i",
            "iphone15",
            "HTTP2",
        ] {
            assert!(is_plain(plain, 7), "{plain}");
        }
    }

    #[test]
    fn what_nobody_says_is_not_plain() {
        for secret in [
            "8wz78g6M8hgPw88w",
            "nPLtb2upSCteUCub",
            "k3j9x0a2",
            "aBcDeFgH",
            "XbRtQzWk",
            "123e4567-e89b-12d3-a456-426614174000",
            "12345678",
            "T0123ABCD",
            "x7k2p9q-m3n4",
            "XKQZP-WVTRM-HJKBN-PLZDF",
            "a1b2c3d-x9y8z7w",
            "Aq3-xZ_9kL-m4_Pq",
            "AB12-CD34-EF56",
            "qzvkxwjt",
            "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
            "555-123-4567",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig",
        ] {
            assert!(!is_plain(secret, 7), "{secret}");
        }
    }

    #[test]
    fn names_are_opaque_only_when_they_are_tokens() {
        for name in [
            "x-xsrf-token",
            "x-b3-traceid",
            "sec-ch-ua-wow64",
            "x-fpjs-tmx",
            "X-Amz-Content-Sha256",
            "x-ms-blob-type",
            "newrelic",
            "getHTTPSURLWithAPIKEYv2",
            "md5sha256Checksum",
            "oauth2PkceS256Login",
            "x-lbfrontendxhrcfg",
            "X-Datadog-Sampling-Priority",
            "access-control-request-headers",
            "PreflightMissingAllowOriginHeader",
        ] {
            assert!(!is_opaque(name), "{name}");
        }
        for token in
            ["x-8wz78g6M8hgPw88w", "5f4dcc3b5aa765d61d8327de", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0", "x-12345678"]
        {
            assert!(is_opaque(token), "{token}");
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
            "8wz78g6M8hgPw88w",
            "123e4567-e89b-12d3-a456-426614174000",
            "sess_123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert!(is_token(secret), "{secret}");
        }
    }

    #[test]
    fn words_and_numbers_in_prose_are_no_secrets() {
        for plain in [
            "getCustomerOrdersByAccountId2",
            "my-product-2024-blue-shoes-size-42",
            "123456789012345678901234567890",
            "access-control-request-headers",
            "PreflightMissingAllowOriginHeader",
            "AccessControlAllowOriginIsMissing2",
            "v1",
        ] {
            assert!(!is_token(plain), "{plain}");
        }
    }

    #[test]
    fn an_address_needs_a_domain_with_a_top_level() {
        assert!(is_email("jane.doe", "shop.example"));
        assert!(!is_email("react", "18.2.0"));
        assert!(!is_email("pkg", "latest"));
        assert!(!is_email("", "shop.example"));
    }
}
