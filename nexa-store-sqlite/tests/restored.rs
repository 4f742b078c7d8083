//! A backup comes back whole, or not at all.

use std::{fs, path::Path};

use crate::common::*;
use nexa_kernel::{
    Error, Record,
    store::{Select, Store},
};
use nexa_store_sqlite::{SqliteStore, codes, restore};

fn numbers(path: &Path) -> Vec<u128> {
    ids(&select(&open(path), Select::all(Job::def(), 100)))
}

fn backed_up(store: &dyn Store, path: &Path) {
    pollster::block_on(store.backup(path)).unwrap();
}

fn names(directory: &Path) -> Vec<String> {
    let all = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A directory with a database of jobs 1 and 2, a backup of job 1, and a log as a killed process leaves it.
fn killed() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    insert(&store, job(1, "one")).unwrap();
    backed_up(&store, &directory.path().join("backup.db"));
    insert(&store, job(2, "two")).unwrap();
    let log = fs::read(directory.path().join("a.db-wal")).unwrap();
    drop(store);
    fs::write(directory.path().join("a.db-wal"), log).unwrap();
    directory
}

fn refused(backup: &Path, target: &Path, overwrite: bool) -> Error {
    let directory = target.parent().unwrap();
    let before = (names(directory), fs::read(target).ok());
    let error = restore(backup, target, overwrite).unwrap_err();
    assert_eq!((names(directory), fs::read(target).ok()), before, "{error:?}");
    error
}

#[test]
fn a_backup_is_restored_to_an_empty_place_and_over_a_database_when_that_is_allowed() {
    let directory = killed();
    let at = |name: &str| directory.path().join(name);
    restore(at("backup.db"), at("new.db"), false).unwrap();
    assert_eq!(numbers(&at("new.db")), [1]);
    assert_eq!(numbers(&at("a.db")), [1, 2]);
    assert!(refused(&at("backup.db"), &at("a.db"), false).is(&codes::TARGET_EXISTS));
    restore(at("backup.db"), at("a.db"), true).unwrap();
    assert_eq!(numbers(&at("a.db")), [1]);
    assert_eq!(names(directory.path()), ["a.db", "backup.db", "new.db"]);
}

#[test]
fn a_log_that_was_left_over_does_not_outlive_a_restore() {
    let directory = killed();
    let at = |name: &str| directory.path().join(name);
    fs::remove_file(at("a.db")).unwrap();
    restore(at("backup.db"), at("a.db"), false).unwrap();
    assert_eq!(names(directory.path()), ["a.db", "backup.db"]);
    assert_eq!(numbers(&at("a.db")), [1]);
}

#[test]
fn a_backup_that_was_put_beside_a_left_over_log_by_hand_is_refused_until_the_log_is_gone() {
    let directory = killed();
    let at = |name: &str| directory.path().join(name);
    fs::copy(at("backup.db"), at("a.db")).unwrap();
    let before = (fs::read(at("a.db")).unwrap(), fs::read(at("a.db-wal")).unwrap());
    let error = SqliteStore::open(at("a.db")).err().unwrap();
    assert!(error.is(&codes::LOG_FOREIGN) && !error.retryable(), "{error:?}");
    assert!((fs::read(at("a.db")).unwrap(), fs::read(at("a.db-wal")).unwrap()) == before);
    fs::remove_file(at("a.db-wal")).unwrap();
    assert_eq!(numbers(&at("a.db")), [1]);
}

#[test]
fn the_log_of_a_killed_process_is_its_own() {
    let directory = killed();
    assert_eq!(numbers(&directory.path().join("a.db")), [1, 2]);
}

#[test]
fn a_database_that_is_open_is_not_replaced() {
    let directory = killed();
    let at = |name: &str| directory.path().join(name);
    let store = open(&at("a.db"));
    let error = restore(at("backup.db"), at("a.db"), true).unwrap_err();
    assert!(error.is(&codes::TARGET_OPEN), "{error:?}");
    insert(&store, job(3, "three")).unwrap();
    drop(store);
    let host = rusqlite::Connection::open(at("a.db")).unwrap();
    host.query_row("SELECT count(*) FROM nexa_jobs", [], |_| Ok(())).unwrap();
    assert!(restore(at("backup.db"), at("a.db"), true).unwrap_err().is(&codes::TARGET_OPEN));
    drop(host);
    assert_eq!(numbers(&at("a.db")), [1, 2, 3]);
    restore(at("backup.db"), at("a.db"), true).unwrap();
    assert_eq!(numbers(&at("a.db")), [1]);
}

#[test]
fn what_is_no_whole_backup_is_refused_and_the_database_stays() {
    let directory = killed();
    let at = |name: &str| directory.path().join(name);
    drop(open(&at("a.db")));
    let invalid = |name: &str| {
        let error = refused(&at(name), &at("a.db"), true);
        assert!(error.is(&codes::BACKUP_INVALID), "{name}: {error:?}");
        error.message()
    };
    invalid("missing.db");
    fs::write(at("letter.txt"), "Dear Sir or Madam, ".repeat(300)).unwrap();
    invalid("letter.txt");
    fs::write(at("empty.db"), "").unwrap();
    assert!(invalid("empty.db").contains("no tables of Nexa"));
    let other = rusqlite::Connection::open(at("other.db")).unwrap();
    other.execute_batch("CREATE TABLE theirs (name TEXT)").unwrap();
    drop(other);
    assert!(invalid("other.db").contains("no tables of Nexa"));
    let tampered = |name: &str, sql: &str| {
        fs::copy(at("backup.db"), at(name)).unwrap();
        rusqlite::Connection::open(at(name)).unwrap().execute_batch(sql).unwrap();
    };
    tampered("event.db", "UPDATE nexa_events SET actor = 'somebody else'");
    invalid("event.db");
    tampered("short.db", "DELETE FROM nexa_events");
    invalid("short.db");
    let mut pages = fs::read(at("backup.db")).unwrap();
    let length = pages.len();
    pages[length / 2..].fill(0x5a);
    fs::write(at("damaged.db"), pages).unwrap();
    invalid("damaged.db");
    tampered("newer.db", "INSERT INTO nexa_schema_version VALUES (1000)");
    assert!(refused(&at("newer.db"), &at("a.db"), true).is(&codes::NEWER));
    assert_eq!(numbers(&at("a.db")), [1, 2]);
}

#[test]
fn a_damaged_database_is_replaced() {
    let directory = killed();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("a.db"), "no database any more".repeat(1_000)).unwrap();
    restore(at("backup.db"), at("a.db"), true).unwrap();
    assert_eq!(numbers(&at("a.db")), [1]);
}

#[test]
fn a_backup_is_one_file_that_anybody_reads_without_leaving_anything_beside_it() {
    let directory = killed();
    let at = |name: &str| directory.path().join(name);
    let reader = rusqlite::Connection::open_with_flags(at("backup.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
    let reader = reader.unwrap();
    let count: i64 = reader.query_row("SELECT count(*) FROM nexa_jobs", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    drop(reader);
    assert_eq!(names(directory.path()), ["a.db", "a.db-wal", "backup.db"]);
}
