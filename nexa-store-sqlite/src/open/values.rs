//! Values of the host: in the forms that SQLite's own functions and the usual libraries write and read.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};
use nexa_kernel::{sql::SqlValue, value::Timestamp};
use rusqlite::types::{Value, ValueRef};
use serde_json::value::RawValue;
use uuid::Uuid;

/// What the declared type of a column says of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    Bool,
    Number,
    Moment,
    Date,
    Json,
}

/// The kind of a column that was declared so; what is computed has no declared type.
pub(super) fn kind(declared: Option<&str>) -> Kind {
    let word = declared.unwrap_or_default().trim();
    let word = word.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
    match word.to_ascii_uppercase().as_str() {
        "BOOLEAN" | "BOOL" => Kind::Bool,
        "NUMERIC" | "DECIMAL" => Kind::Number,
        "DATETIME" | "TIMESTAMP" | "TIMESTAMPTZ" => Kind::Moment,
        "DATE" => Kind::Date,
        "JSON" | "JSONB" => Kind::Json,
        _ => Kind::Any,
    }
}

/// A value as it is stored.
pub(super) fn bound(value: &SqlValue) -> Value {
    match value {
        SqlValue::Int(number) => Value::Integer(*number),
        SqlValue::Real(number) => Value::Real(*number),
        SqlValue::Bool(yes) => Value::Integer(i64::from(*yes)),
        SqlValue::Text(text)
        | SqlValue::Number(text)
        | SqlValue::Date(text)
        | SqlValue::TimeOfDay(text)
        | SqlValue::Json(text) => Value::Text(text.clone()),
        SqlValue::Local(text) => Value::Text(text.replacen('T', " ", 1)),
        SqlValue::Moment(moment) => Value::Text(written(*moment)),
        SqlValue::Id(id) => Value::Blob(id.as_bytes().to_vec()),
        SqlValue::Bytes(bytes) => Value::Blob(bytes.clone()),
        _ => Value::Null,
    }
}

/// A moment in UTC, such as `2025-11-17 09:15:00.000000+00:00`: texts of this form have the order of the moments.
fn written(moment: Timestamp) -> String {
    let Some(moment) = DateTime::from_timestamp_micros(moment.micros()) else { return moment.to_string() };
    moment.to_rfc3339_opts(SecondsFormat::Micros, false).replacen('T', " ", 1)
}

/// A stored value. One that does not fit what its column was declared as is what it is.
pub(super) fn read(kind: Kind, value: ValueRef<'_>) -> SqlValue {
    match (kind, value) {
        (_, ValueRef::Null) => SqlValue::Null,
        (Kind::Bool, ValueRef::Integer(number @ (0 | 1))) => SqlValue::Bool(number == 1),
        (Kind::Number, ValueRef::Integer(number)) => SqlValue::Number(number.to_string()),
        (Kind::Number, ValueRef::Real(number)) => SqlValue::Number(number.to_string()),
        (_, ValueRef::Integer(number)) => SqlValue::Int(number),
        (_, ValueRef::Real(number)) => SqlValue::Real(number),
        (_, ValueRef::Text(bytes)) => text(kind, &String::from_utf8_lossy(bytes)),
        // What has the size of an identifier is one, as in every column of ours.
        (_, ValueRef::Blob(bytes)) => {
            Uuid::from_slice(bytes).map_or_else(|_| SqlValue::Bytes(bytes.to_vec()), SqlValue::Id)
        }
    }
}

fn text(kind: Kind, text: &str) -> SqlValue {
    let special = match kind {
        Kind::Number => is_number(text).then(|| SqlValue::Number(text.to_owned())),
        Kind::Moment => moment(text),
        Kind::Date => text.parse::<NaiveDate>().ok().map(|_| SqlValue::Date(text.to_owned())),
        Kind::Json => serde_json::from_str::<&RawValue>(text).ok().map(|_| SqlValue::Json(text.to_owned())),
        Kind::Any | Kind::Bool => None,
    };
    special.unwrap_or_else(|| SqlValue::Text(text.to_owned()))
}

fn is_number(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E');
    text.bytes().all(plain) && text.parse::<f64>().is_ok()
}

fn moment(text: &str) -> Option<SqlValue> {
    let form = text.replacen(' ', "T", 1);
    if let Ok(moment) = DateTime::parse_from_rfc3339(&form) {
        return Some(SqlValue::Moment(Timestamp::from_micros(moment.timestamp_micros())));
    }
    form.parse::<NaiveDateTime>().ok().map(|_| SqlValue::Local(form))
}
