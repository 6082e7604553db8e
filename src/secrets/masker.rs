//! The masker of reports: secrets become ordinals, equal ones the same.
//!
//! Owns the ordinals, and what stays in the finding at hand. `?code=4%2F0Ab…` becomes `?code=code-1`, and an equal
//! value shows as the same ordinal everywhere, so that a reader still sees which requests carried
//! the same token. Masking what is already masked changes nothing.

use super::{Kind, Prose, Replace, Roles, Shape};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// Distinct secrets that get an ordinal of their own; later ones show without one.
const MAX_ORDINALS: usize = 65_536;

/// Addresses of one finding; it has a handful.
const MAX_ADDRESSES: usize = 64;

/// Texts that are remembered to hold no secret, and the longest of them: nearly every text of a finding
/// stands in others, too.
const MAX_CLEAN: usize = 4096;
const LONGEST_CLEAN: usize = 512;

/// Replaces secrets by ordinals, numbered by first appearance.
#[derive(Debug)]
pub struct Masker {
    /// Digest of a secret → its label and ordinal. The secret itself is not kept.
    known: HashMap<u64, (&'static str, u32)>,
    /// Where the masker stands: behind what it has seen, or before a finding that is made again.
    now: Mark,
    /// Values that stay although they look secret: the request ids of the finding at hand.
    keep: HashSet<String>,
    /// Addresses of the finding at hand that are shown in another way, longest first. Whole addresses
    /// only: a single value of one may be any word of a sentence or of a configuration.
    addresses: Vec<(String, String)>,
    /// Hosts of the finding at hand, which stay wherever a sentence names them.
    hosts: HashSet<String>,
    /// Paths of the inputs, which their owner gave.
    files: HashSet<String>,
    /// How addresses show in the finding at hand, which repeats its own a dozen times.
    walked: Option<HashMap<String, String>>,
    /// Texts that show as they are, whatever else was replaced.
    clean: HashSet<Box<str>>,
    /// Whether what was asked for depended on the finding at hand or on earlier ones.
    touched: Cell<bool>,
    hasher: RandomState,
    max_ordinals: usize,
}

/// Where a masker stands: the secrets given out so far. From here a finding is masked again as it was the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// Highest ordinal given out, by label.
    counters: HashMap<&'static str, u32>,
    /// How many distinct secrets were replaced, up to the limit.
    distinct: usize,
}

impl Mark {
    /// How many distinct secrets were replaced.
    pub fn distinct(&self) -> usize {
        self.distinct
    }
}

impl Default for Masker {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            now: Mark::default(),
            keep: HashSet::new(),
            addresses: Vec::new(),
            hosts: HashSet::new(),
            files: HashSet::new(),
            walked: None,
            clean: HashSet::new(),
            touched: Cell::new(false),
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

    /// Where it stands; None where that is the place at which so many secrets were known.
    pub fn mark(&self, distinct: Option<usize>) -> Option<Mark> {
        (distinct != Some(self.now.distinct)).then(|| self.now.clone())
    }

    /// Goes back to a mark; None stands for the end of all that it has seen.
    pub fn resume(&mut self, mark: Option<&Mark>) {
        if let Some(mark) = mark {
            self.now.clone_from(mark);
            return;
        }
        let mut now = Mark { distinct: self.known.len(), ..Mark::default() };
        for (label, number) in self.known.values() {
            let highest = now.counters.entry(label).or_default();
            *highest = (*highest).max(*number);
        }
        self.now = now;
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
        if !host.is_empty()
            && self.hosts.insert(host.to_owned())
            && let Some(walked) = &mut self.walked
        {
            // It stays from here on.
            walked.clear();
        }
        if masked != url && url.contains("://") && self.addresses.len() < MAX_ADDRESSES {
            let at = self.addresses.partition_point(|(known, _)| known.len() >= url.len());
            self.addresses.insert(at, (url.to_owned(), masked.clone()));
        }
        masked
    }

    /// Running text without the secrets in it; everything else stays as it is.
    pub fn text(&mut self, text: &str) -> String {
        self.masked(text).unwrap_or_else(|| text.to_owned())
    }

    /// The same; None where the text shows as it is.
    pub(crate) fn masked(&mut self, text: &str) -> Option<String> {
        let known = self.with_own_addresses(text);
        if self.clean.contains(&*known) {
            return match known {
                Cow::Borrowed(_) => None,
                Cow::Owned(known) => Some(known),
            };
        }
        self.touched.set(false);
        let shown = super::text(&known, self);
        if !self.touched.get() && shown == *known && self.clean.len() < MAX_CLEAN && known.len() <= LONGEST_CLEAN {
            self.clean.insert(known.as_ref().into());
        }
        (shown != text).then_some(shown)
    }

    /// A sentence as it is shown: of what was captured the secrets are replaced, words of this program stay.
    pub fn show(&mut self, prose: &Prose) -> String {
        let mut shown = String::new();
        self.show_parts(prose, |text, masked| shown.push_str(masked.unwrap_or(text)));
        shown
    }

    /// The same, with the parts of what is shown that have a role.
    pub(crate) fn show_roles(&mut self, prose: &Prose) -> (String, Roles) {
        let (mut shown, mut at) = (String::new(), 0);
        // Where each part begins, in the sentence and as it is shown. Roles begin and end in words of this program, or
        // where a value does.
        let mut begins = vec![(0, 0)];
        self.show_parts(prose, |text, masked| {
            begins.push((at, shown.len()));
            shown.push_str(masked.unwrap_or(text));
            at += text.len();
        });
        begins.push((at, shown.len()));
        let moved = |place: usize| {
            let part = begins.partition_point(|(begin, _)| *begin <= place).saturating_sub(1);
            begins.get(part).map_or(place, |(begin, shown)| shown + (place - begin))
        };
        let roles = prose.roles().iter().map(|(from, to, role)| (moved(*from), moved(*to), *role)).collect();
        (shown, roles)
    }

    /// Each part, and what is shown for it where that is something else.
    fn show_parts(&mut self, prose: &Prose, mut take: impl FnMut(&str, Option<&str>)) {
        for (shape, text) in prose.parts() {
            let masked = match shape {
                Some(Shape::Address) => Some(self.address(text)),
                Some(Shape::Text) => self.masked(text),
                Some(Shape::Given) | None => None,
            };
            take(text, masked.as_deref());
        }
    }

    /// An address, and whatever a capture has behind it.
    fn address(&mut self, address: &str) -> String {
        let masked = self.url(address);
        self.masked(&masked).unwrap_or(masked)
    }

    /// Begins a finding: these values stay.
    pub fn begin(&mut self, keep: HashSet<String>) {
        self.end();
        self.keep = keep;
        self.walked = Some(HashMap::new());
    }

    /// Ends a finding.
    pub fn end(&mut self) {
        self.keep.clear();
        self.addresses.clear();
        self.hosts.clear();
        self.walked = None;
    }

    fn with_own_addresses<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for (address, shown) in &self.addresses {
            if !text.contains(address.as_str()) {
                continue;
            }
            let mut out = String::with_capacity(text.len());
            let mut rest = &*text;
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
            text = Cow::Owned(out);
        }
        text
    }

    fn ordinal(&mut self, label: &'static str, secret: &str) -> String {
        let digest = self.hasher.hash_one(secret);
        if let Some((label, number)) = self.known.get(&digest).copied() {
            // When a finding is made again, its new secrets are new again.
            let highest = self.now.counters.entry(label).or_default();
            if number > *highest {
                *highest = number;
                self.now.distinct += 1;
            }
            return format!("{label}-{number}");
        }
        if self.known.len() >= self.max_ordinals {
            return format!("{label}-masked");
        }
        let number = self.now.counters.entry(label).or_default();
        *number = number.saturating_add(1);
        self.known.insert(digest, (label, *number));
        self.now.distinct += 1;
        format!("{label}-{number}")
    }

    /// Whether text stays in the finding at hand, or is a replacement that was given out.
    fn is_shown_as_it_is(&self, text: &str) -> bool {
        if self.keep.contains(text) || self.hosts.contains(text) || self.files.contains(text) || super::is_mask(text) {
            return true;
        }
        let Some((label, number)) = text.rsplit_once('-') else { return false };
        match number {
            "masked" => self.now.distinct >= self.max_ordinals,
            number => {
                let highest = self.now.counters.get(label).copied().unwrap_or_default();
                number.parse::<u32>().is_ok_and(|n| n >= 1 && n <= highest && n.to_string() == number)
            }
        }
    }
}

impl Replace for Masker {
    fn replace(&mut self, kind: Kind, secret: &str) -> String {
        self.touched.set(true);
        if self.stays(secret) {
            return secret.to_owned();
        }
        self.ordinal(kind.label(), secret)
    }

    fn stays(&self, text: &str) -> bool {
        let stays = self.is_shown_as_it_is(text);
        if stays {
            self.touched.set(true);
        }
        stays
    }

    fn known_address(&self, address: &str) -> Option<String> {
        let shown = self.walked.as_ref()?.get(address)?.clone();
        self.touched.set(true);
        Some(shown)
    }

    fn remember_address(&mut self, address: &str, shown: &str) {
        if let Some(walked) = self.walked.as_mut().filter(|walked| walked.len() < MAX_ADDRESSES) {
            walked.insert(address.to_owned(), shown.to_owned());
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
