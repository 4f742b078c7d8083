//! A record of a host, before and after it grew by all that a migration can add: the migrated database is the one that is made new.

use std::collections::BTreeSet;

use nexa_crm::{Crm, CrmBuilder, Result};
use nexa_tests::database;
use pollster::block_on;
use serde_json::{Value as Json, json};
use sqlx::Row as _;

use super::{Place, ask, begun_with};

/// As it was released.
mod first {
    use nexa_core::{Entity, Id, Record, Subject, Timestamp, closed_enum};

    closed_enum! {
        /// Where it stands.
        pub enum Stage {
            /// It is to come.
            Planned = "planned",
            /// It was.
            Held = "held",
        }
    }

    closed_enum! {
        /// How urgent it is.
        pub enum Urgency default Low {
            /// It can wait.
            Low = "low",
            /// It cannot.
            High = "high",
        }
    }

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "trip", table = "trips", access = work, search(title = 1), index("stage"))]
    pub(crate) struct Trip {
        pub(crate) id: Id<Trip>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        /// What the trip is for.
        #[record(editable)]
        pub(crate) title: Subject,
        /// Where it stands.
        #[record(editable)]
        pub(crate) stage: Stage,
        /// How urgent it is.
        #[record(editable, ranked)]
        pub(crate) urgency: Urgency,
    }

    impl Entity for Trip {}
}

/// As it is released next: more fields, words, references, indexes and uniques, a trash, and another kind that points at it.
mod second {
    use nexa_core::{
        Assignee, Entity, Id, Money, Record, Subject, Tags, Timestamp, closed_enum, people::User, sales::Lead,
    };

    closed_enum! {
        /// Where it stands.
        pub enum Stage {
            /// It is to come.
            Planned = "planned",
            /// It was.
            Held = "held",
            /// It will not be.
            Cancelled = "cancelled",
        }
    }

    closed_enum! {
        /// How urgent it is.
        pub enum Urgency default Low {
            /// It can wait.
            Low = "low",
            /// It cannot.
            High = "high",
            /// It should have been.
            Now = "now",
        }
    }

    closed_enum! {
        /// A means of travel.
        pub enum Means {
            /// By rail.
            Rail = "rail",
            /// By the host's own car.
            Car = "it's own",
        }
    }

    /// A trip.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(
        kind = "trip", table = "trips", access = work,
        search(title = 1),
        unique("code", code = "trip.code_taken"),
        index("stage"),
        index("means.rank", "paid")
    )]
    pub(crate) struct Trip {
        pub(crate) id: Id<Trip>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) deleted_at: Option<Timestamp>,
        /// What the trip is for.
        #[record(editable)]
        pub(crate) title: Subject,
        /// Where it stands.
        #[record(editable)]
        pub(crate) stage: Stage,
        /// How urgent it is.
        #[record(editable, ranked)]
        pub(crate) urgency: Urgency,
        /// The number on the ticket.
        #[record(editable)]
        pub(crate) code: Option<Subject>,
        /// What it costs.
        #[record(editable)]
        pub(crate) cost: Option<Money>,
        /// Its tags.
        #[record(editable)]
        pub(crate) tags: Tags,
        /// The lead to meet.
        #[record(editable, on_trash = keep)]
        pub(crate) lead: Option<Id<Lead>>,
        /// The user or group that goes.
        #[record(editable, assignee)]
        pub(crate) owner: Option<Assignee>,
        /// The means of travel.
        #[record(editable, ranked, backfill = "it's own")]
        pub(crate) means: Means,
        /// Whether it was paid.
        #[record(editable, backfill = true)]
        pub(crate) paid: bool,
        /// How many people go.
        #[record(editable, backfill = 1)]
        pub(crate) seats: i64,
        /// Where it begins.
        #[record(editable, folded, backfill = "Zürich ’s")]
        pub(crate) origin: Subject,
    }

    impl Entity for Trip {}

    /// A stop.
    #[derive(Record, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    #[record(kind = "stop", table = "stops", access = work, index("trip"))]
    pub(crate) struct Stop {
        pub(crate) id: Id<Stop>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
        pub(crate) deleted_at: Option<Timestamp>,
        /// Of which trip.
        #[record(editable, on_trash = with_parent)]
        pub(crate) trip: Id<Trip>,
        /// Who is met.
        #[record(editable)]
        pub(crate) host: Option<Id<User>>,
    }

    impl Entity for Stop {}
}

fn old() -> CrmBuilder {
    nexa_core::builder().entity::<first::Trip>()
}

fn new() -> CrmBuilder {
    nexa_core::builder().entity::<second::Trip>().entity::<second::Stop>()
}

/// All that a catalog of the database says of the tables of trips and stops, in a form of its own.
fn facts(place: &Place) -> BTreeSet<String> {
    match place {
        Place::File(folder) => {
            let file = rusqlite::Connection::open(folder.path().join("crm.db")).unwrap();
            let read = |sql: &str| -> Vec<String> {
                let mut statement = file.prepare(sql).unwrap();
                statement.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
            };
            let mut facts = BTreeSet::new();
            for table in ["nexa_trips", "nexa_stops"] {
                facts.extend(read(&format!(
                    "SELECT '{table}.' || name || ' ' || type || ' ' || \"notnull\" || ' ' || coalesce(dflt_value, '-') \
                     || ' ' || hidden || ' ' || pk FROM pragma_table_xinfo('{table}')"
                )));
                facts.extend(read(&format!(
                    "SELECT '{table} -> ' || \"table\" || ' ' || seq || ' ' || \"from\" || ' ' || \"to\" || on_delete \
                     FROM pragma_foreign_key_list('{table}')"
                )));
                facts.extend(read(&format!(
                    "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL"
                )));
                // Each line of ours is a column or a constraint.
                let sql = read(&format!(
                    "SELECT replace(sql, '\"{table}\"', '{table}') FROM sqlite_schema WHERE name = '{table}'"
                ));
                facts.extend(
                    sql.iter()
                        .flat_map(|sql| sql.lines())
                        .map(|line| format!("{table}: {}", line.trim().trim_end_matches(','))),
                );
            }
            facts
        }
        Place::Server(database) => {
            let sql = "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull \
                 || ' ' || a.atthasdef || ' ' || a.attcollation::regcollation::text AS fact FROM pg_class AS c \
                 JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relnamespace = 'nexa'::regnamespace AND c.relname IN ('trips', 'stops') \
                 UNION ALL SELECT conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
                 WHERE connamespace = 'nexa'::regnamespace AND conrelid::regclass::text IN ('nexa.trips', 'nexa.stops') \
                 UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'nexa' AND tablename IN ('trips', 'stops') \
                 UNION ALL SELECT tablename || policyname || cmd || qual FROM pg_policies WHERE tablename IN ('trips', 'stops') \
                 UNION ALL SELECT relname || relrowsecurity || relforcerowsecurity || relacl::text FROM pg_class \
                 WHERE relnamespace = 'nexa'::regnamespace AND relname IN ('trips', 'stops')";
            database::rows(&database.owner_url(), sql, |row| row.get::<String, _>(0)).into_iter().collect()
        }
    }
}

#[test]
fn a_migrated_database_is_the_one_that_is_made_new() {
    for (migrated, made) in Place::both().into_iter().zip(Place::both()) {
        let name = migrated.name();
        let (lisa, trip) = begun_with(&migrated, old(), "trip.create", json!({"title": "To Acme", "urgency": "high"}));
        ask(&lisa, "trip.update", json!({"trip": trip, "stage": "held"})).unwrap();
        drop(lisa);
        migrated.crm(new()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        made.crm(new()).unwrap();
        let (migrated, made) = (facts(&migrated), facts(&made));
        let differing: Vec<&String> = migrated.symmetric_difference(&made).collect();
        assert_eq!(differing, [] as [&String; 0], "{name}");
        assert!(made.len() > 50, "{name}: {made:#?}");
    }
}

#[test]
fn old_records_have_what_the_fields_say_and_are_changed_like_new_ones() {
    for place in Place::both() {
        let name = place.name();
        let (old_lisa, trip) = begun_with(&place, old(), "trip.create", json!({"title": "To Acme", "urgency": "high"}));
        let low =
            ask(&old_lisa, "trip.create", json!({"title": "To Globex", "stage": "planned"})).unwrap()["id"].clone();
        let crm = place.crm(new()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let lisa = crm.session(old_lisa.org(), old_lisa.principal().clone());
        let read = ask(&lisa, "trip.get", json!({"trip": trip})).unwrap();
        let got = ["title", "urgency", "means", "paid", "seats", "origin", "owner", "lead", "cost", "code"]
            .map(|field| &read[field]);
        let wanted = json!(["To Acme", "high", "it's own", true, 1, "Zürich ’s", null, null, null, null]);
        assert_eq!(json!(got), wanted, "{name}");
        ask(&lisa, "ledger.verify", json!({"rows": true})).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        // Ranks moved with the new word, and folded texts were made.
        let now = ask(
            &lisa,
            "trip.create",
            json!({"title": "To Initech", "urgency": "now", "means": "rail", "paid": false, "seats": 2, "origin": "Bern"}),
        );
        let now = now.unwrap_or_else(|error| panic!("{name}: {error:?}"))["id"].clone();
        let in_order = |sort: &str| -> Json {
            let page =
                ask(&lisa, "trip.find", json!({"sort": [sort]})).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            page["items"].as_array().unwrap().iter().map(|trip| trip["id"].clone()).collect()
        };
        assert_eq!(in_order("-urgency"), json!([now, trip, low]), "{name}");
        let filter = json!({"filter": {"field": "origin", "value": "zürich 's"}});
        assert_eq!(ask(&lisa, "trip.count", filter).unwrap(), 2, "{name}");
        let change = json!({"trip": trip, "stage": "cancelled", "code": "A1", "cost": {"amount": "12.50", "currency": "USD"},
            "tags": ["far"], "owner": {"user": lisa_id(&lisa)}});
        ask(&lisa, "trip.update", change).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let taken = ask(&lisa, "trip.update", json!({"trip": low, "code": "A1"})).unwrap_err();
        assert_eq!(taken.code(), "trip.code_taken", "{name}: {taken:?}");
        ask(&lisa, "stop.create", json!({"trip": trip})).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        ask(&lisa, "trip.trash", json!({"trip": low})).unwrap();
        ask(&lisa, "ledger.verify", json!({"rows": true})).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

fn lisa_id(lisa: &nexa_crm::Session) -> Json {
    match lisa.principal() {
        nexa_crm::Principal::User(id) => json!(id),
        other => panic!("{other:?} is no user"),
    }
}

/// A Crm that has not migrated.
fn unmigrated(place: &Place, builder: CrmBuilder) -> Crm {
    let builder = builder.store(place.store()).clock(nexa_crm::testing::ManualClock::at("2025-11-17T09:15:00Z"));
    builder.ids(nexa_crm::SystemIds::default()).build().unwrap()
}

#[test]
fn what_is_lacking_is_listed_with_the_statements_that_add_it() {
    for place in Place::both() {
        let name = place.name();
        let (lisa, _) = begun_with(&place, old(), "trip.create", json!({"title": "To Acme"}));
        let crm = unmigrated(&place, old());
        assert_eq!(block_on(crm.check()).unwrap(), [], "{name}");
        assert_eq!(block_on(crm.migration()).unwrap(), [] as [String; 0], "{name}");
        let grown = unmigrated(&place, new());
        let differences = block_on(grown.check()).unwrap();
        let lacks = |table: &str, column: Option<&str>| {
            let found = differences
                .iter()
                .any(|one| one.table.ends_with(table) && one.column.as_deref() == column && one.migrates);
            assert!(found, "{name}: {table} {column:?} is not in {differences:#?}");
        };
        lacks("stops", None);
        for column in ["means", "paid", "lead_id", "owner_queue", "code", "deleted_at", "stage", "urgency"] {
            lacks("trips", Some(column));
        }
        // It only looked.
        assert_eq!(block_on(grown.check()).unwrap(), differences, "{name}");
        // The host runs the statements itself.
        let statements = block_on(grown.migration()).unwrap();
        place.run_as_they_are(&statements.join(";\n"));
        assert_eq!(block_on(grown.check()).unwrap(), [], "{name}");
        assert_eq!(block_on(grown.migration()).unwrap(), [] as [String; 0], "{name}");
        // A version of the host that knows less minds nothing of it, and takes nothing back.
        let before = facts(&place);
        let crm = place.crm(old()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(block_on(unmigrated(&place, old()).check()).unwrap(), [], "{name}");
        assert_eq!(facts(&place), before, "{name}");
        let (lisa, grown) = (crm.session(lisa.org(), lisa.principal().clone()), place.crm(new()).unwrap());
        let trip = ask(&lisa, "trip.create", json!({"title": "As before"})).unwrap()["id"].clone();
        let lisa = grown.session(lisa.org(), lisa.principal().clone());
        assert_eq!(ask(&lisa, "trip.get", json!({"trip": trip})).unwrap()["means"], "it's own", "{name}");
        ask(&lisa, "ledger.verify", json!({"rows": true})).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn what_the_host_has_hung_on_a_table_of_sqlite_survives_a_copy() {
    let place = Place::File(tempfile::tempdir().unwrap());
    let (lisa, trip) = begun_with(&place, old(), "trip.create", json!({"title": "To Acme"}));
    place.run(
        "CREATE VIEW reports AS SELECT title, stage FROM nexa_trips; CREATE INDEX by_title ON nexa_trips (title); \
         CREATE TABLE titles (title TEXT); CREATE TRIGGER noted AFTER UPDATE ON nexa_trips \
         BEGIN INSERT INTO titles VALUES (new.title); END",
    );
    let crm = place.crm(new()).unwrap();
    let lisa = crm.session(lisa.org(), lisa.principal().clone());
    ask(&lisa, "trip.update", json!({"trip": trip, "stage": "cancelled"})).unwrap();
    let Place::File(folder) = &place else { return };
    let file = rusqlite::Connection::open(folder.path().join("crm.db")).unwrap();
    let counted = "SELECT (SELECT count(*) FROM reports WHERE stage = 'cancelled') || (SELECT count(*) FROM titles) \
                   || (SELECT count(*) FROM sqlite_schema WHERE name = 'by_title')";
    assert_eq!(file.query_row(counted, [], |row| row.get::<_, String>(0)).unwrap(), "111");
}

#[test]
fn a_table_of_sqlite_is_not_copied_where_a_column_of_the_host_would_be_lost() {
    let place = Place::File(tempfile::tempdir().unwrap());
    let (lisa, _) = begun_with(&place, old(), "trip.create", json!({"title": "To Acme"}));
    place.run("ALTER TABLE nexa_trips ADD COLUMN mine TEXT");
    let before = facts(&place);
    let refused = place.crm(new()).map(drop).unwrap_err();
    assert_eq!((refused.code(), &refused.params()["column"]), ("schema.differs", &json!("mine")), "{refused:?}");
    assert_eq!(facts(&place), before);
    let crm = place.crm(old()).unwrap();
    ask(&crm.session(lisa.org(), lisa.principal().clone()), "trip.create", json!({"title": "As before"})).unwrap();
}

#[test]
fn the_whole_schema_is_a_list_of_statements() {
    for place in Place::both() {
        let name = place.name();
        let made = Place::both().into_iter().find(|other| other.name() == name).unwrap();
        made.crm(new()).unwrap();
        let crm = unmigrated(&place, new());
        let statements = block_on(crm.schema()).unwrap();
        place.run_as_they_are(&statements.join(";\n"));
        assert_eq!(facts(&place), facts(&made), "{name}");
        assert_eq!(block_on(crm.check()).unwrap(), [], "{name}");
    }
}

#[test]
fn what_no_migration_can_help_is_in_the_list_and_refuses_the_statements() -> Result<()> {
    for place in Place::both() {
        let name = place.name();
        begun_with(
            &place,
            new(),
            "trip.create",
            json!({"title": "To Acme", "means": "rail", "paid": true, "seats": 1, "origin": "Bern"}),
        );
        place.run("ALTER TABLE nexa_stops DROP COLUMN version");
        place.run("ALTER TABLE nexa_stops ADD COLUMN version TEXT");
        let crm = unmigrated(&place, new());
        let differences = block_on(crm.check())?;
        let named = |one: &&nexa_crm::kernel::schema::SchemaDifference| {
            one.table.ends_with("stops") && one.column.as_deref() == Some("version")
        };
        let difference = differences.iter().find(named).unwrap_or_else(|| panic!("{name}: {differences:#?}"));
        assert!(!difference.migrates, "{name}: {difference:?}");
        for refused in [block_on(crm.migration()).map(drop), block_on(crm.migrate())] {
            let refused = refused.unwrap_err();
            assert_eq!((refused.code(), refused.retryable()), ("schema.differs", false), "{name}: {refused:?}");
            assert_eq!(refused.params()["column"], "version", "{name}: {refused:?}");
        }
    }
    Ok(())
}

#[test]
fn rows_that_stand_in_the_way_of_a_unique_are_named() {
    for place in Place::both() {
        let name = place.name();
        let code =
            json!({"title": "To Acme", "means": "rail", "paid": true, "seats": 1, "origin": "Bern", "code": "A1"});
        let (lisa, _) = begun_with(&place, new(), "trip.create", code);
        ask(
            &lisa,
            "trip.create",
            json!({"title": "Again", "means": "rail", "paid": true, "seats": 1, "origin": "Bern"}),
        )
        .unwrap();
        place.run(match place {
            Place::File(_) => "DROP INDEX nexa_trips_code_key",
            Place::Server(_) => "DROP INDEX nexa.trips_code_key",
        });
        // The server's owner sees all rows.
        place.run("UPDATE nexa_trips SET code = 'A1'");
        let crm = unmigrated(&place, new());
        let refused = block_on(crm.migrate()).unwrap_err();
        assert_eq!((refused.code(), refused.retryable()), ("schema.differs", false), "{name}: {refused:?}");
        assert_eq!(refused.params()["column"], "code", "{name}: {refused:?}");
        assert!(refused.params()["table"].as_str().unwrap().ends_with("trips"), "{name}: {refused:?}");
        place.run("DELETE FROM nexa_trips WHERE title = 'Again'");
        block_on(crm.migrate()).unwrap();
        assert_eq!(block_on(crm.check()).unwrap(), [], "{name}");
    }
}

#[test]
fn a_draft_has_the_statements_that_a_database_gets() {
    use nexa_crm::{postgres, sqlite};
    use nexa_sql::{Dialect, shape, tables};

    let kinds = |builder: CrmBuilder| {
        let crm = builder.store(nexa_tests::backends::memory().store).clock(nexa_crm::SystemClock);
        crm.ids(nexa_crm::SystemIds::default()).build().unwrap().kinds().all().to_vec()
    };
    let (before, after) = (kinds(old()), kinds(new()));
    for place in Place::both() {
        begun_with(&place, old(), "trip.create", json!({"title": "To Acme"}));
        let run = block_on(unmigrated(&place, new()).migration()).unwrap();
        let drafted = match place {
            Place::File(_) => sqlite::migration(&shape(&tables(Dialect::Sqlite, &before)), &after),
            Place::Server(_) => {
                let namespace = postgres::Namespace::default();
                let released = shape(&tables(Dialect::Postgres(namespace), &before));
                postgres::migration(&released, namespace, &after)
            }
        };
        // Rights are given where the database is.
        let run: Vec<String> =
            run.into_iter().filter(|sql| !sql.starts_with("GRANT") && !sql.starts_with("SET LOCAL")).collect();
        assert_eq!(drafted.unwrap(), run, "{}", place.name());
    }
}

#[test]
fn an_older_schema_is_outdated_until_it_is_migrated() {
    for place in Place::both() {
        let name = place.name();
        let (lisa, _) = begun_with(&place, old(), "trip.create", json!({"title": "To Acme"}));
        // As a version before the first would have left it.
        place.run("UPDATE nexa_schema_version SET version = 0");
        let crm = unmigrated(&place, old());
        let differences = block_on(crm.check()).unwrap();
        assert!(
            differences.iter().all(|one| one.table.ends_with("schema_version")) && differences.len() == 1,
            "{differences:?}"
        );
        let lisa = crm.session(lisa.org(), lisa.principal().clone());
        if let Place::Server(_) = place {
            let refused = ask(&lisa, "trip.find", json!({})).unwrap_err();
            assert_eq!((refused.code(), refused.retryable()), ("schema.outdated", false), "{name}: {refused:?}");
            assert!(refused.message().contains("it has version 0"), "{name}: {refused}");
        }
        block_on(crm.migrate()).unwrap();
        ask(&lisa, "trip.find", json!({})).unwrap();
        assert_eq!(block_on(crm.check()).unwrap(), [], "{name}");
    }
}
