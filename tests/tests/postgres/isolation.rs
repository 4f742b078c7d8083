//! Row-level security is a second wall: a statement that forgets its tenant finds nothing of another one.

use std::sync::Arc;

use nexa_crm::{
    postgres::{Isolation, PostgresStore},
    testing::Office,
};
use nexa_tests::database::{Database, rows, runtime};
use pollster::block_on;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, raw_sql};
use uuid::Uuid;

use super::{crm_on, found, run};

/// Every table with a tenant, as the server itself lists them.
fn tables(database: &Database) -> Vec<String> {
    rows(
        &database.owner_url(),
        "SELECT c.relname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'org' \
         WHERE c.relnamespace = 'nexa'::regnamespace AND c.relkind = 'r' ORDER BY 1",
        |row| row.get(0),
    )
}

/// What a role sees of all tables, per table: rows of this tenant and of others. Without a tenant, nothing is set.
async fn seen(db: &mut PgConnection, tables: &[String], org: Option<Uuid>) -> Vec<(i64, i64)> {
    let mut seen = Vec::new();
    let mut tx = db.begin().await.unwrap();
    if let Some(org) = org {
        raw_sql(AssertSqlSafe(format!("SET LOCAL nexa.org = '{org}'"))).execute(&mut *tx).await.unwrap();
    }
    let org = org.unwrap_or_default();
    for table in tables {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE org = '{org}'), count(*) FILTER (WHERE org <> '{org}') FROM nexa.{table}"
        );
        let row = raw_sql(AssertSqlSafe(sql)).fetch_one(&mut *tx).await.unwrap();
        seen.push((row.get(0), row.get(1)));
    }
    seen
}

#[test]
fn a_statement_without_a_filter_sees_its_own_tenant_only() {
    let database = Database::migrated();
    let office = Office::found(Arc::new(database.store()));
    let other = found(&office.crm);
    run(&other, "lead.create", json!({"email": "bill@initech.example"})).unwrap();
    let tables = tables(&database);
    assert!(tables.len() > 20, "{tables:?}");
    let everything = rows(
        &database.owner_url(),
        &tables
            .iter()
            .map(|table| format!("SELECT '{table}', count(*) FROM nexa.{table}"))
            .collect::<Vec<_>>()
            .join(" UNION ALL "),
        |row| row.get::<i64, _>(1),
    );
    runtime().block_on(async {
        let mut db = PgConnection::connect(&database.url()).await.unwrap();
        let own = seen(&mut db, &tables, Some(office.org)).await;
        let theirs = seen(&mut db, &tables, Some(other.org())).await;
        for (at, table) in tables.iter().enumerate() {
            assert_eq!((own[at].1, theirs[at].1), (0, 0), "{table} shows another tenant");
            assert_eq!(own[at].0 + theirs[at].0, everything[at], "{table} hides a tenant from itself");
        }
        assert!(own.iter().filter(|(own, _)| *own > 0).count() > 15, "the company filled too few tables");
        // Without a tenant, before one was set on this connection and after, and with one that nobody has.
        let mut fresh = PgConnection::connect(&database.url()).await.unwrap();
        for db in [&mut fresh, &mut db] {
            assert!(seen(db, &tables, None).await.iter().all(|seen| *seen == (0, 0)));
            assert!(seen(db, &tables, Some(Uuid::from_u128(404))).await.iter().all(|seen| *seen == (0, 0)));
        }
        // What is not seen is not changed either, and nothing is written for another tenant.
        let mut tx = db.begin().await.unwrap();
        raw_sql(AssertSqlSafe(format!("SET LOCAL nexa.org = '{}'", other.org()))).execute(&mut *tx).await.unwrap();
        let changed = raw_sql("UPDATE nexa.leads SET score = 1").execute(&mut *tx).await.unwrap();
        assert_eq!(changed.rows_affected(), 1);
        let moved = format!("UPDATE nexa.leads SET org = '{}'", office.org);
        let refused = raw_sql(AssertSqlSafe(moved)).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501");
    });
}

#[test]
fn a_role_that_bypasses_row_security_is_refused() {
    let database = Database::migrated();
    database.role("nexa_test_bypass", "NOSUPERUSER BYPASSRLS");
    let owner = PostgresStore::open_with(&database.owner_url(), database.options()).unwrap();
    let options = database.options().role("nexa_test_bypass");
    database.as_owner(
        "GRANT USAGE ON SCHEMA nexa TO nexa_test_bypass; GRANT ALL ON ALL TABLES IN SCHEMA nexa TO nexa_test_bypass",
    );
    let bypass = PostgresStore::open_with(&database.url_of("nexa_test_bypass"), options.clone()).unwrap();
    for (role, store) in [("postgres", owner), ("nexa_test_bypass", bypass)] {
        let crm = crm_on(store);
        let refused = |error: nexa_crm::Error| {
            assert_eq!(error.code(), "store.isolation", "{role}");
            assert_eq!(error.params()["role"], role);
            assert!(!error.retryable(), "{role}: nobody cures that by waiting");
        };
        let org = nexa_crm::CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap();
        refused(block_on(crm.create_org(org)).map(drop).unwrap_err());
        refused(block_on(crm.has_org(Uuid::from_u128(1))).unwrap_err());
        refused(block_on(crm.feed(Uuid::from_u128(1), nexa_crm::Position::START, 10)).map(drop).unwrap_err());
        refused(block_on(crm.drop_org(Uuid::from_u128(1))).unwrap_err());
    }
    let written = rows(&database.owner_url(), "SELECT count(*) FROM nexa.orgs", |row| row.get::<i64, _>(0));
    assert_eq!(written, [0]);
}

#[test]
fn a_host_with_one_role_can_say_that_filters_are_enough() {
    let database = Database::migrated();
    let options = database.options().isolation(Isolation::FilterOnly);
    let office = Office::found(Arc::new(PostgresStore::open_with(&database.owner_url(), options).unwrap()));
    let other = found(&office.crm);
    run(&other, "lead.create", json!({"email": "bill@initech.example"})).unwrap();
    assert_eq!(run(&other, "lead.count", json!({})).unwrap(), 1);
    assert_eq!(run(&other, "lead.search", json!({"text": "qualified"})).unwrap()["items"], json!([]));
    let stranger = run(&other, "lead.get", json!({"lead": office.id("lead")})).unwrap_err();
    assert_eq!(stranger.code(), "record.not_found");
    // Removing a tenant leaves the other.
    block_on(office.crm.drop_org(other.org())).unwrap();
    office.run("ledger.verify", json!({}));
    assert_eq!(run(&other, "lead.count", json!({})).unwrap_err().code(), "org.unknown");
}

#[test]
fn the_owner_of_the_tables_is_bound_as_well() {
    let database = Database::fresh();
    database.role("nexa_test_owner", "NOSUPERUSER NOBYPASSRLS");
    database.as_owner(&format!("GRANT CREATE ON DATABASE {} TO nexa_test_owner", database.name));
    let store = PostgresStore::open(&database.url_of("nexa_test_owner")).unwrap();
    let crm = crm_on(store);
    let session = found(&crm);
    let tables = tables(&database);
    runtime().block_on(async {
        let mut db = PgConnection::connect(&database.url_of("nexa_test_owner")).await.unwrap();
        assert!(seen(&mut db, &tables, None).await.iter().all(|seen| *seen == (0, 0)));
        let own = seen(&mut db, &tables, Some(session.org())).await;
        assert!(own.iter().any(|(own, _)| *own > 0));
    });
}
