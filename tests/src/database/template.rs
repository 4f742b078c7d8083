//! The database that others are copied from.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    thread,
};

use nexa_crm::kernel::memory::MemoryStore;
use nexa_store_postgres::{Namespace, schema};
use pollster::block_on;
use sqlx::{ConnectOptions, Row, postgres::PgConnectOptions, query};

use super::{Database, ROLE, runtime};

/// The name of a database with the schema of the whole library. The first process that needs it makes it; it stays on
/// the server, and its name stands for the schema, so that another schema finds another one.
pub(super) fn ready(url: &str) -> String {
    let crm = nexa_crm::builder().store(Arc::new(MemoryStore::new())).build().unwrap();
    let mut hasher = DefaultHasher::new();
    schema(Namespace::default(), crm.kinds().all(), Some(ROLE)).hash(&mut hasher);
    let name = format!("nexa_template_{:016x}", hasher.finish());
    runtime().block_on(async {
        let options: PgConnectOptions = url.parse().unwrap();
        // The lock is the connection's, which ends with this block.
        let mut db = options.connect().await.unwrap();
        query("SELECT pg_advisory_lock(hashtext('nexa test template'))").execute(&mut db).await.unwrap();
        let found = query("SELECT count(*) FROM pg_catalog.pg_database WHERE datname = $1").bind(&name);
        if found.fetch_one(&mut db).await.unwrap().get::<i64, _>(0) == 0 {
            // What it runs brings runtimes of its own.
            thread::scope(|scope| scope.spawn(|| make(url, &name)).join()).unwrap();
        }
    });
    name
}

/// Whoever dies half-way leaves a database of another name.
fn make(url: &str, name: &str) {
    let database = Database::made(url, "");
    let store = Arc::new(database.store());
    block_on(nexa_crm::builder().store(store.clone()).build().unwrap().migrate()).unwrap();
    // A database that somebody is connected to cannot be copied.
    runtime().block_on(store.close());
    database.on_server(&format!("ALTER DATABASE {} RENAME TO {name}", database.name));
}
