//! Findings that say the same of one page and one server: so many are kept whole, the rest are counted.
//!
//! Owns what counts as alike and the sentence about it. A capture of an hour may hold a hundred thousand
//! requests that fail by one and the same header; nobody reads them all, and each kept one costs memory.

use crate::capture::Limits;
use crate::diagnosis::{Doubt, Judged, Verdict};
use crate::exchange::origin_of_url;
use crate::report::view;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

/// Counts of alike findings.
#[derive(Debug)]
pub(super) struct Alike {
    /// By a digest, keyed at random, of what makes a kind: a rule may quote as much as a whole head.
    kinds: HashMap<u64, Kind>,
    digest: RandomState,
    /// Kinds told apart; beyond, every finding is kept.
    most: usize,
    failing: usize,
    open: usize,
}

#[derive(Debug, Default)]
struct Kind {
    kept: usize,
    /// Number of the first finding of this kind.
    first: u32,
    counted: u64,
}

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is kept whole.
    Kept,
    /// It is counted beside the first of its kind.
    Counted,
}

impl Alike {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            kinds: HashMap::new(),
            digest: RandomState::new(),
            most: limits.server_facts,
            failing: limits.alike_failing,
            open: limits.alike_open,
        }
    }

    /// Takes one finding, which is to get this number if it is kept.
    pub(super) fn take(&mut self, judged: &Judged, number: u32) -> Place {
        let pair = &judged.pair;
        let server = origin_of_url(&pair.url);
        let server = server.as_ref().map_or("", |origin| origin.as_str());
        let status = judged.failing_exchange().head().map_or(0, |response| response.status);
        let input = pair.representative().place.input();
        let (what, room) = match &judged.verdict {
            // These are matters of the page and the server, not of the method.
            Verdict::Undecided { doubt, conditional } if by_nature(*doubt) => {
                (format!("{doubt:?} {conditional:?}"), self.open)
            }
            verdict => (format!("{} {status} {verdict:?}", pair.method), self.failing),
        };
        let key = self.digest.hash_one((input, pair.origin.as_str(), server, what));
        if self.kinds.len() >= self.most && !self.kinds.contains_key(&key) {
            return Place::Kept;
        }
        let kind = self.kinds.entry(key).or_insert_with(|| Kind { first: number, ..Kind::default() });
        if kind.kept < room.max(1) {
            kind.kept += 1;
            return Place::Kept;
        }
        kind.counted += 1;
        Place::Counted
    }

    /// How many were counted beside which finding, by its number.
    pub(super) fn counted(&self) -> BTreeMap<u32, u64> {
        self.kinds.values().filter(|kind| kind.counted > 0).map(|kind| (kind.first, kind.counted)).collect()
    }
}

/// Whether this doubt lies in what packets can show, and so meets every request of a page.
fn by_nature(doubt: Doubt) -> bool {
    matches!(doubt, Doubt::CredentialsUnknown | Doubt::BehindProxy)
}

/// The sentence about findings that were only counted beside this one.
pub(super) fn remark(first: &view::Finding, count: u64) -> view::Remark {
    let became = match (first.verdict, count) {
        (view::Verdict::Undecided, 1) => "request is undecided",
        (view::Verdict::Undecided, _) => "requests are undecided",
        (_, 1) => "request failed",
        (_, _) => "requests failed",
    };
    let server = origin_of_url(&first.url).map_or_else(|| first.host().to_owned(), |origin| origin.to_string());
    view::Remark {
        fault: None,
        id: "findings-alike".to_owned(),
        count,
        text: format!(
            "{count} more {became} like #{}, from {} to {server}: counted, not listed (--all lists every one)",
            first.number, first.origin
        ),
        places: Vec::new(),
    }
}
