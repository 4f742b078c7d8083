//! The schema of the file.

use std::collections::HashSet;

use nexa_core::kernel::{error::Result, record::RecordDef};
use nexa_sql::{Dialect, Table, tables};
use rusqlite::OptionalExtension;

use crate::{codes, connection::Link, failure};

/// The version of the schema that this library writes.
pub const VERSION: i64 = 1;

/// The version of the file's schema; `None` before the first migration.
fn found(link: &Link<'_>) -> rusqlite::Result<Option<i64>> {
    let known = link
        .db
        .query_row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'nexa_schema_version'", [], |_| Ok(()))
        .optional()?;
    match known {
        Some(()) => link.db.query_row("SELECT max(version) FROM nexa_schema_version", [], |row| row.get(0)),
        None => Ok(None),
    }
}

/// Refuses a file of a later version: `schema.newer`.
pub(crate) fn check(link: &Link<'_>) -> Result<()> {
    match found(link).map_err(|failure| link.failed(&failure))? {
        Some(version) if version > VERSION => Err(codes::NEWER
            .with("path", link.path.display().to_string())
            .with("found", version)
            .with("known", VERSION)),
        _ => Ok(()),
    }
}

/// Creates what these kinds need and the file does not have.
pub(crate) fn migrate(link: &mut Link<'_>, defs: &[&'static RecordDef]) -> Result<()> {
    let failed = |failure: rusqlite::Error| failure::error(&link.path, &failure);
    link.begin_writing().map_err(failed)?;
    let migrated = check(link).and_then(|()| create(link, &tables(Dialect::Sqlite, defs)).map_err(failed));
    let ended = match migrated {
        Ok(()) => link.execute("COMMIT").map_err(failed),
        Err(error) => Err(error),
    };
    if ended.is_err() && !link.db.is_autocommit() {
        // The first error is the one to tell.
        let _ = link.execute("ROLLBACK");
    }
    ended?;
    link.kinds.learn(defs);
    Ok(())
}

fn create(link: &Link<'_>, tables: &[Table]) -> rusqlite::Result<()> {
    let there: HashSet<String> = link
        .db
        .prepare("SELECT name FROM sqlite_schema WHERE name GLOB 'nexa_*'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for table in tables {
        if !there.contains(&table.name) {
            link.db.execute_batch(&table.sql)?;
        }
        for index in table.indexes.iter().filter(|index| !there.contains(&index.name)) {
            link.db.execute_batch(&index.sql)?;
        }
    }
    link.db.execute("INSERT INTO nexa_schema_version (version) VALUES (?1) ON CONFLICT DO NOTHING", [VERSION])?;
    Ok(())
}

/// Removes every row of a tenant.
pub(crate) fn drop_org(link: &mut Link<'_>, org: uuid::Uuid) -> Result<()> {
    let remove = || -> rusqlite::Result<()> {
        link.begin_writing()?;
        let tables: Vec<String> = link
            .db
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'nexa_*' \
                 AND name <> 'nexa_schema_version'",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for table in tables {
            link.db.execute(&format!("DELETE FROM \"{table}\" WHERE org = ?1"), [org.as_bytes()])?;
        }
        link.execute("COMMIT")
    };
    let removed = remove().map_err(|failure| link.failed(&failure));
    if removed.is_err() && !link.db.is_autocommit() {
        // The first error is the one to tell.
        let _ = link.execute("ROLLBACK");
    }
    removed
}
