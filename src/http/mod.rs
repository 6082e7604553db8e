//! The byte streams of one connection become exchanges.
//!
//! Owns HTTP/1.x (RFC 9112), HTTP/2 (RFC 9113) and HPACK (RFC 7541) as an onlooker sees them:
//! damaged, late, one-sided. Bodies are skipped, heads are copied once. Knows nothing of packets
//! or TLS: the caller hands over in-order bytes of either side, holes, and the end.

mod excerpt;
#[doc(hidden)]
pub mod fuzz;
mod h1;
mod h2;
mod limits;
mod notes;
mod pending;
#[cfg(test)]
mod proptests;
mod sniff;
mod target;
#[cfg(test)]
mod testing;

pub use limits::Limits;
pub use notes::Notes;
pub use sniff::{Sniff, sniff};

use crate::exchange::{Alert, Exchange, Mark, Recorder, Side};
use std::net::SocketAddr;

/// What is known of a connection apart from its bytes.
#[derive(Debug, Clone)]
pub struct Context {
    /// The end that sends requests.
    pub client: Option<SocketAddr>,
    /// The end that answers.
    pub server: Option<SocketAddr>,
    /// The bytes were protected by TLS: URLs are `https`.
    pub tls: bool,
    /// The name the client asked for (SNI, or the authority of the CONNECT around this).
    pub server_name: Option<String>,
    /// Read inside a CONNECT tunnel or after a PROXY protocol header.
    pub tunneled: bool,
    /// Who recorded this.
    pub recorder: &'static Recorder,
}

/// The protocol a connection starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.0 or HTTP/1.1. An HTTP/2 preface or an `h2c` upgrade changes it on the way.
    Http1,
    /// HTTP/2, with or without its beginning.
    Http2,
}

/// How one side ended its byte stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// TCP FIN, or TLS `close_notify`.
    Fin,
    /// TCP RST.
    Reset,
    /// A TLS alert.
    Alert(Alert),
}

/// Why nothing more will come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The capture is over.
    CaptureEnd,
    /// The connection is no longer followed (idle, or too many connections).
    Evicted,
}

/// What follows HTTP on a connection: the bytes that came after the message that ended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// What the connection is now.
    pub into: Successor,
    /// Bytes of the client that belong to it already.
    pub client_bytes: Vec<u8>,
    /// Where the first of them stands.
    pub client_mark: Option<Mark>,
    /// Bytes of the server that belong to it already.
    pub server_bytes: Vec<u8>,
    /// Where the first of them stands.
    pub server_mark: Option<Mark>,
}

/// What a connection is after HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Successor {
    /// A tunnel to this authority (`host:port`): worth sniffing again.
    Tunnel(Box<str>),
    /// Another protocol, by its upgrade token: `websocket` …
    Upgraded(Box<str>),
}

/// The dialogue on one connection.
///
/// Feed it the bytes of both sides in capture order; finished exchanges are appended to `out`.
/// After every call of [`data`](Self::data) ask [`takeover`](Self::takeover).
///
/// As long as no [`gap`](Self::gap) is reported, every response is taken for the answer to a
/// request that is or will be seen. Of a connection whose beginning was not captured say so with
/// [`begins_late`](Self::begins_late).
#[derive(Debug)]
pub struct Conversation {
    context: Context,
    limits: Limits,
    notes: Notes,
    dialogue: Dialogue,
}

#[derive(Debug)]
enum Dialogue {
    Http1(Box<h1::Dialogue>),
    Http2(Box<h2::Connection>),
    /// HTTP is over and the caller has not asked for the rest yet.
    Over(Box<Takeover>),
    /// Nothing is read any more.
    Closed,
}

/// What the dialogues share with the conversation around them.
struct Env<'a> {
    context: &'a Context,
    limits: &'a Limits,
    notes: &'a mut Notes,
    out: &'a mut Vec<Exchange>,
}

impl Conversation {
    /// A conversation of which nothing was seen yet.
    pub fn new(context: Context, protocol: Protocol, limits: &Limits) -> Self {
        let dialogue = match protocol {
            Protocol::Http1 => Dialogue::Http1(Box::new(h1::Dialogue::new(limits.head_bytes))),
            Protocol::Http2 => Dialogue::Http2(Box::new(h2::Connection::new(limits))),
        };
        Self { context, limits: *limits, notes: Notes::default(), dialogue }
    }

    /// Says that the beginning of the connection was not captured. The next bytes of `recognised`
    /// begin with a message (or frame); those of the other side may begin anywhere.
    pub fn begins_late(&mut self, recognised: Side) {
        match &mut self.dialogue {
            Dialogue::Http1(dialogue) => dialogue.begins_late(recognised),
            Dialogue::Http2(connection) => connection.begins_late(recognised),
            Dialogue::Over(_) | Dialogue::Closed => {}
        }
    }

    /// In-order bytes of one side. `mark` is the packet they came in.
    pub fn data(&mut self, from: Side, bytes: &[u8], mark: Mark, out: &mut Vec<Exchange>) {
        let mut env = Env { context: &self.context, limits: &self.limits, notes: &mut self.notes, out };
        match &mut self.dialogue {
            Dialogue::Http1(dialogue) => match dialogue.data(from, bytes, mark, &mut env) {
                h1::After::Same => {}
                h1::After::Http2(switch) => {
                    let connection = Self::become_http2(*switch, mark, &mut env);
                    self.dialogue = Dialogue::Http2(Box::new(connection));
                }
                h1::After::Over(takeover) => self.dialogue = Dialogue::Over(takeover),
            },
            Dialogue::Http2(connection) => connection.data(from, bytes, mark, &mut env),
            Dialogue::Over(takeover) => takeover.keep(from, bytes, mark, self.limits.head_bytes),
            Dialogue::Closed => {}
        }
    }

    /// HTTP/2 goes on where HTTP/1 ended, with the bytes that are there already.
    fn become_http2(switch: h1::Switch, mark: Mark, env: &mut Env<'_>) -> h2::Connection {
        let mut connection = h2::Connection::new(env.limits);
        if let Some(upgraded) = switch.upgraded {
            connection.upgraded(upgraded.pending, &upgraded.settings);
        }
        connection.data(Side::Client, &switch.client, switch.client_mark.unwrap_or(mark), env);
        connection.data(Side::Server, &switch.server, mark, env);
        connection
    }

    /// A hole in the stream of one side: `missing` bytes, when the sequence numbers tell.
    pub fn gap(&mut self, from: Side, missing: Option<u64>, mark: Mark, out: &mut Vec<Exchange>) {
        let mut env = Env { context: &self.context, limits: &self.limits, notes: &mut self.notes, out };
        match &mut self.dialogue {
            Dialogue::Http1(dialogue) => dialogue.gap(from, missing, mark, &mut env),
            Dialogue::Http2(connection) => connection.gap(from, missing, mark, &mut env),
            Dialogue::Over(_) | Dialogue::Closed => {}
        }
    }

    /// One side ended its stream.
    pub fn close(&mut self, from: Side, how: Close, mark: Mark, out: &mut Vec<Exchange>) {
        let how = if how == Close::Alert(Alert::CLOSE_NOTIFY) { Close::Fin } else { how };
        let mut env = Env { context: &self.context, limits: &self.limits, notes: &mut self.notes, out };
        match &mut self.dialogue {
            Dialogue::Http1(dialogue) => dialogue.close(from, how, mark, &mut env),
            Dialogue::Http2(connection) => connection.close(from, how, mark, &mut env),
            Dialogue::Over(_) | Dialogue::Closed => {}
        }
    }

    /// One side goes on after what was taken for its end.
    pub fn resume(&mut self, from: Side) {
        match &mut self.dialogue {
            Dialogue::Http1(dialogue) => dialogue.resume(from),
            Dialogue::Http2(connection) => connection.resume(from),
            Dialogue::Over(_) | Dialogue::Closed => {}
        }
    }

    /// Nothing more will come: everything that waits is settled.
    pub fn finish(&mut self, end: Mark, why: Finish, out: &mut Vec<Exchange>) {
        let mut env = Env { context: &self.context, limits: &self.limits, notes: &mut self.notes, out };
        match &mut self.dialogue {
            Dialogue::Http1(dialogue) => dialogue.finish(end, why, &mut env),
            Dialogue::Http2(connection) => connection.finish(end, why, &mut env),
            Dialogue::Over(_) | Dialogue::Closed => {}
        }
    }

    /// What follows HTTP, once, after a CONNECT was granted or another protocol than `h2c` was
    /// agreed on. The conversation is over then.
    pub fn takeover(&mut self) -> Option<Takeover> {
        if !matches!(self.dialogue, Dialogue::Over(_)) {
            return None;
        }
        match std::mem::replace(&mut self.dialogue, Dialogue::Closed) {
            Dialogue::Over(takeover) => Some(*takeover),
            _ => None,
        }
    }

    /// Exchanges that are begun and not yet handed out.
    pub fn waiting(&self) -> usize {
        match &self.dialogue {
            Dialogue::Http1(dialogue) => dialogue.waiting(),
            Dialogue::Http2(connection) => connection.waiting(),
            Dialogue::Over(_) | Dialogue::Closed => 0,
        }
    }

    /// About how much memory the conversation holds, bytes: heads that wait, tables, and what is
    /// kept of bodies. It is for the caller to bound the sum over all connections.
    pub fn held_bytes(&self) -> usize {
        match &self.dialogue {
            Dialogue::Http1(dialogue) => dialogue.held_bytes(),
            Dialogue::Http2(connection) => connection.held_bytes(),
            Dialogue::Over(takeover) => takeover.client_bytes.len().saturating_add(takeover.server_bytes.len()),
            Dialogue::Closed => 0,
        }
    }

    /// What was left out or looked odd so far.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }
}

impl Takeover {
    /// Keeps bytes that come before the caller asked, up to a bound.
    fn keep(&mut self, from: Side, bytes: &[u8], mark: Mark, limit: usize) {
        let (kept, first) = match from {
            Side::Client => (&mut self.client_bytes, &mut self.client_mark),
            Side::Server => (&mut self.server_bytes, &mut self.server_mark),
        };
        let room = limit.saturating_sub(kept.len());
        kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        first.get_or_insert(mark);
    }
}
