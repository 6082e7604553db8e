//! What the reader hands to the shards: one window of the capture and what to do with its packets.
//!
//! Owns the memory of a batch, which is used again for the next one. Packets stay where the file
//! was read to; only datagrams put together from fragments are copied.

use super::flows::{Departure, Route, SHARDS};
use super::reassembly::{Both, Segment, Way};
use crate::exchange::{CaptureTime, Mark, Place};
use std::net::SocketAddr;

const SYN: u8 = 1;
const ACK: u8 = 2;
const FIN: u8 = 4;
const RST: u8 = 8;
const UP: u8 = 16;
const COPIED: u8 = 32;
const NO_TIME: i64 = i64::MIN;

/// One thing for a shard to do.
#[derive(Debug)]
pub(crate) enum Op {
    /// A new connection.
    Open { slot: u32, senders: Box<Both<SocketAddr>>, mark: Mark },
    /// A packet of a connection.
    Packet(Packet),
    /// A connection leaves the table.
    Leave { slot: u32, time: Option<CaptureTime> },
}

/// A TCP segment whose payload stands in the batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packet {
    pub(crate) slot: u32,
    stream: u32,
    input: u32,
    seq: u32,
    ack: u32,
    at: u32,
    len: u32,
    cut: u32,
    frame: u64,
    nanos: i64,
    flags: u8,
}

/// The header fields of a segment that matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TcpHeader {
    pub(crate) source: u16,
    pub(crate) destination: u16,
    pub(crate) seq: u32,
    pub(crate) ack: u32,
    pub(crate) flags: u8,
    pub(crate) length: usize,
}

impl TcpHeader {
    /// Reads a TCP header (RFC 9293 §3.1). Options may be cut off.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let fixed: &[u8; 20] = bytes.first_chunk()?;
        let [s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, flags, ..] = *fixed;
        let length = usize::from(offset >> 4) * 4;
        (length >= 20).then_some(Self {
            source: u16::from_be_bytes([s0, s1]),
            destination: u16::from_be_bytes([d0, d1]),
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: u32::from_be_bytes([a0, a1, a2, a3]),
            flags,
            length,
        })
    }

    pub(crate) fn syn(&self) -> bool {
        self.flags & 0x02 != 0
    }

    pub(crate) fn ack(&self) -> bool {
        self.flags & 0x10 != 0
    }

    pub(crate) fn fin(&self) -> bool {
        self.flags & 0x01 != 0
    }

    pub(crate) fn rst(&self) -> bool {
        self.flags & 0x04 != 0
    }
}

/// Where a segment's payload is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payload {
    pub(crate) at: usize,
    pub(crate) len: usize,
    /// Bytes that the snapshot length cut off.
    pub(crate) cut: u32,
    /// It stands among the copied datagrams, not in the window.
    pub(crate) copied: bool,
}

/// A packet on its way through the layers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) input: u32,
    pub(crate) number: u64,
    pub(crate) time: Option<CaptureTime>,
}

impl Frame {
    /// Where it stands, as a packet of this stream.
    pub(crate) fn mark(self, stream: u32) -> Mark {
        Mark { place: Place::Frame { input: self.input, frame: self.number, stream }, time: self.time }
    }

    /// Where it stands, before its stream is known.
    pub(crate) fn place(self) -> Place {
        self.mark(0).place
    }
}

/// One window of a capture.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Bytes of the file.
    pub(crate) window: Vec<u8>,
    /// Datagrams put together from fragments.
    pub(crate) copied: Vec<u8>,
    /// What each shard has to do, in the order of the capture.
    pub(crate) bins: Vec<Vec<Op>>,
    /// Key logs found in the file.
    pub(crate) keys: Vec<Vec<u8>>,
    /// More keys may follow in this capture.
    pub(crate) keys_may_follow: bool,
    /// The capture ends with this batch; what comes next is another one.
    pub(crate) ends_capture: bool,
    /// Latest capture time so far.
    pub(crate) clock: Option<CaptureTime>,
}

impl Batch {
    pub(crate) fn new() -> Self {
        Self {
            window: Vec::new(),
            copied: Vec::new(),
            bins: (0..SHARDS).map(|_| Vec::new()).collect(),
            keys: Vec::new(),
            keys_may_follow: false,
            ends_capture: false,
            clock: None,
        }
    }

    /// Forgets the content and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.window.clear();
        self.copied.clear();
        self.keys.clear();
        self.ends_capture = false;
        for bin in &mut self.bins {
            bin.clear();
        }
    }

    pub(crate) fn leave(&mut self, departure: Departure, time: Option<CaptureTime>) {
        if let Some(bin) = self.bins.get_mut(departure.shard) {
            bin.push(Op::Leave { slot: departure.slot, time });
        }
    }

    pub(crate) fn open(&mut self, route: Route, senders: Both<SocketAddr>, mark: Mark) {
        if let Some(bin) = self.bins.get_mut(route.shard) {
            bin.push(Op::Open { slot: route.slot, senders: Box::new(senders), mark });
        }
    }

    pub(crate) fn packet(&mut self, route: Route, way: Way, tcp: &TcpHeader, payload: Payload, frame: Frame) {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = flag(tcp.syn(), SYN)
            | flag(tcp.ack(), ACK)
            | flag(tcp.fin(), FIN)
            | flag(tcp.rst(), RST)
            | flag(way == Way::Up, UP)
            | flag(payload.copied, COPIED);
        let (Ok(at), Ok(len)) = (u32::try_from(payload.at), u32::try_from(payload.len)) else { return };
        let nanos = frame.time.map_or(NO_TIME, CaptureTime::nanos);
        let packet = Packet {
            slot: route.slot,
            stream: route.stream,
            input: frame.input,
            seq: tcp.seq,
            ack: tcp.ack,
            at,
            len,
            cut: payload.cut,
            frame: frame.number,
            nanos,
            flags,
        };
        if let Some(bin) = self.bins.get_mut(route.shard) {
            bin.push(Op::Packet(packet));
        }
    }
}

impl Packet {
    pub(crate) fn way(&self) -> Way {
        if self.flags & UP == 0 { Way::Down } else { Way::Up }
    }

    /// The segment with its payload.
    pub(crate) fn segment<'a>(&self, batch: &'a Batch) -> Segment<'a> {
        let bytes = if self.flags & COPIED == 0 { &batch.window } else { &batch.copied };
        let at = self.at as usize;
        let time = (self.nanos != NO_TIME).then(|| CaptureTime::from_nanos(self.nanos));
        Segment {
            seq: self.seq,
            ack: (self.flags & ACK != 0).then_some(self.ack),
            syn: self.flags & SYN != 0,
            fin: self.flags & FIN != 0,
            rst: self.flags & RST != 0,
            payload: bytes.get(at..at + self.len as usize).unwrap_or_default(),
            cut: self.cut,
            mark: Mark { place: Place::Frame { input: self.input, frame: self.frame, stream: self.stream }, time },
        }
    }
}
