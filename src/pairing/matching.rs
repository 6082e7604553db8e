//! Puts the candidates of one method and path together: preflights with actual requests, inner
//! hops with outer ones, cached results with later requests.
//!
//! Owns the choice only; who waits how long is the pairer's business.

use super::Preflight;
use super::assignment::assign;
use super::candidate::Candidate;
use super::fit::{NEEDED, SPARE, fit, not_asked_for, without_times};
use super::repeats;
use crate::exchange::{Exchange, Listing, Place, Vantage};

/// How many neighbours in time are looked at for one preflight. Bounds the work on thousands of
/// requests to one URL.
const NEIGHBOURS: usize = 64;
/// Preflights of one URL that are weighed against each other; more are taken in order of time.
const WEIGHED: usize = 48;
/// A pause after which a long sequence on one URL is taken as another, nanoseconds.
const PAUSE: i64 = 2_000_000_000;

/// The candidates of one pair, by index into the group.
#[derive(Debug, Default)]
pub(super) struct Match {
    pub(super) preflight: Option<usize>,
    pub(super) actual: Option<usize>,
    pub(super) inner: Vec<usize>,
    pub(super) repeats: Vec<usize>,
}

/// What the memory of a pairer says to one candidate.
pub(super) trait Recall {
    /// Whether a redirect led to it.
    fn is_redirected(&self, candidate: &Candidate) -> bool;
    /// The latest preflight result that would cover it.
    fn cached(&self, actual: &Candidate) -> Option<Preflight>;
}

/// Assigns every candidate to exactly one match. `group` must be sorted by start.
pub(super) fn matches(group: &[Candidate], recall: &impl Recall) -> Vec<Match> {
    let outer_of = inner_hops(group);
    let is_inner = |index: usize| outer_of.get(index).copied().flatten().is_some();
    let preflights: Vec<usize> = (0..group.len()).filter(|i| is_preflight(group, *i) && !is_inner(*i)).collect();
    let actuals: Vec<usize> = (0..group.len()).filter(|i| !is_preflight(group, *i) && !is_inner(*i)).collect();
    let mut partner: Vec<Option<usize>> = vec![None; group.len()];
    for (preflights, actuals) in portions(group, &preflights, &actuals) {
        pair_up(group, &preflights, &actuals, &mut partner, recall);
    }
    let mut result: Vec<Match> = Vec::new();
    let mut home: Vec<Option<usize>> = vec![None; group.len()];
    let retried = repeats::of_requests(group, &actuals, &partner);
    hand_over(&retried, &mut partner);
    let repeated: Vec<Option<usize>> = repeats::of_preflights(group, &preflights, &partner)
        .into_iter()
        .zip(retried)
        .map(|(preflight, request)| preflight.or(request))
        .collect();
    for index in 0..group.len() {
        let repeats_another = repeated.get(index).copied().flatten().is_some();
        if is_inner(index) || repeats_another {
            continue;
        }
        let mate = partner.get(index).copied().flatten();
        let mut found = Match::default();
        if is_preflight(group, index) {
            found.preflight = Some(index);
            found.actual = mate;
        } else if mate.is_none() {
            found.actual = Some(index);
        } else {
            continue;
        }
        for member in [found.preflight, found.actual].into_iter().flatten() {
            set(&mut home, member, result.len());
        }
        result.push(found);
    }
    for index in 0..group.len() {
        let outer = outer_of.get(index).copied().flatten();
        if let Some(found) = outer.and_then(|outer| home_of(&home, &outer_of, outer)).and_then(|at| result.get_mut(at))
        {
            found.inner.push(index);
        }
        let successor = repeated.get(index).copied().flatten();
        if let Some(found) = successor.and_then(|at| home.get(at).copied().flatten()).and_then(|at| result.get_mut(at))
        {
            found.repeats.push(index);
        }
    }
    result
}

/// A preflight stands for the last try of the request that it was made for.
fn hand_over(retried: &[Option<usize>], partner: &mut [Option<usize>]) {
    for (lost, last) in retried.iter().enumerate() {
        let (Some(last), Some(preflight)) = (*last, partner.get(lost).copied().flatten()) else { continue };
        set(partner, preflight, last);
        set(partner, last, preflight);
        if let Some(slot) = partner.get_mut(lost) {
            *slot = None;
        }
    }
}

fn set(list: &mut [Option<usize>], at: usize, value: usize) {
    if let Some(slot) = list.get_mut(at) {
        *slot = Some(value);
    }
}

fn is_preflight(group: &[Candidate], index: usize) -> bool {
    group.get(index).is_some_and(|candidate| candidate.preflight.is_some())
}

/// Follows hops of hops outwards.
fn home_of(home: &[Option<usize>], outer_of: &[Option<usize>], mut outer: usize) -> Option<usize> {
    for _ in 0..8 {
        match outer_of.get(outer).copied().flatten() {
            Some(next) => outer = next,
            None => return home.get(outer).copied().flatten(),
        }
    }
    None
}

/// Preflights and requests that are weighed together: all of them, or, where one URL has many, what
/// lies between two pauses.
fn portions(group: &[Candidate], preflights: &[usize], actuals: &[usize]) -> Vec<(Vec<usize>, Vec<usize>)> {
    if preflights.is_empty() {
        return Vec::new();
    }
    if preflights.len() <= WEIGHED && actuals.len() <= 2 * WEIGHED {
        return vec![(preflights.to_vec(), actuals.to_vec())];
    }
    let mut result: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    let mut until = i64::MIN;
    // Both lists are in order of start, as the group is.
    let mut all: Vec<usize> = preflights.iter().chain(actuals).copied().collect();
    all.sort_unstable();
    for index in all {
        let Some(member) = group.get(index) else { continue };
        if result.is_empty() || member.start > until.saturating_add(PAUSE) {
            result.push((Vec::new(), Vec::new()));
        }
        until = until.max(member.end);
        if let Some((preflights, actuals)) = result.last_mut() {
            if member.preflight.is_some() { preflights } else { actuals }.push(index);
        }
    }
    result
}

/// Gives preflights their requests: the assignment whose evidence is the best in all, or, where there
/// are too many, the first request in order of time that fits as well as any.
fn pair_up(
    group: &[Candidate],
    preflights: &[usize],
    actuals: &[usize],
    partner: &mut [Option<usize>],
    recall: &impl Recall,
) {
    let cost = |preflight: usize, actual: usize| {
        let (preflight, actual) = (group.get(preflight)?, group.get(actual)?);
        let cost = fit(preflight, actual, recall.is_redirected(actual))?;
        (!has_a_later_preflight(preflight, actual, recall)).then_some(cost)
    };
    if preflights.len() <= WEIGHED && actuals.len() <= 2 * WEIGHED {
        let of_preflights: Vec<i128> =
            preflights.iter().filter_map(|index| group.get(*index)).map(preflight_alone).collect();
        let of_actuals: Vec<Alone> =
            actuals.iter().filter_map(|index| group.get(*index)).map(|actual| actual_alone(actual, recall)).collect();
        let found = assign(preflights.len(), actuals.len(), |row, column| {
            let (preflight, actual) = (*preflights.get(row)?, *actuals.get(column)?);
            let without = match of_actuals.get(column)? {
                Alone::Covered(by) if *by != group.get(preflight)?.exchange.place => SPARE,
                // A preflight that asked for less is not the one that it needs.
                Alone::Needs if asked_for_less(group.get(preflight)?, group.get(actual)?) => SPARE,
                Alone::Covered(_) | Alone::Needs => NEEDED,
                Alone::Simple => SPARE,
            };
            // What starts at the same moment keeps the order of the file.
            let apart = i128::try_from(row.abs_diff(column)).unwrap_or_default();
            Some(cost(preflight, actual)? + apart * apart - of_preflights.get(row)? - without)
        });
        for (row, column) in found.into_iter().enumerate() {
            if let (Some(preflight), Some(actual)) = (preflights.get(row), column.and_then(|at| actuals.get(at))) {
                set(partner, *preflight, *actual);
                set(partner, *actual, *preflight);
            }
        }
        give_to_earliest(group, preflights, actuals, partner, &cost, recall);
        return;
    }
    for preflight in preflights.iter().copied() {
        let Some(start) = group.get(preflight).map(|candidate| candidate.start) else { continue };
        let middle = actuals.partition_point(|index| group.get(*index).is_some_and(|actual| actual.start < start));
        let from = middle.saturating_sub(NEIGHBOURS);
        let to = middle.saturating_add(NEIGHBOURS).min(actuals.len());
        let free = actuals.get(from..to).unwrap_or_default().iter().copied();
        let free = free.filter(|index| partner.get(*index).copied().flatten().is_none());
        let best = free.filter_map(|actual| Some((without_times(cost(preflight, actual)?), actual))).min();
        if let Some((_, actual)) = best {
            set(partner, preflight, actual);
            set(partner, actual, preflight);
        }
    }
}

/// Of requests that ask the same at once, the first to be asked for makes the preflight, and what comes later may use
/// its result: a browser's own times do not tell that, as what is asked for later is the nearer one.
fn give_to_earliest(
    group: &[Candidate],
    preflights: &[usize],
    actuals: &[usize],
    partner: &mut [Option<usize>],
    cost: &impl Fn(usize, usize) -> Option<i128>,
    recall: &impl Recall,
) {
    for index in preflights.iter().copied() {
        let Some(mate) = partner.get(index).copied().flatten() else { continue };
        let (Some(preflight), Some(actual)) = (group.get(index), group.get(mate)) else { continue };
        let Some(evidence) = cost(index, mate).map(without_times) else { continue };
        if !actual.starts_when_asked() {
            continue;
        }
        let covered = |earlier: &Candidate| {
            recall
                .cached(earlier)
                .is_some_and(|by| by.exchange().completed.is_some_and(|completed| completed.nanos() <= preflight.start))
        };
        // In order of start, as the group is.
        let first = actuals.iter().copied().take_while(|at| *at < mate).find(|at| {
            partner.get(*at).copied().flatten().is_none()
                && group.get(*at).is_some_and(|earlier| {
                    earlier.needs_preflight()
                        && earlier.names == actual.names
                        && earlier.exchange.head().is_some() == actual.exchange.head().is_some()
                        && earlier.exchange.note.outside_pages == actual.exchange.note.outside_pages
                        && earlier.end >= preflight.start
                        && cost(index, *at).map(without_times) == Some(evidence)
                        && !covered(earlier)
                })
        });
        if let Some(first) = first {
            if let Some(slot) = partner.get_mut(mate) {
                *slot = None;
            }
            set(partner, index, first);
            set(partner, first, index);
        }
    }
}

/// What it costs to leave a preflight without a request.
fn preflight_alone(preflight: &Candidate) -> i128 {
    let passes = preflight.passes.is_some_and(|passes| passes.without && passes.with);
    // A browser's file has the request that was never sent, too.
    let listed = preflight.is_browser() && preflight.exchange.recorder.failures != Listing::Never;
    if passes || listed { NEEDED } else { SPARE }
}

/// What a request without a preflight of its own is.
enum Alone {
    /// It needs none.
    Simple,
    /// The preflight that stands here covers it: where that is its own, it is not alone.
    Covered(Place),
    /// It had one.
    Needs,
}

/// Whether a browser's file shows names on the request that the preflight did not ask for.
fn asked_for_less(preflight: &Candidate, actual: &Candidate) -> bool {
    actual.is_browser() && preflight.preflight.as_ref().is_some_and(|asked| not_asked_for(asked, actual) > 0)
}

fn actual_alone(actual: &Candidate, recall: &impl Recall) -> Alone {
    if !actual.needs_preflight() {
        return Alone::Simple;
    }
    let by = if actual.is_browser() { None } else { recall.cached(actual) };
    by.map_or(Alone::Needs, |by| Alone::Covered(by.exchange().place))
}

/// Whether a preflight made well after this one was answered covers the request. This one's own
/// request would have gone out before.
fn has_a_later_preflight(preflight: &Candidate, actual: &Candidate, recall: &impl Recall) -> bool {
    /// A request may wait for a free connection.
    const PATIENCE: i64 = 1_000_000_000;
    if actual.is_browser() {
        return false;
    }
    let until = preflight.end.saturating_add(PATIENCE);
    actual.start > until
        && recall.cached(actual).is_some_and(|later| {
            later.exchange().place != preflight.exchange.place
                && later.exchange().started.is_some_and(|started| started.nanos() > until)
        })
}

/// For each candidate the outer hop it lies in: the same request, nested in time, on another
/// connection.
fn inner_hops(group: &[Candidate]) -> Vec<Option<usize>> {
    let mut outer_of = vec![None; group.len()];
    for (index, inner) in group.iter().enumerate() {
        if inner.exchange.recorder.vantage == Vantage::Browser {
            continue;
        }
        // Sorted by start: an outer hop stands before its inner one.
        for outer_index in (index.saturating_sub(NEIGHBOURS)..index).rev() {
            let Some(outer) = group.get(outer_index) else { break };
            if nests(outer, inner) {
                set(&mut outer_of, index, outer_index);
                break;
            }
        }
    }
    outer_of
}

fn nests(outer: &Candidate, inner: &Candidate) -> bool {
    outer.exchange.place.input() == inner.exchange.place.input()
        && stream(&outer.exchange) != stream(&inner.exchange)
        && outer.start <= inner.start
        && (outer.end >= inner.end || outer.exchange.head().is_none())
        && outer.exchange.head().map_or(outer.start, |_| outer.end) >= inner.start
        && outer.preflight.is_some() == inner.preflight.is_some()
        && outer.origin.as_ref().map(|(origin, _)| origin) == inner.origin.as_ref().map(|(origin, _)| origin)
        && outer.names == inner.names
        && (inner.proxy_trace.is_some() || outer.exchange.server != inner.exchange.server)
        && outer.proxy_trace.is_none_or(|_| inner.proxy_trace.is_some())
}

fn stream(exchange: &Exchange) -> Option<u32> {
    match exchange.place {
        Place::Frame { stream, .. } => Some(stream),
        Place::Entry { .. } => None,
    }
}
