//! How a connection began, went and ended, and what of it the capture lacks.
//!
//! Owns the facts of one connection, and how one failed on which no request was readable. Words for that are
//! written in `counts`.

use crate::capture::pcap::channel::Channel;
use crate::capture::pcap::counts::Failure;
use crate::capture::pcap::reassembly::{Both, Way};
use crate::exchange::{CaptureTime, Mark, SILENCE, Side};

/// How a connection began, went and ended.
#[derive(Debug)]
pub(super) struct ConnectionFacts {
    pub(super) first: Mark,
    pub(super) last: Mark,
    pub(super) opener: Option<Way>,
    /// When the last SYN without ACK was sent.
    pub(super) last_syn: Option<CaptureTime>,
    pub(super) accepted: bool,
    pub(super) seen: Both<bool>,
    /// It acknowledged something, so that the other side sent something.
    pub(super) acknowledged: Both<bool>,
    /// Bytes of it are missing.
    pub(super) lost: Both<bool>,
    pub(super) spoke: Both<bool>,
    pub(super) fin: Both<bool>,
    pub(super) first_fin: Option<Way>,
    pub(super) reset_by: Option<Way>,
    pub(super) exchanges: u64,
}

impl ConnectionFacts {
    pub(super) fn new(mark: Mark) -> Self {
        Self {
            first: mark,
            last: mark,
            opener: None,
            last_syn: None,
            accepted: false,
            seen: Both::default(),
            acknowledged: Both::default(),
            lost: Both::default(),
            spoke: Both::default(),
            fin: Both::default(),
            first_fin: None,
            reset_by: None,
            exchanges: 0,
        }
    }

    /// The direction of which nothing was captured although the other side acknowledges what it sent.
    pub(super) fn unseen(&self) -> Option<Way> {
        let way = match (self.seen.up, self.seen.down) {
            (true, false) => Way::Down,
            (false, true) => Way::Up,
            _ => return None,
        };
        self.acknowledged.of(way.other()).then_some(way)
    }

    /// Whether something of that direction is missing for certain: not one of the last packets of a capture.
    pub(super) fn lacks(&self, unseen: Way) -> bool {
        *self.lost.of(unseen) || self.opener.is_some() || self.exchanges > 0
    }

    pub(super) fn is_two_sided(&self) -> bool {
        self.seen.up && self.seen.down
    }

    /// How the connection failed, when no request was ever readable on it.
    pub(super) fn failure(&self, channel: &Channel, end: Mark) -> Option<Failure> {
        if self.exchanges > 0 {
            return None;
        }
        if let Some((from, alert)) = channel.alert() {
            return Some(match from {
                Side::Client if alert.is_about_certificate() => Failure::Distrust(alert),
                Side::Server if alert.is_about_certificate() => Failure::ClientCertificate(alert),
                _ => Failure::Alert(alert),
            });
        }
        // Without its beginning nothing is known of what went before.
        let client = self.opener?;
        let server = client.other();
        if self.reset_by == Some(server) && !self.accepted && !*self.spoke.of(server) {
            return Some(Failure::Refused);
        }
        if !*self.seen.of(server) {
            if *self.acknowledged.of(client) {
                return None;
            }
            // An end that has its answer sends no second SYN.
            let repeated = waited(self.last_syn, self.first.time);
            let alone = waited(end.time, self.first.time).then_some(Failure::Unheard);
            return if repeated { Some(Failure::Unanswered) } else { alone };
        }
        if *self.spoke.of(server) || !*self.spoke.of(client) || channel.is_other() {
            return None;
        }
        if self.reset_by == Some(server) {
            Some(Failure::Reset)
        } else if self.first_fin == Some(server) {
            Some(Failure::Closed)
        } else {
            let gave_up = self.first_fin == Some(client) || self.reset_by == Some(client);
            (gave_up && waited(self.last.time, self.first.time)).then_some(Failure::Silent)
        }
    }
}

/// Whether silence lasted long enough to be one.
fn waited(end: Option<CaptureTime>, start: Option<CaptureTime>) -> bool {
    matches!((end, start), (Some(end), Some(start)) if end.since(start) >= SILENCE)
}
