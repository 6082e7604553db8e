//! The cheapest assignment of one side's members to the other's (the Hungarian method).
//!
//! Owns the arithmetic only: what a pair costs is `fit`'s business. Cubic in the number of rows, so callers
//! bound it.

/// More than any cost; sums of it over all rows of a bounded matrix stay below the range of the type.
const FORBIDDEN: i128 = 1 << 114;

/// For each row the column it gets. `cost(row, column)` is what the pair costs beyond leaving both alone:
/// below zero it is worth having, `None` forbids it. Equal sums are settled by order, so the same
/// input gives the same answer.
pub(super) fn assign(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> Option<i128>) -> Vec<Option<usize>> {
    // One more column a row stands for being left alone. Columns are counted from one, 0 is where a search begins.
    let all = columns + rows;
    let table: Vec<i128> = (0..rows)
        .flat_map(|row| (0..all).map(move |column| (row, column)))
        .map(|(row, column)| match column.checked_sub(columns) {
            Some(own) => {
                if own == row {
                    0
                } else {
                    FORBIDDEN
                }
            }
            None => cost(row, column).unwrap_or(FORBIDDEN),
        })
        .collect();
    let at = |row: usize, column: usize| table.get(row * all + column).copied().unwrap_or(FORBIDDEN);
    let mut search = Search {
        row_price: vec![0; rows + 1],
        column_price: vec![0; all + 1],
        row_of: vec![0; all + 1],
        came_from: vec![0; all + 1],
    };
    for row in 1..=rows {
        search.augment(row, all, &at);
    }
    let mut result = vec![None; rows];
    for column in 1..=columns {
        if let Some(row) = search.row_of.get(column).and_then(|row| row.checked_sub(1))
            && at(row, column - 1) < 0
            && let Some(slot) = result.get_mut(row)
        {
            *slot = Some(column - 1);
        }
    }
    result
}

/// The state of the method: prices, and which row holds which column (both from one, 0 is none).
struct Search {
    row_price: Vec<i128>,
    column_price: Vec<i128>,
    row_of: Vec<usize>,
    came_from: Vec<usize>,
}

impl Search {
    /// Finds a place for one more row along the cheapest path of exchanges.
    fn augment(&mut self, row: usize, all: usize, at: &impl Fn(usize, usize) -> i128) {
        put(&mut self.row_of, 0, row);
        let mut least = vec![i128::MAX; all + 1];
        let mut used = vec![false; all + 1];
        let mut column = 0;
        while get(&self.row_of, column) != 0 {
            put(&mut used, column, true);
            let row = get(&self.row_of, column);
            let (mut delta, mut next) = (i128::MAX, 0);
            for other in 1..=all {
                if get(&used, other) {
                    continue;
                }
                let reduced = at(row - 1, other - 1) - get(&self.row_price, row) - get(&self.column_price, other);
                if reduced < get(&least, other) {
                    put(&mut least, other, reduced);
                    put(&mut self.came_from, other, column);
                }
                if get(&least, other) < delta {
                    (delta, next) = (get(&least, other), other);
                }
            }
            if next == 0 {
                return;
            }
            for other in 0..=all {
                if get(&used, other) {
                    let held = get(&self.row_of, other);
                    add(&mut self.row_price, held, delta);
                    add(&mut self.column_price, other, -delta);
                } else if other > 0 {
                    add(&mut least, other, -delta);
                }
            }
            column = next;
        }
        while column != 0 {
            let previous = get(&self.came_from, column);
            let row = get(&self.row_of, previous);
            put(&mut self.row_of, column, row);
            column = previous;
        }
    }
}

fn get<T: Copy + Default>(list: &[T], at: usize) -> T {
    list.get(at).copied().unwrap_or_default()
}

fn put<T>(list: &mut [T], at: usize, value: T) {
    if let Some(slot) = list.get_mut(at) {
        *slot = value;
    }
}

fn add(list: &mut [i128], at: usize, value: i128) {
    if let Some(slot) = list.get_mut(at) {
        *slot = slot.saturating_add(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(table: &[&[i128]]) -> Vec<Option<usize>> {
        assign(table.len(), table.first().map_or(0, |row| row.len()), |row, column| {
            table.get(row)?.get(column).copied().filter(|cost| *cost < 100)
        })
    }

    #[test]
    fn the_sum_decides_and_not_the_single_pair() {
        // The cheapest pair alone (9) would leave the other row with nothing.
        assert_eq!(of(&[&[-9, -8], &[-8, 100]]), [Some(1), Some(0)]);
        assert_eq!(of(&[&[-5, -4, -3], &[-4, -3, -1], &[-3, -1, 100]]), [Some(2), Some(1), Some(0)]);
    }

    #[test]
    fn what_is_worth_nothing_or_forbidden_is_left_alone() {
        assert_eq!(of(&[&[3, 100], &[-1, 2]]), [None, Some(0)]);
        assert_eq!(of(&[&[100, 100]]), [None]);
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[&[], &[]]), [None, None]);
    }

    #[test]
    fn it_is_as_good_as_trying_everything() {
        fn best(table: &[Vec<i128>], row: usize, free: &mut Vec<bool>) -> i128 {
            let Some(costs) = table.get(row) else { return 0 };
            let mut least = best(table, row + 1, free);
            for (column, cost) in costs.iter().enumerate() {
                if free[column] && *cost < 100 {
                    free[column] = false;
                    least = least.min(cost + best(table, row + 1, free));
                    free[column] = true;
                }
            }
            least
        }
        let mut state = 7_u64;
        for _ in 0..400 {
            let mut random = |below: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let (rows, columns) = (usize::try_from(random(6)).unwrap(), usize::try_from(random(6)).unwrap());
            let table: Vec<Vec<i128>> =
                (0..rows).map(|_| (0..columns).map(|_| i128::from(random(140)) - 30).collect()).collect();
            let found = assign(rows, columns, |row, column| Some(table[row][column]).filter(|cost| *cost < 100));
            let sum: i128 = found.iter().enumerate().filter_map(|(row, column)| Some(table[row][(*column)?])).sum();
            assert_eq!(sum, best(&table, 0, &mut vec![true; columns]), "{table:?}");
        }
    }
}
