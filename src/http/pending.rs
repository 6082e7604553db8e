//! A request that waits for its response, and how it becomes an exchange.
//!
//! Owns what came instead of a response, as events; their words are written elsewhere.

use super::{Close, Context};
use crate::exchange::{
    End, Event, Exchange, Mark, NoResponse, Part, RecorderNote, RequestHead, ResponseHead, SILENCE, Side, What,
};
use std::time::Duration;

/// A request whose exchange was not handed out yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) head: RequestHead,
    /// Packet of its first byte.
    pub(super) mark: Mark,
    /// Bytes are missing where its response may have stood, and how many.
    pub(super) hole: Option<u64>,
    /// What goes with the exchange whatever becomes of it.
    pub(super) events: Vec<Event>,
}

/// What came instead of a response.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// One side ended the connection.
    Closed { by: Side, how: Close },
    /// One side ended the HTTP/2 stream, with this error code's name.
    StreamReset { by: Side, code: &'static str },
    /// The server leaves HTTP/2 and will not answer this stream.
    GoAway { code: &'static str },
    /// The capture is over.
    CaptureEnd,
    /// The connection is no longer followed.
    Evicted,
    /// More streams are open than are followed.
    TooMany,
    /// Bytes are missing where the answer stood.
    Hole { missing: u64 },
    /// The answer is there; its status was lost with the header table.
    Lost,
}

impl Pending {
    /// The exchange with its response. `mark` completed the response head; `events` go with it.
    pub(super) fn answered(
        mut self,
        context: &Context,
        response: ResponseHead,
        mark: Mark,
        events: Vec<Event>,
    ) -> Exchange {
        self.events.extend(events);
        let mut exchange = self.exchange(context, Ok(response));
        exchange.response_place = Some(mark.place);
        exchange.completed = mark.time;
        exchange
    }

    /// The exchange without a response. `begun`: some of a response head was there.
    pub(super) fn unanswered(self, context: &Context, ending: Ending, mark: Mark, begun: bool) -> Exchange {
        let ending = match self.hole {
            Some(missing) => Ending::Hole { missing },
            None => ending,
        };
        let during = if begun { Part::ResponseHead } else { Part::Waiting };
        let (reason, what) = explain(ending, self.waited(mark), during);
        self.without_response(context, reason, what, mark)
    }

    /// The exchange with what came in place of a response.
    pub(super) fn without_response(
        mut self,
        context: &Context,
        reason: NoResponse,
        what: What,
        mark: Mark,
    ) -> Exchange {
        self.events.push(Event { what, place: Some(mark.place) });
        self.exchange(context, Err(reason))
    }

    /// About how much memory this holds, bytes.
    pub(super) fn held_bytes(&self) -> usize {
        size_of::<Self>() + self.head.url.len() + self.head.headers.held_bytes()
    }

    fn waited(&self, mark: Mark) -> Option<Duration> {
        Some(mark.time?.since(self.mark.time?))
    }

    fn exchange(self, context: &Context, response: Result<ResponseHead, NoResponse>) -> Exchange {
        Exchange {
            place: self.mark.place,
            response_place: None,
            client: context.client,
            server: context.server.map(|server| server.to_string().into()),
            started: self.mark.time,
            completed: None,
            request: self.head,
            response,
            note: RecorderNote {
                events: self.events,
                tls: context.tls,
                tunneled: context.tunneled,
                ..RecorderNote::default()
            },
            recorder: context.recorder,
        }
    }
}

impl Ending {
    /// A client that had closed before is why the server or the capture ended without an answer.
    pub(super) fn or_client(self, mark: Mark, client_closed: Option<(Close, Mark)>) -> (Self, Mark) {
        match (self, client_closed) {
            (Self::Closed { how: Close::Alert(_), .. }, _) | (_, None) => (self, mark),
            (_, Some((how, mark))) => (Self::Closed { by: Side::Client, how }, mark),
        }
    }

    /// Whether an end of the connection cut a body short that had begun, and the event.
    pub(super) fn in_body(self) -> (bool, What) {
        let during = Part::Body;
        match self {
            Self::Closed { by, how } => (true, What::Ended { by, how: how.into(), waited: None, during }),
            Self::StreamReset { by, code } => {
                (true, What::Ended { by, how: End::StreamReset(code), waited: None, during })
            }
            Self::GoAway { code } => {
                (true, What::Ended { by: Side::Server, how: End::GoAway(code), waited: None, during })
            }
            Self::TooMany => (false, What::TooManyStreams),
            Self::CaptureEnd => (false, What::CaptureEnds { waited: None, during }),
            _ => (false, What::NotFollowed { waited: None, during }),
        }
    }
}

impl From<Close> for End {
    fn from(how: Close) -> Self {
        match how {
            Close::Fin => Self::Fin,
            Close::Reset => Self::Reset,
            Close::Alert(alert) => Self::Alert(alert),
        }
    }
}

/// Why there is no response, and the event that shows it.
fn explain(ending: Ending, waited: Option<Duration>, during: Part) -> (NoResponse, What) {
    let silent = waited.is_some_and(|waited| waited >= SILENCE);
    let let_go = if silent { NoResponse::TimedOut } else { NoResponse::Aborted };
    let ended = |by, how| What::Ended { by, how, waited, during };
    match ending {
        Ending::Closed { by, how: how @ Close::Alert(_) } => (NoResponse::TlsFailure, ended(by, how.into())),
        Ending::Closed { by: Side::Server, how } => {
            (if how == Close::Reset { NoResponse::Reset } else { NoResponse::Closed }, ended(Side::Server, how.into()))
        }
        Ending::Closed { by: Side::Client, how } => (let_go, ended(Side::Client, how.into())),
        Ending::StreamReset { by, code } => {
            let reason = if by == Side::Server { NoResponse::Reset } else { let_go };
            (reason, ended(by, End::StreamReset(code)))
        }
        Ending::GoAway { code } => (NoResponse::Closed, ended(Side::Server, End::GoAway(code))),
        // However long that was: whoever stopped the capture may not have waited for the answer.
        Ending::CaptureEnd => (NoResponse::Cut, What::CaptureEnds { waited, during }),
        Ending::Evicted => (NoResponse::Cut, What::NotFollowed { waited, during }),
        Ending::TooMany => (NoResponse::Cut, What::TooManyStreams),
        Ending::Hole { missing } => (NoResponse::Gap { missing }, What::ResponseMissing { bytes: missing }),
        Ending::Lost => (NoResponse::Undecodable, What::StatusLost),
    }
}
