//! Nexa on SQLite: one writer with group commit, many readers, no runtime.
//!
//! A unit of work runs where it was called when nobody else writes. Units that come while somebody writes
//! wait, and are committed together by a thread that starts when it is first needed. Reads run at once on
//! connections of their own, each on a snapshot.
//!
//! ```no_run
//! # fn main() -> nexa_core::Result<()> {
//! let store = nexa_store_sqlite::SqliteStore::open("crm.db")?;
//! # Ok(())
//! # }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod apply;
mod backup;
mod bind;
pub mod codes;
mod connection;
mod failure;
mod files;
mod host;
mod ledger;
mod migrate;
mod month;
#[cfg(target_arch = "wasm32")]
mod opfs;
mod options;
mod queue;
mod reader;
mod references;
mod scan;
mod statements;
mod transaction;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use nexa_core::kernel::{
    error::{Result, codes as kernel},
    record::RecordDef,
    store::{ReadRequest, Store, Work, WriteRequest},
};
use nexa_sql::Dialect;
use uuid::Uuid;

pub use host::{HostSession, SqliteHostTransaction};
pub use migrate::VERSION;
pub use options::Options;
/// The rusqlite whose transactions [`HostSession`] takes.
pub use rusqlite;

use crate::{
    connection::{Kinds, Link, Purpose},
    files::Files,
    queue::{Alone, Queue, Task},
    reader::Readers,
    statements::Statements,
    writer::{Unit, Writer},
};

/// The schema of these kinds as a script, for a host that wants to read or run it.
pub fn schema(defs: &[&'static RecordDef]) -> String {
    nexa_sql::schema(Dialect::Sqlite, defs)
}

/// A file with every tenant's records. Several stores, also of several processes, may work on one file.
pub struct SqliteStore {
    /// Closed before the connection that writes, which empties the log when it is the last.
    readers: Readers,
    queue: Arc<Queue>,
    /// The statements of the host's transactions, while none is at work.
    statements: Mutex<Option<Statements>>,
    /// Dropped last, when no connection has its files any more.
    #[cfg(target_arch = "wasm32")]
    _files: opfs::Files,
}

#[cfg(target_arch = "wasm32")]
impl SqliteStore {
    /// Opens a database of this name in the origin's private file system, or makes it. Only in a dedicated worker, and only
    /// one at a time has it. Errors: `store.unsupported`, `store.locked`, `store.name`, `store.io`, `schema.newer`.
    pub async fn open_opfs(name: &str, options: Options) -> Result<Self> {
        let files = opfs::Files::of(name).await?;
        let kinds = Kinds::default();
        let link = Link::open(Arc::new(Files::of(Path::new(name))), &options, &kinds, Purpose::Write)?;
        migrate::check(&link)?;
        let readers = Readers::new(Arc::clone(&link.files), options, kinds);
        Ok(Self { queue: Queue::new(Writer::new(link)), readers, statements: Mutex::default(), _files: files })
    }

    /// Brings the log into the database, so that who opens it next has none to read. For a moment without other work.
    /// Errors: `store.io`, `store.full`.
    pub async fn rest(&self) -> Result<()> {
        let alone: Alone = Box::new(|link| {
            let emptied = link.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            emptied.map_err(|failure| link.failed(&failure))
        });
        self.queue.run(Task::Alone(alone)).await
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl SqliteStore {
    /// Opens the file, or makes it. The path is resolved now: it stays the same file when the process changes its
    /// directory. Errors: `store.locked`, `store.not_writable`, `store.not_a_database`,
    /// `store.io`, `schema.newer`.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// The same with options.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        let files = Arc::new(Files::of(&files::resolved(path.as_ref())));
        let kinds = Kinds::default();
        let link = Link::open(Arc::clone(&files), &options, &kinds, Purpose::Write)?;
        migrate::check(&link)?;
        files.remember()?;
        let readers = Readers::new(files, options, kinds);
        Ok(Self { queue: Queue::new(Writer::new(link)), readers, statements: Mutex::default() })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.queue.close();
        self.queue.end();
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Store for SqliteStore {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        let defs = defs.to_vec();
        let alone: Alone = Box::new(move |link| migrate::migrate(link, &defs));
        self.queue.run(Task::Alone(alone)).await
    }

    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.queue.run(Task::Unit(Unit { request, work })).await
    }

    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.readers.files.standing()?;
        if self.readers.any() {
            self.readers.run(request, &*work)
        } else {
            self.queue.run(Task::Read(request, work)).await
        }
    }

    async fn drop_org(&self, org: Uuid) -> Result<()> {
        let alone: Alone = Box::new(move |link| migrate::drop_org(link, org));
        self.queue.run(Task::Alone(alone)).await
    }

    async fn backup(&self, path: &Path) -> Result<()> {
        if cfg!(target_arch = "wasm32") {
            return Err(kernel::STORE_UNSUPPORTED.with("what", "a copy beside the database"));
        }
        backup::backup(&self.readers.open()?, path)
    }
}
