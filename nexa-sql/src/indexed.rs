//! What the index of values knows: tags and indexed custom fields of live rows.

use nexa_kernel::{filter::Predicate, record::RecordDef, store::Trash, value::Value};

use crate::{
    dialect::Dialect,
    document::json_part,
    predicate::{Scope, and_conditions, and_trash, members},
    text::{Bind, Text},
};

/// Appends ` FROM … WHERE …` for the rows of a kind.
///
/// A custom field that the filter fixes leads: its entries are found first and the rows joined to them. Left to itself SQLite
/// would look every row of the tenant up in the index. `whole` reads the table as it lies, where nothing leads.
pub(crate) fn from_where<'q>(
    text: &mut Text<'q>,
    def: &'static RecordDef,
    trash: Trash,
    filter: &'q Predicate,
    whole: bool,
) {
    let scope = Scope::of(def, trash);
    let parts = filter.parts();
    let leading = parts.iter().copied().find(|part| known(scope, part));
    text.push(" FROM ");
    if let Some(Predicate::Indexed(_, key, values)) = leading {
        text.table("indexed_values");
        text.push(" AS entry CROSS JOIN ");
        text.table(def.table);
        text.push(" AS t0 WHERE ");
        entry(text, scope, &format!("custom.{key}"), values);
        text.push(" AND t0.org = ");
    } else {
        text.table(def.table);
        text.push(" AS t0");
        if whole && text.dialect == Dialect::Sqlite {
            text.push(" NOT INDEXED");
        }
        text.push(" WHERE t0.org = ");
    }
    text.placeholder(1);
    and_trash(text, scope, trash);
    let others = parts.into_iter().filter(|part| !leading.is_some_and(|leading| std::ptr::eq(leading, *part)));
    and_conditions(text, scope, &others.collect::<Vec<_>>());
}

/// Whether the index alone answers the predicate.
fn known(scope: Scope, predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Indexed(column, _, values)
        if scope.live && scope.positive && scope.def.custom == Some(*column) && !values.is_empty())
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
fn entry(text: &mut Text<'_>, scope: Scope, field: &str, values: &[String]) {
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
fn one_of(text: &mut Text<'_>, values: &[String]) {
    if let [value] = values {
        text.push(" = ");
        return text.bind(Bind::text(value.as_str()));
    }
    members(text, values.iter().map(|value| Value::Text(value.clone())).collect());
}
