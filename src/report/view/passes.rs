//! What the requests that passed show: the first few facts, each with its place.
//!
//! Owns shapes only, as they stand in JSON.

use super::Place;
use serde::{Deserialize, Serialize};

/// Facts about the pairs that passed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passes {
    /// Origins of the pages, the first eight.
    pub origins: Vec<String>,
    /// Origins of the servers, the first eight.
    pub servers: Vec<String>,
    /// Whether there are further origins or servers.
    pub more: bool,
    /// How often each status was answered, ascending; at most sixteen statuses.
    pub statuses: Vec<StatusCount>,
    /// The answer of the first preflight that let its request out.
    pub preflight: Option<Place>,
    /// The first preflight result that was used again.
    pub reused: Option<Reused>,
    /// The first request with credentials.
    pub credentials: Option<WithCredentials>,
    /// The first three HTTP errors: the page could read them.
    pub errors: Vec<ReadableError>,
}

/// How often a status was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCount {
    /// The status.
    pub status: u16,
    /// How often.
    pub count: u64,
}

/// A preflight result that another request used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reused {
    /// The preflight's answer.
    pub preflight: Place,
    /// How long the browser keeps it.
    pub seconds: u64,
    /// The request that had no preflight of its own.
    pub by: Place,
}

/// A request that passed with credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithCredentials {
    /// The evidence, in words.
    pub because: String,
    /// The request.
    pub place: Place,
}

/// An HTTP error that the page could read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadableError {
    /// The status.
    pub status: u16,
    /// Method of the request.
    pub method: String,
    /// Its URL, masked.
    pub url: String,
    /// The answer.
    pub place: Place,
}
