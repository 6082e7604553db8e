//! Findings that say the same of one page and one server: so many are kept whole, the rest are counted.
//!
//! Owns what counts as alike and the sentence about it. A capture of an hour may hold a hundred thousand
//! requests that fail by one and the same header; nobody reads them all, and each kept one costs memory.

use crate::capture::Limits;
use crate::cors::{Rule, Stage};
use crate::diagnosis::{Doubt, Failure, Judged, Verdict};
use crate::exchange::{NetError, NoResponse, origin_of_url};
use crate::report::view;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash, RandomState};
use std::mem::{Discriminant, discriminant};

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

    /// Takes one finding, which has this number.
    pub(super) fn take(&mut self, judged: &Judged, number: u32) -> Place {
        let pair = &judged.pair;
        let server = origin_of_url(&pair.url);
        let server = server.as_ref().map_or("", |origin| origin.as_str());
        let status = judged.failing_exchange().head().map_or(0, |response| response.status);
        let input = pair.representative().place.input();
        let (method, room) = match &judged.verdict {
            // These are matters of the page and the server, not of the method.
            Verdict::Undecided { doubt, .. } if by_nature(*doubt) => (None, self.open),
            _ => (Some((&*pair.method, status)), self.failing),
        };
        let key = self.digest.hash_one((input, pair.origin.as_str(), server, method, What::of(&judged.verdict)));
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

/// What happened, as far as it makes a kind: no durations, no places, no counts of bytes.
#[derive(Hash)]
enum What<'a> {
    Passed,
    Rule(Stage, &'a Rule),
    Network(Stage, Discriminant<NoResponse>),
    Browser(Option<&'a str>),
    NetError(Stage, &'a str),
    TooManyRedirects,
    BodyCut,
    Open(Doubt, Option<&'a (Stage, Rule)>),
}

impl<'a> What<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Passed,
            Verdict::Fail(Failure::Rule { stage, rule }) => Self::Rule(*stage, rule),
            Verdict::Fail(Failure::Network { stage, what }) => Self::Network(*stage, discriminant(what)),
            Verdict::Fail(Failure::Browser { error }) => Self::Browser(error.as_ref().map(NetError::name)),
            Verdict::Fail(Failure::NetError { stage, error }) => Self::NetError(*stage, error.name()),
            Verdict::Fail(Failure::TooManyRedirects) => Self::TooManyRedirects,
            Verdict::Fail(Failure::BodyCut) => Self::BodyCut,
            Verdict::Undecided { doubt, conditional } => Self::Open(*doubt, conditional.as_ref()),
        }
    }
}

/// Whether this doubt lies in what packets can show, and so meets every request of a page.
fn by_nature(doubt: Doubt) -> bool {
    matches!(doubt, Doubt::CredentialsUnknown | Doubt::BehindProxy)
}

/// The sentence about pairs that were only counted beside this one.
pub(super) fn remark(number: u32, first: &Judged, count: u64) -> view::Remark {
    let became = match (&first.verdict, count) {
        (Verdict::Undecided { .. }, 1) => "request is undecided",
        (Verdict::Undecided { .. }, _) => "requests are undecided",
        (_, 1) => "request failed",
        (_, _) => "requests failed",
    };
    let (url, origin) = (&first.pair.url, &first.pair.origin);
    let server = origin_of_url(url).map_or_else(|| view::split_url(url).0.to_owned(), |origin| origin.to_string());
    view::Remark {
        fault: None,
        words: None,
        id: "findings-alike".to_owned(),
        count,
        text: format!(
            "{count} more {became} like #{number}, from {origin} to {server}: counted, not listed (--all lists every one)"
        ),
        places: Vec::new(),
    }
}
