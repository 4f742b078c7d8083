//! A transaction that the store holds open, for the host's own rows beside ours.

mod numbers;
mod parameter;
mod statement;
mod values;

use std::{pin::Pin, sync::Arc};

use async_trait::async_trait;
use nexa_kernel::{
    error::{Result, codes as kernel},
    sql::{Sql, SqlRows},
    store::{
        OpenTransaction, ReadRequest, Work, WriteRequest,
        open::{ENDED, NOT_COMMITTED},
    },
};
use sqlx::{AssertSqlSafe, PgConnection, raw_sql};
use uuid::Uuid;

use crate::{
    connection::Connection,
    failure::{self, Class},
    shared::Shared,
    within,
};

/// An open transaction, on a connection of the pool. Its work is done on the runtime that the connections live on.
pub(crate) struct Opened {
    /// Absent when it has ended.
    connection: Option<Connection>,
    shared: Arc<Shared>,
}

type Working<'c, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

/// Begins a transaction. Errors: `store.exhausted`, `store.…`. Called on the runtime.
pub(crate) async fn begin(shared: Arc<Shared>) -> Result<Opened> {
    let opening = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = {}",
        shared.options.lock_timeout.as_millis()
    );
    let connection = shared.opened(&opening).await.map_err(|failure| failure.error)?;
    Ok(Opened { connection: Some(connection), shared })
}

impl Opened {
    /// Works in the transaction. What is dropped half-way takes the connection with it, and ends the transaction.
    async fn with<T: Send + 'static>(
        &mut self,
        work: impl for<'c> FnOnce(&'c mut Connection, &'c Arc<Shared>) -> Working<'c, T> + Send + 'static,
    ) -> Result<T> {
        let mut connection = self.connection.take().ok_or_else(|| ENDED.error())?;
        let shared = Arc::clone(&self.shared);
        let working = self.shared.handle.spawn(async move {
            let worked = work(&mut connection, &shared).await;
            (connection, worked)
        });
        let ended = working.await;
        let (connection, worked) = ended
            .map_err(|problem| kernel::STORE_FAILED.with("problem", "the runtime ended the work").caused_by(problem))?;
        self.connection = Some(connection);
        worked
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        // A connection goes back to its pool inside of the runtime; one with an open transaction is closed.
        let entered = self.shared.handle.enter();
        self.connection = None;
        drop(entered);
    }
}

#[async_trait]
impl OpenTransaction for Opened {
    async fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.with(move |connection, shared| {
            Box::pin(async move { within::write(connection.inside(), shared, request, work).await })
        })
        .await
    }

    async fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.with(move |connection, shared| {
            Box::pin(async move { within::read(connection.inside(), shared, request, work).await })
        })
        .await
    }

    async fn sql(&mut self, sql: &Sql) -> Result<SqlRows> {
        let sql = sql.clone();
        let answered = self.with(move |connection, shared| {
            Box::pin(async move { Ok(statement::run(connection.inside(), shared, sql).await) })
        });
        match answered.await? {
            Ok(answered) => Ok(answered),
            Err(statement::Stopped { error, usable }) => {
                if !usable {
                    self.roll_back().await;
                }
                Err(error)
            }
        }
    }

    async fn commit(&mut self) -> Result<()> {
        let committed = self.with(|connection, shared| {
            Box::pin(async move {
                let committed = commit(connection.inside()).await;
                if committed.is_ok() {
                    connection.ended();
                } else {
                    connection.roll_back().await;
                }
                shared.server.trips.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                committed
            })
        });
        let committed = committed.await;
        if let Some(connection) = self.connection.take() {
            let entered = self.shared.handle.enter();
            self.shared.keep(connection);
            drop(entered);
        }
        committed
    }

    async fn roll_back(&mut self) {
        let ended = self.with(|connection, _| {
            Box::pin(async move {
                connection.roll_back().await;
                Ok(())
            })
        });
        if ended.await.is_ok()
            && let Some(connection) = self.connection.take()
        {
            let entered = self.shared.handle.enter();
            self.shared.keep(connection);
            drop(entered);
        }
    }
}

/// Commits. The host's deferred constraints are checked first, which also fails where there is nothing to commit any more.
async fn commit(db: &mut PgConnection) -> Result<()> {
    let ended = raw_sql(AssertSqlSafe("SET CONSTRAINTS ALL IMMEDIATE; COMMIT".to_owned())).execute(db).await;
    ended.map(|_| ()).map_err(|problem| {
        let failure = failure::of(&problem, Uuid::nil());
        match failure.class {
            Class::Constraint => NOT_COMMITTED.with("problem", statement::said(&problem)),
            _ => failure.error,
        }
    })
}
