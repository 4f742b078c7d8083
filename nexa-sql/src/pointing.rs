//! Records that point at a row.

use nexa_kernel::filter::Pointing;

use crate::{
    dialect::Dialect,
    scope::Scope,
    text::{Bind, Text},
};

/// Appends ` FROM … WHERE …` for the records that point at the row, by the index of the field that does.
pub(crate) fn from_pointing(text: &mut Text<'_>, scope: Scope, of: Scope, asked: &Pointing) {
    text.push(" FROM ");
    if asked.of.names_records(asked.column) {
        return named_in_lists(text, scope, of, asked);
    }
    text.table(asked.of.table);
    text.push(&format!(" AS t{0} WHERE t{0}.org = ", of.depth));
    text.placeholder(1);
    text.push(" AND ");
    text.column(of.depth, of.def, asked.column);
    text.push(" = ");
    text.column(scope.depth, scope.def, scope.def.id);
}

/// Appends the records whose list names the row, by the index of values, which has the entries of all rows.
fn named_in_lists(text: &mut Text<'_>, scope: Scope, of: Scope, asked: &Pointing) {
    let depth = of.depth;
    text.table("indexed_values");
    text.push(&format!(" AS e{depth} CROSS JOIN "));
    text.table(of.def.table);
    text.push(&format!(" AS t{depth} WHERE e{depth}.org = "));
    text.placeholder(1);
    text.push(&format!(" AND e{depth}.kind = "));
    text.bind(Bind::text(of.def.kind));
    text.push(&format!(" AND e{depth}.field = "));
    text.bind(Bind::text(of.def.columns.get(asked.column).map_or("", |column| column.path.as_str())));
    text.push(&format!(" AND e{depth}.value = "));
    text.bind(Bind::text(format!("{}:", scope.def.kind)));
    let id = text.aside(|text| text.column(scope.depth, scope.def, scope.def.id));
    text.push(&match text.dialect {
        Dialect::Sqlite => {
            let part = |from: usize, length: usize| format!("substr(hex({id}), {from}, {length})");
            let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
            format!(" || lower({})", parts.join(" || '-' || "))
        }
        Dialect::Postgres(_) => format!(" || {id}::text"),
    });
    text.push(&format!(" AND t{depth}.org = "));
    text.placeholder(1);
    text.push(" AND ");
    text.column(depth, of.def, of.def.id);
    text.push(&format!(" = e{depth}.record"));
}
