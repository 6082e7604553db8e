//! How well a preflight and an actual request fit: what two entries say of each other.
//!
//! Owns the evidence and its order: names, origin, error texts, credentials, times. Who gets whom is
//! `matching`'s business.

use super::candidate::Candidate;
use super::classify::{OriginSource, added_by_others};
use super::credentials::shown_mode;
use super::{Mode, Preflight};
use crate::exchange::{Headers, NetError, NoResponse, Presence, Vantage};

/// Where each kind of evidence begins in a cost, lowest bit first; its greatest value times the number of weighed
/// preflights does not reach the next. Below `ORDER` the caller may settle what is equal.
const ORDER: u32 = 20;
const NEARNESS: u32 = 56;
const CREDENTIALS: u32 = 76;
const ERRORS: u32 = 83;
const ORIGIN: u32 = 91;
const NAMES: u32 = 99;
/// What leaving one alone costs that should have a partner: more than all evidence together.
pub(super) const NEEDED: i128 = 1 << 111;
/// What leaving one alone costs that may well have none: a quarter of a second between two that fit.
pub(super) const SPARE: i128 = 250 << NEARNESS;

/// Nanoseconds by which times of one recorder may be off.
const SLACK: i64 = 2_000_000;

/// What it costs to put them together, smaller is better; `None` when they cannot belong together.
pub(super) fn fit(preflight: &Candidate, actual: &Candidate, redirected: bool) -> Option<i128> {
    let asked = preflight.preflight.as_ref()?;
    // A service worker's own fetch has the preflight, not the page's request that it answers.
    if actual.exchange.note.service_worker
        || preflight.url != actual.url
        || preflight.exchange.place.input() != actual.exchange.place.input()
        || *asked.method() != *actual.method
    {
        return None;
    }
    let evidence = [
        (NAMES, names(asked, actual, redirected)?.min(31)),
        (ORIGIN, origin(asked, actual, redirected)?),
        (ERRORS, outcome(preflight, actual)?),
        (CREDENTIALS, credentials(preflight, actual)),
        (NEARNESS, nearness(preflight, actual)?),
        (ORDER, order(preflight, actual)),
    ];
    Some(evidence.into_iter().map(|(bits, cost)| i128::from(cost) << bits).sum())
}

/// The evidence without the times.
pub(super) fn without_times(cost: i128) -> i128 {
    cost >> CREDENTIALS
}

/// Names asked for and not shown, and names shown and not asked for.
fn names(asked: &Preflight, actual: &Candidate, redirected: bool) -> Option<u64> {
    let headers = &actual.exchange.request.headers;
    // What a script set is in provisional headers, too; only the later hops of a redirect show less.
    let shows_names = !headers.is_incomplete() || (!redirected && actual.exchange.note.provisional);
    let mut cost = 0;
    for name in asked.names().iter().filter(|name| !actual.lists(name)) {
        match headers.presence(name) {
            Presence::Absent => return None,
            _ if headers.is_unknown(name) => cost += 1,
            // It needs no preflight, so this one is another request's.
            _ if shows_names && !actual.needs_preflight() => return None,
            _ => cost += 4,
        }
    }
    Some(u64::try_from(not_asked_for(asked, actual)).unwrap_or(31).saturating_mul(4).saturating_add(cost))
}

/// How many names the request shows that the preflight did not ask for.
pub(super) fn not_asked_for(asked: &Preflight, actual: &Candidate) -> usize {
    let covered = |name: &String| asked.names().binary_search(name).is_ok() || added_by_others(name);
    actual.names.iter().filter(|name| !covered(name)).count()
}

fn origin(asked: &Preflight, actual: &Candidate, redirected: bool) -> Option<u64> {
    let other_referrer = u64::from(refers_elsewhere(asked, actual)) * 2;
    let asked = asked.origin();
    let cost = match &actual.origin {
        Some((origin, _)) if origin == asked => 0,
        // Firefox's preflight of a tainted hop still names the page.
        Some((origin, OriginSource::Header)) => {
            return (origin.is_null() && redirected).then_some(1);
        }
        // A derived origin does not know of taints and sandboxes.
        Some(_) if asked.is_null() => 1,
        // The page of a file says nothing of its frames.
        Some((_, OriginSource::Page)) => 2,
        Some(_) => return None,
        None => match &actual.referer {
            Some(referer) if referer == asked => 0,
            Some(_) if !asked.is_null() => return None,
            _ => 1,
        },
    };
    Some(cost + other_referrer)
}

/// Whether the `Referer` of the preflight is not the request's: both have the request's referrer (Fetch Standard,
/// CORS-preflight fetch, step 1). Browsers' files show it in provisional headers, too, where no `Origin` stands: an empty
/// one is that of a frame without an origin.
fn refers_elsewhere(asked: &Preflight, actual: &Candidate) -> bool {
    let referer = |headers: &Headers| headers.get_str("referer").map(std::borrow::Cow::into_owned);
    actual.is_browser()
        && referer(&asked.exchange().request.headers).is_some_and(|of_preflight| {
            referer(&actual.exchange.request.headers).is_some_and(|own| own != of_preflight)
        })
}

/// What became of both: what the browser does after a preflight, and the errors it shows for it.
fn outcome(preflight: &Candidate, actual: &Candidate) -> Option<u64> {
    let answered = actual.exchange.head().is_some();
    // What the capture lost may have passed.
    let lost = matches!(
        preflight.exchange.response,
        Err(NoResponse::Cut | NoResponse::Gap { .. } | NoResponse::Undecodable | NoResponse::Unrecorded)
    );
    // A browser sends nothing after a preflight that failed. Its own file lists the request all the same.
    let died = preflight.exchange.head().is_none();
    let failed = preflight.surely_fails() || (died && !lost);
    if failed && (answered || !actual.may_be_unsent()) {
        return None;
    }
    let error = |candidate: &Candidate| candidate.exchange.note.error.as_ref().and_then(|error| error.net()).cloned();
    let (of_preflight, of_actual) = (error(preflight), error(actual));
    let speaks = |error: &Option<NetError>| error.as_ref().is_some_and(NetError::speaks_of_network);
    Some(match (died, of_preflight, of_actual) {
        (true, Some(died_of), shown) if died_of.is_refused_preflight() => u64::from(speaks(&shown)) * 2,
        (true, Some(died_of), Some(shown))
            if died_of.name() != NetError::ABORTED && shown.name() != NetError::ABORTED =>
        {
            u64::from(died_of != shown) * 2
        }
        // The request went out, so its preflight passed.
        (false, _, shown) if speaks(&shown) && preflight.surely_fails() => 2,
        (true, None, shown) if speaks(&shown) => 1,
        // A page's request that was refused after its preflight shows the answer.
        (false, _, Some(shown))
            if !answered
                && shown.name() == NetError::FAILED
                && !actual.exchange.note.outside_pages
                && preflight.passes.is_some_and(|passes| passes.with) =>
        {
            1
        }
        _ => 0,
    })
}

/// A request that went out with credentials, or surely without, had a preflight that passes so.
fn credentials(preflight: &Candidate, actual: &Candidate) -> u64 {
    let depends = preflight.passes.filter(|passes| passes.with != passes.without);
    let (Some(passes), true) = (depends, actual.exchange.head().is_some()) else { return 0 };
    match shown_mode(&actual.exchange) {
        Mode::Include => u64::from(!passes.with),
        Mode::NotInclude => u64::from(!passes.without),
        Mode::Unknown => 0,
    }
}

/// Milliseconds by which the times of both miss what recorders write: a preflight inside its request
/// (browsers), or a request after its preflight.
fn nearness(preflight: &Candidate, actual: &Candidate) -> Option<u64> {
    /// A browser's clock of an issued request and the network's may differ.
    const APART: i64 = 1_000_000_000;
    /// The page asks before the browser makes the preflight. Files are edited, so it only decides between requests
    /// that are near.
    const ASKED_AFTER: u64 = 100;
    let after = actual.start.saturating_sub(preflight.end);
    let behind = actual.start.saturating_sub(preflight.start);
    match actual.exchange.recorder.vantage {
        Vantage::Wire if after < -1_000_000 => return None,
        Vantage::Proxy if behind < -SLACK && !actual.without_origin_header() => return None,
        Vantage::Browser if actual.end > actual.start && preflight.start > actual.end.saturating_add(APART) => {
            return None;
        }
        _ => {}
    }
    let mut miss = after.saturating_abs();
    if actual.exchange.recorder.vantage != Vantage::Wire {
        let late = preflight.end.saturating_sub(actual.end).max(0);
        let late = if actual.end > actual.start { late } else { 0 };
        miss = miss.min(behind.max(0).saturating_add(late));
    }
    let millis = miss.saturating_sub(SLACK).max(0).saturating_add(999_999) / 1_000_000;
    let millis = u64::try_from(millis).unwrap_or(u64::MAX);
    let asked_after = if actual.starts_when_asked() && behind > 0 { ASKED_AFTER } else { 0 };
    Some(millis.saturating_add(asked_after).min((1 << 14) - 1))
}

/// Squared, so that of two orders the one that keeps both sequences is the cheaper.
fn order(preflight: &Candidate, actual: &Candidate) -> u64 {
    let gap = actual.start.saturating_sub(preflight.start).unsigned_abs() / 1_000_000;
    let gap = gap.min((1 << 15) - 1);
    gap * gap
}
