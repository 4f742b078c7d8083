//! A whole table is read by several connections at once, and comes out as one snapshot.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    thread::available_parallelism,
};

use crate::common::*;
use nexa_kernel::{
    Record, Result,
    record::ColumnDef,
    scan::{Cell, Sink},
    store::{Batch, ReadRequest, Select, Store, Transaction, Work, WriteRequest},
};
use nexa_store_sqlite::SqliteStore;
use uuid::Uuid;

const JOBS: u128 = 40_000;

type Numbers = Arc<Mutex<Vec<u128>>>;

/// What a sink does before it is split.
type Before = Box<dyn FnMut() + Send>;

/// The numbers of the jobs: those handed over one by one, and those handed over beside them.
struct Found {
    own: Numbers,
    beside: Numbers,
    before: Option<Before>,
}

impl Sink for Found {
    fn begin(&mut self, _: &[&'static ColumnDef]) {}
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        let [Cell::Uuid(id)] = cells else { panic!("{cells:?}") };
        self.own.lock().unwrap().push(id.as_u128());
        Ok(())
    }
    fn beside(&mut self) -> Option<Box<dyn Sink>> {
        if let Some(before) = &mut self.before {
            before();
        }
        Some(Box::new(Self { own: self.beside.clone(), beside: Numbers::default(), before: None }))
    }
}

struct Scan(Mutex<Found>);

#[async_trait::async_trait]
impl Work for Scan {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        let mut found = self.0.lock().unwrap();
        pollster::block_on(tx.scan(&Select::all(Job::def(), usize::MAX), &[column("id")], &mut *found))
    }
}

/// Scans all jobs: the numbers in order, and how many of them came beside the others.
fn scanned(store: &SqliteStore, before: Option<Before>) -> (Vec<u128>, usize) {
    let (own, beside) = (Numbers::default(), Numbers::default());
    let scan = Scan(Mutex::new(Found { own: own.clone(), beside: beside.clone(), before }));
    pollster::block_on(store.read(ReadRequest::new(ORG), Arc::new(scan))).unwrap();
    let (mut all, beside) = (own.lock().unwrap().clone(), beside.lock().unwrap().clone());
    all.extend(&beside);
    all.sort_unstable();
    (all, beside.len())
}

fn jobs(numbers: std::ops::Range<u128>) -> Batch {
    let mut all = Batch::default();
    for number in numbers {
        let mut one = created(&job(number, &format!("job {number}")));
        all.changes.append(&mut one.changes);
        all.events = one.events;
    }
    all
}

fn full(path: &Path) -> SqliteStore {
    let store = open(path);
    apply(&store, || jobs(0..JOBS)).unwrap();
    store
}

#[test]
fn every_row_comes_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = full(&directory.path().join("a.db"));
    let (all, beside) = scanned(&store, None);
    assert_eq!(all, (0..JOBS).collect::<Vec<_>>());
    let several = available_parallelism().is_ok_and(|processors| processors.get() > 1);
    assert_eq!(beside > 0, several, "the table is shared where that pays");
}

#[test]
fn what_is_written_meanwhile_does_not_show() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = full(&path);
    let (other, mut next) = (open(&path), JOBS);
    // Others commit after this snapshot began, and before the connections beside it look.
    let write = move || {
        let number = next;
        next += 1;
        insert(&other, job(number, "late")).unwrap();
    };
    let (all, beside) = scanned(&store, Some(Box::new(write)));
    assert_eq!(all, (0..JOBS).collect::<Vec<_>>());
    assert_eq!(beside, 0, "a later state is not read");
    assert!(scanned(&store, None).0.len() > all.len() || available_parallelism().is_ok_and(|one| one.get() == 1));
}

#[test]
fn rows_of_other_tenants_stay_theirs() {
    let directory = tempfile::tempdir().unwrap();
    let store = full(&directory.path().join("a.db"));
    let request = WriteRequest::new(Uuid::from_u128(u128::MAX));
    pollster::block_on(store.write(request, Arc::new(Apply(|| jobs(JOBS..JOBS + 1))))).unwrap();
    let (all, beside) = scanned(&store, None);
    assert_eq!(all, (0..JOBS).collect::<Vec<_>>());
    assert_eq!(beside, 0);
}
