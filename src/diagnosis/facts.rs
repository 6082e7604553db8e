//! What other exchanges of the same server show: bounded, per request origin and server host.
//!
//! Owns the table. Causes that need other exchanges ask it; nothing here judges.

use super::Judged;
use crate::exchange::Place;

/// The nearest passing exchange of the same page and server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Works {
    /// Method.
    pub method: String,
    /// URL, not masked.
    pub url: String,
    /// Where.
    pub place: Place,
}

/// Facts about servers, collected over all pairs, passing ones included.
#[derive(Debug, Clone, Default)]
pub struct ServerFacts {
    cap: usize,
    full: bool,
}

impl ServerFacts {
    /// An empty table for at most `cap` pairs of origin and host.
    pub fn new(cap: usize) -> Self {
        Self { cap, full: false }
    }

    /// Takes what one pair shows.
    pub fn observe(&mut self, judged: &Judged) {
        let _ = judged;
        self.full |= self.cap == 0;
    }

    /// Whether the bound was reached and facts were left out.
    pub fn is_full(&self) -> bool {
        self.full
    }
}
