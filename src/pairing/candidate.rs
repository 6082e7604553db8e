//! One exchange waiting for its partner, reduced to what matching compares.

use super::classify::{OriginSource, added_by_others, proxy_trace, unsafe_names};
use super::{Passes, Preflight};
use crate::exchange::{Exchange, NoResponse, Origin, Presence, Vantage};
use std::sync::Arc;

/// A preflight or actual request that is not settled yet.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) exchange: Arc<Exchange>,
    pub(super) preflight: Option<Preflight>,
    /// What the preflight's answer says to either credentials mode.
    pub(super) passes: Option<Passes>,
    pub(super) origin: Option<(Origin, OriginSource)>,
    pub(super) maybe_form: bool,
    pub(super) url: Box<str>,
    /// Method of the actual request.
    pub(super) method: Box<str>,
    /// Names the preflight asks for, or the unsafe names of the actual.
    pub(super) names: Vec<String>,
    /// Hashes of the lower-case names of all request headers, sorted: a list may be as long as a head.
    header_names: Vec<u64>,
    /// Arrival number, over all exchanges.
    pub(super) sequence: u64,
    /// Nanoseconds of capture time; arrival order where the capture has no times.
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) proxy_trace: Option<&'static str>,
}

impl Candidate {
    pub(super) fn new(
        exchange: &Arc<Exchange>,
        url: Box<str>,
        origin: Option<(Origin, OriginSource)>,
        maybe_form: bool,
        sequence: u64,
        clock: i64,
    ) -> Self {
        let preflight = Preflight::parse(exchange);
        let start = exchange.started.map_or(clock, crate::exchange::CaptureTime::nanos);
        let end = exchange.completed.map_or(start, crate::exchange::CaptureTime::nanos).max(start);
        let mut header_names: Vec<u64> = exchange.request.headers.iter().map(|line| hash(line.name)).collect();
        header_names.sort_unstable();
        Self {
            header_names,
            passes: preflight.as_ref().and_then(Preflight::passes),
            origin: preflight.as_ref().map(|preflight| (preflight.origin().clone(), OriginSource::Header)).or(origin),
            maybe_form,
            url,
            method: preflight.as_ref().map_or_else(|| exchange.request.method.clone(), |p| p.method().into()),
            names: preflight.as_ref().map_or_else(|| unsafe_names(exchange), |p| p.names().to_vec()),
            preflight,
            sequence,
            start,
            end,
            proxy_trace: proxy_trace(exchange),
            exchange: Arc::clone(exchange),
        }
    }

    pub(super) fn is_browser(&self) -> bool {
        self.exchange.recorder.vantage == Vantage::Browser
    }

    /// About how much memory it holds while it waits, bytes.
    pub(super) fn held_bytes(&self) -> usize {
        size_of::<Self>() + self.url.len() + self.exchange.held_bytes()
    }

    /// Whether the preflight fails in either credentials mode, so that no browser sends anything
    /// after it.
    pub(super) fn surely_fails(&self) -> bool {
        self.passes.is_some_and(|passes| !passes.without && !passes.with)
    }

    /// Whether the preflight was cut off on the way.
    pub(super) fn was_cut_off(&self) -> bool {
        matches!(self.exchange.response, Err(NoResponse::Reset | NoResponse::Closed))
    }
}

/// FNV-1a over the lower-case name. A collision would only let a preflight be considered.
fn hash(name: &[u8]) -> u64 {
    name.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

/// How well a preflight fits an actual request, smaller is better; `None` when it cannot be its.
pub(super) fn fit(preflight: &Candidate, actual: &Candidate, tainted: bool) -> Option<(u32, u64)> {
    const SLACK: i64 = 50_000_000;
    let asked = preflight.preflight.as_ref()?;
    // A service worker's own fetch has the preflight, not the page's request that it answers.
    if actual.exchange.note.service_worker
        || preflight.url != actual.url
        || preflight.exchange.place.input() != actual.exchange.place.input()
        || *asked.method != *actual.method
    {
        return None;
    }
    let mut penalty = 0;
    match &actual.origin {
        None => {}
        Some((origin, _)) if origin == asked.origin() => {}
        // Firefox's preflight of a tainted hop still names the page.
        Some((origin, _)) if origin.is_null() && tainted => penalty += 1,
        // A derived origin does not know of the taint.
        Some((_, source)) if *source != OriginSource::Header && asked.origin().is_null() => penalty += 1,
        Some(_) => return None,
    }
    let headers = &actual.exchange.request.headers;
    let listed = |name: &String| actual.header_names.binary_search(&hash(name.as_bytes())).is_ok();
    if asked.names().iter().find(|name| !listed(name)).is_some_and(|name| headers.presence(name) == Presence::Absent) {
        return None;
    }
    let covered = |name: &String| asked.names().binary_search(name).is_ok() || added_by_others(name);
    let left_over = actual.names.iter().filter(|name| !covered(name)).count();
    penalty += 4 * u32::try_from(left_over).unwrap_or(u32::MAX / 8);
    let answered = actual.exchange.head().is_some();
    // A browser sends nothing after a preflight that failed. Its own file lists the request all the
    // same, as blocked; what the capture lost may have passed.
    let lost = matches!(
        preflight.exchange.response,
        Err(NoResponse::Cut | NoResponse::Gap { .. } | NoResponse::Undecodable | NoResponse::Unrecorded)
    );
    let failed = preflight.surely_fails() || (preflight.exchange.head().is_none() && !lost);
    if failed && (answered || !actual.is_browser()) {
        return None;
    }
    if preflight.passes.is_some_and(|passes| passes.with) && !answered {
        penalty += 2;
    }
    let gap = actual.start.saturating_sub(preflight.start);
    if actual.is_browser() {
        // The issue time of the actual comes first; its preflight runs inside it.
        if gap > SLACK {
            // "Copy all" and some exporters list the real start instead.
            if actual.start < preflight.end.saturating_sub(SLACK) {
                return None;
            }
            penalty += 1;
        } else if preflight.end > actual.end.saturating_add(SLACK) && actual.end > actual.start {
            penalty += 1;
        }
    } else if actual.start < preflight.end.saturating_sub(1_000_000) {
        return None;
    }
    Some((penalty, gap.unsigned_abs()))
}
