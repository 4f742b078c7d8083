//! Nexa on PostgreSQL: the same rules for many tenants, beside the host's own tables.
//!
//! Commands that wait for the same tenant share a transaction and its round trips; tenants are written in parallel. Every
//! statement names its tenant, and row-level security stops one that would not.
//!
//! ```no_run
//! # async fn run() -> nexa_kernel::Result<()> {
//! use nexa_store_postgres::{Options, PostgresStore};
//!
//! let options = Options::default().owner("postgres://owner@localhost/app").role("app");
//! let store = PostgresStore::open_with("postgres://app@localhost/app", options)?;
//! # Ok(())
//! # }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod alone;
mod arguments;
mod ask;
mod begin;
mod cache;
mod careful;
mod certificates;
pub mod codes;
mod connection;
mod due;
mod failure;
mod group;
mod growth;
mod host;
mod isolation;
mod link;
mod load;
mod migrate;
mod open;
mod options;
mod overlay;
mod reader;
mod references;
mod rows;
mod script;
mod shared;
mod statements;
mod store;
mod tenants;
mod there;
mod unit;
mod url;
mod version;
mod within;
mod write;

pub use self::{
    host::{HostSession, PostgresTransaction},
    migrate::{VERSION, migration, schema},
    options::{Isolation, Options},
    store::PostgresStore,
};
pub use nexa_sql::Namespace;
/// The sqlx whose pools and transactions the store takes.
pub use sqlx;
