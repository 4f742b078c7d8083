//! A connection inside a transaction for one tenant.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use nexa_kernel::{
    ledger::{Event, EventQuery},
    record::{RecordDef, Row, corrupt},
    store::{Aggregate, Select},
    value::{Timestamp, Value},
};
use nexa_sql::Rows;
use sqlx::{
    AssertSqlSafe, PgConnection,
    postgres::{PgArguments, PgRow},
    query_with, raw_sql,
};
use uuid::Uuid;

use crate::{
    arguments::{Array, Binds, TEXT, UUID, kind_of},
    begin::Begun,
    cache::Cache,
    failure::{self, Failure},
    growth::Growth,
    rows::{read_aggregate, read_event, read_head, read_id, read_int, read_record, read_row, read_text, simple_text},
    statements::Statements,
};

pub(crate) struct Link<'c> {
    pub(crate) db: &'c mut PgConnection,
    pub(crate) statements: &'c Statements,
    /// How many messages went to the server and were waited for.
    pub(crate) trips: &'c AtomicU64,
    pub(crate) growth: &'c Growth,
    pub(crate) org: Uuid,
}

/// What a transaction reads first: the head of the ledger, which process of the server it has, and the server's clock.
/// Digits are digits, whatever form of bytes the role prefers.
pub(crate) const HEAD: &str = "SELECT seq, at, encode(head, 'hex'), pg_backend_pid(), \
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
const HEAD_PROCESS: usize = 3;
const HEAD_CLOCK: usize = 4;
/// The server's clock, for a tenant that has no ledger yet.
const CLOCK: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// Rows of a kind by the values of a column.
pub(crate) struct Load {
    pub(crate) of: &'static RecordDef,
    pub(crate) column: usize,
    pub(crate) values: Vec<Value>,
    /// Whether it is asked as a load of one value at most.
    pub(crate) rows: Rows,
}

impl Load {
    /// Asks for one value at most, where there are no more.
    pub(crate) fn narrow(&mut self) {
        if self.values.len() <= 1 {
            self.rows = Rows::One;
        }
    }

    fn array(&self) -> Array {
        array_of(self.of, self.column, &self.values)
    }
}

fn array_of<'v>(of: &RecordDef, column: usize, values: impl IntoIterator<Item = &'v Value>) -> Array {
    let kind = of.columns.get(column).map_or(TEXT, |column| kind_of(column.kind));
    let mut once = HashSet::new();
    // No row holds a value that cannot be kept, and the server takes no NUL.
    Array::of(kind, values.into_iter().filter(|value| value.unfit().is_none() && once.insert(*value)))
}

/// A row with the external key that it was found by.
pub(crate) type Named = (String, String, Row);

impl Link<'_> {
    pub(crate) fn failed(&self, problem: &sqlx::Error) -> Failure {
        failure::of(problem, self.org)
    }

    /// Runs statements without binds, in one message.
    pub(crate) async fn simple(&mut self, sql: String) -> Result<Vec<PgRow>, Failure> {
        self.trips.fetch_add(1, Ordering::Relaxed);
        let rows = raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *self.db).await;
        rows.map_err(|problem| self.failed(&problem))
    }

    /// Runs one statement.
    pub(crate) async fn rows(&mut self, sql: Arc<str>, binds: Binds) -> Result<Vec<PgRow>, Failure> {
        self.trips.fetch_add(1, Ordering::Relaxed);
        let arguments: Result<PgArguments, sqlx::Error> = binds.finish();
        let rows = match arguments {
            Ok(arguments) => {
                let query = query_with(AssertSqlSafe(sql), arguments).persistent(self.statements.prepared);
                query.fetch_all(&mut *self.db).await
            }
            Err(problem) => Err(problem),
        };
        rows.map_err(|problem| self.failed(&problem))
    }

    /// Reads the head of the ledger from the row that a transaction begins with, and forgets plans that are outdated. A tenant
    /// that is about to be founded has no such row.
    pub(crate) async fn began(&mut self, rows: &[PgRow], cache: Cache, writes: bool) -> Result<Begun, Failure> {
        let head = read_head(rows)?;
        let number = |row: &PgRow, position| simple_text(row, position).and_then(|text| text.parse().ok());
        let clock = match rows.last() {
            Some(row) => number(row, HEAD_CLOCK),
            None if writes => self.simple(CLOCK.to_owned()).await?.last().and_then(|row| number(row, 0)),
            None => None,
        };
        let process = rows.last().and_then(|row| simple_text(row, HEAD_PROCESS)).and_then(|text| text.parse().ok());
        if process.is_some_and(|process| self.growth.outdates(process)) {
            self.simple("DISCARD PLANS".to_owned()).await?;
        }
        Ok(Begun { head, clock: clock.map(Timestamp::from_micros), cache })
    }

    pub(crate) async fn load_rows<'v>(
        &mut self,
        of: &'static RecordDef,
        column: usize,
        values: impl IntoIterator<Item = &'v Value>,
    ) -> Result<Vec<Row>, Failure> {
        let mut binds = Binds::of(self.org);
        binds.array(array_of(of, column, values));
        let rows = self.rows(self.statements.load(of, column), binds).await?;
        Ok(rows.iter().map(|row| read_row(of, row)).collect::<Result<_, _>>()?)
    }

    /// The rows of several loads, each with the number of its load, in one message.
    pub(crate) async fn load_together(&mut self, loads: &[Load]) -> Result<Vec<(usize, Row)>, Failure> {
        let together = self.statements.together(loads);
        let mut binds = Binds::of(self.org);
        loads.iter().for_each(|load| binds.column(load.rows, load.array()));
        let rows = self.rows(together, binds).await?;
        let read = |row: &PgRow| {
            let number = usize::try_from(read_int("load", row, 0)?).unwrap_or(usize::MAX);
            match loads.get(number) {
                Some(load) => Ok((number, read_record(load.of, row, 1)?)),
                None => Err(corrupt("load", format!("there is no load {number}"))),
            }
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn load_named(&mut self, of: &'static RecordDef, pairs: &[Value]) -> Result<Vec<Named>, Failure> {
        let mut binds = Binds::of(self.org);
        binds.value(&Value::Text(of.kind.to_owned()));
        binds.array(Array::of(TEXT, pairs.iter().step_by(2)));
        binds.array(Array::of(TEXT, pairs.iter().skip(1).step_by(2)));
        let rows = self.rows(self.statements.named(of), binds).await?;
        let width = of.columns.len();
        let read = |row: &PgRow| {
            Ok::<_, nexa_kernel::Error>((
                read_text("external key", row, width)?,
                read_text("external key", row, width + 1)?,
                read_row(of, row)?,
            ))
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn select(&mut self, query: &Select) -> Result<Vec<Row>, Failure> {
        let rendered = nexa_sql::select(self.statements.dialect(), self.org, query);
        let rows = self.rows(rendered.sql.into(), Binds::rendered(&rendered.binds)).await?;
        Ok(rows.iter().map(|row| read_row(query.of, row)).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>, Failure> {
        let (rendered, answers) = nexa_sql::aggregate(self.statements.dialect(), self.org, query);
        let rows = self.rows(rendered.sql.into(), Binds::rendered(&rendered.binds)).await?;
        Ok(rows.iter().map(|row| read_aggregate(query, &answers, row)).collect::<Result<_, _>>()?)
    }

    /// Which of these ids an event names.
    pub(crate) async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
        let asked: Vec<Value> = ids.iter().copied().map(Value::Uuid).collect();
        let mut binds = Binds::of(self.org);
        binds.array(Array::of(UUID, asked.iter()));
        let rows = self.rows(self.statements.recorded(), binds).await?;
        Ok(rows.iter().map(|row| read_id("event", row, 0)).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>, Failure> {
        let rendered = nexa_sql::events(self.statements.dialect(), self.org, query);
        let rows = self.rows(rendered.sql.into(), Binds::rendered(&rendered.binds)).await?;
        Ok(rows.iter().map(read_event).collect::<Result<_, _>>()?)
    }
}
