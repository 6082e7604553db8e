//! Requests that a browser sent again by itself, because their connection was lost before an answer.
//!
//! Owns which preflight or request repeats which. The page knows of one request, whose outcome is that of the last try.

use super::candidate::Candidate;
use crate::exchange::Exchange;

/// A repeated preflight starts within this time after the one that was lost, nanoseconds.
const PREFLIGHT_WITHIN: i64 = 2_000_000_000;
/// A request is repeated at once; a new connection takes a few round trips. Pages that try again wait longer.
const REQUEST_WITHIN: i64 = 1_000_000_000;
/// How many requests of one URL behind a lost one are looked at.
const NEIGHBOURS: usize = 64;

/// For each preflight that was lost, the preflight that repeats it last.
pub(super) fn of_preflights(
    group: &[Candidate],
    preflights: &[usize],
    partner: &[Option<usize>],
) -> Vec<Option<usize>> {
    let mut successor = vec![None; group.len()];
    let mut later: Option<usize> = None;
    for index in preflights.iter().rev().copied() {
        let Some(candidate) = group.get(index) else { continue };
        let unpaired = partner.get(index).copied().flatten().is_none();
        let next = later.and_then(|at| group.get(at).map(|next| (at, next)));
        if let Some((at, next)) = next
            && unpaired
            && is_same(candidate, next)
            && next.start >= candidate.start
            && next.start.saturating_sub(candidate.end) < PREFLIGHT_WITHIN
        {
            let target = successor.get(at).copied().flatten().unwrap_or(at);
            set(&mut successor, index, target);
        }
        later = Some(index);
    }
    successor
}

/// For each request that was lost, the request that repeats it last. What has a preflight of its own repeats none: the
/// network repeats, not the page.
pub(super) fn of_requests(group: &[Candidate], requests: &[usize], partner: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut successor = vec![None; group.len()];
    let mut is_taken = vec![false; group.len()];
    for (at, index) in requests.iter().copied().enumerate() {
        let Some(lost) = group.get(index) else { continue };
        if lost.is_browser() || !lost.was_cut_off() {
            continue;
        }
        let following = requests.iter().copied().skip(at + 1).take(NEIGHBOURS);
        let next = following
            .filter_map(|next| Some((next, group.get(next)?)))
            .take_while(|(_, next)| next.start.saturating_sub(lost.end) < REQUEST_WITHIN)
            .find(|(next, candidate)| {
                candidate.start >= lost.end
                    && partner.get(*next).copied().flatten().is_none()
                    && is_taken.get(*next) == Some(&false)
                    && is_same(lost, candidate)
            });
        if let Some((next, _)) = next {
            set(&mut successor, index, next);
            if let Some(taken) = is_taken.get_mut(next) {
                *taken = true;
            }
        }
    }
    for index in requests.iter().rev().copied() {
        let Some(next) = successor.get(index).copied().flatten() else { continue };
        let last = successor.get(next).copied().flatten().unwrap_or(next);
        set(&mut successor, index, last);
    }
    successor
}

/// Whether the second may be the first once more, which was lost on the wire.
fn is_same(lost: &Candidate, next: &Candidate) -> bool {
    let origin = |candidate: &Candidate| candidate.origin.as_ref().map(|(origin, _)| origin.clone());
    !lost.is_browser()
        && lost.was_cut_off()
        && next.url == lost.url
        && next.names == lost.names
        && origin(next) == origin(lost)
        && client(&next.exchange) == client(&lost.exchange)
        && next.exchange.place.input() == lost.exchange.place.input()
}

fn client(exchange: &Exchange) -> Option<std::net::IpAddr> {
    exchange.client.map(|address| address.ip())
}

fn set(list: &mut [Option<usize>], at: usize, value: usize) {
    if let Some(slot) = list.get_mut(at) {
        *slot = Some(value);
    }
}
