//! Work in a transaction of the host.

use std::{any::Any, sync::Arc};

use nexa_kernel::{
    Session, Within,
    error::{Result, codes as kernel},
    store::{ReadRequest, Work, WriteRequest},
    within::HostTransaction,
};
use sqlx::PgConnection;

use crate::{shared::Shared, store::PostgresStore, within};

/// Sessions in transactions of sqlx.
///
/// ```no_run
/// # async fn run<C: nexa_kernel::Perform>(
/// #     session: nexa_kernel::Session,
/// #     pool: sqlx::PgPool,
/// #     qualify: C,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use nexa_store_postgres::HostSession;
///
/// let mut transaction = pool.begin().await?;
/// sqlx::query("INSERT INTO orders (number) VALUES (7)").execute(&mut *transaction).await?;
/// session.within(&mut transaction).run(qualify).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
pub trait HostSession {
    /// This session in a transaction that the host has opened on the same database.
    ///
    /// Nothing is run again by itself: `store.serialization` calls for a new transaction, `org.busy` says that another one
    /// keeps the tenant. Error of every call when the session's store is another one: `store.unsupported`.
    fn within<'t>(&self, transaction: &'t mut PgConnection) -> Within<PostgresTransaction<'t>>;
}

impl HostSession for Session {
    fn within<'t>(&self, transaction: &'t mut PgConnection) -> Within<PostgresTransaction<'t>> {
        let store: &dyn Any = self.store();
        let shared = store.downcast_ref::<PostgresStore>().map(PostgresStore::shared);
        Within::new(self.clone(), PostgresTransaction { db: transaction, shared })
    }
}

/// A transaction that the host has opened.
pub struct PostgresTransaction<'t> {
    db: &'t mut PgConnection,
    shared: Option<Arc<Shared>>,
}

impl PostgresTransaction<'_> {
    fn shared(&self) -> Result<Arc<Shared>> {
        let other = || kernel::STORE_UNSUPPORTED.with("what", "a transaction of PostgreSQL");
        self.shared.clone().ok_or_else(other)
    }
}

impl HostTransaction for PostgresTransaction<'_> {
    async fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        within::write(self.db, &*self.shared()?, request, work).await
    }

    async fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        within::read(self.db, &*self.shared()?, request, work).await
    }
}
