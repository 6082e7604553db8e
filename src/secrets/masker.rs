//! The masker of reports: secrets become ordinals, equal ones the same.
//!
//! Owns the ordinals and what was learnt. `?code=4%2F0Ab…` becomes `?code=code-1`, and an equal
//! value shows as the same ordinal everywhere, so that a reader still sees which requests carried
//! the same token. Masking what is already masked changes nothing. What was replaced in an address is
//! learnt: [`Masker::text`] replaces it wherever a sentence repeats it.

use super::{Kind, Replace};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Distinct secrets that get an ordinal of their own; later ones show without one.
const MAX_ORDINALS: usize = 65_536;

/// Values learnt at a time; a finding has a handful.
const MAX_LEARNT: usize = 256;

/// Shorter values stand in sentences by chance.
const SHORTEST_LEARNT: usize = 5;

/// Replaces secrets by ordinals, numbered by first appearance.
#[derive(Debug)]
pub struct Masker {
    /// Digest of a secret → its replacement. The secret itself is not kept.
    known: HashMap<u64, String>,
    /// Highest ordinal given out, by label.
    counters: HashMap<&'static str, u32>,
    /// Values that stay although they look secret: the request ids of the finding at hand.
    keep: HashSet<String>,
    /// Values replaced in the addresses of the finding at hand, with their replacements; longest first.
    learnt: Vec<(String, String)>,
    hasher: RandomState,
    max_ordinals: usize,
}

impl Default for Masker {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            counters: HashMap::new(),
            keep: HashSet::new(),
            learnt: Vec::new(),
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

    /// How many distinct secrets were replaced, up to the limit.
    pub fn distinct(&self) -> usize {
        self.known.len()
    }

    /// A URL without user info, values and telling path segments.
    pub fn url(&mut self, url: &str) -> String {
        super::url(url, self)
    }

    /// Running text without the secrets in it; everything else stays as it is.
    pub fn text(&mut self, text: &str) -> String {
        if self.learnt.is_empty() {
            return super::text(text, self);
        }
        let known = self.without_learnt(text);
        super::text(&known, self)
    }

    /// Begins a finding: these values stay, and nothing is learnt yet.
    pub fn begin(&mut self, keep: HashSet<String>) {
        self.keep = keep;
        self.learnt.clear();
    }

    /// Ends a finding.
    pub fn end(&mut self) {
        self.keep.clear();
        self.learnt.clear();
    }

    fn without_learnt(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (secret, replacement) in &self.learnt {
            if !text.contains(secret.as_str()) {
                continue;
            }
            let mut out = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some(at) = rest.find(secret.as_str()) {
                let (before, found) = rest.split_at(at);
                let after = found.get(secret.len()..).unwrap_or_default();
                // Inside another word it is another value.
                let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                let whole =
                    !joins(out.chars().next_back().filter(|_| before.is_empty()).or(before.chars().next_back()))
                        && !joins(after.chars().next());
                out.push_str(before);
                out.push_str(if whole { replacement } else { secret });
                rest = after;
            }
            out.push_str(rest);
            text = out;
        }
        text
    }

    fn learn(&mut self, secret: &str, replacement: &str) {
        if secret.len() >= SHORTEST_LEARNT
            && self.learnt.len() < MAX_LEARNT
            && !self.learnt.iter().any(|(known, _)| known == secret)
        {
            let at = self.learnt.partition_point(|(known, _)| known.len() >= secret.len());
            self.learnt.insert(at, (secret.to_owned(), replacement.to_owned()));
        }
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
        let replacement = self.ordinal(kind.label(), secret);
        self.learn(secret, &replacement);
        replacement
    }

    fn written_as(&mut self, written: &str, replacement: &str) {
        self.learn(written, replacement);
    }

    fn stays(&self, text: &str) -> bool {
        if self.keep.contains(text) {
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

    fn user_info(&mut self, text: &str) {
        for part in text.split(':') {
            let secret = super::decode(part).into_owned();
            if secret.len() >= SHORTEST_LEARNT {
                let replacement = self.ordinal(Kind::Password.label(), &secret);
                self.learn(&secret, &replacement);
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
    fn what_an_address_showed_is_replaced_wherever_a_sentence_repeats_it() {
        let mut masker = Masker::new();
        masker.begin(HashSet::new());
        assert_eq!(masker.url("https://a.example/reset/correcthorse"), "https://a.example/reset/id-1");
        assert_eq!(masker.text("the segment correcthorse, not correcthorses"), "the segment id-1, not correcthorses");
        masker.end();
        assert_eq!(masker.text("the segment correcthorse"), "the segment correcthorse");
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
