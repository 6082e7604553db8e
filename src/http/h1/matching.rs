//! Which request a response answers (RFC 9112 §9.3).
//!
//! As long as nothing is missing the n-th final response answers the n-th request. After a hole
//! that no longer holds: then a response answers the latest request that was read before it, since
//! browsers do not pipeline; where a client did, or where that request may be missing itself,
//! nothing is guessed.
//!
//! "Before" is the order in which reassembly hands bytes on: what acknowledges other bytes comes
//! after them. Frame numbers say less, since captures mix packets up.

use crate::exchange::Mark;
use crate::http::Env;
use crate::http::pending::{Ending, Pending};
use std::collections::VecDeque;
use std::time::Duration;

/// How much earlier than its request a response may be captured, when packets are out of order.
const INVERSION: Duration = Duration::from_secs(1);

/// A request without a final response.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) pending: Pending,
    pub(super) kind: Kind,
}

/// What the meaning of a response depends on.
#[derive(Debug)]
pub(super) enum Kind {
    Plain,
    Head,
    Connect,
    /// The upgrade token, and `HTTP2-Settings` as sent.
    Upgrade {
        token: Box<str>,
        settings: Option<Box<[u8]>>,
    },
}

/// The request that a response answers, if it is known.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "returned and taken apart at once")]
pub(super) enum Taken {
    Request(Waiting),
    /// One that was read and not followed.
    Untracked,
    /// None that was read so far.
    Unknown,
}

/// Requests without a final response.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// Oldest first.
    waiting: VecDeque<Waiting>,
    /// Requests beyond the limit, all sent after those in `waiting`.
    untracked: usize,
    missing: Missing,
    /// A request was sent before the one before it was answered.
    pipelined: bool,
}

/// What is missing from the capture of a dialogue.
#[derive(Debug, Default)]
struct Missing {
    /// Bytes of either side: counting messages no longer matches them.
    bytes: bool,
    /// Bytes of the server where a head may have stood, since the last one read.
    response: bool,
    /// Bytes of the client where a head may have stood, since the last one read.
    request: bool,
}

impl Requests {
    /// Requests that are followed.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// About how much memory they hold, bytes.
    pub(super) fn held_bytes(&self) -> usize {
        self.waiting.iter().map(|waiting| waiting.pending.held_bytes()).sum()
    }

    /// The request read last, if it is not answered yet.
    pub(super) fn last_mut(&mut self) -> Option<&mut Waiting> {
        self.waiting.back_mut()
    }

    /// Whether a request waits that was sent before `mark`.
    pub(super) fn sent_before(&self, mark: Mark) -> bool {
        self.waiting.front().is_some_and(|front| front.pending.mark.place < mark.place)
    }

    /// A new request at `mark` shows that the ones before were answered, if the client does not
    /// pipeline: where a hole is, their responses stood in it.
    pub(super) fn settle_holes(&mut self, mark: Mark, env: &mut Env<'_>) {
        if self.pipelined {
            return;
        }
        while let Some(front) = self.next(|pending| pending.hole.is_some()) {
            env.out.push(front.pending.unanswered(env.context, Ending::Hole { missing: 0 }, mark, false));
        }
    }

    pub(super) fn push(&mut self, waiting: Waiting, env: &mut Env<'_>) {
        self.missing.request = false;
        if !self.missing.bytes && !self.waiting.is_empty() {
            self.pipelined = true;
        }
        if self.untracked > 0 || self.waiting.len() >= env.limits.pipeline.max(1) {
            self.untracked += 1;
            env.notes.beyond_pipeline += 1;
            return;
        }
        self.waiting.push_back(waiting);
    }

    /// The request that a response whose first byte stands at `mark` answers.
    pub(super) fn take(&mut self, mark: Mark, env: &mut Env<'_>) -> Taken {
        if std::mem::take(&mut self.missing.response) {
            return self.take_after_hole(mark, env).map_or(Taken::Unknown, Taken::Request);
        }
        match (self.take_due(), self.untracked) {
            (Some(request), _) => Taken::Request(request),
            (None, 0) => Taken::Unknown,
            (None, more) => {
                self.untracked = more - 1;
                Taken::Untracked
            }
        }
    }

    fn take_after_hole(&mut self, mark: Mark, env: &mut Env<'_>) -> Option<Waiting> {
        // The last request's own answer may be what is missing, and so may the request of this one.
        let doubtful = self.missing.request && self.waiting.back().is_some_and(|last| last.pending.hole.is_some());
        let unsure = doubtful || (self.pipelined && self.waiting.len() > 1);
        let found = if unsure { None } else { self.waiting.pop_back() };
        for waiting in self.waiting.drain(..) {
            env.out.push(waiting.pending.unanswered(env.context, Ending::Hole { missing: 0 }, mark, false));
        }
        let mut found = found?;
        found.pending.hole = None;
        Some(found)
    }

    /// The oldest request: bytes of the server are meant for it, if nothing is missing.
    pub(super) fn take_due(&mut self) -> Option<Waiting> {
        self.waiting.pop_front()
    }

    fn next(&mut self, wanted: impl FnOnce(&Pending) -> bool) -> Option<Waiting> {
        self.waiting.front().filter(|front| wanted(&front.pending))?;
        self.waiting.pop_front()
    }

    /// Whether a response that was read before a request can be the one to it. Where bytes are
    /// missing it answers one that is missing.
    pub(super) fn may_precede(&self, response: Mark, request: Mark) -> bool {
        if self.missing.bytes {
            return false;
        }
        match (request.time, response.time) {
            (Some(request), Some(response)) => request.since(response) < INVERSION,
            _ => true,
        }
    }

    /// Bytes of either side are missing.
    pub(super) fn lost_bytes(&mut self) {
        self.missing.bytes = true;
    }

    /// Bytes of the client are missing where requests may have stood.
    pub(super) fn unseen(&mut self) {
        self.missing.request = true;
    }

    /// Bytes of the server are missing where heads may have stood.
    pub(super) fn hole(&mut self, missing: u64) {
        self.missing.response = true;
        for waiting in &mut self.waiting {
            let before = waiting.pending.hole.unwrap_or(0);
            waiting.pending.hole = Some(before.saturating_add(missing));
        }
    }

    /// All of them, oldest first.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Pending> {
        self.untracked = 0;
        self.waiting.drain(..).map(|waiting| waiting.pending)
    }
}
