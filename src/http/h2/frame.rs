//! HTTP/2 frames (RFC 9113 §4.1): where they begin and end.
//!
//! Payloads of DATA frames are passed on in pieces, all others whole. After a hole the next frame
//! is found by what frame headers can look like.

use crate::exchange::{Mark, Side};
use crate::http::sniff::PREFACE;
use std::borrow::Cow;

/// Length of a frame header.
pub(super) const HEADER_LEN: usize = 9;

pub(super) const DATA: u8 = 0x0;
pub(super) const HEADERS: u8 = 0x1;
const PRIORITY: u8 = 0x2;
pub(super) const RST_STREAM: u8 = 0x3;
pub(super) const SETTINGS: u8 = 0x4;
pub(super) const PUSH_PROMISE: u8 = 0x5;
const PING: u8 = 0x6;
pub(super) const GOAWAY: u8 = 0x7;
const WINDOW_UPDATE: u8 = 0x8;
pub(super) const CONTINUATION: u8 = 0x9;

pub(super) const END_STREAM: u8 = 0x1;
const ACK: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
pub(super) const PRIORITY_FLAG: u8 = 0x20;

/// A frame header.
/// ```text
/// +-----------------------------------------------+
/// |                 Length (24)                   |
/// +---------------+---------------+---------------+
/// |   Type (8)    |   Flags (8)   |
/// +-+-------------+---------------+-------------------------------+
/// |R|                 Stream Identifier (31)                      |
/// +=+=============================================================+
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) length: u32,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl Header {
    /// Reads a header off the beginning of `bytes`.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, kind, flags, s1, s2, s3, s4, ..] = *bytes else { return None };
        Some(Self {
            length: u32::from_be_bytes([0, a, b, c]),
            kind,
            flags,
            stream: u32::from_be_bytes([s1, s2, s3, s4]),
        })
    }

    pub(super) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether length and stream are allowed for this type (RFC 9113 §6). Unknown types are
    /// extensions and may be anything.
    fn is_valid(self) -> bool {
        let on_stream = self.stream != 0;
        self.stream >> 31 == 0
            && match self.kind {
                DATA => on_stream,
                HEADERS => on_stream,
                CONTINUATION => on_stream,
                PRIORITY => on_stream && self.length == 5,
                RST_STREAM => on_stream && self.length == 4,
                PUSH_PROMISE => on_stream && self.length >= 4,
                SETTINGS => !on_stream && self.length.is_multiple_of(6) && !(self.has(ACK) && self.length > 0),
                PING => !on_stream && self.length == 8,
                GOAWAY => !on_stream && self.length >= 8,
                WINDOW_UPDATE => self.length == 4,
                _ => true,
            }
    }

    /// Whether bytes that may be anything are a frame header.
    pub(super) fn is_likely(self) -> bool {
        let flags = match self.kind {
            DATA => END_STREAM | PADDED,
            HEADERS => END_STREAM | END_HEADERS | PADDED | PRIORITY_FLAG,
            SETTINGS | PING => ACK,
            PUSH_PROMISE => END_HEADERS | PADDED,
            CONTINUATION => END_HEADERS,
            PRIORITY | RST_STREAM | GOAWAY | WINDOW_UPDATE => 0,
            _ => return false,
        };
        self.is_valid() && self.flags & !flags == 0 && self.length <= 1 << 16 && self.stream < 1 << 24
    }

    fn end(self) -> usize {
        HEADER_LEN.saturating_add(self.length as usize)
    }
}

/// Whether `bytes` are frames from their first byte on, as far as they go.
pub(in crate::http) fn starts_with_frames(bytes: &[u8]) -> bool {
    let Some(first) = Header::parse(bytes).filter(|header| header.is_likely()) else { return false };
    match bytes.get(first.end()..) {
        Some(rest) if rest.len() >= HEADER_LEN => Header::parse(rest).is_some_and(Header::is_likely),
        _ => true,
    }
}

/// Whether `bytes` hold a frame that is followed by another one or ends with them.
fn holds_frame(bytes: &[u8]) -> bool {
    let Some(first) = Header::parse(bytes).filter(|header| header.is_likely()) else { return false };
    match bytes.get(first.end()..) {
        Some([]) => true,
        Some(rest) => Header::parse(rest).is_some_and(Header::is_likely),
        None => false,
    }
}

/// What comes next in a direction.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// All bytes are used up.
    Starved,
    /// A frame other than DATA. `mark`: packet of its first byte. `truncated`: its payload is
    /// larger than allowed, this is its beginning.
    Frame { header: Header, payload: Cow<'a, [u8]>, mark: Mark, truncated: bool },
    /// Body bytes, padding removed.
    Data { stream: u32, bytes: &'a [u8] },
    /// A DATA frame is over.
    DataEnd { stream: u32, end_stream: bool },
    /// What stands here is no frame; the search for one has begun.
    Garbage,
}

/// What a direction is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the client's preface, of which this much was seen.
    Preface { seen: usize },
    /// Before or in a frame header.
    Header,
    /// Before the pad length of a DATA frame.
    PadLength(Header),
    /// In the body of a DATA frame.
    Data { header: Header, left: usize, padding: usize },
    /// In a payload that is collected.
    Payload { header: Header, left: usize },
    /// In bytes that nobody needs.
    Skip { left: usize },
    /// Looking for the next frame.
    Search,
}

/// Reads one direction.
#[derive(Debug)]
pub(super) struct Reader {
    state: State,
    /// A frame header, or the payload of a frame, that is not whole yet.
    buffer: Vec<u8>,
    first: Option<Mark>,
    limit: usize,
}

impl Reader {
    pub(super) fn new(side: Side, limit: usize) -> Self {
        let state = if side == Side::Client { State::Preface { seen: 0 } } else { State::Header };
        Self { state, buffer: Vec::new(), first: None, limit: limit.max(64) }
    }

    /// Takes the next step off `input`.
    pub(super) fn next<'a>(&mut self, input: &mut &'a [u8], mark: Mark) -> Step<'a> {
        loop {
            if let State::Data { header, left: 0, padding } = self.state {
                self.state = State::Skip { left: padding };
                return Step::DataEnd { stream: header.stream, end_stream: header.has(END_STREAM) };
            }
            if let State::Payload { header, left: 0 } = self.state {
                // An empty payload.
                return self.frame(header, Cow::Borrowed(&[]), mark);
            }
            if input.is_empty() {
                return Step::Starved;
            }
            match self.state {
                State::Preface { seen } => self.preface(seen, input),
                State::Header => {
                    self.first.get_or_insert(mark);
                    if let Some(header) = self.header(input) {
                        if !header.is_valid() {
                            self.search();
                            return Step::Garbage;
                        }
                        self.begin(header);
                    }
                }
                State::PadLength(header) => {
                    let padding = usize::from(take(input, 1).first().copied().unwrap_or_default());
                    let left = (header.length as usize).saturating_sub(1);
                    let padding = padding.min(left);
                    self.state = State::Data { header, left: left - padding, padding };
                }
                State::Data { header, left, padding } => {
                    let bytes = take(input, left);
                    self.state = State::Data { header, left: left.saturating_sub(bytes.len()), padding };
                    return Step::Data { stream: header.stream, bytes };
                }
                State::Payload { header, left } => {
                    if let Some(step) = self.payload(header, left, input, mark) {
                        return step;
                    }
                }
                State::Skip { left } => {
                    let skipped = take(input, left).len();
                    self.skip(left.saturating_sub(skipped));
                }
                State::Search => match (0..input.len()).find(|at| holds_frame(input.get(*at..).unwrap_or_default())) {
                    Some(at) => {
                        take(input, at);
                        self.state = State::Header;
                    }
                    None if starts_with_frames(input) => self.state = State::Header,
                    None => *input = &[],
                },
            }
        }
    }

    fn preface(&mut self, seen: usize, input: &mut &[u8]) {
        let rest = PREFACE.get(seen..).unwrap_or_default();
        let shared = rest.len().min(input.len());
        if input.get(..shared) != rest.get(..shared) {
            // The beginning was not captured.
            self.state = if seen == 0 { State::Header } else { State::Search };
            return;
        }
        take(input, shared);
        let seen = seen.saturating_add(shared);
        self.state = if seen >= PREFACE.len() { State::Header } else { State::Preface { seen } };
    }

    /// The header, once all of it is there.
    fn header(&mut self, input: &mut &[u8]) -> Option<Header> {
        if self.buffer.is_empty() && input.len() >= HEADER_LEN {
            return Header::parse(take(input, HEADER_LEN));
        }
        let missing = HEADER_LEN.saturating_sub(self.buffer.len());
        self.buffer.extend_from_slice(take(input, missing));
        let header = Header::parse(&self.buffer)?;
        self.buffer.clear();
        Some(header)
    }

    fn begin(&mut self, header: Header) {
        let left = header.length as usize;
        self.state = match header.kind {
            DATA if header.has(PADDED) && left > 0 => State::PadLength(header),
            DATA => State::Data { header, left, padding: 0 },
            HEADERS | CONTINUATION | PUSH_PROMISE | RST_STREAM | SETTINGS | GOAWAY => State::Payload { header, left },
            _ => State::Skip { left },
        };
        if let State::Skip { left } = self.state {
            self.skip(left);
        }
    }

    fn skip(&mut self, left: usize) {
        self.first = None;
        self.state = if left == 0 { State::Header } else { State::Skip { left } };
    }

    fn payload<'a>(&mut self, header: Header, left: usize, input: &mut &'a [u8], mark: Mark) -> Option<Step<'a>> {
        let length = header.length as usize;
        if self.buffer.is_empty() && left == length && input.len() >= length && length <= self.limit {
            let payload = take(input, length);
            return Some(self.frame(header, Cow::Borrowed(payload), mark));
        }
        let room = self.limit.saturating_sub(self.buffer.len());
        let part = take(input, left.min(room));
        self.buffer.extend_from_slice(part);
        let left = left.saturating_sub(part.len());
        if left > 0 && self.buffer.len() < self.limit {
            self.state = State::Payload { header, left };
            return None;
        }
        let payload = std::mem::take(&mut self.buffer);
        let step = self.frame(header, Cow::Owned(payload), mark);
        self.skip(left);
        match step {
            Step::Frame { header, payload, mark, .. } => {
                Some(Step::Frame { header, payload, mark, truncated: left > 0 })
            }
            step => Some(step),
        }
    }

    fn frame<'a>(&mut self, header: Header, payload: Cow<'a, [u8]>, mark: Mark) -> Step<'a> {
        let mark = self.first.take().unwrap_or(mark);
        self.state = State::Header;
        Step::Frame { header, payload, mark, truncated: false }
    }

    /// Looks for the next frame.
    pub(super) fn search(&mut self) {
        self.state = State::Search;
        self.buffer = Vec::new();
        self.first = None;
    }

    /// Bytes of memory held.
    pub(super) fn held_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// A hole of `missing` bytes. `true`: only bytes of a body were in it.
    pub(super) fn gap(&mut self, missing: Option<u64>) -> bool {
        let missing = missing.and_then(|missing| usize::try_from(missing).ok());
        match (&mut self.state, missing) {
            (State::Data { left, .. } | State::Skip { left }, Some(missing)) if missing <= *left => {
                *left -= missing;
                if self.state == (State::Skip { left: 0 }) {
                    self.state = State::Header;
                }
                true
            }
            _ => {
                self.search();
                false
            }
        }
    }
}

/// Takes at most `count` bytes off the beginning.
fn take<'a>(input: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = input.split_at(count.min(input.len()));
    *input = rest;
    taken
}

/// The name of an error code (RFC 9113 §7).
pub(super) fn error_name(code: u32) -> &'static str {
    const NAMES: [&str; 14] = [
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED",
    ];
    usize::try_from(code).ok().and_then(|code| NAMES.get(code)).copied().unwrap_or("(unknown code)")
}
