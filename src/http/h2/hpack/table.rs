//! The static and the dynamic table of HPACK (RFC 7541 §2.3 and Appendix A), for an onlooker.
//!
//! New entries stand at the front, so the position of every entry seen since the last loss is
//! certain, whatever was lost before and however much of that is still in the encoder's table.
//! What cannot be known is never guessed: it is a placeholder.
//!
//! Values of secret headers stand here as long as the connection lasts, since an index may stand
//! for them; only [`crate::exchange::Headers::push`] decides what of them is kept.

use std::collections::VecDeque;

/// What an entry costs beside its bytes (RFC 7541 §4.1).
const OVERHEAD: usize = 32;

/// The size of a table of which nothing was said (RFC 9113 §6.5.2).
pub(super) const INITIAL: usize = 4096;

/// A field of which parts may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Field<'a> {
    /// The name, in lower case as sent.
    pub(in crate::http) name: Option<&'a [u8]>,
    /// The value.
    pub(in crate::http) value: Option<&'a [u8]>,
}

/// The dynamic table.
#[derive(Debug)]
pub(super) struct Table {
    /// Newest first.
    entries: VecDeque<Entry>,
    /// What the entries cost; at most `max`.
    size: usize,
    max: usize,
    limit: usize,
}

#[derive(Debug)]
struct Entry {
    /// Name and value; empty for a placeholder.
    bytes: Box<[u8]>,
    name_len: Option<usize>,
    cost: usize,
}

impl Table {
    pub(super) fn new(limit: usize) -> Self {
        Self { entries: VecDeque::new(), size: 0, max: INITIAL.min(limit), limit }
    }

    /// Forgets everything: a header block was lost, so what is known may have moved. The size the
    /// encoder chose may have been said there, too; a table that is too large does no harm.
    pub(super) fn lose(&mut self) {
        self.entries.clear();
        self.size = 0;
        self.max = self.limit;
    }

    /// The encoder changes the size (RFC 7541 §6.3). `false`: to more than is kept here.
    pub(super) fn resize(&mut self, max: usize) -> bool {
        self.max = max.min(self.limit);
        self.evict(self.max);
        max <= self.limit
    }

    /// The encoder may use this size. Keeping more than it does is no harm, since it does not refer
    /// to what it has evicted.
    pub(super) fn allow(&mut self, max: usize) {
        self.max = self.max.max(max.min(self.limit));
    }

    /// Adds an entry (RFC 7541 §4.4).
    pub(super) fn insert(&mut self, field: Field<'_>) {
        let value = field.value.unwrap_or_default();
        let name = field.name.unwrap_or_default();
        // Without its name an entry is a placeholder. Its cost is then at least this.
        let cost = name.len().saturating_add(value.len()).saturating_add(OVERHEAD);
        self.evict(self.max.saturating_sub(cost));
        if cost > self.max {
            return;
        }
        let known = field.name.is_some() && field.value.is_some();
        let bytes = if known { [name, value].concat().into() } else { Box::default() };
        self.entries.push_front(Entry { bytes, name_len: known.then_some(name.len()), cost });
        self.size += cost;
    }

    fn evict(&mut self, room: usize) {
        while self.size > room {
            let Some(entry) = self.entries.pop_back() else { break };
            self.size = self.size.saturating_sub(entry.cost);
        }
    }

    /// What an index of either table stands for (RFC 7541 §2.3.3). `None`: index 0. An index
    /// beyond what was seen stands for something that was lost.
    pub(super) fn get(&self, index: usize) -> Option<Field<'_>> {
        let place = index.checked_sub(1)?;
        if let Some((name, value)) = STATIC.get(place) {
            return Some(Field { name: Some(name.as_bytes()), value: Some(value.as_bytes()) });
        }
        let entry = self.entries.get(place - STATIC.len());
        Some(match entry.and_then(|entry| entry.bytes.split_at_checked(entry.name_len?)) {
            Some((name, value)) => Field { name: Some(name), value: Some(value) },
            None => Field { name: None, value: None },
        })
    }

    /// What the entries cost.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// RFC 7541 Appendix A.
const STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];
