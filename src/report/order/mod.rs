//! The order of findings: worst first, equal ones folded, related ones grouped.
//!
//! Owns what every format and the terminal UI agree on: which finding stands above which, which
//! ones are one row with a count, and which rows one change would mend. Works on [`Facts`], a few
//! bytes of each finding, and gives indices, so that the findings themselves need not be there.
//! Renders nothing.

mod slices;

pub use slices::Grouping;

use super::answer::Answer;
use super::view::{Finding, Nature, Party, Place, Verdict};
use slices::Folding;
use std::cmp::Reverse;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::OnceLock;

/// What order and groups need to know of a finding.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Its number.
    pub number: u32,
    /// Where to look first.
    pub place: Option<Place>,
    /// When it began, as [`moment`] says it; the largest number when that is unknown.
    pub started: u64,
    section: Section,
    undecided: bool,
    third_party: bool,
    reads: bool,
    /// What must be equal for findings to fold.
    fold: Key,
    /// What must be equal for rows to be one group.
    group: Key,
    /// The answer, without the names of its request.
    pub(super) answer: Key,
    /// The URL called.
    pub(super) url: Key,
}

/// A digest of a value, keyed at random: equal for equal values only.
pub(super) type Key = u128;

/// The key of a value.
pub(super) fn key(value: &impl Hash) -> Key {
    static HASHERS: OnceLock<(RandomState, RandomState)> = OnceLock::new();
    let (high, low) = HASHERS.get_or_init(Default::default);
    u128::from(high.hash_one(value)) << 64 | u128::from(low.hash_one(value))
}

/// The digits of an RFC 3339 time as one number, which orders as the time does.
pub fn moment(time: &str) -> u64 {
    let digits = time.bytes().filter(u8::is_ascii_digit).take(17);
    let (value, count) = digits.fold((0u64, 0u32), |(value, count), digit| {
        (value.saturating_mul(10).saturating_add(u64::from(digit - b'0')), count + 1)
    });
    value.saturating_mul(10u64.saturating_pow(17 - count))
}

impl Facts {
    /// Where it stands in a list that folds nothing.
    pub fn rank(&self) -> Rank {
        Rank::of(self, 1)
    }

    /// The facts of a finding.
    pub fn of(finding: &Finding) -> Self {
        let section = Section::of(finding);
        let kin = Kin::of(finding);
        // What passed has no answer: it stands together by server.
        let answer = if section == Section::Passed { 0 } else { key(&Answer::of(finding)) };
        let group = if section == Section::Passed { key(&kin) } else { key(&(Kin { host: "", ..kin }, answer)) };
        Self {
            number: finding.number,
            place: finding.place(),
            started: finding.started.as_deref().map_or(u64::MAX, moment),
            section,
            undecided: finding.verdict == Verdict::Undecided,
            third_party: finding.party == Party::Third,
            reads: !matches!(finding.called_method(), "POST" | "PUT" | "PATCH" | "DELETE"),
            fold: key(&Fold::of(finding)),
            group,
            answer,
            url: key(&finding.called_url()),
        }
    }
}

/// The parts of a list, in the order in which they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// No CORS rule is at fault, or CORS only hides the fault: the shortest way to an answer.
    LookFirst,
    /// A CORS rule refused.
    Blocked,
    /// This capture cannot decide.
    NotDecided,
    /// Nothing failed.
    Passed,
}

impl Section {
    /// The section a finding belongs to. Nature comes before verdict: an undecided abort is no
    /// CORS question either way.
    pub fn of(finding: &Finding) -> Self {
        match (finding.verdict, finding.nature) {
            (Verdict::Pass, _) => Self::Passed,
            (_, Nature::NotCors | Nature::SideEffect) => Self::LookFirst,
            (Verdict::Fail, Nature::Cors) => Self::Blocked,
            (Verdict::Undecided, Nature::Cors) => Self::NotDecided,
        }
    }

    /// Heading of the section.
    pub fn title(self) -> &'static str {
        match self {
            Self::LookFirst => "not CORS or side effect: look here first",
            Self::Blocked => "blocked by CORS",
            Self::NotDecided => "not decided",
            Self::Passed => "passed",
        }
    }
}

/// Findings that are one event repeated: same origin, method, URL path and answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Indices in order of `number`; never empty.
    pub all: Vec<usize>,
    rank: Rank,
}

impl Row {
    /// Index of the finding that stands for the row.
    pub fn first(&self) -> usize {
        self.all.first().copied().unwrap_or_default()
    }

    /// How many findings the row folds.
    pub fn count(&self) -> usize {
        self.all.len()
    }
}

/// Rows with one origin and one answer: one change, made on each server, mends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Where the group stands.
    pub section: Section,
    /// Worst first; never empty.
    pub rows: Vec<Row>,
    rank: Rank,
}

impl Group {
    /// Index of the finding that stands for the group.
    pub fn first(&self) -> usize {
        self.rows.first().map(Row::first).unwrap_or_default()
    }

    /// How many findings the group holds.
    pub fn count(&self) -> usize {
        self.rows.iter().map(Row::count).sum()
    }
}

/// Sort key; smaller is worse and stands higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    section: Section,
    undecided: bool,
    third_party: bool,
    reads: bool,
    count: Reverse<usize>,
    started: u64,
    number: u32,
}

impl Rank {
    fn of(facts: &Facts, count: usize) -> Self {
        let Facts { section, undecided, third_party, reads, started, number, .. } = *facts;
        Self { section, undecided, third_party, reads, count: Reverse(count), started, number }
    }
}

/// Folds equal findings and sorts the rows, worst first.
pub fn rows(findings: &[Facts]) -> Vec<Row> {
    let mut folding = Folding::new(findings, (0..findings.len()).collect());
    while !folding.work(findings, usize::MAX) {}
    folding.sorted(findings)
}

/// Groups the rows of [`rows`] that have one origin and one answer, and sorts the groups, worst first.
pub fn groups(findings: &[Facts]) -> Vec<Group> {
    let mut grouping = Grouping::new(findings, (0..findings.len()).collect());
    loop {
        if let Some(groups) = grouping.work(findings, usize::MAX) {
            return groups;
        }
    }
}

/// What must be equal for findings to fold. The query is left out: cache busters and ids in it
/// make no other failure.
#[derive(PartialEq, Eq, Hash)]
struct Fold<'a> {
    kin: Kin<'a>,
    input: Option<u32>,
    method: &'a str,
    path: &'a str,
    brief: &'a str,
}

impl<'a> Fold<'a> {
    fn of(finding: &'a Finding) -> Self {
        let path = finding.path();
        // Durations stand in the brief of what failed on the way, and never repeat exactly.
        let brief = match (&finding.cause, finding.nature) {
            (Some(cause), Nature::Cors | Nature::SideEffect) => cause.brief.as_str(),
            _ => "",
        };
        Self {
            kin: Kin::of(finding),
            input: finding.place().map(|place| place.input),
            method: finding.called_method(),
            path: path.split(['?', '#']).next().unwrap_or(path),
            brief,
        }
    }
}

/// What must be equal for rows to be one group. The title holds the value that differs (a status,
/// a header name), so that one answer is true of every row.
#[derive(PartialEq, Eq, Hash)]
struct Kin<'a> {
    verdict: Verdict,
    nature: Nature,
    stage: super::view::Stage,
    origin: &'a str,
    host: &'a str,
    label: &'a str,
    title: &'a str,
    certainty: Option<super::view::Certainty>,
}

impl<'a> Kin<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            verdict: finding.verdict,
            nature: finding.nature,
            stage: finding.stage,
            origin: &finding.origin,
            host: finding.host(),
            label: finding.label(),
            title: finding.title(),
            certainty: finding.cause.as_ref().map(|cause| cause.certainty),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::sample;
    use crate::report::view::{Cause, Change, Fix};

    fn rows(findings: &[Finding]) -> Vec<Row> {
        super::rows(&findings.iter().map(Facts::of).collect::<Vec<_>>())
    }

    fn groups(findings: &[Finding]) -> Vec<Group> {
        super::groups(&findings.iter().map(Facts::of).collect::<Vec<_>>())
    }

    fn numbers(findings: &[Finding], rows: &[Row]) -> Vec<Vec<u32>> {
        rows.iter().map(|row| row.all.iter().map(|&i| findings[i].number).collect()).collect()
    }

    fn finding(number: u32, method: &str, url: &str) -> Finding {
        Finding {
            number,
            method: method.to_owned(),
            url: url.to_owned(),
            cause: Some(Cause { id: "allow-origin-missing".to_owned(), ..Cause::default() }),
            ..Finding::default()
        }
    }

    #[test]
    fn the_facts_of_a_finding_are_few() {
        assert!(size_of::<Facts>() <= 200, "{}", size_of::<Facts>());
    }

    #[test]
    fn what_is_not_cors_stands_above_what_cors_blocked() {
        let report = sample("busy-clear");
        let rows = rows(&report.findings);
        assert_eq!(numbers(&report.findings, &rows)[..4], [vec![3], vec![13], vec![14], vec![1]]);
        assert_eq!(rows.len(), 15);
    }

    #[test]
    fn repeated_failures_fold_into_one_row_and_the_bigger_row_comes_first() {
        let report = sample("two-tabs");
        assert_eq!(numbers(&report.findings, &rows(&report.findings)), [vec![2, 4, 5], vec![1, 3]]);
    }

    #[test]
    fn a_query_does_not_keep_equal_failures_apart_but_a_path_does() {
        let findings = [
            finding(1, "GET", "https://api.example/a?_=1"),
            finding(2, "GET", "https://api.example/a?_=2"),
            finding(3, "GET", "https://api.example/b"),
        ];
        assert_eq!(numbers(&findings, &rows(&findings)), [vec![1, 2], vec![3]]);
        let groups = groups(&findings);
        assert_eq!(groups.len(), 1);
        assert_eq!((groups[0].count(), groups[0].rows.len(), groups[0].first()), (3, 2, 0));
    }

    #[test]
    fn one_answer_is_one_change_whatever_the_server_and_another_change_is_another_answer() {
        let fix = |place: &str, value: &str| Fix {
            text: format!("in {place}: Access-Control-Allow-Headers: {value}"),
            changes: vec![Change {
                set: [("access-control-allow-headers".to_owned(), value.to_owned())].into(),
                ..Change::default()
            }],
            ..Fix::default()
        };
        let mut findings = [
            finding(1, "GET", "https://api.example/a"),
            finding(2, "PUT", "https://cdn.example/b"),
            finding(3, "GET", "https://api.example/c"),
        ];
        findings[0].fixes = vec![fix("/a of api.example", "x")];
        findings[1].fixes = vec![fix("/b of cdn.example", "x")];
        findings[2].fixes = vec![fix("/c of api.example", "y")];
        let groups = groups(&findings);
        let rows: Vec<Vec<Vec<u32>>> = groups.iter().map(|group| numbers(&findings, &group.rows)).collect();
        assert_eq!(rows, [vec![vec![2], vec![1]], vec![vec![3]]]);
    }

    #[test]
    fn own_site_comes_before_third_parties_and_writes_before_reads() {
        let mut findings = [
            finding(1, "GET", "https://ads.example/x"),
            finding(2, "GET", "https://api.example/a"),
            finding(3, "DELETE", "https://api.example/b"),
        ];
        findings[0].party = Party::Third;
        assert_eq!(numbers(&findings, &rows(&findings)), [vec![3], vec![2], vec![1]]);
    }

    #[test]
    fn groups_do_not_depend_on_the_slices_they_were_made_in() {
        let facts: Vec<Facts> = sample("busy-clear").findings.iter().map(Facts::of).collect();
        let whole = super::groups(&facts);
        for slice in [1, 4, 100] {
            let mut grouping = Grouping::new(&facts, (0..facts.len()).rev().collect());
            let groups = std::iter::repeat_with(|| grouping.work(&facts, slice)).take(100).flatten().next();
            assert_eq!(groups.as_ref(), Some(&whole));
        }
    }

    #[test]
    fn the_order_does_not_depend_on_the_order_of_arrival() {
        let mut report = sample("busy-clear");
        let before = numbers(&report.findings, &rows(&report.findings));
        report.findings.reverse();
        assert_eq!(numbers(&report.findings, &rows(&report.findings)), before);
    }
}
