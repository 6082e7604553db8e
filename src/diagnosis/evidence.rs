//! Evidence: a place in the capture and the bytes that stand there.
//!
//! Owns the vocabulary and the quoting; what proves which cause is `cause`'s business.

use crate::exchange::Place;
use crate::secrets::Prose;

/// Which message (or event) a piece of evidence is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The preflight's request.
    PreflightRequest,
    /// The preflight's answer.
    PreflightResponse,
    /// The actual request.
    ActualRequest,
    /// Its answer.
    ActualResponse,
    /// A redirect on the way.
    RedirectResponse,
    /// The same request behind a proxy.
    InnerHop,
    /// Another exchange of the same server.
    OtherExchange,
    /// An event of the connection.
    Connection,
}

impl Side {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::PreflightRequest => "preflight-request",
            Self::PreflightResponse => "preflight-response",
            Self::ActualRequest => "actual-request",
            Self::ActualResponse => "actual-response",
            Self::RedirectResponse => "redirect-response",
            Self::InnerHop => "inner-hop",
            Self::OtherExchange => "other-exchange",
            Self::Connection => "connection",
        }
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Part of which message.
    pub side: Side,
    /// Where.
    pub place: Place,
    /// The bytes, quoted.
    pub what: Prose,
}
