//! A transaction on the one connection that a file of a browser has: it holds the turn, and others wait until it ends.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use nexa_kernel::{
    error::Result,
    sql::{Sql, SqlRows},
    store::{
        OpenTransaction, ReadRequest, Work, WriteRequest,
        open::{ENDED, NESTED},
    },
};

use super::{commit, guard::Guard, statement};
use crate::{
    connection::Link,
    host::{read_within, write_within},
    queue::{Queue, Turned},
};

/// What watches the connection, from the first transaction on.
pub(crate) type Watched = Arc<OnceLock<Guard>>;

/// An open transaction.
pub(crate) struct Held {
    turn: Option<Turned>,
    watched: Watched,
}

impl Held {
    /// Begins a transaction that writes. Errors: `transaction.nested`, `store.…`.
    pub(crate) fn begin(queue: &Arc<Queue>, watched: &Watched) -> Result<Self> {
        let turn = queue.hold().ok_or_else(|| NESTED.error())?;
        turn.with(|link| {
            if watched.get().is_none() {
                // Nobody else is here who could have set it meanwhile.
                let _ = watched.set(Guard::on(link)?);
            }
            link.begin_writing().map_err(|failure| link.failed(&failure))
        })?;
        Ok(Self { turn: Some(turn), watched: Arc::clone(watched) })
    }

    /// Does something in the transaction. Error: `transaction.ended`.
    fn with<T>(&self, work: impl FnOnce(&mut Link<'_>, &Guard) -> Result<T>) -> Result<T> {
        let (turn, guard) = self.turn.as_ref().zip(self.watched.get()).ok_or_else(|| ENDED.error())?;
        turn.with(|link| {
            // SQLite gives a transaction up by itself when the disk is full, and where the host's SQL says so.
            if link.db.is_autocommit() { Err(ENDED.error()) } else { work(link, guard) }
        })
    }

    fn end(&mut self) {
        let Some(turn) = self.turn.take() else { return };
        turn.with(|link| {
            if !link.db.is_autocommit() {
                // One that stays open is rolled back before the next one, or reported by it.
                let _ = link.execute("ROLLBACK");
            }
        });
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.end();
    }
}

#[async_trait(?Send)]
impl OpenTransaction for Held {
    async fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.with(|link, _| write_within(link, request, &*work))
    }

    async fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.with(|link, _| read_within(link, request, &*work))
    }

    async fn sql(&mut self, sql: &Sql) -> Result<SqlRows> {
        self.with(|link, guard| statement::run(link, guard, sql))
    }

    async fn commit(&mut self) -> Result<()> {
        let committed = self.with(|link, _| commit(link));
        self.end();
        committed
    }

    async fn roll_back(&mut self) {
        self.end();
    }
}
