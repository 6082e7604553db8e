//! The bounds of this module. Filled from the program-wide limits by `capture`, so that `http`
//! itself depends on nothing to its right.

/// Bounds on what the bytes of one connection may cost. Reaching one is counted in
/// [`Notes`](super::Notes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest message head, bytes: start line and header lines (HTTP/1), header block and decoded
    /// header list (HTTP/2).
    pub head_bytes: usize,
    /// Body text kept of preflights and failing responses, bytes after decoding.
    pub excerpt_bytes: usize,
    /// HTTP/2 streams open at once.
    pub h2_streams: usize,
    /// HPACK dynamic table, bytes as RFC 7541 §4.1 counts them.
    pub hpack_table_bytes: usize,
    /// HTTP/1 requests waiting for their response.
    pub pipeline: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 256 << 10,
            excerpt_bytes: 4 << 10,
            h2_streams: 1024,
            hpack_table_bytes: 64 << 10,
            pipeline: 256,
        }
    }
}
