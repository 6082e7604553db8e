//! Every bound on what hostile input may cost, by name.

/// Bounds on memory and work. Exceeding one is a remark, never silence and never a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest message head (request or status line and headers), bytes.
    pub head_bytes: usize,
    /// Body text kept of preflights and failing responses, bytes after decoding.
    pub excerpt_bytes: usize,
    /// Payload bytes in one batch of packets.
    pub batch_bytes: usize,
    /// Out-of-order bytes stored per TCP direction.
    pub out_of_order_bytes: usize,
    /// Out-of-order bytes stored over all connections.
    pub out_of_order_total: usize,
    /// Open TCP connections tracked at once.
    pub flows: usize,
    /// Idle time after which a connection is dropped, in seconds of capture time.
    pub flow_idle_seconds: u32,
    /// IP datagrams being reassembled at once.
    pub fragments: usize,
    /// Seconds of capture time a fragment waits.
    pub fragment_seconds: u32,
    /// TLS bytes kept per connection while keys may still come.
    pub tls_wait_bytes: usize,
    /// Longest TLS handshake message that is read (ClientHello, ServerHello, EncryptedExtensions).
    pub tls_handshake_bytes: usize,
    /// Record sequence numbers tried after a hole in a TLS stream.
    pub tls_resync_records: u64,
    /// TLS secrets kept from key logs.
    pub keylog_secrets: usize,
    /// Bytes of TLS waiting for keys and of streams whose protocol is not clear yet, over all
    /// connections.
    pub unfinished_total: usize,
    /// Largest packet, and largest pcapng block that is read.
    pub packet_bytes: usize,
    /// Interfaces in one pcapng section.
    pub interfaces: usize,
    /// How deep tunnels (IP in IP, GRE, VXLAN; CONNECT, TLS) may nest.
    pub tunnel_depth: usize,
    /// HTTP/2 streams open at once per connection.
    pub h2_streams: usize,
    /// HPACK dynamic table, bytes.
    pub hpack_table_bytes: usize,
    /// Requests waiting for their response on one HTTP/1 connection.
    pub pipeline: usize,
    /// Largest HAR entry after elision of long strings, bytes.
    pub har_entry_bytes: usize,
    /// Longest header value or URL of a HAR kept whole, bytes.
    pub har_string_bytes: usize,
    /// Pages of a HAR whose titles are remembered.
    pub har_pages: usize,
    /// JSON nesting.
    pub json_depth: usize,
    /// Decompressed bytes per compressed byte.
    pub inflate_ratio: u64,
    /// Largest zstd window taken; `zstd` without `--long` or `--ultra` stays at 8 MiB.
    pub zstd_window_bytes: u64,
    /// Exchanges waiting for their partner in pairing.
    pub waiting: usize,
    /// Memory those exchanges may hold, bytes.
    pub waiting_bytes: usize,
    /// Seconds of capture time a preflight or request waits for its partner.
    pub horizon_seconds: u32,
    /// Servers of which facts are remembered.
    pub server_facts: usize,
    /// Findings kept.
    pub findings: usize,
    /// Failing findings of one page and server, alike in method, status and rule, that are kept whole.
    pub alike_failing: usize,
    /// Requests of one page to one server, open only because packets do not show the credentials mode
    /// or the side in front of a proxy, that are kept whole.
    pub alike_open: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 256 << 10,
            excerpt_bytes: 4 << 10,
            batch_bytes: 1 << 20,
            out_of_order_bytes: 1 << 20,
            out_of_order_total: 32 << 20,
            flows: 65_536,
            flow_idle_seconds: 900,
            fragments: 1024,
            fragment_seconds: 30,
            tls_wait_bytes: 256 << 10,
            tls_handshake_bytes: 64 << 10,
            tls_resync_records: 256,
            keylog_secrets: 1 << 19,
            unfinished_total: 32 << 20,
            packet_bytes: 16 << 20,
            interfaces: 4096,
            tunnel_depth: 8,
            h2_streams: 1024,
            hpack_table_bytes: 64 << 10,
            pipeline: 256,
            har_entry_bytes: 4 << 20,
            har_string_bytes: 64 << 10,
            har_pages: 10_000,
            json_depth: 128,
            inflate_ratio: 2000,
            zstd_window_bytes: 16 << 20,
            waiting: 65_536,
            waiting_bytes: 32 << 20,
            horizon_seconds: 30,
            server_facts: 4096,
            findings: 200_000,
            alike_failing: 10_000,
            alike_open: 100,
        }
    }
}

impl From<&Limits> for crate::http::Limits {
    fn from(limits: &Limits) -> Self {
        Self {
            head_bytes: limits.head_bytes,
            excerpt_bytes: limits.excerpt_bytes,
            h2_streams: limits.h2_streams,
            hpack_table_bytes: limits.hpack_table_bytes,
            pipeline: limits.pipeline,
        }
    }
}

impl From<&Limits> for crate::tls::Limits {
    fn from(limits: &Limits) -> Self {
        Self {
            wait_bytes: limits.tls_wait_bytes,
            handshake_bytes: limits.tls_handshake_bytes,
            resync_records: limits.tls_resync_records,
            keylog_secrets: limits.keylog_secrets,
        }
    }
}
