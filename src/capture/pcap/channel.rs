//! A byte stream of both directions, from its first bytes: what protocol it is, and what follows.
//!
//! Owns sniffing (PROXY protocol, TLS, HTTP/1, HTTP/2), again inside TLS and after a CONNECT, and
//! which side is the client: decided by who sends a request, not by who spoke first. Knows no
//! packets; frames are places to carry along.

use super::counts::{Counts, Loss};
use super::proxy_protocol::{Header, header};
use super::reassembly::{Both, Way};
use super::secure::Secure;
use super::wire::WIRE;
use crate::exchange::{Alert, Exchange, Mark, Side};
use crate::http::{self, Close, Context, Conversation, Finish, Protocol, Sniff, Successor};
use crate::tls::{self, KeyLog};
use std::net::SocketAddr;

/// What a dialogue may hold without being counted: a few heads and the tables of HTTP/2.
const ORDINARY_BYTES: usize = 16 << 10;

/// Most bytes of a direction that are kept while its protocol is not clear.
const UNDECIDED_BYTES: usize = 24 << 10;
/// Most separate pieces they are kept in, for the frame of each.
const UNDECIDED_PIECES: usize = 64;

/// Bounds on one channel, from the program-wide limits.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub(crate) http: http::Limits,
    pub(crate) tls: tls::Limits,
    /// How deep TLS and tunnels may nest.
    pub(crate) nesting: usize,
}

/// What a channel needs from outside, and where its results go.
pub(crate) struct Env<'a> {
    pub(crate) keys: &'a KeyLog,
    pub(crate) bounds: &'a Bounds,
    pub(crate) out: &'a mut Vec<Exchange>,
    pub(crate) counts: &'a mut Counts,
}

/// One byte stream of both directions.
#[derive(Debug)]
pub(crate) struct Channel {
    /// Socket addresses by the direction whose sender they are.
    senders: Both<SocketAddr>,
    client: Option<Way>,
    /// The client's address as a PROXY header gave it.
    real_client: Option<SocketAddr>,
    server_name: Option<String>,
    secure: bool,
    tunneled: bool,
    nesting: usize,
    /// The first byte of the stream is there.
    whole: bool,
    layer: Layer,
}

#[derive(Debug)]
enum Layer {
    /// Not clear yet; the bytes so far.
    Start(Box<Both<Undecided>>),
    Http(Box<Conversation>),
    Tls(Box<Secure>),
    /// Another protocol.
    Other,
}

#[derive(Debug, Default)]
struct Undecided {
    bytes: Vec<u8>,
    pieces: Vec<(usize, Mark)>,
}

/// What the first bytes of a direction say.
enum Verdict {
    NeedMore,
    Proxy(usize, Option<SocketAddr>),
    Tls { client: Option<Way> },
    Http { client: Option<Way>, protocol: Protocol },
    Other,
}

impl Channel {
    /// The stream of a TCP connection. `client` is who opened it, when that was seen; `whole`
    /// says that its first byte will come.
    pub(crate) fn new(senders: Both<SocketAddr>) -> Self {
        Self {
            senders,
            client: None,
            real_client: None,
            server_name: None,
            secure: false,
            tunneled: false,
            nesting: 0,
            whole: false,
            layer: Layer::start(),
        }
    }

    /// The stream inside a TLS session of this channel.
    pub(super) fn inside_tls(&self, client: Way) -> Self {
        Self {
            senders: self.senders,
            client: Some(client),
            real_client: self.real_client,
            server_name: self.server_name.clone(),
            secure: true,
            tunneled: self.tunneled,
            nesting: self.nesting + 1,
            whole: self.whole,
            layer: Layer::start(),
        }
    }

    /// Says who opened the connection, and that its first byte will come.
    pub(crate) fn opened_by(&mut self, way: Way) {
        if matches!(self.layer, Layer::Start(_)) {
            self.client = Some(way);
            self.whole = true;
        }
    }

    pub(super) fn set_server_name(&mut self, name: &str) {
        self.server_name = Some(name.to_owned());
    }

    /// The server's name, or its address when it has none here.
    pub(crate) fn server(&self) -> String {
        let inner = if let Layer::Tls(secure) = &self.layer { secure.server_name() } else { None };
        match inner.or(self.server_name.as_deref()) {
            Some(name) => name.to_owned(),
            None => self.address(Side::Server).to_string(),
        }
    }

    /// Who the client is: known, or guessed by the port that looks like a server's.
    pub(crate) fn client(&self) -> Way {
        self.client.unwrap_or_else(|| {
            let rank = |address: &SocketAddr| match address.port() {
                443 | 80 => 0,
                8443 | 8080 => 1,
                port => u32::from(port) + 2,
            };
            if rank(&self.senders.up) < rank(&self.senders.down) { Way::Down } else { Way::Up }
        })
    }

    fn address(&self, side: Side) -> SocketAddr {
        let client = self.client();
        *self.senders.of(if side == Side::Client { client } else { client.other() })
    }

    pub(super) fn side(&self, way: Way) -> Side {
        if way == self.client() { Side::Client } else { Side::Server }
    }

    pub(super) fn way(&self, side: Side) -> Way {
        if side == Side::Client { self.client() } else { self.client().other() }
    }

    /// Bytes held while the protocol is not clear, while keys are waited for, and for messages that
    /// are not over. What an ordinary dialogue needs is not counted.
    pub(crate) fn undecided_bytes(&self) -> usize {
        match &self.layer {
            Layer::Start(both) => both.up.bytes.len() + both.down.bytes.len(),
            Layer::Tls(secure) => secure.held_bytes(),
            Layer::Http(conversation) => conversation.held_bytes().saturating_sub(ORDINARY_BYTES),
            Layer::Other => 0,
        }
    }

    /// The TLS alert that ended this, with its sender, when nothing was ever read inside.
    pub(crate) fn alert(&self) -> Option<(Side, Alert)> {
        if let Layer::Tls(secure) = &self.layer { secure.alert() } else { None }
    }

    /// Whether TLS waits for keys that may still come.
    pub(crate) fn waits_for_keys(&self) -> bool {
        matches!(&self.layer, Layer::Tls(secure) if secure.waits_for_keys())
    }

    /// Whether this is a protocol that is not read.
    pub(crate) fn is_other(&self) -> bool {
        matches!(self.layer, Layer::Other)
    }

    /// The next bytes of a direction.
    pub(crate) fn data(&mut self, way: Way, bytes: &[u8], mark: Mark, env: &mut Env<'_>) {
        let side = self.side(way);
        match &mut self.layer {
            Layer::Start(_) => self.sniff(way, bytes, mark, env),
            Layer::Http(conversation) => {
                conversation.data(side, bytes, mark, env.out);
                self.follow_takeover(env);
            }
            Layer::Tls(secure) => secure.data(side, way, bytes, mark, env),
            Layer::Other => {}
        }
    }

    /// A hole in a direction.
    pub(crate) fn gap(&mut self, way: Way, missing: Option<u64>, mark: Mark, env: &mut Env<'_>) {
        let side = self.side(way);
        match &mut self.layer {
            Layer::Start(both) => {
                self.whole = false;
                *both.of_mut(way) = Undecided::default();
            }
            Layer::Http(conversation) => conversation.gap(side, missing, mark, env.out),
            Layer::Tls(secure) => secure.gap(side, missing, mark, env),
            Layer::Other => {}
        }
    }

    /// A direction ended.
    pub(crate) fn end(&mut self, way: Way, how: Close, mark: Mark, env: &mut Env<'_>) {
        let side = self.side(way);
        match &mut self.layer {
            Layer::Http(conversation) => conversation.close(side, how, mark, env.out),
            Layer::Tls(secure) => secure.end(way, how, mark, env),
            Layer::Start(_) | Layer::Other => {}
        }
    }

    /// A direction that seemed to have ended goes on.
    pub(crate) fn resume(&mut self, way: Way, mark: Mark, env: &mut Env<'_>) {
        let side = self.side(way);
        match &mut self.layer {
            Layer::Http(conversation) => conversation.resume(side),
            Layer::Tls(secure) => secure.resume(way, mark, env),
            Layer::Start(_) | Layer::Other => {}
        }
    }

    /// Keys may have come.
    pub(crate) fn retry_keys(&mut self, env: &mut Env<'_>) {
        if let Layer::Tls(secure) = &mut self.layer {
            secure.retry(env);
        }
    }

    /// No more keys will come for what waits.
    pub(crate) fn give_up_keys(&mut self, env: &mut Env<'_>) {
        if let Layer::Tls(secure) = &mut self.layer {
            secure.give_up(env);
        }
    }

    /// Nothing more will come.
    pub(crate) fn finish(&mut self, mark: Mark, why: Finish, env: &mut Env<'_>) {
        let name = self.server();
        match std::mem::replace(&mut self.layer, Layer::Other) {
            Layer::Http(mut conversation) => {
                conversation.finish(mark, why, env.out);
                env.counts.note_http(conversation.notes(), mark.place.input());
            }
            Layer::Tls(mut secure) => {
                secure.finish(&name, mark, why, env);
                // The alert is still to be asked for.
                self.layer = Layer::Tls(secure);
            }
            Layer::Start(_) | Layer::Other => {}
        }
    }

    /// After a CONNECT that was granted the bytes are another stream; after an upgrade they are
    /// none that is read.
    fn follow_takeover(&mut self, env: &mut Env<'_>) {
        let Layer::Http(conversation) = &mut self.layer else { return };
        let Some(takeover) = conversation.takeover() else { return };
        let mark = takeover.client_mark.or(takeover.server_mark);
        if let Some(mark) = mark {
            env.counts.note_http(conversation.notes(), mark.place.input());
        }
        self.nesting += 1;
        let Successor::Tunnel(authority) = takeover.into else {
            self.layer = Layer::Other;
            return;
        };
        let host = authority.rsplit_once(':').map_or(&*authority, |(host, _)| host);
        self.server_name = Some(host.to_owned());
        self.tunneled = true;
        self.whole = true;
        self.layer = Layer::start();
        for (side, bytes, mark) in [
            (Side::Client, takeover.client_bytes, takeover.client_mark),
            (Side::Server, takeover.server_bytes, takeover.server_mark),
        ] {
            if let Some(mark) = mark.filter(|_| !bytes.is_empty()) {
                self.data(self.way(side), &bytes, mark, env);
            }
        }
    }

    fn sniff(&mut self, way: Way, bytes: &[u8], mark: Mark, env: &mut Env<'_>) {
        if self.nesting > env.bounds.nesting {
            env.counts.lose(Loss::Nested, 0, mark.place);
            self.layer = Layer::Other;
            return;
        }
        let Layer::Start(both) = &mut self.layer else { return };
        let mut held = std::mem::take(both.of_mut(way));
        // The usual case: the first segment decides, and nothing is copied.
        let verdict = if held.bytes.is_empty() {
            self.recognise(way, bytes)
        } else {
            // What was held may be a keep-alive probe or the rest of a message whose start is missing.
            match self.recognise(way, bytes) {
                clear @ (Verdict::Http { .. } | Verdict::Tls { .. } | Verdict::Proxy(..)) if !self.whole => {
                    held = Undecided::default();
                    clear
                }
                _ => {
                    held.keep(bytes, mark);
                    self.recognise(way, &held.bytes)
                }
            }
        };
        match verdict {
            Verdict::NeedMore => {
                if held.bytes.is_empty() {
                    held.keep(bytes, mark);
                }
                if held.bytes.len() > UNDECIDED_BYTES {
                    self.pass_over();
                } else if let Layer::Start(both) = &mut self.layer {
                    *both.of_mut(way) = held;
                }
            }
            Verdict::Other => self.pass_over(),
            Verdict::Proxy(length, client) => {
                self.real_client = client.or(self.real_client);
                self.tunneled = true;
                self.client = Some(way);
                self.replay(way, held, length, bytes, mark, env);
            }
            Verdict::Tls { client } => {
                self.client = client.or(self.client);
                self.layer = Layer::Tls(Box::new(Secure::new(self, &env.bounds.tls)));
                self.replay(way, held, 0, bytes, mark, env);
            }
            Verdict::Http { client, protocol } => {
                self.client = client.or(self.client);
                let context = Context {
                    client: Some(self.real_client.unwrap_or_else(|| self.address(Side::Client))),
                    server: Some(self.address(Side::Server)),
                    tls: self.secure,
                    server_name: self.server_name.clone(),
                    tunneled: self.tunneled,
                    recorder: &WIRE,
                };
                let mut conversation = Conversation::new(context, protocol, &env.bounds.http);
                if !self.whole {
                    conversation.begins_late(self.side(way));
                }
                self.layer = Layer::Http(Box::new(conversation));
                self.replay(way, held, 0, bytes, mark, env);
            }
        }
    }

    /// Hands what was held back, without its first `skip` bytes, to the layer that is clear now.
    fn replay(&mut self, way: Way, held: Undecided, skip: usize, bytes: &[u8], mark: Mark, env: &mut Env<'_>) {
        if held.bytes.is_empty() {
            let rest = bytes.get(skip..).unwrap_or_default();
            if !rest.is_empty() {
                self.data(way, rest, mark, env);
            }
            return;
        }
        let mut at = 0_usize;
        for (len, mark) in held.pieces {
            let piece = held.bytes.get(at.max(skip).min(at + len)..at + len).unwrap_or_default();
            at += len;
            if !piece.is_empty() {
                self.data(way, piece, mark, env);
            }
        }
    }

    /// Bytes that are none of the protocols read. In the middle of a connection a message may
    /// begin with any later segment; from the start on they say that this is another protocol.
    fn pass_over(&mut self) {
        if self.whole {
            self.layer = Layer::Other;
        }
    }

    fn recognise(&self, way: Way, bytes: &[u8]) -> Verdict {
        let may_be_proxy = !self.secure && !self.tunneled && self.client.is_none_or(|client| client == way);
        if may_be_proxy {
            match header(bytes) {
                Header::Present(length, client) => return Verdict::Proxy(length, client),
                Header::NeedMore => return Verdict::NeedMore,
                Header::None => {}
            }
        }
        let http = http::sniff(bytes);
        match http {
            Sniff::Http1Request => return Verdict::Http { client: Some(way), protocol: Protocol::Http1 },
            Sniff::Http1Response => return Verdict::Http { client: Some(way.other()), protocol: Protocol::Http1 },
            Sniff::Http2Preface => return Verdict::Http { client: Some(way), protocol: Protocol::Http2 },
            Sniff::NeedMore | Sniff::Http2Frames | Sniff::Other => {}
        }
        match tls::looks_like_tls(bytes) {
            Some(true) => {
                // The type of a handshake message is its first byte: 1 and 2 are the hellos.
                let client = match (bytes.first(), bytes.get(5)) {
                    (Some(22), Some(1)) => Some(way),
                    (Some(22), Some(2)) => Some(way.other()),
                    _ => None,
                };
                return Verdict::Tls { client };
            }
            None => return Verdict::NeedMore,
            Some(false) => {}
        }
        match http {
            Sniff::Http2Frames => Verdict::Http { client: None, protocol: Protocol::Http2 },
            Sniff::NeedMore => Verdict::NeedMore,
            _ => Verdict::Other,
        }
    }
}

impl Layer {
    fn start() -> Self {
        Self::Start(Box::default())
    }
}

impl Undecided {
    fn keep(&mut self, bytes: &[u8], mark: Mark) {
        self.bytes.extend_from_slice(bytes);
        let full = self.pieces.len() >= UNDECIDED_PIECES;
        match self.pieces.last_mut() {
            Some((len, _)) if full => *len += bytes.len(),
            _ => self.pieces.push((bytes.len(), mark)),
        }
    }
}
