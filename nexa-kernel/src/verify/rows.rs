//! Every row against its events.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{PAGE, ROW_DIFFERS};
use crate::{
    compile::plain,
    context::Context,
    error::{Error, Result},
    ledger::{Event, EventQuery, Verb, emptied, recorded},
    record::{ColumnType, RecordDef, Row},
    store::{Key, Select, Trash},
    value::Value,
};

/// How many rows are compared at once.
const ROWS: usize = 200;

/// A record as its events describe it: a value for each column, or `None` where an erasure took it.
struct Rebuilt(Option<Vec<Option<Value>>>);

impl Rebuilt {
    fn take(&mut self, def: &RecordDef, event: &Event) {
        let unknown = || vec![None; def.columns.len()];
        if event.verb == Verb::Erased {
            self.empty(def, event);
            return;
        }
        let said: Option<Map<String, Json>> =
            event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
        let Some(said) = said else {
            self.0 = (event.verb != Verb::Purged).then(unknown);
            return;
        };
        match event.verb {
            Verb::Created => self.0 = Some(created(def)),
            Verb::Updated => {}
            Verb::Purged | Verb::Erased => self.0 = None,
        }
        let Some(values) = &mut self.0 else { return };
        for (path, json) in &said {
            let Some(column) = def.column(path) else { continue };
            let json = if event.verb == Verb::Updated { json.get(1).unwrap_or(&Json::Null) } else { json };
            let value = def.columns.get(column).and_then(|definition| plain(definition, json));
            if let Some(slot) = values.get_mut(column) {
                *slot = value;
            }
        }
    }

    /// What an erasure emptied holds nothing; of a document only the personal entries are gone, and what may not be empty holds a
    /// value that says nothing.
    fn empty(&mut self, def: &RecordDef, event: &Event) {
        let Some(values) = &mut self.0 else { return };
        for column in emptied(def, event) {
            let is_null = def.columns.get(column).is_some_and(|of| of.nullable && def.custom != Some(column));
            if let Some(slot) = values.get_mut(column) {
                *slot = is_null.then_some(Value::Null);
            }
        }
    }

    /// The first difference from a row.
    fn compare(&self, def: &RecordDef, row: &Row) -> Result<()> {
        let id = row.id(def);
        let Some(values) = &self.0 else { return Err(differs(def, id, "id", "there is a row, and no event made it")) };
        for (index, (column, known)) in def.columns.iter().zip(values).enumerate() {
            let Some(known) = known.as_ref().filter(|_| recorded(def, index)) else { continue };
            if !same(column.kind, known, row.get(index)) {
                return Err(differs(def, id, &column.path, "the row has another value"));
            }
        }
        Ok(())
    }
}

/// What a creation leaves out is empty, or came to the record later with the column.
fn created(def: &RecordDef) -> Vec<Option<Value>> {
    let mut values = vec![Some(Value::Null); def.columns.len()];
    for (column, value) in &def.backfills {
        if let Some(slot) = values.get_mut(*column) {
            *slot = Some(value.clone());
        }
    }
    values
}

/// Documents are the same when they say the same.
pub(crate) fn same(kind: ColumnType, one: &Value, other: &Value) -> bool {
    match (kind, one, other) {
        (ColumnType::List | ColumnType::Map | ColumnType::Json, Value::Json(one), Value::Json(other)) => {
            one == other
                || serde_json::from_str::<Json>(one)
                    .ok()
                    .zip(serde_json::from_str::<Json>(other).ok())
                    .is_some_and(|(one, other)| one == other)
        }
        _ => one == other,
    }
}

fn differs(def: &RecordDef, id: Uuid, field: &str, problem: &str) -> Error {
    ROW_DIFFERS.with("kind", def.kind).with("id", id).with("field", field).with("problem", problem)
}

impl Context<'_> {
    /// Checks that what these events made is there, or was purged since. Error: `ledger.row_differs`.
    pub(super) async fn made_are_there(&mut self, events: &[Event]) -> Result<()> {
        let mut made: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for event in events.iter().filter(|event| event.verb == Verb::Created) {
            made.entry(&*event.kind).or_default().push(Value::Uuid(event.record));
        }
        for (kind, ids) in made {
            // A kind that this Crm does not have is not its to judge.
            let Some(def) = self.environment.kinds.get(kind) else { continue };
            let rows = self.tx.load(def, Key::Column(def.id), &ids).await?;
            let there: std::collections::HashSet<Uuid> = rows.iter().map(|row| row.id(def)).collect();
            for id in ids.iter().filter_map(Value::as_uuid).filter(|id| !there.contains(id)) {
                let query = EventQuery {
                    after: 0,
                    limit: PAGE,
                    records: Some(vec![(def.kind, id)]),
                    backwards: true,
                    ..EventQuery::default()
                };
                let last = self.tx.events(&query).await?.into_iter().find(|event| event.verb != Verb::Erased);
                if last.is_none_or(|event| event.verb != Verb::Purged) {
                    return Err(differs(def, id, "id", "its row is missing"));
                }
            }
        }
        Ok(())
    }

    /// Compares every row with what its events describe, and counts them. Error: `ledger.row_differs`.
    pub(super) async fn rows_are_as_recorded(&mut self) -> Result<u64> {
        let mut compared = 0;
        for def in self.environment.kinds.all().iter().filter(|def| def.ledger) {
            let mut query = Select { trash: Trash::Any, ..Select::all(def, ROWS) };
            loop {
                let rows = self.tx.select(&query).await?;
                self.compare_rows(def, &rows).await?;
                compared += rows.len() as u64;
                if rows.len() < ROWS {
                    break;
                }
                query.after = rows.last().map(|last| query.position(last));
            }
        }
        Ok(compared)
    }

    async fn compare_rows(&mut self, def: &'static RecordDef, rows: &[Row]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut rebuilt: HashMap<Uuid, Rebuilt> = rows.iter().map(|row| (row.id(def), Rebuilt(None))).collect();
        let mut query = EventQuery {
            after: 0,
            limit: PAGE,
            records: Some(rows.iter().map(|row| (def.kind, row.id(def))).collect()),
            backwards: false,
            ..EventQuery::default()
        };
        loop {
            let events = self.tx.events(&query).await?;
            for event in &events {
                if let Some(record) = rebuilt.get_mut(&event.record) {
                    record.take(def, event);
                }
            }
            if events.len() < PAGE {
                break;
            }
            query.after = events.last().map_or(query.after, |event| event.seq);
        }
        rows.iter().try_for_each(|row| rebuilt.get(&row.id(def)).map_or(Ok(()), |record| record.compare(def, row)))
    }
}
