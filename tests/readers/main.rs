//! From bytes to exchanges: HAR dialects, packets, TLS, limits, hostile input, redaction.

#[path = "../har_support/mod.rs"]
mod har_support;
#[path = "../support/synthetic.rs"]
mod synthetic;
#[path = "../support/packets.rs"]
mod wire_packets;

mod encapsulations;
mod har_dialects;
mod har_reader;
mod heads;
mod hostile;
mod limits;
mod message_counts;
mod packets;
mod reassembly;
mod redact;
mod robustness;
mod taps;
mod threads;
mod tls_matrix;
mod tls_sessions;
