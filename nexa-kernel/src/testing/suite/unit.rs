//! Short ways to run one thing in a transaction, and the changes that a record makes.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    ExternalKey, Record,
    error::Result,
    ledger::{Event, EventQuery, FORMAT, Head, Verb, contents},
    maybe_send::{BoxFuture, MaybeSend, MaybeSync},
    record::{ColumnDef, RecordDef, Row},
    scan::{Cell, Sink},
    search::row_terms,
    store::{Aggregate, Batch, Change, Entry, Key, ReadRequest, Select, Store, Transaction, Work, WriteRequest},
    testing::block_on,
    value::Value,
};

/// The tenant of most checks.
pub(super) const ORG: Uuid = Uuid::from_u128(0xa);
/// Another tenant.
pub(super) const OTHER: Uuid = Uuid::from_u128(0xb);

/// A closure as work, with a place for what it found.
struct Closure<F, T> {
    run: F,
    found: Mutex<Option<T>>,
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<F, T> Work for Closure<F, T>
where
    F: for<'a> Fn(&'a mut dyn Transaction) -> BoxFuture<'a, Result<T>> + MaybeSend + MaybeSync,
    T: MaybeSend,
    Mutex<Option<T>>: MaybeSend + MaybeSync,
{
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        let found = (self.run)(tx).await?;
        *self.found.lock().unwrap() = Some(found);
        Ok(())
    }
}

/// Runs a closure as a unit of work.
pub(super) fn write<T: Send + 'static>(
    store: &dyn Store,
    request: WriteRequest,
    run: impl for<'a> Fn(&'a mut dyn Transaction) -> BoxFuture<'a, Result<T>> + MaybeSend + MaybeSync + 'static,
) -> Result<T> {
    let work = Arc::new(Closure { run, found: Mutex::new(None) });
    block_on(store.write(request, Arc::clone(&work) as Arc<dyn Work>))?;
    Ok(work.found.lock().unwrap().take().expect("a unit that succeeded has run"))
}

/// Runs a closure on a snapshot.
pub(super) fn read<T: Send + 'static>(
    store: &dyn Store,
    org: Uuid,
    run: impl for<'a> Fn(&'a mut dyn Transaction) -> BoxFuture<'a, Result<T>> + MaybeSend + MaybeSync + 'static,
) -> Result<T> {
    let work = Arc::new(Closure { run, found: Mutex::new(None) });
    block_on(store.read(ReadRequest::new(org), Arc::clone(&work) as Arc<dyn Work>))?;
    Ok(work.found.lock().unwrap().take().expect("a read that succeeded has run"))
}

/// Applies changes, each with an event, as one unit.
pub(super) fn apply(store: &dyn Store, org: Uuid, changes: Vec<Change>) -> Result<()> {
    write(store, WriteRequest::new(org), move |tx| {
        let changes = changes.clone();
        Box::pin(async move { tx.apply(batch(changes)).await })
    })
}

/// The same in the tenant of most checks, where it has to succeed.
pub(super) fn put(store: &dyn Store, changes: Vec<Change>) {
    apply(store, ORG, changes).unwrap();
}

/// Applies a change without an event, as of what has no history.
pub(super) fn plain(store: &dyn Store, org: Uuid, change: Change) {
    let written = write(store, WriteRequest::new(org), move |tx| {
        let changes = vec![change.clone()];
        Box::pin(async move { tx.apply(Batch { changes, ..Batch::default() }).await })
    });
    written.unwrap();
}

pub(super) fn load(store: &dyn Store, org: Uuid, of: &'static RecordDef, by: Key, values: Vec<Value>) -> Vec<Row> {
    read(store, org, move |tx| {
        let values = values.clone();
        Box::pin(async move { tx.load(of, by, &values).await })
    })
    .unwrap()
}

/// The record of this id.
pub(super) fn get<R: Record>(store: &dyn Store, org: Uuid, id: Uuid) -> Option<R> {
    let rows = load(store, org, R::def(), Key::Column(R::def().id), vec![Value::Uuid(id)]);
    rows.into_iter().next().map(|row| R::from_row(row).unwrap())
}

/// The rows of a query; where it has no terms, a scan has to hand over the same.
pub(super) fn select(store: &dyn Store, org: Uuid, query: Select) -> Vec<Row> {
    let every: Vec<usize> = (0..query.of.columns.len()).collect();
    let asked = query.clone();
    let found = read(store, org, move |tx| {
        let query = asked.clone();
        Box::pin(async move { tx.select(&query).await })
    })
    .unwrap();
    if query.terms.is_empty() {
        let (of, any_order) = (query.of, query.any_order());
        let mut scanned = scan(store, org, query, every);
        if any_order {
            scanned.sort_by_key(|row| row.id(of));
        }
        assert_eq!(scanned, found, "a scan finds what a select finds");
    }
    found
}

/// Rows of these columns.
#[derive(Default)]
struct Scanned(Vec<Row>);

impl Sink for Scanned {
    fn begin(&mut self, _: &[&'static ColumnDef]) {
        self.0.clear();
    }
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        self.0.push(Row::new(cells.iter().map(|cell| Value::from(*cell)).collect()));
        Ok(())
    }
}

pub(super) fn scan(store: &dyn Store, org: Uuid, query: Select, columns: Vec<usize>) -> Vec<Row> {
    read(store, org, move |tx| {
        let (query, columns) = (query.clone(), columns.clone());
        Box::pin(async move {
            let mut scanned = Scanned::default();
            tx.scan(&query, &columns, &mut scanned).await?;
            Ok(scanned.0)
        })
    })
    .unwrap()
}

pub(super) fn aggregate(store: &dyn Store, org: Uuid, query: Aggregate) -> Result<Vec<Row>> {
    read(store, org, move |tx| {
        let query = query.clone();
        Box::pin(async move { tx.aggregate(&query).await })
    })
}

pub(super) fn events(store: &dyn Store, org: Uuid, query: EventQuery) -> Vec<Event> {
    read(store, org, move |tx| {
        let query = query.clone();
        Box::pin(async move { tx.events(&query).await })
    })
    .unwrap()
}

pub(super) fn head(store: &dyn Store, org: Uuid) -> Head {
    read(store, org, |tx| Box::pin(async move { Ok(tx.head()) })).unwrap()
}

/// The ids of rows as the small numbers that the suite gives.
pub(super) fn numbers(of: &RecordDef, rows: &[Row]) -> Vec<u128> {
    rows.iter().map(|row| row.id(of).as_u128()).collect()
}

/// The whole ledger, checked link by link against its head.
pub(super) fn verified(store: &dyn Store, org: Uuid) -> Vec<Event> {
    let (found, end) = read(store, org, |tx| {
        Box::pin(async move {
            let head = tx.head();
            Ok((tx.events(&EventQuery { limit: usize::MAX, ..EventQuery::default() }).await?, head))
        })
    })
    .unwrap();
    let mut at = Head::default();
    for event in &found {
        event.verify(&mut at).unwrap();
    }
    assert_eq!(at, end, "the head is the last event");
    found
}

/// Changes with an event each.
pub(super) fn batch(changes: Vec<Change>) -> Batch {
    let events = changes.iter().map(event).collect();
    Batch { changes, events, ..Batch::default() }
}

fn event(change: &Change) -> Event {
    let (verb, row) = match (&change.before, &change.after) {
        (None, Some(row)) => (Verb::Created, row),
        (_, Some(row)) => (Verb::Updated, row),
        (Some(row), None) => (Verb::Purged, row),
        (None, None) => panic!("a change changes something"),
    };
    let at = match row.get(change.of.updated_at) {
        Value::Time(at) => *at,
        other => panic!("updated_at is {other:?}"),
    };
    Event {
        seq: 0,
        unit: Uuid::from_u128(0xe),
        at,
        actor: "system:suite".to_owned(),
        on_behalf_of: None,
        cause: None,
        request: None,
        command: "suite.change".into(),
        verb,
        kind: change.of.kind.into(),
        record: row.id(change.of),
        format: FORMAT,
        digest: [0; 32],
        salt: Some([7; 16]),
        reason: None,
        payload: Some(contents(change.of, row)),
        hash: [0; 32],
    }
}

/// A new record.
pub(super) fn insert<R: Record>(record: &R) -> Change {
    change::<R>(None, Some(record.to_row()))
}

/// A record that becomes another of the next version.
pub(super) fn update<R: Record>(before: &R, after: &R) -> Change {
    let (of, before) = (R::def(), before.to_row());
    let mut after = after.to_row();
    after.set(of.version, Value::Int(before.get(of.version).as_int().unwrap() + 1));
    change::<R>(Some(before), Some(after))
}

/// A record that is removed.
pub(super) fn remove<R: Record>(record: &R) -> Change {
    change::<R>(Some(record.to_row()), None)
}

fn change<R: Record>(before: Option<Row>, after: Option<Row>) -> Change {
    let of = R::def();
    let had = before.as_ref().map(|row| entries(of, row)).unwrap_or_default();
    let has = after.as_ref().map(|row| entries(of, row)).unwrap_or_default();
    let add = has.iter().filter(|entry| !had.contains(entry)).cloned().collect();
    let remove = had.iter().filter(|entry| !has.contains(entry)).cloned().collect();
    Change { of, before, after, add, remove }
}

/// The entries of a row in the index tables.
fn entries(of: &RecordDef, row: &Row) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for near in document::<Vec<Json>>(row, of.column("near")).into_iter().flatten() {
        let name = match (near["kind"].as_str(), near["id"].as_str()) {
            (Some(kind), Some(id)) => format!("{kind}:{id}"),
            _ => format!("host:{}", near["host"]),
        };
        found.push(Entry::Value("near".to_owned(), name));
    }
    if !row.live(of) {
        return found;
    }
    found.extend(row_terms(of, row).into_iter().map(|(term, weight)| Entry::Term(term, weight)));
    if let Some(tags) = document::<Vec<String>>(row, of.tags) {
        found.extend(tags.into_iter().map(|tag| Entry::Value("tags".to_owned(), tag)));
    }
    if let Some(custom) = document::<serde_json::Map<String, Json>>(row, of.custom) {
        let texts = custom.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
        found.extend(texts.map(|(name, text)| Entry::Value(format!("custom.{name}"), text)));
    }
    if let Some(keys) = document::<Vec<ExternalKey>>(row, of.external_keys) {
        found.extend(keys.into_iter().map(|ExternalKey { system, key }| Entry::Key(system, key)));
    }
    found
}

fn document<T: serde::de::DeserializeOwned>(row: &Row, column: Option<usize>) -> Option<T> {
    match row.get(column?) {
        Value::Json(text) => serde_json::from_str(text).unwrap(),
        _ => None,
    }
}
