//! Two kinds, and work on them.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use nexa_kernel::{
    Amount, Date, Id, Record, Result, Timestamp,
    filter::{Comparison, Predicate},
    ledger::{Event, FORMAT, Verb, contents},
    record::{ColumnDef, ColumnType, Field, Row, corrupt, plain_column},
    store::{Batch, Change, Entry, Key, ReadRequest, Select, Store, Transaction, Work, WriteRequest},
    value::Value,
};
use nexa_store_sqlite::SqliteStore;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Those who share work.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(kind = "team", table = "teams", access = work, unique("name", code = "team.name_taken"))]
pub struct Team {
    pub id: Id<Team>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Open,
    Closed,
}

impl Field for Status {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Enum(&["open", "closed"])));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(if *self == Self::Open { "open" } else { "closed" }.to_owned()));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            Some(Value::Text(text)) if text == "open" => Ok(Self::Open),
            Some(Value::Text(text)) if text == "closed" => Ok(Self::Closed),
            other => Err(corrupt("status", format!("{other:?}"))),
        }
    }
}

/// An amount in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Price(pub i64);

impl Field for Price {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Amount));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Amount(Amount::from_ten_thousandths(self.0)));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            Some(Value::Amount(amount)) => Ok(Self(amount.ten_thousandths())),
            other => Err(corrupt("price", format!("{other:?}"))),
        }
    }
}

/// A day of November 2025.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Day(pub u32);

impl Field for Day {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Date));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Date(Date::from_ymd_opt(2025, 11, self.0).unwrap()));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            Some(Value::Date(date)) => Ok(Self(chrono::Datelike::day(&date))),
            other => Err(corrupt("day", format!("{other:?}"))),
        }
    }
}

/// Something to do, with a column of every type.
/// Texts by name, as the fields that a tenant defines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Custom(pub BTreeMap<String, String>);

impl Field for Custom {
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(ColumnDef { nullable: true, ..plain_column(name, ColumnType::Map) });
    }
    fn write(&self, out: &mut Vec<Value>) {
        let empty = self.0.is_empty();
        out.push(if empty { Value::Null } else { Value::Json(serde_json::to_string(&self.0).unwrap()) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            Some(Value::Null) => Ok(Self::default()),
            Some(Value::Json(text)) => {
                serde_json::from_str(&text).map(Self).map_err(|problem| corrupt("custom", problem))
            }
            other => Err(corrupt("custom", format!("{other:?}"))),
        }
    }
}

#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "job",
    table = "jobs", access = work,
    search(title = 2),
    unique("title", code = "job.title_taken"),
    index("status", "team", "rank", "created_at")
)]
pub struct Job {
    pub id: Id<Job>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
    #[record(editable, folded)]
    pub title: String,
    #[record(ranked)]
    pub status: Status,
    pub team: Option<Id<Team>>,
    pub rank: i64,
    pub urgent: bool,
    pub due: Option<Day>,
    pub price: Option<Price>,
    pub custom: Custom,
}

pub const ORG: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

pub fn team(number: u128, name: &str) -> Team {
    let at = Timestamp::from_micros(1);
    Team {
        id: Id::new(Uuid::from_u128(number)),
        version: 1,
        created_at: at,
        updated_at: at,
        deleted_at: None,
        name: name.to_owned(),
    }
}

pub fn job(number: u128, title: &str) -> Job {
    let at = Timestamp::from_micros(i64::try_from(number).unwrap());
    Job {
        id: Id::new(Uuid::from_u128(number)),
        version: 1,
        created_at: at,
        updated_at: at,
        deleted_at: None,
        title: title.to_owned(),
        status: Status::Open,
        team: None,
        rank: 0,
        urgent: true,
        due: Some(Day(17)),
        price: Some(Price(123_456)),
        custom: Custom::default(),
    }
}

/// A row that is new, with its event.
pub fn created<R: Record>(record: &R) -> Batch {
    let row = record.to_row();
    let event = Event {
        seq: 0,
        unit: Uuid::from_u128(9),
        at: Timestamp::from_micros(5),
        actor: "system:test".to_owned(),
        on_behalf_of: None,
        cause: None,
        request: None,
        command: "job.create".into(),
        verb: Verb::Created,
        kind: R::def().kind.into(),
        record: row.id(R::def()),
        format: FORMAT,
        digest: [0; 32],
        salt: Some([7; 16]),
        reason: None,
        payload: Some(contents(R::def(), &row)),
        hash: [0; 32],
    };
    Batch {
        changes: vec![Change { of: R::def(), before: None, after: Some(row), add: Vec::new(), remove: Vec::new() }],
        events: vec![event],
        ..Batch::default()
    }
}

pub fn with_entries(mut batch: Batch, add: Vec<Entry>) -> Batch {
    batch.changes[0].add = add;
    batch
}

pub fn changed<R: Record>(before: &R, after: &R) -> Batch {
    let change = Change {
        of: R::def(),
        before: Some(before.to_row()),
        after: Some(after.to_row()),
        add: Vec::new(),
        remove: Vec::new(),
    };
    Batch { changes: vec![change], ..Batch::default() }
}

pub fn removed<R: Record>(before: &R) -> Batch {
    let change =
        Change { of: R::def(), before: Some(before.to_row()), after: None, add: Vec::new(), remove: Vec::new() };
    Batch { changes: vec![change], ..Batch::default() }
}

/// Applies what a function makes, each time it runs.
pub struct Apply<F>(pub F);

#[async_trait]
impl<F: Fn() -> Batch + Send + Sync> Work for Apply<F> {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        tx.apply((self.0)()).await
    }
}

pub fn open(path: &std::path::Path) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    pollster::block_on(store.migrate(&[Team::def(), Job::def()])).unwrap();
    store
}

pub fn apply(store: &dyn Store, make: impl Fn() -> Batch + Send + Sync + 'static) -> Result<()> {
    pollster::block_on(store.write(WriteRequest::new(ORG), Arc::new(Apply(make))))
}

pub fn insert<R: Record>(store: &dyn Store, record: R) -> Result<()> {
    apply(store, move || created(&record))
}

/// Runs one question on a snapshot.
pub struct Ask<T, F> {
    question: F,
    answer: Mutex<Option<T>>,
}

pub type Asked<'t, T> = std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send + 't>>;

#[async_trait]
impl<T: Send, F: for<'t> Fn(&'t mut dyn Transaction) -> Asked<'t, T> + Send + Sync> Work for Ask<T, F> {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        *self.answer.lock().unwrap() = Some((self.question)(tx).await?);
        Ok(())
    }
}

pub fn ask<T: Send + 'static>(
    store: &dyn Store,
    question: impl for<'t> Fn(&'t mut dyn Transaction) -> Asked<'t, T> + Send + Sync + 'static,
) -> Result<T> {
    let work = Arc::new(Ask { question, answer: Mutex::new(None) });
    pollster::block_on(store.read(ReadRequest::new(ORG), work.clone()))?;
    let answer = work.answer.lock().unwrap().take();
    Ok(answer.unwrap())
}

pub fn select(store: &dyn Store, query: Select) -> Vec<Row> {
    ask(store, move |tx| {
        let query = query.clone();
        Box::pin(async move { tx.select(&query).await })
    })
    .unwrap()
}

pub fn load<R: Record>(store: &dyn Store, number: u128) -> Option<R> {
    let rows = ask(store, move |tx| {
        let id = Value::Uuid(Uuid::from_u128(number));
        Box::pin(async move { tx.load(R::def(), Key::Column(R::def().id), &[id]).await })
    });
    rows.unwrap().pop().map(|row| R::from_row(row).unwrap())
}

pub fn ids(rows: &[Row]) -> Vec<u128> {
    rows.iter().map(|row| row.values()[0].as_uuid().unwrap().as_u128()).collect()
}

pub fn events(store: &dyn Store) -> Vec<Event> {
    ask(store, |tx| {
        let query = nexa_kernel::ledger::EventQuery { limit: usize::MAX, ..Default::default() };
        Box::pin(async move { tx.events(&query).await })
    })
    .unwrap()
}

pub fn column(path: &str) -> usize {
    Job::def().column(path).unwrap()
}

pub fn equals(path: &str, value: Value) -> Predicate {
    Predicate::Compare(column(path), Comparison::Eq, value)
}
