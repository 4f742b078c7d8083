//! A table of the schema: its columns, constraints and indexes.

use crate::{
    columns::Column,
    shape::{TableShape, index_shape},
};

/// A table with its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in the database.
    pub name: String,
    /// The statement that creates it.
    pub sql: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The constraints that are made with it, and how its statement ends.
    pub(crate) constraints: Vec<String>,
    pub(crate) ending: &'static str,
    /// Its checks: name and condition.
    pub(crate) checks: Vec<(String, String)>,
    /// Its foreign keys, as a shape has them.
    pub(crate) pointing: Vec<(String, String)>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Its foreign keys, where they are added when all tables are there: PostgreSQL wants to see what they point at.
    pub references: Vec<Index>,
}

/// An index or a foreign key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name in the database.
    pub name: String,
    /// The statement that creates it.
    pub sql: String,
    /// How a shape says it.
    pub(crate) shape: String,
}

impl Index {
    pub(crate) fn new(name: String, sql: String) -> Self {
        Self { shape: index_shape(&sql), name, sql }
    }
}

impl Table {
    /// The statement that creates it under a name.
    pub(crate) fn created_as(name: &str, columns: &[Column], constraints: &[String], ending: &str) -> String {
        let lines: Vec<&str> =
            columns.iter().map(|column| column.sql.as_str()).chain(constraints.iter().map(String::as_str)).collect();
        format!("CREATE TABLE {name} (\n  {}\n){ending}", lines.join(",\n  "))
    }
    /// It as data.
    pub fn shape(&self) -> TableShape {
        TableShape {
            columns: self.columns.iter().map(|column| (column.name.clone(), column.shape.clone())).collect(),
            checks: self.checks.iter().map(|(name, _)| name.clone()).collect(),
            references: self.pointing.iter().cloned().collect(),
            indexes: self.indexes.iter().map(|index| (index.name.clone(), index.shape.clone())).collect(),
            others: Vec::new(),
        }
    }
}

/// The primary key of a table on PostgreSQL, added after all its other indexes. Of indexes that seem equally good, as
/// all do while a table is small or not analysed, PostgreSQL takes the youngest; every index here ends in the id, so any of
/// them would do for a lookup by id, but for all rows of the tenant that it would pass. For the same reason uniques come
/// after the other indexes: for rows that are not analysed the server thinks hardly any of them live, and any index as good.
pub(crate) fn primary_key(table: &str, name: String, constraint: &str) -> Index {
    let keys = constraint.split_once("PRIMARY KEY ").map_or("", |(_, keys)| keys).replace('"', "");
    Index { sql: format!("ALTER TABLE {table} ADD {constraint}"), shape: format!("UNIQUE {keys}"), name }
}
