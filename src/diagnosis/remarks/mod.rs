//! Remarks over all pairs: facts that are no failures.
//!
//! Owns the kinds, the counting and the sentences. Bounded: counts, at most sixteen places a kind,
//! and tables of a fixed size. Health of the files is the readers' business.

mod observe;
mod outside;

pub use outside::{ALL_FAILED, FAILED};

use super::Judged;
use crate::exchange::{Exchange, Place};
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
    fn sentence(self, tally: &Tally) -> String {
        let count = tally.count;
        let (s, verb) = if count == 1 { ("", "s") } else { ("s", "") };
        let example = tally.example.as_deref().unwrap_or_default();
        let took = match tally.millis {
            0 => String::new(),
            millis if millis < 1000 => format!(" took {millis} ms"),
            millis => format!(" took {}.{:02} s", millis / 1000, millis % 1000 / 10),
        };
        match self {
            Self::HttpErrorReadable => format!(
                "{count} cross-origin answer{s} passed CORS with an HTTP error ({example}): the page could read it, it is not CORS"
            ),
            Self::MaxAgeZero => format!(
                "{count} preflight{s}{took}: Access-Control-Max-Age: 0 makes the browser ask before every call ({example})"
            ),
            Self::PreflightNotCached => {
                let why = match (&tally.no_number, tally.absent) {
                    (None, _) => "without Access-Control-Max-Age".to_owned(),
                    (Some(value), false) => {
                        format!("with \"{value}\" in Access-Control-Max-Age, which is no number of seconds,")
                    }
                    (Some(value), true) => format!(
                        "without Access-Control-Max-Age, or with one that is no number of seconds (\"{value}\"),"
                    ),
                };
                format!("{count} preflight{s}{took}: {why} the browser keeps a result for 5 seconds only ({example})")
            }
            Self::MaxAgeShort => format!(
                "{count} preflight{s}{took}: Access-Control-Max-Age is below the 600 seconds that every browser would keep ({example})"
            ),
            Self::PreflightRepeated => {
                format!("{count} preflight{s}{took}: a repetition of an earlier one with the same result ({example})")
            }
            Self::VaryOriginMissing => format!(
                "{count} answer{s} name{verb} the page's origin without \"Vary: Origin\": a cache may hand {} to another site ({example})",
                if count == 1 { "it" } else { "them" }
            ),
            Self::AuthorizationWildcard => format!(
                "{count} request{s} send{verb} Authorization, which only \"*\" in Access-Control-Allow-Headers covers: the standard wants it named there ({example})"
            ),
            Self::OriginReflected => format!(
                "{count} server{s} allow{verb} several unrelated sites with credentials: make sure that this is a list and not every Origin echoed ({example})"
            ),
            Self::NullWithCredentials => format!(
                "{count} answer{s} allow{verb} the origin null with credentials: any sandboxed page can then read as the user ({example})"
            ),
            Self::CouldBeSimple => {
                format!("{count} request{s} need{verb} a preflight only for a header they could do without ({example})")
            }
            Self::WildcardBreaksCredentials => {
                format!("{count} answer{s} would fail if the page includes credentials: {example}")
            }
            Self::DuplicateListLines => format!(
                "{count} preflight answer{s} repeat{verb} an Allow-Methods or Allow-Headers line: browsers accept that, but two layers add CORS headers ({example})"
            ),
            Self::PreflightWithoutRequest => {
                format!("{count} preflight{s} passed and the request is not in the file ({example})")
            }
            Self::StoredAnswerMissing => format!(
                "{count} answer{s} with status 304 to the browser's own revalidation: it judges the answer that it had stored, which is not in the file ({example})"
            ),
            Self::CancelledAtOnce => format!(
                "{count} request{s} {} cancelled within milliseconds and had no answer, as map tiles, beacons and navigations are ({example})",
                if count == 1 { "was" } else { "were" }
            ),
            Self::PreflightMissing => format!(
                "{count} request{s} needed a preflight that the file does not have: cached before the recording began, or left out ({example})"
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
    pub text: String,
    /// First places.
    pub places: Vec<Place>,
}

/// How often, where first, and what it cost.
#[derive(Debug, Default)]
struct Tally {
    count: u64,
    places: Vec<Place>,
    example: Option<String>,
    millis: u64,
    /// Whether the header was absent somewhere.
    absent: bool,
    /// The first value that is no number.
    no_number: Option<String>,
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

    fn note(&mut self, kind: RemarkKind, place: Place, example: impl FnOnce() -> String, millis: u64) {
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
            Some(value) => _ = tally.no_number.get_or_insert(value),
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
