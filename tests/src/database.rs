//! A database of its own for each test, on the server that `cargo xtask test` starts.

mod template;

use std::{
    process,
    str::FromStr,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use nexa_store_postgres::{Options, PostgresStore};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgRow},
    query, raw_sql,
};
use tokio::runtime::{Builder, Runtime};

/// Which server the tests use; its role makes databases and roles.
pub const URL: &str = "NEXA_TEST_POSTGRES_URL";

/// On which port of that machine a pooler such as PgBouncer stands before the server, when stores are to connect to it.
pub const POOLER: &str = "NEXA_TEST_POSTGRES_POOLER";

/// The role that stores connect as; row-level security binds it.
pub const ROLE: &str = "nexa_test_app";

/// The server that the tests use.
pub fn server() -> String {
    std::env::var(URL)
        .unwrap_or_else(|_| panic!("{URL} names no PostgreSQL server; `cargo xtask test` starts one for the tests"))
}

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
        Self::on(&server())
    }

    /// A database with the schema of the whole library, which is quicker to copy than to make.
    pub fn migrated() -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| template::ready(&server()));
        Self::made(&server(), &format!("TEMPLATE {template}"))
    }

    /// An empty database on another server.
    pub fn on(url: &str) -> Self {
        Self::made(url, "")
    }

    fn made(url: &str, from: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("nexa_test_{}_{number}", process::id());
        let database = Self { server: PgConnectOptions::from_str(url).unwrap(), name };
        database.role(ROLE, "NOSUPERUSER NOBYPASSRLS");
        database.on_server(&format!("CREATE DATABASE {} {from}", database.name));
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
        self.url_of(ROLE)
    }

    /// The URL of a role that was made here.
    pub fn url_of(&self, role: &str) -> String {
        let mut options = self.server.clone();
        if let Ok(pooler) = std::env::var(POOLER) {
            options = options.port(pooler.parse().unwrap_or_else(|_| panic!("{POOLER} is no port: {pooler}")));
        }
        options.database(&self.name).username(role).password("nexa").to_url_lossy().to_string()
    }

    /// Makes a role with attributes such as `NOBYPASSRLS`, unless it is there: roles are the whole server's.
    pub fn role(&self, name: &str, attributes: &str) {
        // Two processes may make it at the same time.
        self.on_server(&format!(
            "DO $$ BEGIN CREATE ROLE {name} LOGIN PASSWORD 'nexa' {attributes}; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ));
    }

    /// The options of a store here.
    pub fn options(&self) -> Options {
        // Poolers of any age.
        let prepared = std::env::var_os(POOLER).is_none();
        Options::default().owner(self.owner_url()).role(ROLE).prepared(prepared)
    }

    /// A store here, not migrated yet.
    pub fn store(&self) -> PostgresStore {
        PostgresStore::open_with(&self.url(), self.options()).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // On a server that is gone there is nothing to remove.
        let _ = execute(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// What a query answers to the role of a URL, row by row.
pub fn rows<T>(url: &str, sql: &str, read: impl Fn(&PgRow) -> T) -> Vec<T> {
    runtime().block_on(async {
        let mut db = PgConnection::connect(url).await.unwrap();
        let rows = query(AssertSqlSafe(sql)).fetch_all(&mut db).await.unwrap();
        rows.iter().map(read).collect()
    })
}

fn run(options: &PgConnectOptions, sql: &str) {
    execute(options, sql).unwrap_or_else(|problem| panic!("{sql}: {problem}"));
}

fn execute(options: &PgConnectOptions, sql: &str) -> Result<(), sqlx::Error> {
    runtime().block_on(async {
        let mut db: PgConnection = options.connect().await?;
        raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.map(|_| ())
    })
}

/// A runtime for what a test does with the server itself.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
