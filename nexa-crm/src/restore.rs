//! Bringing a backup back.

use std::path::Path;

use nexa_core::{Result, kernel::error::codes};

/// Puts a backup at the place that a URL names, `sqlite:PATH`, all of it or nothing; nobody may have a database open there. One that
/// is there already is replaced only with `overwrite`. The backup is checked first: its pages, its schema and every tenant's ledger.
///
/// Errors: `restore.invalid`, `restore.target_exists`, `restore.target_open`, `schema.newer`, `store.io`, `store.not_writable`,
/// `store.full`; `store.unsupported` for storages that are no file: a server has tools of its own.
pub fn restore(backup: impl AsRef<Path>, url: &str, overwrite: bool) -> Result<()> {
    #[cfg(feature = "sqlite")]
    if let Some(path) = url.strip_prefix("sqlite:") {
        return nexa_store_sqlite::restore(backup, path.strip_prefix("//").unwrap_or(path), overwrite);
    }
    let _ = (backup, overwrite, url);
    Err(codes::STORE_UNSUPPORTED.with("what", "restoring a backup"))
}
