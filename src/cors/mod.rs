//! The Fetch Standard's CORS protocol, and only it: pure functions over one request and one
//! response, written step by step.
//!
//! Owns the rules (which step failed and what each engine calls it), the checks, the safelists,
//! the preflight cache's arithmetic and the redirect step. Knows no capture, no pair, no cause and
//! no clock. Section and step numbers are those of
//! [whatwg/fetch 586cd2a](https://fetch.spec.whatwg.org/commit-snapshots/586cd2a/) (2026-07-02).

mod cache;
mod check;
mod extract;
mod mode;
mod preflight;
mod profile;
mod redirect;
mod rule;
mod safelist;
mod steps;

pub use cache::{Coverage, covers, max_age};
pub use check::cors_check;
pub use extract::{Extracted, extract_list, extract_list_of};
pub use mode::{Mode, Tainting, response_tainting};
pub use preflight::{authorization_covered_by_wildcard, preflight_check};
pub use profile::Engine;
pub use redirect::{Hop, NextHop, RedirectError, next_hop};
pub use rule::Rule;
pub use safelist::{
    access_control_request_headers, is_forbidden_method, is_forbidden_request_header, is_safelisted_method,
    is_safelisted_request_header, lower_case, needs_preflight, normalize_method, unsafe_request_header_names,
    unsafe_request_header_names_in,
};
pub use steps::{StepOutcome, StepResult, Steps};

use crate::exchange::Origin;

/// Which response of a CORS request a rule refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The answer to the CORS-preflight request.
    Preflight,
    /// The answer to the request itself (or to its last hop).
    Actual,
    /// A redirect response on the way.
    Redirect,
}

impl Stage {
    /// Stable id: `preflight`, `actual`, `redirect`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Actual => "actual",
            Self::Redirect => "redirect",
        }
    }
}

/// What the checks need to know of the request that the page made.
#[derive(Debug, Clone, Copy)]
pub struct CorsRequest<'a> {
    /// The byte-serialised request origin, as the `Origin` header carries it; may be `null`.
    pub origin: &'a Origin,
    /// The method of the **actual** request, as sent (a preflight's
    /// `Access-Control-Request-Method`).
    pub method: &'a str,
    /// CORS-unsafe request-header names: lower case, sorted, unique.
    pub unsafe_headers: &'a [String],
    /// Whether the request's credentials mode is `include`.
    pub include_credentials: bool,
}
