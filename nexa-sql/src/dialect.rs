//! Where the databases differ.

use std::{
    collections::BTreeSet,
    fmt::Write,
    sync::{Mutex, PoisonError},
};

use nexa_kernel::record::ColumnType;

/// Which database reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite: tables under the prefix `nexa_`, lists by the function `rarray`.
    Sqlite,
    /// PostgreSQL: tables in a schema of their own, lists as arrays.
    Postgres(Namespace),
}

/// The schema in which the tables are, on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Namespace(&'static str);

impl Default for Namespace {
    fn default() -> Self {
        Self("nexa")
    }
}

impl Namespace {
    /// A schema of this name; `None` unless it is made of at most 63 lower-case letters, digits and underscores and
    /// begins with a letter.
    pub fn new(name: &str) -> Option<Self> {
        static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 63
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !plain {
            return None;
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(name) {
            return Some(Self(known));
        }
        // A host has a handful of schemas for as long as it runs, and so do their names.
        let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
        known.insert(kept);
        Some(Self(kept))
    }
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl Dialect {
    /// Whether this is PostgreSQL.
    pub const fn is_postgres(self) -> bool {
        matches!(self, Self::Postgres(_))
    }
    /// The name of a table in statements.
    pub fn table(self, table: &str) -> String {
        match self {
            Self::Sqlite => format!("nexa_{table}"),
            Self::Postgres(namespace) => format!("{}.{table}", namespace.name()),
        }
    }
    /// The name of a constraint or an index; unique in the schema.
    pub fn constraint(self, name: &str) -> String {
        match self {
            Self::Sqlite => format!("nexa_{name}"),
            Self::Postgres(_) => name.to_owned(),
        }
    }
    /// The type of a column.
    pub const fn column_type(self, kind: ColumnType) -> &'static str {
        match (self, kind) {
            (Self::Sqlite, ColumnType::Uuid | ColumnType::Reference(_)) => "BLOB",
            (Self::Sqlite, ColumnType::Int | ColumnType::Bool | ColumnType::Time | ColumnType::Amount) => "INTEGER",
            (Self::Sqlite, _) => "TEXT",
            (Self::Postgres(_), ColumnType::Amount) => "numeric(19,4)",
            (Self::Postgres(_), ColumnType::Text | ColumnType::Enum(_)) => "text COLLATE \"C\"",
            (Self::Postgres(_), kind) => element(kind),
        }
    }
    /// True or false as a literal.
    pub(crate) const fn truth(self, value: bool) -> &'static str {
        match (self, value) {
            (Self::Sqlite, true) => "1",
            (Self::Sqlite, false) => "0",
            (Self::Postgres(_), true) => "TRUE",
            (Self::Postgres(_), false) => "FALSE",
        }
    }
    /// Appends the placeholder of a bind, counted from 1.
    pub(crate) fn placeholder(self, out: &mut String, number: usize) {
        // Writing to a String does not fail.
        let _ = match self {
            Self::Sqlite => write!(out, "?{number}"),
            Self::Postgres(_) => write!(out, "${number}"),
        };
    }
}

/// The type of PostgreSQL that the values of a column have in an array.
pub(crate) const fn element(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Uuid | ColumnType::Reference(_) => "uuid",
        ColumnType::Int => "bigint",
        ColumnType::Bool => "boolean",
        ColumnType::Time => "timestamptz",
        ColumnType::Date => "date",
        ColumnType::Amount => "numeric",
        // The text stays as it was written, which binary JSON does not promise.
        ColumnType::List | ColumnType::Map | ColumnType::Json => "json",
        _ => "text",
    }
}
