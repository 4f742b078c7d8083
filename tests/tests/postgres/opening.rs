//! Opening a server by its URL: what is done to its schema, and what is said of it.

use nexa_core::{Entity, Id, Record, Timestamp};
use nexa_crm::{Migrate, Result, blocking};
use nexa_tests::database::{Database, ROLE, rows};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;

use super::{found, run, verify};

/// A record of a host's own, which the schema of Nexa alone has no table for.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "visit", table = "visits", access = work)]
struct Visit {
    id: Id<Visit>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// How many people came.
    #[record(editable, backfill = 1)]
    people: i64,
}

impl Entity for Visit {}

#[test]
fn opening_a_server_changes_no_schema_unless_it_is_asked_to() {
    let database = Database::fresh();
    database.as_owner(&format!("CREATE SCHEMA nexa AUTHORIZATION {ROLE}"));
    let tables = || {
        let sql = "SELECT count(*) FROM pg_class WHERE relnamespace = 'nexa'::regnamespace AND relkind = 'r'";
        rows(&database.owner_url(), sql, |row| row.get::<i64, _>(0))
    };
    let outdated = |answer: Result<blocking::Crm>, problem: &str| {
        let refused = answer.map(drop).unwrap_err();
        assert_eq!((refused.code(), refused.retryable()), ("schema.outdated", false), "{refused:?}");
        let said = refused.message();
        assert!(said.contains(problem) && said.contains("nexa") && said.contains("call migrate"), "{said}");
    };
    let url = database.url();
    outdated(blocking::open(&url), "it is empty");
    // Who wants to see what a migration would do opens it as it is.
    let crm = blocking::open_as(&url, nexa_crm::builder(), Migrate::Never).unwrap();
    assert!(crm.check().unwrap().iter().all(|difference| difference.migrates));
    assert!(crm.migration().unwrap().len() > 10 && crm.schema().unwrap().len() > 10);
    assert_eq!(tables(), [0], "nothing was made");
    crm.migrate().unwrap();
    let made = tables();
    assert_eq!((crm.check().unwrap(), crm.migration().unwrap()), (Vec::new(), Vec::new()));

    // What was migrated is opened by its URL alone, and an older version not.
    drop(blocking::open(&url).unwrap());
    database.as_owner("UPDATE nexa.schema_version SET version = 0");
    outdated(blocking::open(&url), "it has version 0");
    database.as_owner(&format!("UPDATE nexa.schema_version SET version = {}", nexa_crm::postgres::VERSION));

    // A program with a record of its own needs a table more.
    let with_visits = || nexa_crm::builder().entity::<Visit>();
    outdated(blocking::open_with(&url, with_visits()), "nexa.visits is missing");
    assert_eq!(tables(), made, "opening made nothing");
    drop(blocking::open_as(&url, with_visits(), Migrate::Always).unwrap());
    drop(blocking::open_with(&url, with_visits()).unwrap());
    database.as_owner("ALTER TABLE nexa.visits DROP COLUMN people");
    outdated(blocking::open_with(&url, with_visits()), "the column people of the table nexa.visits");
    database.as_owner("ALTER TABLE nexa.visits ADD COLUMN people text");
    let refused = blocking::open_with(&url, with_visits()).map(drop).unwrap_err();
    assert_eq!(refused.code(), "schema.differs", "{refused:?}");

    // Who opened it without a migration works as one who migrated.
    let session = found(blocking::open(&url).unwrap().asynchronous());
    run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap();
    run(&session, "lead.import_rows", json!({"rows": [{"email": "bill@private.example"}]})).unwrap();
    verify(&session);
}
