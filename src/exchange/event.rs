//! What a connection or a capture did to an exchange beyond its messages, as facts.
//!
//! Owns the kinds of events and TLS alerts. Words for them are written where findings are made;
//! whether an event explains a failure is judged there, too.

use super::{Place, Side};
use std::time::Duration;

/// Silence after which a missing answer is called one.
pub const SILENCE: Duration = Duration::from_secs(1);

/// One event with the packet that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub what: What,
    /// The packet, when there is one.
    pub place: Option<Place>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// One side ended the connection or the stream.
    Ended {
        /// Who.
        by: Side,
        /// How.
        how: End,
        /// Time since the request began.
        waited: Option<Duration>,
        /// What was under way.
        during: Part,
    },
    /// The capture is over.
    CaptureEnds {
        /// Time since the request began.
        waited: Option<Duration>,
        /// What was under way.
        during: Part,
    },
    /// The connection was not followed any longer.
    NotFollowed {
        /// Time since the request began.
        waited: Option<Duration>,
        /// What was under way.
        during: Part,
    },
    /// More streams are open than are followed.
    TooManyStreams,
    /// Bytes are missing where the response would stand; 0 when it is not known how many.
    ResponseMissing {
        /// Bytes missing.
        bytes: u64,
    },
    /// The status is in a header table whose beginning was not captured.
    StatusLost,
    /// What the server sent is not HTTP.
    NotHttp {
        /// Its first bytes.
        starts: Box<[u8]>,
    },
    /// The response head has two lines of this name that differ, which no browser takes.
    LinesContradict {
        /// The header.
        name: &'static str,
    },
    /// A value of the response head holds a NUL, which no browser takes.
    NulInHead,
    /// One browser takes the response head and another does not.
    HeadDisputed,
    /// The server pushed it (RFC 9113, section 8.4).
    Pushed,
    /// Bytes of the body are missing from the capture.
    BodyHole,
    /// The chunked coding of the body is broken (RFC 9112, section 7.1).
    BadChunks,
    /// Lines of a head are not HTTP and were left out.
    LinesLeftOut {
        /// Of which message.
        of: Message,
        /// How many.
        lines: u64,
    },
    /// A head is larger than what is read of one.
    HeadTooLarge {
        /// Of which message.
        of: Message,
    },
    /// Bytes of a head are missing from the capture.
    HeadHole {
        /// Of which message.
        of: Message,
    },
}

/// How a connection or a stream was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// TCP FIN, or TLS `close_notify`.
    Fin,
    /// TCP RST.
    Reset,
    /// A TLS alert.
    Alert(Alert),
    /// HTTP/2 RST_STREAM, with the name of its error code.
    StreamReset(&'static str),
    /// HTTP/2 GOAWAY without this stream, with the name of its error code.
    GoAway(&'static str),
}

/// The part of an exchange that was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The request was sent and nothing of an answer had come.
    Waiting,
    /// Some of the response head was there.
    ResponseHead,
    /// Some of the body may have been there.
    Body,
}

/// A request or a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// The request.
    Request,
    /// The response.
    Response,
}

/// A TLS alert by its description code (RFC 8446, section 6, RFC 5246, section 7.2, and IANA's registry).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alert(pub u8);

impl Alert {
    /// The connection is closed in order.
    pub const CLOSE_NOTIFY: Self = Self(0);

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "close_notify",
            10 => "unexpected_message",
            20 => "bad_record_mac",
            21 => "decryption_failed",
            22 => "record_overflow",
            30 => "decompression_failure",
            40 => "handshake_failure",
            41 => "no_certificate",
            42 => "bad_certificate",
            43 => "unsupported_certificate",
            44 => "certificate_revoked",
            45 => "certificate_expired",
            46 => "certificate_unknown",
            47 => "illegal_parameter",
            48 => "unknown_ca",
            49 => "access_denied",
            50 => "decode_error",
            51 => "decrypt_error",
            60 => "export_restriction",
            70 => "protocol_version",
            71 => "insufficient_security",
            80 => "internal_error",
            86 => "inappropriate_fallback",
            90 => "user_canceled",
            100 => "no_renegotiation",
            109 => "missing_extension",
            110 => "unsupported_extension",
            111 => "certificate_unobtainable",
            112 => "unrecognized_name",
            113 => "bad_certificate_status_response",
            114 => "bad_certificate_hash_value",
            115 => "unknown_psk_identity",
            116 => "certificate_required",
            120 => "no_application_protocol",
            121 => "ech_required",
            _ => "unknown_alert",
        }
    }

    /// Whether the sender does not accept the other side's certificate, or misses one. `no_certificate`
    /// of SSL 3.0 speaks of the sender's own.
    pub fn is_about_certificate(self) -> bool {
        matches!(self.0, 42..=46 | 48 | 111 | 113 | 114 | 116)
    }
}

impl What {
    /// The side that ended it, how, and after how long.
    pub fn ended(&self) -> Option<(Side, End, Option<Duration>)> {
        match self {
            Self::Ended { by, how, waited, .. } => Some((*by, *how, *waited)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_on_certificates_are_told_from_others() {
        for alert in [42, 46, 48, 116] {
            assert!(Alert(alert).is_about_certificate(), "{}", Alert(alert).name());
        }
        for alert in [0, 40, 41, 70, 80, 112, 120] {
            assert!(!Alert(alert).is_about_certificate(), "{}", Alert(alert).name());
        }
        assert_eq!(Alert(254).name(), "unknown_alert");
    }
}
