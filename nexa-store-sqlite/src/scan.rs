//! Scans: rows handed over as they are read, those of a whole table by several connections at once.

use std::ops::RangeInclusive;

use nexa_kernel::{error::Result, record::ColumnDef, scan::Sink, store::Select, value::Value};
use nexa_sql::Dialect;
use uuid::Uuid;

use crate::{
    bind::{Stored, bind_all, read_cell, unfit},
    connection::Link,
};

/// What a scan reads.
#[derive(Clone, Copy)]
pub(crate) struct Scan<'q> {
    pub(crate) org: Uuid,
    pub(crate) query: &'q Select,
    pub(crate) columns: &'q [usize],
}

impl Scan<'_> {
    /// Where the rows of the table lie, when all of them are wanted in any order and no other tenant has any.
    pub(crate) fn whole_table(&self, link: &Link<'_>) -> Result<Option<RangeInclusive<i64>>> {
        if !self.query.any_order() || !self.query.filter.is_always() {
            return Ok(None);
        }
        let table = Dialect::Sqlite.table(self.query.of.table);
        // Each is one look at an end of an index.
        let sql = format!(
            "SELECT (SELECT min(org) FROM {table}) = ?1 AND (SELECT max(org) FROM {table}) = ?1, \
             (SELECT min(rowid) FROM {table}), (SELECT max(rowid) FROM {table})"
        );
        let failed = |failure: rusqlite::Error| link.failed(&failure);
        let mut statement = link.db.prepare_cached(&sql).map_err(failed)?;
        let org = Value::Uuid(self.org);
        let found: (Option<bool>, Option<i64>, Option<i64>) =
            statement.query_row([Stored(&org)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(failed)?;
        Ok(match found {
            (Some(true), Some(first), Some(last)) => Some(first..=last),
            _ => None,
        })
    }

    /// Hands the rows over, or those in these places.
    pub(crate) fn read(&self, link: &Link<'_>, places: Option<RangeInclusive<i64>>, sink: &mut dyn Sink) -> Result<()> {
        let failed = |failure: rusqlite::Error| link.failed(&failure);
        let of = self.query.of;
        let rendered = nexa_sql::scan(Dialect::Sqlite, self.org, self.query, self.columns, places);
        let mut statement = link.db.prepare_cached(&rendered.sql).map_err(failed)?;
        bind_all(&mut statement, &rendered.binds).map_err(failed)?;
        let wanted: Vec<&ColumnDef> = self.columns.iter().filter_map(|column| of.columns.get(*column)).collect();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            let mut cells = Vec::with_capacity(wanted.len());
            for (position, column) in wanted.iter().enumerate() {
                cells.push(read_cell(column.kind, row, position).ok_or_else(|| unfit(of, column))?);
            }
            sink.row(&cells)?;
        }
        Ok(())
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod shared {
    //! One scan by several connections.

    use std::{num::NonZero, ops::RangeInclusive, thread};

    use nexa_kernel::{
        error::{Result, codes},
        ledger::Head,
        scan::Sink,
    };

    use super::Scan;
    use crate::{connection::Link, reader::Readers};

    /// A connection more is worth its start for so many rows.
    const ROWS: i64 = 8_192;
    /// More of them wait for the same file.
    const MOST: usize = 4;

    impl Scan<'_> {
        /// Hands over the rows in these places, a share of them on this connection, the others beside it.
        ///
        /// The shares are one snapshot: every change of a tenant moves its ledger's head, so connections that see the
        /// same head see the same rows. A share whose connection sees another head is read here.
        pub(crate) fn read_shared(
            &self,
            link: &Link<'_>,
            readers: &Readers,
            head: Head,
            places: RangeInclusive<i64>,
            sink: &mut dyn Sink,
        ) -> Result<()> {
            let mut shares = shares(places);
            let own = shares.pop();
            thread::scope(|scope| {
                let mut left: Vec<_> = own.into_iter().collect();
                let mut beside = Vec::new();
                for share in shares {
                    let Some(mut part) = sink.beside() else {
                        left.push(share);
                        continue;
                    };
                    let places = share.clone();
                    let reading = scope.spawn(move || {
                        readers.beside(self.org, &head, |link| self.read(link, Some(places), &mut *part))
                    });
                    beside.push((share, reading));
                }
                let mut result = left.into_iter().try_for_each(|share| self.read(link, Some(share), sink));
                for (share, reading) in beside {
                    let done = reading.join().unwrap_or_else(|_| {
                        Err(codes::STORE_FAILED.with("problem", "a connection that reads panicked"))
                    });
                    result = result.and(done).and_then(|done| match done {
                        true => Ok(()),
                        false => self.read(link, Some(share), sink),
                    });
                }
                result
            })
        }
    }

    /// Equal shares of places, as many as pay.
    fn shares(places: RangeInclusive<i64>) -> Vec<RangeInclusive<i64>> {
        let (first, last) = places.into_inner();
        let processors = thread::available_parallelism().map_or(1, NonZero::get).min(MOST);
        let rows = last.saturating_sub(first).saturating_add(1);
        let count = i64::try_from(processors).unwrap_or(1).min(rows / ROWS).max(1);
        let each = rows / count;
        let start = |share: i64| first.saturating_add(each.saturating_mul(share));
        (0..count).map(|share| start(share)..=if share + 1 == count { last } else { start(share + 1) - 1 }).collect()
    }
}
