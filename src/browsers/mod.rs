//! What browsers say of a request that the page could not read: the exact console text, and names of errors.
//!
//! One file a browser: its sentences, each one text that is printed and recognised, older wordings, names, and
//! differences between versions. Masks nothing (reports do), and decides nothing: to print, the rule is given; to
//! recognise, what words mean is all there is (which cause that is, `explain` knows).

mod chromium;
mod firefox;
pub(crate) mod pattern;
mod sentence;
mod webkit;

pub(crate) use sentence::{Means, Name, Sentence};
pub use sentence::{Other, Trouble};

use crate::cors::{Engine, Rule, Stage};
use crate::secrets::Prose;

/// What asked for the resource; browsers word their messages after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RequestKind {
    /// `fetch()`
    Fetch,
    /// `XMLHttpRequest`
    Xhr,
    /// `EventSource`
    EventSource,
    /// An image element with `crossorigin`.
    Image,
    /// A module script or a script element with `crossorigin`.
    Script,
    /// A style sheet with `crossorigin`.
    Stylesheet,
    /// A font.
    Font,
    /// Audio with `crossorigin`.
    Audio,
    /// Video with `crossorigin`.
    Video,
    /// A web app manifest.
    Manifest,
    /// Subtitles and the like.
    TextTrack,
    /// `navigator.sendBeacon()`
    Beacon,
}

impl RequestKind {
    /// The kinds that DevTools' resource type (lower case) can stand for; `fetch()` and
    /// `XMLHttpRequest` when it says nothing of use.
    pub fn of_resource_type(resource_type: Option<&str>) -> &'static [Self] {
        match resource_type.unwrap_or_default() {
            "fetch" => &[Self::Fetch],
            "xhr" => &[Self::Xhr],
            "eventsource" => &[Self::EventSource],
            "image" | "imageset" | "img" => &[Self::Image],
            "script" => &[Self::Script],
            "stylesheet" => &[Self::Stylesheet],
            "font" => &[Self::Font],
            "media" => &[Self::Video, Self::Audio],
            "manifest" => &[Self::Manifest],
            "texttrack" => &[Self::TextTrack],
            "ping" | "beacon" => &[Self::Beacon],
            _ => &[Self::Fetch, Self::Xhr],
        }
    }

    /// Stable id, lower case.
    pub fn id(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Xhr => "xhr",
            Self::EventSource => "eventsource",
            Self::Image => "image",
            Self::Script => "script",
            Self::Stylesheet => "stylesheet",
            Self::Font => "font",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Manifest => "manifest",
            Self::TextTrack => "texttrack",
            Self::Beacon => "beacon",
        }
    }
}

/// Why the page did not get its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// A CORS rule refused the response at this stage.
    Refused {
        /// The rule this engine names (its own first failure).
        rule: &'a Rule,
        /// Which response.
        stage: Stage,
        /// Status of that response.
        status: Option<u16>,
    },
    /// The connection failed.
    Network {
        /// Chromium's net error, when known: `net::ERR_CONNECTION_REFUSED`.
        error: Option<&'a str>,
        /// Whether it was the preflight that failed.
        preflight: bool,
    },
    /// The user or a policy does not let the page reach this part of the network (Chromium).
    LocalNetwork {
        /// `local` or `loopback`.
        space: &'a str,
    },
    /// An https page asked for an http URL.
    MixedContent {
        /// The page's URL.
        page: &'a str,
    },
}

/// One request that the page could not read, as far as the messages need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocked<'a> {
    /// Why.
    pub reason: Reason<'a>,
    /// The page's origin, serialised (never tainted by redirects).
    pub page_origin: &'a str,
    /// The byte-serialised request origin at this hop: `null` once tainted.
    pub request_origin: &'a str,
    /// URL of the hop that failed, without fragment.
    pub url: &'a str,
    /// URL before the first redirect, if there was one.
    pub first_url: Option<&'a str>,
    /// Where a refused redirect leads: absolute URL.
    pub location: Option<&'a str>,
    /// The refused header's name as the page wrote it, when known. Safari prints it so; without
    /// it the usual capitalisation is assumed.
    pub header: Option<&'a str>,
}

/// What one browser prints for one kind of request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The kind of request it holds for.
    pub kind: RequestKind,
    /// The messages in order; the first is the one that names the reason.
    pub lines: Vec<Prose>,
}

/// The console text of `engine`, once for each of the possible `kinds`; kinds with equal text are
/// given once. Empty where the browser prints nothing.
pub fn console(engine: Engine, blocked: &Blocked<'_>, kinds: &[RequestKind]) -> Vec<Wording> {
    let mut wordings: Vec<Wording> = Vec::new();
    for kind in kinds {
        let lines = match engine {
            Engine::Chromium => chromium::lines(blocked, *kind),
            Engine::Firefox => firefox::lines(blocked),
            Engine::WebKit => webkit::lines(blocked, *kind),
        };
        if !lines.is_empty() && wordings.iter().all(|known| known.lines != lines) {
            wordings.push(Wording { kind: *kind, lines });
        }
    }
    wordings
}

/// The warning Firefox prints for a request that passed only because `*` covered `Authorization`.
pub fn authorization_warning(url: &str) -> Prose {
    firefox::authorization_warning(url)
}

/// What an engine calls a rule, as its developer tools and sources do: Chromium's `CorsError`, Firefox's message key.
/// WebKit has no names; the id is ours. `None` where the engine names no CORS reason.
pub fn rule_name(engine: Engine, rule: &Rule, stage: Stage) -> Option<&'static str> {
    match engine {
        Engine::Chromium => chromium::rule_name(rule.id(), stage),
        Engine::Firefox => firefox::rule_key(rule),
        Engine::WebKit => webkit::rule_id(rule),
    }
}

/// An engine's words for a rule, by its id, as documentation shows them.
pub fn rule_words(engine: Engine, id: &str, stage: Stage) -> Option<&'static str> {
    match engine {
        Engine::Chromium => chromium::rule_words(id, stage),
        Engine::Firefox => firefox::rule_words(id),
        Engine::WebKit => webkit::rule_words(id),
    }
}

/// A wording that depends on the browser's version or build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionDifference {
    /// The engine.
    pub engine: Engine,
    /// What this crate prints.
    pub printed: &'static str,
    /// What other versions print in its place.
    pub otherwise: &'static str,
    /// Where the other wording is found.
    pub where_found: &'static str,
}

/// Every known difference between versions. What this crate prints is the newest wording.
pub fn version_differences() -> impl Iterator<Item = &'static VersionDifference> {
    [chromium::VERSIONS, firefox::VERSIONS, webkit::VERSIONS].into_iter().flatten()
}

/// The sentences that are recognised, with whose they are. Longer patterns stand before those they contain.
pub(crate) fn sentences() -> impl Iterator<Item = (Option<Engine>, Sentence)> {
    let said = of(Engine::Chromium, chromium::SENTENCES)
        .chain(of(Engine::Firefox, firefox::SENTENCES))
        .chain(of(Engine::WebKit, webkit::SENTENCES));
    let net_errors =
        of(Engine::Chromium, chromium::NET_ERRORS).chain(of(Engine::Chromium, chromium::NET_ERROR_FAMILIES));
    said.chain(net_errors.map(|(engine, name)| (engine, name.said()))).chain(VAGUE.iter().copied())
}

/// Names of errors and of reasons, with whose they are.
pub(crate) fn names() -> impl Iterator<Item = (Option<Engine>, Name)> {
    of(Engine::Chromium, chromium::CORS_ERRORS)
        .chain(of(Engine::Chromium, chromium::ISSUES))
        .chain(of(Engine::Firefox, firefox::CORS_KEYS))
        .chain([(None, Name::other("CORS", Other::NoReason))])
        .chain(of(Engine::Chromium, chromium::COLUMN))
        .chain(of(Engine::Firefox, firefox::COLUMN))
        .chain(["status 0", "0"].map(|text| (None, Name::other(text, Other::StatusZero))))
        .chain(of(Engine::Chromium, chromium::NET_ERRORS))
}

/// One browser's texts.
fn of<T: Copy>(engine: Engine, texts: &'static [T]) -> impl Iterator<Item = (Option<Engine>, T)> {
    texts.iter().map(move |text| (Some(engine), *text))
}

/// Words that say little; each is recognised where nothing else is.
const VAGUE: &[(Option<Engine>, Sentence)] = &[
    (None, LOAD_FAILED),
    (Some(Engine::Chromium), Sentence::other(Other::ScriptError, "Failed to fetch")),
    (Some(Engine::Firefox), Sentence::other(Other::ScriptError, "NetworkError when attempting to fetch resource")),
    (Some(Engine::WebKit), Sentence::other(Other::ScriptError, "Load failed")),
    (None, Sentence::other(Other::ScriptError, "Network Error")),
    (Some(Engine::Chromium), Sentence::other(Other::NoReason, "has been blocked by CORS policy")),
    (Some(Engine::Firefox), Sentence::other(Other::NoReason, "Cross-Origin Request Blocked")),
];

/// Chrome prints a net error behind it, Safari a sentence.
const LOAD_FAILED: Sentence = Sentence::other(Other::LoadFailed, "Failed to load resource").then(": {error}");
