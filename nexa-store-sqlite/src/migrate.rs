//! The schema of the file.

use std::collections::HashSet;

use nexa_kernel::{error::Result, record::RecordDef};
use nexa_sql::{Dialect, Found, Table, quoted_texts, tables};
use rusqlite::OptionalExtension;

use crate::{codes, connection::Link, failure};

/// The version of the schema that this library writes.
pub const VERSION: i64 = 1;

/// The version of the file's schema; `None` before the first migration.
pub(crate) fn found(link: &Link<'_>) -> rusqlite::Result<Option<i64>> {
    let known = link
        .db
        .query_row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'nexa_schema_version'", [], |_| Ok(()))
        .optional()?;
    match known {
        Some(()) => link.db.query_row("SELECT max(version) FROM nexa_schema_version", [], |row| row.get(0)),
        None => Ok(None),
    }
}

/// Refuses a file of another encoding, and one that is more than a version later. Errors: `store.encoding`, `schema.newer`.
pub(crate) fn check(link: &Link<'_>) -> Result<()> {
    let failed = |failure: rusqlite::Error| link.failed(&failure);
    // In another encoding texts have another order. A SQLite that knows only one answers nothing.
    let encoding: Option<String> =
        link.db.query_row("PRAGMA encoding", [], |row| row.get(0)).optional().map_err(failed)?;
    if let Some(encoding) = encoding.filter(|encoding| encoding != "UTF-8") {
        return Err(codes::ENCODING.with("path", link.path.display().to_string()).with("encoding", encoding));
    }
    match found(link).map_err(failed)? {
        Some(version) if version > VERSION + 1 => Err(codes::NEWER
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
    let migrated = check(link).and_then(|()| create(link, &tables(Dialect::Sqlite, defs)));
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

fn create(link: &Link<'_>, tables: &[Table]) -> Result<()> {
    let failed = |failure: rusqlite::Error| failure::error(&link.path, &failure);
    let there = there(link).map_err(failed)?;
    let later = found(link).map_err(failed)?.is_some_and(|version| version > VERSION);
    for table in tables {
        if !there.contains(&table.name) {
            link.db.execute_batch(&table.sql).map_err(failed)?;
        } else if !table.columns.is_empty() {
            let added = table.additions(&columns(link, table).map_err(failed)?)?;
            added.iter().try_for_each(|sql| link.db.execute_batch(sql)).map_err(failed)?;
        }
        // A later version knows better which indexes its tables have.
        let fresh = !later || !there.contains(&table.name);
        for index in table.indexes.iter().filter(|index| fresh && !there.contains(&index.name)) {
            link.db.execute_batch(&index.sql).map_err(failed)?;
        }
    }
    if !later {
        let written = "INSERT INTO nexa_schema_version (version) VALUES (?1) ON CONFLICT DO NOTHING";
        link.db.execute(written, [VERSION]).map_err(failed)?;
    }
    Ok(())
}

/// The tables and indexes that the file has.
fn there(link: &Link<'_>) -> rusqlite::Result<HashSet<String>> {
    let mut statement = link.db.prepare("SELECT name FROM sqlite_schema WHERE name GLOB 'nexa_*'")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The columns that the file has of a table.
fn columns(link: &Link<'_>, table: &Table) -> rusqlite::Result<Vec<Found>> {
    let named = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    let sql: String = link.db.query_row(named, [&table.name], |row| row.get(0))?;
    // Generated columns are filled.
    let asked = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL OR hidden > 0 FROM pragma_table_xinfo(?1)";
    let mut statement = link.db.prepare(asked)?;
    let read = |row: &rusqlite::Row<'_>| {
        let name: String = row.get(0)?;
        // As this library writes a closed list; where the text is another one, nothing is known.
        let values = sql
            .split_once(&format!("CHECK (\"{name}\" IN ('"))
            .map(|(_, rest)| quoted_texts(&format!("'{}", rest.split_once("))").map_or(rest, |(list, _)| list))));
        Ok(Found { kind: row.get(1)?, nullable: !row.get::<_, bool>(2)?, filled: row.get(3)?, values, name })
    };
    statement.query_map([&table.name], read)?.collect()
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
