//! The exact console text each browser prints for a refused request.
//!
//! Owns the wordings of the three engines and the one list of known differences between their
//! versions. Masks nothing (reports do), and decides nothing: the rule is given.

mod chromium;
mod firefox;
mod webkit;

use crate::cors::{Engine, Rule, Stage};

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
    pub lines: Vec<String>,
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
pub fn authorization_warning(url: &str) -> String {
    firefox::authorization_warning(url)
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
pub const VERSION_DIFFERENCES: &[VersionDifference] = &[
    VersionDifference {
        engine: Engine::Chromium,
        printed: "",
        otherwise: " If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.",
        where_found: "Chrome before about 135, after the sentence on a missing header, for fetch()",
    },
    VersionDifference {
        engine: Engine::Chromium,
        printed: " Have the server send the header with a valid value.",
        otherwise: " Have the server send the header with a valid value, or, if an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.",
        where_found: "Chrome before about 135, for fetch()",
    },
    VersionDifference {
        engine: Engine::Chromium,
        printed: chromium::CORS_SCHEMES,
        otherwise: "chrome, chrome-extension, data, http, https",
        where_found: "the list of schemes grows with versions and embedders",
    },
    VersionDifference {
        engine: Engine::Firefox,
        printed: "CORS preflight response did not succeed). Status code: ",
        otherwise: "CORS preflight channel did not succeed).",
        where_found: "Firefox before 79",
    },
    VersionDifference {
        engine: Engine::Firefox,
        printed: "header ‘…’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).",
        otherwise: "missing token ‘…’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel).",
        where_found: "Firefox before 79",
    },
    VersionDifference {
        engine: Engine::WebKit,
        printed: "Origin … is not allowed by Access-Control-Allow-Origin. Status code: …",
        otherwise: "Origin … is not allowed by Access-Control-Allow-Origin.",
        where_found: "Safari before 16",
    },
    VersionDifference {
        engine: Engine::WebKit,
        printed: "Preflight response is not successful. Status code: …",
        otherwise: "Preflight response is not successful",
        where_found: "Safari before 16",
    },
    VersionDifference {
        engine: Engine::WebKit,
        printed: "",
        otherwise: "Could not connect to …: Connection refused",
        where_found: "WebKitGTK names the network error before the access control line; Safari has texts of its own there",
    },
];
