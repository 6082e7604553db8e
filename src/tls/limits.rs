//! The bounds of this module. Filled from the program-wide limits by `capture`, so that `tls`
//! itself depends on nothing to its right.

/// Bounds on what the bytes of one connection, and a key log, may cost. Reaching one shows in
/// [`Notes`](super::Notes), [`Stopped`](super::Stopped) or
/// [`KeyLog::over_limit`](super::KeyLog::over_limit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes kept while keys may still come.
    pub wait_bytes: usize,
    /// Longest handshake message that is read (ClientHello, ServerHello, EncryptedExtensions).
    pub handshake_bytes: usize,
    /// Record sequence numbers tried after a hole.
    pub resync_records: u64,
    /// Secrets kept from key logs.
    pub keylog_secrets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { wait_bytes: 256 << 10, handshake_bytes: 64 << 10, resync_records: 256, keylog_secrets: 1 << 19 }
    }
}
