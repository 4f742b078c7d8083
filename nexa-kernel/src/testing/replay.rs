//! A tenant put together again from its events alone: what proves that the ledger says everything.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    compile::Kinds,
    error::Result,
    index,
    ledger::{Event, EventQuery, Head, Seq, Verb, changes_version, emptied},
    past::{after_update, contents, parsed_row},
    record::{RecordDef, Row},
    store::{Batch, Change, Key, ReadRequest, Select, Store, Transaction, Trash, Work, WriteRequest},
    value::{Timestamp, Value},
    verify::same,
};

/// How many events are read at once.
const PAGE: usize = 500;

/// Writes what the events of a tenant say into another storage, unit by unit, with the same ledger. What has no history, such as
/// idempotency records and counters, is not there; nor are index entries of custom fields.
pub async fn replay(from: &dyn Store, org: Uuid, kinds: &Kinds, to: &dyn Store) -> Result<Head> {
    let mut made: HashMap<(String, Uuid), (Timestamp, i64)> = HashMap::new();
    let (mut after, mut waiting) = (0, Vec::<Event>::new());
    loop {
        let read = Arc::new(Reading { after, found: Mutex::default() });
        from.read(ReadRequest::new(org), read.clone()).await?;
        let page = std::mem::take(&mut *read.found.lock().unwrap_or_else(PoisonError::into_inner));
        let complete = page.len() < PAGE;
        after = page.last().map_or(after, |event| event.seq);
        waiting.extend(page);
        // References are checked at the end of a unit.
        while let Some(first) = waiting.first().map(|event| event.unit) {
            let length = waiting.iter().take_while(|event| event.unit == first).count();
            if length == waiting.len() && !complete {
                break;
            }
            let mut events = Vec::new();
            for event in waiting.drain(..length) {
                let (made_at, version) = made.entry((event.kind.to_string(), event.record)).or_insert((event.at, 0));
                *version += i64::from(changes_version(&event));
                events.push((event, *made_at, *version));
            }
            to.write(WriteRequest::new(org), Arc::new(Writing { kinds: kinds.all().to_vec(), events })).await?;
        }
        if complete {
            return head_of(to, org).await;
        }
    }
}

/// The end of a tenant's ledger.
pub async fn head_of(store: &dyn Store, org: Uuid) -> Result<Head> {
    struct End(Mutex<Head>);
    #[cfg_attr(not(target_arch = "wasm32"), async_trait)]
    #[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
    impl Work for End {
        async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tx.head();
            Ok(())
        }
    }
    let end = Arc::new(End(Mutex::default()));
    store.read(ReadRequest::new(org), end.clone()).await?;
    let head = *end.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(head)
}

/// Every row of a kind, in the trash as well, in the order of the ids.
pub async fn rows_of(store: &dyn Store, org: Uuid, def: &'static RecordDef) -> Result<Vec<Row>> {
    struct All(&'static RecordDef, Mutex<Vec<Row>>);
    #[cfg_attr(not(target_arch = "wasm32"), async_trait)]
    #[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
    impl Work for All {
        async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
            let query = Select { trash: Trash::Any, ..Select::all(self.0, 1_000_000) };
            let rows = tx.select(&query).await?;
            *self.1.lock().unwrap_or_else(PoisonError::into_inner) = rows;
            Ok(())
        }
    }
    let all = Arc::new(All(def, Mutex::default()));
    store.read(ReadRequest::new(org), all.clone()).await?;
    let mut rows = std::mem::take(&mut *all.1.lock().unwrap_or_else(PoisonError::into_inner));
    rows.sort_by_key(|row| row.id(def));
    Ok(rows)
}

/// The columns in which two rows differ, by path; documents that say the same are the same.
pub fn differences(def: &RecordDef, one: &Row, other: &Row) -> Vec<String> {
    let columns = def.columns.iter().enumerate();
    let differing = columns.filter(|(index, column)| !same(column.kind, one.get(*index), other.get(*index)));
    differing
        .map(|(index, column)| format!("{}: {:?} and {:?}", column.path, one.get(index), other.get(index)))
        .collect()
}

struct Reading {
    after: Seq,
    found: Mutex<Vec<Event>>,
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Work for Reading {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        let query = EventQuery { after: self.after, limit: PAGE, ..EventQuery::default() };
        let events = tx.events(&query).await?;
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = events;
        Ok(())
    }
}

/// A row without what an erasure emptied, as far as its event says it.
fn without_erased(def: &RecordDef, mut row: Row, event: &Event) -> Row {
    let columns = emptied(def, event);
    if let Some(column) = def.erased_at.filter(|_| !columns.is_empty()) {
        row.set(column, Value::Time(event.at));
    }
    for column in columns.into_iter().filter(|column| def.columns.get(*column).is_some_and(|column| column.nullable)) {
        row.set(column, Value::Null);
    }
    def.derive(&mut row);
    row
}

/// The events of one unit, each with the moment at which its record was made, and the version that it leaves.
struct Writing {
    kinds: Vec<&'static RecordDef>,
    events: Vec<(Event, Timestamp, i64)>,
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Work for Writing {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        for (event, made_at, version) in &self.events {
            let event = event.clone();
            let Some(def) = self.kinds.iter().copied().find(|def| def.kind == event.kind) else { continue };
            let before = tx.load(def, Key::Column(def.id), &[Value::Uuid(event.record)]).await?.into_iter().next();
            let said = contents(&event).unwrap_or_default();
            let mut after = match event.verb {
                Verb::Created => Some(parsed_row(def, event.record, &said)),
                Verb::Updated => before.clone().map(|row| after_update(def, row, &said)),
                Verb::Purged => None,
                Verb::Erased => before.clone().map(|row| without_erased(def, row, &event)),
            };
            if let Some(row) = after.as_mut().filter(|_| changes_version(&event)) {
                row.set(def.version, Value::Int(*version));
                row.set(def.created_at, Value::Time(*made_at));
                row.set(def.updated_at, Value::Time(event.at));
            }
            let (add, remove) = index::changes(def, before.as_ref(), after.as_ref(), &[]);
            let changes = match (&before, &after) {
                (None, None) => Vec::new(),
                _ => vec![Change { of: def, before, after, add, remove }],
            };
            tx.apply(Batch { changes, events: vec![event], ..Batch::default() }).await?;
        }
        Ok(())
    }
}
