//! What is wrong with a file is said clearly, and nothing is lost.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc, thread, time::Duration};

use crate::common::*;
use nexa_kernel::{
    Error, Record,
    store::{ReadRequest, Select, Store, WriteRequest},
};
use nexa_store_sqlite::{Options, SqliteStore, codes};

fn refused(path: &Path) -> Error {
    match SqliteStore::open(path) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

#[test]
fn a_file_that_stays_locked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(open(&path));
    let store = SqliteStore::open_with(&path, Options::default().busy_timeout(Duration::from_millis(50))).unwrap();
    insert(&store, job(1, "one")).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = insert(&store, job(2, "two")).unwrap_err();
    assert!(error.is(&codes::LOCKED) && error.retryable());
    assert!(error.message().contains("a.db"), "{}", error.message());
    // Reading goes on.
    assert!(load::<Job>(&store, 1).is_some());
    other.execute_batch("ROLLBACK").unwrap();
    insert(&store, job(2, "two")).unwrap();
}

#[test]
fn a_lock_that_ends_in_time_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let release = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        other.execute_batch("ROLLBACK").unwrap();
    });
    insert(&store, job(1, "one")).unwrap();
    release.join().unwrap();
}

#[test]
fn a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(open(&path));
    let size = fs::metadata(&path).unwrap().len();
    let store = SqliteStore::open_with(&path, Options::default().largest(size + 40_000)).unwrap();
    let mut written = Vec::new();
    let error = loop {
        let number = 1 + written.len() as u128;
        match insert(&store, job(number, &format!("{number:0>2000}"))) {
            Ok(()) => written.push(number),
            Err(error) => break error,
        }
    };
    assert!(error.is(&codes::FULL), "{error:?}");
    assert!(!written.is_empty());
    drop(store);
    let roomy = open(&path);
    assert_eq!(ids(&select(&roomy, Select::all(Job::def(), 1_000))), written);
    assert_eq!(events(&roomy).len(), written.len());
    insert(&roomy, job(5_000, "there is room again")).unwrap();
}

#[test]
fn a_full_disk_costs_every_unit_of_the_group_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(open(&path));
    let size = fs::metadata(&path).unwrap().len();
    let store = Arc::new(SqliteStore::open_with(&path, Options::default().largest(size + 100_000)).unwrap());
    let threads: Vec<_> = (0..8_u128)
        .map(|thread| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                let numbers = (1..=20_u128).map(|turn| thread * 20 + turn);
                let kept = numbers.filter(|number| {
                    let number = *number;
                    match insert(&*store, job(number, &format!("{number:0>2000}"))) {
                        Ok(()) => true,
                        Err(error) => {
                            assert!(error.is(&codes::FULL), "{error:?}");
                            false
                        }
                    }
                });
                kept.collect::<Vec<u128>>()
            })
        })
        .collect();
    let mut kept: Vec<u128> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    kept.sort_unstable();
    assert!(!kept.is_empty() && kept.len() < 160);
    assert_eq!(ids(&select(&*store, Select::all(Job::def(), 1_000))), kept);
    assert_eq!(events(&*store).len(), kept.len());
}

#[test]
fn a_directory_that_cannot_be_written() {
    // The system's own directory refuses everybody; a read-only one of ours does not refuse the superuser.
    let error = refused(Path::new("/sys/nexa.db"));
    assert!(error.is(&codes::NOT_WRITABLE), "{error:?}");

    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("closed");
    fs::create_dir(&inner).unwrap();
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::File::create(inner.join("probe")).is_err() {
        let error = refused(&inner.join("a.db"));
        assert!(error.is(&codes::NOT_WRITABLE), "{error:?}");
    }
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_directory_that_is_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let error = refused(&directory.path().join("missing/a.db"));
    assert!(error.is(&codes::IO), "{error:?}");
    assert!(refused(directory.path()).is(&codes::IO));
}

#[test]
fn a_file_that_is_something_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("letter.txt");
    let letter = "Dear Sir or Madam, ".repeat(300);
    fs::write(&path, &letter).unwrap();
    let error = refused(&path);
    assert!(error.is(&codes::NOT_A_DATABASE), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[test]
fn a_file_of_a_later_version() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    insert(&store, job(1, "one")).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("INSERT INTO nexa_schema_version (version) VALUES (?1)", [nexa_store_sqlite::VERSION + 2]).unwrap();
    let error = refused(&path);
    assert!(error.is(&codes::NEWER), "{error:?}");
    assert_eq!(error.params()["found"], nexa_store_sqlite::VERSION + 2);
    let error = pollster::block_on(store.migrate(&[Job::def()])).unwrap_err();
    assert!(error.is(&codes::NEWER));
}

#[test]
fn a_file_without_a_schema() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("a.db")).unwrap();
    assert_eq!(insert(&store, job(1, "one")).unwrap_err().code(), "schema.missing");
    let work = Arc::new(Apply(|| created(&job(1, "one"))));
    let error = pollster::block_on(store.read(ReadRequest::new(ORG), work.clone())).unwrap_err();
    assert_eq!(error.code(), "store.read_only");
    pollster::block_on(store.migrate(&[Team::def(), Job::def()])).unwrap();
    pollster::block_on(store.write(WriteRequest::new(ORG), work)).unwrap();
}
