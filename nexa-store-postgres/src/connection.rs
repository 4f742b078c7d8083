//! A connection of the pool with a transaction that is never left open.

use std::sync::Arc;

use nexa_kernel::store::Work;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, pool::PoolConnection, raw_sql};
use uuid::Uuid;

use crate::{
    begin::Begun,
    failure::{self, Failure},
    link::{Link, Server},
};

/// A connection; closed when it is dropped inside a transaction.
pub(crate) struct Connection {
    db: PoolConnection<Postgres>,
    open: bool,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.open {
            self.db.close_on_drop();
        }
    }
}

impl Connection {
    /// A connection that has no transaction yet.
    pub(crate) const fn new(db: PoolConnection<Postgres>) -> Self {
        Self { db, open: false }
    }

    /// Begins a transaction, and reads the head of the ledger and what the work prefetches.
    pub(crate) async fn begin(
        &mut self,
        server: &Server,
        org: Uuid,
        opening: &str,
        lock: bool,
        work: Option<&Arc<dyn Work>>,
    ) -> Result<Begun, Failure> {
        self.open = true;
        self.link(server, org).begin(opening, lock, work).await
    }

    /// Begins a transaction for no tenant.
    pub(crate) async fn open(&mut self, opening: &str) -> Result<(), Failure> {
        self.open = true;
        let begun = raw_sql(AssertSqlSafe(opening.to_owned())).execute(&mut *self.db).await;
        begun.map(|_| ()).map_err(|problem| failure::of(&problem, Uuid::nil()))
    }

    /// The connection inside its transaction.
    pub(crate) fn inside(&mut self) -> &mut PgConnection {
        &mut self.db
    }

    /// Says that the transaction was ended.
    pub(crate) const fn ended(&mut self) {
        self.open = false;
    }

    pub(crate) fn link<'l>(&'l mut self, server: &'l Server, org: Uuid) -> Link<'l> {
        Link { db: &mut self.db, server, org }
    }

    /// Ends the transaction with these statements, the last of which is COMMIT.
    pub(crate) async fn commit(&mut self, server: &Server, org: Uuid, statements: String) -> Result<(), Failure> {
        let ended = self.link(server, org).simple(statements).await;
        if ended.is_ok() {
            self.open = false;
        }
        ended.map(|_| ())
    }

    /// Ends the transaction without a trace; a connection that cannot is not used again.
    pub(crate) async fn roll_back(&mut self) {
        if self.open && raw_sql("ROLLBACK").execute(&mut *self.db).await.is_ok() {
            self.open = false;
        }
    }

    /// Whether the connection can be used again.
    pub(crate) const fn usable(&self) -> bool {
        !self.open
    }
}
