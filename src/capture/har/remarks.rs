//! What a HAR file as a whole says: damage, filters, sanitising, secrets.
//!
//! Owns the counting over all entries and the sentences of the remarks. Numbers only: no value of a
//! secret comes near a sentence.

use super::Feed;
use super::dialects::{CHROME, GENERIC, PLAYWRIGHT, SAFARI};
use super::entry::{Context, Parsed, Unreadable};
use super::split::{AtEnd, Damage, What};
use crate::capture::EmptyHar;
use crate::capture::input;
use crate::capture::remark::Remark;
use crate::exchange::{Listing, Place, Recorder};
use std::collections::HashSet;

/// Places listed by a remark.
const MAX_PLACES: usize = 16;
/// Distinct secrets counted; beyond, the count says "at least" by staying there.
const MAX_SECRETS: usize = 65_536;

/// Counts over one file.
pub(super) struct Health {
    input: u32,
    unreadable: Tally,
    /// Of these, entries without a request URL.
    without_url: u64,
    garbled: Tally,
    too_large: Tally,
    too_deep: Tally,
    long_string: Tally,
    cut_head: Tally,
    pages_left_out: u64,
    lost_head: Option<u64>,
    tail: Option<Remark>,
    entries: u64,
    options: u64,
    /// A preflight asked to send `authorization`.
    authorization_asked: bool,
    /// Some message shows a cookie or authorization, in clear or redacted.
    secret_headers: bool,
    cookies: HashSet<u64>,
    tokens: HashSet<u64>,
    user_agent: Option<Box<str>>,
    first_recorder: Option<&'static Recorder>,
}

/// How often, and where first.
#[derive(Default)]
struct Tally {
    count: u64,
    places: Vec<u32>,
    offset: u64,
}

impl Tally {
    fn add(&mut self, index: Option<u32>, offset: u64) {
        if self.count == 0 {
            self.offset = offset;
        }
        self.count += 1;
        if self.places.len() < MAX_PLACES {
            self.places.extend(index);
        }
    }

    /// `entry 7 at byte 1234`, for the first one.
    fn first(&self) -> String {
        match self.places.first() {
            Some(index) => format!("entry {index} at byte {}", self.offset),
            None => format!("byte {}", self.offset),
        }
    }
}

impl Health {
    pub(super) fn new(input: u32) -> Self {
        Self {
            input,
            unreadable: Tally::default(),
            without_url: 0,
            garbled: Tally::default(),
            too_large: Tally::default(),
            too_deep: Tally::default(),
            long_string: Tally::default(),
            cut_head: Tally::default(),
            pages_left_out: 0,
            lost_head: None,
            tail: None,
            entries: 0,
            options: 0,
            authorization_asked: false,
            secret_headers: false,
            cookies: HashSet::new(),
            tokens: HashSet::new(),
            user_agent: None,
            first_recorder: None,
        }
    }

    pub(super) fn damage(&mut self, damage: &[Damage]) {
        for damage in damage {
            let tally = match damage.what {
                What::NotAnObject => &mut self.unreadable,
                What::Garbled => &mut self.garbled,
                What::TooLarge => &mut self.too_large,
                What::TooDeep => &mut self.too_deep,
                What::LongString => &mut self.long_string,
                What::LostHead => {
                    self.lost_head.get_or_insert(damage.offset);
                    continue;
                }
            };
            tally.add(damage.index, damage.offset);
        }
    }

    /// Why there is no exchange.
    pub(super) fn empty(&self) -> EmptyHar {
        match self.unreadable.count {
            0 if self.tail.is_some() => EmptyHar::CutOff,
            0 => EmptyHar::NoEntries,
            count => EmptyHar::Unreadable(count),
        }
    }

    pub(super) fn unreadable(&mut self, why: Unreadable, index: u32, offset: u64) {
        self.without_url += u64::from(matches!(why, Unreadable::NoUrl));
        self.unreadable.add(Some(index), offset);
    }

    pub(super) fn entry(&mut self, parsed: &Parsed) {
        let exchange = &parsed.exchange;
        let headers = &exchange.request.headers;
        self.entries += 1;
        self.first_recorder.get_or_insert(exchange.recorder);
        if exchange.request.method.eq_ignore_ascii_case("OPTIONS") {
            self.options += 1;
            let asked = headers.get("access-control-request-headers");
            let names = asked.as_deref().unwrap_or_default().split(|byte| *byte == b',');
            self.authorization_asked |=
                names.into_iter().any(|name| name.trim_ascii().eq_ignore_ascii_case(b"authorization"));
        }
        self.secret_headers |= parsed.credentials;
        for (set, new) in [(&mut self.cookies, &parsed.cookies), (&mut self.tokens, &parsed.tokens)] {
            let room = MAX_SECRETS.saturating_sub(set.len());
            set.extend(new.iter().take(room));
        }
        if self.user_agent.is_none() {
            self.user_agent = headers.get_str("user-agent").map(Into::into);
        }
        if parsed.cut_head
            && let Place::Entry { index, .. } = exchange.place
        {
            self.cut_head.add(Some(index), 0);
        }
    }

    pub(super) fn pages_left_out(&mut self, count: u64) {
        self.pages_left_out = count;
    }

    pub(super) fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// The dialect of the file: its creator's, else what the first entry looked like.
    pub(super) fn recorder(&self, context: &Context) -> &'static Recorder {
        context.recorder.or(self.first_recorder).unwrap_or(&GENERIC)
    }

    /// A file that ends in the middle, or whose compression broke.
    pub(super) fn end_of_file(&mut self, feed: &Feed, whole: u64) {
        let at = feed.splitter.offset();
        let mut remark = match &feed.trouble {
            Some(error) => input::trouble(error, self.input, at),
            None if feed.splitter.at_end() == AtEnd::Complete => return,
            None => self.remark("file-truncated", 1, String::new()),
        };
        let open = match feed.splitter.at_end() {
            AtEnd::InEntry(index) => Some(index),
            AtEnd::Complete | AtEnd::Open => None,
        };
        if feed.trouble.is_none() {
            remark.text = match open {
                Some(0) => format!("the file ends inside its first entry, at byte {at}: no whole entry is left"),
                Some(index) if whole == 1 => {
                    format!("the file ends inside entry {index}, at byte {at}; the one whole entry before it was read")
                }
                Some(index) => {
                    format!(
                        "the file ends inside entry {index}, at byte {at}; the {whole} whole entries before it were read"
                    )
                }
                None => format!("the file ends before its JSON does, at byte {at}; {whole} entries were read"),
            };
        }
        remark.places = open.map(|index| Place::Entry { input: self.input, index }).into_iter().collect();
        self.tail = Some(remark);
    }

    fn remark(&self, id: &'static str, count: u64, text: String) -> Remark {
        Remark { fault: None, id, input: self.input, count, text, places: Vec::new() }
    }

    fn tally(&self, id: &'static str, tally: &Tally, text: impl FnOnce(&Tally) -> String) -> Option<Remark> {
        if tally.count == 0 {
            return None;
        }
        let mut remark = self.remark(id, tally.count, text(tally));
        remark.places = tally.places.iter().map(|index| Place::Entry { input: self.input, index: *index }).collect();
        Some(remark)
    }

    /// All remarks, in a fixed order: damage first.
    pub(super) fn remarks(mut self, recorder: &'static Recorder) -> Vec<Remark> {
        let (mut all, without_url) = (Vec::new(), self.without_url);
        if let Some(offset) = self.lost_head {
            let text = format!(
                "the beginning of the file is lost or damaged: the first entry that could be read starts at byte {offset}; {} entries were recovered",
                self.entries
            );
            all.push(self.remark("file-damaged", 1, text));
        }
        all.extend(self.tally("file-damaged", &self.garbled, |tally| {
            let passed = if tally.places.is_empty() {
                ""
            } else {
                "; what it damaged is left out, the entries after it were read"
            };
            format!("not JSON at {}{passed}", tally.first())
        }));
        all.extend(self.tail.take());
        all.extend(self.tally("entry-unreadable", &self.unreadable, |tally| {
            let why = match without_url {
                0 => "no object, or broken JSON",
                all if all == tally.count => "no request URL",
                _ => "no object, no request URL, or broken JSON",
            };
            format!("{} could not be read ({why}), first {}", entries(tally.count), tally.first())
        }));
        all.extend(self.tally("limit-reached", &self.too_large, |tally| {
            format!("{} too large even without bodies, left out, first {}", entries(tally.count), tally.first())
        }));
        all.extend(self.tally("limit-reached", &self.too_deep, |tally| {
            format!("{} nested too deeply, left out, first {}", entries(tally.count), tally.first())
        }));
        all.extend(self.tally("limit-reached", &self.long_string, |tally| {
            format!("{} header values or URLs too long, cut, first {}", tally.count, tally.first())
        }));
        all.extend(self.tally("limit-reached", &self.cut_head, |tally| {
            format!("{} with too many header bytes, the rest left out", entries(tally.count))
        }));
        if self.pages_left_out > 0 {
            let text = format!("the titles of {} were not remembered", plural(self.pages_left_out, "page"));
            all.push(self.remark("limit-reached", self.pages_left_out, text));
        }
        all.extend(self.by_nature(recorder));
        if !self.cookies.is_empty() || !self.tokens.is_empty() {
            let count = (self.cookies.len() + self.tokens.len()) as u64;
            let held: Vec<String> = [(self.cookies.len(), "cookie"), (self.tokens.len(), "token")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| plural(count as u64, what))
                .collect();
            let them = if count == 1 { "it" } else { "them" };
            let text = format!(
                "this file still holds {}; delete the file when done, have {them} revoked if it was sent around, and share a copy made with: whycors redact",
                held.join(" and ")
            );
            all.push(self.remark("secrets-inside", count, text));
        }
        all
    }

    fn by_nature(&self, recorder: &'static Recorder) -> Option<Remark> {
        if self.entries == 0 {
            return None;
        }
        if self.options == self.entries {
            let text = "every entry is an OPTIONS request: the list was filtered before export, so what the page really asked for is missing; ask for an export without filter".to_owned();
            return Some(self.remark("only-preflights", self.options, text));
        }
        let is = |other: &'static Recorder| std::ptr::eq(recorder, other);
        if is(&CHROME) && self.authorization_asked && !self.secret_headers {
            let text = "a preflight announces an Authorization header, but no request shows one: this is the sanitised export, in which the absence of Cookie, Authorization and Set-Cookie proves nothing; if credentials matter, ask for \"Export HAR (with sensitive data)\"".to_owned();
            return Some(self.remark("sanitised-export", 1, text));
        }
        if recorder.preflights == Listing::Never {
            let text = if is(&SAFARI) {
                "Web Inspector leaves every preflight and every failed request out of its HAR: without failures this file proves nothing; ask for the red console lines as text, or a HAR from Chrome or Firefox, or a packet capture"
            } else if is(&PLAYWRIGHT) {
                "Playwright hides preflights and the headers of blocked requests: what the browser blocked is seen, why is not; ask for a HAR from DevTools or the console text"
            } else {
                "this exporter never lists preflights; ask for a HAR from the browser that showed the error"
            };
            return Some(self.remark("no-preflights-by-nature", 1, text.to_owned()));
        }
        None
    }
}

fn entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
