//! What a pairer remembers beyond the horizon: redirects that lead on, and preflight results.
//!
//! Owns redirect chains and the CORS-preflight cache, both bounded: beyond the cap the URL remembered
//! longest is forgotten. Who waits for whom is `pairer`'s business.

use super::Preflight;
use super::candidate::Candidate;
use super::classify::effective_url;
use super::matching::Recall;
use super::revalidation::{Answers, names_condition};
use crate::cors::{Coverage, covers, max_age};
use crate::exchange::{Exchange, Origin, without_fragment};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Preflight results remembered for one URL.
const REMEMBERED: usize = 64;
/// Hops of one redirect chain (HTTP-redirect fetch allows twenty redirects).
const CHAIN: usize = 20;

/// Redirects by the URL they lead to, preflight results by their URL.
#[derive(Debug)]
pub(super) struct Memory {
    cap: usize,
    redirects: HashMap<Box<str>, Vec<Arc<Exchange>>>,
    redirect_order: VecDeque<Box<str>>,
    cache: HashMap<Box<str>, VecDeque<Preflight>>,
    cache_order: VecDeque<Box<str>>,
    /// Answers that browsers may have stored.
    pub(super) answers: Answers,
}

impl Memory {
    /// An empty memory for so many URLs of each kind.
    pub(super) fn new(cap: usize) -> Self {
        Self {
            cap: cap.max(1),
            redirects: HashMap::new(),
            redirect_order: VecDeque::new(),
            cache: HashMap::new(),
            cache_order: VecDeque::new(),
            answers: Answers::new(cap),
        }
    }

    /// Keeps a preflight that passed in either credentials mode.
    pub(super) fn remember_preflight(&mut self, url: &str, preflight: &Preflight) {
        remember(&mut self.cache, &mut self.cache_order, self.cap, url.into(), |list| {
            // Kept in time order, so that the order of arrival does not matter.
            let at = list.partition_point(|kept| kept.exchange().started <= preflight.exchange().started);
            list.insert(at, preflight.clone());
            if list.len() > REMEMBERED {
                list.pop_front();
            }
        });
    }

    /// CORS-preflight cache: an earlier result for this origin and URL that covers method and
    /// headers and has not expired.
    pub(super) fn cached_for(&self, actual: &Candidate, origin: &Origin) -> Option<Preflight> {
        self.cached_with(actual, origin, &actual.names)
    }

    /// The same for other names than the request shows.
    fn cached_with(&self, actual: &Candidate, origin: &Origin, names: &[String]) -> Option<Preflight> {
        /// Browsers start the clock when the answer is read; captures see it a little earlier.
        const SLACK: i64 = 1_000_000_000;
        let engine = super::clients::engine_of(&actual.exchange);
        self.cache.get(&actual.url)?.iter().rev().find_map(|preflight| {
            let exchange = preflight.exchange();
            let response = exchange.head()?;
            let answered = exchange.completed.or(exchange.started).map_or(0, crate::exchange::CaptureTime::nanos);
            let started = exchange.started.map_or(answered, crate::exchange::CaptureTime::nanos);
            let seconds = max_age(engine, response.headers.get("access-control-max-age").as_deref())?;
            let age = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000_000).saturating_add(SLACK);
            let fits = preflight.origin() == origin
                && exchange.place.input() == actual.exchange.place.input()
                && actual.start >= started
                && actual.start <= answered.saturating_add(age)
                && engine.caches_preflight_of(&actual.url)
                && covers(engine, response, true, &actual.method, names, false) == Coverage::Covered;
            fits.then(|| preflight.clone())
        })
    }

    /// Whether an earlier preflight that still holds asked for a condition: then a script sets it.
    pub(super) fn script_sets_conditions(&self, actual: &Candidate, origin: &Origin) -> bool {
        self.cached_with(actual, origin, &actual.names).is_some_and(|by| names_condition(by.names()))
    }

    /// Keeps an answer that leads elsewhere; a redirected preflight leads nowhere.
    pub(super) fn remember_redirect(&mut self, exchange: &Arc<Exchange>) {
        let Some(target) = redirect_target(exchange) else { return };
        if exchange.is_preflight() {
            return;
        }
        remember(&mut self.redirects, &mut self.redirect_order, self.cap, target, |list| {
            list.push(Arc::clone(exchange));
            if list.len() > 64 {
                list.remove(0);
            }
        });
    }

    /// The hops that led to this request, first hop first; `None` when none did.
    pub(super) fn chain(&self, candidate: &Candidate) -> Option<Vec<Arc<Exchange>>> {
        let mut hops: Vec<Arc<Exchange>> = Vec::new();
        let mut url: Box<str> = candidate.url.clone();
        let mut exchange = Arc::clone(&candidate.exchange);
        for _ in 0..CHAIN {
            let Some(previous) = self.hop_before(&url, &exchange) else { break };
            url = effective_url(&previous);
            exchange = Arc::clone(&previous);
            hops.push(previous);
        }
        hops.reverse();
        (!hops.is_empty()).then_some(hops)
    }

    fn hop_before(&self, url: &str, exchange: &Exchange) -> Option<Arc<Exchange>> {
        const BEFORE: i64 = 50_000_000;
        const AFTER: i64 = 5_000_000_000;
        let start = exchange.started?.nanos();
        self.redirects
            .get(url)?
            .iter()
            .filter(|hop| hop.place.input() == exchange.place.input() && hop.place != exchange.place)
            .filter_map(|hop| {
                let end = hop.completed.or(hop.started)?.nanos();
                let gap = start.saturating_sub(end);
                ((-BEFORE..=AFTER).contains(&gap) && hop.started?.nanos() < start).then_some((gap.unsigned_abs(), hop))
            })
            .min_by_key(|(gap, hop)| (*gap, hop.place))
            .map(|(_, hop)| Arc::clone(hop))
    }
}

impl Recall for Memory {
    fn is_redirected(&self, candidate: &Candidate) -> bool {
        self.hop_before(&candidate.url, &candidate.exchange).is_some()
    }

    fn cached(&self, actual: &Candidate) -> Option<Preflight> {
        let (origin, _) = actual.origin.as_ref()?;
        self.cached_for(actual, origin)
    }
}

/// Adds to a bounded memory: beyond the cap the key remembered longest is forgotten.
fn remember<T: Default>(
    map: &mut HashMap<Box<str>, T>,
    order: &mut VecDeque<Box<str>>,
    cap: usize,
    key: Box<str>,
    add: impl FnOnce(&mut T),
) {
    if !map.contains_key(&key) {
        if map.len() >= cap
            && let Some(oldest) = order.pop_front()
        {
            map.remove(&oldest);
        }
        order.push_back(key.clone());
    }
    add(map.entry(key).or_default());
}

/// Whether a redirect leads to a URL with user name or password (RedirectContainsCredentials).
pub fn leads_to_credentials(exchange: &Exchange) -> bool {
    location_url(exchange).is_some_and(|url| !url.username().is_empty() || url.password().is_some())
}

/// Where a redirect leads: absolute, without fragment.
pub(super) fn redirect_target(exchange: &Exchange) -> Option<Box<str>> {
    location_url(exchange).map(|target| without_fragment(target.as_str()).into())
}

/// The location URL (Fetch Standard) of a redirect.
pub(super) fn location_url(exchange: &Exchange) -> Option<url::Url> {
    let response = exchange.head()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers.get_str("location").map(std::borrow::Cow::into_owned);
    let location = location.or_else(|| exchange.note.redirect_url.as_deref().map(str::to_owned))?;
    let base = url::Url::parse(&effective_url(exchange)).ok()?;
    base.join(&location).ok()
}
