//! The credentials mode: not on the wire, inferred from what was sent and what the browser did.
//!
//! Owns the inference and the words for its evidence. `Access-Control-Allow-Credentials: true` is
//! never evidence of the mode.

use super::{Passes, Preflight};
use crate::cors::{CorsRequest, cors_check};
use crate::exchange::{Exchange, FailureMark, NetError, NoResponse, Origin, Presence, Vantage};

/// A credentials mode as far as it matters to CORS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `include`.
    Include,
    /// `omit`, or `same-origin` on a cross-origin request: no credentials.
    NotInclude,
    /// Nothing tells.
    Unknown,
}

impl Mode {
    /// Stable id for JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::NotInclude => "not-include",
            Self::Unknown => "unknown",
        }
    }
}

/// The inferred mode with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The mode.
    pub mode: Mode,
    /// Whether the bytes prove it (a cookie), or the browser's behaviour suggests it.
    pub certain: bool,
    /// The evidence in words.
    pub because: &'static str,
}

impl Credentials {
    /// The evidence where the browser's refusal shows the mode.
    pub const REFUSED: &'static str = "the browser refused what passes without credentials and fails with them";

    /// The evidence where the browser's console names a rule that refuses in this mode alone.
    pub const CONSOLE: &'static str = "the browser's console says so";

    const fn new(mode: Mode, certain: bool, because: &'static str) -> Self {
        Self { mode, certain, because }
    }
}

/// Infers the mode of one request.
pub(super) fn infer(
    origin: &Origin,
    method: &str,
    unsafe_headers: &[String],
    preflight: Option<&Preflight>,
    actual: Option<&Exchange>,
) -> Credentials {
    if let Some(sent) = actual.and_then(|actual| sent_credentials(actual, preflight)) {
        return sent;
    }
    let by_preflight = preflight.and_then(Preflight::passes);
    let by_actual = actual.and_then(|actual| passes_actual(origin, method, unsafe_headers, actual));
    if let Some(actual) = actual {
        let was_sent = was_sent(actual);
        if was_sent && by_preflight.is_some_and(|passes| passes.without && !passes.with) {
            return Credentials::new(
                Mode::NotInclude,
                true,
                "the browser sent the request after a preflight that passes only without credentials",
            );
        }
        let failed = browser_says_blocked(actual);
        let hangs = |passes: Passes| passes.without && !passes.with;
        if failed {
            let preflight_hangs = !was_sent && by_preflight.is_some_and(hangs);
            let actual_hangs = by_actual.is_some_and(hangs) && by_preflight.is_none_or(|passes| passes.with);
            if preflight_hangs || actual_hangs {
                return Credentials::new(Mode::Include, false, Credentials::REFUSED);
            }
        } else if actual.recorder.marks_delivery && actual.note.error.is_none() && by_actual.is_some_and(hangs) {
            return Credentials::new(
                Mode::NotInclude,
                true,
                "the browser delivered an answer that fails with credentials",
            );
        }
    }
    Credentials::new(Mode::Unknown, false, "no cookie seen")
}

/// Whether the request surely went out, so that its preflight passed. Packets and proxies only have
/// what was sent; a browser's own file also lists what was not.
pub fn was_sent(actual: &Exchange) -> bool {
    actual.head().is_some() || actual.recorder.vantage != Vantage::Browser
}

/// Credentials on the request itself.
fn sent_credentials(actual: &Exchange, preflight: Option<&Preflight>) -> Option<Credentials> {
    let headers = &actual.request.headers;
    if headers.has("cookie") {
        return Some(Credentials::new(Mode::Include, true, "a cookie went out on the request"));
    }
    let asked = preflight.is_some_and(|preflight| preflight.names().iter().any(|name| name == "authorization"));
    let by_browser = headers.secret("authorization").is_some_and(|secret| {
        let scheme = secret.scheme.as_deref().unwrap_or_default();
        ["Basic", "Negotiate", "NTLM", "Digest"].iter().any(|known| known.eq_ignore_ascii_case(scheme))
    });
    if by_browser && preflight.is_some() && !asked {
        return Some(Credentials::new(
            Mode::Include,
            true,
            "the browser added Authorization, which the preflight did not name",
        ));
    }
    None
}

/// Whether the actual response passes in either mode; `None` when the capture hides what decides.
pub(super) fn passes_actual(origin: &Origin, method: &str, names: &[String], actual: &Exchange) -> Option<Passes> {
    let response = actual.head()?;
    if matches!(response.headers.presence("access-control-allow-origin"), Presence::Unknown | Presence::Redacted) {
        return None;
    }
    let check = |include_credentials| {
        let request = CorsRequest { origin, method, unsafe_headers: names, include_credentials };
        let steps = cors_check(&request, response);
        if steps.first_failure().is_some() { Some(false) } else { steps.passed().then_some(true) }
    };
    Some(Passes { without: check(false)?, with: check(true)? })
}

/// Whether this recorder says that the browser withheld the answer or never sent the request for a
/// reason that can be CORS.
pub(super) fn browser_says_blocked(actual: &Exchange) -> bool {
    if actual.recorder.vantage != Vantage::Browser {
        return false;
    }
    match actual.recorder.failure_mark {
        FailureMark::NetError => {
            actual.note.error.as_ref().is_some_and(|error| error.is_net(NetError::FAILED))
                || (actual.note.error.is_none() && matches!(actual.response, Err(NoResponse::Blocked)))
        }
        FailureMark::StatusOnly => matches!(actual.response, Err(NoResponse::Unrecorded | NoResponse::Blocked)),
        FailureMark::Text | FailureMark::None => false,
    }
}
