//! Files that are taken away or replaced while the store has them open: nothing is acknowledged that nobody would find again.
#![cfg(unix)]

use std::{fs, path::Path};

use crate::common::*;
use nexa_kernel::{
    Record, Result,
    store::{Select, Store},
};
use nexa_store_sqlite::{SqliteStore, codes};

fn titles(store: &dyn Store) -> usize {
    select(store, Select::all(Job::def(), 1_000)).len()
}

/// Opens a file, writes, lets something happen to it, and answers what the next two writes and a read say.
fn after(happens: impl FnOnce(&Path)) -> (tempfile::TempDir, SqliteStore, [Result<()>; 2]) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    insert(&store, job(1, "one")).unwrap();
    happens(&path);
    let written = [insert(&store, job(2, "two")), insert(&store, job(3, "three"))];
    (directory, store, written)
}

fn all_replaced(written: &[Result<()>]) {
    for result in written {
        let error = result.as_ref().unwrap_err();
        assert!(error.is(&codes::REPLACED) && !error.retryable(), "{error:?}");
        assert!(error.message().contains("a.db"), "{}", error.message());
    }
}

#[test]
fn a_write_into_a_removed_log_is_not_acknowledged() {
    let (_directory, store, written) = after(|path| fs::remove_file(path.with_extension("db-wal")).unwrap());
    all_replaced(&written);
    let error = pollster::block_on(store.drop_org(ORG)).unwrap_err();
    assert!(error.is(&codes::REPLACED), "{error:?}");
}

#[test]
fn a_write_into_a_removed_database_is_not_acknowledged() {
    let (_directory, _store, written) = after(|path| fs::remove_file(path).unwrap());
    all_replaced(&written);
}

#[test]
fn a_write_into_a_database_that_another_replaced_is_not_acknowledged() {
    let (directory, store, written) = after(|path| {
        let other = path.with_file_name("other.db");
        drop(open(&other));
        fs::rename(other, path).unwrap();
    });
    all_replaced(&written);
    let path = directory.path().join("a.db");
    let replacement = fs::read(&path).unwrap();
    drop(store);
    assert!(fs::read(&path).unwrap() == replacement, "closing has changed the file that came in the place of ours");
}

#[test]
fn a_renamed_directory_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("data");
    fs::create_dir(&folder).unwrap();
    let store = open(&folder.join("a.db"));
    fs::rename(&folder, directory.path().join("moved")).unwrap();
    all_replaced(&[insert(&store, job(1, "one"))]);
    drop(store);
    assert!(!folder.exists());
}

#[test]
fn a_store_that_is_opened_again_goes_on_after_its_log_was_removed() {
    let (directory, store, written) = after(|path| fs::remove_file(path.with_extension("db-wal")).unwrap());
    all_replaced(&written);
    drop(store);
    let again = open(&directory.path().join("a.db"));
    insert(&again, job(4, "four")).unwrap();
    assert!(load::<Job>(&again, 4).is_some());
}

#[test]
fn a_reader_that_is_opened_late_reads_no_file_that_came_in_the_place_of_ours() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    let other = directory.path().join("other.db");
    insert(&open(&other), job(7, "of another file")).unwrap();
    fs::rename(&other, &path).unwrap();
    let all = Select::all(Job::def(), 10);
    let read = ask(&store, move |tx| {
        let all = all.clone();
        Box::pin(async move { tx.select(&all).await })
    });
    let error = read.unwrap_err();
    assert!(error.is(&codes::REPLACED), "{error:?}");
}

#[test]
fn a_closed_store_leaves_no_log_behind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    insert(&store, job(1, "one")).unwrap();
    assert_eq!(titles(&store), 1);
    drop(store);
    let left: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["a.db"]);
}
