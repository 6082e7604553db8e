//! Any file to exchanges: sniffing, decompression, HAR and packet readers, limits and remarks.
//!
//! Owns the boundary between readers and analysis: [`har::read`], [`pcap::read`] and the [`Sink`] they feed. Knows
//! nothing of CORS.

pub mod har;
pub mod input;
mod limits;
pub mod pcap;
mod remark;

pub use input::{Opened, ReadError, Source, open};
pub use limits::Limits;
pub use remark::{ConnectionFault, REMARKS, Remark};

use crate::exchange::Exchange;
use std::ops::ControlFlow;

/// Takes what a reader finds, in batches. Packet exchanges come in the order of the frame that
/// completed the response head, HAR entries by index; pairing relies on neither.
pub trait Sink {
    /// A batch of exchanges; `Break` stops the reader.
    fn exchanges(&mut self, batch: Vec<Exchange>) -> ControlFlow<()>;
    /// Damage or a fact about the capture; the reader goes on.
    fn remark(&mut self, remark: Remark);
    /// Bytes of the current input read so far, and its size when known.
    fn progress(&mut self, progress: Progress);
}

/// How far reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Index of the input being read.
    pub input: u32,
    /// Bytes read of it (compressed bytes for compressed files).
    pub read: u64,
    /// Its size, when known.
    pub size: Option<u64>,
}

/// What kind of file an input turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// HTTP Archive.
    Har,
    /// Classic libpcap.
    Pcap,
    /// pcapng.
    Pcapng,
}

impl InputKind {
    /// Stable id for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Har => "har",
            Self::Pcap => "pcap",
            Self::Pcapng => "pcapng",
        }
    }
}

/// Why a HAR gave no exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyHar {
    /// Its list of entries is empty.
    NoEntries,
    /// It ends before its first whole entry.
    CutOff,
    /// So many entries are there, and none could be read.
    Unreadable(u64),
}

/// What was learnt of one input, once it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InputSummary {
    /// Path as given, `-` for standard input.
    pub path: String,
    /// Kind, when it was recognised.
    pub kind: Option<InputKind>,
    /// Id of the dialect (HAR), see [`crate::exchange::Recorder`].
    pub dialect: Option<&'static str>,
    /// The dialect and its version for people: `Chrome DevTools`, `Firefox 153.0`.
    pub recorder: Option<String>,
    /// Exchanges read.
    pub exchanges: u64,
    /// Of a HAR without any: why.
    pub empty: Option<EmptyHar>,
    /// Packets read (packet captures).
    pub packets: u64,
    /// TLS connections that stayed closed for lack of keys, by server name, with their count.
    pub closed_tls: Vec<(String, u64)>,
    /// QUIC connections by server name (or address), with their count.
    pub quic: Vec<(String, u64)>,
}
