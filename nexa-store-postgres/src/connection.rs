//! A connection of the pool with a transaction that is never left open.

use std::sync::{Arc, atomic::Ordering};

use nexa_kernel::store::Work;
use sqlx::{Postgres, pool::PoolConnection, raw_sql};
use uuid::Uuid;

use crate::{
    begin::Begun,
    failure::{self, Class, Failure},
    link::Link,
    store::Shared,
};

/// How often a connection that turns out to be dead is replaced.
const REPLACEMENTS: usize = 12;

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
    pub(crate) async fn acquire(shared: &Arc<Shared>, org: Uuid) -> Result<Self, Failure> {
        if let Some(kept) = shared.kept() {
            return Ok(kept);
        }
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        let acquired = shared.acquire().await;
        shared.waiting.fetch_sub(1, Ordering::Relaxed);
        let db = acquired.map_err(|problem| failure::of(&problem, org))?;
        Ok(Self { db, open: false })
    }

    /// Begins a transaction, and reads the head of the ledger and what the work prefetches. A connection that the server has
    /// closed since it was used last is replaced.
    pub(crate) async fn begin(
        &mut self,
        shared: &Arc<Shared>,
        org: Uuid,
        opening: &str,
        lock: bool,
        work: Option<&Arc<dyn Work>>,
    ) -> Result<Begun, Failure> {
        for _ in 0..REPLACEMENTS {
            self.open = true;
            match self.link(shared, org).begin(opening, lock, work).await {
                Err(Failure { class: Class::Lost, .. }) => {
                    // Nothing was done on it yet, and those that were kept beside it are no better.
                    shared.forget_kept();
                    *self = Self::acquire(shared, org).await?;
                }
                begun => return begun,
            }
        }
        self.open = true;
        self.link(shared, org).begin(opening, lock, work).await
    }

    pub(crate) fn link<'l>(&'l mut self, shared: &'l Shared, org: Uuid) -> Link<'l> {
        Link { db: &mut self.db, statements: &shared.statements, trips: &shared.trips, growth: &shared.growth, org }
    }

    /// Ends the transaction with these statements, the last of which is COMMIT.
    pub(crate) async fn commit(&mut self, shared: &Shared, org: Uuid, statements: String) -> Result<(), Failure> {
        let ended = self.link(shared, org).simple(statements).await;
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

    /// Whether it can be kept for the next transaction: a tenant that is always busy must not keep others waiting.
    pub(crate) fn may_stay(&self, shared: &Shared) -> bool {
        self.usable() && shared.waiting.load(Ordering::Relaxed) == 0
    }
}
