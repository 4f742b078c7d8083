//! A statement in the making.

use std::{borrow::Cow, fmt::Write};

use nexa_kernel::{
    record::{ColumnType, RecordDef},
    value::Value,
};
use uuid::Uuid;

use crate::dialect::Dialect;

/// What is bound to a placeholder.
#[derive(Clone, Debug, PartialEq)]
pub enum Bind<'q> {
    /// One value.
    Value(Cow<'q, Value>),
    /// A floating point number; only keys of JSON objects hold them.
    Number(f64),
    /// A list of values without nulls, bound as one.
    List(Cow<'q, [Value]>),
}

impl Bind<'_> {
    pub(crate) fn int(value: usize) -> Self {
        Self::from(Value::Int(i64::try_from(value).unwrap_or(i64::MAX)))
    }
    pub(crate) fn text(value: impl Into<String>) -> Self {
        Self::from(Value::Text(value.into()))
    }
}

impl From<Value> for Bind<'_> {
    fn from(value: Value) -> Self {
        Self::Value(Cow::Owned(value))
    }
}

impl<'q> From<&'q Value> for Bind<'q> {
    fn from(value: &'q Value) -> Self {
        Self::Value(Cow::Borrowed(value))
    }
}

/// Text and what is bound to it, in the order of the placeholders.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement<'q> {
    /// The text.
    pub sql: String,
    /// The binds; the first is the tenant.
    pub binds: Vec<Bind<'q>>,
}

/// Builds a statement.
pub(crate) struct Text<'q> {
    pub(crate) dialect: Dialect,
    sql: String,
    binds: Vec<Bind<'q>>,
}

impl<'q> Text<'q> {
    pub(crate) fn new(dialect: Dialect, org: Uuid) -> Self {
        Self { dialect, sql: String::with_capacity(1024), binds: vec![Bind::from(Value::Uuid(org))] }
    }
    pub(crate) fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }
    /// Appends a placeholder for a new bind.
    pub(crate) fn bind(&mut self, bind: impl Into<Bind<'q>>) {
        let number = self.hold(bind);
        self.placeholder(number);
    }
    /// Keeps a bind, to be named by its number, as often as is wanted.
    pub(crate) fn hold(&mut self, bind: impl Into<Bind<'q>>) -> usize {
        self.binds.push(bind.into());
        self.binds.len()
    }
    pub(crate) fn placeholder(&mut self, number: usize) {
        self.dialect.placeholder(&mut self.sql, number);
    }
    pub(crate) fn table(&mut self, table: &str) {
        let table = self.dialect.table(table);
        self.push(&table);
    }
    /// Appends the column of a kind under the alias of its depth.
    pub(crate) fn column(&mut self, depth: usize, def: &RecordDef, column: usize) {
        // A definition has every column that its own predicates name.
        let name = def.columns.get(column).map_or("id", |column| column.name.as_str());
        // Writing to a String does not fail.
        let _ = write!(self.sql, "t{depth}.\"{name}\"");
    }
    /// Appends a column as something that can be compared: PostgreSQL compares no documents, but their texts.
    pub(crate) fn compared(&mut self, depth: usize, def: &RecordDef, column: usize) {
        let kind = def.columns.get(column).map(|column| column.kind);
        let document = matches!(kind, Some(ColumnType::List | ColumnType::Map | ColumnType::Json));
        if document && self.dialect.is_postgres() {
            self.push("(");
            self.column(depth, def, column);
            self.push("::text COLLATE \"C\")");
        } else {
            self.column(depth, def, column);
        }
    }
    /// Appends what a column is compared with.
    pub(crate) fn comparand(&mut self, bind: impl Into<Bind<'q>>) {
        let bind = bind.into();
        let cast = match &bind {
            Bind::Value(value) if matches!(**value, Value::Json(_)) => "::text",
            Bind::List(values) if matches!(values.first(), Some(Value::Json(_))) => "::text[]",
            _ => "",
        };
        self.bind(bind);
        if self.dialect.is_postgres() {
            self.push(cast);
        }
    }
    /// Appends all columns of a kind, in the order of its definition.
    pub(crate) fn columns(&mut self, depth: usize, def: &RecordDef) {
        for column in 0..def.columns.len() {
            if column > 0 {
                self.push(", ");
            }
            self.column(depth, def, column);
        }
    }
    /// Lets `write` append to the text, and takes back what it appended.
    pub(crate) fn aside(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let from = self.sql.len();
        write(self);
        self.sql.split_off(from)
    }
    pub(crate) fn finish(self) -> Statement<'q> {
        Statement { sql: self.sql, binds: self.binds }
    }
}
