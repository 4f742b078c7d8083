//! What the index of values knows: tags and indexed custom fields of live rows.

use nexa_kernel::{filter::Predicate, record::RecordDef, value::Value};

use crate::{
    dialect::Dialect,
    json_part::json_part,
    operator::members,
    scope::Scope,
    text::{Bind, Text},
};

/// Whether the index alone answers the predicate, with one entry for a row.
pub(crate) fn known(scope: Scope, predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Indexed(column, _, values) => {
            scope.live && scope.positive && scope.def.custom == Some(*column) && !values.is_empty()
        }
        // What is about one record is little; what has a tag may be most of a table.
        Predicate::Has(column, entries) => entries.len() == 1 && scope.positive && scope.def.topics() == Some(*column),
        _ => false,
    }
}

/// The field and the entries of the index that answer a predicate.
pub(crate) fn entries_of<'q>(def: &RecordDef, predicate: &'q Predicate) -> Option<(String, &'q [String])> {
    match predicate {
        Predicate::Indexed(_, key, values) => Some((format!("custom.{key}"), values)),
        Predicate::Has(column, entries) => Some((def.columns.get(*column)?.path.clone(), entries)),
        _ => None,
    }
}

/// Appends whether a custom field is one of these texts: null when it is not there or no text, unless false comes to the same.
pub(crate) fn is_one_of<'q>(text: &mut Text<'q>, scope: Scope, predicate: &'q Predicate) {
    let Predicate::Indexed(column, key, values) = predicate else { return };
    if values.is_empty() {
        return text.push(text.dialect.truth(false));
    }
    if known(scope, predicate) {
        return has_entry(text, scope, &format!("custom.{key}"), values);
    }
    text_is_one_of(text, scope, *column, key, values);
}

/// Appends whether a key of a document is one of these texts: null when it is not there or no text.
pub(crate) fn text_is_one_of(text: &mut Text<'_>, scope: Scope, column: usize, key: &str, values: &[String]) {
    match text.dialect {
        Dialect::Sqlite => {
            text.push("CASE WHEN ");
            json_part(text, scope, column, key, "type");
            text.push(" = 'text' THEN ");
            json_part(text, scope, column, key, "value");
        }
        Dialect::Postgres(_) => {
            text.push("CASE WHEN json_typeof(");
            json_part(text, scope, column, key, "value");
            text.push(") = 'string' THEN (");
            json_part(text, scope, column, key, "value");
            text.push(" #>> '{}')");
        }
    }
    one_of(text, values);
    text.push(" END");
}

/// Appends whether a live row has an entry with one of these values: never null.
pub(crate) fn has_entry(text: &mut Text<'_>, scope: Scope, field: &str, values: &[String]) {
    text.push("EXISTS (SELECT 1 FROM ");
    text.table("indexed_values");
    text.push(" AS entry WHERE ");
    entry(text, scope, field, values);
    text.push(")");
}

/// Appends the conditions on an entry of the row.
pub(crate) fn entry(text: &mut Text<'_>, scope: Scope, field: &str, values: &[String]) {
    text.push("entry.org = ");
    text.placeholder(1);
    text.push(" AND entry.kind = ");
    text.bind(Bind::text(scope.def.kind));
    text.push(" AND entry.field = ");
    text.bind(Bind::text(field));
    text.push(" AND entry.value");
    one_of(text, values);
    text.push(" AND entry.record = ");
    text.column(scope.depth, scope.def, scope.def.id);
}

/// Appends ` = …` or ` IN …`.
pub(crate) fn one_of(text: &mut Text<'_>, values: &[String]) {
    if let [value] = values {
        text.push(" = ");
        return text.bind(Bind::text(value.as_str()));
    }
    members(text, values.iter().map(|value| Value::Text(value.clone())).collect());
}
