//! A tenant's view of the file inside a unit of work.

use std::cell::{Cell, RefCell};

use async_trait::async_trait;
use nexa_kernel::{
    Error,
    error::{Result, codes},
    ledger::{Event, EventQuery, Head},
    record::{RecordDef, Row},
    scan::Sink,
    store::{Aggregate, Batch, Key, Select, Transaction},
    value::Value,
};
use nexa_sql::{Answer, Dialect};
use uuid::Uuid;

use crate::{
    bind::{Stored, bind_all, list, read_int, read_row, read_value},
    connection::Link,
    ledger::{read_event, read_head},
    reader::Readers,
    references::Touched,
    scan::Scan,
};

/// What a unit of work runs on.
pub(crate) struct SqliteTransaction<'a, 'c> {
    pub(crate) link: &'a mut Link<'c>,
    pub(crate) org: Uuid,
    /// Whether `apply` is allowed.
    pub(crate) writes: bool,
    /// The ledger's head; in a read it is read when it is asked for.
    pub(crate) head: Cell<Option<Head>>,
    /// Whether something was written.
    pub(crate) applied: bool,
    /// The rows that were written, for the references.
    pub(crate) touched: Vec<Touched>,
    /// Why the unit is lost.
    pub(crate) lost: RefCell<Option<Error>>,
    /// The connections that may read beside this one.
    #[cfg_attr(target_arch = "wasm32", allow(dead_code, reason = "a browser has one connection"))]
    pub(crate) readers: Option<&'a Readers>,
}

impl<'a, 'c> SqliteTransaction<'a, 'c> {
    pub(crate) fn reading(link: &'a mut Link<'c>, org: Uuid) -> Self {
        let (head, lost) = (Cell::new(None), RefCell::new(None));
        Self { link, org, writes: false, head, applied: false, touched: Vec::new(), lost, readers: None }
    }
    pub(crate) fn writing(link: &'a mut Link<'c>, org: Uuid, head: Head) -> Self {
        let (head, lost) = (Cell::new(Some(head)), RefCell::new(None));
        Self { link, org, writes: true, head, applied: false, touched: Vec::new(), lost, readers: None }
    }

    pub(crate) fn failed(&self, failure: &rusqlite::Error) -> Error {
        self.link.failed(failure)
    }

    fn load_rows(&mut self, of: &'static RecordDef, column: usize, values: &[Value]) -> Result<Vec<Row>> {
        let many = values.len() > 1;
        let sql = self.link.statements.of(of).load(of, column, many);
        let failed = |failure: rusqlite::Error| self.failed(&failure);
        let mut statement = self.link.db.prepare_cached(&sql).map_err(failed)?;
        statement.raw_bind_parameter(1, self.org.as_bytes()).map_err(failed)?;
        match values {
            [one] => statement.raw_bind_parameter(2, Stored(one)).map_err(failed)?,
            all => {
                statement.raw_bind_parameter(2, list(all.iter().filter(|value| !value.is_null()))).map_err(failed)?
            }
        }
        let mut rows = statement.raw_query();
        let mut found = Vec::with_capacity(values.len());
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(read_row(of, row)?);
        }
        found.sort_unstable_by_key(|row| row.id(of));
        Ok(found)
    }

    fn load_named(&mut self, of: &'static RecordDef, values: &[Value]) -> Result<Vec<Row>> {
        let sql = std::sync::Arc::clone(&self.link.statements.of(of).external);
        let failed = |failure: rusqlite::Error| self.failed(&failure);
        let mut found: Vec<Row> = Vec::new();
        for pair in values.chunks_exact(2) {
            let mut statement = self.link.db.prepare_cached(&sql).map_err(failed)?;
            statement.raw_bind_parameter(1, self.org.as_bytes()).map_err(failed)?;
            statement.raw_bind_parameter(2, of.kind).map_err(failed)?;
            for (position, value) in pair.iter().enumerate() {
                statement.raw_bind_parameter(position + 3, Stored(value)).map_err(failed)?;
            }
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(failed)? {
                found.push(read_row(of, row)?);
            }
        }
        found.sort_by_key(|row| row.id(of));
        found.dedup_by_key(|row| row.id(of));
        Ok(found)
    }

    fn select_rows(&self, query: &Select) -> Result<Vec<Row>> {
        let failed = |failure: rusqlite::Error| self.failed(&failure);
        let rendered = nexa_sql::select(Dialect::Sqlite, self.org, query);
        let mut statement = self.link.db.prepare_cached(&rendered.sql).map_err(failed)?;
        bind_all(&mut statement, &rendered.binds).map_err(failed)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::with_capacity(query.limit.min(64));
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(read_row(query.of, row)?);
        }
        Ok(found)
    }

    fn aggregate_rows(&self, query: &Aggregate) -> Result<Vec<Row>> {
        let failed = |failure: rusqlite::Error| self.failed(&failure);
        let (rendered, answers) = nexa_sql::aggregate(Dialect::Sqlite, self.org, query);
        let mut statement = self.link.db.prepare_cached(&rendered.sql).map_err(failed)?;
        bind_all(&mut statement, &rendered.binds).map_err(failed)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(read_answers(query, &answers, row)?);
        }
        Ok(found)
    }

    pub(crate) fn read_events(&self, query: &EventQuery) -> Result<Vec<Event>> {
        let failed = |failure: rusqlite::Error| self.failed(&failure);
        let rendered = nexa_sql::events(Dialect::Sqlite, self.org, query);
        let mut statement = self.link.db.prepare_cached(&rendered.sql).map_err(failed)?;
        bind_all(&mut statement, &rendered.binds).map_err(failed)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(read_event(row)?);
        }
        Ok(found)
    }
}

impl SqliteTransaction<'_, '_> {
    fn read_recorded(&self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let failed = |failure: rusqlite::Error| self.failed(&failure);
        let asked: Vec<Value> = ids.iter().copied().map(Value::Uuid).collect();
        let mut statement = self.link.db.prepare_cached(&self.link.statements.recorded).map_err(failed)?;
        statement.raw_bind_parameter(1, self.org.as_bytes()).map_err(failed)?;
        statement.raw_bind_parameter(2, list(asked.iter())).map_err(failed)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            found.push(Uuid::from_bytes(row.get(0).map_err(failed)?));
        }
        Ok(found)
    }
}

fn read_answers(query: &Aggregate, answers: &[Answer], row: &rusqlite::Row<'_>) -> Result<Row> {
    let kind = query.of.kind;
    let mut values = Vec::with_capacity(answers.len());
    let mut position = 0;
    for (number, answer) in answers.iter().enumerate() {
        match answer {
            Answer::Column(of) => {
                let value = read_value(*of, row, position);
                values.push(value.ok_or_else(|| nexa_kernel::record::corrupt(kind, "a group does not fit"))?);
                position += 1;
            }
            Answer::Sum => {
                let count = read_int(kind, row, position + 2)?;
                // The sum of nothing is null.
                let sum = if count == 0 {
                    0
                } else {
                    (i128::from(read_int(kind, row, position)?) << 32) + i128::from(read_int(kind, row, position + 1)?)
                };
                let measure = query.measures.get(number.saturating_sub(query.groups.len()));
                values.push(match measure {
                    Some(measure) => nexa_sql::finish(query.of, *measure, sum, count)?,
                    None => Value::Null,
                });
                position += 3;
            }
        }
    }
    Ok(Row::new(values))
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Transaction for SqliteTransaction<'_, '_> {
    fn head(&self) -> Head {
        if let Some(head) = self.head.get() {
            return head;
        }
        match read_head(self.link, self.org) {
            Ok(head) => {
                self.head.set(Some(head));
                head
            }
            Err(error) => {
                *self.lost.borrow_mut() = Some(error);
                Head::default()
            }
        }
    }

    /// The file has no clock of its own, but the machine has one, which a clock of the host's making can be held against.
    #[cfg(not(target_arch = "wasm32"))]
    fn clock(&self) -> Option<nexa_kernel::value::Timestamp> {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_micros()).ok().map(nexa_kernel::value::Timestamp::from_micros)
    }

    async fn load(&mut self, of: &'static RecordDef, by: Key, values: &[Value]) -> Result<Vec<Row>> {
        match by {
            _ if values.is_empty() => Ok(Vec::new()),
            Key::Column(column) => self.load_rows(of, column, values),
            Key::External => self.load_named(of, values),
        }
    }

    async fn select(&mut self, query: &Select) -> Result<Vec<Row>> {
        self.select_rows(query)
    }

    async fn scan(&mut self, query: &Select, columns: &[usize], sink: &mut dyn Sink) -> Result<()> {
        let scan = Scan { org: self.org, query, columns };
        let whole = scan.whole_table(self.link)?;
        #[cfg(not(target_arch = "wasm32"))]
        if let (Some(readers), Some(places)) = (self.readers, &whole) {
            return scan.read_shared(self.link, readers, self.head(), places.clone(), sink);
        }
        scan.read(self.link, whole, sink)
    }

    async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>> {
        self.aggregate_rows(query)
    }

    async fn apply(&mut self, batch: Batch) -> Result<()> {
        if !self.writes {
            return Err(codes::READ_ONLY.error());
        }
        if let Some(lost) = self.lost.borrow().as_ref() {
            // SQLite may have given up the transaction: nothing may be written outside of it.
            return Err(lost.clone());
        }
        let applied = self.apply_batch(batch);
        if let Err(error) = &applied {
            self.lost.replace(Some(error.clone()));
        }
        applied
    }

    async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>> {
        self.read_events(query)
    }

    async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        if ids.is_empty() { Ok(Vec::new()) } else { self.read_recorded(ids) }
    }
}
