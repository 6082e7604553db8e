//! The pairer: takes exchanges in any order within the horizon, in one pass, and settles pairs.
//!
//! Owns who waits how long. Which candidates fit is `matching`'s business; redirect chains and the
//! preflight cache are `memory`'s.

use super::candidate::{Candidate, Told};
use super::classify::{Class, OriginSource, classify, effective_url, failed_outside, may_lead_a_form};
use super::clients::engine_named;
use super::credentials::{self, Asked};
use super::matching::{Match, matches};
use super::memory::Memory;
use super::revalidation::names_condition;
use super::{MissingPreflight, Mode, Pair, PairKind, Unbound};
use crate::exchange::{Exchange, Listing, Origin, Vantage, origin_of_url};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// A HAR is not in time order everywhere, so its clock alone settles nothing: this many further
/// exchanges must have come as well.
const BROWSER_LAG: u64 = 4096;

/// Bounds of a pairer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Seconds of capture time for which a preflight or request waits for its partner.
    pub horizon_seconds: u32,
    /// Candidates waiting at once.
    pub waiting: usize,
    /// Memory they may hold, about, bytes.
    pub waiting_bytes: usize,
    /// URLs of which redirects and preflight results are remembered.
    pub remembered: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { horizon_seconds: 30, waiting: 65_536, waiting_bytes: 32 << 20, remembered: 4096 }
    }
}

/// What was counted on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Exchanges taken.
    pub exchanges: u64,
    /// Preflights among them.
    pub preflights: u64,
    /// Requests that may be CORS but could not be judged, by reason id.
    pub not_judged: BTreeMap<&'static str, u64>,
    /// Candidates settled early because too many were waiting.
    pub settled_early: u64,
}

/// Actual method and path, a line each: what can belong together, hops behind proxies included.
type Key = Arc<str>;

#[derive(Debug, Default)]
struct Group {
    members: Vec<Candidate>,
    queued: bool,
}

/// Pairs exchanges in one pass.
#[derive(Debug)]
pub struct Pairer {
    horizon: i64,
    waiting_cap: usize,
    bytes_cap: usize,
    groups: HashMap<Key, Group>,
    /// Groups by the arrival of their oldest member.
    queue: VecDeque<(Key, i64, u64)>,
    waiting: usize,
    waiting_bytes: usize,
    clock: i64,
    /// The last time of each input.
    latest: BTreeMap<u32, i64>,
    sequence: u64,
    memory: Memory,
    settled: Vec<Pair>,
    /// Failed requests that are none of CORS.
    outside: Vec<Arc<Exchange>>,
    counts: Counts,
}

impl Pairer {
    /// A pairer with these bounds.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            horizon: i64::from(bounds.horizon_seconds).saturating_mul(1_000_000_000),
            waiting_cap: bounds.waiting.max(1),
            bytes_cap: bounds.waiting_bytes.max(1),
            groups: HashMap::new(),
            queue: VecDeque::new(),
            waiting: 0,
            waiting_bytes: 0,
            clock: i64::MIN,
            latest: BTreeMap::new(),
            sequence: 0,
            memory: Memory::new(bounds.remembered),
            settled: Vec::new(),
            outside: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// Takes one exchange.
    pub fn add(&mut self, exchange: Exchange) {
        let exchange = Arc::new(exchange);
        self.sequence += 1;
        self.counts.exchanges += 1;
        let stamp = exchange.completed.or(exchange.started);
        if let Some(stamp) = stamp {
            self.clock = self.clock.max(stamp.nanos());
            let latest = self.latest.entry(exchange.place.input()).or_insert(i64::MIN);
            *latest = (*latest).max(stamp.nanos());
        }
        self.memory.remember_redirect(&exchange);
        let url = effective_url(&exchange);
        self.memory.answers.remember(&exchange, &url);
        let told = match classify(&exchange, &url) {
            Class::Preflight => {
                self.counts.preflights += 1;
                Told::default()
            }
            Class::Cors { origin, maybe_form, unbound } => Told { origin, maybe_form, unbound },
            Class::NotCors => {
                if failed_outside(&exchange, &url) {
                    self.outside.push(exchange);
                }
                return self.settle_old();
            }
            Class::NotJudged(reason) => {
                *self.counts.not_judged.entry(reason).or_default() += 1;
                return self.settle_old();
            }
        };
        let candidate = Candidate::new(&exchange, url, told, self.sequence, self.clock.max(0));
        if exchange.is_preflight() && candidate.preflight.is_none() {
            *self.counts.not_judged.entry("origin-redacted").or_default() += 1;
            return self.settle_old();
        }
        if let Some(preflight) =
            candidate.preflight.as_ref().filter(|_| candidate.passes.is_some_and(|p| p.without || p.with))
        {
            self.memory.remember_preflight(&candidate.url, preflight);
        }
        // On the wire nothing follows a preflight that fails either way: it can be shown at once.
        let on_the_wire = exchange.recorder.vantage == Vantage::Wire;
        let urgent = candidate.surely_fails() && on_the_wire && candidate.proxy_trace.is_none();
        let key: Key = format!("{}\n{}", candidate.method, path_of(&candidate.url)).into();
        let (start, sequence) = (candidate.start, candidate.sequence);
        self.waiting += 1;
        self.waiting_bytes = self.waiting_bytes.saturating_add(candidate.held_bytes());
        let group = self.groups.entry(Arc::clone(&key)).or_default();
        if group.members.is_empty() {
            // Most groups stay alone, and a vector makes room for four.
            group.members.reserve_exact(1);
        }
        group.members.push(candidate);
        if urgent {
            self.settle_group(&key, Settle::Urgent(sequence));
        }
        if let Some(group) = self.groups.get_mut(&key).filter(|group| !group.queued) {
            group.queued = true;
            self.queue.push_back((key, start, sequence));
        }
        self.settle_old();
    }

    /// Pairs settled since the last call, in order of settling.
    pub fn settled(&mut self) -> Vec<Pair> {
        std::mem::take(&mut self.settled)
    }

    /// Failed requests that CORS does not judge, since the last call.
    pub fn outside(&mut self) -> Vec<Arc<Exchange>> {
        std::mem::take(&mut self.outside)
    }

    /// Settles everything that still waits, in order of arrival.
    pub fn finish(&mut self) {
        while let Some((key, _, _)) = self.queue.pop_front() {
            self.settle_group(&key, Settle::All);
        }
    }

    /// What was counted.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    fn settle_old(&mut self) {
        while let Some((key, start, sequence)) = self.queue.front().cloned() {
            let over = self.waiting > self.waiting_cap || self.waiting_bytes > self.bytes_cap;
            let old = start < self.clock.saturating_sub(self.horizon.saturating_mul(2));
            let lagged = self.sequence.saturating_sub(sequence) > BROWSER_LAG
                || self.groups.get(&key).is_none_or(|group| !group.members.iter().any(Candidate::is_browser));
            let ready = over || (old && lagged);
            if !ready {
                return;
            }
            self.queue.pop_front();
            if over {
                let members = self.groups.get(&key).map_or(0, |group| group.members.len());
                self.counts.settled_early += u64::try_from(members).unwrap_or(u64::MAX);
                self.settle_group(&key, Settle::All);
            } else {
                let cutoff = self.clock.saturating_sub(self.horizon);
                self.settle_group(&key, Settle::Before(cutoff, self.sequence.saturating_sub(BROWSER_LAG / 2)));
            }
        }
    }

    fn settle_group(&mut self, key: &Key, which: Settle) {
        let Some(mut group) = self.groups.remove(key) else { return };
        group.members.sort_by_key(|a| (a.start, a.exchange.place, a.sequence));
        let found = matches(&group.members, &self.memory);
        let mut keep = vec![true; group.members.len()];
        let mut pairs = Vec::new();
        for found in found {
            let members = || found.preflight.iter().chain(&found.actual).chain(&found.inner).chain(&found.repeats);
            let ready =
                match which {
                    Settle::All => true,
                    Settle::Before(cutoff, lag) => members().all(|index| {
                        group.members.get(*index).is_some_and(|member| {
                            member.end < cutoff && (!member.is_browser() || member.sequence < lag)
                        })
                    }),
                    Settle::Urgent(sequence) => members()
                        .any(|index| group.members.get(*index).is_some_and(|member| member.sequence == sequence)),
                };
            if !ready {
                continue;
            }
            for index in members() {
                if let Some(flag) = keep.get_mut(*index) {
                    *flag = false;
                }
            }
            let alone = found.actual.filter(|_| found.preflight.is_none()).and_then(|index| group.members.get(index));
            let unbound = alone.and_then(|actual| actual.unbound).and_then(Unbound::counted_as);
            if let Some(pair) = self.pair(&group.members, &found) {
                let order = members().filter_map(|index| group.members.get(*index)).map(|member| member.sequence).min();
                pairs.push((order, pair));
            } else if let Some(reason) = unbound {
                *self.counts.not_judged.entry(reason).or_default() += 1;
            }
        }
        pairs.sort_by_key(|(order, _)| *order);
        self.settled.extend(pairs.into_iter().map(|(_, pair)| pair));
        let mut flags = keep.into_iter();
        group.members.retain(|candidate| {
            let stays = flags.next().unwrap_or(false);
            if !stays {
                self.waiting = self.waiting.saturating_sub(1);
                self.waiting_bytes = self.waiting_bytes.saturating_sub(candidate.held_bytes());
            }
            stays
        });
        if let Some(oldest) = group.members.first() {
            if !matches!(which, Settle::Urgent(_)) {
                // Looked at again when the clock has gone on: what was not ready now is not ready at once.
                self.queue.push_back((Arc::clone(key), oldest.start.max(self.clock), oldest.sequence));
            }
            self.groups.insert(Arc::clone(key), group);
        }
    }

    fn pair(&self, group: &[Candidate], found: &Match) -> Option<Pair> {
        let at = |index: Option<usize>| index.and_then(|index| group.get(index));
        let (preflight, actual) = (at(found.preflight), at(found.actual));
        let lead = actual.or(preflight)?;
        let chain = self.memory.chain(lead).unwrap_or_default();
        let (origin, origin_source) = match (actual, preflight) {
            (Some(actual), Some(preflight)) => match &actual.origin {
                Some((origin, OriginSource::Header)) => (origin.clone(), OriginSource::Header),
                _ => (preflight.preflight.as_ref()?.origin().clone(), OriginSource::Preflight),
            },
            (Some(only), None) | (None, Some(only)) => only.origin.clone()?,
            (None, None) => return None,
        };
        let page = if origin.is_null() { page_of(lead, &chain) } else { None };
        let asked = preflight.and_then(|candidate| candidate.preflight.clone());
        let unsafe_headers = asked.as_ref().map_or_else(|| lead.names.clone(), |asked| asked.names().to_vec());
        let kind = match (asked, actual) {
            (Some(preflight), Some(actual)) => {
                PairKind::Preflighted { preflight, actual: Arc::clone(&actual.exchange) }
            }
            (Some(preflight), None) => PairKind::PreflightOnly { preflight },
            (None, Some(actual)) => match self.without_preflight(actual, &origin) {
                // Not bound by CORS: no earlier preflight covers it either.
                kind if actual.unbound.is_some() && !matches!(kind, PairKind::Cached { .. }) => return None,
                kind => kind,
            },
            (None, None) => return None,
        };
        let hop = |index: &usize| group.get(*index).map(|candidate| Arc::clone(&candidate.exchange));
        let by = match &kind {
            PairKind::Preflighted { preflight, .. } | PairKind::PreflightOnly { preflight } => Some(preflight),
            PairKind::Cached { by, .. } => Some(by),
            _ => None,
        };
        let sent = actual.map(|candidate| &*candidate.exchange);
        let scripted = by.is_some_and(|preflight| names_condition(preflight.names()))
            || actual.is_some_and(|actual| self.memory.script_sets_conditions(actual, &origin));
        let stored = |include| {
            let actual = sent.filter(|_| !scripted)?;
            self.memory.answers.revalidated(actual, &lead.url, include)
        };
        let answer = stored(false);
        let credentials = credentials::infer(&Asked {
            origin: &origin,
            method: &lead.method,
            unsafe_headers: &unsafe_headers,
            preflight: by,
            actual: sent,
            answer: answer.as_ref().map(|revalidated| &revalidated.answer).or_else(|| sent?.head()),
            nothing_followed: actual.is_none() && self.goes_on_after(lead),
        });
        let maybe_form = lead.maybe_form || (lead.may_be_navigation() && chain.iter().any(|hop| may_lead_a_form(hop)));
        let include = credentials.mode == Mode::Include;
        let revalidated = if include { stored(true) } else { answer }.map(Box::new);
        Some(Pair {
            revalidated,
            credentials,
            origin_source,
            page,
            method: lead.method.clone(),
            url: lead.url.clone(),
            redirected_from: chain,
            inner_hops: found.inner.iter().filter_map(hop).collect(),
            repeats: found.repeats.iter().filter_map(hop).collect(),
            behind_proxy: lead.proxy_trace,
            maybe_form: maybe_form && preflight.is_none(),
            unsafe_headers,
            origin,
            kind,
        })
    }

    /// Whether what would have followed a preflight would be in the capture: a browser asked, the capture goes on for
    /// longer than a request waits, and its recorder lists all that is sent and nothing else. Programs and people who
    /// try a server out send preflights alone.
    fn goes_on_after(&self, preflight: &Candidate) -> bool {
        /// A request follows its preflight within milliseconds, unless it waits for a free connection.
        const PATIENCE: i64 = 500_000_000;
        let exchange = &preflight.exchange;
        let recorder = exchange.recorder;
        let lists_what_is_sent = recorder.vantage != Vantage::Browser && recorder.preflights == Listing::Always;
        let latest = self.latest.get(&exchange.place.input());
        engine_named(exchange).is_some()
            && lists_what_is_sent
            && latest.is_some_and(|latest| *latest > preflight.end.saturating_add(PATIENCE))
    }

    /// A request without a preflight of its own: simple, covered by an earlier one, or unexplained.
    fn without_preflight(&self, actual: &Candidate, origin: &Origin) -> PairKind {
        let exchange = Arc::clone(&actual.exchange);
        if !actual.needs_preflight() {
            return PairKind::Simple { actual: exchange };
        }
        if let Some(by) = self.memory.cached_for(actual, origin) {
            return PairKind::Cached { actual: exchange, by };
        }
        let recorder = exchange.recorder;
        let why = if recorder.preflights == Listing::Never {
            MissingPreflight::Hidden
        } else if recorder.vantage == Vantage::Browser && exchange.head().is_none() {
            MissingPreflight::Unanswered
        } else {
            MissingPreflight::Unknown
        };
        PairKind::Unexplained { actual: exchange, why }
    }
}

#[derive(Clone, Copy)]
enum Settle {
    All,
    /// Pairs that ended before this time and, in browsers' files, arrived before this number.
    Before(i64, u64),
    /// The pair that holds this arrival.
    Urgent(u64),
}

fn page_of(lead: &Candidate, chain: &[Arc<Exchange>]) -> Option<Origin> {
    let header =
        |exchange: &Exchange, name: &str| exchange.request.headers.get_str(name).map(std::borrow::Cow::into_owned);
    let named = chain.first().and_then(|hop| header(hop, "origin")).filter(|origin| origin != "null");
    named
        .map(|origin| Origin::from_header(&origin))
        .or_else(|| header(&lead.exchange, "referer").and_then(|referer| origin_of_url(&referer)))
        .or_else(|| lead.exchange.note.page.as_deref().and_then(origin_of_url))
        .filter(|origin| !origin.is_null())
}

/// Path and query of an absolute URL.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}
