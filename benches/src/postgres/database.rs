//! A database of its own for each measure, on a server of its own or one that is there.

use std::{
    env, process,
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

use nexa_store_postgres::Options;
use nexa_test_cluster::{Cluster, Durability};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, postgres::PgConnectOptions, raw_sql};
use tokio::runtime::Builder;

use crate::Outcome;

/// The environment variable that names a server; its role makes databases and roles.
const URL: &str = "NEXA_TEST_POSTGRES_URL";

/// The role that the application connects as; row-level security binds it.
pub(crate) const ROLE: &str = "nexa_test_app";

/// A database; gone when this is dropped.
pub(crate) struct Database {
    server: PgConnectOptions,
    name: String,
    _cluster: Option<Cluster>,
}

impl Database {
    /// An empty database on the server that `NEXA_TEST_POSTGRES_URL` names, or on one that is thrown away.
    pub(crate) fn fresh() -> Outcome<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let (url, cluster) = match env::var(URL) {
            Ok(url) => (url, None),
            Err(_) => {
                let cluster = Cluster::start(Durability::Full)?;
                (cluster.url(), Some(cluster))
            }
        };
        let name = format!("nexa_bench_{}_{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let database = Self { server: PgConnectOptions::from_str(&url)?, name, _cluster: cluster };
        let server = &database.server;
        run(
            server,
            &format!(
                "DO $$ BEGIN CREATE ROLE {ROLE} LOGIN PASSWORD 'nexa'; EXCEPTION WHEN duplicate_object OR unique_violation \
                 THEN NULL; END $$"
            ),
        )?;
        run(server, &format!("CREATE DATABASE {}", database.name))?;
        Ok(database)
    }

    /// How the owner of the tables connects, whom row-level security does not bind.
    pub(crate) fn owner(&self) -> PgConnectOptions {
        self.server.clone().database(&self.name)
    }

    /// How the application connects.
    pub(crate) fn application(&self) -> PgConnectOptions {
        self.owner().username(ROLE).password("nexa")
    }

    /// The options of a store here.
    pub(crate) fn options(&self) -> Options {
        Options::default().owner(self.owner().to_url_lossy().to_string()).role(ROLE)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // One that stays behind on somebody's server is named for what it was.
        let _ = run(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn run(options: &PgConnectOptions, sql: &str) -> Outcome<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut db: PgConnection = options.connect().await?;
        raw_sql(AssertSqlSafe(sql)).execute(&mut db).await?;
        Ok(())
    })
}
