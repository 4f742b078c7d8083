//! Rows by key.

use nexa_core::kernel::{record::RecordDef, store::Trash};
use uuid::Uuid;

use crate::{
    dialect::Dialect,
    predicate::{Scope, and_trash},
    text::Text,
};

/// The values that are looked for.
pub(crate) enum Keys {
    /// One, in the bind of this number.
    One(usize),
    /// A list in one bind.
    List(usize),
}

/// Rows whose column is one value, or one of a list; trashed ones included, in no order.
/// The first bind is the tenant, the second the value or the list.
pub fn load_by_key(dialect: Dialect, def: &'static RecordDef, column: usize, list: bool) -> String {
    let mut text = Text::new(dialect, Uuid::nil());
    let keys = if list { Keys::List(2) } else { Keys::One(2) };
    push_load(&mut text, def, column, &keys, |text| text.columns(0, def));
    text.finish().sql
}

/// Appends a load that answers these columns.
pub(crate) fn push_load(
    text: &mut Text<'_>,
    def: &'static RecordDef,
    column: usize,
    keys: &Keys,
    columns: impl Fn(&mut Text<'_>),
) {
    // Live and trashed rows have an index each where the column is unique.
    let split = def.deleted_at.is_some()
        && column != def.id
        && def.uniques.iter().any(|unique| unique.columns.first() == Some(&column));
    let marks: &[Trash] = if split { &[Trash::Live, Trash::Trashed] } else { &[Trash::Any] };
    let postgres = text.dialect.is_postgres();
    for (position, trash) in marks.iter().enumerate() {
        if position > 0 {
            text.push(" UNION ALL ");
        }
        text.push("SELECT ");
        columns(text);
        text.push(" FROM ");
        if let (Keys::List(bind), false) = (keys, postgres) {
            // The join is in this order, so that a list of any length is looked up key by key.
            text.push("(SELECT DISTINCT value FROM rarray(");
            text.placeholder(*bind);
            text.push(")) AS wanted CROSS JOIN ");
        }
        text.table(def.table);
        text.push(" AS t0 WHERE t0.org = ");
        text.placeholder(1);
        text.push(" AND ");
        text.column(0, def, column);
        match keys {
            Keys::List(_) if !postgres => text.push(" = wanted.value"),
            Keys::List(bind) => {
                text.push(" = ANY(");
                text.placeholder(*bind);
                text.push(")");
            }
            Keys::One(bind) => {
                text.push(" = ");
                text.placeholder(*bind);
            }
        }
        and_trash(text, Scope::of(def, *trash), *trash);
    }
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
