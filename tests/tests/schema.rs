//! A schema that is not the one of this version: a host's record that grew, a later version's, another encoding, a role that
//! sees too much. What can be helped is helped; the rest is refused before anything is written, for good.

mod released;
mod versions;
mod visits;

use std::sync::Arc;

use nexa_crm::{
    CreateOrg, Crm, CrmBuilder, Envelope, Error, Result, Session, SystemIds,
    kernel::store::Store,
    postgres::PostgresStore,
    sqlite::SqliteStore,
    testing::{ManualClock, Office},
};
use nexa_tests::{
    database::{self, Database},
    traffic::Traffic,
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use sqlx::Row as _;

use self::visits::{demanding, first, forgetful, grown, loosened, retyped};

/// A place where a host's versions come one after another.
enum Place {
    File(tempfile::TempDir),
    Server(Box<Database>),
}

impl Place {
    fn both() -> [Self; 2] {
        [Self::File(tempfile::tempdir().unwrap()), Self::Server(Box::new(Database::fresh()))]
    }
    fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::File(folder) => Arc::new(SqliteStore::open(folder.path().join("crm.db")).unwrap()),
            Self::Server(database) => Arc::new(database.store()),
        }
    }
    fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "sqlite",
            Self::Server(_) => "postgres",
        }
    }
    fn run(&self, sql: &str) {
        match self {
            Self::File(folder) => {
                let file = rusqlite::Connection::open(folder.path().join("crm.db")).unwrap();
                file.execute_batch(sql).unwrap();
            }
            Self::Server(database) => database.as_owner(&sql.replace("nexa_", "nexa.")),
        }
    }
    /// Runs statements of the library's own for this database, in one transaction.
    fn run_as_they_are(&self, sql: &str) {
        match self {
            Self::File(folder) => {
                let file = rusqlite::Connection::open(folder.path().join("crm.db")).unwrap();
                file.execute_batch(&format!("PRAGMA foreign_keys = OFF; BEGIN; {sql}; COMMIT")).unwrap();
            }
            Self::Server(database) => database.as_owner(&format!("BEGIN; {sql}; COMMIT")),
        }
    }
    fn crm(&self, builder: CrmBuilder) -> Result<Crm> {
        let crm = builder.store(self.store()).clock(ManualClock::at("2025-11-17T09:15:00Z")).ids(SystemIds::default());
        let crm = crm.build().unwrap();
        block_on(crm.migrate()).map(|()| crm)
    }
}

fn ask(session: &Session, operation: &str, arguments: Json) -> Result<Json> {
    block_on(session.execute(operation, arguments, Envelope::default()))
}

/// A tenant with a visit, as the host's first version has it.
fn begun(place: &Place) -> (Session, Json) {
    let visit = json!({"purpose": "Show the new line"});
    begun_with(place, nexa_core::builder().entity::<first::Visit>(), "visit.create", visit)
}

/// A tenant with one record.
fn begun_with(place: &Place, builder: CrmBuilder, create: &str, arguments: Json) -> (Session, Json) {
    let crm = place.crm(builder).unwrap();
    let lisa = block_on(crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap())).unwrap();
    let record = ask(&lisa, create, arguments).unwrap();
    (lisa, record["id"].clone())
}

#[test]
fn a_field_that_may_be_empty_is_added_to_a_hosts_record() {
    for place in Place::both() {
        let name = place.name();
        let (lisa, visit) = begun(&place);
        for _ in 0..2 {
            let crm = place
                .crm(nexa_core::builder().entity::<grown::Visit>())
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let lisa = crm.session(lisa.org(), lisa.principal().clone());
            let change = json!({"visit": visit, "outcome": "An order", "held_at": "2025-11-17T10:00:00Z"});
            let changed = ask(&lisa, "visit.update", change).unwrap();
            assert_eq!((&changed["purpose"], &changed["outcome"]), (&json!("Show the new line"), &json!("An order")));
            let another = ask(&lisa, "visit.create", json!({"purpose": "Again"})).unwrap();
            assert_eq!(another["outcome"], Json::Null, "{name}");
            ask(&lisa, "ledger.verify", json!({"rows": true})).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        }
        // A version of the host that knows less does not mind what it need not fill.
        let crm = place.crm(nexa_core::builder().entity::<first::Visit>()).unwrap();
        let lisa = crm.session(lisa.org(), lisa.principal().clone());
        ask(&lisa, "visit.create", json!({"purpose": "As before"})).unwrap();
    }
}

fn differs(error: &Error, column: &str, name: &str) {
    assert_eq!(error.code(), "schema.differs", "{name}: {error:?}");
    assert!(!error.retryable(), "{name}: {error:?}");
    assert_eq!(error.params()["column"], column, "{name}: {error:?}");
    assert!(error.params()["table"].as_str().unwrap().ends_with("visits"), "{name}: {error:?}");
    assert!(error.message().contains(column) && error.message().contains("visits"), "{name}: {error:?}");
}

#[test]
fn what_no_migration_can_help_is_refused_for_good_and_names_table_and_column() {
    for place in Place::both() {
        let name = place.name();
        let (lisa, _) = begun(&place);
        let refusals = [
            ("minutes", place.crm(nexa_core::builder().entity::<demanding::Visit>()).map(drop)),
            ("purpose", place.crm(nexa_core::builder().entity::<retyped::Visit>()).map(drop)),
            ("purpose", place.crm(nexa_core::builder().entity::<forgetful::Visit>()).map(drop)),
            ("purpose", place.crm(nexa_core::builder().entity::<loosened::Visit>()).map(drop)),
        ];
        for (column, refused) in refusals {
            differs(&refused.unwrap_err(), column, name);
        }
        // Nothing was changed.
        let crm = place.crm(nexa_core::builder().entity::<first::Visit>()).unwrap();
        let lisa = crm.session(lisa.org(), lisa.principal().clone());
        ask(&lisa, "visit.create", json!({"purpose": "As before"})).unwrap();
    }
}

#[test]
fn a_column_that_somebody_dropped_is_no_outage() {
    for place in Place::both() {
        let (lisa, _) = begun(&place);
        place.run("ALTER TABLE nexa_visits DROP COLUMN purpose");
        differs(
            &place.crm(nexa_core::builder().entity::<first::Visit>()).map(drop).unwrap_err(),
            "purpose",
            place.name(),
        );
        // A process that was at work meanwhile learns that no retry helps.
        let crm = place.crm(nexa_core::builder().entity::<forgetful::Visit>()).unwrap();
        let lisa = crm.session(lisa.org(), lisa.principal().clone());
        place.run("ALTER TABLE nexa_visits DROP COLUMN outcome");
        let error = ask(&lisa, "visit.create", json!({"outcome": "None"})).unwrap_err();
        assert!(!error.retryable(), "{}: {error:?}", place.name());
    }
}

#[test]
fn a_library_works_on_the_next_schema_version_and_leaves_it_as_it_is() {
    for place in Place::both() {
        let name = place.name();
        let found = Office::found(place.store());
        let next = nexa_crm::sqlite::VERSION + 1;
        // What a later version may add beside what this one knows.
        for table in
            ["leads", "contacts", "accounts", "deals", "tickets", "comments", "tasks", "users", "events", "receipts"]
        {
            place.run(&format!("ALTER TABLE nexa_{table} ADD COLUMN later TEXT"));
        }
        place.run("ALTER TABLE nexa_leads ADD COLUMN later_filled INTEGER NOT NULL DEFAULT 7");
        place.run(&format!("INSERT INTO nexa_schema_version (version) VALUES ({next})"));
        let (org, admin) = (found.org, found.id("admin"));
        drop(found);
        let crm = place.crm(nexa_core::builder()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let lisa = crm.user(org, admin);
        let lead =
            ask(&lisa, "lead.create", json!({"email": "later@example.com", "tags": ["new"]})).unwrap()["id"].clone();
        ask(&lisa, "lead.contact", json!({"lead": lead})).unwrap();
        for (operation, arguments) in [
            ("lead.get", json!({"lead": lead})),
            ("lead.find", json!({"sort": ["-score"], "with": ["campaign"]})),
            ("lead.search", json!({"text": "later"})),
            ("lead.count", json!({"filter": {"field": "tags", "op": "has", "value": "new"}})),
            ("lead.aggregate", json!({"group_by": [{"field": "status"}]})),
            ("lead.history", json!({"lead": lead})),
            ("ledger.verify", json!({"rows": true})),
        ] {
            ask(&lisa, operation, arguments).unwrap_or_else(|error| panic!("{name}: {operation}: {error:?}"));
        }
        let once = Envelope::once("form-4711");
        let first = block_on(lisa.execute("lead.create", json!({"last_name": "A"}), once.clone())).unwrap();
        assert_eq!(block_on(lisa.execute("lead.create", json!({"last_name": "A"}), once)).unwrap()["id"], first["id"]);
    }
}

#[test]
fn a_busy_day_on_the_next_schema_version() {
    for place in Place::both() {
        let name = place.name();
        let office = Office::found(place.store());
        for def in office.crm.kinds().all() {
            place.run(&format!("ALTER TABLE nexa_{} ADD COLUMN later TEXT", def.table));
        }
        let mut traffic = Traffic::new(&office, &office.events(), 11);
        let mut seen = office.position();
        for _ in 0..120 {
            let step = traffic.step();
            if let Err(error) = step.perform(&office) {
                assert_ne!(error.kind(), nexa_crm::ErrorKind::Unavailable, "{name}: {step:?}: {error:?}");
            }
            let feed = block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
            seen = feed.next;
            traffic.learn(&feed.items);
        }
    }
}

#[test]
fn a_schema_two_versions_later_is_refused() {
    for place in Place::both() {
        let (_, _) = begun(&place);
        place.run(&format!("INSERT INTO nexa_schema_version (version) VALUES ({})", nexa_crm::sqlite::VERSION + 2));
        let refused = match &place {
            Place::File(folder) => SqliteStore::open(folder.path().join("crm.db")).map(drop).unwrap_err(),
            Place::Server(_) => place.crm(nexa_core::builder()).map(drop).unwrap_err(),
        };
        assert_eq!((refused.code(), refused.retryable()), ("schema.newer", false), "{}: {refused:?}", place.name());
    }
}

#[test]
fn a_role_that_bypasses_row_level_security_sets_nothing_up() {
    let database = Database::fresh();
    database.role("nexa_test_bypasses", "NOSUPERUSER BYPASSRLS");
    database.as_owner(&format!("GRANT CREATE ON DATABASE {} TO nexa_test_bypasses", database.name));
    for url in [database.owner_url(), database.url_of("nexa_test_bypasses")] {
        let opened = nexa_crm::open_as(&url, nexa_crm::builder(), nexa_crm::Migrate::Always);
        let error = block_on(opened).map(drop).unwrap_err();
        assert_eq!((error.code(), error.retryable()), ("store.isolation", false), "{error:?}");
        let schemas = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = 'nexa'";
        let found = database::rows(&database.owner_url(), schemas, |row| row.get::<i64, _>(0));
        assert_eq!(found, [0], "something was set up before the role was refused");
    }
}

#[test]
fn a_database_of_another_encoding_is_refused_before_anything_is_set_up() {
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let database = Database::fresh();
        let name = format!("{}_{}", database.name, encoding.to_lowercase());
        database.on_server(&format!(
            "CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        ));
        let there = |url: String| url.replace(&database.name, &name);
        let store =
            PostgresStore::open_with(&there(database.url()), database.options().owner(there(database.owner_url())));
        let crm = nexa_core::builder().store(Arc::new(store.unwrap())).clock(ManualClock::at("2025-11-17T09:15:00Z"));
        let crm = crm.ids(SystemIds::default()).build().unwrap();
        let refused = block_on(crm.migrate()).unwrap_err();
        let schemas = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = 'nexa'";
        let found = database::rows(&there(database.owner_url()), schemas, |row| row.get::<i64, _>(0));
        drop(crm);
        database.on_server(&format!("DROP DATABASE {name} WITH (FORCE)"));
        assert_eq!((refused.code(), refused.retryable()), ("store.encoding", false), "{refused:?}");
        assert!(refused.message().contains(encoding) && refused.message().contains("UTF8"), "{refused}");
        assert_eq!(found, [0], "something was set up before the database was refused");
    }
}

#[test]
fn a_file_of_another_encoding_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("PRAGMA encoding = 'UTF-16'; CREATE TABLE host (a)")
        .unwrap();
    let refused = SqliteStore::open(&path).map(drop).unwrap_err();
    assert_eq!((refused.code(), refused.retryable()), ("store.encoding", false), "{refused:?}");
}

#[test]
fn sentences_name_kinds_in_their_grammar() {
    let backend = nexa_tests::backends::memory();
    let office = Office::found(backend.store.clone());
    let said = |caller: &str, operation: &str, arguments: Json| {
        office.run_as(caller, operation, arguments).unwrap_err().message()
    };
    let refused = said("agent", "org.configure", json!({"name": "Other"}));
    assert!(refused.contains("update an organisation"), "{refused}");
    let unknown = said("admin", "account.create", json!({"name": "A", "color": 1}));
    assert!(!unknown.contains("A account"), "{unknown}");
    let unknown = said("admin", "account.find", json!({"filter": {"field": "shoe", "value": 1}}));
    assert!(unknown.starts_with("An account has no field"), "{unknown}");
    let unknown = said("admin", "user.find", json!({"filter": {"field": "shoe", "value": 1}}));
    assert!(unknown.starts_with("A user has no field"), "{unknown}");
    let missing = said("admin", "contact_list.get", json!({"contact_list": uuid::Uuid::from_u128(9)}));
    assert!(missing.contains("no contact list "), "{missing}");
    let used = said("admin", "contact.trash", json!({"contact": office.id("contact")}));
    assert!(used.contains("tickets") && !used.contains("5 ticket,"), "{used}");
}
