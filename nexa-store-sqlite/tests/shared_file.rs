//! Others use the file at the same time: a backup, a second store, the host.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use crate::common::*;
use nexa_kernel::{
    Record,
    ledger::Head,
    store::{Select, Store},
};
use nexa_store_sqlite::codes;

fn verify(store: &dyn Store) -> u64 {
    let mut head = Head::default();
    for event in events(store) {
        event.verify(&mut head).unwrap();
    }
    head.seq
}

#[test]
fn two_stores_write_one_ledger() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(open(&path));
    let threads: Vec<_> = (0..4_u128)
        .map(|thread| {
            let path = path.clone();
            thread::spawn(move || {
                // A store each, as in a process each: they share nothing but the file.
                let store = open(&path);
                for turn in 0..50_u128 {
                    let number = 1 + thread * 50 + turn;
                    insert(&store, job(number, &format!("job {number}"))).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let store = open(&path);
    assert_eq!(verify(&store), 200);
    assert_eq!(select(&store, Select::all(Job::def(), 1_000)).len(), 200);
}

#[test]
fn who_writes_without_pause_keeps_nobody_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    let (stop, turns) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let greedy = {
        let (stop, turns) = (Arc::clone(&stop), Arc::clone(&turns));
        thread::spawn(move || {
            let other = rusqlite::Connection::open(&path).unwrap();
            other.busy_timeout(Duration::from_secs(10)).unwrap();
            while !stop.load(Ordering::Relaxed) {
                other.execute_batch("BEGIN IMMEDIATE").unwrap();
                turns.fetch_add(1, Ordering::SeqCst);
                thread::sleep(Duration::from_millis(30));
                other.execute_batch("COMMIT").unwrap();
                thread::sleep(Duration::from_micros(200));
            }
        })
    };
    let mut written = Vec::new();
    for number in 1..=10 {
        let before = turns.load(Ordering::SeqCst);
        while turns.load(Ordering::SeqCst) == before {
            thread::yield_now();
        }
        written.push(insert(&store, job(number, &format!("job {number}"))));
    }
    stop.store(true, Ordering::Relaxed);
    greedy.join().unwrap();
    written.into_iter().for_each(Result::unwrap);
}

#[test]
fn a_backup_under_load_is_one_moment() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&directory.path().join("a.db")));
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writer = {
        let (store, stop, acknowledged) = (Arc::clone(&store), Arc::clone(&stop), Arc::clone(&acknowledged));
        thread::spawn(move || {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                insert(&*store, job(number, &format!("{number:0>500}"))).unwrap();
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        })
    };
    while acknowledged.load(Ordering::SeqCst) < 100 {
        thread::yield_now();
    }
    for round in 0..3 {
        let before = acknowledged.load(Ordering::SeqCst);
        let path = directory.path().join(format!("copy {round}.db"));
        pollster::block_on(store.backup(&path)).unwrap();
        let after = acknowledged.load(Ordering::SeqCst) + 1;
        let copy = open(&path);
        let events = verify(&copy);
        assert!((before..=after).contains(&events), "{before} {events} {after}");
        assert_eq!(select(&copy, Select::all(Job::def(), 1_000_000)).len() as u64, events);
        insert(&copy, job(1 << 60, "a copy can be written")).unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    writer.join().unwrap();
}

#[test]
fn a_backup_overwrites_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("a.db"));
    let path = directory.path().join("precious.txt");
    std::fs::write(&path, "precious").unwrap();
    let error = pollster::block_on(store.backup(&path)).unwrap_err();
    assert!(error.is(&codes::BACKUP_EXISTS));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    let missing = directory.path().join("missing/copy.db");
    assert!(pollster::block_on(store.backup(&missing)).unwrap_err().is(&codes::IO));
}

#[test]
fn a_host_reads_and_keeps_its_own_tables() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let host = rusqlite::Connection::open(&path).unwrap();
    host.execute_batch("CREATE TABLE jobs (name TEXT); INSERT INTO jobs VALUES ('the host''s own')").unwrap();
    let store = open(&path);
    insert(&store, job(1, "one")).unwrap();
    pollster::block_on(store.drop_org(ORG)).unwrap();
    insert(&store, job(2, "two")).unwrap();
    let title: String = host.query_row("SELECT title FROM nexa_jobs", [], |row| row.get(0)).unwrap();
    let own: String = host.query_row("SELECT name FROM jobs", [], |row| row.get(0)).unwrap();
    assert_eq!((title.as_str(), own.as_str()), ("two", "the host's own"));
    assert!(Job::def().columns.iter().any(|column| column.name == "title"));
}
