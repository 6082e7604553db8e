//! The masker of reports: secrets become ordinals, equal ones the same.
//!
//! Owns the ordinals and what was learnt. `?code=4%2F0Ab…` becomes `?code=code-1`, and an equal
//! value shows as the same ordinal everywhere, so that a reader still sees which requests carried
//! the same token. Masking what is already masked changes nothing.

use super::{Kind, Replace};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Distinct secrets that get an ordinal of their own; later ones show without one.
const MAX_ORDINALS: usize = 65_536;

/// Addresses of one finding; it has a handful.
const MAX_ADDRESSES: usize = 64;

/// Replaces secrets by ordinals, numbered by first appearance.
#[derive(Debug)]
pub struct Masker {
    /// Digest of a secret → its replacement. The secret itself is not kept.
    known: HashMap<u64, String>,
    /// Highest ordinal given out, by label.
    counters: HashMap<&'static str, u32>,
    /// Values that stay although they look secret: the request ids of the finding at hand.
    keep: HashSet<String>,
    /// Addresses of the finding at hand that are shown in another way, longest first. Whole addresses
    /// only: a single value of one may be any word of a sentence or of a configuration.
    addresses: Vec<(String, String)>,
    /// Hosts of the finding at hand, which stay wherever a sentence names them.
    hosts: HashSet<String>,
    /// Paths of the inputs, which their owner gave.
    files: HashSet<String>,
    hasher: RandomState,
    max_ordinals: usize,
}

impl Default for Masker {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            counters: HashMap::new(),
            keep: HashSet::new(),
            addresses: Vec::new(),
            hosts: HashSet::new(),
            files: HashSet::new(),
            hasher: RandomState::new(),
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

    /// A masker that leaves the paths of these inputs as they are.
    #[must_use]
    pub fn with_files<'f>(mut self, files: impl IntoIterator<Item = &'f str>) -> Self {
        self.files.extend(files.into_iter().map(str::to_owned));
        self
    }

    /// How many distinct secrets were replaced, up to the limit.
    pub fn distinct(&self) -> usize {
        self.known.len()
    }

    /// A URL without user info, values and telling path segments.
    pub fn url(&mut self, url: &str) -> String {
        super::url(url, self)
    }

    /// A URL of the finding at hand: sentences that repeat the whole of it show it in the same way, and
    /// its host stays in them.
    pub fn own_url(&mut self, url: &str) -> String {
        let masked = self.url(url);
        let host = super::url::host(url);
        if !host.is_empty() {
            self.hosts.insert(host.to_owned());
        }
        if masked != url && url.contains("://") && self.addresses.len() < MAX_ADDRESSES {
            let at = self.addresses.partition_point(|(known, _)| known.len() >= url.len());
            self.addresses.insert(at, (url.to_owned(), masked.clone()));
        }
        masked
    }

    /// Running text without the secrets in it; everything else stays as it is.
    pub fn text(&mut self, text: &str) -> String {
        if self.addresses.is_empty() {
            return super::text(text, self);
        }
        let known = self.with_own_addresses(text);
        super::text(&known, self)
    }

    /// Begins a finding: these values stay.
    pub fn begin(&mut self, keep: HashSet<String>) {
        self.end();
        self.keep = keep;
    }

    /// Ends a finding.
    pub fn end(&mut self) {
        self.keep.clear();
        self.addresses.clear();
        self.hosts.clear();
    }

    fn with_own_addresses(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (address, shown) in &self.addresses {
            if !text.contains(address.as_str()) {
                continue;
            }
            let mut out = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some(at) = rest.find(address.as_str()) {
                let (before, found) = rest.split_at(at);
                let after = found.get(address.len()..).unwrap_or_default();
                // The beginning of a longer address is another one.
                let ends = !after.chars().next().is_some_and(|c| c.is_alphanumeric() || "/?#&=%-_".contains(c));
                out.push_str(before);
                out.push_str(if ends { shown } else { address });
                rest = after;
            }
            out.push_str(rest);
            text = out;
        }
        text
    }

    fn ordinal(&mut self, label: &'static str, secret: &str) -> String {
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
}

impl Replace for Masker {
    fn replace(&mut self, kind: Kind, secret: &str) -> String {
        if self.stays(secret) {
            return secret.to_owned();
        }
        self.ordinal(kind.label(), secret)
    }

    fn stays(&self, text: &str) -> bool {
        if self.keep.contains(text) || self.hosts.contains(text) || self.files.contains(text) || super::is_mask(text) {
            return true;
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn an_address_of_a_finding_shows_in_the_same_way_where_a_sentence_repeats_it() {
        let mut masker = Masker::new();
        masker.begin(HashSet::new());
        let url = "https://a.example/x?q={\"user\":\"jane\"}";
        assert_eq!(masker.own_url(url), "https://a.example/x?q=value-1");
        assert_eq!(masker.text(&format!("fetch at '{url}' failed")), "fetch at 'https://a.example/x?q=value-1' failed");
        masker.end();
    }

    #[test]
    fn a_value_of_an_address_changes_no_word_of_a_sentence() {
        let mut masker = Masker::new();
        masker.begin(HashSet::new());
        assert_eq!(masker.own_url("https://a.example/x?a=origins"), "https://a.example/x?a=value-1");
        assert_eq!(masker.text("{\"origins\": []}"), "{\"origins\": []}");
    }

    #[test]
    fn hosts_of_a_finding_stay_in_its_sentences() {
        let mut masker = Masker::new();
        masker.begin(HashSet::new());
        let host = "xk7q2m9zp4w8rt5y.supabase.co";
        masker.own_url(&format!("https://{host}/rest/v1"));
        assert_eq!(masker.text(&format!("the log of {host}")), format!("the log of {host}"));
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
