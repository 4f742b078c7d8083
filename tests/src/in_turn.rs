//! Which of many cases a run tries, where all of them would take longer with the square of the domain.
//!
//! `NEXA_EVERY=1` tries all of them, as `cargo xtask test --long` does.

use crate::backends::Backend;

/// Whether all cases are tried.
fn every() -> bool {
    std::env::var_os("NEXA_EVERY").is_some_and(|value| value == "1")
}

/// So many of these for the case with this number: the next in turn, from the first again after the last. Cases one after another
/// try all of them.
pub fn in_turn<T>(all: &[T], case: usize, count: usize) -> Vec<&T> {
    let count = if every() { all.len() } else { count.min(all.len()) };
    all.iter().cycle().skip(case * count).take(count).collect()
}

/// Whether a kind with this number is tried on a backend: in memory every kind, on each of the others every second one.
pub fn is_tried_on(backend: &Backend, number: usize) -> bool {
    match backend.name {
        "memory" => true,
        "sqlite" => every() || number.is_multiple_of(2),
        _ => every() || !number.is_multiple_of(2),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn cases_one_after_another_try_all() {
        let all = [1, 2, 3, 4, 5];
        let tried: Vec<Vec<i32>> = (0..3).map(|case| in_turn(&all, case, 2).into_iter().copied().collect()).collect();
        let distinct: BTreeSet<i32> = tried.iter().flatten().copied().collect();
        assert_eq!(distinct, all.into(), "{tried:?}");
        assert_eq!(in_turn(&all, 7, 9).len(), 5);
        assert!(in_turn::<i32>(&[], 1, 2).is_empty());
    }
}
