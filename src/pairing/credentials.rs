//! The credentials mode: not on the wire, inferred from what was sent and what the browser did.
//!
//! Owns the inference and the words for its evidence. `Access-Control-Allow-Credentials: true` is
//! never evidence of the mode.

use super::clients::chromium_version;
use super::memory::leads_to_credentials;
use super::{Passes, Preflight};
use crate::cors::{CorsRequest, cors_check};
use crate::exchange::{
    Exchange, FailureMark, NetError, NoResponse, Origin, OriginParts, Presence, RecorderError, ResponseHead, Vantage,
};

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

    /// The evidence where a preflight passes without credentials alone and nothing came after it.
    pub const NOT_FOLLOWED: &'static str =
        "no request followed a preflight that passes without credentials and fails with them";

    const UNKNOWN: Self = Self::new(Mode::Unknown, false, "no cookie seen");

    /// The evidence where the browser's console names a rule that refuses in this mode alone.
    pub const CONSOLE: &'static str = "the browser's console says so";

    const fn new(mode: Mode, certain: bool, because: &'static str) -> Self {
        Self { mode, certain, because }
    }
}

/// What the mode of one request is inferred from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) origin: &'a Origin,
    pub(super) method: &'a str,
    pub(super) unsafe_headers: &'a [String],
    pub(super) preflight: Option<&'a Preflight>,
    pub(super) actual: Option<&'a Exchange>,
    /// The answer to the request that the browser judged.
    pub(super) answer: Option<&'a ResponseHead>,
    /// No request followed the preflight, in a capture that would have it.
    pub(super) nothing_followed: bool,
}

/// Infers the mode of one request.
pub(super) fn infer(asked: &Asked<'_>) -> Credentials {
    let Asked { preflight, actual, .. } = *asked;
    if let Some(sent) = actual.and_then(|actual| sent_credentials(actual, preflight)) {
        return sent;
    }
    let hangs = |passes: Passes| passes.without && !passes.with;
    let by_preflight = preflight.and_then(Preflight::passes);
    let Some(actual) = actual else {
        return if asked.nothing_followed && by_preflight.is_some_and(hangs) {
            Credentials::new(Mode::Include, false, Credentials::NOT_FOLLOWED)
        } else {
            Credentials::UNKNOWN
        };
    };
    let was_sent = preflight.map_or_else(|| was_sent(actual), |preflight| was_accepted(preflight, actual));
    if was_sent && by_preflight.is_some_and(hangs) {
        return Credentials::new(
            Mode::NotInclude,
            true,
            "the browser sent the request after a preflight that passes only without credentials",
        );
    }
    // What is refused for where it leads says nothing of the mode.
    let by_actual = if leads_to_credentials(actual) { None } else { passes_actual(asked) };
    if browser_says_blocked(actual) {
        // DevTools does not record the refused answer of a worker's request: that may have been it.
        let hidden = actual.note.outside_pages && actual.head().is_none();
        let preflight_hangs = !was_sent && !hidden && by_preflight.is_some_and(hangs);
        let actual_hangs = by_actual.is_some_and(hangs) && by_preflight.is_none_or(|passes| passes.with);
        if preflight_hangs || actual_hangs {
            return Credentials::new(Mode::Include, false, Credentials::REFUSED);
        }
    } else if actual.recorder.marks_delivery && actual.note.error.is_none() && by_actual.is_some_and(hangs) {
        return Credentials::new(Mode::NotInclude, true, "the browser delivered an answer that fails with credentials");
    }
    Credentials::UNKNOWN
}

/// Whether the request surely went out, so that its preflight passed. Packets and proxies only have
/// what was sent; a browser's own file, and what speaks a browser's language of errors, also lists
/// what was not.
pub(super) fn was_sent(actual: &Exchange) -> bool {
    let by_browser = actual.recorder.vantage == Vantage::Browser
        || actual.note.error.as_ref().is_some_and(RecorderError::is_of_browser);
    actual.head().is_some() || !by_browser
}

/// Whether the browser accepted a preflight: its request surely went out, or, the preflight being
/// answered, shows an error that only a request can meet which went out.
pub fn was_accepted(preflight: &Preflight, actual: &Exchange) -> bool {
    let error = actual.note.error.as_ref().and_then(RecorderError::net);
    let answered = preflight.exchange().head().is_some();
    was_sent(actual) || (answered && error.is_some_and(NetError::speaks_of_network))
}

/// The mode that a request shows by itself.
pub(super) fn shown_mode(actual: &Exchange) -> Mode {
    sent_credentials(actual, None).map_or(Mode::Unknown, |sent| sent.mode)
}

/// Credentials on the request itself.
fn sent_credentials(actual: &Exchange, preflight: Option<&Preflight>) -> Option<Credentials> {
    let headers = &actual.request.headers;
    if headers.has("cookie") {
        return Some(Credentials::new(Mode::Include, true, "a cookie went out on the request"));
    }
    if headers.has("sec-fetch-storage-access") {
        let because = "Chrome sends Sec-Fetch-Storage-Access with requests that include credentials";
        return Some(Credentials::new(Mode::Include, true, because));
    }
    if is_font(actual) {
        return Some(Credentials::new(
            Mode::NotInclude,
            true,
            "fonts are asked for without credentials of other sites",
        ));
    }
    if actual.note.resource_type.as_deref() == Some("ping") {
        return Some(Credentials::new(Mode::Include, true, "beacons are sent with credentials"));
    }
    if storage_access_would_show(actual) {
        let because = "Chrome sends Sec-Fetch-Storage-Access with requests that include credentials, and it is absent";
        return Some(Credentials::new(Mode::NotInclude, true, because));
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

fn is_font(actual: &Exchange) -> bool {
    actual.note.resource_type.as_deref() == Some("font")
        || actual.request.headers.get("sec-fetch-dest").as_deref() == Some(b"font")
}

/// Whether `Sec-Fetch-Storage-Access` would stand in this list if credentials were included: Chromium 133 and
/// later sends it with them on requests to other sites over https.
fn storage_access_would_show(actual: &Exchange) -> bool {
    const SINCE: u32 = 133;
    let headers = &actual.request.headers;
    let is = |name: &str, expected: &str| headers.get_str(name).as_deref() == Some(expected);
    let host = |url: &str| OriginParts::of(url).map(|parts| parts.host);
    // What costs least is asked first: this is asked of every request.
    !headers.is_incomplete()
        && actual.request.url.starts_with("https:")
        && is("sec-fetch-site", "cross-site")
        && is("sec-fetch-mode", "cors")
        && headers.presence("sec-fetch-storage-access") == Presence::Absent
        && chromium_version(actual).is_some_and(|version| version >= SINCE)
        && headers
            .get_str("origin")
            .and_then(|origin| Some((host(&origin)?, host(&actual.request.url)?)))
            .is_some_and(|(origin, target)| !may_be_one_site(&origin, &target))
}

/// Whether two hosts share their last two labels: nothing here knows public suffixes, so more pairs than are.
fn may_be_one_site(left: &str, right: &str) -> bool {
    left.rsplit('.').take(2).eq(right.rsplit('.').take(2))
}

/// Whether the actual response passes in either mode; `None` when the capture hides what decides.
fn passes_actual(asked: &Asked<'_>) -> Option<Passes> {
    let response = asked.answer?;
    if matches!(response.headers.presence("access-control-allow-origin"), Presence::Unknown | Presence::Redacted) {
        return None;
    }
    let check = |include_credentials| {
        let Asked { origin, method, unsafe_headers, .. } = *asked;
        let request = CorsRequest { origin, method, unsafe_headers, include_credentials };
        let steps = cors_check(&request, response);
        if steps.first_failure().is_some() { Some(false) } else { steps.passed().then_some(true) }
    };
    Some(Passes { without: check(false)?, with: check(true)? })
}

/// Whether this recorder says that the browser withheld the answer or never sent the request for a
/// reason that can be CORS.
fn browser_says_blocked(actual: &Exchange) -> bool {
    if actual.recorder.vantage != Vantage::Browser {
        // Recorders that drive Chromium hand its errors on.
        return actual.note.error.as_ref().is_some_and(|error| error.is_net(NetError::FAILED));
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
