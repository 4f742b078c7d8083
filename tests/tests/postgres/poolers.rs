//! Behind a pooler that gives each transaction another connection of the server, nothing may stay on a connection.

use std::sync::Arc;

use nexa_crm::{
    CreateOrg, Envelope, Session,
    postgres::{Options, PostgresStore},
};
use nexa_tests::database::{Database, runtime};
use serde_json::json;
use sqlx::{PgPool, Row, postgres::PgPoolOptions, raw_sql};

use super::{found, run, verify};

/// A pool of one connection, and a session of a store on it.
async fn on_one_connection(database: &Database, options: Options) -> (PgPool, Session) {
    let pool = PgPoolOptions::new().max_connections(1).connect(&database.url()).await.unwrap();
    let store = Arc::new(PostgresStore::from_pool(pool.clone(), options).unwrap());
    let crm = nexa_crm::builder().store(store).build().unwrap();
    crm.migrate().await.unwrap();
    let session = crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap()).await.unwrap();
    (pool, session)
}

/// What a connection of a store keeps after work: prepared statements, the tenant, the settings.
fn kept(prepared: bool) -> (i64, String, String, String) {
    let database = Database::migrated();
    let options = database.options().prepared(prepared);
    runtime().block_on(async {
        let (pool, session) = on_one_connection(&database, options).await;
        let envelope = Envelope::default;
        let lead = json!({"email": "sarah@private.example"});
        session.execute("lead.create", lead.clone(), envelope()).await.unwrap();
        session.execute("lead.create", lead, envelope()).await.unwrap_err();
        session.execute("lead.search", json!({"text": "sarah"}), envelope()).await.unwrap();
        session.execute("ledger.verify", json!({}), envelope()).await.unwrap();
        let asked = "SELECT (SELECT count(*) FROM pg_prepared_statements), coalesce(current_setting('nexa.org', true), ''), \
                     current_setting('lock_timeout'), current_setting('enable_seqscan')";
        let row = raw_sql(asked).fetch_one(&pool).await.unwrap();
        (row.get(0), row.get(1), row.get(2), row.get(3))
    })
}

#[test]
fn nothing_stays_on_a_connection_but_the_statements_that_are_wanted() {
    let (statements, org, timeout, scans) = kept(false);
    assert_eq!((statements, org.as_str(), timeout.as_str(), scans.as_str()), (0, "", "0", "on"));
    let (statements, org, timeout, scans) = kept(true);
    assert!(statements > 5, "{statements}");
    assert_eq!((org.as_str(), timeout.as_str(), scans.as_str()), ("", "0", "on"));
}

#[test]
fn a_store_without_prepared_statements_does_the_same() {
    let database = Database::migrated();
    let options = database.options().prepared(false);
    let crm = super::crm_on(PostgresStore::open_with(&database.url(), options).unwrap());
    let session = found(&crm);
    run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap();
    assert_eq!(run(&session, "lead.count", json!({})).unwrap(), 1);
    verify(&session);
}

#[test]
fn a_connection_that_does_not_know_what_begins_a_transaction_learns_it() {
    let database = Database::migrated();
    let options = database.options();
    runtime().block_on(async {
        let (pool, session) = on_one_connection(&database, options).await;
        for number in 1..=2 {
            let lead = json!({"last_name": format!("Lead {number}")});
            session.execute("lead.create", lead, Envelope::default()).await.unwrap();
            let leads = session.execute("lead.count", json!({}), Envelope::default()).await.unwrap();
            assert_eq!(leads, number);
            // As a pooler does that gives another connection of the server.
            let forget = "DO $$ DECLARE name text; BEGIN FOR name IN SELECT s.name FROM pg_prepared_statements AS s \
                          WHERE s.name LIKE 'nexa!_%' ESCAPE '!' LOOP EXECUTE format('DEALLOCATE %I', name); END LOOP; END $$";
            raw_sql(forget).execute(&pool).await.unwrap();
        }
        session.execute("ledger.verify", json!({}), Envelope::default()).await.unwrap();
    });
}
