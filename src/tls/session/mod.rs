//! One connection: both directions, their keys and what waits for keys.
//!
//! Owns order: bytes that cannot be read yet wait in the order in which they came, and are read
//! in that order once the message or the key they wait for is there. [`records`] reads records
//! and handshake messages, [`opening`] finds the key of a record, [`direction`] finds record
//! boundaries.

mod direction;
mod opening;
mod records;

use super::keylog::Label;
use super::suite::Suite;
use super::{Event, KeyLog, Limits, Notes, Stopped, Version};
use crate::exchange::{Alert, Mark, Side};
use direction::Direction;
use std::collections::VecDeque;
use std::mem;

/// Longest record payload: 2^14 bytes and the expansion of RFC 5246 §6.2.3.
pub(super) const MAX_RECORD: usize = (1 << 14) + 2048;

/// What a waiting chunk costs besides its bytes.
const WAITING_OVERHEAD: usize = size_of::<Waiting>();

/// The TLS layer of one connection, read by an onlooker with a key log.
#[derive(Debug)]
pub struct Session {
    limits: Limits,
    client: Direction,
    server: Direction,
    client_random: Option<[u8; 32]>,
    server_random: Option<[u8; 32]>,
    version: Option<Version>,
    suite: Option<Suite>,
    encrypt_then_mac: bool,
    early: Early,
    alpn: Option<String>,
    /// What cannot be read yet, in order of arrival. Only of sides that are blocked.
    waiting: VecDeque<Waiting>,
    /// Cost of `waiting` in bytes.
    waiting_bytes: usize,
    need_keys_said: bool,
    stopped: Option<Stopped>,
    notes: Notes,
    /// Copies of records on which several sequence numbers are tried.
    scratch: Vec<u8>,
}

/// What became of early data (RFC 8446 §4.2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Early {
    NotOffered,
    Offered,
    Accepted,
    Rejected,
}

/// What a side waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blocked {
    ClientHello,
    ServerHello,
    /// Whether the server takes early data.
    EarlyDecision,
    /// A secret; what the log held when it was last looked for.
    Keys {
        generation: u64,
    },
}

/// A piece of input that waits.
#[derive(Debug)]
struct Waiting {
    from: Side,
    mark: Mark,
    what: What,
}

#[derive(Debug)]
enum What {
    Bytes(Vec<u8>),
    Gap(Option<u64>),
}

impl Waiting {
    fn cost(&self) -> usize {
        WAITING_OVERHEAD
            + match &self.what {
                What::Bytes(bytes) => bytes.len(),
                What::Gap(_) => 0,
            }
    }
}

/// Where events go.
type Out<'o> = &'o mut dyn FnMut(Event<'_>);

impl Session {
    /// A connection of which nothing was seen yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: *limits,
            client: Direction::default(),
            server: Direction::default(),
            client_random: None,
            server_random: None,
            version: None,
            suite: None,
            encrypt_then_mac: false,
            early: Early::NotOffered,
            alpn: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            need_keys_said: false,
            stopped: None,
            notes: Notes::default(),
            scratch: Vec::new(),
        }
    }

    /// Takes the next bytes of one direction. `mark` is where they came from; events of records
    /// that these bytes complete carry it.
    pub fn data(&mut self, from: Side, bytes: &[u8], mark: Mark, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        if bytes.is_empty() {
            return;
        }
        if self.stopped.is_some() {
            clear_alerts(from, bytes, mark, out);
        } else if self.side(from).blocked.is_some() {
            self.wait(Waiting { from, mark, what: What::Bytes(bytes.to_vec()) }, out);
            self.settle(keys, out);
        } else {
            if let Some(rest) = self.read(from, bytes, mark, keys, out) {
                self.wait(Waiting { from, mark, what: What::Bytes(rest) }, out);
            }
            self.settle(keys, out);
        }
    }

    /// Says that the capture lost bytes of one direction: how many, when known.
    pub fn gap(&mut self, from: Side, missing: Option<u64>, mark: Mark, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        if self.stopped.is_some() || missing == Some(0) {
            return;
        }
        if self.side(from).blocked.is_some() {
            self.wait(Waiting { from, mark, what: What::Gap(missing) }, out);
        } else {
            self.hole(from, missing, out);
        }
        self.settle(keys, out);
    }

    /// Looks again for the keys of what waits; cheap when nothing waits or the log did not change.
    pub fn retry(&mut self, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        self.settle(keys, out);
    }

    /// The connection or the capture ended, or no more keys will come: what still waits is given
    /// up, with [`Event::Stopped`].
    pub fn finish(&mut self, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        self.settle(keys, out);
        let blocked = self.client.blocked.or(self.server.blocked);
        if let Some(blocked) = blocked {
            self.stop(blocked.reason(), out);
        } else if self.notes.failed > 0 && self.notes.opened == 0 {
            self.stop(Stopped::Undecryptable, out);
        } else if self.version != Some(Version::Tls10) && (self.client.is_lost() || self.server.is_lost()) {
            // In TLS 1.0 the record behind a hole is only good for the next one's initialization vector.
            self.stop(Stopped::LostSync, out);
        }
        self.client.free();
        self.server.free();
    }

    /// Whether bytes wait for a message or a key, so that [`Session::retry`] may help.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Bytes of memory held by this session: waiting ciphertext and unfinished records.
    pub fn held_bytes(&self) -> usize {
        self.waiting_bytes + self.client.held_bytes() + self.server.held_bytes() + self.scratch.capacity()
    }

    /// Application protocol chosen, once it is known.
    pub fn alpn(&self) -> Option<&str> {
        self.alpn.as_deref()
    }

    /// Why reading stopped, when it did.
    pub fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// Counters.
    pub fn notes(&self) -> Notes {
        self.notes
    }

    /// Whether the log has keys by now for what was given up because too many bytes waited.
    pub fn keys_came_late(&self, keys: &KeyLog) -> bool {
        self.notes.wait_full && (self.has_key(Side::Client, keys) || self.has_key(Side::Server, keys))
    }

    fn side(&self, side: Side) -> &Direction {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut Direction {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// Keeps a piece of input for later, or gives up when there is too much of it.
    fn wait(&mut self, piece: Waiting, out: Out<'_>) {
        if self.stopped.is_some() {
            return;
        }
        self.waiting_bytes = self.waiting_bytes.saturating_add(piece.cost());
        let from = piece.from;
        self.waiting.push_back(piece);
        if self.waiting_bytes > self.limits.wait_bytes {
            self.notes.wait_full = true;
            let reason = self.side(from).blocked.map_or(Stopped::NoKeys, Blocked::reason);
            self.stop(reason, out);
        }
    }

    /// Whether this side waits for something that is there by now.
    fn may_go_on(&self, side: Side, keys: &KeyLog) -> bool {
        match self.side(side).blocked {
            None => false,
            Some(Blocked::ClientHello) => self.client_random.is_some(),
            Some(Blocked::ServerHello) => self.version.is_some(),
            Some(Blocked::EarlyDecision) => self.early != Early::Offered,
            Some(Blocked::Keys { generation }) => generation != keys.generation() && self.has_key(side, keys),
        }
    }

    fn has_key(&self, side: Side, keys: &KeyLog) -> bool {
        let Some(random) = &self.client_random else { return false };
        let labels: &[Label] = match (self.version, side) {
            (Some(Version::Tls13), Side::Client) => &[Label::ClientHandshakeTraffic, Label::ClientTraffic0],
            (Some(Version::Tls13), Side::Server) => &[Label::ServerHandshakeTraffic, Label::ServerTraffic0],
            _ => &[Label::ClientRandom],
        };
        labels.iter().any(|label| keys.secret(*label, random).is_some())
    }

    /// Reads what waits as far as it can be read by now, oldest first.
    fn settle(&mut self, keys: &KeyLog, out: Out<'_>) {
        while self.stopped.is_none() && (self.may_go_on(Side::Client, keys) || self.may_go_on(Side::Server, keys)) {
            let mut queue = mem::take(&mut self.waiting);
            let mut kept = VecDeque::new();
            while let Some(piece) = queue.pop_front() {
                let from = piece.from;
                if self.may_go_on(from, keys) {
                    self.side_mut(from).blocked = None;
                }
                if self.side(from).blocked.is_some() {
                    kept.push_back(piece);
                    continue;
                }
                self.waiting_bytes = self.waiting_bytes.saturating_sub(piece.cost());
                let mark = piece.mark;
                match piece.what {
                    What::Gap(missing) => self.hole(from, missing, out),
                    What::Bytes(bytes) => {
                        if let Some(rest) = self.read(from, &bytes, mark, keys, out) {
                            let rest = Waiting { from, mark, what: What::Bytes(rest) };
                            self.waiting_bytes = self.waiting_bytes.saturating_add(rest.cost());
                            queue.push_front(rest);
                        }
                    }
                }
                if self.stopped.is_some() {
                    return;
                }
                if self.may_go_on(from.other(), keys) {
                    // What the other side has waiting is older than the rest of the queue.
                    break;
                }
            }
            kept.append(&mut queue);
            self.waiting = kept;
            // A side whose last piece was read is free; one without pieces was blocked by nothing.
            for side in [Side::Client, Side::Server] {
                if self.may_go_on(side, keys) && self.waiting.iter().all(|piece| piece.from != side) {
                    self.side_mut(side).blocked = None;
                }
            }
        }
    }

    /// Ends reading. What waits is only searched for alerts in clear.
    fn stop(&mut self, why: Stopped, out: Out<'_>) {
        if self.stopped.is_some() {
            return;
        }
        self.stopped = Some(why);
        out(Event::Stopped { why });
        for piece in mem::take(&mut self.waiting) {
            if let What::Bytes(bytes) = &piece.what {
                clear_alerts(piece.from, bytes, piece.mark, out);
            }
        }
        self.waiting_bytes = 0;
        self.client = Direction::default();
        self.server = Direction::default();
        self.scratch = Vec::new();
    }
}

impl Blocked {
    /// What to say when it never comes.
    fn reason(self) -> Stopped {
        match self {
            Self::ClientHello => Stopped::ClientHelloMissing,
            Self::ServerHello => Stopped::ServerHelloMissing,
            Self::EarlyDecision | Self::Keys { .. } => Stopped::NoKeys,
        }
    }
}

/// Alerts in clear at either end of a piece of a connection that cannot be read: a protected one
/// is longer than two bytes.
fn clear_alerts(from: Side, bytes: &[u8], mark: Mark, out: Out<'_>) {
    let mut say = |record: &[u8]| match record {
        [super::protect::ALERT, 3, 0..=4, 0, 2, level @ (1 | 2), code, ..] => {
            out(Event::Alert { from, fatal: *level == 2, alert: Alert(*code), mark });
            true
        }
        _ => false,
    };
    if !say(bytes) && bytes.len() > 7 {
        say(bytes.get(bytes.len() - 7..).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests;
