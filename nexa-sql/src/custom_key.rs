//! A custom field as a key of an order: what stands for it in a statement.

use nexa_kernel::{
    custom::CustomType,
    sort::{CustomKey, number},
    value::Value,
};

use crate::{
    json_part::json_part,
    scope::Scope,
    text::{Bind, Text},
};

/// Appends the value of a custom field: null where there is none, or one of another type.
pub(crate) fn expression(text: &mut Text<'_>, scope: Scope, column: usize, key: &CustomKey) {
    let name = key.name.as_str();
    if key.holds == CustomType::Text {
        text.push("coalesce(");
        value(text, scope, key.folded, name);
        text.push(", ");
    }
    text.push("CASE ");
    match (key.holds, text.dialect.is_postgres()) {
        (CustomType::Number, false) => {
            kind(text, scope, column, name);
            text.push(" WHEN 'integer' THEN CAST(");
            json_part(text, scope, column, name, "value");
            text.push(" AS REAL) WHEN 'real' THEN ");
            json_part(text, scope, column, name, "value");
        }
        (CustomType::Bool, false) => {
            kind(text, scope, column, name);
            text.push(" WHEN 'true' THEN 1 WHEN 'false' THEN 0");
        }
        (CustomType::Number, true) => {
            kind(text, scope, column, name);
            text.push(" WHEN 'number' THEN ");
            value(text, scope, column, name);
            text.push("::float8");
        }
        (CustomType::Bool, true) => {
            kind(text, scope, column, name);
            text.push(" WHEN 'boolean' THEN ");
            value(text, scope, column, name);
            text.push("::boolean");
        }
        (_, postgres) => {
            kind(text, scope, column, name);
            text.push(if postgres { " WHEN 'string' THEN " } else { " WHEN 'text' THEN " });
            value(text, scope, column, name);
        }
    }
    text.push(" END");
    if key.holds == CustomType::Text {
        text.push(")");
    }
    if text.dialect.is_postgres() && !matches!(key.holds, CustomType::Number | CustomType::Bool) {
        text.push(" COLLATE \"C\"");
    }
}

/// The bind of a value in the last row seen.
pub(crate) fn bind<'q>(key: &CustomKey, last: &'q Value) -> Bind<'q> {
    match (key.holds, last) {
        (CustomType::Number, Value::Int(ordinal)) => Bind::Number(number(*ordinal)),
        _ => Bind::from(last),
    }
}

/// Appends the placeholder of such a bind; the text says its type, as statements of one text are prepared once.
pub(crate) fn placeholder(text: &mut Text<'_>, key: &CustomKey, bind: usize) {
    text.placeholder(bind);
    if text.dialect.is_postgres() {
        text.push(match key.holds {
            CustomType::Number => "::float8",
            CustomType::Bool => "::boolean",
            _ => "::text",
        });
    }
}

fn kind(text: &mut Text<'_>, scope: Scope, column: usize, name: &str) {
    if text.dialect.is_postgres() {
        text.push("json_typeof(");
        json_part(text, scope, column, name, "value");
        text.push(")");
    } else {
        json_part(text, scope, column, name, "type");
    }
}

fn value(text: &mut Text<'_>, scope: Scope, column: usize, name: &str) {
    if text.dialect.is_postgres() {
        text.push("(");
        json_part(text, scope, column, name, "value");
        text.push(" #>> '{}')");
    } else {
        json_part(text, scope, column, name, "value");
    }
}
