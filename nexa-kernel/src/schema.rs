//! What the tables of a storage differ in from what the kinds need.

use serde::Serialize;

use super::error::{Code, Error, Result};

/// A table is not as its kind needs it, and no migration can help.
pub const SCHEMA_DIFFERS: Code = Code::unavailable(
    "schema.differs",
    "The column {column} of the table {table} {problem}; change the table with a migration of your own, or the record's fields.",
)
.permanent();

/// Something that a table lacks, or has otherwise than its kind needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SchemaDifference {
    /// The table, as the database calls it.
    pub table: String,
    /// The column, where the difference is one column's.
    pub column: Option<String>,
    /// What differs, as the end of a sentence that begins with the table or the column.
    pub problem: String,
    /// Whether a migration helps. Otherwise the host changes the table itself, or the record's fields.
    pub migrates: bool,
}

impl SchemaDifference {
    /// What a migration helps.
    pub fn missing(table: &str, column: Option<&str>, problem: impl Into<String>) -> Self {
        Self { table: table.to_owned(), column: column.map(str::to_owned), problem: problem.into(), migrates: true }
    }
    /// What no migration helps.
    pub fn refused(table: &str, column: Option<&str>, problem: impl Into<String>) -> Self {
        Self { migrates: false, ..Self::missing(table, column, problem) }
    }
    /// The refusal of it: `schema.differs`.
    pub fn error(&self) -> Error {
        let column = self.column.as_deref().unwrap_or("*");
        SCHEMA_DIFFERS.with("table", &self.table).with("column", column).with("problem", &self.problem)
    }
}

/// Tables that are there, held against what the kinds need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaComparison {
    /// What differs; empty when the schema is up to date.
    pub differences: Vec<SchemaDifference>,
    /// The statements that a migration runs, in one transaction and in this order.
    pub statements: Vec<String>,
}

impl SchemaComparison {
    /// The statements. Error: `schema.differs`, for the first difference that no migration helps.
    pub fn statements(self) -> Result<Vec<String>> {
        match self.differences.iter().find(|difference| !difference.migrates) {
            Some(difference) => Err(difference.error()),
            None => Ok(self.statements),
        }
    }
}
