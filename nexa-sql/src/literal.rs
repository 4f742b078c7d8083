//! Values as literals, for what a migration fills columns with.

use nexa_kernel::value::Value;

use crate::dialect::Dialect;

/// A value in the text of a statement, as a column of the dialect holds it.
pub(crate) fn literal(dialect: Dialect, value: &Value) -> String {
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match (dialect, value) {
        (_, Value::Null) => "NULL".to_owned(),
        (_, Value::Bool(value)) => dialect.truth(*value).to_owned(),
        (_, Value::Int(value)) => value.to_string(),
        (Dialect::Sqlite, Value::Amount(value)) => value.ten_thousandths().to_string(),
        (Dialect::Postgres(_), Value::Amount(value)) => value.to_string(),
        (Dialect::Sqlite, Value::Uuid(id)) => format!("x'{}'", id.simple()),
        (Dialect::Postgres(_), Value::Uuid(id)) => format!("'{id}'"),
        (Dialect::Sqlite, Value::Time(time)) => time.micros().to_string(),
        (Dialect::Postgres(_), Value::Time(time)) => format!("'{time}'"),
        (_, Value::Date(date)) => format!("'{date}'"),
        (_, Value::Text(value) | Value::Json(value)) => text(value),
    }
}
