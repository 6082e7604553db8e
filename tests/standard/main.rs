//! The Fetch Standard and pairing, against vectors.

#[path = "../exchanges/mod.rs"]
mod exchanges;
#[path = "../support/vectors.rs"]
mod vector_cases;

mod assignment;
mod bursts;
mod fetch_request;
mod fetch_standard;
mod pairing;
mod vectors;
