//! Remarks of readers: damage and facts about a capture that are no exchange.

use crate::exchange::Place;

/// One remark. Equal ids of one input are counted together by the reader that makes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Stable id, one of [`REMARKS`].
    pub id: &'static str,
    /// Index of the input.
    pub input: u32,
    /// How often.
    pub count: u64,
    /// One sentence without its full stop: what, where, what to do.
    pub text: String,
    /// First places, at most 16.
    pub places: Vec<Place>,
    /// Of `connections-failed`: what is at fault, where that decides what to ask for.
    pub fault: Option<ConnectionFault>,
}

/// What is at fault when connections fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionFault {
    /// The client does not trust the server's certificate.
    ServerCertificate,
}

/// Ids of reader remarks with what each means. Ids are public: they stand in the JSON schema.
pub const REMARKS: &[(&str, &str)] = &[
    ("file-truncated", "the file ends in the middle of something; everything before was read"),
    ("file-damaged", "bytes that make no sense were passed over"),
    ("entry-unreadable", "a HAR entry could not be read"),
    ("limit-reached", "a bound of this program was reached and something was left out"),
    ("sanitised-export", "cookies and authorization were removed from this HAR; their absence proves nothing"),
    ("only-preflights", "the file lists OPTIONS requests only: it was filtered before export"),
    ("no-preflights-by-nature", "this exporter never lists preflights, some not even failed requests"),
    ("secrets-inside", "the file holds cookies or tokens in clear"),
    ("connections-failed", "connections failed on which no request was ever readable; no CORS failure by themselves"),
    ("packets-cut", "the snapshot length cut packets short"),
    ("packets-damaged", "packets whose headers make no sense, that are empty, or that fit no connection"),
    ("link-unsupported", "packets of a link type that is not read"),
    ("fragments-dropped", "IP datagrams of which not all fragments are there"),
    ("gaps", "bytes of TCP streams are missing from the capture"),
    ("one-direction", "connections of which only one direction was captured"),
    ("after-reset", "connections that went on after a reset"),
    ("packets-not-read", "packets of a protocol or an encapsulation that is not read"),
    ("out-of-order-dropped", "holes were given up early, because the memory for what follows them was full"),
    ("flows-dropped", "more connections were open at once than are followed"),
    ("tls-closed", "TLS connections without keys"),
    ("tls-not-read", "TLS connections that cannot be opened for another reason than keys"),
    ("tls-records-failed", "TLS records whose authentication failed"),
    ("tls-keys-broken-lines", "lines of a key log that cannot be read"),
    ("quic-not-read", "HTTP/3 is not read"),
    ("http-repaired", "HTTP that is not valid: parts were left out"),
    ("http-orphans", "responses whose requests are not in the capture"),
    ("hpack-lost", "HTTP/2 header fields lost with the beginning of their connection"),
];
