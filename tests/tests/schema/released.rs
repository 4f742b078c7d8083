//! Files that released versions wrote, and the migrations that were released.

use std::{fs, path::PathBuf, sync::Arc};

use nexa_crm::{Crm, Envelope, Result, Session, sqlite::SqliteStore, testing::ManualClock};
use nexa_sql::{Dialect, Shape};
use nexa_tests::{backends, database::Database};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn folder(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/")).join(path)
}

/// The files of a folder with this ending, in their order.
fn files(path: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(path)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}

fn crm(store: SqliteStore) -> Crm {
    let builder = nexa_crm::builder().store(Arc::new(store)).clock(ManualClock::at("2025-11-17T12:00:00Z"));
    builder.build().unwrap()
}

fn ask(session: &Session, operation: &str, arguments: Json) -> Result<Json> {
    block_on(session.execute(operation, arguments, Envelope::default()))
}

/// Every record of a kind, trashed ones too.
fn records(system: &Session, kind: &str) -> Vec<Json> {
    let mut all = Vec::new();
    for trashed in [false, true] {
        let page = ask(system, &format!("{kind}.find"), json!({"trashed": trashed, "limit": 1_000})).unwrap();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
    }
    all
}

/// Changes a record by one of its texts that callers may edit.
fn edited(crm: &Crm, admin: &Session, kind: &str, record: &Json) -> bool {
    let def = crm.kinds().get(kind).unwrap();
    let texts = def.fields.iter().filter(|field| field.editable && !field.name.contains("email"));
    let texts = texts.filter_map(|field| Some((field.name, record[field.name].as_str()?)));
    let change = |(field, text): (&str, &str)| json!({kind: record["id"], field: format!("{text} again")});
    let mut changes: Vec<Json> = texts.map(change).collect();
    for other in ["description", "company", "title", "subject", "last_name", "name", "task_title"] {
        changes.push(json!({kind: record["id"], other: "Said later"}));
    }
    changes.into_iter().any(|change| ask(admin, &format!("{kind}.update"), change).is_ok())
}

#[test]
fn every_record_of_a_released_file_is_read_and_changed() {
    let fixtures = files("fixtures", ".db");
    assert!(!fixtures.is_empty(), "there are files to open");
    for fixture in fixtures {
        let name = fixture.file_name().unwrap().to_string_lossy().into_owned();
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("crm.db");
        fs::copy(&fixture, &path).unwrap();
        let file = rusqlite::Connection::open(&path).unwrap();
        let tables: Vec<String> = file
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'nexa_*'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        let count =
            |table: &String| file.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
        let empty: Vec<&String> = tables.iter().filter(|table| count(table).unwrap() == 0).collect();
        assert_eq!(empty, [] as [&String; 0], "{name}: each table has a row to lose");
        let org: [u8; 16] = file.query_row("SELECT org FROM nexa_ledger", [], |row| row.get(0)).unwrap();
        drop(file);

        let crm = crm(SqliteStore::open(&path).unwrap());
        block_on(crm.migrate()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(block_on(crm.check()).unwrap(), [], "{name}");
        let system = crm.system(Uuid::from_bytes(org), "test");
        let admins = ask(&system, "user.find", json!({"filter": {"field": "role", "value": "admin"}})).unwrap();
        let admin = admins["items"].as_array().unwrap().iter().find(|user| user["active"] == true).unwrap();
        let admin = crm.user(Uuid::from_bytes(org), admin["id"].as_str().unwrap().parse::<Uuid>().unwrap());
        ask(&admin, "ledger.verify", json!({"rows": true})).unwrap_or_else(|error| panic!("{name}: {error:?}"));

        let operations: Vec<String> = crm.catalog().operations().map(|operation| operation.name.to_string()).collect();
        let has = |operation: String| operations.contains(&operation);
        let (mut read, mut changed) = (0, 0);
        for def in crm.kinds().all().iter().filter(|def| has(format!("{}.find", def.kind))) {
            let kind = def.kind;
            for record in records(&system, kind) {
                read += 1;
                if def.deleted_at.is_some() && !record["deleted_at"].is_null() {
                    ask(&admin, &format!("{kind}.restore"), json!({kind: record["id"]})).unwrap();
                } else {
                    let got = ask(&system, &format!("{kind}.get"), json!({kind: record["id"]})).unwrap();
                    assert_eq!(got, record, "{name}: {kind}");
                }
                let done = if has(format!("{kind}.update")) {
                    edited(&crm, &admin, kind, &record)
                } else {
                    let (operation, arguments) = match kind {
                        "org" => ("org.configure", json!({"name": "Acme again"})),
                        "membership" => {
                            ("group.remove_member", json!({"group": record["group"], "user": record["user"]}))
                        }
                        "campaign_member" => {
                            ("campaign.remove", json!({"campaign": record["campaign"], "lead": record["lead"]}))
                        }
                        "contact_list_member" => (
                            "contact_list.remove",
                            json!({"contact_list": record["contact_list"], "leads": [record["lead"]]}),
                        ),
                        // It stays as it was said; another one is added.
                        "field" => {
                            let later = json!({"of_kind": record["of_kind"], "name": "later", "holds": "text"});
                            ("field.define", later)
                        }
                        "comment" => ("ticket.comment", json!({"ticket": record["ticket"], "body": "Later"})),
                        other => panic!("{name}: say how a record of the kind {other} is changed"),
                    };
                    ask(&admin, operation, arguments).unwrap_or_else(|error| panic!("{name}: {operation}: {error:?}"));
                    true
                };
                changed += u32::from(done);
                assert!(done || is_over(kind, &record), "{name}: {kind} was not changed: {record}");
            }
        }
        assert!(read > 30 && changed > 25, "{name}: {read} read, {changed} changed");
        // A number goes on where it was, and what was answered under a key is answered again.
        let ticket = ask(&admin, "ticket.create", json!({"subject": "After the migration"}));
        ticket.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let count = ask(&system, "lead.count", json!({})).unwrap();
        let again = json!({"email": "form@private.example"});
        block_on(admin.execute("lead.create", again, Envelope::once("form-4711"))).unwrap();
        assert_eq!(ask(&system, "lead.count", json!({})).unwrap(), count, "{name}");
        ask(&admin, "ledger.verify", json!({"rows": true})).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

/// Whether rules of the domain let nobody edit the record any more.
fn is_over(kind: &str, record: &Json) -> bool {
    match kind {
        "ticket" => record["status"] == "closed",
        "lead" => record["status"] == "converted",
        _ => false,
    }
}

/// The statements and the data of each released or drafted version.
fn migrations(database: &str) -> Vec<(String, Shape)> {
    let path = format!("../schema/migrations/{database}");
    let scripts = files(&path, ".sql").into_iter().zip(files(&path, ".json"));
    scripts
        .map(|(sql, data)| {
            (fs::read_to_string(sql).unwrap(), serde_json::from_str(&fs::read_to_string(data).unwrap()).unwrap())
        })
        .collect()
}

#[test]
fn the_files_of_the_migrations_make_what_the_library_makes() {
    let kinds = nexa_crm::blocking::open("memory:").unwrap().asynchronous().kinds().all().to_vec();
    // SQLite, run by the host's own tool.
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("crm.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON").unwrap();
    let scripts = migrations("sqlite");
    for (sql, _) in &scripts {
        file.execute_batch(&format!("BEGIN; {sql} COMMIT")).unwrap();
    }
    drop(file);
    let crm = crm(SqliteStore::open(&path).unwrap());
    assert_eq!(block_on(crm.check()).unwrap(), []);
    assert_eq!(block_on(crm.migration()).unwrap(), [] as [String; 0]);
    let (_, data) = scripts.last().unwrap();
    let wanted = nexa_sql::tables(Dialect::Sqlite, &kinds);
    assert_eq!(*data, nexa_sql::shape(&wanted), "run `cargo xtask gen`");
    // PostgreSQL.
    let database = Database::fresh();
    let scripts = migrations("postgres");
    for (sql, _) in &scripts {
        database.as_owner(&format!("BEGIN; {sql} COMMIT"));
    }
    let owner = nexa_crm::postgres::PostgresStore::open(&database.owner_url()).unwrap();
    let crm = nexa_crm::builder().store(Arc::new(owner)).build().unwrap();
    assert_eq!(block_on(crm.check()).unwrap(), []);
    assert_eq!(block_on(crm.migration()).unwrap(), [] as [String; 0]);
    let (_, data) = scripts.last().unwrap();
    assert_eq!(*data, nexa_sql::shape(&nexa_sql::tables(Dialect::Postgres(Default::default()), &kinds)));
}

#[test]
fn a_storage_without_tables_has_no_schema() {
    let crm = nexa_crm::builder().store(backends::memory().store).build().unwrap();
    assert_eq!(block_on(crm.schema()).unwrap(), [] as [String; 0]);
    assert_eq!(block_on(crm.migration()).unwrap(), [] as [String; 0]);
    assert_eq!(block_on(crm.check()).unwrap(), []);
}
