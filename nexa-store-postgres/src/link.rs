//! A connection inside a transaction for one tenant.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use nexa_kernel::{
    ledger::{Event, EventQuery, Seq},
    record::{RecordDef, Row, corrupt},
    store::{Aggregate, Select},
    value::Value,
};
use sqlx::{
    AssertSqlSafe, PgConnection,
    postgres::{PgArguments, PgRow},
    query_with, raw_sql,
};
use uuid::Uuid;

use crate::{
    arguments::{Array, Binds, INT, TEXT, UUID},
    failure::{self, Failure},
    growth::Growth,
    load::{Load, array_of},
    rows::{read_aggregate, read_event, read_id, read_int, read_record, read_row, read_text},
    statements::Statements,
};

/// What all connections to a server share.
pub(crate) struct Server {
    pub(crate) statements: Statements,
    /// How many messages went to the server and were waited for.
    pub(crate) trips: AtomicU64,
    pub(crate) growth: Growth,
}

pub(crate) struct Link<'c> {
    pub(crate) db: &'c mut PgConnection,
    pub(crate) server: &'c Server,
    pub(crate) org: Uuid,
}

/// A row with the external key that it was found by.
pub(crate) type Named = (String, String, Row);

impl Link<'_> {
    pub(crate) fn failed(&self, problem: &sqlx::Error) -> Failure {
        failure::of(problem, self.org)
    }

    /// Runs statements without binds, in one message.
    pub(crate) async fn simple(&mut self, sql: String) -> Result<Vec<PgRow>, Failure> {
        self.server.trips.fetch_add(1, Ordering::Relaxed);
        let rows = raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *self.db).await;
        rows.map_err(|problem| self.failed(&problem))
    }

    /// Runs one statement.
    pub(crate) async fn rows(&mut self, sql: Arc<str>, binds: Binds) -> Result<Vec<PgRow>, Failure> {
        self.server.trips.fetch_add(1, Ordering::Relaxed);
        let arguments: Result<PgArguments, sqlx::Error> = binds.finish();
        let rows = match arguments {
            Ok(arguments) => {
                let query = query_with(AssertSqlSafe(sql), arguments).persistent(self.server.statements.prepared);
                query.fetch_all(&mut *self.db).await
            }
            Err(problem) => Err(problem),
        };
        rows.map_err(|problem| self.failed(&problem))
    }

    pub(crate) async fn load_rows<'v>(
        &mut self,
        of: &'static RecordDef,
        column: usize,
        values: impl IntoIterator<Item = &'v Value>,
    ) -> Result<Vec<Row>, Failure> {
        let mut binds = Binds::of(self.org);
        binds.array(array_of(of, column, values));
        let rows = self.rows(self.server.statements.load(of, column), binds).await?;
        Ok(rows.iter().map(|row| read_row(of, row)).collect::<Result<_, _>>()?)
    }

    /// The rows of several loads, each with the number of its load, in one message.
    pub(crate) async fn load_together(&mut self, loads: &[Load]) -> Result<Vec<(usize, Row)>, Failure> {
        let together = self.server.statements.together(loads);
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
        let rows = self.rows(self.server.statements.named(of), binds).await?;
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
        let rendered = nexa_sql::select(self.server.statements.dialect(), self.org, query);
        let rows = self.rows(rendered.sql.into(), Binds::rendered(&rendered.binds)).await?;
        Ok(rows.iter().map(|row| read_row(query.of, row)).collect::<Result<_, _>>()?)
    }

    pub(crate) async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>, Failure> {
        let (rendered, answers) = nexa_sql::aggregate(self.server.statements.dialect(), self.org, query);
        let rows = self.rows(rendered.sql.into(), Binds::rendered(&rendered.binds)).await?;
        Ok(rows.iter().map(|row| read_aggregate(query, &answers, row)).collect::<Result<_, _>>()?)
    }

    /// Which of these ids an event names.
    pub(crate) async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
        let asked: Vec<Value> = ids.iter().copied().map(Value::Uuid).collect();
        let mut binds = Binds::of(self.org);
        binds.array(Array::of(UUID, asked.iter()));
        let rows = self.rows(self.server.statements.recorded(), binds).await?;
        Ok(rows.iter().map(|row| read_id("event", row, 0)).collect::<Result<_, _>>()?)
    }

    /// Takes salt, reason and payload out of events.
    pub(crate) async fn erase_events(&mut self, seqs: &[Seq]) -> Result<(), Failure> {
        let seqs: Vec<Value> = seqs.iter().map(|seq| Value::Int(seq.cast_signed())).collect();
        let mut binds = Binds::of(self.org);
        binds.array(Array::of(INT, seqs.iter()));
        self.rows(self.server.statements.erase_events(), binds).await.map(|_| ())
    }

    pub(crate) async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>, Failure> {
        let rendered = nexa_sql::events(self.server.statements.dialect(), self.org, query);
        let rows = self.rows(rendered.sql.into(), Binds::rendered(&rendered.binds)).await?;
        Ok(rows.iter().map(read_event).collect::<Result<_, _>>()?)
    }
}
