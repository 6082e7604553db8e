//! Packet captures to exchanges: files, links, IP, TCP, and the streams' protocols.

#![allow(dead_code, reason = "the flow table that uses these layers follows")]

mod defrag;
mod flows;
mod framing;
mod ip;
mod link;
pub mod reassembly;
