//! From a pair to an answer: verdict, root cause, evidence, fixes with proof, console sentences.
//!
//! Owns [`judge`] (Pair → verdict), the cause table, server facts and stacks, fixes, browser
//! messages and remarks. Renders nothing: `report` turns a [`Finding`] into its picture.

pub mod judge;

pub use judge::{Doubt, Failure, Judged, Verdict, judge};
