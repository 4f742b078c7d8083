//! Opening a Crm by URL.

use std::sync::Arc;

use nexa_core::{
    Code, Crm, CrmBuilder, Result,
    kernel::{memory::MemoryStore, store::Store},
};

#[cfg(feature = "sqlite")]
use nexa_store_sqlite::{Options, SqliteStore};

use crate::system::{SystemClock, SystemIds};

/// The URL names no backend.
pub const URL_INVALID: Code = Code::invalid(
    "crm.url_invalid",
    "{url} names no backend of this build; use memory:, sqlite:PATH such as sqlite:crm.db, or postgres://….",
);

/// A builder with every kind and operation, the system's clock and randomness; it lacks a store.
pub fn builder() -> CrmBuilder {
    Crm::builder().clock(SystemClock).ids(SystemIds::default())
}

/// Opens `memory:`, `sqlite:PATH` or `postgres://…` and brings its schema up to date.
///
/// On PostgreSQL a role that may not migrate finds the schema that its owner has set up; with more to say than a URL,
/// give [`builder`] a store with options.
///
/// Errors: `crm.url_invalid`, and of the backend, such as `store.locked`, `store.not_a_database`, `store.unreachable`,
/// `store.isolation`, `schema.newer`, `schema.rights`.
pub async fn open(url: &str) -> Result<Crm> {
    open_with(url, builder()).await
}

/// The same with a builder that has the host's own records, commands, rules or policy.
pub async fn open_with(url: &str, builder: CrmBuilder) -> Result<Crm> {
    let crm = builder.store(store(url).await?).build()?;
    crm.migrate().await?;
    Ok(crm)
}

async fn store(url: &str) -> Result<Arc<dyn Store>> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Arc::new(MemoryStore::new().with_clock(SystemClock))),
        #[cfg(feature = "sqlite")]
        Some(("sqlite", path)) if !path.is_empty() => {
            let path = path.strip_prefix("//").unwrap_or(path);
            Ok(Arc::new(SqliteStore::opening(path, Options::default()).await?))
        }
        #[cfg(feature = "postgres")]
        Some(("postgres" | "postgresql", _)) => Ok(Arc::new(nexa_store_postgres::PostgresStore::open(url)?)),
        _ => Err(URL_INVALID.with("url", url)),
    }
}
