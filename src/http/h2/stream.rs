//! One HTTP/2 stream: a request, its response, and how they become an exchange.

use super::block::Block;
use crate::exchange::{Body, HttpVersion, Mark, ResponseHead};
use crate::exchange::{Event, What};
use crate::http::Env;
use crate::http::excerpt::Excerpt;
use crate::http::pending::{Ending, Pending};

/// A stream that is not over.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The request, when it was seen.
    pub(super) pending: Option<Pending>,
    request_body: u64,
    response: Response,
    /// Everything of the server was seen.
    done: bool,
}

#[derive(Debug, Default)]
enum Response {
    #[default]
    None,
    /// A head is there whose status was lost. It may have been an interim one.
    Lost(Mark),
    /// Bytes of a body are there whose head was in a hole.
    Headless(Mark),
    Open(Box<Open>),
}

#[derive(Debug)]
struct Open {
    head: ResponseHead,
    excerpt: Excerpt,
    /// Packet that completed the head.
    completed: Mark,
}

impl Stream {
    pub(super) fn of_request(pending: Pending) -> Self {
        Self { pending: Some(pending), ..Self::default() }
    }

    pub(super) fn client_body(&mut self, bytes: u64) {
        self.request_body = self.request_body.saturating_add(bytes);
    }

    pub(super) fn client_done(&mut self) {
        let length = self.request_body;
        if let Some(pending) = &mut self.pending {
            pending.head.body_len.get_or_insert(length);
        }
    }

    /// About how much memory this holds, bytes.
    pub(super) fn held_bytes(&self) -> usize {
        let request = self.pending.as_ref().map_or(0, Pending::held_bytes);
        let response = match &self.response {
            Response::Open(open) => size_of::<Open>() + open.head.headers.held_bytes() + open.excerpt.held_bytes(),
            _ => 0,
        };
        size_of::<Self>() + request + response
    }

    pub(super) fn has_response(&self) -> bool {
        matches!(self.response, Response::Open(_))
    }

    /// A header block of the server: an interim or final head, or trailers.
    pub(super) fn head(&mut self, block: Block, completed: Mark, limit: usize) {
        if self.has_response() {
            return;
        }
        match block.status {
            Some(100..200) => {}
            Some(status) => {
                let method = self.pending.as_ref().map_or("", |pending| &*pending.head.method);
                let excerpt = Excerpt::new(method, status, block.content_encoding, limit);
                let head = ResponseHead {
                    status,
                    reason: "".into(),
                    version: HttpVersion::Http2,
                    headers: block.headers,
                    body: Body::default(),
                };
                self.response = Response::Open(Box::new(Open { head, excerpt, completed }));
            }
            None if block.lost_pseudo => self.response = Response::Lost(completed),
            None => {}
        }
    }

    pub(super) fn server_body(&mut self, bytes: &[u8], mark: Mark) {
        match &mut self.response {
            Response::Open(open) => open.excerpt.feed(bytes),
            Response::None => self.response = Response::Headless(mark),
            Response::Lost(_) | Response::Headless(_) => {}
        }
    }

    /// Bytes of the server are missing that may have been this stream's.
    pub(super) fn hole(&mut self, missing: u64) {
        if let Response::Open(open) = &mut self.response {
            open.excerpt.break_off();
        } else if let Some(pending) = &mut self.pending {
            pending.hole = Some(pending.hole.unwrap_or(0).saturating_add(missing));
        }
    }

    /// The server has said all of it; the exchange is ready once the request is known.
    pub(super) fn server_done(&mut self) {
        self.done = true;
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Hands out the exchange. `ending` is what came instead of the rest, `cut` the same in words
    /// for a response that had begun.
    pub(super) fn emit(self, ending: Ending, cut: Option<(bool, What)>, mark: Mark, env: &mut Env<'_>) {
        let Some(pending) = self.pending else {
            if !matches!(self.response, Response::None) {
                env.notes.orphan_responses += 1;
            }
            return;
        };
        let exchange = match self.response {
            Response::Open(open) => {
                let Open { mut head, excerpt, completed } = *open;
                let complete =
                    if self.done { Some(true) } else { cut.as_ref().and_then(|(peer, _)| peer.then_some(false)) };
                head.body = excerpt.into_body(complete);
                let cut = cut.filter(|_| !self.done);
                let events = cut.map(|(_, what)| Event { what, place: Some(mark.place) }).into_iter().collect();
                pending.answered(env.context, head, completed, events)
            }
            Response::Lost(at) => pending.unanswered(env.context, Ending::Lost, at, false),
            Response::Headless(at) => pending.unanswered(env.context, Ending::Hole { missing: 0 }, at, false),
            Response::None => pending.unanswered(env.context, ending, mark, false),
        };
        env.out.push(exchange);
    }
}
