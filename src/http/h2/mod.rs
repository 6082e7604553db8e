//! HTTP/2 (RFC 9113) as an onlooker reads it: frames of both sides become exchanges.
//!
//! Owns the connection: which frame belongs to which stream, and endings. Frame boundaries are
//! `frame`'s, header blocks are gathered and given to their streams in `heads`, header compression
//! is `hpack`'s.

mod block;
mod frame;
mod heads;
mod hpack;
mod stream;
#[cfg(test)]
pub(super) mod test_frames;
#[cfg(test)]
mod tests;

pub(super) use frame::starts_with_frames;

use self::frame::{CONTINUATION, GOAWAY, HEADERS, Header, PUSH_PROMISE, RST_STREAM, Reader, SETTINGS, Step};
use self::heads::OpenBlock;
use self::stream::Stream;
use super::pending::{Ending, Pending};
use super::{Close, Env, Finish, Limits};
use crate::exchange::{Mark, Side, What};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeMap;

/// `SETTINGS_HEADER_TABLE_SIZE` (RFC 9113 §6.5.2).
const HEADER_TABLE_SIZE: u16 = 1;

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    client: Direction,
    server: Direction,
    /// Open streams by identifier.
    streams: BTreeMap<u32, Stream>,
    /// What they hold, bytes: the sum of [`Stream::held_bytes`].
    held: usize,
    /// Highest stream that the client opened.
    newest: u32,
    /// Bytes of either side are missing.
    lossy: bool,
    client_closed: Option<(Close, Mark)>,
    server_closed: Option<(Close, Mark)>,
}

/// One side of a connection.
#[derive(Debug)]
struct Direction {
    reader: Reader,
    decoder: hpack::Decoder,
    /// A header block that is not complete.
    open: Option<OpenBlock>,
}

impl Direction {
    fn new(side: Side, limits: &Limits) -> Self {
        Self {
            reader: Reader::new(side, limits.head_bytes),
            decoder: hpack::Decoder::new(limits.hpack_table_bytes),
            open: None,
        }
    }

    fn held_bytes(&self) -> usize {
        let open = self.open.as_ref().map_or(0, |open| open.bytes.len());
        self.reader.held_bytes() + self.decoder.held_bytes() + open
    }

    /// What follows cannot be decoded with what is known.
    fn lose(&mut self) {
        self.decoder.lose();
        self.open = None;
    }
}

impl Connection {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            client: Direction::new(Side::Client, limits),
            server: Direction::new(Side::Server, limits),
            streams: BTreeMap::new(),
            held: 0,
            newest: 0,
            lossy: false,
            client_closed: None,
            server_closed: None,
        }
    }

    /// The request that asked for HTTP/2 with `Upgrade: h2c` is stream 1, its body is over, and its
    /// `HTTP2-Settings` are the client's first (RFC 7540 §3.2).
    pub(super) fn upgraded(&mut self, pending: Pending, settings: &[u8]) {
        if let Ok(settings) = URL_SAFE_NO_PAD.decode(settings) {
            self.settings(Side::Client, &settings);
        }
        self.newest = 1;
        self.insert(1, Stream::of_request(pending));
    }

    pub(super) fn begins_late(&mut self, recognised: Side) {
        self.lossy = true;
        self.client.lose();
        self.server.lose();
        self.direction(recognised.other()).reader.search();
    }

    /// Exchanges begun and not handed out.
    pub(super) fn waiting(&self) -> usize {
        self.streams.values().filter(|stream| stream.pending.is_some()).count()
    }

    fn direction(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    pub(super) fn data(&mut self, from: Side, mut input: &[u8], mark: Mark, env: &mut Env<'_>) {
        loop {
            match self.direction(from).reader.next(&mut input, mark) {
                Step::Starved => return,
                Step::Garbage => {
                    env.notes.resyncs += 1;
                    self.lossy = true;
                    self.direction(from).lose();
                    if from == Side::Server {
                        self.hole(0);
                    }
                }
                Step::Data { stream, bytes } => self.body(from, stream, bytes, mark),
                Step::DataEnd { stream, end_stream } => {
                    if end_stream {
                        self.end_stream(from, stream, mark, env);
                    }
                }
                Step::Frame { header, payload, mark: first, truncated } => {
                    self.frame(from, header, &payload, truncated, first, mark, env);
                }
            }
        }
    }

    /// About how much memory the connection holds, bytes.
    pub(super) fn held_bytes(&self) -> usize {
        self.client.held_bytes().saturating_add(self.server.held_bytes()).saturating_add(self.held)
    }

    fn insert(&mut self, id: u32, stream: Stream) {
        self.held = self.held.saturating_add(stream.held_bytes());
        self.streams.insert(id, stream);
    }

    /// Changes a stream and keeps count of what it holds.
    fn change(&mut self, id: u32, change: impl FnOnce(&mut Stream)) {
        if let Some(stream) = self.streams.get_mut(&id) {
            let before = stream.held_bytes();
            change(stream);
            self.held = self.held.saturating_add(stream.held_bytes()).saturating_sub(before);
        }
    }

    fn body(&mut self, from: Side, stream: u32, bytes: &[u8], mark: Mark) {
        self.change(stream, |stream| match from {
            Side::Client => stream.client_body(bytes.len() as u64),
            Side::Server => stream.server_body(bytes, mark),
        });
    }

    fn end_stream(&mut self, from: Side, id: u32, mark: Mark, env: &mut Env<'_>) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        if from == Side::Client {
            stream.client_done();
            return;
        }
        stream.server_done();
        if stream.pending.is_some() || self.lossy {
            self.emit(id, Ending::Hole { missing: 0 }, None, mark, env);
        }
    }

    fn emit(&mut self, id: u32, ending: Ending, cut: Option<(bool, What)>, mark: Mark, env: &mut Env<'_>) {
        if let Some(stream) = self.streams.remove(&id) {
            self.held = self.held.saturating_sub(stream.held_bytes());
            stream.emit(ending, cut, mark, env);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a frame and where it was seen")]
    fn frame(
        &mut self,
        from: Side,
        header: Header,
        payload: &[u8],
        truncated: bool,
        first: Mark,
        mark: Mark,
        env: &mut Env<'_>,
    ) {
        if header.kind == CONTINUATION {
            self.continuation(from, header, payload, truncated, mark, env);
            return;
        }
        // RFC 9113 §6.10: nothing comes between the frames of a header block.
        if self.direction(from).open.is_some() {
            env.notes.resyncs += 1;
            self.direction(from).lose();
        }
        match header.kind {
            HEADERS | PUSH_PROMISE => self.headers(from, header, payload, truncated, first, mark, env),
            RST_STREAM => {
                let code = frame::error_name(word(payload).unwrap_or(u32::MAX));
                let ending = Ending::StreamReset { by: from, code };
                self.emit(header.stream, ending, Some(ending.in_body()), mark, env);
            }
            SETTINGS => self.settings(from, payload),
            GOAWAY if from == Side::Server => self.goaway(payload, mark, env),
            _ => {}
        }
    }

    fn open(&mut self, id: u32, stream: Stream, mark: Mark, env: &mut Env<'_>) {
        let is_full = self.streams.len() >= env.limits.h2_streams.max(1);
        if let Some(oldest) = self.streams.keys().next().copied().filter(|_| is_full) {
            env.notes.beyond_streams += 1;
            self.emit(oldest, Ending::TooMany, Some(Ending::TooMany.in_body()), mark, env);
        }
        self.insert(id, stream);
    }

    /// The table of the other side's encoder may grow (RFC 7541 §4.2). Encoders say so in a header
    /// block, too; some do not.
    fn settings(&mut self, from: Side, payload: &[u8]) {
        for setting in payload.chunks_exact(6) {
            let [a, b, rest @ ..] = setting else { continue };
            if u16::from_be_bytes([*a, *b]) == HEADER_TABLE_SIZE {
                let size = word(rest).unwrap_or_default() as usize;
                self.direction(from.other()).decoder.allow(size);
            }
        }
    }

    /// RFC 9113 §6.8: streams above the last one named were not and will not be processed.
    fn goaway(&mut self, payload: &[u8], mark: Mark, env: &mut Env<'_>) {
        let Some(last) = word(payload).map(|last| last & !(1 << 31)) else { return };
        let code = frame::error_name(payload.get(4..).and_then(word).unwrap_or(u32::MAX));
        let refused: Vec<u32> =
            self.streams.range(last.saturating_add(1)..).map(|(id, _)| *id).filter(|id| id % 2 == 1).collect();
        for id in refused {
            let ending = Ending::GoAway { code };
            self.emit(id, ending, Some(ending.in_body()), mark, env);
        }
    }

    fn hole(&mut self, missing: u64) {
        for stream in self.streams.values_mut() {
            stream.hole(missing);
        }
    }

    pub(super) fn gap(&mut self, from: Side, missing: Option<u64>, mark: Mark, env: &mut Env<'_>) {
        self.lossy = true;
        if self.direction(from).reader.gap(missing) {
            // The rest of a body may be all that was missing: its frame can be over.
            self.data(from, &[], mark, env);
            return;
        }
        env.notes.resyncs += 1;
        self.direction(from).lose();
        if from == Side::Server {
            self.hole(missing.unwrap_or(0));
        }
    }

    pub(super) fn close(&mut self, from: Side, how: Close, mark: Mark, env: &mut Env<'_>) {
        let closed = if from == Side::Client { &mut self.client_closed } else { &mut self.server_closed };
        if closed.is_none_or(|(before, _)| before == Close::Fin) {
            *closed = Some((how, mark));
        }
        if from == Side::Server || how != Close::Fin {
            self.settle(Ending::Closed { by: from, how }, mark, env);
        }
    }

    pub(super) fn resume(&mut self, from: Side) {
        let closed = if from == Side::Client { &mut self.client_closed } else { &mut self.server_closed };
        *closed = None;
    }

    pub(super) fn finish(&mut self, end: Mark, why: Finish, env: &mut Env<'_>) {
        let (ending, mark) = match (self.server_closed, why) {
            (Some((how, mark)), _) => (Ending::Closed { by: Side::Server, how }, mark),
            (None, Finish::CaptureEnd) => (Ending::CaptureEnd, end),
            (None, Finish::Evicted) => (Ending::Evicted, end),
        };
        self.settle(ending, mark, env);
    }

    /// No stream will go on.
    fn settle(&mut self, ending: Ending, mark: Mark, env: &mut Env<'_>) {
        let (ending, mark) = ending.or_client(mark, self.client_closed);
        self.held = 0;
        for stream in std::mem::take(&mut self.streams).into_values() {
            stream.emit(ending, Some(ending.in_body()), mark, env);
        }
    }
}

/// A 32-bit number at the beginning of `bytes`.
fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}
