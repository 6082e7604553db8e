//! One direction of a connection: its bytes, record boundaries, read key and sequence number.

use super::super::hello::Assembler;
use super::super::keylog::Secret;
use super::super::protect::{Header, Opener};
use super::{Blocked, MAX_RECORD};

/// Capacity kept when the buffer runs empty; more would add up over many idle connections.
const IDLE_CAPACITY: usize = 512;

/// A record that is shorter than this costs more in its header than in its payload; the shortest
/// protected record there is.
const SHORTEST_RECORD: u64 = 22;

#[derive(Debug, Default)]
pub(super) struct Direction {
    /// Bytes of records that are not complete.
    pub(super) buffer: Vec<u8>,
    pub(super) stage: Stage,
    pub(super) opener: Option<Opener>,
    /// The application traffic secret in use, from which the next one follows.
    pub(super) secret: Option<Secret>,
    /// Sequence number of the next record.
    pub(super) sequence: u64,
    pub(super) assembler: Assembler,
    pub(super) blocked: Option<Blocked>,
    pub(super) sync: Sync,
    /// A record was read.
    pub(super) began: bool,
    /// Records may be missing before the next one: this many sequence numbers are worth a try.
    pub(super) uncertain: u64,
    /// Application bytes are missing before the next ones.
    pub(super) gap_pending: bool,
    /// Records that failed in a row.
    pub(super) failures: u32,
}

/// Which keys a direction is at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// No protection.
    #[default]
    Clear,
    /// TLS 1.3 early data.
    Early,
    /// TLS 1.3 handshake traffic keys.
    Handshake,
    /// Application traffic keys; all keys before TLS 1.3.
    Application,
}

/// Where the next record begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sync {
    /// At the start of the buffer.
    #[default]
    Aligned,
    /// After this many bytes, the rest of a record that has a hole.
    Skip(usize),
    /// Somewhere: so many bytes were passed over, so many places tried.
    Search { passed: usize, tried: u32 },
}

impl Direction {
    /// Whether several records were found behind a hole and none of them could be opened.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.sync, Sync::Search { tried: 2.., .. })
    }

    /// Bytes were lost: works out where the next record begins. Returns the content length of a
    /// handshake record that is lost, when it is one whose end is known.
    pub(super) fn hole(&mut self, missing: Option<u64>) -> Lost {
        let window = missing.map_or(u64::MAX, |missing| missing / SHORTEST_RECORD + 2);
        self.uncertain = self.uncertain.saturating_add(window);
        self.gap_pending = true;
        if let Some(opener) = &mut self.opener {
            opener.interrupted();
        }
        let missing = missing.and_then(|missing| usize::try_from(missing).ok());
        let buffered = std::mem::take(&mut self.buffer);
        match (self.sync, missing) {
            (Sync::Skip(rest), Some(missing)) if missing <= rest => {
                self.sync = Sync::Skip(rest - missing);
                return Lost::AlreadyCounted;
            }
            (Sync::Aligned, Some(missing)) => {
                if let Some(header) = header_at(&buffered) {
                    let rest = (5 + header.len()).saturating_sub(buffered.len());
                    if missing <= rest {
                        self.sync = Sync::Skip(rest - missing);
                        return Lost::Record(header);
                    }
                }
            }
            _ => {}
        }
        self.sync = Sync::Search { passed: 0, tried: 0 };
        Lost::Unknown
    }

    /// Gives memory back when the buffer is empty.
    pub(super) fn tidy(&mut self) {
        if self.buffer.is_empty() && self.buffer.capacity() > IDLE_CAPACITY {
            self.buffer = Vec::new();
        }
    }

    /// Gives all memory back; nothing more will be read.
    pub(super) fn free(&mut self) {
        self.buffer = Vec::new();
        self.opener = None;
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.buffer.capacity() + self.assembler.held_bytes()
    }
}

/// What a hole swallowed.
pub(super) enum Lost {
    /// One record, whose header is known.
    Record(Header),
    /// More of a record that is lost already.
    AlreadyCounted,
    /// Nobody knows.
    Unknown,
}

/// The record header at the start of `bytes`, when it is a plausible one.
pub(super) fn header_at(bytes: &[u8]) -> Option<Header> {
    let header = Header(*bytes.first_chunk()?);
    is_plausible(header).then_some(header)
}

fn is_plausible(header: Header) -> bool {
    matches!(header.0, [20..=24, 3, 0..=4, ..]) && header.len() <= MAX_RECORD
}

/// Offset of the first place at which a record may begin: a plausible header that is followed by
/// another one, by the end of the bytes, or by bytes yet to come. `bytes.len()` when there is none.
pub(super) fn find_record(bytes: &[u8]) -> usize {
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| rest.iter().position(|byte| (20..=24).contains(byte))) {
        let at = from + found;
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(header) = rest.first_chunk().map(|header| Header(*header)) else {
            // A header may be cut here.
            return if is_prefix(rest) { at } else { bytes.len() };
        };
        // Empty records and versions that no record carries are too likely to be chance.
        if is_plausible(header) && header.len() > 0 && (1..=3).contains(&header.0[2]) {
            let next = rest.get(5 + header.len()..).unwrap_or_default();
            if is_prefix(next) {
                return at;
            }
        }
        from = at + 1;
    }
    bytes.len()
}

/// Whether a header may begin with, or be, the first of these bytes.
fn is_prefix(bytes: &[u8]) -> bool {
    bytes.iter().zip([20..=24, 3..=3, 0..=4, 0..=0x48]).all(|(byte, range)| range.contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_found_after_bytes_of_another() {
        let record = [23, 3, 3, 0, 2, 7, 7];
        let noise = [1, 22, 3, 9, 23, 0, 23, 3, 3, 0, 1, 5, 5];
        let bytes = [&noise[..], &record, &record].concat();
        assert_eq!(find_record(&bytes), noise.len());
        assert_eq!(find_record(&noise), noise.len());
        // The start of a header at the end is kept.
        assert_eq!(find_record(&[9, 9, 23, 3]), 2);
    }

    #[test]
    fn a_hole_within_one_record_leaves_its_end_known() {
        let mut direction = Direction { buffer: vec![23, 3, 3, 0, 100, 1, 2, 3], ..Direction::default() };
        assert!(matches!(direction.hole(Some(50)), Lost::Record(_)));
        assert_eq!(direction.sync, Sync::Skip(47));
        assert!(matches!(direction.hole(Some(47)), Lost::AlreadyCounted));
        assert_eq!(direction.sync, Sync::Skip(0));
        assert!(matches!(direction.hole(Some(1)), Lost::Unknown));
        assert!(matches!(direction.sync, Sync::Search { .. }));
    }
}
