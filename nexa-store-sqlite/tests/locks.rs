//! A second SQLite in the process, played by what it does to the files: opening, locking and closing them.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]
#![allow(unsafe_code)]

use std::{
    fs::{self, File, OpenOptions},
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use crate::common::*;
use nexa_kernel::{Record, store::Select};
use nexa_store_sqlite::{Options, SqliteStore};

/// Where SQLite locks: of the database that somebody has it open, of the shared memory the same.
const OPEN: (i64, i64) = (0x4000_0002, 510);
const SHARED_MEMORY_OPEN: (i64, i64) = (128, 1);
/// Of the shared memory that somebody writes.
const WRITES: (i64, i64) = (120, 1);

fn beside(path: &Path, suffix: &str) -> PathBuf {
    path.with_extension(format!("db{suffix}"))
}

fn lock(kind: i32, (start, len): (i64, i64)) -> libc::flock {
    libc::flock { l_type: kind as i16, l_whence: libc::SEEK_SET as i16, l_start: start, l_len: len, l_pid: 0 }
}

/// Who would be in the way of a lock: nobody, this process, or a lock that belongs to no process.
fn in_the_way(file: &File, command: i32, range: (i64, i64)) -> Option<i32> {
    let mut asked = lock(libc::F_WRLCK, range);
    assert_eq!(unsafe { libc::fcntl(file.as_raw_fd(), command, &raw mut asked) }, 0);
    (i32::from(asked.l_type) != libc::F_UNLCK).then_some(asked.l_pid)
}

/// What another SQLite of this process sees.
fn seen_by_the_host(path: &Path, range: (i64, i64)) -> Option<i32> {
    in_the_way(&OpenOptions::new().read(true).write(true).open(path).unwrap(), libc::F_GETLK, range)
}

fn look_and_close(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        drop(OpenOptions::new().read(true).write(true).open(beside(path, suffix)).unwrap());
    }
}

#[test]
fn closing_the_file_elsewhere_in_the_process_drops_none_of_our_locks() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    for number in 1..=10 {
        insert(&store, job(number, &format!("job {number}"))).unwrap();
        look_and_close(&path);
        let _ = fs::copy(&path, directory.path().join("copy"));
        assert_eq!(seen_by_the_host(&path, OPEN), Some(-1));
        assert_eq!(seen_by_the_host(&beside(&path, "-shm"), SHARED_MEMORY_OPEN), Some(-1));
    }
    assert_eq!(select(&store, Select::all(Job::def(), 100)).len(), 10);
}

#[test]
fn a_lock_that_was_taken_is_given_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    insert(&store, job(1, "one")).unwrap();
    assert_eq!(seen_by_the_host(&beside(&path, "-shm"), WRITES), None);
    drop(store);
    assert_eq!(seen_by_the_host(&path, OPEN), None);
    assert!(!beside(&path, "-wal").exists());
}

#[test]
fn closing_a_store_drops_none_of_the_hosts_locks() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = Arc::new(SqliteStore::open_with(&path, Options::default().readers(1)).unwrap());
    pollster::block_on(nexa_kernel::store::Store::migrate(&*store, &[Team::def(), Job::def()])).unwrap();
    insert(&*store, job(1, "one")).unwrap();
    let host = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let shared = OpenOptions::new().read(true).write(true).open(beside(&path, "-shm")).unwrap();
    for (file, range) in [(&host, OPEN), (&shared, SHARED_MEMORY_OPEN)] {
        let mut asked = lock(libc::F_RDLCK, range);
        assert_eq!(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw mut asked) }, 0);
    }
    let me = i32::try_from(std::process::id()).unwrap();
    let still = |path: &Path, range| {
        // Another description sees locks of the process; it is not closed, which would drop them.
        let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
        let found = in_the_way(&file, libc::F_OFD_GETLK, range);
        std::mem::forget(file);
        found
    };
    // More readers at once than are kept, so that some are closed.
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            thread::spawn(move || select(&*store, Select::all(Job::def(), 10)).len())
        })
        .collect();
    readers.into_iter().for_each(|reader| assert_eq!(reader.join().unwrap(), 1));
    drop(store);
    assert_eq!(still(&path, OPEN), Some(me));
    assert_eq!(still(&beside(&path, "-shm"), SHARED_MEMORY_OPEN), Some(me));
    // The host is content, and its log is there: another store opens, writes and closes in turn.
    for number in 2..6 {
        let again = open(&path);
        insert(&again, job(number, &format!("job {number}"))).unwrap();
        drop(again);
        assert_eq!(still(&path, OPEN), Some(me));
    }
}

#[test]
fn descriptors_do_not_grow_with_what_is_opened_and_closed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let count = || {
        let all = fs::read_dir("/proc/self/fd").unwrap();
        let of_ours = |found: PathBuf| found.to_string_lossy().contains(&*directory.path().to_string_lossy());
        all.filter(|entry| fs::read_link(entry.as_ref().unwrap().path()).is_ok_and(of_ours)).count()
    };
    let others = open(&path);
    let host = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let mut asked = lock(libc::F_RDLCK, OPEN);
    assert_eq!(unsafe { libc::fcntl(host.as_raw_fd(), libc::F_SETLK, &raw mut asked) }, 0);
    let mut highest = 0;
    for round in 0..30_u128 {
        let store = open(&path);
        insert(&store, job(round + 1, &format!("job {round}"))).unwrap();
        assert_eq!(select(&store, Select::all(Job::def(), 100)).len() as u128, round + 1);
        drop(store);
        if round == 5 {
            highest = count();
        }
    }
    assert!(count() <= highest, "{} descriptors, {highest} before", count());
    drop(others);
    drop(host);
    drop(open(&directory.path().join("other.db")));
    assert_eq!(count(), 0);
}

#[test]
fn a_file_that_is_opened_for_reading_first_is_written_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(open(&path));
    let reading = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let reader = rusqlite::Connection::open_with_flags(&path, reading).unwrap();
    let count = |reader: &rusqlite::Connection| -> i64 {
        reader.query_row("SELECT count(*) FROM nexa_jobs", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(&reader), 0);
    let store = open(&path);
    insert(&store, job(1, "one")).unwrap();
    assert_eq!(count(&reader), 1);
    drop(store);
    assert_eq!(count(&reader), 1);
}
