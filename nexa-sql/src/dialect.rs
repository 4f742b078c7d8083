//! Where the databases differ.

use std::fmt::Write;

use nexa_core::kernel::record::ColumnType;

/// Which database reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite: tables under the prefix `nexa_`, lists by the function `rarray`.
    Sqlite,
    /// PostgreSQL: tables in the schema `nexa`, lists as arrays.
    Postgres,
}

impl Dialect {
    /// The name of a table in statements.
    pub fn table(self, table: &str) -> String {
        match self {
            Self::Sqlite => format!("nexa_{table}"),
            Self::Postgres => format!("nexa.{table}"),
        }
    }
    /// The name of a constraint or an index; unique in the schema.
    pub fn constraint(self, name: &str) -> String {
        match self {
            Self::Sqlite => format!("nexa_{name}"),
            Self::Postgres => name.to_owned(),
        }
    }
    /// The type of a column.
    pub const fn column_type(self, kind: ColumnType) -> &'static str {
        match (self, kind) {
            (Self::Sqlite, ColumnType::Uuid | ColumnType::Reference(_)) => "BLOB",
            (Self::Sqlite, ColumnType::Int | ColumnType::Bool | ColumnType::Time | ColumnType::Amount) => "INTEGER",
            (Self::Sqlite, _) => "TEXT",
            (Self::Postgres, ColumnType::Uuid | ColumnType::Reference(_)) => "uuid",
            (Self::Postgres, ColumnType::Int) => "bigint",
            (Self::Postgres, ColumnType::Bool) => "boolean",
            (Self::Postgres, ColumnType::Time) => "timestamptz",
            (Self::Postgres, ColumnType::Date) => "date",
            (Self::Postgres, ColumnType::Amount) => "numeric(19,4)",
            (Self::Postgres, ColumnType::List | ColumnType::Map) => "jsonb",
            (Self::Postgres, ColumnType::Json) => "json",
            (Self::Postgres, _) => "text COLLATE \"C\"",
        }
    }
    /// True or false as a literal.
    pub(crate) const fn truth(self, value: bool) -> &'static str {
        match (self, value) {
            (Self::Sqlite, true) => "1",
            (Self::Sqlite, false) => "0",
            (Self::Postgres, true) => "TRUE",
            (Self::Postgres, false) => "FALSE",
        }
    }
    /// Appends the placeholder of a bind, counted from 1.
    pub(crate) fn placeholder(self, out: &mut String, number: usize) {
        // Writing to a String does not fail.
        let _ = match self {
            Self::Sqlite => write!(out, "?{number}"),
            Self::Postgres => write!(out, "${number}"),
        };
    }
}
