//! Which findings the list shows, and in which order.
//!
//! Owns filtering and sorting as a job done in slices, so that a key is answered within a frame
//! however many findings there are: the list of before stays until the new one is complete.
//! Holds indices only. Knows nothing of screens.

use super::choice::{Show, Sort};
use crate::report::filter::Filter;
use crate::report::order::{Section, moment};
use crate::report::view::{Finding, Party, Verdict};
use std::cmp::Ordering;

/// What the order depends on, taken once a finding.
#[derive(Debug, Clone, Copy)]
struct Key {
    worst: u8,
    time: u64,
    number: u32,
}

impl Key {
    fn of(finding: &Finding) -> Self {
        let undecided = finding.verdict == Verdict::Undecided;
        let third = finding.party == Party::Third;
        let reads = !matches!(finding.called_method(), "POST" | "PUT" | "PATCH" | "DELETE");
        let flags = u8::from(undecided) << 2 | u8::from(third) << 1 | u8::from(reads);
        Self {
            worst: (Section::of(finding) as u8) << 3 | flags,
            time: finding.started.as_deref().map_or(u64::MAX, moment),
            number: finding.number,
        }
    }
}

/// A list being made.
#[derive(Debug, Clone, Default)]
struct Job {
    /// The next finding to look at.
    next: usize,
    /// How many findings the filter was asked about.
    candidates: usize,
    /// Sorted runs, to be merged.
    runs: Vec<Vec<u32>>,
    /// The two runs being merged.
    merge: Option<Merge>,
}

/// Two sorted runs on the way to one.
#[derive(Debug, Clone, Default)]
struct Merge {
    a: Vec<u32>,
    b: Vec<u32>,
    next_a: usize,
    next_b: usize,
    out: Vec<u32>,
}

/// Rows that are merged in the time one finding is filtered.
const MERGED: usize = 8;

/// The rows of the list.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// What decides the order.
    pub sort: Sort,
    /// The other way round.
    pub reversed: bool,
    /// Which verdicts.
    pub show: Show,
    /// The filter, whether it is on or not.
    pub text: String,
    /// Whether the filter is on.
    pub on: bool,
    filter: Filter,
    keys: Vec<Key>,
    shown: Vec<u32>,
    candidates: usize,
    job: Option<Job>,
    generation: u64,
}

impl Index {
    /// No rows yet, and the filter, still empty, is on.
    pub fn new() -> Self {
        Self { on: true, ..Self::default() }
    }

    /// The rows: positions in the findings.
    pub fn shown(&self) -> &[u32] {
        &self.shown
    }

    /// How many rows there would be without the filter.
    pub fn candidates(&self) -> usize {
        self.candidates
    }

    /// Whether a list is being made.
    pub fn busy(&self) -> bool {
        self.job.is_some()
    }

    /// Whether a filter hides rows.
    pub fn filtered(&self) -> bool {
        self.on && !self.filter.is_empty()
    }

    /// Counts the lists made, so that what depends on one can tell that it is stale.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// A word of the filter that looks like a key but is none.
    pub fn unknown_key(&self) -> Option<&str> {
        self.filter.unknown_key().filter(|_| self.on)
    }

    /// Changes the filter.
    pub fn set_filter(&mut self, text: &str) {
        let filter = Filter::parse(text);
        let same = self.on && filter == self.filter;
        text.clone_into(&mut self.text);
        self.on = true;
        self.filter = filter;
        if !same {
            self.restart();
        }
    }

    /// Makes the list anew from all findings.
    pub fn restart(&mut self) {
        self.job = Some(Job::default());
    }

    /// Findings from `from` on are new.
    pub fn arrived(&mut self, findings: &[Finding], from: usize) {
        self.keys.truncate(from);
        self.keys.extend(findings.iter().skip(from).map(Key::of));
        if self.job.is_none() {
            let runs = if self.shown.is_empty() { Vec::new() } else { vec![self.shown.clone()] };
            self.job = Some(Job { next: from, candidates: self.candidates, runs, merge: None });
        }
    }

    /// One finding was replaced.
    pub fn replaced(&mut self, at: usize, finding: &Finding) {
        if let Some(key) = self.keys.get_mut(at) {
            *key = Key::of(finding);
        }
        self.restart();
    }

    /// All findings were replaced.
    pub fn reset(&mut self, findings: &[Finding]) {
        self.keys = findings.iter().map(Key::of).collect();
        self.restart();
    }

    /// Does one slice of the job, looking at up to `slice` findings. True when a list is complete.
    pub fn work(&mut self, findings: &[Finding], slice: usize) -> bool {
        let Some(mut job) = self.job.take() else { return false };
        let end = job.next.saturating_add(slice).min(findings.len());
        if job.next < end {
            let mut run = Vec::new();
            for (at, finding) in findings.iter().enumerate().take(end).skip(job.next) {
                if self.show.shows(finding.verdict) {
                    job.candidates += 1;
                    if !self.on || self.filter.matches(finding) {
                        run.extend(u32::try_from(at));
                    }
                }
            }
            run.sort_unstable_by(|a, b| self.order(findings, *a, *b));
            if !run.is_empty() {
                job.runs.push(run);
            }
            job.next = end;
        } else if let Some(mut merge) = job.merge.take() {
            if self.merge(findings, &mut merge, slice.saturating_mul(MERGED)) {
                job.runs.push(merge.out);
                // The two shortest are merged next.
                job.runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
            } else {
                job.merge = Some(merge);
            }
        } else if job.runs.len() > 1
            && let (Some(b), Some(a)) = (job.runs.pop(), job.runs.pop())
        {
            job.merge = Some(Merge { a, b, ..Merge::default() });
        }
        // A single run left and everything looked at: done, without another call.
        if job.next >= findings.len() && job.merge.is_none() && job.runs.len() <= 1 {
            return self.finish(findings, job);
        }
        self.job = Some(job);
        false
    }

    fn finish(&mut self, findings: &[Finding], job: Job) -> bool {
        debug_assert!(job.next >= findings.len());
        self.shown = job.runs.into_iter().next().unwrap_or_default();
        self.candidates = job.candidates;
        self.generation = self.generation.wrapping_add(1);
        true
    }

    /// Merges up to `budget` rows more. True when complete.
    fn merge(&self, findings: &[Finding], merge: &mut Merge, budget: usize) -> bool {
        for _ in 0..budget {
            match (merge.a.get(merge.next_a), merge.b.get(merge.next_b)) {
                (Some(x), Some(y)) if self.order(findings, *x, *y) == Ordering::Greater => {
                    merge.out.push(*y);
                    merge.next_b += 1;
                }
                (Some(x), _) => {
                    merge.out.push(*x);
                    merge.next_a += 1;
                }
                (None, Some(y)) => {
                    merge.out.push(*y);
                    merge.next_b += 1;
                }
                (None, None) => return true,
            }
        }
        false
    }

    fn order(&self, findings: &[Finding], a: u32, b: u32) -> Ordering {
        let at = |index: u32| usize::try_from(index).ok().and_then(|at| Some((self.keys.get(at)?, findings.get(at)?)));
        let (Some((ka, a)), Some((kb, b))) = (at(a), at(b)) else { return a.cmp(&b) };
        let by = match self.sort {
            Sort::Worst => (ka.worst, ka.time).cmp(&(kb.worst, kb.time)),
            Sort::Number => Ordering::Equal,
            Sort::Time => ka.time.cmp(&kb.time),
            Sort::Method => a.called_method().cmp(b.called_method()),
            Sort::Why => a.title().cmp(b.title()),
            Sort::Request => a.host().cmp(b.host()).then_with(|| a.path().cmp(b.path())),
        };
        let by = by.then(ka.number.cmp(&kb.number));
        if self.reversed { by.reverse() } else { by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(n: u32) -> Vec<Finding> {
        (1..=n)
            .map(|number| Finding {
                number,
                method: ["GET", "POST"][number as usize % 2].to_owned(),
                url: format!("https://api.example/{}", n - number),
                verdict: if number % 5 == 0 { Verdict::Undecided } else { Verdict::Fail },
                ..Finding::default()
            })
            .collect()
    }

    fn settle(index: &mut Index, findings: &[Finding], slice: usize) -> Vec<u32> {
        for _ in 0..1_000 {
            if index.work(findings, slice) {
                return index.shown().iter().filter_map(|at| Some(findings.get(*at as usize)?.number)).collect();
            }
        }
        panic!("the job does not end");
    }

    #[test]
    fn the_list_does_not_depend_on_the_slices_it_was_made_in() {
        let findings = findings(40);
        let mut index = Index { sort: Sort::Request, ..Index::default() };
        index.reset(&findings);
        let whole = settle(&mut index, &findings, 1_000);
        assert_eq!(whole.len(), 40);
        for slice in [1, 3, 7] {
            index.restart();
            assert_eq!(settle(&mut index, &findings, slice), whole);
        }
    }

    #[test]
    fn findings_that_arrive_later_are_merged_in() {
        let findings = findings(30);
        let mut index = Index::default();
        index.reset(&findings);
        let whole = settle(&mut index, &findings, 100);
        let mut index = Index::default();
        for end in [1, 2, 10, 30] {
            let from = index.keys.len();
            index.arrived(&findings[..end], from);
            settle(&mut index, &findings[..end], 4);
        }
        let numbers: Vec<u32> = index.shown().iter().map(|at| findings[*at as usize].number).collect();
        assert_eq!(numbers, whole);
        assert_eq!(index.candidates(), 30);
    }

    #[test]
    fn worst_first_puts_writes_before_reads_and_undecided_last() {
        let findings = findings(6);
        let mut index = Index::default();
        index.reset(&findings);
        assert_eq!(settle(&mut index, &findings, 100), [1, 3, 2, 4, 6, 5]);
        index.reversed = true;
        index.restart();
        assert_eq!(settle(&mut index, &findings, 100), [5, 6, 4, 2, 3, 1]);
    }

    #[test]
    fn the_old_list_stays_until_the_new_one_is_complete() {
        let findings = findings(20);
        let mut index = Index::default();
        index.reset(&findings);
        settle(&mut index, &findings, 100);
        index.set_filter("#7");
        assert!(!index.work(&findings, 5));
        assert_eq!(index.shown().len(), 20);
        assert_eq!(settle(&mut index, &findings, 5), [7]);
        assert_eq!(index.candidates(), 20);
    }

    #[test]
    fn times_order_as_numbers() {
        let times = ["2026-11-24T02:48:00Z", "2026-11-24T02:48:00.858Z", "2026-11-24T02:48:01Z"];
        assert!(times.map(moment).is_sorted());
        assert_eq!(moment(times[0]), 20_261_124_024_800_000);
    }
}
