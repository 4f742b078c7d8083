//! Records that somebody sent along, as a storage to look at: what a form asks about a record that a server keeps.

use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    draft::unreadable,
    error::{Result, codes},
    filter::{Around, Pointing},
    ledger::{Event, EventQuery, Head},
    record::{RecordDef, Row},
    store::{Aggregate, Batch, Key, ReadRequest, Select, Store, Transaction, Trash, Work, WriteRequest},
    value::{Timestamp, Value},
};

/// A storage that has what it was given, of one tenant, and changes nothing.
#[derive(Clone, Debug, Default)]
pub struct SentStore {
    rows: Vec<(&'static RecordDef, Row)>,
}

impl SentStore {
    /// A storage without records.
    pub const fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a record as it is on the wire, and answers its identifier. What is hidden may be absent, as far as the kind knows
    /// records without it; other names than those of fields mean nothing. Errors: `field.required`, `field.invalid`.
    pub fn add(&mut self, def: &'static RecordDef, record: &Map<String, Json>) -> Result<Uuid> {
        let mut row = Row::new(vec![Value::Null; def.columns.len()]);
        row.set(def.version, Value::Int(1));
        row.set(def.created_at, Value::Time(Timestamp::from_micros(0)));
        row.set(def.updated_at, Value::Time(Timestamp::from_micros(0)));
        for field in &def.fields {
            let Some(json) = record.get(field.name).filter(|json| !json.is_null()) else { continue };
            let values = (field.parse)(json).map_err(|problem| unreadable(field.name, problem))?;
            for (column, value) in (field.first..).zip(values) {
                row.set(column, value);
            }
        }
        def.derive(&mut row);
        let missing = def.columns.iter().enumerate().find(|(at, column)| !column.nullable && row.get(*at).is_null());
        if let Some((_, column)) = missing {
            return Err(codes::FIELD_REQUIRED.with("field", &column.path));
        }
        let id = row.id(def);
        self.rows.push((def, row));
        Ok(id)
    }

    fn of(&self, def: &'static RecordDef) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|(of, _)| of.kind == def.kind).map(|(_, row)| row)
    }
}

impl Around for SentStore {
    fn related(&self, of: &'static RecordDef, id: Uuid) -> Option<Row> {
        self.of(of).find(|row| row.id(of) == id && row.live(of)).cloned()
    }
    fn has(&self, asked: &Pointing, id: Uuid) -> bool {
        let pointing = |row: &&Row| {
            row.live(asked.of)
                && row.pointed_at(asked.column, asked.at).contains(&id)
                && asked.filter.holds(row, self) == Some(true)
        };
        self.of(asked.of).filter(pointing).take(asked.at_least).count() == asked.at_least
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Store for SentStore {
    async fn migrate(&self, _: &[&'static RecordDef]) -> Result<()> {
        Ok(())
    }
    async fn write(&self, _: WriteRequest, _: std::sync::Arc<dyn Work>) -> Result<()> {
        Err(codes::READ_ONLY.error())
    }
    async fn read(&self, _: ReadRequest, work: std::sync::Arc<dyn Work>) -> Result<()> {
        work.run(&mut self.clone()).await
    }
    async fn drop_org(&self, _: Uuid) -> Result<()> {
        Err(codes::READ_ONLY.error())
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Transaction for SentStore {
    /// A tenant that there is.
    fn head(&self) -> Head {
        Head { seq: 1, ..Head::default() }
    }

    async fn load(&mut self, of: &'static RecordDef, by: Key, values: &[Value]) -> Result<Vec<Row>> {
        let wanted = |row: &&Row| match by {
            Key::Column(column) => values.iter().any(|value| !value.is_null() && row.found_by(of, column, value)),
            Key::External => {
                let has = |system: &Value, key: &Value| {
                    let text = |value: &Value, text: &str| matches!(value, Value::Text(found) if found == text);
                    row.external_keys(of).iter().any(|(s, k)| text(system, s) && text(key, k))
                };
                let (pairs, _) = values.as_chunks::<2>();
                row.live(of) && pairs.iter().any(|[system, key]| has(system, key))
            }
        };
        let mut found: Vec<Row> = self.of(of).filter(wanted).cloned().collect();
        found.sort_by_key(|row| row.id(of));
        Ok(found)
    }

    /// By filter alone; what was sent is in no order but that of the ids.
    async fn select(&mut self, query: &Select) -> Result<Vec<Row>> {
        if !query.terms.is_empty() || !query.sort.is_empty() {
            return Err(codes::STORE_UNSUPPORTED.with("what", "search and order"));
        }
        let wanted = |row: &&Row| {
            let fits = match query.trash {
                Trash::Live => row.live(query.of),
                Trash::Trashed => !row.live(query.of),
                Trash::Any => true,
            };
            fits && query.filter.holds(row, &*self) == Some(true)
        };
        let mut found: Vec<Row> = self.of(query.of).filter(wanted).cloned().collect();
        found.sort_by_key(|row| row.id(query.of));
        found.truncate(query.limit);
        Ok(found)
    }

    async fn aggregate(&mut self, _: &Aggregate) -> Result<Vec<Row>> {
        Err(codes::STORE_UNSUPPORTED.with("what", "sums over what was sent"))
    }

    async fn apply(&mut self, _: Batch) -> Result<()> {
        Err(codes::READ_ONLY.error())
    }

    async fn events(&mut self, _: &EventQuery) -> Result<Vec<Event>> {
        Ok(Vec::new())
    }

    async fn recorded(&mut self, _: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(Vec::new())
    }
}
