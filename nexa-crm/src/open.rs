//! Opening a Crm by URL.

use std::sync::Arc;

use nexa_core::{
    Code, Crm, CrmBuilder, Error, Result,
    kernel::{memory::MemoryStore, store::Store},
};

#[cfg(feature = "sqlite")]
use nexa_store_sqlite::{Options, SqliteStore};

use crate::system::{SystemClock, SystemIds};

/// The URL names no backend, or says more than the backend understands.
pub const URL_INVALID: Code = Code::invalid(
    "crm.url_invalid",
    "The URL {url} cannot be opened: {problem}. Use memory:, sqlite:PATH such as sqlite:crm.db, or postgres://….",
);

/// A builder with every kind and operation, the system's clock and randomness; it lacks a store.
pub fn builder() -> CrmBuilder {
    nexa_core::builder().clock(SystemClock).ids(SystemIds::default())
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
        Some(("memory", _)) => Err(invalid(url, "nothing follows memory:")),
        #[cfg(feature = "sqlite")]
        Some(("sqlite", path)) => {
            Ok(Arc::new(SqliteStore::opening(sqlite_path(url, path)?, Options::default()).await?))
        }
        #[cfg(feature = "postgres")]
        Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
            Ok(Arc::new(nexa_store_postgres::PostgresStore::open(url)?))
        }
        #[cfg(feature = "postgres")]
        Some(("postgres" | "postgresql", _)) => Err(invalid(url, "two slashes follow the colon")),
        _ => Err(invalid(url, "it names no backend of this build")),
    }
}

/// A URL may hold a password, so a message shows no more of it than how it begins.
fn invalid(url: &str, problem: &str) -> Error {
    let scheme = url.split(':').next().unwrap_or_default();
    let plain = url.contains(':') && scheme.len() <= 20 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let shown = if plain { format!("{scheme}:…") } else { "as given".to_owned() };
    URL_INVALID.with("url", shown).with("problem", problem)
}

/// The path of a file: SQLite's special names would open something else, and a query would be a part of the file's name.
#[cfg(feature = "sqlite")]
fn sqlite_path<'a>(url: &str, path: &'a str) -> Result<&'a str> {
    let path = path.strip_prefix("//").unwrap_or(path);
    let problem = if path.trim().is_empty() {
        "the path of a file is missing"
    } else if path.starts_with(':') {
        "a path does not begin with a colon; a database in memory is memory:"
    } else if path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:")) {
        "write the path itself, without file:"
    } else if path.contains(['?', '#']) {
        "options after ? or # are not known; open a store with options of its own"
    } else if path.contains('\0') {
        "a path has no character NUL"
    } else {
        return Ok(path);
    };
    Err(invalid(url, problem))
}
