//! Header blocks on their way to a stream: HEADERS, PUSH_PROMISE and CONTINUATION frames gathered,
//! and the heads they make.
//!
//! What the bytes of a block say is `block`'s; what a stream does with a head is `stream`'s.

use super::block::{self, Block};
use super::frame::{END_HEADERS, END_STREAM, HEADERS, Header, PADDED, PRIORITY_FLAG, PUSH_PROMISE};
use super::stream::Stream;
use super::{Connection, word};
use crate::exchange::{Event, What};
use crate::exchange::{HttpVersion, Mark, RequestHead, Side};
use crate::http::pending::{Ending, Pending};
use crate::http::{Env, target};

/// A header block in the making: HEADERS or PUSH_PROMISE, then CONTINUATION frames.
#[derive(Debug)]
pub(super) struct OpenBlock {
    /// The stream its frames stand on.
    stream: u32,
    /// The stream it promises, for PUSH_PROMISE.
    promised: Option<u32>,
    end_stream: bool,
    pub(super) bytes: Vec<u8>,
    truncated: bool,
    /// Packet of the first frame's first byte.
    mark: Mark,
}

impl Connection {
    /// A HEADERS or PUSH_PROMISE frame: the beginning of a header block, or all of it.
    #[expect(clippy::too_many_arguments, reason = "a frame and where it was seen")]
    pub(super) fn headers(
        &mut self,
        from: Side,
        header: Header,
        payload: &[u8],
        truncated: bool,
        first: Mark,
        mark: Mark,
        env: &mut Env<'_>,
    ) {
        let Some((promised, fragment)) = fragment(header, payload, truncated) else {
            self.direction(from).lose();
            return;
        };
        let open = OpenBlock {
            stream: header.stream,
            promised,
            end_stream: header.kind == HEADERS && header.has(END_STREAM),
            bytes: Vec::new(),
            truncated,
            mark: first,
        };
        if header.has(END_HEADERS) {
            self.block(from, &open, fragment, mark, env);
        } else {
            self.direction(from).open = Some(OpenBlock { bytes: fragment.to_vec(), ..open });
        }
    }

    /// The next piece of a header block (RFC 9113 §6.10).
    pub(super) fn continuation(
        &mut self,
        from: Side,
        header: Header,
        payload: &[u8],
        truncated: bool,
        mark: Mark,
        env: &mut Env<'_>,
    ) {
        let limit = env.limits.head_bytes;
        let direction = self.direction(from);
        let Some(mut open) = direction.open.take().filter(|open| open.stream == header.stream) else {
            // The beginning of this block was not seen.
            env.notes.resyncs += 1;
            direction.lose();
            return;
        };
        let room = limit.saturating_sub(open.bytes.len());
        open.truncated |= truncated || payload.len() > room;
        open.bytes.extend_from_slice(payload.get(..room).unwrap_or(payload));
        if header.has(END_HEADERS) {
            let bytes = std::mem::take(&mut open.bytes);
            self.block(from, &open, &bytes, mark, env);
        } else {
            direction.open = Some(open);
        }
    }

    /// A complete header block.
    fn block(&mut self, from: Side, open: &OpenBlock, bytes: &[u8], mark: Mark, env: &mut Env<'_>) {
        let decoder = &mut self.direction(from).decoder;
        let block = block::decode(bytes, open.truncated, decoder, env.limits.head_bytes, env.notes);
        match (from, open.promised) {
            (Side::Client, _) => self.request(open.stream, block, open, mark, env),
            (Side::Server, Some(promised)) => self.request(promised, block, open, mark, env),
            (Side::Server, None) => {
                let excerpt_bytes = env.limits.excerpt_bytes;
                if self.awaits_head(open.stream, &block, mark, env) {
                    self.change(open.stream, |stream| stream.head(block, mark, excerpt_bytes));
                }
            }
        }
        if open.end_stream {
            self.end_stream(from, open.stream, mark, env);
        }
    }

    /// Whether a block of the server belongs to a stream that is followed. One that the client has
    /// not opened yet is followed from now on: its request may only have been captured later.
    fn awaits_head(&mut self, id: u32, block: &Block, mark: Mark, env: &mut Env<'_>) -> bool {
        if self.streams.contains_key(&id) {
            return true;
        }
        let interim = matches!(block.status, Some(100..200));
        let is_head = block.status.is_some() || block.lost_pseudo;
        if !is_head || interim || self.lossy || id <= self.newest {
            env.notes.orphan_responses += u64::from(block.status.is_some() && !interim);
            return false;
        }
        self.open(id, Stream::default(), mark, env);
        true
    }

    /// A header block of the client (or a promise of the server): a request, or trailers.
    fn request(&mut self, id: u32, block: Block, open: &OpenBlock, mark: Mark, env: &mut Env<'_>) {
        let known = self.streams.get(&id).is_some_and(|stream| stream.pending.is_some());
        if known || (id <= self.newest && open.promised.is_none() && block.method.is_none()) {
            return;
        }
        if open.promised.is_none() {
            self.newest = self.newest.max(id);
        }
        let Some(head) = request_head(block, open.end_stream || open.promised.is_some(), env) else {
            env.notes.unreadable_requests += 1;
            return;
        };
        let mut events = Vec::new();
        if open.promised.is_some() {
            events.push(Event { what: What::Pushed, place: None });
        }
        let pending = Pending { head, mark: open.mark, hole: None, events };
        if !self.streams.contains_key(&id) {
            self.open(id, Stream::of_request(pending), mark, env);
            return;
        }
        self.change(id, |early| early.pending = Some(pending));
        if self.streams.get(&id).is_some_and(Stream::is_done) {
            self.emit(id, Ending::CaptureEnd, None, mark, env);
        }
    }
}

/// The request head a block stands for. `None`: method or path is not there.
fn request_head(block: Block, body_over: bool, env: &Env<'_>) -> Option<RequestHead> {
    let method = block.method?;
    let host = block.headers.get_str("host").map(|host| host.into_owned().into_boxed_str());
    let authority = block.authority.or(host);
    let url = if &*method == "CONNECT" && block.protocol.is_none() {
        target::of_connect(authority.as_deref()?)
    } else {
        let scheme = block.scheme.as_deref().unwrap_or_else(|| target::scheme(env.context));
        target::of_http2(scheme, authority.as_deref(), block.path.as_deref()?, env.context)
    };
    let body_len = body_over.then_some(0);
    Some(RequestHead { method, url, version: HttpVersion::Http2, headers: block.headers, body_len })
}

/// What a HEADERS or PUSH_PROMISE frame holds of a header block, and the stream it promises
/// (RFC 9113 §6.2 and §6.6). `None`: its fields do not fit.
fn fragment(header: Header, payload: &[u8], truncated: bool) -> Option<(Option<u32>, &[u8])> {
    let mut rest = payload;
    let mut padding = 0;
    if header.has(PADDED) {
        let (first, after) = rest.split_first()?;
        padding = usize::from(*first);
        rest = after;
    }
    let mut promised = None;
    if header.kind == PUSH_PROMISE {
        promised = Some(word(rest)? & !(1 << 31));
        rest = rest.get(4..)?;
    } else if header.has(PRIORITY_FLAG) {
        rest = rest.get(5..)?;
    }
    if !truncated {
        rest = rest.get(..rest.len().checked_sub(padding)?)?;
    }
    Some((promised, rest))
}
