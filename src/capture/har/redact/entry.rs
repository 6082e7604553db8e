//! Writing a redacted entry, page or tool, member by member.
//!
//! Owns the walk over the table of members, and what was counted on the way. What a text becomes
//! stands in `values`, what a header becomes in `headers`.

use super::super::dialects;
use super::Counts;
use super::json::{self, Members};
use super::mask::{Form, Salt, is_mask, is_value_mask};
use super::members::{ENTRY, FRAME, Holds, INITIATOR, Member, member};
use super::secrets::{Collected, Finder};
use crate::secrets::{Kind, Replace};

/// Calls of a stack that are kept.
const MOST_FRAMES: usize = 16;
/// Longer numbers are none.
const LONGEST_NUMBER: usize = 40;
/// Longer titles and names of pages are masked, since all pages are held in memory.
const LONGEST_PAGE: usize = 2048;

/// A page as far as it is kept until the copy is written.
#[derive(Debug)]
pub(super) struct Page {
    id: String,
    title: String,
    started: String,
}

/// Copies without secrets, and remembers what it masked.
pub(super) struct Copyist<'f> {
    salt: Salt,
    /// Finds the secrets of the whole file, once they are known.
    finder: &'f Finder,
    pub(super) collected: Collected,
    pub(super) counts: Counts,
    /// What is walked over: an address, or running text.
    pub(super) in_address: bool,
    /// Masks made so far.
    pub(super) masked: u64,
    /// Whether the secret that a walker found last is one by its name.
    last_named: bool,
}

impl<'f> Copyist<'f> {
    pub(super) fn new(salt: Salt, finder: &'f Finder) -> Self {
        Self {
            salt,
            finder,
            collected: Collected::default(),
            counts: Counts::new(),
            in_address: false,
            masked: 0,
            last_named: false,
        }
    }

    pub(super) fn finder(&self) -> &'f Finder {
        self.finder
    }

    /// Appends a redacted entry in one line; false when these bytes are no object.
    pub(super) fn entry(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        let Some(object) = json::object(bytes) else { return false };
        self.object(ENTRY, &object, out);
        true
    }

    /// What is kept of a page.
    pub(super) fn keep_page(&mut self, bytes: &[u8]) -> Option<Page> {
        let object = json::object(bytes)?;
        let members = Members::of(&object);
        let text = |name: &str| members.get(name).and_then(json::scalar).unwrap_or_default();
        let (id, title) = (text("id"), text("title"));
        let short = |this: &mut Self, text: &str| {
            if text.len() > LONGEST_PAGE { this.mask("page titles", text, Form::Value, false) } else { text.to_owned() }
        };
        let started = text("startedDateTime");
        Some(Page { id: short(self, &id), title: short(self, &title), started: short(self, &started) })
    }

    /// Appends a page: its title is an address, or goes.
    pub(super) fn page(&mut self, page: &Page, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"startedDateTime\":");
        json::push_string(out, &self.text_member(Holds::Time, &page.started));
        out.extend_from_slice(b",\"id\":");
        json::push_string(out, &self.text_member(Holds::Page, &page.id));
        out.extend_from_slice(b",\"title\":");
        let is_url = page.title.starts_with("http://") || page.title.starts_with("https://");
        if is_url {
            json::push_string(out, &self.text_member(Holds::Url, &page.title));
        } else {
            json::push_string(out, &self.mask("page titles", &page.title, Form::Value, false));
        }
        out.extend_from_slice(b",\"pageTimings\":{}}");
    }

    /// Appends `creator` or `browser`: the exporter's name as far as it is known, and its version.
    pub(super) fn tool(&mut self, bytes: Option<&[u8]>, comment: Option<&str>, out: &mut Vec<u8>) {
        let object = bytes.and_then(json::object).unwrap_or_default();
        let members = Members::of(&object);
        let text = |name: &str| members.get(name).and_then(json::scalar).unwrap_or_default();
        let name = text("name");
        out.extend_from_slice(b"{\"name\":");
        json::push_string(out, &self.without_secrets(dialects::known_part(name.trim())));
        out.extend_from_slice(b",\"version\":");
        let version = text("version");
        let plain = version.len() <= 20
            && version.split('.').all(|part| part.len() <= 5 && part.bytes().all(|byte| byte.is_ascii_digit()));
        json::push_string(out, if plain { &version } else { "" });
        if let Some(comment) = comment {
            out.extend_from_slice(b",\"comment\":");
            json::push_string(out, comment);
        }
        out.push(b'}');
    }

    fn object(&mut self, table: &'static [Member], object: &str, out: &mut Vec<u8>) {
        let mut before = b'{';
        for (name, value) in Members::of(object).iter() {
            let Some((name, holds)) = member(table, name) else {
                self.count_dropped("other members", value);
                continue;
            };
            let start = out.len();
            out.push(before);
            json::push_string(out, name);
            out.push(b':');
            if self.value(*holds, value, out) {
                before = b',';
            } else {
                out.truncate(start);
            }
        }
        if before == b'{' {
            out.push(b'{');
        }
        out.push(b'}');
    }

    /// Appends a value; false when nothing of it is kept.
    fn value(&mut self, holds: Holds, value: &str, out: &mut Vec<u8>) -> bool {
        match holds {
            Holds::Emptied(nothing) => out.extend_from_slice(nothing.as_bytes()),
            _ if value == "null" => out.extend_from_slice(b"null"),
            Holds::Flag if matches!(value, "true" | "false") => out.extend_from_slice(value.as_bytes()),
            Holds::Number if value.len() <= LONGEST_NUMBER && is_numeric(value) => {
                out.extend_from_slice(value.as_bytes());
            }
            Holds::Object(table) if value.starts_with('{') => self.object(table, value, out),
            Holds::Headers => self.headers(value, out),
            Holds::Frames => self.frames(value, out),
            Holds::Initiator if value.starts_with('{') => self.object(INITIATOR, value, out),
            Holds::Initiator => match json::string(value) {
                Some(text) if text.trim_start().starts_with('{') => {
                    let mut inner = Vec::new();
                    let object = json::object(text.as_bytes()).unwrap_or_default();
                    self.object(INITIATOR, &object, &mut inner);
                    json::push_string(out, &String::from_utf8_lossy(&inner));
                }
                Some(text) => json::push_string(out, &self.text_member(Holds::Url, &text)),
                None => return self.dropped(value),
            },
            Holds::Body => {
                self.count_dropped("bodies", value);
                return false;
            }
            Holds::Address => {
                self.count_dropped("server addresses", value);
                out.extend_from_slice(b"\"\"");
            }
            Holds::Flag | Holds::Number | Holds::Object(_) => return self.dropped(value),
            _ => match json::scalar(value) {
                // A number where text is usual stays one.
                Some(text) => {
                    let kept = self.text_member(holds, &text);
                    if json::is_number(value) && kept == value {
                        out.extend_from_slice(value.as_bytes());
                    } else {
                        json::push_string(out, &kept);
                    }
                }
                None => return self.dropped(value),
            },
        }
        true
    }

    fn dropped(&mut self, value: &str) -> bool {
        self.count_dropped("other members", value);
        false
    }

    fn frames(&mut self, frames: &str, out: &mut Vec<u8>) {
        out.push(b'[');
        for (at, frame) in json::elements(frames).into_iter().take(MOST_FRAMES).enumerate() {
            if at > 0 {
                out.push(b',');
            }
            self.object(FRAME, frame, out);
        }
        out.push(b']');
    }

    /// A mask in the place of a value; masks and empty values stay. `named`: a name or place says
    /// that it is a secret.
    pub(super) fn mask(&mut self, what: &'static str, value: &str, form: Form, named: bool) -> String {
        if value.is_empty() || is_mask(value) {
            return value.to_owned();
        }
        self.masked += 1;
        self.count(what);
        self.collected.add(value, named);
        self.salt.mask(value, form)
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn count_dropped(&mut self, what: &'static str, value: &str) {
        if !matches!(value, "\"\"" | "null" | "{}" | "[]") {
            self.count(what);
        }
    }
}

impl Replace for Copyist<'_> {
    fn replace(&mut self, kind: Kind, secret: &str) -> String {
        let (what, form) = match kind {
            Kind::Name => ("names", Form::Token),
            _ if !self.in_address => ("other texts", Form::Value),
            Kind::Id | Kind::Email => ("path segments", Form::Value),
            _ => ("query values", Form::Value),
        };
        let named = !matches!(kind, Kind::Id | Kind::Value | Kind::Name);
        self.last_named = named;
        self.mask(what, secret, form, named)
    }

    fn written_as(&mut self, written: &str, _replacement: &str) {
        self.collected.add(written, self.last_named);
    }

    fn stays(&self, text: &str) -> bool {
        // A walker takes the last bracket for punctuation.
        is_mask(text) || (text.starts_with('[') && is_value_mask(&format!("{text}]")))
    }

    fn user_info(&mut self, text: &str) {
        self.count("URL user info");
        for part in text.split(':') {
            self.collected.add(&crate::secrets::decode(part), true);
        }
    }
}

/// A number that readers can take, also one written as text: then with no more digits than a length or
/// a duration has.
fn is_numeric(value: &str) -> bool {
    let text = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    if text.is_some_and(|text| text.bytes().take_while(u8::is_ascii_digit).count() > 7) {
        return false;
    }
    let bare = text.unwrap_or(value);
    bare.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'))
        && bare.parse::<f64>().is_ok_and(f64::is_finite)
}
