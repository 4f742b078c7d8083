//! Rows by key.

use nexa_core::kernel::record::RecordDef;
use uuid::Uuid;

use crate::{
    dialect::Dialect,
    predicate::{Scope, and_trash},
    text::Text,
};
use nexa_core::kernel::store::Trash;

/// Rows whose column is one value, or one of a list; trashed ones included, in the order of their ids.
/// The first bind is the tenant, the second the value or the list.
pub fn load_by_key(dialect: Dialect, def: &'static RecordDef, column: usize, list: bool) -> String {
    let mut text = Text::new(dialect, Uuid::nil());
    // Live and trashed rows have an index each where the column is unique.
    let split = def.deleted_at.is_some()
        && column != def.id
        && def.uniques.iter().any(|unique| unique.columns.first() == Some(&column));
    let marks: &[Trash] = if split { &[Trash::Live, Trash::Trashed] } else { &[Trash::Any] };
    for (position, trash) in marks.iter().enumerate() {
        if position > 0 {
            text.push(" UNION ALL ");
        }
        text.push("SELECT ");
        text.columns(0, def);
        text.push(" FROM ");
        text.table(def.table);
        text.push(" AS t0 WHERE t0.org = ");
        text.placeholder(1);
        text.push(" AND ");
        text.column(0, def, column);
        text.push(match (list, dialect) {
            (false, _) => " = ",
            (true, Dialect::Sqlite) => " IN rarray(",
            (true, Dialect::Postgres) => " = ANY(",
        });
        text.placeholder(2);
        text.push(if list { ")" } else { "" });
        and_trash(&mut text, Scope::of(def, *trash), *trash);
    }
    // One id is one row.
    if list || column != def.id {
        text.push(&format!(" ORDER BY {}", def.id + 1));
    }
    text.finish().sql
}

/// The live row with an external key. Binds: the tenant, the kind, the system, the key.
pub fn load_external(dialect: Dialect, def: &'static RecordDef) -> String {
    let mut text = Text::new(dialect, Uuid::nil());
    text.push("SELECT ");
    text.columns(0, def);
    text.push(" FROM ");
    text.table("external_keys");
    text.push(" AS named CROSS JOIN ");
    text.table(def.table);
    text.push(" AS t0 WHERE named.org = ");
    text.placeholder(1);
    for (position, column) in ["kind", "system", "key"].into_iter().enumerate() {
        text.push(&format!(" AND named.{column} = "));
        text.placeholder(position + 2);
    }
    text.push(" AND t0.org = ");
    text.placeholder(1);
    text.push(" AND ");
    text.column(0, def, def.id);
    text.push(" = named.record");
    and_trash(&mut text, Scope::of(def, Trash::Live), Trash::Live);
    text.finish().sql
}
