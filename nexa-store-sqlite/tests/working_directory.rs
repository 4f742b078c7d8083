//! What a store opened is settled when it is opened. A test of its own, since it changes the directory of its process.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::{env, fs, path::Path, sync::Arc, thread};

use common::*;
use nexa_kernel::{
    Record,
    store::{Select, Store},
};

#[test]
fn a_relative_path_stays_the_same_file_when_the_process_changes_its_directory() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("elsewhere")).unwrap();
    fs::create_dir(directory.path().join("data")).unwrap();
    std::os::unix::fs::symlink("data", directory.path().join("current")).unwrap();
    env::set_current_dir(directory.path()).unwrap();
    let store = Arc::new(open(Path::new("current/a.db")));
    insert(&*store, job(1, "one")).unwrap();
    env::set_current_dir("elsewhere").unwrap();
    // The link leads elsewhere now; the store stays with its file.
    fs::remove_file("../current").unwrap();
    std::os::unix::fs::symlink("elsewhere", directory.path().join("current")).unwrap();
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            thread::spawn(move || select(&*store, Select::all(Job::def(), 10)).len())
        })
        .collect();
    for reader in readers {
        assert_eq!(reader.join().unwrap(), 1);
    }
    insert(&*store, job(2, "two")).unwrap();
    pollster::block_on(store.backup(Path::new("copy.db"))).unwrap();
    assert!(
        directory.path().join("elsewhere/copy.db").exists(),
        "a relative path of a call is of the time of the call"
    );
    drop(store);
    assert_eq!(select(&open(&directory.path().join("data/a.db")), Select::all(Job::def(), 10)).len(), 2);
}
