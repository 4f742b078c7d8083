//! A predicate as a condition, with the three-valued logic of its evaluation in memory.

use std::borrow::Cow;

use nexa_core::kernel::{
    filter::{Comparison, Place, Predicate},
    record::RecordDef,
    store::Trash,
    value::Value,
};
use serde_json::Value as Json;

use crate::{
    dialect::Dialect,
    prefix,
    text::{Bind, Text},
};

/// Longer lists are bound as one, so that a list of any length is one statement.
const LONGEST_SPELLED_LIST: usize = 16;

/// The table that a condition is about.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) def: &'static RecordDef,
    /// How many relations away from the queried kind; names the alias.
    pub(crate) depth: usize,
    /// Whether only live rows get here, so that the index of tags knows them all.
    pub(crate) live: bool,
}

impl Scope {
    pub(crate) fn of(def: &'static RecordDef, trash: Trash) -> Self {
        Self { def, depth: 0, live: trash == Trash::Live || def.deleted_at.is_none() }
    }
}

const fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => " = ",
        Comparison::Ne => " <> ",
        Comparison::Lt => " < ",
        Comparison::Le => " <= ",
        Comparison::Gt => " > ",
        Comparison::Ge => " >= ",
    }
}

/// Appends ` AND …` for the trash mark.
pub(crate) fn and_trash(text: &mut Text<'_>, scope: Scope, trash: Trash) {
    match (scope.def.deleted_at, trash) {
        (_, Trash::Any) | (None, Trash::Live) => {}
        (None, Trash::Trashed) => {
            text.push(" AND ");
            text.push(text.dialect.truth(false));
        }
        (Some(column), _) => {
            text.push(" AND ");
            text.column(scope.depth, scope.def, column);
            text.push(if trash == Trash::Live { " IS NULL" } else { " IS NOT NULL" });
        }
    }
}

/// Appends ` AND …` for a predicate; nothing when it is always true.
pub(crate) fn and_condition<'q>(text: &mut Text<'q>, scope: Scope, predicate: &'q Predicate) {
    match predicate {
        Predicate::And(all) => all.iter().for_each(|one| and_condition(text, scope, one)),
        one => {
            text.push(" AND ");
            condition(text, scope, one);
        }
    }
}

/// Appends a predicate as an expression that is true, false or null.
pub(crate) fn condition<'q>(text: &mut Text<'q>, scope: Scope, predicate: &'q Predicate) {
    match predicate {
        Predicate::And(all) => joined(text, scope, all, " AND ", true),
        Predicate::Or(any) => joined(text, scope, any, " OR ", false),
        Predicate::Not(one) => {
            text.push("NOT (");
            condition(text, scope, one);
            text.push(")");
        }
        Predicate::Compare(_, _, Value::Null) => text.push("NULL"),
        Predicate::Compare(column, comparison, value) => {
            text.column(scope.depth, scope.def, *column);
            text.push(operator(*comparison));
            text.bind(value);
        }
        Predicate::In(column, values) => list(text, scope, *column, values),
        Predicate::IsNull(column) => {
            text.column(scope.depth, scope.def, *column);
            text.push(" IS NULL");
        }
        Predicate::Match(column, place, sought) => matching(text, scope, *column, *place, sought),
        Predicate::Key(column, key, comparison, value) => keyed(text, scope, *column, key, *comparison, value),
        Predicate::KeyIsNull(column, key) => match text.dialect {
            Dialect::Sqlite => {
                text.push("coalesce(");
                json_part(text, scope, *column, key, "type");
                text.push(", 'null') = 'null'");
            }
            Dialect::Postgres => {
                text.push("coalesce(jsonb_typeof(");
                json_part(text, scope, *column, key, "value");
                text.push("), 'null') = 'null'");
            }
        },
        Predicate::Has(column, entry) => has(text, scope, *column, entry),
        Predicate::Through(column, def, predicate) => {
            let parent = Scope { def, depth: scope.depth + 1, live: true };
            text.push("EXISTS (SELECT 1 FROM ");
            text.table(def.table);
            text.push(&format!(" AS t{0} WHERE t{0}.org = ", parent.depth));
            text.placeholder(1);
            text.push(" AND ");
            text.column(parent.depth, def, def.id);
            text.push(" = ");
            text.column(scope.depth, scope.def, *column);
            and_trash(text, parent, Trash::Live);
            and_condition(text, parent, predicate);
            text.push(")");
        }
    }
}

fn joined<'q>(text: &mut Text<'q>, scope: Scope, parts: &'q [Predicate], between: &str, empty: bool) {
    if parts.is_empty() {
        return text.push(text.dialect.truth(empty));
    }
    text.push("(");
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            text.push(between);
        }
        condition(text, scope, part);
    }
    text.push(")");
}

fn list<'q>(text: &mut Text<'q>, scope: Scope, column: usize, values: &'q [Value]) {
    if values.is_empty() {
        return text.push(text.dialect.truth(false));
    }
    // A null in the list matches nothing, and must not turn "no" into "unknown".
    let values: Cow<'q, [Value]> = if values.iter().any(Value::is_null) {
        values.iter().filter(|value| !value.is_null()).cloned().collect()
    } else {
        Cow::Borrowed(values)
    };
    if values.is_empty() {
        text.push("(");
        text.column(scope.depth, scope.def, column);
        text.push(" IS NULL AND NULL)");
        return;
    }
    text.column(scope.depth, scope.def, column);
    if values.len() > LONGEST_SPELLED_LIST {
        text.push(match text.dialect {
            Dialect::Sqlite => " IN rarray(",
            Dialect::Postgres => " = ANY(",
        });
        text.bind(Bind::List(values));
        return text.push(")");
    }
    text.push(" IN (");
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            text.push(", ");
        }
        text.bind(value.clone());
    }
    text.push(")");
}

fn matching<'q>(text: &mut Text<'q>, scope: Scope, column: usize, place: Place, sought: &str) {
    let (dialect, depth, def) = (text.dialect, scope.depth, scope.def);
    match (place, dialect) {
        (Place::Start, _) => {
            // On Postgres these operators compare bytes, and row-level security trusts them with an index.
            let (from, to) = if dialect == Dialect::Postgres { (" ~>=~ ", " ~<~ ") } else { (" >= ", " < ") };
            text.push("(");
            text.column(depth, def, column);
            text.push(from);
            text.bind(Bind::text(sought));
            if let Some(end) = prefix::end_of(sought) {
                text.push(" AND ");
                text.column(depth, def, column);
                text.push(to);
                text.bind(Bind::text(end));
            }
            text.push(")");
        }
        (Place::End, Dialect::Sqlite) if sought.is_empty() => {
            text.column(depth, def, column);
            text.push(" >= ''");
        }
        (Place::End, Dialect::Sqlite) => {
            // As bytes: for text, SQLite counts characters only up to a NUL. Of an empty text there is no end.
            let own = text.aside(|text| text.column(depth, def, column));
            text.push(&format!("CASE WHEN {own} IS NOT NULL THEN coalesce(substr(CAST({own} AS BLOB), -"));
            text.push(&format!("{}), x'') = CAST(", sought.len()));
            text.bind(Bind::text(sought));
            text.push(" AS BLOB) END");
        }
        (Place::End, Dialect::Postgres) => {
            text.push("right(");
            text.column(depth, def, column);
            text.push(&format!(", {}) = ", sought.chars().count()));
            text.bind(Bind::text(sought));
        }
        (Place::Anywhere, Dialect::Sqlite) => {
            text.push("instr(");
            text.column(depth, def, column);
            text.push(", ");
            text.bind(Bind::text(sought));
            text.push(") > 0");
        }
        (Place::Anywhere, Dialect::Postgres) => {
            text.push("position(");
            text.bind(Bind::text(sought));
            text.push(" IN ");
            text.column(depth, def, column);
            text.push(") > 0");
        }
    }
}

/// Appends the type or the value of a key of a JSON object; null when it is not there.
fn json_part(text: &mut Text<'_>, scope: Scope, column: usize, key: &str, part: &str) {
    if text.dialect == Dialect::Postgres {
        text.push("(");
        text.column(scope.depth, scope.def, column);
        text.push(" -> ");
        text.bind(Bind::text(key));
        return text.push(")");
    }
    // A path cannot spell every key; walking the object can.
    if key.contains(|c: char| matches!(c, '"' | '\\') || c.is_control()) {
        text.push(&format!("(SELECT {part} FROM json_each("));
        text.column(scope.depth, scope.def, column);
        text.push(") WHERE key = ");
        text.bind(Bind::text(key));
        return text.push(")");
    }
    text.push(if part == "type" { "json_type(" } else { "json_extract(" });
    text.column(scope.depth, scope.def, column);
    text.push(", ");
    text.bind(Bind::text(format!("$.\"{key}\"")));
    text.push(")");
}

fn keyed<'q>(text: &mut Text<'q>, scope: Scope, column: usize, key: &str, comparison: Comparison, value: &'q Json) {
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
        (Dialect::Postgres, scalar) => {
            let (kind, cast) = match scalar {
                Json::Number(_) => ("number", "numeric"),
                Json::Bool(_) => ("boolean", "boolean"),
                _ => ("string", "text"),
            };
            text.push("CASE WHEN jsonb_typeof(");
            json_part(text, scope, column, key, "value");
            text.push(&format!(") = '{kind}' THEN ("));
            json_part(text, scope, column, key, "value");
            text.push(&format!(" #>> '{{}}')::{cast}{operator}"));
            match scalar {
                Json::Number(number) => match number.as_i64() {
                    Some(whole) => text.bind(Value::Int(whole)),
                    None => text.bind(Bind::Number(number.as_f64().unwrap_or(f64::NAN))),
                },
                Json::Bool(sought) => text.bind(Value::Bool(*sought)),
                other => text.bind(Bind::text(other.as_str().unwrap_or_default())),
            }
            text.push(" END");
        }
    }
}

fn has<'q>(text: &mut Text<'q>, scope: Scope, column: usize, entry: &str) {
    if scope.live && scope.def.tags == Some(column) {
        text.push("EXISTS (SELECT 1 FROM ");
        text.table("indexed_values");
        text.push(" AS tag WHERE tag.org = ");
        text.placeholder(1);
        text.push(" AND tag.kind = ");
        text.bind(Bind::text(scope.def.kind));
        text.push(" AND tag.field = 'tags' AND tag.value = ");
        text.bind(Bind::text(entry));
        text.push(" AND tag.record = ");
        text.column(scope.depth, scope.def, scope.def.id);
        return text.push(")");
    }
    match text.dialect {
        Dialect::Sqlite => {
            text.push("EXISTS (SELECT 1 FROM json_each(");
            text.column(scope.depth, scope.def, column);
            text.push(") AS entry WHERE entry.value = ");
            text.bind(Bind::text(entry));
            text.push(")");
        }
        Dialect::Postgres => {
            text.push("coalesce(");
            text.column(scope.depth, scope.def, column);
            text.push(" ? ");
            text.bind(Bind::text(entry));
            text.push(", FALSE)");
        }
    }
}
