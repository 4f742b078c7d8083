//! A predicate as a condition, with the three-valued logic of its evaluation in memory.

use std::borrow::Cow;

use nexa_kernel::{
    filter::{Place, Pointing, Predicate},
    record::{ColumnType, RecordDef},
    store::Trash,
    value::Value,
};

use crate::{
    dialect::Dialect,
    document::{entries, has, key_is_null, keyed, names},
    indexed::{is_one_of, text_is_one_of},
    operator::{members, operator},
    pointing::from_pointing,
    prefix,
    scope::{Scope, and_trash},
    text::{Bind, Text},
};

/// Appends ` AND …` for a predicate; nothing when it is always true.
pub(crate) fn and_condition<'q>(text: &mut Text<'q>, scope: Scope, predicate: &'q Predicate) {
    and_conditions(text, scope, &predicate.parts());
}

/// The same for all of these.
pub(crate) fn and_conditions<'q>(text: &mut Text<'q>, scope: Scope, parts: &[&'q Predicate]) {
    if parts.len() > LONGEST_CHAIN {
        text.push(" AND (");
        balanced(text, scope, parts, " AND ");
        return text.push(")");
    }
    for part in parts {
        text.push(" AND ");
        condition(text, scope, part);
    }
}

/// Appends a predicate as an expression that is true, false or null.
pub(crate) fn condition<'q>(text: &mut Text<'q>, scope: Scope, predicate: &'q Predicate) {
    match predicate {
        Predicate::And(all) => joined(text, scope, all, " AND ", true),
        Predicate::Or(any) => joined(text, scope, any, " OR ", false),
        Predicate::Not(one) => {
            text.push("NOT (");
            condition(text, Scope { positive: false, ..scope }, one);
            text.push(")");
        }
        Predicate::Compare(_, _, Value::Null) => text.push("NULL"),
        Predicate::Compare(column, comparison, value) => {
            text.compared(scope.depth, scope.def, *column);
            text.push(operator(*comparison));
            text.comparand(value);
        }
        Predicate::In(column, values) => list(text, scope, *column, values),
        Predicate::IsNull(column) => {
            text.column(scope.depth, scope.def, *column);
            text.push(" IS NULL");
        }
        Predicate::Match(column, place, sought) => matching(text, scope, *column, *place, sought),
        Predicate::Key(column, key, comparison, value) => keyed(text, scope, *column, key, *comparison, value),
        Predicate::Indexed(..) => is_one_of(text, scope, predicate),
        Predicate::KeyIn(_, _, values) if values.is_empty() => text.push(text.dialect.truth(false)),
        Predicate::KeyIn(column, key, values) => text_is_one_of(text, scope, *column, key, values),
        Predicate::KeyIsNull(column, key) => key_is_null(text, scope, *column, key),
        Predicate::Has(column, entries) => has(text, scope, *column, entries),
        Predicate::Names(column, kinds) => names(text, scope, *column, kinds),
        Predicate::Through(column, def, predicate) if is_list(scope, *column) => {
            named_by_list(text, scope, *column, def, predicate);
        }
        Predicate::Through(column, def, predicate) => {
            let parent = Scope { def, depth: scope.depth + 1, live: true, positive: true, every: false };
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
        Predicate::Pointed(asked) => pointed(text, scope, asked),
    }
}

/// Appends whether enough live records point at the row and match: never null. Row by row, and no more are read than are asked for.
fn pointed<'q>(text: &mut Text<'q>, scope: Scope, asked: &'q Pointing) {
    let of = Scope { def: asked.of, depth: scope.depth + 1, live: true, positive: true, every: false };
    let one = asked.at_least <= 1;
    // For one, PostgreSQL finds the better way by itself.
    if scope.every && !(one && text.dialect.is_postgres()) && !is_list(of, asked.column) {
        return pointed_by_all(text, scope, of, asked);
    }
    // Not an OFFSET: below EXISTS, SQLite does not always skip so many rows.
    text.push(if one { "EXISTS (SELECT 1" } else { "(SELECT count(*) FROM (SELECT 1" });
    from_pointing(text, scope, of, asked);
    and_trash(text, of, Trash::Live);
    and_condition(text, of, &asked.filter);
    if one {
        return text.push(")");
    }
    let enough = text.hold(Bind::int(asked.at_least));
    text.push(" LIMIT ");
    text.placeholder(enough);
    text.push(&format!(") AS c{}) >= ", of.depth));
    text.placeholder(enough);
}

/// The same where all rows are looked at: what points is read once, rather than looked up for each row.
fn pointed_by_all<'q>(text: &mut Text<'q>, scope: Scope, of: Scope, asked: &'q Pointing) {
    text.column(scope.depth, scope.def, scope.def.id);
    text.push(" IN (SELECT ");
    text.column(of.depth, of.def, asked.column);
    text.push(" FROM ");
    text.table(of.def.table);
    text.push(&format!(" AS t{0} WHERE t{0}.org = ", of.depth));
    text.placeholder(1);
    text.push(" AND ");
    text.column(of.depth, of.def, asked.column);
    text.push(" IS NOT NULL");
    and_trash(text, of, Trash::Live);
    and_condition(text, of, &asked.filter);
    if asked.at_least > 1 {
        text.push(" GROUP BY ");
        text.column(of.depth, of.def, asked.column);
        text.push(" HAVING count(*) >= ");
        text.bind(Bind::int(asked.at_least));
    }
    text.push(")");
}

fn is_list(scope: Scope, column: usize) -> bool {
    scope.def.columns.get(column).is_some_and(|column| column.kind == ColumnType::List)
}

/// Appends whether a live record of a kind that a list names matches.
fn named_by_list<'q>(
    text: &mut Text<'q>,
    scope: Scope,
    column: usize,
    of: &'static RecordDef,
    predicate: &'q Predicate,
) {
    let named = Scope { def: of, depth: scope.depth + 1, live: true, positive: true, every: false };
    let depth = named.depth;
    text.push("EXISTS (SELECT 1 FROM ");
    entries(text, scope, column, &format!("e{depth}"));
    text.push(" CROSS JOIN ");
    text.table(of.table);
    text.push(&format!(" AS t{depth} WHERE t{depth}.org = "));
    text.placeholder(1);
    text.push(" AND ");
    text.column(depth, of, of.id);
    text.push(&match text.dialect {
        Dialect::Sqlite => {
            format!(" = unhex(e{depth}.value ->> '$.id', '-') AND e{depth}.value ->> '$.kind' = '{}'", of.kind)
        }
        // The id of a thing of the host may be anything.
        Dialect::Postgres(_) => {
            format!(" = CASE WHEN e{depth}.value ->> 'kind' = '{}' THEN (e{depth}.value ->> 'id')::uuid END", of.kind)
        }
    });
    and_trash(text, named, Trash::Live);
    and_condition(text, named, predicate);
    text.push(")");
}

fn joined<'q>(text: &mut Text<'q>, scope: Scope, parts: &'q [Predicate], between: &str, empty: bool) {
    if parts.is_empty() {
        return text.push(text.dialect.truth(empty));
    }
    text.push("(");
    let parts: Vec<&Predicate> = parts.iter().collect();
    balanced(text, scope, &parts, between);
    text.push(")");
}

/// The longest chain of conditions. SQLite takes expressions 1,000 deep, and a chain is as deep as it is long.
const LONGEST_CHAIN: usize = 64;

/// Appends conditions with AND or OR between them; many as a tree, which is hardly deep.
fn balanced<'q>(text: &mut Text<'q>, scope: Scope, parts: &[&'q Predicate], between: &str) {
    if parts.len() > LONGEST_CHAIN {
        let (left, right) = parts.split_at(parts.len() / 2);
        text.push("(");
        balanced(text, scope, left, between);
        text.push(")");
        text.push(between);
        text.push("(");
        balanced(text, scope, right, between);
        return text.push(")");
    }
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            text.push(between);
        }
        condition(text, scope, part);
    }
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
    text.compared(scope.depth, scope.def, column);
    members(text, values);
}

fn matching<'q>(text: &mut Text<'q>, scope: Scope, column: usize, place: Place, sought: &str) {
    let (dialect, depth, def) = (text.dialect, scope.depth, scope.def);
    match (place, dialect) {
        (Place::Start, _) => {
            // On Postgres these operators compare bytes, and row-level security trusts them with an index.
            let (from, to) = if dialect.is_postgres() { (" ~>=~ ", " ~<~ ") } else { (" >= ", " < ") };
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
        (Place::End, Dialect::Postgres(_)) => {
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
        (Place::Anywhere, Dialect::Postgres(_)) => {
            text.push("position(");
            text.bind(Bind::text(sought));
            text.push(" IN ");
            text.column(depth, def, column);
            text.push(") > 0");
        }
    }
}
