//! The schema beside a host's own, made by several at once, refused, half made, newer.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use nexa_core::{Body, Entity, Id, Record, Timestamp, sales::Lead};
use nexa_crm::{
    Migrate, Result,
    postgres::{Options, PostgresStore},
};
use nexa_tests::database::{Database, ROLE, rows};
use pollster::block_on;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::Row;

use super::{crm_on, found, run, verify};

fn migrate(url: &str, options: Options) -> Result<()> {
    let store = PostgresStore::open_with(url, options).unwrap();
    block_on(nexa_crm::builder().store(Arc::new(store)).build().unwrap().migrate())
}

/// Whether anything of a schema is there.
fn is_there(database: &Database, schema: &str) -> bool {
    let sql = format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}'");
    rows(&database.owner_url(), &sql, |row| row.get::<i64, _>(0)) == [1]
}

/// Founds a tenant, writes and reads.
fn works(database: &Database) {
    let session = found(&crm_on(database.store()));
    run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap();
    assert_eq!(run(&session, "lead.count", json!({})).unwrap(), 1);
    verify(&session);
}

#[test]
fn the_host_has_tables_of_the_same_names() {
    let database = Database::fresh();
    database.as_owner(
        "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL); INSERT INTO users (name) VALUES ('host'); \
         CREATE TABLE orders (id serial PRIMARY KEY, total numeric); INSERT INTO orders (total) VALUES (12.5); \
         CREATE TABLE events (id serial PRIMARY KEY, at timestamptz DEFAULT now()); INSERT INTO events DEFAULT VALUES; \
         CREATE TABLE leads (org text); CREATE INDEX leads_email_key ON leads (org); \
         CREATE TYPE accounts AS ENUM ('a'); CREATE SCHEMA other; CREATE TABLE other.events (x int)",
    );
    works(&database);
    let counts = "SELECT (SELECT count(*) FROM public.users), (SELECT count(*) FROM public.orders), \
                  (SELECT count(*) FROM public.events), (SELECT count(*) FROM public.leads)";
    let counts = rows(&database.owner_url(), counts, |row| [0, 1, 2, 3].map(|at| row.get::<i64, _>(at)));
    assert_eq!(counts, [[1, 1, 1, 0]], "the host's rows are as they were");
    // What a host says about where to look first and how values are written changes nothing for us.
    for setting in ["search_path = other, public", "bytea_output = 'escape'", "standard_conforming_strings = off"] {
        database.as_owner(&format!("ALTER ROLE {ROLE} IN DATABASE {} SET {setting}", database.name));
    }
    let session = found(&crm_on(database.store()));
    run(&session, "lead.create", json!({"email": "bill@private.example"})).unwrap();
    verify(&session);
}

#[test]
fn two_schemas_in_one_database_know_nothing_of_each_other() {
    let database = Database::migrated();
    let options = || database.options().schema("crm_2").unwrap();
    let second = crm_on(PostgresStore::open_with(&database.url(), options()).unwrap());
    let first = crm_on(database.store());
    let session = found(&second);
    run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap();
    verify(&session);
    assert!(block_on(second.has_org(session.org())).unwrap());
    assert!(!block_on(first.has_org(session.org())).unwrap());
    block_on(second.drop_org(session.org())).unwrap();
    assert!(!block_on(second.has_org(session.org())).unwrap());
    for name in ["", "Crm", "2crm", "a-b", "a\"b", "public; DROP TABLE users", &"x".repeat(64)] {
        assert_eq!(Options::default().schema(name).unwrap_err().code(), "store.misconfigured", "{name}");
    }
}

#[test]
fn a_schema_that_is_there_needs_no_rights() {
    let database = Database::fresh();
    migrate(&database.owner_url(), Options::default().role(ROLE)).unwrap();
    // Opened by its URL alone, as a program that was deployed after the migration.
    let crm = block_on(nexa_crm::open(&database.url())).unwrap();
    let session = found(&crm);
    run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap();
    verify(&session);
}

#[test]
fn a_role_that_came_later_gets_its_rights() {
    let database = Database::fresh();
    migrate(&database.owner_url(), Options::default().isolation(nexa_crm::postgres::Isolation::FilterOnly)).unwrap();
    // It finds everything, and may use nothing of it.
    let refused = migrate(&database.url(), Options::default()).unwrap_err();
    assert_eq!(refused.code(), "schema.rights", "{refused:?}");
    let crm = nexa_crm::builder().store(Arc::new(PostgresStore::open(&database.url()).unwrap())).build().unwrap();
    let refused = block_on(crm.has_org(uuid::Uuid::from_u128(1))).unwrap_err();
    assert_eq!(refused.code(), "schema.missing", "{refused:?}");
    works(&database);
}

#[test]
fn a_role_without_rights_leaves_nothing_behind() {
    let database = Database::fresh();
    let refused = migrate(&database.url(), Options::default()).unwrap_err();
    assert_eq!(refused.code(), "schema.rights", "{refused:?}");
    assert_eq!(refused.params()["role"], ROLE);
    assert!(!is_there(&database, "nexa"));
    // A schema that somebody else has made for it, and keeps.
    database.as_owner("CREATE SCHEMA nexa");
    let refused = migrate(&database.url(), Options::default()).unwrap_err();
    assert_eq!(refused.code(), "schema.rights", "{refused:?}");
    let left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'nexa'::regnamespace";
    assert_eq!(rows(&database.owner_url(), left, |row| row.get::<i64, _>(0)), [0]);
    // And one that it may use.
    database.as_owner(&format!("ALTER SCHEMA nexa OWNER TO {ROLE}"));
    let crm = block_on(nexa_crm::open_as(&database.url(), nexa_crm::builder(), Migrate::Always)).unwrap();
    verify(&found(&crm));
}

#[test]
fn nothing_is_read_before_the_migration() {
    let database = Database::fresh();
    let store = Arc::new(database.store());
    let crm = nexa_crm::builder().store(store).build().unwrap();
    let refused = block_on(crm.has_org(uuid::Uuid::from_u128(1))).unwrap_err();
    assert_eq!(refused.code(), "schema.outdated", "{refused:?}");
    block_on(crm.migrate()).unwrap();
    assert!(!block_on(crm.has_org(uuid::Uuid::from_u128(1))).unwrap());
}

#[test]
fn an_unknown_role_gets_nothing() {
    let database = Database::fresh();
    let refused = migrate(&database.owner_url(), Options::default().role("nobody_of_this_name")).unwrap_err();
    assert_eq!(refused.code(), "schema.role_unknown", "{refused:?}");
    assert_eq!(refused.params()["role"], "nobody_of_this_name");
    assert!(!is_there(&database, "nexa"));
    works(&database);
}

#[test]
fn a_newer_schema_is_left_alone() {
    let database = Database::migrated();
    database.as_owner("INSERT INTO nexa.schema_version (version) VALUES (99)");
    for (url, options) in [(database.url(), Options::default()), (database.owner_url(), database.options())] {
        let refused = migrate(&url, options).unwrap_err();
        assert_eq!(refused.code(), "schema.newer", "{refused:?}");
        assert_eq!(
            (&refused.params()["found"], &refused.params()["known"]),
            (&json!(99), &json!(nexa_crm::postgres::VERSION))
        );
    }
    // Who does not migrate is refused as well.
    let crm = nexa_crm::builder().store(Arc::new(database.store())).build().unwrap();
    assert_eq!(block_on(crm.has_org(uuid::Uuid::from_u128(1))).unwrap_err().code(), "schema.newer");
}

#[test]
fn the_host_has_made_a_table_in_partitions() {
    let database = Database::fresh();
    let script = nexa_crm::postgres_schema(nexa_crm::postgres::Namespace::default(), None).unwrap();
    let events = script.split(';').find(|sql| sql.contains("CREATE TABLE nexa.events")).unwrap();
    database.as_owner(&format!(
        "CREATE SCHEMA nexa; {events} PARTITION BY HASH (org); \
         CREATE TABLE nexa.events_0 PARTITION OF nexa.events FOR VALUES WITH (MODULUS 2, REMAINDER 0); \
         CREATE TABLE nexa.events_1 PARTITION OF nexa.events FOR VALUES WITH (MODULUS 2, REMAINDER 1)"
    ));
    works(&database);
    let crm = nexa_crm::builder().store(Arc::new(database.store())).build().unwrap();
    assert_eq!(block_on(crm.check()).unwrap(), []);
    assert_eq!(block_on(crm.migration()).unwrap(), [] as [String; 0]);
}

#[test]
fn several_that_start_at_once_all_get_their_schema() {
    let database = Database::fresh();
    let start = Barrier::new(4);
    thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    migrate(&database.url(), database.options())
                })
            })
            .collect();
        for one in all {
            one.join().unwrap().unwrap();
        }
    });
    let versions = rows(&database.owner_url(), "SELECT version FROM nexa.schema_version", |row| row.get::<i64, _>(0));
    assert_eq!(versions, [nexa_crm::postgres::VERSION]);
    works(&database);
}

#[test]
fn a_migration_that_fails_can_be_repeated() {
    for (obstacle, away) in [
        ("CREATE VIEW nexa.leads AS SELECT 1 AS one", "DROP VIEW nexa.leads"),
        ("CREATE TABLE nexa.leads_email_open_key (x int)", "DROP TABLE nexa.leads_email_open_key"),
        ("CREATE SEQUENCE nexa.tickets", "DROP SEQUENCE nexa.tickets"),
    ] {
        let database = Database::fresh();
        database.as_owner("CREATE SCHEMA nexa");
        database.as_owner(obstacle);
        let refused = migrate(&database.url(), database.options()).expect_err(obstacle);
        assert_eq!(refused.code(), "store.failed", "{obstacle}: {refused:?}");
        let left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'nexa'::regnamespace";
        assert_eq!(rows(&database.owner_url(), left, |row| row.get::<i64, _>(0)), [1], "{obstacle}: all or nothing");
        database.as_owner(away);
        works(&database);
    }
}

/// A record of the host.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "visit", table = "visits", access = work, search(purpose = 1), index("lead"))]
struct Visit {
    id: Id<Visit>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    /// The lead to visit.
    #[record(editable, on_trash = keep)]
    lead: Id<Lead>,
    /// What the visit is for.
    #[record(editable)]
    purpose: Body,
}

impl Entity for Visit {}

#[test]
fn a_kind_of_the_host_comes_to_a_schema_that_is_in_use() {
    let database = Database::migrated();
    let session = found(&crm_on(database.store()));
    let lead = run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap()["id"].clone();
    let with_visits = |url: &str, options: Options| {
        let store = PostgresStore::open_with(url, options).unwrap();
        let crm = nexa_crm::builder().store(Arc::new(store)).entity::<Visit>().build().unwrap();
        block_on(crm.migrate()).map(|()| crm)
    };
    // Adding a table takes rights, as the first migration did.
    let refused = with_visits(&database.url(), Options::default()).map(drop).unwrap_err();
    assert_eq!(refused.code(), "schema.rights", "{refused:?}");
    let crm = with_visits(&database.url(), database.options()).unwrap();
    let admin = crm.session(session.org(), session.principal().clone());
    let visit = run(&admin, "visit.create", json!({"lead": lead, "purpose": "Show the plan"})).unwrap();
    assert_eq!(run(&admin, "visit.get", json!({"visit": visit["id"]})).unwrap(), visit);
    // A machine that knows nothing of visits goes on, also beside them.
    run(&session, "lead.update", json!({"lead": lead, "company": "Globex"})).unwrap();
    with_visits(&database.url(), Options::default()).unwrap();
    verify(&admin);
    let secured = "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = 'nexa.visits'::regclass";
    assert_eq!(rows(&database.owner_url(), secured, |row| row.get::<bool, _>(0)), [true]);
}
