//! A transaction that a backend holds open between calls, for the host's own rows beside ours.

use std::sync::Arc;

use async_trait::async_trait;

use super::{ReadRequest, Work, WriteRequest};
use crate::{
    error::{Code, Result},
    maybe_send::MaybeSend,
    sql::{Sql, SqlRows},
};

/// The SQL failed.
pub const SQL_FAILED: Code = Code::invalid(
    "transaction.sql_failed",
    "The SQL failed ({problem}); nothing of it was done, and the transaction can go on.",
);
/// The SQL does what a transaction does not allow it.
pub const SQL_PROHIBITED: Code = Code::invalid(
    "transaction.sql_prohibited",
    "The SQL was not run ({problem}); change Nexa's records by operations, and let the block of the transaction end it.",
);
/// The SQL violates a constraint of a table.
pub const SQL_CONSTRAINT: Code = Code::conflict(
    "transaction.constraint",
    "The SQL violates a constraint ({problem}); nothing of it was done, and the transaction can go on.",
);
/// The commit failed.
pub const NOT_COMMITTED: Code = Code::conflict(
    "transaction.not_committed",
    "The transaction was not committed ({problem}); nothing of it was kept, correct that and run all of it again.",
);
/// The transaction was committed or rolled back, or the storage gave it up.
pub const ENDED: Code =
    Code::unavailable("transaction.ended", "The transaction has ended; begin another one, and run all of it in that.")
        .permanent();
/// A transaction makes one call at a time.
pub const IN_USE: Code = Code::unavailable(
    "transaction.in_use",
    "Another call in this transaction is under way; make the calls of a transaction one after another.",
);
/// A transaction in a transaction.
pub const NESTED: Code = Code::invalid(
    "transaction.nested",
    "A transaction of this storage is open here already; run everything in it, or begin another one when it has ended.",
);

/// All of them, for a host that translates their sentences.
pub const ALL: &[Code] = &[SQL_FAILED, SQL_PROHIBITED, SQL_CONSTRAINT, NOT_COMMITTED, ENDED, IN_USE, NESTED];

/// Refuses names of columns of which two are the same, as bindings give rows by the names. Error: `transaction.sql_failed`.
pub fn distinct(columns: &[String]) -> Result<()> {
    let twice =
        columns.iter().enumerate().find(|(place, name)| columns.iter().take(*place).any(|other| other == *name));
    match twice {
        Some((_, name)) => {
            Err(SQL_FAILED.with("problem", format!("two columns are called {name}; name one of them with AS")))
        }
        None => Ok(()),
    }
}

/// A transaction on a connection of the backend. It is rolled back when it is dropped.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait OpenTransaction: MaybeSend {
    /// Runs work under a savepoint, as [`HostTransaction::write`](crate::within::HostTransaction::write) does: a refusal leaves the
    /// transaction usable. Errors: the work's own, `transaction.ended`, `store.…`.
    async fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()>;
    /// Runs work that sees what the transaction sees.
    async fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()>;
    /// Runs one statement of the host under a savepoint. Errors: `transaction.sql_failed`, `transaction.sql_prohibited`,
    /// `transaction.constraint`, `transaction.ended`, `sql.too_large`, `sql.too_long`, `store.…`.
    async fn sql(&mut self, sql: &Sql) -> Result<SqlRows>;
    /// Keeps everything. Errors: `transaction.not_committed`, `transaction.ended`, `store.…`; nothing is kept then, unless the
    /// connection broke before it answered.
    async fn commit(&mut self) -> Result<()>;
    /// Keeps nothing.
    async fn roll_back(&mut self);
}
