//! Remarks over all pairs: facts that are no failures.
//!
//! Owns the kinds, the counting and the sentences. Bounded: counts, at most sixteen places a kind,
//! and tables of a fixed size. Health of the files is the readers' business.

mod observe;
mod outside;

pub use outside::{ALL_FAILED, FAILED};

use super::Judged;
use crate::exchange::{Exchange, Place};
use crate::secrets::prose;
use crate::secrets::{Captured, Padded, Prose};
use outside::Outside;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Places listed by one remark.
const PLACES: usize = 16;
/// Entries of each table kept for comparison.
const TABLE: usize = 4096;

/// What a remark is about, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RemarkKind {
    /// A response passed CORS and is an HTTP error.
    HttpErrorReadable,
    /// `Access-Control-Max-Age: 0`, or negative.
    MaxAgeZero,
    /// No `Access-Control-Max-Age`.
    PreflightNotCached,
    /// Shorter than every engine would keep it.
    MaxAgeShort,
    /// The same preflight again, though the result could have been kept.
    PreflightRepeated,
    /// Allow-Origin names the origin and Vary does not.
    VaryOriginMissing,
    /// `Authorization` passes only because `*` covers it.
    AuthorizationWildcard,
    /// Several sites are each allowed with credentials.
    OriginReflected,
    /// `null` is allowed with credentials.
    NullWithCredentials,
    /// The request needs its preflight for a header it could do without.
    CouldBeSimple,
    /// Passes without credentials and would fail with them, for `*` mostly; the mode is not known.
    WildcardBreaksCredentials,
    /// Two equal Allow-Methods or Allow-Headers lines.
    DuplicateListLines,
    /// A passed preflight without its request.
    PreflightWithoutRequest,
    /// A request that needed a preflight the file does not have.
    PreflightMissing,
    /// A 304 to the browser's own revalidation without the answer that it stood for.
    StoredAnswerMissing,
    /// Cancelled as soon as it was made.
    CancelledAtOnce,
}

impl RemarkKind {
    /// Every kind, in order.
    pub const ALL: [Self; 16] = [
        Self::HttpErrorReadable,
        Self::MaxAgeZero,
        Self::PreflightNotCached,
        Self::MaxAgeShort,
        Self::PreflightRepeated,
        Self::VaryOriginMissing,
        Self::AuthorizationWildcard,
        Self::OriginReflected,
        Self::NullWithCredentials,
        Self::CouldBeSimple,
        Self::WildcardBreaksCredentials,
        Self::DuplicateListLines,
        Self::PreflightWithoutRequest,
        Self::PreflightMissing,
        Self::StoredAnswerMissing,
        Self::CancelledAtOnce,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::HttpErrorReadable => "http-error-readable",
            Self::MaxAgeZero => "max-age-zero",
            Self::PreflightNotCached => "preflight-not-cached",
            Self::MaxAgeShort => "max-age-short",
            Self::PreflightRepeated => "preflight-repeated",
            Self::VaryOriginMissing => "vary-origin-missing",
            Self::AuthorizationWildcard => "authorization-wildcard",
            Self::OriginReflected => "origin-reflected-with-credentials",
            Self::NullWithCredentials => "null-with-credentials",
            Self::CouldBeSimple => "could-be-simple",
            Self::WildcardBreaksCredentials => "wildcard-breaks-credentials",
            Self::DuplicateListLines => "duplicate-list-lines",
            Self::PreflightWithoutRequest => "preflight-without-request",
            Self::PreflightMissing => "preflight-missing",
            Self::StoredAnswerMissing => "stored-answer-missing",
            Self::CancelledAtOnce => "cancelled-at-once",
        }
    }

    /// The sentence for so many.
    fn sentence(self, tally: &Tally) -> Prose {
        let count = tally.count;
        let (s, verb) = if count == 1 { ("", "s") } else { ("s", "") };
        let example = &tally.example;
        let took = match tally.millis {
            0 => Prose::new(),
            millis if millis < 1000 => prose!(" took {} ms", millis),
            millis => {
                prose!(" took {}.{} s", millis / 1000, Padded(i64::try_from(millis % 1000 / 10).unwrap_or_default(), 2))
            }
        };
        match self {
            Self::HttpErrorReadable => prose!(
                "{} cross-origin answer{} passed CORS with an HTTP error ({}): the page could read it, it is not CORS",
                count,
                s,
                example
            ),
            Self::MaxAgeZero => prose!(
                "{} preflight{}{}: Access-Control-Max-Age: 0 makes the browser ask before every call ({})",
                count,
                s,
                took,
                example
            ),
            Self::PreflightNotCached => {
                let why = match (&tally.no_number, tally.absent) {
                    (None, _) => "without Access-Control-Max-Age".into(),
                    (Some(value), false) => {
                        prose!("with \"{}\" in Access-Control-Max-Age, which is no number of seconds,", value)
                    }
                    (Some(value), true) => prose!(
                        "without Access-Control-Max-Age, or with one that is no number of seconds (\"{}\"),",
                        value
                    ),
                };
                prose!(
                    "{} preflight{}{}: {} the browser keeps a result for 5 seconds only ({})",
                    count,
                    s,
                    took,
                    why,
                    example
                )
            }
            Self::MaxAgeShort => prose!(
                "{} preflight{}{}: Access-Control-Max-Age is below the 600 seconds that every browser would keep ({})",
                count,
                s,
                took,
                example
            ),
            Self::PreflightRepeated => {
                prose!(
                    "{} preflight{}{}: a repetition of an earlier one with the same result ({})",
                    count,
                    s,
                    took,
                    example
                )
            }
            Self::VaryOriginMissing => prose!(
                "{} answer{} name{} the page's origin without \"Vary: Origin\": a cache may hand {} to another site ({})",
                count,
                s,
                verb,
                if count == 1 { "it" } else { "them" },
                example
            ),
            Self::AuthorizationWildcard => prose!(
                "{} request{} send{} Authorization, which only \"*\" in Access-Control-Allow-Headers covers: the standard wants it named there ({})",
                count,
                s,
                verb,
                example
            ),
            Self::OriginReflected => prose!(
                "{} server{} allow{} several unrelated sites with credentials: make sure that this is a list and not every Origin echoed ({})",
                count,
                s,
                verb,
                example
            ),
            Self::NullWithCredentials => prose!(
                "{} answer{} allow{} the origin null with credentials: any sandboxed page can then read as the user ({})",
                count,
                s,
                verb,
                example
            ),
            Self::CouldBeSimple => {
                prose!(
                    "{} request{} need{} a preflight only for a header they could do without ({})",
                    count,
                    s,
                    verb,
                    example
                )
            }
            Self::WildcardBreaksCredentials => {
                prose!("{} answer{} would fail if the page includes credentials: {}", count, s, example)
            }
            Self::DuplicateListLines => prose!(
                "{} preflight answer{} repeat{} an Allow-Methods or Allow-Headers line: browsers accept that, but two layers add CORS headers ({})",
                count,
                s,
                verb,
                example
            ),
            Self::PreflightWithoutRequest => {
                prose!("{} preflight{} passed and the request is not in the file ({})", count, s, example)
            }
            Self::StoredAnswerMissing => prose!(
                "{} answer{} with status 304 to the browser's own revalidation: it judges the answer that it had stored, which is not in the file ({})",
                count,
                s,
                example
            ),
            Self::CancelledAtOnce => prose!(
                "{} request{} {} cancelled within milliseconds and had no answer, as map tiles, beacons and navigations are ({})",
                count,
                s,
                if count == 1 { "was" } else { "were" },
                example
            ),
            Self::PreflightMissing => prose!(
                "{} request{} needed a preflight that the file does not have: cached before the recording began, or left out ({})",
                count,
                s,
                example
            ),
        }
    }
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Stable id.
    pub id: &'static str,
    /// How often.
    pub count: u64,
    /// One sentence without its full stop.
    pub text: Prose,
    /// First places.
    pub places: Vec<Place>,
}

/// How often, where first, and what it cost.
#[derive(Debug, Default)]
struct Tally {
    count: u64,
    places: Vec<Place>,
    example: Option<Prose>,
    millis: u64,
    /// Whether the header was absent somewhere.
    absent: bool,
    /// The first value that is no number.
    no_number: Option<Captured<'static>>,
}

/// Collects remarks.
#[derive(Debug, Default)]
pub struct RemarkCollector {
    tallies: BTreeMap<RemarkKind, Tally>,
    /// Preflights seen: origin, URL, method and names in one string.
    preflights: HashSet<String>,
    /// Sites allowed with credentials, by server.
    credentialed: HashMap<String, Vec<String>>,
    outside: Outside,
}

impl RemarkCollector {
    /// An empty collector.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what one pair shows.
    pub fn observe(&mut self, judged: &Judged) {
        observe::observe(self, judged);
    }

    /// Takes a failed request that CORS does not judge.
    pub fn observe_outside(&mut self, exchange: &Exchange) {
        self.outside.observe(exchange);
    }

    fn note(&mut self, kind: RemarkKind, place: Place, example: impl FnOnce() -> Prose, millis: u64) {
        let tally = self.tallies.entry(kind).or_default();
        tally.count = tally.count.saturating_add(1);
        tally.millis = tally.millis.saturating_add(millis);
        if tally.places.len() < PLACES {
            tally.places.push(place);
        }
        tally.example.get_or_insert_with(example);
    }

    /// Why a preflight's result is kept for so short a time: the value that is no number, or no header.
    fn note_lifetime(&mut self, value: Option<String>) {
        let tally = self.tallies.entry(RemarkKind::PreflightNotCached).or_default();
        match value {
            None => tally.absent = true,
            Some(value) => _ = tally.no_number.get_or_insert(Captured::text(value)),
        }
    }

    /// The remarks, in the order of their kinds; `exchanges` is how many there were in all.
    pub fn finish(self, exchanges: u64) -> Vec<Remark> {
        let outside = self.outside.finish(exchanges);
        self.tallies
            .into_iter()
            .map(|(kind, tally)| Remark {
                id: kind.id(),
                count: tally.count,
                text: kind.sentence(&tally),
                places: tally.places,
            })
            .chain(outside)
            .collect()
    }
}
