//! Server software recognised from response heads and error pages, layer by layer.
//!
//! Owns detection; the table of signatures stands in `stack/table.rs`.

/// A recognised layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackHit {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// The header line or the text it was recognised by.
    pub because: String,
}
