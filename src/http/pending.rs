//! A request that waits for its response, and how it becomes an exchange.
//!
//! Owns the wording of what came instead of a response.

use super::{Close, Context};
use crate::exchange::{Exchange, Mark, NoResponse, RecorderNote, RequestHead, ResponseHead, Side};
use std::time::Duration;

/// Silence after which a missing answer is called one.
const SILENCE: Duration = Duration::from_secs(1);

/// Silence after which that is said of a connection that is no longer followed.
const EVICTED_SILENCE: Duration = Duration::from_secs(30);

/// A request whose exchange was not handed out yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) head: RequestHead,
    /// Packet of its first byte.
    pub(super) mark: Mark,
    /// Bytes are missing where its response may have stood, and how many.
    pub(super) hole: Option<u64>,
    /// Words that go with the exchange whatever becomes of it.
    pub(super) remark: Remark,
}

/// Words about an exchange, and the packet they are about.
#[derive(Debug, Clone, Default)]
pub(super) struct Remark {
    words: Option<Box<str>>,
    mark: Option<Mark>,
}

impl Remark {
    /// Adds a sentence.
    pub(super) fn add(&mut self, words: impl Into<Box<str>>, mark: Option<Mark>) {
        self.merge(Self { words: Some(words.into()), mark });
    }

    /// Adds what another one says.
    pub(super) fn merge(&mut self, other: Self) {
        self.words = match (self.words.take(), other.words) {
            (Some(first), Some(second)) => Some(format!("{first}; {second}").into()),
            (first, second) => first.or(second),
        };
        self.mark = other.mark.or(self.mark);
    }
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
    /// The exchange with its response. `mark` completed the response head; `remark` goes with it.
    pub(super) fn answered(
        mut self,
        context: &Context,
        response: ResponseHead,
        mark: Mark,
        remark: Remark,
    ) -> Exchange {
        self.remark.merge(remark);
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
        let waited = self.waited(mark);
        let (reason, mut words) = explain(ending, waited);
        if begun && !matches!(ending, Ending::Hole { .. }) {
            words.push_str(", in the middle of the response head");
        }
        self.without_response(context, reason, words, mark)
    }

    /// The exchange with something that is no response, said in words.
    pub(super) fn without_response(
        mut self,
        context: &Context,
        reason: NoResponse,
        words: String,
        mark: Mark,
    ) -> Exchange {
        self.remark.add(words, Some(mark));
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
                event: self.remark.words,
                event_place: self.remark.mark.map(|mark| mark.place),
                tls: context.tls,
                tunneled: context.tunneled,
                ..RecorderNote::default()
            },
            recorder: context.recorder,
        }
    }
}

impl Ending {
    pub(super) const TOO_MANY: &str = "more streams are open than are followed";

    /// A client that had closed before is why the server or the capture ended without an answer.
    pub(super) fn or_client(self, mark: Mark, client_closed: Option<(Close, Mark)>) -> (Self, Mark) {
        match (self, client_closed) {
            (Self::Closed { how: Close::Alert(_), .. }, _) | (_, None) => (self, mark),
            (_, Some((how, mark))) => (Self::Closed { by: Side::Client, how }, mark),
        }
    }

    /// Whether an end of the connection cut a body short that had begun, and the words for it.
    pub(super) fn in_body(self) -> (bool, String) {
        let by_peer = matches!(self, Self::Closed { .. });
        let words = match self {
            Self::Closed { by, how: Close::Fin } => format!("FIN from the {} in the middle of the body", side(by)),
            Self::Closed { by, how: Close::Reset } => format!("RST from the {} in the middle of the body", side(by)),
            Self::Closed { by, how: Close::Alert(name) } => {
                format!("TLS alert {name} from the {} in the middle of the body", side(by))
            }
            Self::CaptureEnd => "the capture ends in the middle of the body".to_owned(),
            _ => "the connection was not followed any longer, in the middle of the body".to_owned(),
        };
        (by_peer, words)
    }
}

fn explain(ending: Ending, waited: Option<Duration>) -> (NoResponse, String) {
    let after = waited.map_or_else(String::new, |waited| format!(" {} after the request", in_words(waited)));
    let silent = waited.is_some_and(|waited| waited >= SILENCE);
    let no_answer = || format!("no answer in {}", in_words(waited.unwrap_or_default()));
    match ending {
        Ending::Closed { by, how: Close::Alert(name) } => {
            (NoResponse::TlsFailure, format!("TLS alert {name} from the {}{after}", side(by)))
        }
        Ending::Closed { by: Side::Server, how: Close::Fin } => {
            (NoResponse::Closed, format!("FIN from the server{after}"))
        }
        Ending::Closed { by: Side::Server, how: Close::Reset } => {
            (NoResponse::Reset, format!("RST from the server{after}"))
        }
        Ending::Closed { by: Side::Client, how } => {
            let did = if how == Close::Reset { "reset the connection" } else { "closed" };
            if silent {
                (NoResponse::TimedOut, format!("{}, then the client {did}", no_answer()))
            } else {
                (NoResponse::Aborted, format!("the client {did}{after}, before an answer"))
            }
        }
        Ending::StreamReset { by: Side::Server, code } => {
            (NoResponse::Reset, format!("RST_STREAM {code} from the server{after}"))
        }
        Ending::StreamReset { by: Side::Client, code } if silent => {
            (NoResponse::TimedOut, format!("{}, then RST_STREAM {code} from the client", no_answer()))
        }
        Ending::StreamReset { by: Side::Client, code } => {
            (NoResponse::Aborted, format!("RST_STREAM {code} from the client{after}"))
        }
        Ending::GoAway { code } => {
            (NoResponse::Closed, format!("GOAWAY {code} from the server{after}, without this stream"))
        }
        Ending::CaptureEnd if silent => (NoResponse::TimedOut, format!("{}, then the capture ends", no_answer())),
        Ending::CaptureEnd => (NoResponse::Cut, format!("the capture ends{after}")),
        Ending::Evicted if waited.is_some_and(|waited| waited >= EVICTED_SILENCE) => {
            (NoResponse::TimedOut, format!("{}; the connection was not followed any longer", no_answer()))
        }
        Ending::Evicted => (NoResponse::Cut, format!("the connection was not followed any longer{after}")),
        Ending::TooMany => (NoResponse::Cut, Ending::TOO_MANY.to_owned()),
        Ending::Hole { missing } => {
            let words = match missing {
                0 => "bytes are missing from the capture where the response would stand".to_owned(),
                missing => format!("{missing} bytes are missing from the capture where the response would stand"),
            };
            (NoResponse::Gap { missing }, words)
        }
        Ending::Lost => {
            (NoResponse::Undecodable, "the status is in a header table whose beginning was not captured".to_owned())
        }
    }
}

/// The name of a side.
pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// A duration with two or three figures: `0.9 ms`, `312 ms`, `1.67 s`, `75 s`.
fn in_words(duration: Duration) -> String {
    let micros = duration.as_micros();
    let seconds = duration.as_secs_f64();
    match micros {
        0..100 => format!("{micros} µs"),
        100..9_950 => format!("{:.1} ms", seconds * 1e3),
        9_950..999_500 => format!("{:.0} ms", seconds * 1e3),
        999_500..9_995_000 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.0} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_or_three_figures() {
        for (micros, words) in [
            (0, "0 µs"),
            (87, "87 µs"),
            (900, "0.9 ms"),
            (9_949, "9.9 ms"),
            (9_950, "10 ms"),
            (312_400, "312 ms"),
            (999_499, "999 ms"),
            (1_670_000, "1.67 s"),
            (75_300_000, "75 s"),
        ] {
            assert_eq!(in_words(Duration::from_micros(micros)), words);
        }
    }
}
