//! What somebody writes who needs these few operations and nothing else: rusqlite, prepared statements, one struct per payload.
//!
//! It uses the same tables, pragmas and durability, writes the same rows and reads what it cannot do without: the caller, the
//! records it works on, the next number and the head of the ledger. It knows its kinds at compile time and asks nobody's rules.

mod convert;
mod import;
mod ledger;
mod pages;
mod terms;
mod ticket;

use std::{path::Path, time::Duration};

use nexa_crm::{
    SystemClock, SystemIds, Timestamp,
    kernel::ports::{Clock, Ids},
};
use rusqlite::{Connection, config::DbConfig, params};
use uuid::Uuid;

pub(crate) use self::pages::Viewer;
use crate::{Outcome, ledger::Ledger};

/// A connection of the hand-written program.
pub(crate) struct ByHand {
    pub(crate) db: Connection,
    pub(crate) org: Uuid,
    pub(crate) ids: SystemIds,
}

/// The settings of every connection.
fn configure(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(Duration::from_secs(5))?;
    db.set_prepared_statement_cache_capacity(512);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // Beside partial indexes a statement is otherwise prepared again whenever its binds change.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.pragma_update(None, "temp_store", "MEMORY")
}

impl ByHand {
    /// Opens the file as the store opens its writer.
    pub(crate) fn open(path: &Path, org: Uuid) -> Outcome<Self> {
        let db = Connection::open(path)?;
        configure(&db)?;
        db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update_and_check(None, "wal_autocheckpoint", 4_000, |_| Ok(()))?;
        db.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
        db.pragma_update(None, "cache_size", -32_768)?;
        Ok(Self { db, org, ids: SystemIds::default() })
    }

    /// Runs operations in one transaction: one commit, one new head.
    pub(crate) fn together(&self, mut run: impl FnMut(&Self, &mut Ledger) -> Outcome<()>) -> Outcome<()> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut ledger = Ledger::read(self)?;
        run(self, &mut ledger)?;
        ledger.write(self)?;
        self.db.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    /// The moment of an operation.
    fn now(&self, ledger: &Ledger) -> Timestamp {
        SystemClock.now().max(ledger.at)
    }

    /// Makes sure that the caller may work here, as anybody's program does.
    fn authenticate(&self, user: Uuid) -> Outcome<String> {
        let mut statement = self.db.prepare_cached("SELECT role, active FROM nexa_users WHERE org = ?1 AND id = ?2")?;
        let (role, active): (String, bool) =
            statement.query_row(params![self.org.as_bytes(), user.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if active && matches!(role.as_str(), "agent" | "admin") { Ok(role) } else { Err("the user may not".into()) }
    }

    /// The next number under a name.
    fn next_number(&self, name: &str, at: Timestamp) -> Outcome<i64> {
        let mut statement =
            self.db.prepare_cached("SELECT id, last FROM nexa_counters WHERE org = ?1 AND name = ?2")?;
        let found = statement.query_row(params![self.org.as_bytes(), name], |row| {
            Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, i64>(1)?))
        });
        match found {
            Ok((id, last)) => {
                self.db
                    .prepare_cached(
                        "UPDATE nexa_counters SET last = ?3, version = version + 1, updated_at = ?4 WHERE org = ?1 AND id = ?2",
                    )?
                    .execute(params![self.org.as_bytes(), id, last + 1, at.micros()])?;
                Ok(last + 1)
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => {
                self.db
                    .prepare_cached(
                        "INSERT INTO nexa_counters (org, id, version, created_at, updated_at, name, last) \
                         VALUES (?1, ?2, 1, ?3, ?3, ?4, 1)",
                    )?
                    .execute(params![self.org.as_bytes(), self.ids.id(at).as_bytes(), at.micros(), name])?;
                Ok(1)
            }
            Err(problem) => Err(problem.into()),
        }
    }
}
