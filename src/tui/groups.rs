//! The shown findings by the answer they have: one fix mends many rows.
//!
//! Owns the slices in which a screen makes them. What is one group, and which stands first, is the report's.

use super::index::Index;
use super::store::Store;
use crate::report::list_row::ListRow;
use crate::report::order::{Group, Grouping};

/// The groups of a list.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// Worst and biggest first; complete once not stale.
    pub list: Vec<Group>,
    /// Which of them have more than one server.
    pub(super) many_servers: Vec<bool>,
    making: Option<Grouping>,
    /// The list that is being grouped, and the one that was.
    source: Option<u64>,
    done: Option<u64>,
}

impl Groups {
    /// Whether the groups are not those of the list as it is now.
    pub fn stale(&self, index: &Index) -> bool {
        self.done != Some(index.generation())
    }

    /// Groups up to `slice` more rows. True when complete.
    pub fn work(&mut self, store: &Store, index: &Index, slice: usize) -> bool {
        if !self.stale(index) {
            return false;
        }
        let facts = store.facts();
        let making = match &mut self.making {
            Some(making) if self.source == Some(index.generation()) => making,
            making => {
                self.source = Some(index.generation());
                let shown = index.shown().iter().filter_map(|at| usize::try_from(*at).ok()).collect();
                *making = Some(Grouping::new(facts, shown));
                return false;
            }
        };
        let Some(list) = making.work(facts, slice) else { return false };
        let host = |at: usize| store.rows().get(at).map(ListRow::host);
        let differ = |group: &Group| group.rows.iter().any(|row| host(row.first()) != host(group.first()));
        self.many_servers = list.iter().map(differ).collect();
        (self.list, self.making, self.done) = (list, None, self.source);
        true
    }

    /// The numbers of the findings of a group, ascending.
    pub(super) fn numbers(group: &Group, store: &Store) -> Vec<u32> {
        let of = |at: &usize| store.rows().get(*at).map(|row| row.number);
        let mut numbers: Vec<u32> = group.rows.iter().flat_map(|row| &row.all).filter_map(of).collect();
        numbers.sort_unstable();
        numbers
    }
}
