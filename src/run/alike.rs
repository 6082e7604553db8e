//! Findings that say the same of one page and one server: so many are kept whole, the rest are counted.
//!
//! Owns what counts as alike and the sentence about it. A capture of an hour may hold a hundred thousand
//! requests that fail by one and the same header; nobody reads them all, and each kept one costs memory.

use crate::capture::Limits;
use crate::diagnosis::{Doubt, Judged, Verdict};
use crate::exchange::origin_of_url;
use crate::report::view;
use std::collections::{BTreeMap, HashMap};

/// Counts of alike findings.
#[derive(Debug)]
pub(super) struct Alike {
    kinds: HashMap<String, Kind>,
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
    failed: bool,
    origin: String,
    server: String,
    counted: u64,
}

/// The findings that were only counted.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// How many, by the number of the first finding of their kind.
    pub(super) counted: BTreeMap<u32, u64>,
    /// The sentences.
    pub(super) remarks: Vec<view::Remark>,
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
            most: limits.server_facts,
            failing: limits.alike_failing,
            open: limits.alike_open,
        }
    }

    /// Takes one finding, which is to get this number if it is kept.
    pub(super) fn take(&mut self, judged: &Judged, number: u32) -> Place {
        let pair = &judged.pair;
        let server = origin_of_url(&pair.url).map_or_else(String::new, |origin| origin.to_string());
        let status = judged.failing_exchange().head().map_or(0, |response| response.status);
        let input = pair.representative().place.input();
        let key = match &judged.verdict {
            // These are matters of the page and the server, not of the method.
            Verdict::Undecided { doubt, conditional } if by_nature(*doubt) => {
                format!("{input} {} {server} {doubt:?} {conditional:?}", pair.origin)
            }
            verdict => format!("{input} {} {server} {} {status} {verdict:?}", pair.origin, pair.method),
        };
        if self.kinds.len() >= self.most && !self.kinds.contains_key(&key) {
            return Place::Kept;
        }
        let kind = self.kinds.entry(key).or_insert_with(|| Kind {
            first: number,
            failed: matches!(judged.verdict, Verdict::Fail(_)),
            origin: pair.origin.to_string(),
            server,
            ..Kind::default()
        });
        let room = match &judged.verdict {
            Verdict::Undecided { doubt, .. } if by_nature(*doubt) => self.open,
            _ => self.failing,
        };
        if kind.kept < room.max(1) {
            kind.kept += 1;
            return Place::Kept;
        }
        kind.counted += 1;
        Place::Counted
    }

    /// What was counted, and one remark a kind, in order of their first finding.
    pub(super) fn finish(&mut self) -> Counted {
        let mut kinds: Vec<Kind> =
            std::mem::take(&mut self.kinds).into_values().filter(|kind| kind.counted > 0).collect();
        kinds.sort_by_key(|kind| kind.first);
        Counted {
            counted: kinds.iter().map(|kind| (kind.first, kind.counted)).collect(),
            remarks: kinds.into_iter().map(Kind::remark).collect(),
        }
    }
}

/// Whether this doubt lies in what packets can show, and so meets every request of a page.
fn by_nature(doubt: Doubt) -> bool {
    matches!(doubt, Doubt::CredentialsUnknown | Doubt::BehindProxy)
}

impl Kind {
    fn remark(self) -> view::Remark {
        let Self { first, failed, origin, server, counted, .. } = self;
        let became = match (failed, counted) {
            (true, 1) => "request failed",
            (true, _) => "requests failed",
            (false, 1) => "request is undecided",
            (false, _) => "requests are undecided",
        };
        view::Remark {
            id: "findings-alike".to_owned(),
            count: counted,
            text: format!(
                "{counted} more {became} like #{first}, from {origin} to {server}: counted, not listed (--all lists every one)"
            ),
            places: Vec::new(),
        }
    }
}
