//! What only PostgreSQL has: a server that can go away, a schema that others share, roles, and many tenants at once.

mod conformance;
mod feed;
mod isolation;
mod migrations;
mod opening;
mod poolers;
mod round_trips;
mod schema_facts;
mod server_trouble;
mod write_skew;

use std::sync::Arc;

use nexa_crm::{CreateOrg, Crm, Envelope, Result, Session, kernel::store::Store};
use pollster::block_on;
use serde_json::{Value as Json, json};

/// A machine on a store, with the system's clock and identifiers.
fn crm_on(store: impl Store + 'static) -> Crm {
    let crm = nexa_crm::builder().store(Arc::new(store)).build().unwrap();
    block_on(crm.migrate()).unwrap();
    crm
}

/// A new tenant with its first admin.
fn found(crm: &Crm) -> Session {
    block_on(crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap())).unwrap()
}

fn run(session: &Session, operation: &str, arguments: Json) -> Result<Json> {
    block_on(session.execute(operation, arguments, Envelope::default()))
}

fn verify(session: &Session) {
    run(session, "ledger.verify", json!({})).unwrap();
}
