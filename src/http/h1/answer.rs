//! A response that is being read.

use super::head::Response;
use crate::exchange::Event;
use crate::exchange::{Mark, ResponseHead};
use crate::http::Env;
use crate::http::excerpt::Excerpt;
use crate::http::pending::Pending;

/// A response whose body is not over, or whose request was not read yet.
#[derive(Debug)]
pub(super) struct Answering {
    pending: Option<Pending>,
    head: ResponseHead,
    pub(super) excerpt: Excerpt,
    /// Packet of its first byte.
    first: Mark,
    /// Packet that completed its head.
    completed: Mark,
    events: Vec<Event>,
}

impl Answering {
    pub(super) fn new(
        pending: Option<Pending>,
        response: Response,
        excerpt: Excerpt,
        first: Mark,
        completed: Mark,
        events: Vec<Event>,
    ) -> Self {
        let Response { status, reason, version, headers, .. } = response;
        let head = ResponseHead { status, reason, version, headers, body: crate::exchange::Body::default() };
        Self { pending, head, excerpt, first, completed, events }
    }

    /// About how much memory this holds, bytes.
    pub(super) fn held_bytes(&self) -> usize {
        let request = self.pending.as_ref().map_or(0, Pending::held_bytes);
        size_of::<Self>() + request + self.head.headers.held_bytes() + self.excerpt.held_bytes()
    }

    pub(super) fn has_request(&self) -> bool {
        self.pending.is_some()
    }

    /// Packet of the response's first byte.
    pub(super) fn begun(&self) -> Mark {
        self.first
    }

    /// Says which request this answers.
    pub(super) fn attach(&mut self, pending: Pending) {
        self.pending = Some(pending);
    }

    /// The body is over, or nothing more of it will come.
    pub(super) fn finish(&mut self, complete: Option<bool>, events: Vec<Event>) {
        self.head.body = std::mem::take(&mut self.excerpt).into_body(complete);
        self.events.extend(events);
    }

    /// Hands out the exchange, once the body is finished and the request known.
    pub(super) fn emit(self, env: &mut Env<'_>) {
        if let Some(pending) = self.pending {
            env.out.push(pending.answered(env.context, self.head, self.completed, self.events));
        }
    }
}
