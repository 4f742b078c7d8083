//! Nexa on SQLite: one writer with group commit, many readers, no runtime.
//!
//! For a thread that waits for it, as in the blocking API, a unit of work runs where it was called when nobody else writes. Units
//! that come while somebody writes, and those of tasks, are committed together by a thread that starts when it is first needed.
//! Reads run at once on connections of their own, each on a snapshot; those of tasks on a few threads. No task is blocked.
//!
//! ```no_run
//! # fn main() -> nexa_kernel::Result<()> {
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
mod due;
mod failure;
mod files;
mod host;
mod ledger;
#[cfg(all(
    feature = "bundled",
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
mod locks;
#[cfg(not(target_arch = "wasm32"))]
mod log;
mod migrate;
mod month;
mod open;
#[cfg(target_arch = "wasm32")]
mod opfs;
mod options;
#[cfg(not(target_arch = "wasm32"))]
mod pool;
mod queue;
mod raw;
mod reader;
mod references;
#[cfg(not(target_arch = "wasm32"))]
mod restore;
mod scan;
mod snapshot;
#[cfg(not(target_arch = "wasm32"))]
mod sql;
mod statements;
mod transaction;
#[cfg(target_arch = "wasm32")]
mod vfs;
mod whole;
mod writer;

#[cfg(not(target_arch = "wasm32"))]
use std::thread;
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use nexa_kernel::{
    agenda::{Due, DueRequest},
    error::{Result, codes as kernel},
    maybe_send::MaybeSend,
    record::RecordDef,
    schema::SchemaComparison,
    store::{OpenTransaction, ReadRequest, Store, Work, WriteRequest},
};
use nexa_sql::{Dialect, Shape};
use uuid::Uuid;
#[cfg(not(target_arch = "wasm32"))]
use {
    futures_channel::oneshot,
    nexa_kernel::{
        blocking::thread_waits,
        sql::{Sql, SqlRows},
    },
};

pub use self::host::{HostSession, SqliteHostTransaction};
pub use self::migrate::VERSION;
#[cfg(target_arch = "wasm32")]
pub use self::opfs::{Restored, restore_opfs};
pub use self::options::Options;
#[cfg(not(target_arch = "wasm32"))]
pub use self::restore::restore;
/// The rusqlite whose transactions [`HostSession`] takes.
pub use rusqlite;

#[cfg(not(target_arch = "wasm32"))]
use crate::{
    connection::{Kinds, Link, Purpose},
    files::Files,
    writer::Writer,
};
use crate::{
    queue::{Alone, Queue, Task},
    reader::Readers,
    statements::Statements,
    writer::Unit,
};

/// The schema of these kinds as a script, for a host that wants to read or run it.
pub fn schema(defs: &[&'static RecordDef]) -> String {
    format!("{}{};\n", nexa_sql::schema(Dialect::Sqlite, defs), migrate::written())
}

/// The statements that bring tables that were released, as data, to those that these kinds need; they leave the version as it is.
/// Error: `schema.differs`.
pub fn migration(released: &Shape, defs: &[&'static RecordDef]) -> Result<Vec<String>> {
    migrate::from(released, Some(VERSION), &nexa_sql::tables(Dialect::Sqlite, defs)).statements()
}

/// A file with every tenant's records. Several stores, also of several processes, may work on one file.
pub struct SqliteStore {
    /// The process that opened it.
    process: u32,
    #[cfg(not(target_arch = "wasm32"))]
    pool: Arc<pool::Pool>,
    /// Closed before the connection that writes, which empties the log when it is the last.
    readers: Arc<Readers>,
    /// The same goes for those of transactions that are held open.
    #[cfg(not(target_arch = "wasm32"))]
    openings: Arc<open::Openings>,
    queue: Arc<Queue>,
    /// The statements of the host's transactions, while none is at work.
    statements: Mutex<Option<Statements>>,
    /// What watches the statements of the host's on the one connection, from its first transaction on.
    #[cfg(target_arch = "wasm32")]
    watched: open::Watched,
    /// Whether what is written stays in the log, because the file is being copied.
    #[cfg(target_arch = "wasm32")]
    copying: std::sync::atomic::AtomicBool,
    /// Dropped last, when no connection has its files any more.
    #[cfg(target_arch = "wasm32")]
    _files: opfs::Files,
}

#[cfg(not(target_arch = "wasm32"))]
impl SqliteStore {
    /// Opens the file, or makes it. The path is resolved now: it stays the same file when the process changes its
    /// directory. Errors: `store.log_foreign`, `store.locked`, `store.not_writable`, `store.not_a_database`,
    /// `store.io`, `schema.newer`.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// The same with options.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        #[cfg(all(
            feature = "bundled",
            target_os = "linux",
            target_pointer_width = "64",
            any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
        ))]
        locks::install();
        let files = Arc::new(Files::of(&files::resolved(path.as_ref())));
        let kinds = Kinds::default();
        let link = Link::open(Arc::clone(&files), &options, &kinds, Purpose::Write)?;
        migrate::check(&link)?;
        files.remember()?;
        let readers = Arc::new(Readers::new(files, options, kinds));
        Ok(Self {
            process: std::process::id(),
            pool: pool::Pool::new(Arc::clone(&readers)),
            readers,
            openings: Arc::default(),
            queue: Queue::new(Writer::new(link)),
            statements: Mutex::default(),
        })
    }

    /// The same for a task: when the file is locked, the thread that polls has other work to do.
    pub async fn opening(path: impl AsRef<Path>, options: Options) -> Result<Self> {
        let path = path.as_ref().to_owned();
        if thread_waits() {
            return Self::open_with(path, options);
        }
        // The directory of the process is the one at the time of the call.
        let path = files::resolved(&path);
        let (answer, receiver) = oneshot::channel();
        let (for_thread, for_want) = (path.clone(), options);
        let opening = move || drop(answer.send(Self::open_with(for_thread, options)));
        match thread::Builder::new().name("nexa-opening".to_owned()).spawn(opening) {
            Ok(_) => {
                receiver.await.unwrap_or_else(|_| Err(kernel::STORE_FAILED.with("problem", "opening has panicked")))
            }
            Err(_) => Self::open_with(path, for_want),
        }
    }
}

impl SqliteStore {
    /// Reads: here when the thread waits for it, else on a thread of the store.
    async fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Readers) -> Result<T> + MaybeSend + 'static,
    ) -> Result<T> {
        #[cfg(not(target_arch = "wasm32"))]
        if !thread_waits() {
            return self.pool.run(work).await;
        }
        work(&self.readers)
    }

    /// Refuses a store that was inherited through a fork: `store.forked`.
    fn own(&self) -> Result<()> {
        if self.is_inherited() {
            return Err(codes::FORKED.with("path", self.readers.files.database.display().to_string()));
        }
        Ok(())
    }

    fn is_inherited(&self) -> bool {
        !cfg!(target_arch = "wasm32") && self.process != std::process::id()
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if self.is_inherited() {
            // Its threads are not here, and its connections are the parent's: closing them would empty the log under it.
            std::mem::forget((Arc::clone(&self.readers), Arc::clone(&self.queue)));
            #[cfg(not(target_arch = "wasm32"))]
            std::mem::forget((Arc::clone(&self.pool), Arc::clone(&self.openings)));
            return;
        }
        #[cfg(not(target_arch = "wasm32"))]
        {
            self.pool.close();
            self.openings.forget();
        }
        self.queue.close();
        self.queue.end();
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Store for SqliteStore {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.own()?;
        let defs = defs.to_vec();
        let alone: Alone = Box::new(move |link| migrate::migrate(link, &defs));
        self.queue.run(Task::Alone(alone)).await
    }

    async fn schema(&self, defs: &[&'static RecordDef]) -> Result<Vec<String>> {
        let tables = nexa_sql::tables(Dialect::Sqlite, defs).into_iter();
        let made =
            tables.flat_map(|table| std::iter::once(table.sql).chain(table.indexes.into_iter().map(|index| index.sql)));
        Ok(made.chain([migrate::written()]).collect())
    }

    async fn compare(&self, defs: &[&'static RecordDef]) -> Result<SchemaComparison> {
        self.own()?;
        self.readers.files.standing()?;
        let defs = defs.to_vec();
        if self.readers.any() {
            return self.reading(move |readers| migrate::compare(&readers.open()?, &defs)).await;
        }
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let alone: Alone = Box::new(move |link| {
            let comparison = migrate::compare(link, &defs)?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(comparison);
            Ok(())
        });
        self.queue.run(Task::Alone(alone)).await?;
        Ok(answer.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default())
    }

    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.own()?;
        self.queue.run(Task::Unit(Unit { request, work })).await
    }

    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.own()?;
        self.readers.files.standing()?;
        if !self.readers.any() {
            return self.queue.run(Task::Read(request, work)).await;
        }
        self.reading(move |readers| snapshot::beside(readers, request, &*work)).await
    }

    async fn due(&self, asked: DueRequest) -> Result<Vec<Due>> {
        self.own()?;
        self.readers.files.standing()?;
        if self.readers.any() {
            return self.reading(move |readers| readers.lend(|link| due::due(link, &asked))).await;
        }
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let alone: Alone = Box::new(move |link| {
            let found = due::due(link, &asked)?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
            Ok(())
        });
        self.queue.run(Task::Alone(alone)).await?;
        Ok(answer.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default())
    }

    async fn drop_org(&self, org: Uuid) -> Result<()> {
        self.own()?;
        let alone: Alone = Box::new(move |link| migrate::drop_org(link, org));
        self.queue.run(Task::Alone(alone)).await
    }

    async fn backup(&self, path: &Path) -> Result<()> {
        if cfg!(target_arch = "wasm32") {
            return Err(kernel::STORE_UNSUPPORTED.with("what", "a copy beside the database"));
        }
        self.own()?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.reading(move |readers| backup::backup(&readers.open()?, &path)).await
    }

    #[cfg(not(target_arch = "wasm32"))]
    async fn sql(&self, question: Sql) -> Result<SqlRows> {
        self.own()?;
        self.readers.files.standing()?;
        self.reading(move |readers| sql::ask(readers, &question)).await
    }
    async fn begin(&self) -> Result<Box<dyn OpenTransaction>> {
        self.own()?;
        #[cfg(not(target_arch = "wasm32"))]
        let opened = self.openings.begin(&self.readers)?;
        #[cfg(target_arch = "wasm32")]
        let opened = open::Held::begin(&self.queue, &self.watched)?;
        Ok(Box::new(opened))
    }
}
