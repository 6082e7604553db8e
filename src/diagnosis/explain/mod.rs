//! Recognises what people paste: a console message of any browser, an error name, a cause id.
//!
//! Owns the way from a text to what it speaks of, with the origin, URL and value it quotes.
//! Explaining it and rendering the explanation is done elsewhere, from the files of causes.

mod candidates;
mod context;
mod headers;
mod names;
mod statuses;
mod suspects;

pub use candidates::candidates;
pub use headers::{HEADERS, HeaderInfo};
pub use statuses::{STATUSES, StatusInfo};
pub use suspects::{Suspect, Suspects};

pub use crate::browsers::Other;

use crate::browsers::pattern::{Captures, normalised};
use crate::browsers::{self, Means, RequestKind, Sentence, Trouble};
use crate::cors::{Engine, Stage};

/// What a text was recognised as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// This is what it speaks of.
    Known(Box<Known>),
    /// Nothing known.
    Unknown {
        /// The nearest names that are known, best first; at most [`MAX_NEAREST`].
        nearest: Vec<&'static str>,
    },
}

/// The most names offered for an unknown text.
pub const MAX_NEAREST: usize = 3;

/// What a text speaks of, and what it quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it speaks of.
    pub subject: Subject,
    /// Whose words they are, when the text tells.
    pub engine: Option<Engine>,
    /// Which response was refused, when the text tells.
    pub stage: Option<Stage>,
    /// What asked for the resource.
    pub kind: Option<RequestKind>,
    /// The page's origin (in WebKit's words the request's, which redirects may have made `null`).
    pub origin: Option<String>,
    /// The URL that was refused.
    pub url: Option<String>,
    /// The URL before redirects.
    pub first_url: Option<String>,
    /// The value, method or header the text names.
    pub value: Option<String>,
    /// The response's status.
    pub status: Option<u16>,
}

impl Known {
    /// A subject of which the text says no more.
    fn of(subject: Subject) -> Self {
        Self {
            subject,
            engine: None,
            stage: None,
            kind: None,
            origin: None,
            url: None,
            first_url: None,
            value: None,
            status: None,
        }
    }
}

/// What a text speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A CORS rule: ids of [`crate::cors::Rule::IDS`], the likeliest first. Several where the words do
    /// not tell them apart.
    Rule(&'static [&'static str]),
    /// A cause, by its id in [`super::causes::CAUSES`].
    Cause(&'static str),
    /// A header field, by its name in [`HEADERS`].
    Header(&'static str),
    /// An HTTP status or a class of them, by its id in [`STATUSES`].
    Status(&'static str),
    /// Words that stand for no rule by themselves.
    Other(Other),
}

impl Subject {
    /// What a browser's words speak of.
    fn of(means: Means) -> Self {
        match means {
            Means::Rule(ids) => Self::Rule(ids),
            Means::Trouble(trouble) => Self::Cause(cause(trouble)),
            Means::Other(other) => Self::Other(other),
        }
    }

    /// Rules first, then causes, then the rest: what a text says at most.
    fn weight(self) -> u8 {
        match self {
            Self::Rule(_) => 4,
            Self::Cause(_) => 3,
            Self::Other(Other::LoadFailed | Other::ScriptError | Other::AccessControlLine) => 0,
            Self::Other(Other::NoReason) | Self::Header(_) | Self::Status(_) => 1,
            Self::Other(_) => 2,
        }
    }
}

/// The cause that a browser's words name.
fn cause(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unreachable => "server-unreachable",
        Trouble::Reset => "connection-reset",
        Trouble::Closed => "connection-closed",
        Trouble::TimedOut => "preflight-timeout",
        Trouble::Tls => "tls-failure",
        Trouble::InvalidHttp => "invalid-http",
        Trouble::Cut => "response-cut",
        Trouble::Aborted => "request-aborted",
        Trouble::Extension => "blocked-by-extension",
        Trouble::ResourcePolicy => "resource-policy",
        Trouble::NotSent => "blocked-before-network",
    }
}

/// Recognises `text`: a console message (whole or in part, of any browser, also older wordings), a
/// Chromium error name, a Firefox key, a rule or cause id, a short form (`acao-missing`), a header's
/// name, a pasted header line, or a status.
///
/// In a text with several messages the one that says most wins, and the first of equals. Takes
/// time linear in the text's length.
pub fn recognise(text: &str) -> Recognised {
    let line = normalised(text);
    let mut best: Option<Known> = names::lookup(&line).or_else(|| no_message(&line));
    if best.is_none() {
        for known in recognise_each(text) {
            if best.as_ref().is_none_or(|best| known.subject.weight() > best.subject.weight()) {
                best = Some(known);
            }
        }
    }
    match best {
        Some(known) => Recognised::Known(Box::new(answered(known, &line))),
        None => Recognised::Unknown { nearest: names::nearest(&line) },
    }
}

/// A header or a status, which no browser's message consists of alone.
fn no_message(line: &str) -> Option<Known> {
    if let Some((header, value)) = headers::in_line(line) {
        return Some(Known { value, ..Known::of(Subject::Header(header.name)) });
    }
    let named = statuses::lookup(line)?;
    Some(Known {
        status: named.status,
        stage: named.stage,
        url: named.url,
        ..Known::of(Subject::Status(named.info.id))
    })
}

/// Chrome's `Failed to load resource: the server responded with a status of 404` is about the status.
fn answered(known: Known, line: &str) -> Known {
    let failed = known.subject == Subject::Other(Other::LoadFailed);
    match known.status.and_then(StatusInfo::of) {
        Some(info) if failed && line.contains("responded with a status of") => {
            Known { subject: Subject::Status(info.id), engine: Some(Engine::Chromium), ..known }
        }
        _ => known,
    }
}

/// Recognises every message of a console that was pasted whole, in order. A message that only goes
/// on about the one before it is taken into that one.
pub fn recognise_each(text: &str) -> Vec<Known> {
    let mut found: Vec<Known> = Vec::new();
    for message in messages_in(text) {
        let Some(known) = in_sentence(&message) else { continue };
        match found.last_mut() {
            Some(last) if goes_on(last, &known) => {
                last.url = last.url.take().or(known.url);
                last.kind = last.kind.or(known.kind);
            }
            Some(last) if announces(last, &known) => {
                last.subject = known.subject;
                last.stage = known.stage.or(last.stage);
                last.value = known.value;
            }
            _ => found.push(known),
        }
    }
    found
}

/// Texts with which a message begins wherever they stand in a line.
const OPENINGS: &[&str] = &["Access to ", "Cross-Origin Request ", "Failed to load resource", "Mixed Content:"];

/// Texts with which a message begins at the start of a line only.
const LINE_OPENINGS: &[&str] = &[
    "Access-Control-Allow-Origin cannot",
    "Beacon API cannot load",
    "Cannot load ",
    "Cannot use wildcard",
    "Could not connect",
    "Credentials flag is true",
    "Cross-origin redirection",
    "EventSource cannot load",
    "Failed to load ",
    "Fetch API cannot load",
    "Header Access-Control-",
    "Method ",
    "No 'Access-Control-Allow-Origin'",
    "Origin ",
    "Preflight response is not",
    "Redirect from ",
    "Request header field ",
    "XMLHttpRequest cannot load",
];

/// The messages of a text, each on one line; lines that begin none belong to the one before.
fn messages_in(text: &str) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = normalised(line);
        let bare = line.trim_start_matches("[Error] ");
        let opens = OPENINGS.iter().any(|opening| line.contains(opening))
            || LINE_OPENINGS.iter().any(|opening| bare.starts_with(opening));
        match messages.last_mut() {
            Some(last) if !opens => {
                last.push(' ');
                last.push_str(&line);
            }
            _ => messages.push(line),
        }
    }
    messages
}

/// Whether `known` adds nothing of its own to the message before it.
fn goes_on(last: &Known, known: &Known) -> bool {
    let same_url = known.url.is_none() || last.url.is_none() || last.url == known.url;
    let follows = match known.subject {
        Subject::Other(Other::AccessControlLine | Other::LoadFailed | Other::DidNotSucceed) => true,
        // Safari with Web Inspector open says the sentence once more.
        subject => subject == last.subject && last.engine == Some(Engine::WebKit) && known.url.is_none(),
    };
    follows && same_url && last.subject.weight() >= known.subject.weight()
}

/// Whether the message before is only the first half of `known`: a browser's announcement whose
/// reason stands on a line of its own.
fn announces(last: &Known, known: &Known) -> bool {
    last.subject == Subject::Other(Other::NoReason) && known.url.is_none() && matches!(known.subject, Subject::Rule(_))
}

fn in_sentence(text: &str) -> Option<Known> {
    let mut best: Option<(u8, usize, Option<Engine>, Sentence, Captures)> = None;
    for (engine, sentence) in browsers::sentences() {
        let Some((at, captures)) = sentence.find(text) else { continue };
        let weight = Subject::of(sentence.means).weight();
        // The table has the longer of two similar patterns first.
        if best.as_ref().is_none_or(|(known, known_at, ..)| weight > *known || (weight == *known && at < *known_at)) {
            best = Some((weight, at, engine, sentence, captures));
        }
    }
    let (.., engine, sentence, captures) = best?;
    Some(context::of(text, engine, sentence, &captures))
}
