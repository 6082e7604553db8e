//! One direction of an HTTP/1 connection, cut into heads and bodies.
//!
//! Owns message boundaries: where a head ends, how far a body goes, and where the next start line
//! stands after a hole. Does not look into heads.

use super::chunked::{Chunked, Piece};
use super::framing::Framing;
use super::status_line;
use crate::exchange::{Mark, Side};
use crate::http::sniff::{Line, method, request_line, skip_empty_lines};
use memchr::{memchr, memchr_iter, memrchr};
use std::borrow::Cow;

/// What a direction is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between messages.
    Start,
    /// In a head; what was seen of it is in `buffer`.
    Head,
    /// In the rest of a head that is too large; a body framed as `then` follows.
    Oversized { line_start: bool, then: Framing },
    /// In a body of known length.
    Length { left: u64 },
    /// In a chunked body.
    Chunked(Chunked),
    /// In a body that the end of the connection ends.
    UntilClose,
    /// Looking for the next start line.
    Search,
    /// Bytes are kept until the other side has said what they are.
    Held,
}

/// What comes next in a direction.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// All bytes are used up.
    Starved,
    /// A whole message head. The caller answers with [`Reader::body`] or [`Reader::search`].
    Head(Head<'a>),
    /// Body bytes, chunked coding removed.
    Body(&'a [u8]),
    /// The body is over. `false`: its framing broke.
    BodyEnd(bool),
    /// Bytes that are no start line; the search for one has begun.
    Garbage(Cow<'a, [u8]>),
}

/// The bytes of a head, with the empty line that ends it.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Packet of its first byte.
    pub(super) mark: Mark,
    pub(super) cut: Cut,
}

/// Whether a head is whole. One that is not ends behind its last whole line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Whole,
    /// It is larger than allowed.
    TooLarge,
    /// Bytes of it are missing from the capture.
    Hole,
}

/// Reads one direction.
#[derive(Debug)]
pub(super) struct Reader {
    side: Side,
    state: State,
    buffer: Vec<u8>,
    /// Bytes of `buffer` in which no head end was found: `scanned <= buffer.len()`.
    scanned: usize,
    first: Option<Mark>,
    limit: usize,
}

/// Bytes of garbage kept to quote them.
const QUOTE: usize = 32;

/// What a hole hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    /// Only body bytes; the framing still holds.
    Body,
    /// A body and what came after it.
    BodyEnd,
    /// A head, or the place where one may have stood.
    Head,
}

impl Reader {
    pub(super) fn new(side: Side, limit: usize) -> Self {
        Self { side, state: State::Start, buffer: Vec::new(), scanned: 0, first: None, limit: limit.max(64) }
    }

    /// Takes the next step off `input`.
    pub(super) fn next<'a>(&mut self, input: &mut &'a [u8], mark: Mark) -> Step<'a> {
        loop {
            if self.state == (State::Length { left: 0 }) {
                self.state = State::Start;
                return Step::BodyEnd(true);
            }
            if input.is_empty() {
                return Step::Starved;
            }
            match &mut self.state {
                State::Start => {
                    *input = skip_empty_lines(input);
                    if !input.is_empty() {
                        self.begin(mark);
                    }
                }
                State::Head => {
                    if let Some(step) = self.head(input) {
                        return step;
                    }
                }
                State::Oversized { line_start, then } => {
                    if skip_to_head_end(line_start, input) {
                        let then = *then;
                        self.frame(then);
                    }
                }
                State::Length { left } => {
                    let take = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                    let (body, rest) = input.split_at(take);
                    *left = left.saturating_sub(take as u64);
                    *input = rest;
                    return Step::Body(body);
                }
                State::Chunked(chunked) => match chunked.next(input) {
                    Piece::Starved => return Step::Starved,
                    Piece::Data(body) => return Step::Body(body),
                    Piece::End => {
                        self.state = State::Start;
                        return Step::BodyEnd(true);
                    }
                    Piece::Bad => {
                        self.state = State::Search;
                        return Step::BodyEnd(false);
                    }
                },
                State::UntilClose => return Step::Body(std::mem::take(input)),
                State::Search => {
                    if let Some(found) = self.find_start(input) {
                        *input = found;
                        self.begin(mark);
                    } else {
                        *input = &[];
                    }
                }
                State::Held => {
                    let room = self.limit.saturating_sub(self.buffer.len()).min(input.len());
                    self.buffer.extend_from_slice(input.get(..room).unwrap_or_default());
                    self.first.get_or_insert(mark);
                    *input = &[];
                }
            }
        }
    }

    /// Says how the body of the head just read is delimited.
    pub(super) fn body(&mut self, framing: Framing) {
        if let State::Oversized { then, .. } = &mut self.state {
            *then = framing;
        } else {
            self.frame(framing);
        }
    }

    fn frame(&mut self, framing: Framing) {
        self.state = match framing {
            Framing::None => State::Start,
            Framing::Length(left) => State::Length { left },
            Framing::Chunked => State::Chunked(Chunked::start()),
            Framing::UntilClose => State::UntilClose,
            Framing::Unknown => State::Search,
        };
    }

    /// Looks for the next start line.
    pub(super) fn search(&mut self) {
        self.forget();
        self.state = State::Search;
    }

    /// Keeps what comes, once the current body is over, until [`Reader::release`].
    pub(super) fn hold(&mut self) {
        self.forget();
        self.state = State::Held;
    }

    /// Whether bytes are being kept.
    pub(super) fn is_holding(&self) -> bool {
        self.state == State::Held
    }

    /// Gives back the kept bytes; the next byte begins a message.
    pub(super) fn release(&mut self) -> (Vec<u8>, Option<Mark>) {
        self.state = State::Start;
        (std::mem::take(&mut self.buffer), self.first.take())
    }

    /// Bytes of memory held.
    pub(super) fn held_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// Whether a message has begun whose head is not complete.
    pub(super) fn in_head(&self) -> bool {
        self.state == State::Head
    }

    /// Whether the next byte belongs to a body that only the end of the connection ends.
    pub(super) fn is_until_close(&self) -> bool {
        self.state == State::UntilClose
    }

    /// A hole of `missing` bytes.
    pub(super) fn gap(&mut self, missing: Option<u64>) -> Hole {
        let hole = match (&mut self.state, missing) {
            (State::UntilClose, _) => return Hole::Body,
            (State::Length { left }, Some(missing)) if missing <= *left => {
                *left -= missing;
                return Hole::Body;
            }
            (State::Chunked(chunked), missing) => {
                if missing.is_some_and(|missing| chunked.skip(missing)) {
                    return Hole::Body;
                }
                Hole::BodyEnd
            }
            (State::Length { .. }, _) => Hole::BodyEnd,
            (State::Held, _) => {
                self.forget();
                return Hole::Body;
            }
            _ => Hole::Head,
        };
        self.search();
        hole
    }

    fn begin(&mut self, mark: Mark) {
        self.forget();
        self.state = State::Head;
        self.first = Some(mark);
    }

    fn forget(&mut self) {
        self.buffer = Vec::new();
        self.scanned = 0;
        self.first = None;
    }

    /// The head that ends in `input`, straight out of it when it is whole there.
    fn head<'a>(&mut self, input: &mut &'a [u8]) -> Option<Step<'a>> {
        let mark = self.first?;
        if self.buffer.is_empty() {
            if self.refuses(input) {
                let quote = input.get(..QUOTE).unwrap_or(input);
                self.search();
                return Some(Step::Garbage(Cow::Borrowed(quote)));
            }
            let window = input.get(..self.limit).unwrap_or(input);
            if let Some(end) = head_end(window, 0) {
                let (bytes, rest) = input.split_at(end);
                *input = rest;
                self.state = State::Start;
                return Some(Step::Head(Head { bytes: Cow::Borrowed(bytes), mark, cut: Cut::Whole }));
            }
        }
        let before = self.buffer.len();
        let room = self.limit.saturating_sub(before).min(input.len());
        let (taken, rest) = input.split_at(room);
        self.buffer.extend_from_slice(taken);
        if before < QUOTE && self.refuses(&self.buffer) {
            let mut quote = std::mem::take(&mut self.buffer);
            quote.truncate(QUOTE);
            *input = rest;
            self.search();
            return Some(Step::Garbage(Cow::Owned(quote)));
        }
        if let Some(end) = head_end(&self.buffer, self.scanned.saturating_sub(2)) {
            let used = end.saturating_sub(before);
            *input = input.get(used..).unwrap_or_default();
            let mut bytes = std::mem::take(&mut self.buffer);
            bytes.truncate(end);
            self.forget();
            self.state = State::Start;
            return Some(Step::Head(Head { bytes: Cow::Owned(bytes), mark, cut: Cut::Whole }));
        }
        *input = rest;
        self.scanned = self.buffer.len();
        if self.buffer.len() < self.limit {
            return None;
        }
        let mut bytes = std::mem::take(&mut self.buffer);
        self.forget();
        let line_start = bytes.strip_suffix(b"\r").unwrap_or(&bytes).ends_with(b"\n");
        self.state = State::Oversized { line_start, then: Framing::Unknown };
        if !end_behind_last_line(&mut bytes) {
            bytes.truncate(QUOTE);
            return Some(Step::Garbage(Cow::Owned(bytes)));
        }
        Some(Step::Head(Head { bytes: Cow::Owned(bytes), mark, cut: Cut::TooLarge }))
    }

    /// The lines of a head that a hole is about to hit.
    pub(super) fn take_partial_head(&mut self) -> Option<Head<'static>> {
        let mark = self.first.filter(|_| self.state == State::Head)?;
        let mut bytes = std::mem::take(&mut self.buffer);
        end_behind_last_line(&mut bytes).then_some(Head { bytes: Cow::Owned(bytes), mark, cut: Cut::Hole })
    }

    /// Whether these bytes can no longer become a start line of this side.
    fn refuses(&self, bytes: &[u8]) -> bool {
        match self.side {
            Side::Client => method(bytes) == Line::No,
            Side::Server => !status_line::may_begin(bytes),
        }
    }

    /// The next start line: at the beginning of what a packet brought, or of a line.
    fn find_start<'a>(&self, input: &'a [u8]) -> Option<&'a [u8]> {
        let starts = |bytes: &[u8]| match self.side {
            Side::Client => match request_line(bytes) {
                Line::Yes => true,
                Line::Maybe => METHODS.iter().any(|method| bytes.starts_with(method)),
                Line::No => false,
            },
            Side::Server => bytes.starts_with(b"HTTP/1."),
        };
        if starts(input) {
            return Some(input);
        }
        memchr_iter(b'\n', input).filter_map(|at| input.get(at + 1..)).find(|rest| starts(rest))
    }
}

/// Methods that are taken for the beginning of a request line whose end is not there yet.
const METHODS: [&[u8]; 8] = [b"GET ", b"POST ", b"OPTIONS ", b"PUT ", b"HEAD ", b"DELETE ", b"PATCH ", b"CONNECT "];

/// The length of a head: behind the first empty line that ends at or after `from`.
fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    for at in memchr_iter(b'\n', bytes.get(from..)?) {
        let next = from + at + 1;
        match bytes.get(next..) {
            Some([b'\n', ..]) => return Some(next + 1),
            Some([b'\r', b'\n', ..]) => return Some(next + 2),
            _ => {}
        }
    }
    None
}

/// Ends a head that is not whole behind its last whole line. `false`: there is none.
fn end_behind_last_line(bytes: &mut Vec<u8>) -> bool {
    let Some(last) = memrchr(b'\n', bytes) else { return false };
    bytes.truncate(last + 1);
    bytes.extend_from_slice(b"\r\n");
    true
}

/// Passes over the rest of a head; `true` when the empty line behind it was passed as well.
fn skip_to_head_end(line_start: &mut bool, input: &mut &[u8]) -> bool {
    while let Some(at) = memchr(b'\n', input) {
        let (line, rest) = input.split_at(at);
        let empty = *line_start && line.iter().all(|byte| *byte == b'\r');
        *input = rest.get(1..).unwrap_or_default();
        *line_start = true;
        if empty {
            return true;
        }
    }
    *line_start &= input.iter().all(|byte| *byte == b'\r');
    *input = &[];
    false
}
