//! The shown findings by cause and server: one fix mends many rows.
//!
//! Owns grouping as a job in slices over the rows of [`super::index`]. The filter that narrows the
//! list to one group is made here, too.

use super::index::Index;
use crate::report::order::Section;
use crate::report::view::{Finding, Verdict};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Findings of one verdict, one title and one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Position of the finding that speaks for the group.
    pub first: usize,
    /// How many.
    pub count: usize,
}

/// The groups of a list.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// Worst and biggest first; complete once not stale.
    pub list: Vec<Group>,
    making: Vec<Group>,
    slots: HashMap<u64, usize>,
    next: usize,
    /// The list that is being grouped, and the one that was.
    source: Option<u64>,
    done: Option<u64>,
}

fn key(finding: &Finding) -> (Verdict, &str, &str) {
    (finding.verdict, finding.title(), finding.host())
}

fn hash(finding: &Finding) -> u64 {
    let mut hasher = DefaultHasher::new();
    key(finding).hash(&mut hasher);
    hasher.finish()
}

impl Groups {
    /// Whether the groups are not those of the list as it is now.
    pub fn stale(&self, index: &Index) -> bool {
        self.done != Some(index.generation())
    }

    /// Groups up to `slice` more rows. True when complete.
    pub fn work(&mut self, findings: &[Finding], index: &Index, slice: usize) -> bool {
        if !self.stale(index) {
            return false;
        }
        if self.source != Some(index.generation()) {
            self.source = Some(index.generation());
            (self.next, self.making) = (0, Vec::new());
            self.slots.clear();
        }
        let rows = index.shown();
        let end = self.next.saturating_add(slice).min(rows.len());
        for row in rows.get(self.next..end).unwrap_or_default() {
            let Some((at, finding)) = usize::try_from(*row).ok().and_then(|at| Some((at, findings.get(at)?))) else {
                continue;
            };
            let slot = *self.slots.entry(hash(finding)).or_insert(self.making.len());
            match self.making.get_mut(slot) {
                Some(group) => {
                    group.count += 1;
                    group.first = group.first.min(at);
                }
                None => self.making.push(Group { first: at, count: 1 }),
            }
        }
        self.next = end;
        if end < rows.len() {
            return false;
        }
        self.list = std::mem::take(&mut self.making);
        self.list.sort_by_key(|group| (findings.get(group.first).map(Section::of), Reverse(group.count), group.first));
        self.done = self.source;
        true
    }
}

/// A filter that matches the group of a finding and, names being what they are, little else.
pub fn filter(finding: &Finding) -> String {
    let mut words = vec![format!("verdict:{}", finding.verdict.id())];
    if !finding.label().is_empty() {
        words.push(format!("cause:{}", finding.label()));
    }
    words.push(format!("host:{}", finding.host()));
    let title = finding.title();
    if let Some(quote) = ['"', '\''].into_iter().find(|quote| !title.contains(*quote)) {
        words.push(format!("{quote}{title}{quote}"));
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::filter::Filter;
    use crate::report::tests::sample;

    #[test]
    fn groups_hold_every_row_once_and_their_filter_finds_them() {
        let findings = sample("busy-clear").findings;
        for slice in [1, 4, 100] {
            let mut index = Index::default();
            index.reset(&findings);
            while !index.work(&findings, 100) {}
            let mut groups = Groups::default();
            while !groups.work(&findings, &index, slice) {}
            assert!(!groups.stale(&index));
            assert_eq!(groups.list.iter().map(|group| group.count).sum::<usize>(), 15);
            for group in &groups.list {
                let filter = Filter::parse(&filter(&findings[group.first]));
                assert_eq!(findings.iter().filter(|finding| filter.matches(finding)).count(), group.count);
            }
        }
    }

    #[test]
    fn the_biggest_group_of_a_section_stands_first() {
        let findings = sample("two-tabs").findings;
        let mut index = Index::default();
        index.reset(&findings);
        while !index.work(&findings, 100) {}
        let mut groups = Groups::default();
        assert!(groups.work(&findings, &index, 100));
        assert_eq!(groups.list.iter().map(|group| group.count).collect::<Vec<_>>(), [3, 2]);
    }
}
