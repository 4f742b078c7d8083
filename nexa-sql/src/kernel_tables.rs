//! The tables that the kernel keeps beside the records.

use crate::{
    columns::Column,
    dialect::Dialect,
    table::{Index, Table, primary_key},
};

/// How a column of a kernel table is typed.
#[derive(Clone, Copy)]
enum Type {
    Uuid,
    Bytes,
    Number,
    Text,
    MaybeText,
    MaybeBytes,
}

impl Type {
    const fn sql(self, dialect: Dialect) -> &'static str {
        match (dialect, self) {
            (Dialect::Sqlite, Self::Uuid | Self::Bytes | Self::MaybeBytes) => "BLOB",
            (Dialect::Sqlite, Self::Number) => "INTEGER",
            (Dialect::Sqlite, Self::Text | Self::MaybeText) => "TEXT",
            (Dialect::Postgres(_), Self::Uuid) => "uuid",
            (Dialect::Postgres(_), Self::Bytes | Self::MaybeBytes) => "bytea",
            (Dialect::Postgres(_), Self::Number) => "bigint",
            (Dialect::Postgres(_), Self::Text | Self::MaybeText) => "text COLLATE \"C\"",
        }
    }
    const fn nullable(self) -> bool {
        matches!(self, Self::MaybeText | Self::MaybeBytes)
    }
}

const LEDGER: &[(&str, Type)] =
    &[("org", Type::Uuid), ("seq", Type::Number), ("at", Type::Number), ("head", Type::Bytes)];

const EVENTS: &[(&str, Type)] = &[
    ("org", Type::Uuid),
    ("seq", Type::Number),
    ("unit", Type::Uuid),
    ("at", Type::Number),
    ("actor", Type::Text),
    ("on_behalf_of", Type::MaybeText),
    ("cause", Type::MaybeText),
    ("request", Type::MaybeText),
    ("command", Type::Text),
    ("verb", Type::Text),
    ("kind", Type::Text),
    ("record", Type::Uuid),
    ("format", Type::Number),
    ("digest", Type::Bytes),
    ("salt", Type::MaybeBytes),
    ("reason", Type::MaybeText),
    ("payload", Type::MaybeText),
    ("hash", Type::Bytes),
];

const TERMS: &[(&str, Type)] = &[
    ("org", Type::Uuid),
    ("kind", Type::Text),
    ("term", Type::Text),
    ("record", Type::Uuid),
    ("weight", Type::Number),
];

const INDEXED_VALUES: &[(&str, Type)] =
    &[("org", Type::Uuid), ("kind", Type::Text), ("field", Type::Text), ("value", Type::Text), ("record", Type::Uuid)];

const EXTERNAL_KEYS: &[(&str, Type)] =
    &[("org", Type::Uuid), ("kind", Type::Text), ("system", Type::Text), ("key", Type::Text), ("record", Type::Uuid)];

/// The kernel's tables.
pub(crate) fn kernel_tables(dialect: Dialect) -> Vec<Table> {
    let index = |name: &str, table: &str, columns: &str| {
        let sql = format!("CREATE INDEX {} ON {} ({columns})", dialect.constraint(name), dialect.table(table));
        Index::new(dialect.constraint(name), sql)
    };
    vec![
        table(dialect, "schema_version", &[("version", Type::Number)], Key::of("version"), true, Vec::new()),
        table(dialect, "ledger", LEDGER, Key::of("org"), true, Vec::new()),
        table(
            dialect,
            "events",
            EVENTS,
            Key::of("org, seq"),
            // Payloads are long, and long rows do not belong into the inner pages of a tree.
            false,
            vec![
                index("events_record_idx", "events", "org, record, seq"),
                index("events_unit_idx", "events", "org, unit, seq"),
            ],
        ),
        table(dialect, "terms", TERMS, Key { columns: "org, kind, term, record", covers: "weight" }, true, Vec::new()),
        table(dialect, "indexed_values", INDEXED_VALUES, Key::of("org, kind, field, value, record"), true, Vec::new()),
        table(
            dialect,
            "external_keys",
            EXTERNAL_KEYS,
            Key::of("org, kind, system, key"),
            true,
            vec![index("external_keys_record_idx", "external_keys", "org, kind, record")],
        ),
    ]
}

/// The primary key of a table.
struct Key {
    columns: &'static str,
    /// What it holds beside, so that who needs no more reads the key alone. SQLite keeps whole rows in it anyway.
    covers: &'static str,
}

impl Key {
    const fn of(columns: &'static str) -> Self {
        Self { columns, covers: "" }
    }
}

fn table(
    dialect: Dialect,
    name: &str,
    columns: &[(&str, Type)],
    key: Key,
    clustered: bool,
    mut indexes: Vec<Index>,
) -> Table {
    let table = dialect.table(name);
    let named = dialect.constraint(&format!("{name}_pk"));
    let mut primary = format!("CONSTRAINT {named} PRIMARY KEY ({})", key.columns);
    if dialect.is_postgres() && !key.covers.is_empty() {
        primary.push_str(&format!(" INCLUDE ({})", key.covers));
    }
    let columns: Vec<Column> =
        columns.iter().map(|(column, kind)| Column::plain(column, kind.sql(dialect), kind.nullable())).collect();
    let mut constraints = Vec::new();
    let ending = match dialect {
        Dialect::Sqlite => {
            constraints.push(primary);
            if clustered { " STRICT, WITHOUT ROWID" } else { " STRICT" }
        }
        Dialect::Postgres(_) => {
            indexes.push(primary_key(&table, named, &primary));
            ""
        }
    };
    let sql = Table::created_as(&table, &columns, &constraints, ending);
    let (checks, pointing, references) = Default::default();
    Table { name: table, sql, columns, constraints, ending, checks, pointing, indexes, references }
}
