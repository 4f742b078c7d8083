//! What no retry cures says so, and what a database said stands in `source()` alone.

use std::error::Error as _;

use nexa_crm::{Envelope, Error, ErrorKind, testing::Office};
use nexa_tests::backends::{self, Backend};
use pollster::block_on;
use serde_json::json;

/// Words of SQL, of drivers and of operating systems.
const FOREIGN: &[&str] =
    &["SELECT", "INSERT", "column", "no such", "relation", "syntax", "os error", "SQL logic", "does not exist"];

#[track_caller]
fn is_for_good(name: &str, error: &Error, code: &str) {
    assert_eq!(
        (error.code(), error.kind(), error.retryable()),
        (code, ErrorKind::Unavailable, false),
        "{name}: {error:?}"
    );
    let shown = format!("{} {}", error.message(), serde_json::to_string(error.params()).unwrap());
    let shown = shown.replace("a table or a column", "");
    for word in FOREIGN {
        assert!(!shown.contains(word), "{name}: {word} is in {shown}");
    }
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    assert!(!source.is_empty(), "{name}: nobody says what the database said");
}

fn spoil(backend: &Backend, table: &str, column: &str) {
    match (&backend.folder, &backend.database) {
        (Some(folder), _) => {
            let db = rusqlite::Connection::open(folder.path().join("crm.db")).unwrap();
            db.execute_batch(&format!("ALTER TABLE nexa_{table} RENAME COLUMN {column} TO lost")).unwrap();
        }
        (_, Some(database)) => database.as_owner(&format!("ALTER TABLE nexa.{table} RENAME COLUMN {column} TO lost")),
        _ => {}
    }
}

#[test]
fn a_missing_column_is_reported_once_and_for_good() {
    for backend in [backends::sqlite(), backends::postgres()] {
        let office = Office::found(backend.store.clone());
        spoil(&backend, "tasks", "title");
        for (operation, arguments) in [
            ("task.create", json!({"title": "Call"})),
            ("task.update", json!({"task": office.id("task"), "title": "Call"})),
            ("task.find", json!({})),
            ("task.get", json!({"task": office.id("task")})),
            ("task.count", json!({"filter": {"field": "title", "op": "is_null", "value": true}})),
        ] {
            let answer = block_on(office.session("admin").execute(operation, arguments, Envelope::default()));
            is_for_good(&format!("{} {operation}", backend.name), &answer.unwrap_err(), "schema.missing");
        }
    }
}
