//! TLS records of one connection to plaintext, given a key log.
//!
//! Owns records, handshake messages, key schedules, record protection and alerts of TLS 1.0 to
//! 1.3 as an onlooker sees them. Knows nothing of TCP, packets or HTTP: bytes of both directions
//! come in order, with holes announced, and leave as [`Event`]s.
//!
//! ```
//! use whycors::exchange::{Mark, Place, Side};
//! use whycors::tls::{Event, KeyLog, Limits, Session};
//!
//! let limits = Limits::default();
//! let keys = KeyLog::new(&limits);
//! let mut session = Session::new(&limits);
//! let mark = Mark { place: Place::Frame { input: 0, frame: 4, stream: 0 }, time: None };
//! let mut refused = None;
//! // A server that knows none of the offered versions answers with a clear alert.
//! session.data(Side::Server, &[21, 3, 1, 0, 2, 2, 70], mark, &keys, &mut |event| {
//!     if let Event::Alert { alert, .. } = event {
//!         refused = Some(alert.name());
//!     }
//! });
//! assert_eq!(refused, Some("protocol_version"));
//! ```

mod cbc;
mod hello;
mod kdf;
mod keylog;
mod limits;
mod protect;
mod session;
mod suite;

pub use keylog::{BrokenLines, KeyLog};
pub use limits::Limits;
pub use session::Session;

use crate::exchange::{Alert, Mark, Side};

/// What a [`Session`] learns, in the order of the capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// The client's first message was read.
    ClientHello {
        /// Server name (RFC 6066 §3), when the client sent one.
        server_name: Option<String>,
        /// Application protocols offered (RFC 7301), in order of preference.
        alpn: Vec<String>,
        /// The bytes that completed the message.
        mark: Mark,
    },
    /// The server chose version and cipher suite.
    ServerHello {
        /// Version chosen.
        version: Version,
        /// Cipher suite by its IANA name, or `unknown`.
        cipher: &'static str,
        /// Application protocol chosen. In TLS 1.3 it is encrypted: see [`Event::Alpn`].
        alpn: Option<String>,
        /// The bytes that completed the message.
        mark: Mark,
    },
    /// TLS 1.3: the application protocol the server chose, from its decrypted extensions.
    Alpn {
        /// Application protocol, e.g. `h2`.
        protocol: String,
        /// The bytes that completed the message.
        mark: Mark,
    },
    /// Application bytes of one record. Tag or MAC was verified.
    Plaintext {
        /// Who sent them.
        from: Side,
        /// The bytes, never empty.
        bytes: &'a [u8],
        /// The bytes that completed the record.
        mark: Mark,
    },
    /// Application bytes of this side are missing before whatever either sends next: a hole in the
    /// capture, or a record that failed authentication. The length is not known.
    Gap {
        /// Whose bytes.
        from: Side,
        /// Where reading went on.
        mark: Mark,
    },
    /// An alert, in clear or decrypted.
    Alert {
        /// Who sent it.
        from: Side,
        /// Fatal: the sender gave the connection up. In TLS 1.3 every alert but `close_notify`
        /// and `user_canceled` is, whatever its level byte says (RFC 8446 §6).
        fatal: bool,
        /// Its description.
        alert: Alert,
        /// The bytes that completed the record.
        mark: Mark,
    },
    /// Encrypted records came for which the key log has no secret yet. They are kept, up to
    /// `Limits::wait_bytes`, for [`Session::retry`]. Said once a session.
    NeedKeys,
    /// Nothing more will be read of this connection but alerts in clear. Said once a session.
    Stopped {
        /// Why.
        why: Stopped,
    },
}

/// Protocol version of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// TLS 1.0, RFC 2246.
    Tls10,
    /// TLS 1.1, RFC 4346.
    Tls11,
    /// TLS 1.2, RFC 5246.
    Tls12,
    /// TLS 1.3, RFC 8446.
    Tls13,
}

impl Version {
    /// Name for people: `TLS 1.3`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }

    fn from_number(number: u16) -> Option<Self> {
        match number {
            0x0301 => Some(Self::Tls10),
            0x0302 => Some(Self::Tls11),
            0x0303 => Some(Self::Tls12),
            0x0304 => Some(Self::Tls13),
            _ => None,
        }
    }
}

/// Why a connection stays closed from some point on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The key log has no secret for it.
    NoKeys,
    /// The capture began after the ClientHello, or lost it: no client random, no key.
    ClientHelloMissing,
    /// The capture lost the ServerHello: version, cipher suite and server random are unknown.
    ServerHelloMissing,
    /// A cipher suite this program does not open.
    UnsupportedCipher {
        /// IANA number.
        number: u16,
        /// IANA name, or `unknown`.
        name: &'static str,
    },
    /// A protocol version this program does not open.
    UnsupportedVersion {
        /// The number on the wire, e.g. 0x0300 for SSL 3.0.
        number: u16,
    },
    /// Record compression (RFC 3749) was negotiated.
    Compressed,
    /// After a hole no record could be opened with the next `Limits::resync_records`
    /// sequence numbers.
    LostSync,
    /// Records keep failing authentication: the keys are not of this connection, or its bytes
    /// are damaged.
    Undecryptable,
    /// The bytes are no TLS records.
    NotTls,
    /// A handshake message longer than `Limits::handshake_bytes`.
    HandshakeTooLong,
}

impl Stopped {
    /// Stable id, kebab-case.
    pub fn id(self) -> &'static str {
        match self {
            Self::NoKeys => "no-keys",
            Self::ClientHelloMissing => "client-hello-missing",
            Self::ServerHelloMissing => "server-hello-missing",
            Self::UnsupportedCipher { .. } => "unsupported-cipher",
            Self::UnsupportedVersion { .. } => "unsupported-version",
            Self::Compressed => "compressed",
            Self::LostSync => "lost-sync",
            Self::Undecryptable => "undecryptable",
            Self::NotTls => "not-tls",
            Self::HandshakeTooLong => "handshake-too-long",
        }
    }
}

/// Counters of one session: facts that are no events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notes {
    /// Records opened.
    pub opened: u64,
    /// Records whose tag, MAC or padding did not verify.
    pub failed: u64,
    /// Records passed over: rejected early data, or handshake records whose secret is not in the
    /// key log while that of the application data is.
    pub skipped: u64,
    /// Holes after which reading went on.
    pub resynchronised: u64,
    /// Bytes passed over while looking for a record after a hole.
    pub searched: u64,
    /// `Limits::wait_bytes` was reached while waiting for keys.
    pub wait_full: bool,
}

/// Whether bytes at the start of one direction look like TLS records; `None` while too few to say
/// (five bytes always suffice). True also in the middle of a connection, where a [`Session`] will
/// say [`Stopped::ClientHelloMissing`].
pub fn looks_like_tls(prefix: &[u8]) -> Option<bool> {
    let plausible = |(index, byte): (usize, &u8)| match index {
        0 => (20..=24).contains(byte),
        1 => *byte == 3,
        2 => *byte <= 4,
        3 => *byte <= 0x48,
        _ => true,
    };
    if !prefix.iter().take(5).enumerate().all(plausible) {
        return Some(false);
    }
    match prefix {
        [_, _, _, high, low, ..] => {
            let length = u16::from_be_bytes([*high, *low]);
            Some(length > 0 && usize::from(length) <= session::MAX_RECORD)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_recognised_by_its_record_header() {
        assert_eq!(looks_like_tls(&[]), None);
        assert_eq!(looks_like_tls(&[22]), None);
        assert_eq!(looks_like_tls(&[22, 3, 1, 2]), None);
        assert_eq!(looks_like_tls(&[22, 3, 1, 2, 0, 1]), Some(true));
        assert_eq!(looks_like_tls(&[23, 3, 3, 0, 30]), Some(true));
        assert_eq!(looks_like_tls(&[23, 3, 3, 0, 0]), Some(false));
        assert_eq!(looks_like_tls(&[22, 3, 3, 0x48, 1]), Some(false));
    }

    #[test]
    fn http_is_not_taken_for_tls() {
        assert_eq!(looks_like_tls(b"GET / HTTP/1.1"), Some(false));
        assert_eq!(looks_like_tls(b"PRI * HTTP/2.0"), Some(false));
        assert_eq!(looks_like_tls(&[0, 0, 18, 4, 0]), Some(false));
        assert_eq!(looks_like_tls(&[22, 2]), Some(false));
    }
}
