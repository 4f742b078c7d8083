//! The host's own questions in SQL: they read, and nothing else, and of one tenant when one is named.

use std::{sync::Arc, time::Duration};

use crate::common::*;
use nexa_kernel::{
    Error, Record, Result,
    sql::{SQL_REFUSED, SQL_TOO_LARGE, SQL_TOO_LONG, Sql, SqlRows, SqlValue},
    store::{Store, WriteRequest},
};
use nexa_store_sqlite::SqliteStore;
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0xb0b);

/// A job each of two tenants, and a table of the host.
fn two_tenants() -> (tempfile::TempDir, SqliteStore) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    insert(&store, job(1, "ours")).unwrap();
    let theirs = Arc::new(Apply(|| created(&job(2, "theirs"))));
    pollster::block_on(store.write(WriteRequest::new(OTHER), theirs)).unwrap();
    let host = rusqlite::Connection::open(&path).unwrap();
    host.execute_batch("CREATE TABLE orders (number INTEGER); INSERT INTO orders VALUES (7)").unwrap();
    (directory, store)
}

fn asked(store: &SqliteStore, question: Sql) -> Result<SqlRows> {
    pollster::block_on(store.sql(question))
}

fn refused(store: &SqliteStore, question: Sql) -> Error {
    match asked(store, question.clone()) {
        Ok(rows) => panic!("{question:?} has answered {rows:?}"),
        Err(error) => error,
    }
}

fn text(value: &str) -> SqlValue {
    SqlValue::Text(value.to_owned())
}

#[test]
fn a_question_answers_columns_and_values_of_every_sort() {
    let (_directory, store) = two_tenants();
    let rows =
        asked(&store, Sql::new("SELECT id, title AS name, NULL, 1.5, x'01' FROM nexa_jobs ORDER BY id")).unwrap();
    assert_eq!(rows.columns[..2], ["id", "name"]);
    let of = |number, title: &str| {
        let id = SqlValue::Id(Uuid::from_u128(number));
        vec![id, text(title), SqlValue::Null, SqlValue::Real(1.5), SqlValue::Bytes(vec![1])]
    };
    assert_eq!(rows.rows, [of(1, "ours"), of(2, "theirs")]);
    let id = SqlValue::Id(Uuid::from_u128(2));
    let one = asked(&store, Sql::new("SELECT title FROM nexa_jobs WHERE id = ?").params([id])).unwrap();
    assert_eq!(one.rows, [[text("theirs")]]);
    assert_eq!(asked(&store, Sql::new("SELECT number FROM orders")).unwrap().rows, [[SqlValue::Int(7)]]);
}

#[test]
fn a_question_changes_nothing() {
    let (_directory, store) = two_tenants();
    for sql in [
        "DELETE FROM nexa_jobs",
        "UPDATE nexa_jobs SET title = 'x' RETURNING title",
        "INSERT INTO orders VALUES (8)",
        "WITH x AS (SELECT 1) DELETE FROM orders",
        "DROP TABLE orders",
        "CREATE TABLE more (x)",
        "CREATE TEMP TABLE more (x)",
        "ALTER TABLE orders ADD COLUMN x",
        "PRAGMA query_only = OFF",
        "PRAGMA user_version = 7",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA wal_checkpoint",
        "ATTACH 'x.db' AS x",
        "DETACH main",
        "VACUUM",
        "VACUUM INTO 'x.db'",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "SAVEPOINT x",
        "REINDEX",
        "ANALYZE",
        "SELECT load_extension('x')",
        "SELECT 1; DELETE FROM orders",
        "SELECT * FROM nowhere",
        "SELECT",
        "no SQL",
        "SELECT ?",
    ] {
        for question in [Sql::new(sql), Sql::new(sql).org(ORG)] {
            let error = refused(&store, question);
            assert!(error.is(&SQL_REFUSED), "{sql}: {error:?}");
        }
    }
    let all = "SELECT (SELECT count(*) FROM nexa_jobs), (SELECT sum(number) FROM orders)";
    assert_eq!(asked(&store, Sql::new(all)).unwrap().rows, [[SqlValue::Int(2), SqlValue::Int(7)]]);
}

#[test]
fn a_question_about_a_tenant_reaches_no_row_of_another() {
    let (_directory, store) = two_tenants();
    let of_ours = |sql: &str| asked(&store, Sql::new(sql).org(ORG)).unwrap().rows;
    assert_eq!(of_ours("SELECT title FROM nexa_jobs"), [[text("ours")]]);
    for sql in [
        "SELECT count(*) FROM nexa_jobs",
        "SELECT count(*) FROM nexa_events",
        "SELECT count(*) FROM nexa_ledger",
        "SELECT count(*) FROM temp.nexa_jobs",
        "WITH nexa_events AS (SELECT * FROM nexa_jobs) SELECT count(*) FROM nexa_events",
        "SELECT count(*) FROM nexa_jobs AS a JOIN nexa_jobs AS b USING (org)",
        "SELECT count(DISTINCT org) FROM (SELECT org FROM nexa_jobs UNION ALL SELECT org FROM nexa_events)",
    ] {
        assert_eq!(of_ours(sql), [[SqlValue::Int(1)]], "{sql}");
    }
    for sql in [
        "SELECT * FROM main.nexa_jobs",
        "SELECT * FROM a.nexa_jobs",
        "SELECT * FROM orders",
        "SELECT count(*) FROM orders",
        "WITH nexa_jobs AS (SELECT * FROM orders) SELECT * FROM nexa_jobs",
        "WITH nexa_jobs AS (SELECT * FROM main.nexa_jobs) SELECT * FROM nexa_jobs",
        "SELECT (SELECT count(*) FROM orders) FROM nexa_jobs",
        "SELECT * FROM nexa_schema_version",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM sqlite_temp_schema",
        "SELECT * FROM sqlite_temp_master",
        "SELECT * FROM main.sqlite_schema",
        "SELECT * FROM temp.sqlite_schema",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM pragma_table_list",
        "SELECT * FROM pragma_table_info('nexa_jobs')",
        "SELECT * FROM dbstat",
        "SELECT * FROM sqlite_dbpage",
        "PRAGMA database_list",
        "EXPLAIN SELECT * FROM nexa_jobs",
        "EXPLAIN QUERY PLAN SELECT * FROM nexa_jobs",
    ] {
        let error = refused(&store, Sql::new(sql).org(ORG));
        assert!(error.is(&SQL_REFUSED), "{sql}: {error:?}");
        assert!(!error.message().contains("attached") && !error.message().contains("theirs"), "{}", error.message());
    }
    let problem = refused(&store, Sql::new("SELECT * FROM nexa_schema_version").org(ORG)).message();
    assert!(problem.contains("access to nexa_schema_version.version is prohibited"), "{problem}");
    let own = refused(&store, Sql::new("SELECT attached_file_of_mine FROM nexa_jobs").org(ORG)).message();
    assert!(own.contains("attached_file_of_mine"), "{own}");
    assert!(asked(&store, Sql::new("SELECT * FROM nexa_jobs").org(Uuid::from_u128(9))).unwrap().rows.is_empty());
}

#[test]
fn a_question_has_limits() {
    let (_directory, store) = two_tenants();
    let jobs = || Sql::new("SELECT * FROM nexa_jobs");
    assert_eq!(asked(&store, jobs().limit(2)).unwrap().rows.len(), 2);
    assert!(refused(&store, jobs().limit(1)).is(&SQL_TOO_LARGE));
    let endless = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) FROM n";
    assert!(refused(&store, Sql::new(endless).timeout(Duration::from_millis(50))).is(&SQL_TOO_LONG));
    assert!(refused(&store, Sql::new("SELECT randomblob(1000000000)")).is(&SQL_REFUSED));
    let large =
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 100) SELECT zeroblob(16000000) FROM n";
    assert!(refused(&store, Sql::new(large)).is(&SQL_TOO_LARGE));
    assert!(Job::def().columns.len() > 2);
}

#[test]
fn a_question_sees_what_was_just_written_and_waits_for_nobody() {
    let (directory, store) = two_tenants();
    let writer = rusqlite::Connection::open(directory.path().join("a.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let count = || asked(&store, Sql::new("SELECT count(*) FROM nexa_jobs").org(ORG)).unwrap().rows;
    assert_eq!(count(), [[SqlValue::Int(1)]]);
    writer.execute_batch("ROLLBACK").unwrap();
    insert(&store, job(3, "three")).unwrap();
    assert_eq!(count(), [[SqlValue::Int(2)]]);
}
