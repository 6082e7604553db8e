//! Counters of what was left out, repaired or not understood on a connection.
//!
//! Only counts; the caller adds them up and words the remarks.

/// What happened on a connection that no exchange tells. All are counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notes {
    /// Header lines that are not valid HTTP and were left out.
    pub dropped_lines: u64,
    /// Header lines continued on a second line (RFC 9112 §5.2), joined with a blank.
    pub folded_lines: u64,
    /// Responses of which the request was not seen; dropped.
    pub orphan_responses: u64,
    /// Requests that could not be read, or of which method or path was lost; dropped.
    pub unreadable_requests: u64,
    /// Times the next message had to be searched after a hole or after bytes that are not HTTP.
    pub resyncs: u64,
    /// Header fields lost with the beginning of an HPACK table.
    pub lost_fields: u64,
    /// Heads larger than `head_bytes`; their first lines were kept.
    pub oversized_heads: u64,
    /// Requests beyond `pipeline` waiting ones; not followed.
    pub beyond_pipeline: u64,
    /// Streams settled early because more than `h2_streams` were open.
    pub beyond_streams: u64,
    /// Times an HPACK table was asked to be larger than `hpack_table_bytes`.
    pub beyond_table: u64,
}

impl Notes {
    /// Adds the counts of another connection.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.dropped_lines, other.dropped_lines),
            (&mut self.folded_lines, other.folded_lines),
            (&mut self.orphan_responses, other.orphan_responses),
            (&mut self.unreadable_requests, other.unreadable_requests),
            (&mut self.resyncs, other.resyncs),
            (&mut self.lost_fields, other.lost_fields),
            (&mut self.oversized_heads, other.oversized_heads),
            (&mut self.beyond_pipeline, other.beyond_pipeline),
            (&mut self.beyond_streams, other.beyond_streams),
            (&mut self.beyond_table, other.beyond_table),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}
