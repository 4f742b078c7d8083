//! Every backend that the project ships, empty and ready.

use std::sync::Arc;

use nexa_crm::{
    SystemClock,
    kernel::{memory::MemoryStore, store::Store},
    sqlite::SqliteStore,
};
use tempfile::TempDir;

use crate::database::Database;

/// An empty backend. What it keeps on disk goes when this is dropped.
pub struct Backend {
    /// What a failing test calls it.
    pub name: &'static str,
    /// The storage.
    pub store: Arc<dyn Store>,
    /// The folder of its file, when it has one.
    pub folder: Option<TempDir>,
    /// Its database, when it is on a server.
    pub database: Option<Database>,
}

/// In memory.
pub fn memory() -> Backend {
    let store = MemoryStore::new().with_clock(SystemClock);
    Backend { name: "memory", store: Arc::new(store), folder: None, database: None }
}

/// On a new SQLite file.
pub fn sqlite() -> Backend {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("crm.db")).unwrap();
    Backend { name: "sqlite", store: Arc::new(store), folder: Some(folder), database: None }
}

/// In a new database of the PostgreSQL server that `NEXA_TEST_POSTGRES_URL` names; the schema is there already.
pub fn postgres() -> Backend {
    let database = Database::migrated();
    Backend { name: "postgres", store: Arc::new(database.store()), folder: None, database: Some(database) }
}

/// All of them.
pub fn all() -> [Backend; 3] {
    [memory(), sqlite(), postgres()]
}

/// How many cases a random test tries: the number in the environment variable `NEXA_CASES`, or else this one.
pub fn cases(unless_said: usize) -> usize {
    std::env::var("NEXA_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(unless_said)
}

/// Where random tests start: the number in the environment variable `NEXA_SEED`, or else this one.
pub fn seed(unless_said: u64) -> u64 {
    std::env::var("NEXA_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(unless_said)
}
