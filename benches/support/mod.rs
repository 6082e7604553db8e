//! What benches share: deterministic generators, and figures about a process.

pub mod har;
pub mod process;
