//! The records of the whole tenant, for what rules must know.

use uuid::Uuid;

use super::Context;
use crate::{
    error::Result,
    filter::Filter,
    ledger::{Event, EventQuery},
    limits::LARGEST_PAGE,
    record::{Column, ExternalKey, Field, Id, Record, RecordDef, Ref, Row, Topic},
    store::{Aggregate, Prefetch, Select},
    value::Value,
};

/// A context past the actor's scope: every record of the tenant is there, whatever the actor may see.
///
/// It is for what rules must know, such as whether a mail address is free. What comes of it is answered only as far as the actor sees
/// it: who answers has to ask [`Context::allows`] or [`Context::saw`].
pub struct Unrestricted<'c, 'a>(&'c mut Context<'a>);

impl<'a> Context<'a> {
    /// The records of the whole tenant, for what rules must know.
    pub const fn unrestricted(&mut self) -> Unrestricted<'_, 'a> {
        Unrestricted(self)
    }
}

impl Unrestricted<'_, '_> {
    /// A live record by id. Error: `record.not_found`.
    pub async fn load<R: Record>(self, id: Id<R>) -> Result<R> {
        self.0.known(id).await
    }
    /// The row of a live record, as a command names it; an old id of a merged record finds its survivor. Error:
    /// `record.not_found`.
    pub async fn load_row(self, def: &'static RecordDef, record: &Ref<()>) -> Result<Row> {
        self.0.known_row(def, record).await
    }
    /// Live records by filter. Pending changes are written first.
    pub async fn find<R: Record>(self, filter: &Filter, sort: &[&str], limit: usize) -> Result<Vec<R>> {
        self.0.all(filter, sort, limit).await
    }
    /// All live records by filter, in the order of their ids; read page by page and kept together.
    pub async fn every<R: Record>(self, filter: &Filter) -> Result<Vec<R>> {
        let filter = self.0.tenants_filter(R::def(), filter).await?;
        let query = Select::all(R::def(), LARGEST_PAGE).filtered(filter);
        self.0.every_row(query).await?.into_iter().map(R::from_row).collect()
    }
    /// All rows that a query finds, whatever its limit.
    pub async fn every_row(self, query: Select) -> Result<Vec<Row>> {
        self.0.every_row(query).await
    }
    /// Live records by filter, as they are stored.
    pub async fn find_rows(
        self,
        def: &'static RecordDef,
        filter: &Filter,
        sort: &[&str],
        limit: usize,
    ) -> Result<Vec<Row>> {
        self.0.all_rows(def, filter, sort, limit).await
    }
    /// Live records whose key column (unique, or a reference) has this value.
    pub async fn matching<R: Record, T: Field>(self, column: Column<R, T>, value: &T) -> Result<Vec<R>> {
        self.0.matching(column, value).await
    }
    /// Live records whose unique folded column has this text, or one that reads the same.
    pub async fn matching_folded<R: Record, T>(self, column: Column<R, T>, text: &str) -> Result<Vec<R>> {
        self.0.matching_folded(column, text).await
    }
    /// The live record that is known under a mail address, its main one or another.
    pub async fn by_email<R: Record>(self, email: &str) -> Result<Option<R>> {
        self.0.known_by_email(email).await
    }
    /// The live row that an external key names.
    pub async fn by_key(self, def: &'static RecordDef, key: &ExternalKey) -> Result<Option<Uuid>> {
        self.0.holder_of_key(def, key).await
    }
    /// A row by id, in the trash as well.
    pub async fn row(self, def: &'static RecordDef, id: Uuid) -> Result<Option<Row>> {
        self.0.row(def, id).await
    }
    /// Rows as they are now, those included that this call has changed.
    pub async fn rows(self, query: &Select) -> Result<Vec<Row>> {
        self.0.rows(query).await
    }
    /// Rows that are about a record, given as its kind and its id, in the order of their ids.
    pub async fn rows_about(self, def: &'static RecordDef, topic: Topic, (kind, id): (&str, Uuid)) -> Result<Vec<Row>> {
        let Prefetch { column, values, .. } = Prefetch::about(def, topic, (kind, id));
        let mut rows = Vec::new();
        for value in values {
            rows.extend(self.0.rows_by(def, column, value).await?);
        }
        rows.retain(|row| topic.named(row).iter().any(|(of, named)| of == kind && *named == id));
        Ok(rows)
    }
    /// Rows by the value of a column that an index of the kind begins with, in the order of their ids.
    pub async fn rows_by(self, def: &'static RecordDef, column: usize, value: Value) -> Result<Vec<Row>> {
        self.0.rows_by(def, column, value).await
    }
    /// The ids of these rows.
    pub async fn ids_by(self, def: &'static RecordDef, column: usize, value: &Value) -> Result<Vec<Uuid>> {
        self.0.ids_by(def, column, value).await
    }
    /// Groups and measures of rows as they are now.
    pub async fn groups(self, query: Aggregate) -> Result<Vec<Row>> {
        self.0.flush().await?;
        self.0.tx.aggregate(&query).await
    }
    /// Events of the ledger, as they were written.
    pub async fn events(self, query: &EventQuery) -> Result<Vec<Event>> {
        self.0.events(query).await
    }
    /// Adds a record that a rule makes, whatever the actor may do. Error: `id.taken`.
    pub async fn insert<R: Record>(self, record: R) -> Result<R> {
        self.0.insert_by_rule(record).await
    }
}
