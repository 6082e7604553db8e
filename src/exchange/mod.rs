//! The nouns every other module speaks: exchanges, heads, headers, origins, places and times.
//!
//! Owns the vocabulary and the rule that values which may not be shown are never stored. Does no I/O and knows no
//! file format, no packet and no CORS rule.

mod error;
mod event;
mod headers;
mod origin;
mod place;
pub(crate) mod quote;
mod recorder;
mod time;

pub use error::{NetError, RecorderError};
pub use event::{Alert, End, Event, Message, Part, SILENCE, What};
pub use headers::{HeaderLine, Headers, Presence, Secret, Value};
pub use origin::{Origin, OriginParts, origin_of_url, without_fragment};
pub use place::{Mark, Place, Side};
pub use recorder::{DuplicateLines, FailureMark, Listing, Recorder, Vantage};
pub use time::CaptureTime;

use std::net::SocketAddr;

/// One HTTP request and what came back, as far as the capture shows it. Heads only; bodies are
/// counted, and for preflights and failing responses the first 4 KiB are kept.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Where the request stands in its capture.
    pub place: Place,
    /// Where the response stands, when that is another place than the request (packets).
    pub response_place: Option<Place>,
    /// The recording client's socket address (packets only).
    pub client: Option<SocketAddr>,
    /// The server's address as `address:port` or `address`, when known.
    pub server: Option<Box<str>>,
    /// When the request was issued (HAR) or its first byte seen (packets).
    pub started: Option<CaptureTime>,
    /// When the response head was complete (packets) or the whole exchange was over (HAR).
    pub completed: Option<CaptureTime>,
    /// The request.
    pub request: RequestHead,
    /// The response, or the typed reason why there is none.
    pub response: Result<ResponseHead, NoResponse>,
    /// What the recorder says beyond the bytes (browser HARs mostly).
    pub note: RecorderNote,
    /// What this recorder can and cannot show.
    pub recorder: &'static Recorder,
}

/// A request head. `url` is absolute, without fragment, and **not masked**: only
/// `report::sanitize` may print it.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestHead {
    /// The method, as sent (methods are case-sensitive).
    pub method: Box<str>,
    /// Absolute URL without fragment.
    pub url: Box<str>,
    /// Protocol version.
    pub version: HttpVersion,
    /// Header lines in order.
    pub headers: Headers,
    /// Body length in bytes, when known.
    pub body_len: Option<u64>,
}

/// A response head.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseHead {
    /// Status code as received; 0 never stands here.
    pub status: u16,
    /// Reason phrase (empty on HTTP/2).
    pub reason: Box<str>,
    /// Protocol version.
    pub version: HttpVersion,
    /// Header lines in order.
    pub headers: Headers,
    /// What is known of the body.
    pub body: Body,
}

/// What is known of a response body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// Bytes of body seen, before content decoding.
    pub len: Option<u64>,
    /// `Some(true)` when the body ended as promised, `Some(false)` when it was cut short.
    pub complete: Option<bool>,
    /// At most 4 KiB of decoded text, kept only for preflights and responses with status ≥ 400 or
    /// a redirect, to recognise login, error and firewall pages.
    pub excerpt: Option<Box<str>>,
}

/// The version of HTTP a message was sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HttpVersion {
    /// HTTP/0.9: a body without a head.
    Http09,
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
    /// HTTP/3.
    Http3,
    /// The capture does not say.
    #[default]
    Unknown,
}

/// Why an exchange has no response head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoResponse {
    /// The capture ends (or the file is cut) before the response.
    Cut,
    /// Bytes are missing from the capture where the response would stand.
    Gap {
        /// Bytes missing, when the sequence numbers tell.
        missing: u64,
    },
    /// The name could not be resolved or the connection was refused.
    Refused,
    /// The connection was reset (RST) before the response.
    Reset,
    /// The peer closed (FIN) before the response.
    Closed,
    /// Nothing came back while the capture went on, or the recorder says it timed out.
    TimedOut,
    /// TLS failed: alert or certificate.
    TlsFailure,
    /// The page or user cancelled the request.
    Aborted,
    /// The browser says it withheld or never sent this (an `_error` stands in the note).
    Blocked,
    /// What came back is not HTTP.
    InvalidHttp,
    /// The response is there but cannot be read (lost header table, failed decryption).
    Undecodable,
    /// The recorder leaves responses of this kind out.
    Unrecorded,
}

/// What the recorder says beyond the bytes of the messages.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, not a state")]
pub struct RecorderNote {
    /// The error that the recorder wrote.
    pub error: Option<RecorderError>,
    /// DevTools' resource type, lower case: `fetch`, `xhr`, `preflight`, `font` …
    pub resource_type: Option<Box<str>>,
    /// Who called: the first stack frame or the parser position.
    pub initiator: Option<Initiator>,
    /// Answered by a service worker.
    pub service_worker: bool,
    /// Served from the browser's cache.
    pub from_cache: bool,
    /// The page this belongs to: its URL, when the recorder says so.
    pub page: Option<Box<str>>,
    /// The file names pages, and this belongs to none: a worker's request, or one of a frame in a process of
    /// its own, whose refused answer DevTools does not record.
    pub outside_pages: bool,
    /// The request's headers are those that were known before it went out ("provisional headers"): what the script
    /// set, without what the network stack adds.
    pub provisional: bool,
    /// `Location` as the recorder resolved it.
    pub redirect_url: Option<Box<str>>,
    /// What connection and capture did to it (packets).
    pub events: Vec<Event>,
    /// The wire hop carried TLS (packets: decrypted; HAR: scheme says it).
    pub tls: bool,
    /// Traffic was read inside a CONNECT tunnel or after a PROXY protocol header.
    pub tunneled: bool,
}

impl RecorderNote {
    /// Where the last packet event stands.
    pub fn event_place(&self) -> Option<Place> {
        self.events.iter().rev().find_map(|event| event.place)
    }
}

/// The script position that issued a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initiator {
    /// Script or document URL (not masked).
    pub url: Box<str>,
    /// 1-based line.
    pub line: Option<u64>,
    /// Function name, when there is one.
    pub function: Option<Box<str>>,
}

impl Exchange {
    /// The response head, when there is one.
    pub fn head(&self) -> Option<&ResponseHead> {
        self.response.as_ref().ok()
    }

    /// About how much memory it holds, bytes.
    pub fn held_bytes(&self) -> usize {
        let response = self.head().map_or(0, |response| {
            let excerpt = response.body.excerpt.as_deref().map_or(0, str::len);
            response.headers.held_bytes().saturating_add(excerpt)
        });
        let note = [&self.note.page, &self.note.redirect_url];
        let texts = note.into_iter().flatten().map(|text| text.len()).sum::<usize>();
        let error = self.note.error.as_ref().map_or(0, RecorderError::held_bytes);
        let events = self.note.events.len().saturating_mul(size_of::<Event>());
        let initiator = self.note.initiator.as_ref().map_or(0, |initiator| initiator.url.len());
        [self.request.url.len(), self.request.headers.held_bytes(), response, texts, error, events, initiator]
            .into_iter()
            .fold(size_of::<Self>(), usize::saturating_add)
    }

    /// Gives back spare memory of its lists.
    pub fn shrink(&mut self) {
        self.request.headers.shrink();
        if let Ok(response) = &mut self.response {
            response.headers.shrink();
        }
        self.note.events.shrink_to_fit();
    }

    /// Whether this is a CORS-preflight request: `OPTIONS` with `Origin` and
    /// `Access-Control-Request-Method` (Fetch Standard, CORS-preflight fetch, steps 1 to 6).
    pub fn is_preflight(&self) -> bool {
        &*self.request.method == "OPTIONS"
            && self.request.headers.has("origin")
            && self.request.headers.has("access-control-request-method")
    }
}
