//! A connection to the file, with what is remembered between its transactions.

use std::{
    ops::Deref,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use nexa_kernel::{error::Result, record::RecordDef};
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig, vtab::array};
use send_wrapper::SendWrapper;

use crate::{failure, files::Files, month, options::Options, statements::Statements};

/// Enough for every statement of every kind; a statement takes a few kilobytes.
const STATEMENTS: usize = 512;

/// For so long SQLite itself asks again and again for a lock that another process has. Then it would ask ever more rarely, ten
/// times a second in the end, and one who wants to write could miss every moment at which another who writes without pause is
/// between two transactions.
const ASKING: Duration = Duration::from_millis(10);

/// After so many pages in the log they are brought into the file. In a browser a tab is closed without a farewell, and who opens the
/// file next reads the whole log first.
pub(crate) const LOG: u32 = if cfg!(target_arch = "wasm32") { 200 } else { 4_000 };

/// The kinds that the store knows.
#[derive(Clone, Default)]
pub(crate) struct Kinds(Arc<RwLock<Vec<&'static RecordDef>>>);

impl Kinds {
    /// Adds those that are not known yet.
    pub(crate) fn learn(&self, defs: &[&'static RecordDef]) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for def in defs {
            known.retain(|other| other.kind != def.kind);
            known.push(def);
        }
    }
    /// All of them.
    pub(crate) fn all(&self) -> Vec<&'static RecordDef> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What connections are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Write,
    Read,
    /// Transactions that are held open.
    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "there is one connection"))]
    Transaction,
}

/// Whose connection it is.
pub(crate) enum Database<'c> {
    Own(Connection),
    /// The host's, used on its own thread alone.
    Host(SendWrapper<&'c Connection>),
}

impl Deref for Database<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        match self {
            Self::Own(db) => db,
            Self::Host(db) => db,
        }
    }
}

/// A connection.
pub(crate) struct Link<'c> {
    pub(crate) db: Database<'c>,
    pub(crate) path: PathBuf,
    pub(crate) files: Arc<Files>,
    pub(crate) kinds: Kinds,
    pub(crate) statements: Statements,
    /// How long to wait for another process that writes.
    patience: Duration,
}

impl Link<'static> {
    pub(crate) fn open(files: Arc<Files>, options: &Options, kinds: &Kinds, purpose: Purpose) -> Result<Self> {
        let path = files.database.as_path();
        let connect = || -> rusqlite::Result<Connection> {
            let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            if purpose == Purpose::Write {
                flags |= OpenFlags::SQLITE_OPEN_CREATE;
            }
            #[cfg(not(target_arch = "wasm32"))]
            let db = Connection::open_with_flags(path, flags)?;
            #[cfg(target_arch = "wasm32")]
            let db = crate::vfs::connect(path, flags)?;
            Ok(db)
        };
        let db = connect().map_err(|problem| failure::error(path, &problem))?;
        #[cfg(not(target_arch = "wasm32"))]
        if purpose == Purpose::Write {
            crate::log::check(&db, path)?;
        }
        prepare(&db, options, purpose).map_err(|problem| failure::error(path, &problem))?;
        let db = Database::Own(db);
        Ok(Self {
            db,
            path: path.to_owned(),
            files,
            kinds: kinds.clone(),
            statements: Statements::default(),
            patience: options.busy_timeout,
        })
    }
}

impl<'c> Link<'c> {
    /// A connection of the host, given the functions that statements use.
    pub(crate) fn to_host(
        db: &'c Connection,
        files: &Arc<Files>,
        kinds: &Kinds,
        statements: Statements,
    ) -> Result<Self> {
        let path = files.database.as_path();
        let extended = array::load_module(db).and_then(|()| month::register(db));
        extended.map_err(|problem| failure::error(path, &problem))?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        let db = Database::Host(SendWrapper::new(db));
        Ok(Self {
            db,
            path: path.to_owned(),
            files: Arc::clone(files),
            kinds: kinds.clone(),
            statements,
            patience: Duration::ZERO,
        })
    }

    /// The error of a failed call.
    pub(crate) fn failed(&self, failure: &rusqlite::Error) -> nexa_kernel::Error {
        failure::error(&self.path, failure)
    }

    /// Lets go of files that were replaced without touching them again: what is in the log that nobody finds any more must not
    /// be written into a database that others have changed meanwhile, and the log at its path is theirs.
    pub(crate) fn forsake(&self) {
        // Neither can fail on a connection that is open.
        let _ = self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        let _ = self.db.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()));
    }

    /// Runs a statement without binds or rows.
    pub(crate) fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.db.prepare_cached(sql)?.raw_execute().map(|_| ())
    }

    /// Begins a transaction that writes, when no other process does.
    pub(crate) fn begin_writing(&self) -> rusqlite::Result<()> {
        let mut until = None;
        loop {
            let begun = self.execute("BEGIN IMMEDIATE");
            let busy =
                begun.as_ref().is_err_and(|failure| failure.sqlite_error_code() == Some(ErrorCode::DatabaseBusy));
            // Who has a browser's file has it alone, and there is no clock to wait by.
            if !busy || cfg!(target_arch = "wasm32") {
                return begun;
            }
            let now = Instant::now();
            if now >= *until.get_or_insert(now + self.patience) {
                return begun;
            }
        }
    }
}

fn prepare(db: &Connection, options: &Options, purpose: Purpose) -> rusqlite::Result<()> {
    db.busy_timeout(options.busy_timeout)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // A misspelt column is an error, never a text.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // Plans do not depend on what is bound, so statements are not prepared again.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if cfg!(target_arch = "wasm32") {
        // Each page is a call to the browser, which may ask another process. Only a file that is made new takes the size.
        db.pragma_update(None, "page_size", 8_192)?;
        // A browser has no memory that connections share, and no second connection; alone, the log needs none. A rollback
        // journal would not do: the file system says that a lock is held, so SQLite leaves what a killed tab began.
        db.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    }
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", if options.durable { "FULL" } else { "NORMAL" })?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    match purpose {
        Purpose::Write | Purpose::Transaction => {
            db.pragma_update_and_check(None, "wal_autocheckpoint", LOG, |_| Ok(()))?;
            db.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
            db.pragma_update(None, "cache_size", -32_768)?;
            db.busy_timeout(ASKING.min(options.busy_timeout))?;
            if let Some(largest) = options.largest {
                let page: i64 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
                let pages = i64::try_from(largest).unwrap_or(i64::MAX) / page.max(1);
                db.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))?;
            }
        }
        Purpose::Read => {
            // The connection that writes empties the log; one that reads may be the last only where files were replaced.
            db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            db.pragma_update(None, "cache_size", -8_192)?;
            db.pragma_update(None, "query_only", true)?;
        }
    }
    array::load_module(db)?;
    month::register(db)
}
