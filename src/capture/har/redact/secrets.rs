//! The secret values of a file, and finding them again anywhere.

use super::rules::is_mask;
use crate::secrets::headers::is_credential as is_secret_header;
use serde_json::Value;
use std::collections::HashMap;

/// Shorter values are no secrets: they stand everywhere by chance.
const SHORTEST: usize = 8;
/// Longest secret remembered whole; of longer ones the beginning is looked for.
const LONGEST: usize = 4096;
/// Secrets remembered. Values beyond are masked where they stand all the same.
const MOST: usize = 200_000;

/// Secrets by their first eight bytes.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    by_start: HashMap<[u8; SHORTEST], Vec<Box<[u8]>>>,
    count: usize,
    longest: usize,
}

impl Secrets {
    /// Length of the longest one.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    fn add(&mut self, value: &str) {
        let value = value.trim().trim_matches('"');
        if self.count >= MOST || value.starts_with("[redacted") || !looks_secret(value) {
            return;
        }
        let bytes = value.as_bytes();
        let bytes = bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default();
        let Some(start) = bytes.first_chunk::<SHORTEST>() else { return };
        let list = self.by_start.entry(*start).or_default();
        if !list.iter().any(|known| **known == *bytes) {
            list.push(bytes.into());
            self.count += 1;
            self.longest = self.longest.max(bytes.len());
        }
    }

    /// The first secret at or after `from`: start and end.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        if self.count == 0 {
            return None;
        }
        let rest = text.get(from..)?;
        rest.windows(SHORTEST).enumerate().find_map(|(at, window)| {
            let candidates = self.by_start.get(<&[u8; SHORTEST]>::try_from(window).ok()?)?;
            let here = rest.get(at..)?;
            let longest =
                candidates.iter().filter(|secret| here.starts_with(secret)).map(|secret| secret.len()).max()?;
            Some((from + at, from + at + longest))
        })
    }

    /// Collects what an entry's headers and URL hold.
    pub(super) fn collect(&mut self, entry: &Value) {
        for message in ["request", "response"] {
            let headers = entry[message]["headers"].as_array().map(Vec::as_slice).unwrap_or_default();
            for header in headers {
                let pair = (header["name"].as_str(), header["value"].as_str());
                if let (Some(name), Some(value)) = pair {
                    self.header(name.trim(), value);
                }
            }
            if let Some(headers) = entry[message]["headers"].as_object() {
                for (name, value) in headers {
                    self.header(name, value.as_str().unwrap_or_default());
                }
            }
        }
        self.url(entry["request"]["url"].as_str().unwrap_or_default());
        self.url(entry["response"]["redirectURL"].as_str().unwrap_or_default());
    }

    fn header(&mut self, name: &str, value: &str) {
        if is_mask(value) {
            return;
        }
        if name.eq_ignore_ascii_case("cookie") {
            for pair in value.split(';') {
                self.add(pair.split_once('=').map_or(pair, |(_, value)| value));
            }
        } else if name.eq_ignore_ascii_case("set-cookie") {
            for line in value.split('\n') {
                let pair = line.split(';').next().unwrap_or_default();
                self.add(pair.split_once('=').map_or(pair, |(_, value)| value));
            }
        } else if is_secret_header(name.as_bytes()) {
            self.add(value.rsplit(' ').next().unwrap_or(value));
        } else if name.eq_ignore_ascii_case("referer") || name.eq_ignore_ascii_case("location") {
            self.url(value);
        }
    }

    fn url(&mut self, url: &str) {
        let Some((_, query)) = url.split('#').next().and_then(|url| url.split_once('?')) else { return };
        for pair in query.split('&') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            if is_secret_parameter(name) {
                self.add(value);
            }
        }
    }
}

/// Names of query parameters whose values open doors.
fn is_secret_parameter(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "token",
        "code",
        "key",
        "sig",
        "secret",
        "password",
        "passwd",
        "session",
        "sid",
        "state",
        "auth",
        "jwt",
        "assertion",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// Whether a value is no plain word, host name, language or URL: those stand elsewhere for good
/// reasons, and masking them there would spoil the file.
fn looks_secret(value: &str) -> bool {
    if value.len() < SHORTEST || value.starts_with("http://") || value.starts_with("https://") {
        return false;
    }
    let host_char = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let top = value.rsplit('.').next().unwrap_or_default();
    if value.contains('.')
        && value.bytes().all(host_char)
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return false;
    }
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    let mixed =
        value.bytes().any(|byte| byte.is_ascii_uppercase()) && value.bytes().any(|byte| byte.is_ascii_lowercase());
    digits || mixed
}
