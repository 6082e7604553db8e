//! The one masker of reports: secrets of a capture never reach an output.
//!
//! Owns what is replaced and by what, in URLs ([`Masker::url`]), in running text
//! ([`Masker::text`]: console sentences, quoted evidence, body excerpts, curl lines) and in whole
//! findings ([`Masker::finding`]). Names stay, values go: `?code=4%2F0Ab…` becomes `?code=code-1`,
//! and an equal value shows as the same ordinal everywhere, so that a reader still sees which
//! requests carried the same token. Masking what is already masked changes nothing.
//!
//! UUIDs and numbers in paths stay: they are what an engineer searches the server's log for. Hex
//! runs of 24 digits and more, base64 and JWT shapes and e-mail addresses go, wherever they stand.

mod finding;
mod looks;
mod scan;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Distinct secrets that get an ordinal of their own; later ones show without one.
const MAX_ORDINALS: usize = 65_536;

/// Addresses encoded in addresses that are looked into; deeper ones are masked as they are.
const MAX_DEPTH: u8 = 4;

/// Replaces secrets by ordinals, numbered by first appearance.
#[derive(Debug)]
pub struct Masker {
    /// Digest of a secret → its replacement. The secret itself is not kept.
    known: HashMap<u64, String>,
    /// Highest ordinal given out, by label.
    counters: HashMap<&'static str, u32>,
    /// Values that stay although they look secret: the request ids of the finding at hand.
    keep: HashSet<String>,
    hasher: RandomState,
    /// Addresses inside addresses that are being looked into.
    depth: u8,
    max_ordinals: usize,
}

impl Default for Masker {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            counters: HashMap::new(),
            keep: HashSet::new(),
            hasher: RandomState::new(),
            depth: 0,
            max_ordinals: MAX_ORDINALS,
        }
    }
}

impl Masker {
    /// A masker that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A masker that numbers at most `max_ordinals` distinct secrets.
    pub fn with_max_ordinals(max_ordinals: usize) -> Self {
        Self { max_ordinals, ..Self::default() }
    }

    /// How many distinct secrets were replaced, up to the limit.
    pub fn distinct(&self) -> usize {
        self.known.len()
    }

    /// A URL without user info, secret parameters and opaque path segments.
    ///
    /// Parameters are judged in the query, in the fragment and behind `;` in the path.
    pub fn url(&mut self, url: &str) -> String {
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, url),
        };
        let mut out = String::with_capacity(url.len());
        let path_start = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(path_start);
        match scheme {
            Some(scheme) => {
                out.push_str(scheme);
                out.push_str("://");
                out.push_str(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
            }
            None => out.push_str(&self.segment(authority)),
        }
        let query_start = rest.find(['?', '#']).unwrap_or(rest.len());
        let (path, tail) = rest.split_at(query_start);
        for (index, segment) in path.split('/').enumerate() {
            if index > 0 {
                out.push('/');
            }
            let mut parameters = segment.split(';');
            out.push_str(&self.segment(parameters.next().unwrap_or_default()));
            for parameter in parameters {
                out.push(';');
                self.parameter(&mut out, parameter);
            }
        }
        // One pass over query and fragment: their separators are kept as they are.
        let mut tail = tail;
        while let Some(separator) = tail.chars().next() {
            out.push(separator);
            let after = tail.get(separator.len_utf8()..).unwrap_or_default();
            let end = after.find(['&', '?', '#', ';']).unwrap_or(after.len());
            let (parameter, next) = after.split_at(end);
            self.parameter(&mut out, parameter);
            tail = next;
        }
        out
    }

    /// `name=value` of a query.
    fn parameter(&mut self, out: &mut String, parameter: &str) {
        let Some((name, value)) = parameter.split_once('=') else {
            // A bare token is also seen: `?eyJhbGci…`.
            out.push_str(&self.segment(parameter));
            return;
        };
        out.push_str(name);
        out.push('=');
        let decoded = decode(value);
        if looks::harmless(value) {
            out.push_str(value);
        } else if let Some(named) = looks::name(&decode(name)) {
            // `state=CA` is an address, `state=kP3…` the guard of a login.
            let short = matches!(named.label, "token") && decoded.len() < 12 && looks_like_state(name);
            out.push_str(&if short { value.to_owned() } else { self.ordinal(named.label, &decoded) });
        } else if decoded.contains("://") || decoded.contains(['?', '&', '=', '@']) {
            // An address inside an address: `redirect_uri=https%3A%2F%2F…`. Re-encoding the masked
            // form would pretend to be what was sent, so all of it goes when any of it must.
            let clean = self.depth < MAX_DEPTH && {
                self.depth += 1;
                let inner = self.text(&decoded);
                self.depth -= 1;
                inner == *decoded
            };
            out.push_str(&if clean { value.to_owned() } else { self.ordinal("value", &decoded) });
        } else {
            out.push_str(&self.segment(value));
        }
    }

    /// A path segment or a value without a telling name: judged by its shape.
    fn segment(&mut self, segment: &str) -> String {
        let decoded = decode(segment);
        if self.keep.contains(segment) || self.keep.contains(&*decoded) {
            return segment.to_owned();
        }
        if decoded.split_once('@').is_some_and(|(local, domain)| looks::email(local, domain)) {
            return self.ordinal("email", &decoded);
        }
        if looks::value(&decoded) || looks::base64(&decoded) {
            return self.ordinal("id", &decoded);
        }
        segment.to_owned()
    }

    /// The replacement of a secret. What is a replacement already stays.
    fn ordinal(&mut self, label: &'static str, secret: &str) -> String {
        if self.issued(secret) || self.keep.contains(secret) {
            return secret.to_owned();
        }
        let digest = self.hasher.hash_one(secret);
        if let Some(known) = self.known.get(&digest) {
            return known.clone();
        }
        if self.known.len() >= self.max_ordinals {
            return format!("{label}-masked");
        }
        let counter = self.counters.entry(label).or_insert(0);
        *counter = counter.saturating_add(1);
        let replacement = format!("{label}-{counter}");
        self.known.insert(digest, replacement.clone());
        replacement
    }

    fn issued(&self, text: &str) -> bool {
        let Some((label, number)) = text.rsplit_once('-') else { return false };
        match number {
            "masked" => self.known.len() >= self.max_ordinals,
            number => {
                let highest = self.counters.get(label).copied().unwrap_or_default();
                number.parse::<u32>().is_ok_and(|n| n >= 1 && n <= highest && n.to_string() == number)
            }
        }
    }
}

fn looks_like_state(name: &str) -> bool {
    name.eq_ignore_ascii_case("state")
}

/// Percent-decoding, for looking and comparing only.
fn decode(text: &str) -> Cow<'_, str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_and_values_go() {
        let mut masker = Masker::new();
        assert_eq!(
            masker.url("https://app.example/cb?code=4%2F0AbCd&state=kP3xY9aQ2mN8&page=2#access_token=abc123def"),
            "https://app.example/cb?code=code-1&state=token-1&page=2#access_token=token-2"
        );
    }

    #[test]
    fn equal_secrets_show_as_the_same_ordinal_in_url_and_text() {
        let mut masker = Masker::new();
        assert_eq!(masker.url("https://a.example/x?token=s3cr%65t"), "https://a.example/x?token=token-1");
        assert_eq!(masker.url("https://a.example/x?token=other"), "https://a.example/x?token=token-2");
        assert_eq!(
            masker.text("Access to fetch at 'https://a.example/x?token=s3cret' from origin 'https://b.example'"),
            "Access to fetch at 'https://a.example/x?token=token-1' from origin 'https://b.example'"
        );
    }

    #[test]
    fn user_info_is_dropped() {
        let mut masker = Masker::new();
        assert_eq!(masker.url("https://jane:hunter2@a.example:8443/x"), "https://a.example:8443/x");
        assert_eq!(masker.url("https://a@b@a.example/x?y@z"), "https://a.example/x?y@z");
    }

    #[test]
    fn opaque_path_segments_go_and_log_ids_stay() {
        let mut masker = Masker::new();
        assert_eq!(
            masker.url("https://a.example/v1/users/123e4567-e89b-12d3-a456-426614174000/orders/8812"),
            "https://a.example/v1/users/123e4567-e89b-12d3-a456-426614174000/orders/8812"
        );
        assert_eq!(
            masker
                .url("https://a.example/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln/5f4dcc3b5aa765d61d8327de"),
            "https://a.example/reset/id-1/id-2"
        );
        assert_eq!(masker.url("/x;jsessionid=A1B2?y"), "/x;jsessionid=session-1?y");
        assert_eq!(masker.url("https://a.example/u/jane%40shop.example"), "https://a.example/u/email-1");
    }

    #[test]
    fn signed_urls_lose_their_signature_and_key_and_keep_what_is_readable() {
        let mut masker = Masker::new();
        assert_eq!(
            masker.url("https://b.s3.example/o?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEX%2F2026&X-Amz-Date=20261124T021645Z&X-Amz-Expires=900&X-Amz-Signature=fe5f80"),
            "https://b.s3.example/o?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=key-1&X-Amz-Date=20261124T021645Z&X-Amz-Expires=900&X-Amz-Signature=signature-1"
        );
        assert_eq!(
            masker.url("https://x.blob.example/c?sv=2024-11-04&sp=r&sig=Ab%2Bc%3D"),
            "https://x.blob.example/c?sv=2024-11-04&sp=r&sig=signature-2"
        );
    }

    #[test]
    fn an_address_inside_an_address_is_looked_into() {
        let mut masker = Masker::new();
        assert_eq!(
            masker.url("https://a.example/login?next=https%3A%2F%2Fb.example%2F%3Ftoken%3Dabcdef1"),
            "https://a.example/login?next=value-1"
        );
        assert_eq!(
            masker.url("https://a.example/login?next=https%3A%2F%2Fb.example%2Fhome"),
            "https://a.example/login?next=https%3A%2F%2Fb.example%2Fhome"
        );
    }

    #[test]
    fn masking_twice_changes_nothing() {
        let mut masker = Masker::new();
        let once = masker.url("https://a.example/x?token=abc&key=def&sid=5f4dcc3b5aa765d61d8327de");
        assert_eq!(masker.url(&once), once);
        assert_eq!(masker.text(&once), once);
        // What only looks like a replacement is a secret like any other.
        assert_eq!(masker.url("https://a.example/x?token=token-9"), "https://a.example/x?token=token-2");
    }

    #[test]
    fn beyond_the_limit_secrets_are_still_masked_without_a_number() {
        let mut masker = Masker::with_max_ordinals(2);
        let urls: Vec<String> = (0..4).map(|i| masker.url(&format!("/x?token=t{i}t"))).collect();
        assert_eq!(urls, ["/x?token=token-1", "/x?token=token-2", "/x?token=token-masked", "/x?token=token-masked"]);
        assert_eq!(masker.url("/x?token=token-masked"), "/x?token=token-masked");
        assert_eq!(masker.distinct(), 2);
    }
}
