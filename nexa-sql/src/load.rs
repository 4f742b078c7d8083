//! Rows by key.

use nexa_kernel::{
    record::{Address, EMAIL_SYSTEM, PHONE_FIELD, RecordDef},
    store::Trash,
};
use uuid::Uuid;

use crate::{
    dialect::{Dialect, element},
    scope::{Scope, and_trash},
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
/// The first bind is the tenant, the second the value or the list, which on PostgreSQL has each value once.
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
    if let Some(address) = def.address(column) {
        return push_known_by(text, def, address, keys, columns);
    }
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
        // A list of any length is looked up value by value, whatever the server thinks that it knows of the table.
        match keys {
            Keys::List(bind) if postgres => {
                let kind = def.columns.get(column).map_or("uuid", |column| element(column.kind));
                text.push("unnest(");
                text.placeholder(*bind);
                text.push(&format!("::{kind}[]) AS wanted (value) CROSS JOIN LATERAL (SELECT * FROM "));
            }
            Keys::List(bind) => {
                text.push("(SELECT DISTINCT value FROM rarray(");
                text.placeholder(*bind);
                text.push(")) AS wanted CROSS JOIN ");
            }
            Keys::One(_) => {}
        }
        text.table(def.table);
        text.push(" AS t0 WHERE t0.org = ");
        text.placeholder(1);
        text.push(" AND ");
        text.column(0, def, column);
        match keys {
            Keys::List(_) => text.push(" = wanted.value"),
            Keys::One(bind) => {
                text.push(" = ");
                text.placeholder(*bind);
            }
        }
        and_trash(text, Scope::of(def, *trash), *trash);
        if postgres && matches!(keys, Keys::List(_)) {
            text.push(ONE_BY_ONE);
            text.push(" AS t0");
        }
    }
}

/// Appends a load of the rows that are known under an address, or name a record in the list of what they are about.
fn push_known_by(
    text: &mut Text<'_>,
    def: &'static RecordDef,
    address: Address,
    keys: &Keys,
    columns: impl Fn(&mut Text<'_>),
) {
    let (table, of, value) = match address {
        Address::Email => ("external_keys", format!("system = '{EMAIL_SYSTEM}'"), "key"),
        Address::Phone => ("indexed_values", format!("field = '{PHONE_FIELD}'"), "value"),
        Address::Topic => {
            let list = def.topics().and_then(|column| def.columns.get(column));
            ("indexed_values", format!("field = '{}'", list.map_or("", |list| &list.path)), "value")
        }
    };
    let postgres = text.dialect.is_postgres();
    text.push("SELECT ");
    columns(text);
    text.push(" FROM ");
    if let Keys::List(bind) = keys {
        text.push(if postgres { "unnest(" } else { "(SELECT DISTINCT value FROM rarray(" });
        text.placeholder(*bind);
        text.push(if postgres {
            "::text[]) AS wanted (value) CROSS JOIN LATERAL "
        } else {
            ")) AS wanted CROSS JOIN "
        });
    }
    if postgres {
        text.push("(SELECT * FROM ");
    }
    text.table(table);
    text.push(" AS entry");
    text.push(if postgres { " WHERE " } else { " CROSS JOIN " });
    if !postgres {
        text.table(def.table);
        text.push(" AS t0 WHERE ");
    }
    text.push("entry.org = ");
    text.placeholder(1);
    text.push(&format!(" AND entry.kind = '{}' AND entry.{of} AND entry.{value} = ", def.kind.replace('\'', "''")));
    match keys {
        Keys::List(_) => text.push("wanted.value"),
        Keys::One(bind) => text.placeholder(*bind),
    }
    if postgres {
        text.push(ONE_BY_ONE);
        text.push(" AS entry CROSS JOIN LATERAL (SELECT * FROM ");
        text.table(def.table);
        text.push(" AS t0 WHERE ");
    } else {
        text.push(" AND ");
    }
    text.push("t0.org = ");
    text.placeholder(1);
    text.push(" AND ");
    text.column(0, def, def.id);
    text.push(" = entry.record");
    let trash = if address == Address::Topic { Trash::Any } else { Trash::Live };
    and_trash(text, Scope::of(def, trash), trash);
    if postgres {
        text.push(ONE_BY_ONE);
        text.push(" AS t0");
    }
}

/// Ends a question that PostgreSQL has to ask for each value by itself: it does not turn it into a join.
pub(crate) const ONE_BY_ONE: &str = " OFFSET 0)";

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
