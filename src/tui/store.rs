//! The findings at hand: the row of every one, and the whole of those that are looked at.
//!
//! Owns what is held while the analysis runs, and asking for what is not. Rows come in order of number. While inputs
//! are read, findings arrive whole and the first of them are kept so; when reading has ended, each is made again.

use crate::report::list_row::{Asked, ListRow, ListRows};
use crate::report::order::Facts;
use crate::report::source::ListedFindings;
use crate::report::view::Finding;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;

/// Findings that are kept whole while inputs are read; of later ones the rows.
const WHOLE: usize = 2_000;
/// Findings that were looked at last: a screen asks for the same ones frame by frame.
const RECENT: usize = 128;

/// Where one finding went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Behind all others.
    Added,
    /// Between others: positions have moved.
    Inserted,
    /// To the place of the finding of its number.
    Replaced(usize),
}

/// Findings that arrived while inputs are read.
#[derive(Clone, Default)]
struct Arrived {
    facts: Vec<Facts>,
    rows: Vec<ListRow>,
    maker: ListRows,
    /// The first of them, by number.
    whole: BTreeMap<u32, Rc<Finding>>,
}

#[derive(Clone)]
enum Source {
    Arrived(Box<Arrived>),
    Settled(Rc<dyn ListedFindings>),
}

/// The findings at hand.
#[derive(Clone)]
pub struct Store {
    source: Source,
    recent: RefCell<VecDeque<(usize, Rc<Finding>)>>,
}

impl Default for Store {
    fn default() -> Self {
        Self { source: Source::Arrived(Box::default()), recent: RefCell::default() }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("rows", &self.rows().len()).finish_non_exhaustive()
    }
}

impl Store {
    /// The row of every finding.
    pub fn rows(&self) -> &[ListRow] {
        match &self.source {
            Source::Arrived(arrived) => &arrived.rows,
            Source::Settled(settled) => settled.rows(),
        }
    }

    /// What order and groups need to know of every finding.
    pub fn facts(&self) -> &[Facts] {
        match &self.source {
            Source::Arrived(arrived) => &arrived.facts,
            Source::Settled(settled) => settled.facts(),
        }
    }

    /// The position of the finding of a number.
    pub fn position(&self, number: u32) -> Option<usize> {
        self.rows().binary_search_by_key(&number, |row| row.number).ok()
    }

    /// A finding that is looked at; None while it is held as a row only.
    pub fn finding(&self, at: usize) -> Option<Rc<Finding>> {
        let settled = match &self.source {
            Source::Arrived(arrived) => return arrived.whole.get(&arrived.rows.get(at)?.number).cloned(),
            Source::Settled(settled) => settled,
        };
        let mut recent = self.recent.borrow_mut();
        if let Some((_, finding)) = recent.iter().find(|(of, _)| *of == at) {
            return Some(Rc::clone(finding));
        }
        let finding = Rc::new(settled.finding(at)?.into_owned());
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back((at, Rc::clone(&finding)));
        Some(finding)
    }

    /// A finding that is needed once, for searching it or writing it.
    pub fn once(&self, at: usize) -> Option<Cow<'_, Finding>> {
        match &self.source {
            Source::Arrived(arrived) => {
                arrived.whole.get(&arrived.rows.get(at)?.number).map(|finding| Cow::Borrowed(&**finding))
            }
            Source::Settled(settled) => settled.finding(at),
        }
    }

    /// How many of all requests are one event that several inputs saw, in words.
    pub(super) fn seen_again(&self) -> Option<String> {
        match &self.source {
            Source::Arrived(_) => None,
            Source::Settled(settled) => settled.seen_again(),
        }
    }

    /// Takes a finding in while inputs are read.
    pub(super) fn take(&mut self, finding: Finding) -> Option<Taken> {
        let Source::Arrived(arrived) = &mut self.source else { return None };
        let Arrived { facts, rows, maker, whole } = &mut **arrived;
        let (own, row) = (Facts::of(&finding), maker.row(&finding, &Asked::of(&finding)));
        if whole.len() < WHOLE || whole.contains_key(&finding.number) {
            whole.insert(finding.number, Rc::new(finding));
        }
        Some(match rows.binary_search_by_key(&row.number, |row| row.number) {
            Ok(at) => {
                if let (Some(old_facts), Some(old_row)) = (facts.get_mut(at), rows.get_mut(at)) {
                    (*old_facts, *old_row) = (own, row);
                }
                Taken::Replaced(at)
            }
            Err(at) => {
                let taken = if at == rows.len() { Taken::Added } else { Taken::Inserted };
                facts.insert(at, own);
                rows.insert(at, row);
                taken
            }
        })
    }

    /// Takes what was found in the end, in place of everything.
    pub(super) fn settle(&mut self, settled: Rc<dyn ListedFindings>) {
        *self = Self { source: Source::Settled(settled), recent: RefCell::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_inputs_are_read_the_first_findings_are_held_whole_and_all_have_rows() {
        let mut store = Store::default();
        let count = u32::try_from(WHOLE).unwrap() + 10;
        for number in 1..=count {
            assert_eq!(store.take(Finding { number, ..Finding::default() }), Some(Taken::Added));
        }
        assert_eq!(store.rows().len(), WHOLE + 10);
        assert!(store.finding(WHOLE - 1).is_some() && store.finding(WHOLE).is_none());
        assert_eq!(store.take(Finding { number: 7, ..Finding::default() }), Some(Taken::Replaced(6)));
        assert_eq!(store.position(count), Some(WHOLE + 9));
    }
}
