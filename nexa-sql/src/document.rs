//! Conditions on JSON columns: keys of objects, entries of lists.

use nexa_kernel::{filter::Comparison, value::Value};
use serde_json::Value as Json;

use crate::{
    dialect::Dialect,
    indexed::{has_entry, one_of},
    json_part::json_part,
    operator::operator,
    scope::Scope,
    text::{Bind, Text},
};

/// Appends whether a key is absent or null: never null itself.
pub(crate) fn key_is_null(text: &mut Text<'_>, scope: Scope, column: usize, key: &str) {
    match text.dialect {
        Dialect::Sqlite => {
            text.push("coalesce(");
            json_part(text, scope, column, key, "type");
        }
        Dialect::Postgres(_) => {
            text.push("coalesce(json_typeof(");
            json_part(text, scope, column, key, "value");
            text.push(")");
        }
    }
    text.push(", 'null') = 'null'");
}

/// Appends a comparison of a key with a scalar: null when the key is not there or of another type.
pub(crate) fn keyed<'q>(
    text: &mut Text<'q>,
    scope: Scope,
    column: usize,
    key: &str,
    comparison: Comparison,
    value: &'q Json,
) {
    let operator = operator(comparison);
    match (text.dialect, value) {
        (_, Json::Null | Json::Array(_) | Json::Object(_)) => text.push("NULL"),
        (Dialect::Sqlite, Json::Number(number)) => {
            // Whole numbers compare exactly, all others as floating point.
            let value = text.aside(|text| json_part(text, scope, column, key, "value"));
            let float = text.hold(Bind::Number(number.as_f64().unwrap_or(f64::NAN)));
            text.push("CASE ");
            json_part(text, scope, column, key, "type");
            text.push(" WHEN 'integer' THEN CASE WHEN typeof(");
            text.push(&value);
            text.push(") = 'integer' THEN ");
            match number.as_i64() {
                Some(whole) => {
                    text.push(&value);
                    text.push(operator);
                    text.bind(Value::Int(whole));
                }
                None => {
                    text.push(&format!("CAST({value} AS REAL){operator}"));
                    text.placeholder(float);
                }
            }
            text.push(&format!(" ELSE {value}{operator}"));
            text.placeholder(float);
            text.push(&format!(" END WHEN 'real' THEN {value}{operator}"));
            text.placeholder(float);
            text.push(" END");
        }
        (Dialect::Sqlite, Json::String(sought)) => {
            text.push("CASE WHEN ");
            json_part(text, scope, column, key, "type");
            text.push(" = 'text' THEN ");
            json_part(text, scope, column, key, "value");
            text.push(operator);
            text.bind(Bind::text(sought));
            text.push(" END");
        }
        (Dialect::Sqlite, Json::Bool(sought)) => {
            text.push("CASE ");
            json_part(text, scope, column, key, "type");
            text.push(" WHEN 'true' THEN 1 WHEN 'false' THEN 0 END");
            text.push(operator);
            text.bind(Value::Bool(*sought));
        }
        (Dialect::Postgres(_), scalar) => {
            let (kind, cast) = match scalar {
                Json::Number(_) => ("number", "numeric"),
                Json::Bool(_) => ("boolean", "boolean"),
                _ => ("string", "text"),
            };
            text.push("CASE WHEN json_typeof(");
            json_part(text, scope, column, key, "value");
            text.push(&format!(") = '{kind}' THEN ("));
            json_part(text, scope, column, key, "value");
            text.push(&format!(" #>> '{{}}')::{cast}{operator}"));
            match scalar {
                Json::Number(number) => match number.as_i64() {
                    // The text says the type, as statements of one text are prepared once.
                    Some(whole) => {
                        text.bind(Value::Int(whole));
                        text.push("::bigint");
                    }
                    None => {
                        text.bind(Bind::Number(number.as_f64().unwrap_or(f64::NAN)));
                        text.push("::float8");
                    }
                },
                Json::Bool(sought) => text.bind(Value::Bool(*sought)),
                other => text.bind(Bind::text(other.as_str().unwrap_or_default())),
            }
            text.push(" END");
        }
    }
}

/// Appends the entries of a list as a table of one column, `value`: texts, or JSON of those that name records.
pub(crate) fn entries(text: &mut Text<'_>, scope: Scope, column: usize, alias: &str) {
    let (from, to) = match text.dialect {
        Dialect::Sqlite => ("json_each(", ""),
        Dialect::Postgres(_) if scope.def.names_records(column) => ("json_array_elements(", " (value)"),
        Dialect::Postgres(_) => ("json_array_elements_text(", " (value)"),
    };
    text.push(from);
    text.column(scope.depth, scope.def, column);
    text.push(&format!(") AS {alias}{to}"));
}

/// Appends whether a list holds one of these entries: never null.
pub(crate) fn has(text: &mut Text<'_>, scope: Scope, column: usize, sought: &[String]) {
    if sought.is_empty() {
        return text.push(text.dialect.truth(false));
    }
    if let Some(field) = scope.def.columns.get(column).filter(|_| scope.def.lists(column, scope.live)) {
        return has_entry(text, scope, &field.path, sought);
    }
    text.push("EXISTS (SELECT 1 FROM ");
    entries(text, scope, column, "entry");
    text.push(" WHERE entry.value");
    one_of(text, sought);
    text.push(")");
}

/// Appends whether an entry of a list names something of one of these kinds: never null.
pub(crate) fn names(text: &mut Text<'_>, scope: Scope, column: usize, kinds: &[String]) {
    if kinds.is_empty() {
        return text.push(text.dialect.truth(false));
    }
    text.push("EXISTS (SELECT 1 FROM ");
    entries(text, scope, column, "entry");
    text.push(match text.dialect {
        Dialect::Sqlite => " WHERE coalesce(entry.value ->> '$.kind', 'host')",
        Dialect::Postgres(_) => " WHERE coalesce(entry.value ->> 'kind', 'host')",
    });
    one_of(text, kinds);
    text.push(")");
}
