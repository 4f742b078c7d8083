//! Work in a transaction of the host.

use std::{
    any::Any,
    sync::{Arc, PoisonError},
};

use nexa_kernel::{
    Session, Within,
    error::{Result, codes as kernel},
    in_place::run_in_place,
    store::{ReadRequest, Work, WriteRequest},
    within::HostTransaction,
};
use rusqlite::Connection;

use crate::{
    SqliteStore, codes,
    connection::Link,
    ledger::{read_head, write_head},
    references::broken,
    transaction::SqliteTransaction,
};

/// Sessions in transactions of rusqlite.
///
/// ```no_run
/// # fn run(session: nexa_kernel::Session, qualify: impl nexa_kernel::Perform) -> Result<(), Box<dyn std::error::Error>> {
/// use nexa_store_sqlite::HostSession;
///
/// let mut db = rusqlite::Connection::open("crm.db")?;
/// let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
/// transaction.execute("INSERT INTO orders (number) VALUES (7)", [])?;
/// pollster::block_on(session.within(&transaction).run(qualify))?;
/// transaction.commit()?;
/// # Ok(())
/// # }
/// ```
pub trait HostSession {
    /// This session in a transaction that the host has opened on the same file, best with `BEGIN IMMEDIATE`: one that has read
    /// before somebody else wrote cannot write any more, which is `store.locked`.
    ///
    /// Errors of every call: `store.no_transaction`, and `store.unsupported` when the session's store is another one.
    fn within<'t>(&self, transaction: &'t Connection) -> Within<SqliteHostTransaction<'t>>;
}

impl HostSession for Session {
    fn within<'t>(&self, transaction: &'t Connection) -> Within<SqliteHostTransaction<'t>> {
        Within::new(self.clone(), SqliteHostTransaction { db: transaction, session: self.clone() })
    }
}

/// A transaction that the host has opened.
pub struct SqliteHostTransaction<'t> {
    db: &'t Connection,
    session: Session,
}

const TAKE_BACK: [&str; 2] = ["ROLLBACK TO nexa_unit", "RELEASE nexa_unit"];

impl SqliteHostTransaction<'_> {
    fn with<T>(&self, work: impl FnOnce(&mut Link<'_>) -> Result<T>) -> Result<T> {
        let store: &dyn Any = self.session.store();
        let other = || kernel::STORE_UNSUPPORTED.with("what", "a transaction of SQLite");
        let store = store.downcast_ref::<SqliteStore>().ok_or_else(other)?;
        store.own()?;
        if self.db.is_autocommit() {
            return Err(codes::NO_TRANSACTION.error());
        }
        let kept = store.statements.lock().unwrap_or_else(PoisonError::into_inner).take();
        let readers = &store.readers;
        readers.files.check()?;
        let mut link = Link::to_host(self.db, &readers.files, &readers.kinds, kept.unwrap_or_default())?;
        let result = work(&mut link);
        *store.statements.lock().unwrap_or_else(PoisonError::into_inner) = Some(link.statements);
        result
    }
}

fn execute(link: &Link<'_>, statements: &[&str]) -> Result<()> {
    statements.iter().try_for_each(|sql| link.execute(sql).map_err(|failure| link.failed(&failure)))
}

/// Runs a unit under a savepoint, which takes it back when it is refused.
pub(crate) fn write_within(link: &mut Link<'_>, request: WriteRequest, work: &dyn Work) -> Result<()> {
    let written = write(link, request, work);
    if written.is_err() && !link.db.is_autocommit() {
        // The first error is the one to report; a savepoint that was not made cannot be taken back.
        let _ = execute(link, &TAKE_BACK);
    }
    written
}

/// Runs work that sees what the transaction sees.
pub(crate) fn read_within(link: &mut Link<'_>, request: ReadRequest, work: &dyn Work) -> Result<()> {
    let mut tx = SqliteTransaction::reading(link, request.org);
    let answered = run_in_place(work, &mut tx);
    answered.and(tx.lost.take().map_or(Ok(()), Err))
}

fn write(link: &mut Link<'_>, request: WriteRequest, work: &dyn Work) -> Result<()> {
    // The lock comes first: what is read after it stays true.
    execute(link, &["SAVEPOINT nexa_unit", "DELETE FROM nexa_ledger WHERE FALSE"])?;
    let before = read_head(link, request.org)?;
    let mut tx = SqliteTransaction::writing(link, request.org, before);
    let answered = run_in_place(work, &mut tx);
    let (lost, after) = (tx.lost.take(), tx.head.get().unwrap_or(before));
    let touched = std::mem::take(&mut tx.touched);
    answered.and(lost.map_or(Ok(()), Err))?;
    // A broken reference is ours to report now, and not the host's to meet when it commits.
    broken(link, request.org, &touched)?.map_or(Ok(()), Err)?;
    if after != before {
        write_head(link, request.org, &after).map_err(|failure| link.failed(&failure))?;
    }
    execute(link, if request.discard { &TAKE_BACK } else { &TAKE_BACK[1..] })
}

impl HostTransaction for SqliteHostTransaction<'_> {
    async fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.with(|link| write_within(link, request, &*work))
    }

    async fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.with(|link| read_within(link, request, &*work))
    }
}
