//! How far the tables may have grown since a connection made its plans.
//!
//! The server plans a statement for any value once per connection, and keeps that until the table is analysed, which it
//! does a minute or more after rows came. A plan for a table of ten rows reads them all. So a connection plans anew whenever
//! the store has written twice as many rows into a table, or begun twice as many transactions: no table can have grown far
//! beyond what its plans were made for.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Less than this is not worth a new plan.
const LEAST: u64 = 16;

/// More connections than these are forgotten again, and then take their plans for new.
const CONNECTIONS: usize = 1_024;

/// What a store has done so far.
#[derive(Default)]
pub(crate) struct Growth(Mutex<Done>);

#[derive(Default)]
struct Done {
    transactions: u64,
    /// Rows written, by table.
    rows: HashMap<&'static str, u64>,
    /// How often something doubled.
    doublings: u64,
    /// How often it had, when the connection of this server process planned last.
    planned: HashMap<i32, u64>,
}

impl Growth {
    /// Notes that rows were written into tables.
    pub(crate) fn wrote(&self, tables: impl IntoIterator<Item = (&'static str, u64)>) {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (table, more) in tables {
            let written = done.rows.entry(table).or_default();
            let before = *written;
            *written += more;
            let after = *written;
            done.doublings += u64::from(doubled(before, after));
        }
    }

    /// Whether the plans of a connection, by its server process, are to be forgotten in the transaction that began on it.
    pub(crate) fn outdates(&self, process: i32) -> bool {
        let mut done = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        done.transactions += 1;
        done.doublings += u64::from(doubled(done.transactions - 1, done.transactions));
        if done.planned.len() >= CONNECTIONS {
            done.planned.clear();
        }
        let now = done.doublings;
        done.planned.insert(process, now).is_some_and(|then| then < now)
    }
}

const fn doubled(before: u64, after: u64) -> bool {
    after >= LEAST && (before == 0 || before.ilog2() < after.ilog2())
}

#[cfg(test)]
mod tests {
    use super::Growth;

    #[test]
    fn every_connection_plans_anew_when_there_were_twice_as_many_transactions() {
        let growth = Growth::default();
        let anew: Vec<usize> =
            (1..100).filter(|number| growth.outdates(number % 2)).map(|number| number as usize).collect();
        assert_eq!(anew, [16, 17, 32, 33, 64, 65]);
    }

    #[test]
    fn a_connection_plans_anew_when_a_table_has_twice_as_many_rows() {
        let growth = Growth::default();
        assert!(!growth.outdates(1), "it has no plans yet");
        for (table, rows, anew) in [
            ("leads", 15, false),
            ("leads", 1, true),
            ("leads", 15, false),
            ("leads", 10_000, true),
            ("deals", 20, true),
            ("deals", 11, false),
            ("deals", 1, true),
        ] {
            growth.wrote([(table, rows)]);
            assert_eq!(growth.outdates(1), anew, "{rows} {table}");
        }
        assert!(!growth.outdates(2), "another connection is new");
    }
}
