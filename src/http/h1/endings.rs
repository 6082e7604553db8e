//! Holes in a dialogue, and its end.

use super::Dialogue;
use super::reader::Hole;
use crate::exchange::{Event, What};
use crate::exchange::{Mark, Side};
use crate::http::pending::Ending;
use crate::http::{Close, Env, Finish};

impl Dialogue {
    pub(in crate::http) fn gap(&mut self, from: Side, missing: Option<u64>, mark: Mark, env: &mut Env<'_>) {
        self.requests.lost_bytes();
        match from {
            Side::Client => self.client_gap(missing, mark, env),
            Side::Server => self.server_gap(missing, mark, env),
        }
    }

    fn client_gap(&mut self, missing: Option<u64>, mark: Mark, env: &mut Env<'_>) {
        if let Some(head) = self.client.take_partial_head() {
            self.request(&head, env);
            self.client.search();
        }
        self.request_body = self.request_body.saturating_add(missing.unwrap_or(0));
        if self.client.gap(missing) == Hole::Body {
            // The rest of a body may be all that was missing: it can be over.
            let _ = self.client_data(&[], mark, env);
        } else {
            env.notes.resyncs += 1;
            self.hold_after_body = false;
            self.requests.unseen();
        }
    }

    fn server_gap(&mut self, missing: Option<u64>, mark: Mark, env: &mut Env<'_>) {
        if let Some(head) = self.server.take_partial_head() {
            let _ = self.response(&head, &[], mark, env);
            self.server.search();
        }
        if let Some(answering) = &mut self.answering {
            answering.excerpt.break_off();
        }
        match self.server.gap(missing) {
            Hole::Body => {
                let _ = self.server_data(&[], mark, env);
                return;
            }
            Hole::BodyEnd | Hole::Head => {
                self.finish_response(None, vec![Event { what: What::BodyHole, place: Some(mark.place) }], env);
            }
        }
        env.notes.resyncs += 1;
        self.requests.hole(missing.unwrap_or(0));
    }

    pub(in crate::http) fn close(&mut self, from: Side, how: Close, mark: Mark, env: &mut Env<'_>) {
        let closed = if from == Side::Client { &mut self.client_closed } else { &mut self.server_closed };
        if closed.is_none_or(|(before, _)| before == Close::Fin) {
            *closed = Some((how, mark));
        }
        if from == Side::Client && how == Close::Fin {
            // A client may say that it has nothing more to ask and still wait for its answer.
            return;
        }
        let ending = Ending::Closed { by: from, how };
        if how == Close::Fin && self.server.is_until_close() {
            self.finish_response(Some(true), Vec::new(), env);
        }
        self.settle(ending, mark, env);
    }

    pub(in crate::http) fn resume(&mut self, from: Side) {
        let closed = if from == Side::Client { &mut self.client_closed } else { &mut self.server_closed };
        *closed = None;
    }

    pub(in crate::http) fn finish(&mut self, end: Mark, why: Finish, env: &mut Env<'_>) {
        let (ending, mark) = match (self.server_closed, why) {
            (Some((how, mark)), _) => (Ending::Closed { by: Side::Server, how }, mark),
            (None, Finish::CaptureEnd) => (Ending::CaptureEnd, end),
            (None, Finish::Evicted) => (Ending::Evicted, end),
        };
        self.settle(ending, mark, env);
        env.notes.orphan_responses += self.early.len() as u64;
        self.early.clear();
    }

    /// Nothing more will be answered.
    fn settle(&mut self, ending: Ending, mark: Mark, env: &mut Env<'_>) {
        let (ending, mark) = ending.or_client(mark, self.client_closed);
        let (by_peer, what) = ending.in_body();
        self.finish_response(by_peer.then_some(false), vec![Event { what, place: Some(mark.place) }], env);
        let mut begun = self.server.in_head();
        for pending in self.requests.drain() {
            env.out.push(pending.unanswered(env.context, ending, mark, begun));
            begun = false;
        }
    }
}
