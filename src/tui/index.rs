//! Which findings the list shows, and in which order.
//!
//! Owns filtering and sorting as a job done in slices, so that a key is answered within a frame
//! however many findings there are: the list of before stays until the new one is complete.
//! Holds indices only. Knows nothing of screens.

use super::choice::{Show, Sort};
use super::store::Store;
use crate::report::filter::Filter;
use std::cmp::Ordering;

/// Findings that are made for a free word in the time in which so many rows are looked at.
const MADE: usize = 8;

/// A list being made.
#[derive(Debug, Clone, Default)]
struct Job {
    /// The next finding to look at.
    next: usize,
    /// Looks only at the rows that are shown, and keeps their order.
    within: bool,
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
    /// Numbers of the only findings that are shown, ascending: those of one cause.
    only: Option<Vec<u32>>,
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
        self.on && (self.only.is_some() || !self.filter.is_empty())
    }

    /// What is filtered by, in words.
    pub fn filter_words(&self) -> String {
        let only = self.only.is_some().then_some("one cause");
        let text = Some(self.text.as_str()).filter(|text| !text.is_empty());
        only.into_iter().chain(text).collect::<Vec<_>>().join(", ")
    }

    /// Whether there is anything to switch off and on.
    pub fn has_filter(&self) -> bool {
        self.only.is_some() || !self.text.is_empty()
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
        let narrower = self.on && self.job.is_none() && filter.narrows(&self.filter);
        text.clone_into(&mut self.text);
        self.on = true;
        self.filter = filter;
        if narrower && !same {
            self.job = Some(Job { within: true, candidates: self.candidates, ..Job::default() });
        } else if !same {
            self.restart();
        }
    }

    /// Shows the findings of these numbers only, ascending, of those that the filter lets through.
    pub fn show_only(&mut self, numbers: Vec<u32>) {
        self.on = true;
        self.only = Some(numbers);
        self.restart();
    }

    /// Shows all findings that the filter lets through. False when it did so before.
    pub fn show_every(&mut self) -> bool {
        let narrowed = self.only.take().is_some();
        if narrowed {
            self.restart();
        }
        narrowed
    }

    /// Makes the list anew from all findings.
    pub fn restart(&mut self) {
        self.job = Some(Job::default());
    }

    /// Findings from `from` on are new.
    pub fn arrived(&mut self, from: usize) {
        match &self.job {
            Some(job) if job.within => self.restart(),
            Some(_) => {}
            None => {
                let runs = if self.shown.is_empty() { Vec::new() } else { vec![self.shown.clone()] };
                self.job = Some(Job { next: from, candidates: self.candidates, runs, ..Job::default() });
            }
        }
    }

    /// Does one slice of the job, looking at up to `slice` findings. True when a list is complete.
    pub fn work(&mut self, store: &Store, slice: usize) -> bool {
        let Some(mut job) = self.job.take() else { return false };
        let looked = if self.on && self.filter.is_free() { slice.div_ceil(MADE) } else { slice };
        let count = if job.within { self.shown.len() } else { store.rows().len() };
        let end = job.next.saturating_add(looked).min(count);
        if job.within {
            let rows = self.shown.get(job.next..end).unwrap_or_default().iter().copied();
            let kept: Vec<u32> = rows.filter(|at| self.matches(store, *at)).collect();
            match job.runs.first_mut() {
                Some(run) => run.extend(kept),
                None => job.runs.push(kept),
            }
            job.next = end;
        } else if job.next < end {
            let mut run = Vec::new();
            for (at, row) in store.rows().iter().enumerate().take(end).skip(job.next) {
                if self.show.shows(row.verdict()) {
                    job.candidates += 1;
                    run.extend(u32::try_from(at).ok().filter(|at| self.matches(store, *at)));
                }
            }
            run.sort_unstable_by(|a, b| self.order(store, *a, *b));
            if !run.is_empty() {
                job.runs.push(run);
            }
            job.next = end;
        } else if let Some(mut merge) = job.merge.take() {
            if self.merge(store, &mut merge, slice.saturating_mul(MERGED)) {
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
        if job.next >= count && job.merge.is_none() && job.runs.len() <= 1 {
            return self.finish(job);
        }
        self.job = Some(job);
        false
    }

    /// Whether the filter lets a finding through.
    fn matches(&self, store: &Store, at: u32) -> bool {
        let Some((at, row)) = usize::try_from(at).ok().and_then(|at| Some((at, store.rows().get(at)?))) else {
            return false;
        };
        let only = || self.only.as_ref().is_none_or(|numbers| numbers.binary_search(&row.number).is_ok());
        !self.on || (only() && self.filter.matches(row, || store.once(at)))
    }

    fn finish(&mut self, job: Job) -> bool {
        self.shown = job.runs.into_iter().next().unwrap_or_default();
        self.candidates = job.candidates;
        self.generation = self.generation.wrapping_add(1);
        true
    }

    /// Merges up to `budget` rows more. True when complete.
    fn merge(&self, store: &Store, merge: &mut Merge, budget: usize) -> bool {
        for _ in 0..budget {
            match (merge.a.get(merge.next_a), merge.b.get(merge.next_b)) {
                (Some(x), Some(y)) if self.order(store, *x, *y) == Ordering::Greater => {
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

    fn order(&self, store: &Store, a: u32, b: u32) -> Ordering {
        let at = |index: u32| {
            let at = usize::try_from(index).ok()?;
            Some((store.facts().get(at)?, store.rows().get(at)?))
        };
        let (Some((facts_a, a)), Some((facts_b, b))) = (at(a), at(b)) else { return a.cmp(&b) };
        let by = match self.sort {
            Sort::Worst => facts_a.rank().cmp(&facts_b.rank()),
            Sort::Number => Ordering::Equal,
            Sort::Time => facts_a.started.cmp(&facts_b.started),
            Sort::Method => a.method().cmp(b.method()),
            Sort::Why => a.title().cmp(b.title()),
            Sort::Request => a.host().cmp(b.host()).then_with(|| a.path().cmp(b.path())),
        };
        let by = by.then(a.number.cmp(&b.number));
        if self.reversed { by.reverse() } else { by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::view::{Finding, Verdict};

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

    fn store(n: u32) -> Store {
        let mut store = Store::default();
        for finding in findings(n) {
            store.take(finding);
        }
        store
    }

    fn started(index: Index) -> Index {
        let mut index = index;
        index.restart();
        index
    }

    fn settle(index: &mut Index, store: &Store, slice: usize) -> Vec<u32> {
        for _ in 0..1_000 {
            if index.work(store, slice) {
                return index.shown().iter().filter_map(|at| Some(store.rows().get(*at as usize)?.number)).collect();
            }
        }
        panic!("the job does not end");
    }

    #[test]
    fn the_list_does_not_depend_on_the_slices_it_was_made_in() {
        let store = store(40);
        let mut index = started(Index { sort: Sort::Request, ..Index::default() });
        let whole = settle(&mut index, &store, 1_000);
        assert_eq!(whole.len(), 40);
        for slice in [1, 3, 7] {
            index.restart();
            assert_eq!(settle(&mut index, &store, slice), whole);
        }
    }

    #[test]
    fn findings_that_arrive_later_are_merged_in() {
        let whole = settle(&mut started(Index::default()), &store(30), 100);
        let (mut index, mut arriving) = (Index::default(), Store::default());
        let mut later = findings(30).into_iter();
        let mut numbers = Vec::new();
        for count in [1, 1, 8, 20] {
            let from = arriving.rows().len();
            for finding in later.by_ref().take(count) {
                arriving.take(finding);
            }
            index.arrived(from);
            numbers = settle(&mut index, &arriving, 4);
        }
        assert_eq!(numbers, whole);
        assert_eq!(index.candidates(), 30);
    }

    #[test]
    fn worst_first_puts_writes_before_reads_and_undecided_last() {
        let store = store(6);
        let mut index = started(Index::default());
        assert_eq!(settle(&mut index, &store, 100), [1, 3, 2, 4, 6, 5]);
        index.reversed = true;
        index.restart();
        assert_eq!(settle(&mut index, &store, 100), [5, 6, 4, 2, 3, 1]);
    }

    #[test]
    fn the_old_list_stays_until_the_new_one_is_complete() {
        let store = store(20);
        let mut index = started(Index::default());
        settle(&mut index, &store, 100);
        index.set_filter("#7");
        assert!(!index.work(&store, 5));
        assert_eq!(index.shown().len(), 20);
        assert_eq!(settle(&mut index, &store, 5), [7]);
        assert_eq!(index.candidates(), 20);
    }

    #[test]
    fn a_filter_that_is_typed_on_gives_the_list_of_the_whole_text() {
        let store = store(40);
        let mut typed = started(Index { on: true, ..Index::default() });
        settle(&mut typed, &store, 100);
        let text = "api.example/1 -post";
        for end in 1..=text.len() {
            typed.set_filter(&text[..end]);
            while typed.busy() {
                typed.work(&store, 3);
            }
        }
        let mut at_once = Index { on: true, ..Index::default() };
        at_once.set_filter(text);
        at_once.restart();
        settle(&mut at_once, &store, 100);
        assert_eq!(typed.shown(), at_once.shown());
        assert!(!typed.shown().is_empty() && typed.candidates() == 40);
    }

    #[test]
    fn only_the_findings_of_one_cause_are_shown_until_all_are_again() {
        let store = store(20);
        let mut index = started(Index { on: true, ..Index::default() });
        settle(&mut index, &store, 100);
        index.show_only(vec![3, 4, 11]);
        assert_eq!(settle(&mut index, &store, 100), [3, 11, 4]);
        assert!(index.show_every());
        assert_eq!(settle(&mut index, &store, 100).len(), 20);
        assert!(!index.show_every());
    }
}
