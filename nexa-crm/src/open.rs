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

/// What becomes of the schema when a storage is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Migrate {
    /// A storage of this program alone, in memory or a file, is brought up to date. A server's, with which other programs work as
    /// well, is not changed: one that is empty or older is `schema.outdated`.
    #[default]
    Embedded,
    /// Every storage is brought up to date, a server's by a role that owns its schema: for a program that runs before the others, a
    /// script, or a first try.
    Always,
    /// It is neither changed nor looked at: for [`Crm::check`], [`Crm::migration`] and [`Crm::migrate`].
    Never,
}

/// Opens `memory:`, `sqlite:PATH` or `postgres://…`. The schema of a file is brought up to date; that of a server has to be, which
/// [`Migrate::Always`] of [`open_as`] or [`Crm::migrate`] sees to.
///
/// With more to say than a URL, give [`builder`] a store with options.
///
/// Errors: `crm.url_invalid`, and of the backend, such as `store.locked`, `store.not_a_database`, `store.unreachable`,
/// `store.isolation`, `schema.outdated`, `schema.differs`, `schema.newer`.
pub async fn open(url: &str) -> Result<Crm> {
    open_with(url, builder()).await
}

/// The same with a builder that has the host's own records, commands, rules or policy.
pub async fn open_with(url: &str, builder: CrmBuilder) -> Result<Crm> {
    open_as(url, builder, Migrate::default()).await
}

/// The same, with what becomes of the schema. More errors when it is migrated: `schema.rights`, `schema.role_unknown`.
pub async fn open_as(url: &str, builder: CrmBuilder, migrate: Migrate) -> Result<Crm> {
    let storage = storage(url).await?;
    let crm = builder.store(storage.store()).build()?;
    match (migrate, storage) {
        (Migrate::Never, _) => {}
        #[cfg(feature = "postgres")]
        (Migrate::Embedded, Storage::Server(server)) => server.verify(crm.kinds().all()).await?,
        _ => crm.migrate().await?,
    }
    Ok(crm)
}

/// A store, and whether other programs work with it as well.
enum Storage {
    Embedded(Arc<dyn Store>),
    #[cfg(feature = "postgres")]
    Server(Arc<nexa_store_postgres::PostgresStore>),
}

impl Storage {
    fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Embedded(store) => Arc::clone(store),
            #[cfg(feature = "postgres")]
            Self::Server(store) => Arc::clone(store) as Arc<dyn Store>,
        }
    }
}

async fn storage(url: &str) -> Result<Storage> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Storage::Embedded(Arc::new(MemoryStore::new().with_clock(SystemClock)))),
        Some(("memory", _)) => Err(invalid(url, "nothing follows memory:")),
        #[cfg(feature = "sqlite")]
        Some(("sqlite", path)) => {
            let store = SqliteStore::opening(sqlite_path(url, path)?, Options::default()).await?;
            Ok(Storage::Embedded(Arc::new(store)))
        }
        #[cfg(feature = "postgres")]
        Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
            Ok(Storage::Server(Arc::new(nexa_store_postgres::PostgresStore::open(url)?)))
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
