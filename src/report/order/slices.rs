//! Folding and grouping a slice at a time: a screen has to answer keys in between.
//!
//! Owns the work. What is equal, and what stands above what, is decided one room above.

use super::{Facts, Group, Key, Rank, Row};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Findings being folded, a slice at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Folding {
    /// Indices in order of `number`, and how many were folded.
    order: Vec<usize>,
    next: usize,
    folded: HashMap<Key, usize>,
    rows: Vec<Vec<usize>>,
}

impl Folding {
    pub(super) fn new(findings: &[Facts], mut order: Vec<usize>) -> Self {
        order.sort_by_key(|&index| findings.get(index).map(|finding| finding.number));
        Self { order, ..Self::default() }
    }

    /// Folds up to `slice` findings. True when all are.
    pub(super) fn work(&mut self, findings: &[Facts], slice: usize) -> bool {
        let end = self.next.saturating_add(slice).min(self.order.len());
        for &index in self.order.get(self.next..end).unwrap_or_default() {
            let Some(finding) = findings.get(index) else { continue };
            let slot = *self.folded.entry(finding.fold).or_insert(self.rows.len());
            match self.rows.get_mut(slot) {
                Some(row) => row.push(index),
                None => self.rows.push(vec![index]),
            }
        }
        self.next = end;
        end == self.order.len()
    }

    /// The rows, worst first.
    pub(super) fn sorted(&mut self, findings: &[Facts]) -> Vec<Row> {
        let rows = std::mem::take(&mut self.rows).into_iter().filter_map(|all| {
            let finding = findings.get(*all.first()?)?;
            let rank = Rank::of(finding, all.len());
            Some(Row { all, rank })
        });
        let mut rows: Vec<Row> = rows.collect();
        rows.sort_by_key(|row| row.rank);
        rows
    }
}

/// The groups of [`super::groups`] being made a slice at a time, so that whoever shows them can look up in between.
#[derive(Debug, Clone, Default)]
pub struct Grouping {
    folding: Folding,
    /// The rows that are not in a group yet, once all are sorted.
    rows: Option<std::vec::IntoIter<Row>>,
    known: HashMap<Key, usize>,
    groups: Vec<Group>,
}

impl Grouping {
    /// Of the findings at these indices.
    pub fn new(findings: &[Facts], of: Vec<usize>) -> Self {
        Self { folding: Folding::new(findings, of), ..Self::default() }
    }

    /// Looks at up to `slice` findings or rows more, or sorts; the groups once they are complete.
    pub fn work(&mut self, findings: &[Facts], slice: usize) -> Option<Vec<Group>> {
        let Some(rows) = &mut self.rows else {
            if self.folding.work(findings, slice) {
                self.rows = Some(self.folding.sorted(findings).into_iter());
            }
            return None;
        };
        for row in rows.by_ref().take(slice) {
            let Some(finding) = findings.get(row.first()) else { continue };
            let slot = *self.known.entry(finding.group).or_insert(self.groups.len());
            match self.groups.get_mut(slot) {
                Some(group) => group.rows.push(row),
                None => self.groups.push(Group { section: row.rank.section, rank: row.rank, rows: vec![row] }),
            }
        }
        if !rows.as_slice().is_empty() {
            return None;
        }
        let mut groups = std::mem::take(&mut self.groups);
        for group in &mut groups {
            // The worst row speaks for the group, but the group's weight is that of all its rows.
            group.rank.count = Reverse(group.count());
            group.rank.reads = group.rows.iter().all(|row| row.rank.reads);
        }
        groups.sort_by_key(|group| group.rank);
        Some(groups)
    }
}
