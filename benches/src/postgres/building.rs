//! A database with tenants, and Nexa on it.

use std::sync::Arc;

use nexa_crm::blocking;
use nexa_store_postgres::PostgresStore;
use sqlx::{
    AssertSqlSafe, ConnectOptions, PgConnection,
    postgres::{PgConnectOptions, PgRow},
    raw_sql,
};
use tokio::runtime::{Builder, Runtime};

use super::database::Database;
use crate::{
    Outcome,
    tenant::{self, Tenant},
};

/// A database of its own; it goes when this goes.
pub(crate) struct Building {
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) crm: blocking::Crm,
    pub(crate) store: Arc<PostgresStore>,
    /// Both sides run on it.
    pub(crate) runtime: Runtime,
    database: Database,
}

impl Building {
    /// A database with so many tenants, on the server that `NEXA_TEST_POSTGRES_URL` names, or on one that is thrown away.
    pub(crate) fn open(tenants: usize) -> Outcome<Self> {
        let database = Database::fresh()?;
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let (store, crm) = open(&runtime, &database, &database.application())?;
        let tenants = (0..tenants).map(|_| Tenant::settle(crm.clone())).collect::<Outcome<_>>()?;
        Ok(Self { tenants, crm, store, runtime, database })
    }

    /// Opens the store anew, reaching the server by another port.
    pub(crate) fn reopen_by(&mut self, port: u16) -> Outcome<()> {
        let (store, crm) = open(&self.runtime, &self.database, &self.by(port))?;
        self.tenants = self.tenants.iter().map(|tenant| tenant.through(crm.clone())).collect();
        (self.store, self.crm) = (store, crm);
        Ok(())
    }

    /// Where the server listens.
    pub(crate) fn port(&self) -> u16 {
        self.database.owner().get_port()
    }

    /// How the application connects by another port.
    pub(crate) fn by(&self, port: u16) -> PgConnectOptions {
        self.database.application().port(port)
    }

    /// A connection of the role that the application has.
    pub(crate) async fn as_application(&self) -> Outcome<PgConnection> {
        connect(self.database.application()).await
    }

    /// A connection of the role that owns the tables and that row-level security does not bind.
    pub(crate) async fn as_owner(&self) -> Outcome<PgConnection> {
        connect(self.database.owner()).await
    }

    /// Runs statements as the owner.
    pub(crate) fn own(&self, sql: impl Into<String>) -> Outcome<Vec<PgRow>> {
        let sql = sql.into();
        self.runtime.block_on(async {
            let mut db = self.as_owner().await?;
            Ok(raw_sql(AssertSqlSafe(sql)).fetch_all(&mut db).await?)
        })
    }
}

fn open(
    runtime: &Runtime,
    database: &Database,
    url: &PgConnectOptions,
) -> Outcome<(Arc<PostgresStore>, blocking::Crm)> {
    let entered = runtime.enter();
    let store = Arc::new(PostgresStore::open_with(url.to_url_lossy().as_str(), database.options())?);
    drop(entered);
    let crm = tenant::builder().store(Arc::clone(&store) as _).build()?;
    runtime.block_on(crm.migrate())?;
    Ok((store, blocking::Crm::new(crm)))
}

/// A connection that keeps what it prepared.
pub(crate) async fn connect(options: PgConnectOptions) -> Outcome<PgConnection> {
    Ok(options.statement_cache_capacity(512).disable_statement_logging().connect().await?)
}
