//! The schema of the file.

use nexa_kernel::{
    Error,
    error::Result,
    record::RecordDef,
    schema::{SchemaComparison, SchemaDifference},
};
use nexa_sql::{
    ColumnShape, Dialect, Shape, Table, TableShape, index_shape, quoted_texts, sqlite_constraints, sqlite_reference,
    tables,
};
use rusqlite::{ErrorCode, OptionalExtension};

use crate::{codes, connection::Link, failure};

pub use nexa_sql::VERSION;

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
    // A table that is made anew is dropped meanwhile, which other tables point at. SQLite ignores this inside a transaction.
    enforce(link, false).map_err(failed)?;
    let begun = link.begin_writing().map_err(failed);
    let ended = begun.and_then(|()| {
        let migrated = check(link).and_then(|()| grow(link, &tables(Dialect::Sqlite, defs)));
        match migrated {
            Ok(()) => link.execute("COMMIT").map_err(failed),
            Err(error) => Err(error),
        }
    });
    if ended.is_err() && !link.db.is_autocommit() {
        // The first error is the one to report.
        let _ = link.execute("ROLLBACK");
    }
    let enforced = enforce(link, true).map_err(failed);
    ended.and(enforced)?;
    link.kinds.learn(defs);
    Ok(())
}

/// Whether foreign keys are enforced, and whether a table that is renamed is looked for in the host's views and triggers.
fn enforce(link: &Link<'_>, enforced: bool) -> rusqlite::Result<()> {
    link.db.pragma_update(None, "foreign_keys", enforced)?;
    link.db.pragma_update(None, "legacy_alter_table", !enforced)
}

fn grow(link: &Link<'_>, tables: &[Table]) -> Result<()> {
    let failed = |failure: rusqlite::Error| failure::error(&link.path, &failure);
    let comparison = comparison(link, tables).map_err(failed)?;
    let anew: Vec<String> =
        comparison.statements.iter().filter_map(|sql| sql.strip_prefix("DROP TABLE ")).map(str::to_owned).collect();
    for sql in comparison.statements()? {
        link.db
            .execute_batch(&sql)
            .map_err(|failure| in_the_way(tables, &sql, &failure).unwrap_or_else(|| failed(failure)))?;
    }
    for table in anew {
        let violated =
            link.db.query_row(&format!("PRAGMA foreign_key_check({table})"), [], |row| row.get::<_, String>(2));
        if let Some(other) = violated.optional().map_err(failed)? {
            let problem = format!("has rows that point at no row of {other}");
            return Err(SchemaDifference::refused(&table, None, problem).error());
        }
    }
    Ok(())
}

/// The refusal of a unique that rows do not hold. Error: `schema.differs`.
fn in_the_way(tables: &[Table], sql: &str, failure: &rusqlite::Error) -> Option<Error> {
    let violated = failure.sqlite_error_code() == Some(ErrorCode::ConstraintViolation);
    let name = sql.strip_prefix("CREATE UNIQUE INDEX ")?.split(' ').next()?;
    let table = tables.iter().find(|table| table.indexes.iter().any(|index| index.name == name))?;
    violated.then(|| table.repeats(name).error())
}

/// What the file has otherwise than these kinds need.
pub(crate) fn compare(link: &Link<'_>, defs: &[&'static RecordDef]) -> Result<SchemaComparison> {
    check(link)?;
    let failed = |failure: rusqlite::Error| link.failed(&failure);
    // One snapshot for all that is looked at.
    link.execute("BEGIN").map_err(failed)?;
    let compared = comparison(link, &tables(Dialect::Sqlite, defs)).map_err(failed);
    let _ = link.execute("COMMIT");
    compared
}

fn comparison(link: &Link<'_>, tables: &[Table]) -> rusqlite::Result<SchemaComparison> {
    let shape = shape(link)?;
    let version = found(link)?;
    Ok(from(&shape, version, tables))
}

/// The differences of tables from those that are needed, and the statements that help.
pub(crate) fn from(shape: &Shape, version: Option<i64>, tables: &[Table]) -> SchemaComparison {
    let later = version.is_some_and(|version| version > VERSION);
    let mut comparison = SchemaComparison::default();
    for table in tables {
        match shape.get(&table.name) {
            None => {
                comparison.differences.push(SchemaDifference::missing(&table.name, None, "is missing"));
                comparison.statements.push(table.sql.clone());
                comparison.statements.extend(table.indexes.iter().map(|index| index.sql.clone()));
            }
            Some(found) => {
                let SchemaComparison { differences, statements } = table.difference(Dialect::Sqlite, found, later);
                comparison.differences.extend(differences);
                comparison.statements.extend(statements);
            }
        }
    }
    if version.is_none_or(|version| version < VERSION) {
        let problem = format!("has the version {}, and {VERSION} is needed", version.unwrap_or_default());
        comparison.differences.push(SchemaDifference::missing("nexa_schema_version", None, problem));
        comparison.statements.push(written());
    }
    comparison
}

/// Notes the version.
pub(crate) fn written() -> String {
    format!("INSERT INTO nexa_schema_version (version) VALUES ({VERSION}) ON CONFLICT DO NOTHING")
}

/// The tables that the file has.
fn shape(link: &Link<'_>) -> rusqlite::Result<Shape> {
    let mut named =
        link.db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name GLOB 'nexa_*'")?;
    let named = named.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    named.map(|row| row.and_then(|(name, sql)| Ok((name.clone(), table_shape(link, &name, &sql)?)))).collect()
}

fn table_shape(link: &Link<'_>, table: &str, sql: &str) -> rusqlite::Result<TableShape> {
    let constraints = sqlite_constraints(sql);
    // As this library writes a closed list; where the text is another one, nothing is known.
    let values = |column: &str| {
        let list = format!("CHECK (\"{column}\" IN ('");
        constraints
            .iter()
            .find(|(_, text)| text.starts_with(&list))
            .map(|(_, text)| quoted_texts(text.get(list.len() - 1..).unwrap_or_default()))
    };
    let mut shape = TableShape::default();
    for (name, text) in &constraints {
        if let Some(reference) = sqlite_reference(text) {
            shape.references.insert(name.clone(), reference);
        } else if text.starts_with("CHECK") {
            shape.checks.insert(name.clone());
        }
    }
    // Generated columns are filled.
    let asked = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL OR hidden > 0 FROM pragma_table_xinfo(?1)";
    let mut statement = link.db.prepare_cached(asked)?;
    let mut rows = statement.query([table])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let (kind, nullable, filled) = (row.get(1)?, !row.get::<_, bool>(2)?, row.get(3)?);
        let values = values(&name);
        shape.columns.insert(name, ColumnShape { kind, nullable, filled, values });
    }
    let asked = "SELECT type = 'index', name, sql FROM sqlite_schema \
                 WHERE tbl_name = ?1 AND type IN ('index', 'trigger') AND sql IS NOT NULL";
    let mut statement = link.db.prepare_cached(asked)?;
    let mut rows = statement.query([table])?;
    while let Some(row) = rows.next()? {
        let (is_index, name, sql): (bool, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if is_index && name.starts_with("nexa_") {
            shape.indexes.insert(name, index_shape(&sql));
        } else {
            shape.others.push(sql);
        }
    }
    Ok(shape)
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
        // The first error is the one to report.
        let _ = link.execute("ROLLBACK");
    }
    removed
}
