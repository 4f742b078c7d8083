//! A database of its own for each test, on the server that `cargo xtask test` starts.

use std::{
    process,
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

use nexa_store_postgres::{Options, PostgresStore};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, postgres::PgConnectOptions, raw_sql};
use tokio::runtime::{Builder, Runtime};

/// Which server the tests use; its role makes databases and roles.
pub const URL: &str = "NEXA_TEST_POSTGRES_URL";

/// The role that stores connect as; row-level security binds it.
pub const ROLE: &str = "nexa_test_app";

/// A database; gone when this is dropped.
#[derive(Debug)]
pub struct Database {
    server: PgConnectOptions,
    /// Its name.
    pub name: String,
}

impl Database {
    /// An empty database.
    pub fn fresh() -> Self {
        let url = std::env::var(URL).unwrap_or_else(|_| {
            panic!("{URL} names no PostgreSQL server; `cargo xtask test` starts one for the tests")
        });
        Self::on(&url)
    }

    /// The same on another server.
    pub fn on(url: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = PgConnectOptions::from_str(url).unwrap();
        let name = format!("nexa_test_{}_{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let database = Self { server, name };
        database.on_server(&format!(
            "DO $$ BEGIN CREATE ROLE {ROLE} LOGIN PASSWORD 'nexa'; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ));
        database.on_server(&format!("CREATE DATABASE {}", database.name));
        database
    }

    /// Runs statements as the server's own role, in the maintenance database.
    pub fn on_server(&self, sql: &str) {
        run(&self.server, sql);
    }

    /// Runs statements as the server's own role, in this database.
    pub fn as_owner(&self, sql: &str) {
        run(&self.server.clone().database(&self.name), sql);
    }

    /// The URL of the role that owns the tables.
    pub fn owner_url(&self) -> String {
        self.server.clone().database(&self.name).to_url_lossy().to_string()
    }

    /// The URL of the role that works with them.
    pub fn url(&self) -> String {
        self.server.clone().database(&self.name).username(ROLE).password("nexa").to_url_lossy().to_string()
    }

    /// The options of a store here.
    pub fn options(&self) -> Options {
        Options::default().owner(self.owner_url()).role(ROLE)
    }

    /// A store here, not migrated yet.
    pub fn store(&self) -> PostgresStore {
        PostgresStore::open_with(&self.url(), self.options()).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.on_server(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn run(options: &PgConnectOptions, sql: &str) {
    runtime().block_on(async {
        let mut db: PgConnection = options.connect().await.unwrap();
        raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
    });
}

/// A runtime for what a test does with the server itself.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
