//! Values on their way into statements and out of rows.

use std::{rc::Rc, str::FromStr};

use nexa_kernel::{
    Amount, Date, Error, Timestamp,
    error::Result,
    record::{ColumnDef, ColumnType, RecordDef, Row, corrupt},
    scan::Cell,
    value::Value,
};
use nexa_sql::Bind;
use rusqlite::{
    Statement, ToSql,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};
use uuid::Uuid;

/// A value as SQLite stores it, without a copy where it has one to point at.
pub(crate) struct Stored<'v>(pub(crate) &'v Value);

impl ToSql for Stored<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Amount(value) => ValueRef::Integer(value.ten_thousandths()),
            Value::Time(value) => ValueRef::Integer(value.micros()),
            Value::Text(text) | Value::Json(text) => ValueRef::Text(text.as_bytes()),
            Value::Uuid(id) => ValueRef::Blob(id.as_bytes()),
            Value::Date(date) => return Ok(ToSqlOutput::Owned(Owned::Text(date.to_string()))),
        }))
    }
}

fn owned(value: &Value) -> Owned {
    match value {
        Value::Null => Owned::Null,
        Value::Bool(value) => Owned::Integer(i64::from(*value)),
        Value::Int(value) => Owned::Integer(*value),
        Value::Amount(value) => Owned::Integer(value.ten_thousandths()),
        Value::Time(value) => Owned::Integer(value.micros()),
        Value::Text(text) | Value::Json(text) => Owned::Text(text.clone()),
        Value::Uuid(id) => Owned::Blob(id.as_bytes().to_vec()),
        Value::Date(date) => Owned::Text(date.to_string()),
    }
}

/// A list for `rarray`.
pub(crate) fn list<'v>(values: impl IntoIterator<Item = &'v Value>) -> Rc<Vec<Owned>> {
    Rc::new(values.into_iter().map(owned).collect())
}

/// Binds in order, from the first placeholder.
pub(crate) fn bind_all(statement: &mut Statement<'_>, binds: &[Bind<'_>]) -> rusqlite::Result<()> {
    for (position, bind) in binds.iter().enumerate() {
        match bind {
            Bind::Value(value) => statement.raw_bind_parameter(position + 1, Stored(value))?,
            Bind::Number(number) => statement.raw_bind_parameter(position + 1, number)?,
            Bind::List(values) => statement.raw_bind_parameter(position + 1, list(values.iter()))?,
        }
    }
    Ok(())
}

/// Reads a row of a kind.
pub(crate) fn read_row(def: &RecordDef, row: &rusqlite::Row<'_>) -> Result<Row> {
    let mut values = Vec::with_capacity(def.columns.len());
    for (position, column) in def.columns.iter().enumerate() {
        values.push(read_value(column.kind, row, position).ok_or_else(|| unfit(def, column))?);
    }
    Ok(Row::new(values))
}

/// What is stored is not what the column holds.
pub(crate) fn unfit(def: &RecordDef, column: &ColumnDef) -> Error {
    corrupt(def.kind, format!("{} does not fit its type", column.path))
}

/// Reads one value; `None` when it does not fit the type.
pub(crate) fn read_value(kind: ColumnType, row: &rusqlite::Row<'_>, position: usize) -> Option<Value> {
    read_cell(kind, row, position).map(Into::into)
}

/// The same where it lies.
pub(crate) fn read_cell<'r>(kind: ColumnType, row: &'r rusqlite::Row<'_>, position: usize) -> Option<Cell<'r>> {
    Some(match (kind, row.get_ref(position).ok()?) {
        (_, ValueRef::Null) => Cell::Null,
        (ColumnType::Uuid | ColumnType::Reference(_), ValueRef::Blob(bytes)) => {
            Cell::Uuid(Uuid::from_bytes_ref(bytes.try_into().ok()?))
        }
        (ColumnType::Text | ColumnType::Enum(_), ValueRef::Text(text)) => Cell::Text(text_of(text)?),
        (ColumnType::List | ColumnType::Map | ColumnType::Json, ValueRef::Text(text)) => Cell::Json(text_of(text)?),
        (ColumnType::Int, ValueRef::Integer(number)) => Cell::Int(number),
        (ColumnType::Bool, ValueRef::Integer(number)) => Cell::Bool(number != 0),
        (ColumnType::Time, ValueRef::Integer(micros)) => Cell::Time(Timestamp::from_micros(micros)),
        (ColumnType::Amount, ValueRef::Integer(number)) => Cell::Amount(Amount::from_ten_thousandths(number)),
        (ColumnType::Date, ValueRef::Text(text)) => Cell::Date(Date::from_str(text_of(text)?).ok()?),
        _ => return None,
    })
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Reads an integer; an error when it is none.
pub(crate) fn read_int(what: &str, row: &rusqlite::Row<'_>, position: usize) -> Result<i64, Error> {
    row.get(position).map_err(|problem| corrupt(what, problem))
}
