//! What a text of a HAR becomes in a redacted copy.
//!
//! Owns the rule of each kind of text, and the search for the file's secrets in those that stay.
//! Which values are secret in an address or in running text is decided by the walkers of `secrets`.

use super::super::time;
use super::entry::Copyist;
use super::mask::{Form, is_mask};
use super::members::Holds;
use super::words;
use crate::secrets;

/// Rounds until nothing changes; two are enough for all but what is made to need more.
const ROUNDS: usize = 4;
/// Longer words of a recorder about a failure are none.
const LONGEST_ERROR: usize = 2048;
/// Longest method without digits that is shown without being known.
const LONGEST_METHOD: usize = 7;

impl Copyist<'_> {
    /// The text of a member.
    pub(super) fn text_member(&mut self, holds: Holds, text: &str) -> String {
        let form = if matches!(holds, Holds::Method) { Form::Token } else { Form::Value };
        self.checked(text, form, |this, text| this.kept(holds, text))
    }

    /// Applies a rule, whose parts may still be a secret of the file when they stand side by side.
    pub(super) fn checked(&mut self, text: &str, form: Form, rule: impl Fn(&mut Self, &str) -> String) -> String {
        // JSON writes control characters in several letters, among which nothing is looked for.
        let plain = text.replace(char::is_control, " ");
        let kept = rule(self, &plain);
        if self.finder().find(&kept, 0).is_some() {
            return self.mask("other occurrences", text, form, false);
        }
        kept
    }

    fn kept(&mut self, holds: Holds, text: &str) -> String {
        match holds {
            Holds::Word(list) => self.listed(list, text),
            Holds::Version => self.listed(words::VERSIONS, text),
            Holds::Reason => self.listed(words::REASONS, text),
            Holds::Digits(most) if text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.to_owned()
            }
            Holds::Time => self.time(text),
            Holds::Page => self.page_name(text),
            Holds::Method => self.method(text),
            Holds::Media => self.media_type(text),
            Holds::Function => self.settled(text, Self::named),
            Holds::Url => self.url(text),
            Holds::Error => self.settled(text, Self::failure),
            _ => self.mask("other texts", text, Form::Value, false),
        }
    }

    fn listed(&mut self, list: &[&str], text: &str) -> String {
        if words::has(list, text.trim()) {
            return self.without_secrets(text);
        }
        self.mask("other texts", text, Form::Value, false)
    }

    /// A point in time and nothing beside it.
    pub(super) fn time(&mut self, text: &str) -> String {
        // `GMT+0100 (Central European Time)`: the offset tells the zone.
        let bare = text.split('(').next().unwrap_or_default().trim();
        if bare.len() <= 64 && words::is_time_or_number(bare) && time::parse(bare).is_some() {
            return bare.to_owned();
        }
        self.mask("other texts", text, Form::Value, false)
    }

    /// `page_1`.
    pub(super) fn page_name(&mut self, text: &str) -> String {
        let number = text.strip_prefix("page_").or_else(|| text.strip_prefix("page")).unwrap_or(text);
        if number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.without_secrets(text);
        }
        self.mask("other texts", text, Form::Value, false)
    }

    pub(super) fn method(&mut self, text: &str) -> String {
        let plain =
            text.len() <= LONGEST_METHOD && text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_digit());
        if plain || words::is_method(text) {
            return self.without_secrets(text);
        }
        self.mask("names", text, Form::Token, false)
    }

    /// What a body is; of the parameters only a known character set stays.
    fn media_type(&mut self, text: &str) -> String {
        let mut parts = text.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let known =
            kind.split_once('/').is_some_and(|(top, sub)| words::has(words::MEDIA, top) && secrets::is_plain(sub));
        if !known {
            return self.mask("other texts", text, Form::Value, false);
        }
        let charset =
            parts.find_map(|part| part.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("charset")));
        match charset {
            Some((_, charset)) if words::has(words::CHARSETS, charset.trim_matches('"')) => {
                format!("{kind}; charset={charset}")
            }
            _ => kind.to_owned(),
        }
    }

    /// An address.
    pub(super) fn url(&mut self, text: &str) -> String {
        self.settled(text, Self::address)
    }

    /// The value of a listed header as far as it may be shown, without the secrets in it.
    pub(super) fn shown(&mut self, name: &str, text: &str) -> String {
        self.settled(text, |this, text| {
            let text = this.occurrences(&secrets::headers::shown(name, text), |_| true, Form::Value);
            this.in_address = false;
            secrets::text(&text, this)
        })
    }

    /// A text that may be shown but for the secrets of this file.
    pub(super) fn without_secrets(&mut self, text: &str) -> String {
        self.settled(text, |this, text| this.occurrences(text, |_| true, Form::Value))
    }

    /// The name of a header, parameter or function: goes only when it is a token itself.
    pub(super) fn name(&mut self, text: &str) -> String {
        self.settled(text, Self::named)
    }

    fn named(&mut self, text: &str) -> String {
        if is_mask(text) {
            return text.to_owned();
        }
        if self.finder().find(text, 0).is_some() {
            return self.mask("other occurrences", text, Form::Token, false);
        }
        secrets::name(text, self)
    }

    /// Applies a rule until it changes nothing, so that a copy of the copy is the same. Outer blanks
    /// mean nothing to any reader.
    pub(super) fn settled(&mut self, text: &str, rule: impl Fn(&mut Self, &str) -> String) -> String {
        let mut before = text.trim().to_owned();
        for _ in 0..ROUNDS {
            let masked = self.masked;
            let now = rule(self, &before).trim().to_owned();
            // A part that is masked again and again gives the same text, but only with the same salt.
            if (now == before && masked == self.masked) || now.is_empty() || is_mask(&now) {
                return now;
            }
            before = now;
        }
        self.mask("other texts", text, Form::Value, false)
    }

    pub(super) fn address(&mut self, text: &str) -> String {
        if is_mask(text) {
            return text.to_owned();
        }
        // No request carries a fragment.
        let text = text.split('#').next().unwrap_or_default();
        let host = text.find("://").map_or(0..0, |at| {
            let start = at + 3;
            let rest = text.get(start..).unwrap_or_default();
            start..start + rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())
        });
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
        let mut out = self.occurrences(part(0..host.start), |c| c == ':', Form::Value);
        out.push_str(&self.occurrences(part(host.clone()), |c| matches!(c, '.' | ':' | '@'), Form::Token));
        let tail = part(host.end..text.len());
        out.push_str(&self.occurrences(tail, |c| matches!(c, '/' | '?' | '#' | '&' | '=' | ';'), Form::Value));
        self.in_address = true;
        let walked = secrets::url(&out, self);
        self.in_address = false;
        walked
    }

    /// A text with every secret of the file masked, up to the nearest `bound` on both sides.
    fn occurrences(&mut self, text: &str, bound: impl Fn(char) -> bool, form: Form) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some((start, end)) = self.finder().find(text, at) {
            let (Some(before), Some(after)) = (text.get(at..start), text.get(end..)) else { break };
            let kept = before.rfind(&bound).map_or(0, |found| found + text_len(before, found));
            let end = end + after.find(&bound).unwrap_or(after.len());
            out.push_str(before.get(..kept).unwrap_or_default());
            let secret = text.get(at + kept..end).unwrap_or_default();
            out.push_str(&self.mask("other occurrences", secret, form, false));
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }

    /// What a recorder says of a failure: words that say nothing about anybody, codes, addresses,
    /// the header or method it is about; the rest goes word by word.
    fn failure(&mut self, text: &str) -> String {
        const PUNCTUATION: &[char] =
            &['\'', '"', '(', ')', ',', '.', ';', ':', '!', '?', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];
        if text.len() > LONGEST_ERROR {
            return self.mask("other texts", text, Form::Value, false);
        }
        let mut out = String::with_capacity(text.len());
        let mut before = String::new();
        for piece in text.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            let core = word.trim_matches(PUNCTUATION);
            let start = word.find(core).unwrap_or(0);
            out.push_str(word.get(..start).unwrap_or_default());
            if core.is_empty() || is_mask(core) || words::tells_failure(core) {
                out.push_str(core);
            } else if core.contains("://") {
                out.push_str(&self.address(core));
            } else if before == "field" {
                out.push_str(&self.named(core));
            } else if before == "method" {
                out.push_str(&self.method(core));
            } else {
                out.push_str(&self.mask("other texts", core, Form::Value, false));
            }
            out.push_str(piece.get(start + core.len()..).unwrap_or_default());
            before = core.to_ascii_lowercase();
        }
        out
    }
}

/// Length of the character at a place.
fn text_len(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}
