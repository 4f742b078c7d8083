//! What a backend implements: it runs work in a transaction and moves rows. It knows no rule.

pub mod open;
mod prefetch;

use std::{any::Any, path::Path, sync::Arc};

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    agenda::{Due, DueRequest},
    error::{Result, codes},
    filter::Predicate,
    ledger::{Event, EventQuery, Head, Seq},
    limits::LARGEST_PAGE,
    maybe_send::{MaybeSend, MaybeSync},
    record::{RecordDef, Row},
    scan::{Cell, Sink},
    schema::SchemaComparison,
    search::Sought,
    sql::{Sql, SqlRows},
    value::{Timestamp, Value, zone::Zone},
};

pub use self::{open::OpenTransaction, prefetch::Prefetch};
pub use super::sort::SortKey;

/// What a unit of work is for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WriteRequest {
    /// The tenant.
    pub org: Uuid,
    /// Roll back at the end whatever the work answers: a dry run.
    pub discard: bool,
}

impl WriteRequest {
    /// A unit of work for this tenant.
    pub const fn new(org: Uuid) -> Self {
        Self { org, discard: false }
    }
    /// The same, rolled back at its end.
    #[must_use]
    pub const fn discarded(mut self) -> Self {
        self.discard = true;
        self
    }
}

/// What a snapshot is for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReadRequest {
    /// The tenant.
    pub org: Uuid,
}

impl ReadRequest {
    /// A snapshot for this tenant.
    pub const fn new(org: Uuid) -> Self {
        Self { org }
    }
}

/// A storage. A tenant's writes happen one after another, so that a rule sees the truth.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Store: Any + MaybeSend + MaybeSync {
    /// Brings the schema up to these definitions. Errors: `schema.newer`, `store.…`.
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()>;
    /// The statements that make the whole schema of these definitions; none where the storage has no tables. Error:
    /// `store.unsupported`.
    async fn schema(&self, defs: &[&'static RecordDef]) -> Result<Vec<String>> {
        let _ = defs;
        Err(codes::STORE_UNSUPPORTED.with("what", "its schema as statements"))
    }
    /// What the tables that are there differ in from these definitions, and which statements help; it only reads. Errors:
    /// `schema.newer`, `store.unsupported`, `store.…`.
    async fn compare(&self, defs: &[&'static RecordDef]) -> Result<SchemaComparison> {
        let _ = defs;
        Err(codes::STORE_UNSUPPORTED.with("what", "a comparison of its schema"))
    }
    /// Runs work as one atomic unit: all of it with its events, or nothing. Work may run more than once.
    /// Errors: the work's own, `work.awaited_outside`, `work.panicked`, `store.…`.
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()>;
    /// Runs work on a consistent snapshot; `apply` is refused in it.
    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()>;
    /// The tenants in which something is due, as [`Agenda::due_since`](super::agenda::Agenda::due_since) says of each: those first
    /// in which it is due longest, then by their identifiers. Nothing else of a tenant is read. Error: `store.unsupported`.
    async fn due(&self, asked: DueRequest) -> Result<Vec<Due>> {
        let _ = asked;
        Err(codes::STORE_UNSUPPORTED.with("what", "looking for what is due"))
    }
    /// Removes every row of a tenant, its ledger included.
    async fn drop_org(&self, org: Uuid) -> Result<()>;
    /// Writes a consistent copy to a new file while work goes on. Error: `store.unsupported`.
    async fn backup(&self, path: &Path) -> Result<()> {
        let _ = path;
        Err(codes::STORE_UNSUPPORTED.with("what", "online backup"))
    }
    /// Answers a question in SQL that can only read. Errors: `sql.refused`, `sql.too_large`, `sql.too_long`,
    /// `store.unsupported`.
    async fn sql(&self, question: Sql) -> Result<SqlRows> {
        let _ = question;
        Err(codes::STORE_UNSUPPORTED.with("what", "questions in SQL"))
    }
    /// Begins a transaction in which the host's own SQL and units of work are kept together, or not at all. It waits a bounded time
    /// for others that write. Errors: `store.unsupported`, `transaction.nested`, `store.…`.
    async fn begin(&self) -> Result<Box<dyn OpenTransaction>> {
        Err(codes::STORE_UNSUPPORTED.with("what", "transactions with the host's own SQL"))
    }
}

/// Something that runs inside a transaction. It awaits nothing but the transaction and keeps no state between runs.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Work: MaybeSend + MaybeSync {
    /// Runs. An error rolls back everything this run applied.
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()>;
}

/// One tenant's view of the storage inside a unit of work. It sees what was applied before in the same unit.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Transaction: MaybeSend {
    /// The tenant's ledger as of now: last sequence number, time and hash.
    fn head(&self) -> Head;
    /// What the storage's own clock shows, as of the beginning of the unit; `None` where the storage has no clock, or has not
    /// read it. It guards against a clock of the host that is wrong, and dates nothing.
    fn clock(&self) -> Option<Timestamp> {
        None
    }
    /// Announces which loads will probably come. A storage far away may read them all at once; what is announced need not come.
    async fn prefetch(&mut self, loads: Vec<Prefetch>) -> Result<()> {
        let _ = loads;
        Ok(())
    }
    /// Rows by key, trashed ones included, in the order of their ids; unknown keys are left out.
    async fn load(&mut self, of: &'static RecordDef, by: Key, values: &[Value]) -> Result<Vec<Row>>;
    /// Rows by filter or terms, sorted, after a position, at most `limit`.
    async fn select(&mut self, query: &Select) -> Result<Vec<Row>>;
    /// Hands over these columns of the rows of a query without terms as they are read: in its order, or as they come
    /// where it has neither sort nor position nor limit.
    async fn scan(&mut self, query: &Select, columns: &[usize], sink: &mut dyn Sink) -> Result<()> {
        let mut left = query.limit;
        let mut page = Select { limit: left.min(LARGEST_PAGE), ..query.clone() };
        loop {
            let rows = self.select(&page).await?;
            for row in &rows {
                let cells: Vec<Cell<'_>> = columns.iter().map(|column| Cell::from(row.get(*column))).collect();
                sink.row(&cells)?;
            }
            left -= rows.len().min(left);
            if rows.len() < page.limit || left == 0 {
                return Ok(());
            }
            page.after = rows.last().map(|last| query.position(last));
            page.limit = left.min(LARGEST_PAGE);
        }
    }
    /// Groups in the order of their group values, nulls last; each row is its groups, then its measures.
    async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>>;
    /// Writes changes and their events, sealed with the next sequence numbers. An error means that the unit is lost:
    /// [`Store::write`] answers it even when the work swallows it. Errors: `version.conflict` (also when the row of
    /// `before` is gone), `id.taken`, the code of a unique, `external_key.taken`, and `store.read_only` in a read.
    ///
    /// Changes are checked in their order, each against what the ones before it left. References are checked at the end
    /// of the unit, so that rows may point at rows which come later: `reference.broken`, also for a row that was removed
    /// while others point at it. Trashed rows are there.
    async fn apply(&mut self, batch: Batch) -> Result<()>;
    /// Events in order.
    async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>>;
    /// Which of these ids any event of the tenant names, whatever its kind, each once and in any order: what was ever
    /// there, also after it was purged.
    async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>>;
}

/// By what [`Transaction::load`] finds rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// By a column of this index: the id, a unique or a reference. Trashed rows are found as well. The numbers
    /// [`RecordDef::by_email`] and [`RecordDef::by_phone`] find live rows by any of their addresses, [`RecordDef::by_topic`] rows
    /// by what they are about.
    Column(usize),
    /// By external key; values come as pairs of system and key. Trashed rows are not found.
    External,
}

/// Changes and events that are written together.
#[derive(Debug, Default)]
pub struct Batch {
    /// The changes, in the order in which they are written.
    pub changes: Vec<Change>,
    /// The events, in the order of the ledger.
    pub events: Vec<Event>,
    /// The numbers of earlier events that lose their salt, reason and payload before the others are written. One that is not there is
    /// left out.
    pub erased: Vec<Seq>,
}

/// One change of one row, with the entries of the index tables that come and go with it; those to remove go first.
///
/// Where the row becomes what it was, only entries change: the row must still be at its version, and stays there.
#[derive(Clone, Debug)]
pub struct Change {
    /// The kind.
    pub of: &'static RecordDef,
    /// The row as it was; `None` for a new one.
    pub before: Option<Row>,
    /// The row as it becomes; `None` to remove it.
    pub after: Option<Row>,
    /// Entries to add.
    pub add: Vec<Entry>,
    /// Entries to remove.
    pub remove: Vec<Entry>,
}

/// An entry of one of the three index tables that every kind shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `terms`: a search term with its weight; a row has a term once.
    Term(String, i64),
    /// `indexed_values`: a tag (`tags`) or an indexed custom field (`custom.x`) with its value as text.
    Value(String, String),
    /// `external_keys`: system and key, unique per tenant and kind. A violation is `external_key.taken`.
    Key(String, String),
}

/// The rows that count, by their trash mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Trash {
    /// Only live rows.
    #[default]
    Live,
    /// Only rows in the trash.
    Trashed,
    /// All rows.
    Any,
}

/// A query for rows.
#[derive(Clone, Debug)]
pub struct Select {
    /// The kind.
    pub of: &'static RecordDef,
    /// The rows that count.
    pub filter: Predicate,
    /// Trashed or live.
    pub trash: Trash,
    /// Search: for every word, one of its beginnings must begin a stored term of the row; see [`score`](super::search::score).
    /// As [`sought`](super::search::sought) makes them; with none of them nothing is searched.
    pub terms: Vec<Sought>,
    /// The order; the id, ascending, always ends it. A search has none of its own: by score, best first, then by id.
    pub sort: Vec<SortKey>,
    /// The last row seen: one value per sort key, then the id; of a search the score as an integer, then the id.
    pub after: Option<Vec<Value>>,
    /// At most so many rows.
    pub limit: usize,
}

impl Select {
    /// Every live row of a kind by id, up to a limit.
    pub const fn all(of: &'static RecordDef, limit: usize) -> Self {
        Self {
            of,
            filter: Predicate::always(),
            trash: Trash::Live,
            terms: Vec::new(),
            sort: Vec::new(),
            after: None,
            limit,
        }
    }
    /// Whether rows may come in any order: nobody asked for one, and all of them come.
    pub const fn any_order(&self) -> bool {
        self.sort.is_empty() && self.after.is_none() && self.limit == usize::MAX
    }
    /// Where a row stands in the order of a query without terms, for `after`.
    pub fn position(&self, row: &Row) -> Vec<Value> {
        let keys = self.sort.iter().map(|key| key.value(row).into_owned());
        keys.chain([row.get(self.of.id).clone()]).collect()
    }
    /// The same with this filter.
    #[must_use]
    pub fn filtered(mut self, filter: Predicate) -> Self {
        self.filter = filter;
        self
    }
    /// The same, searched for these terms.
    #[must_use]
    pub fn searched(mut self, terms: Vec<Sought>) -> Self {
        self.terms = terms;
        self
    }
}

/// What an aggregate groups by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Group {
    /// The value of a column.
    Column(usize),
    /// The first day of the month of a date column, or of a time column in a time zone, as a date.
    Month(usize, Zone),
}

/// What an aggregate measures. Nulls do not count; a measure of nothing is null, a count of nothing 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The number of rows.
    Count,
    /// The number of different values.
    Distinct(usize),
    /// The sum of an integer or amount column, in the column's type. Error: `aggregate.overflow`.
    Sum(usize),
    /// The mean of an integer or amount column as an amount, rounded half to even at the fourth place.
    Avg(usize),
    /// The least value.
    Min(usize),
    /// The greatest value.
    Max(usize),
}

/// A query for groups and measures.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// The kind.
    pub of: &'static RecordDef,
    /// The rows that count.
    pub filter: Predicate,
    /// Trashed or live.
    pub trash: Trash,
    /// The groups; with none there is one row for all.
    pub groups: Vec<Group>,
    /// The measures.
    pub measures: Vec<Measure>,
    /// At most so many groups.
    pub limit: usize,
}
