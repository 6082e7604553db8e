//! How far a body goes (RFC 9112 §6.3).

use super::head::{Facts, Length};
use super::matching::Kind;
use super::reader::Cut;

/// How the body after a head is delimited (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// No body.
    None,
    /// This many bytes.
    Length(u64),
    /// Chunks.
    Chunked,
    /// All bytes until the connection is closed.
    UntilClose,
    /// Unknown: the next start line has to be searched.
    Unknown,
}

/// The body of a request. Where what the head says makes no sense, the next request has to be
/// looked for.
pub(super) fn of_request(facts: &Facts) -> Framing {
    match (facts.transfer, facts.length) {
        (Some(true), _) => Framing::Chunked,
        (Some(false), _) | (None, Length::Invalid) => Framing::Unknown,
        (None, Length::Bytes(length)) => Framing::Length(length),
        (None, Length::Absent) => Framing::None,
    }
}

/// The body of a response to a request of this kind.
pub(super) fn of_response(kind: &Kind, status: u16, facts: &Facts, cut: Cut) -> Framing {
    if matches!(kind, Kind::Head) || matches!(status, 204 | 304) {
        return Framing::None;
    }
    match (facts.transfer, facts.length) {
        (Some(true), _) => Framing::Chunked,
        (None, Length::Bytes(length)) => Framing::Length(length),
        // The lines that say so may be among those that are not there.
        (_, Length::Invalid) | (None, Length::Absent) if cut != Cut::Whole => Framing::Unknown,
        _ => Framing::UntilClose,
    }
}
