//! Several loads of PostgreSQL in one statement: what is far away is asked once.

use std::collections::HashMap;

use nexa_core::kernel::record::RecordDef;
use uuid::Uuid;

use crate::{
    dialect::{Dialect, Namespace, element},
    load::{Keys, push_load},
    many::Rows,
    text::Text,
};

/// Loads of several kinds in one statement.
pub struct Together {
    /// The statement. Binds: the tenant, then for each load the value of its column, or an array of the values, each once. A
    /// row begins with the number of its load, a bigint.
    pub sql: String,
    /// For each load where the columns of its definition stand in a row.
    pub places: Vec<Vec<usize>>,
}

/// Renders loads by a column, each of one value or of any number. Columns of one type share their places, so that a row is
/// as wide as the widest kind.
pub fn load_together(namespace: Namespace, loads: &[(&'static RecordDef, usize, Rows)]) -> Together {
    // The number of the load comes first.
    let mut types = vec!["bigint"];
    let mut slots: HashMap<&'static str, Vec<usize>> = HashMap::new();
    let mut places = Vec::with_capacity(loads.len());
    for (def, ..) in loads {
        let mut taken: HashMap<&'static str, usize> = HashMap::new();
        let mut place = |kind: &'static str| {
            let nth = taken.entry(kind).or_default();
            let slots = slots.entry(kind).or_default();
            if slots.len() == *nth {
                slots.push(types.len());
                types.push(kind);
            }
            *nth += 1;
            slots.get(*nth - 1).copied().unwrap_or_default()
        };
        places.push(def.columns.iter().map(|column| place(element(column.kind))).collect::<Vec<usize>>());
    }
    let mut text = Text::new(Dialect::Postgres(namespace), Uuid::nil());
    for (number, ((def, column, values), places)) in loads.iter().zip(&places).enumerate() {
        if number > 0 {
            text.push(" UNION ALL ");
        }
        let mut held: Vec<Option<usize>> = vec![None; types.len()];
        for (column, place) in places.iter().enumerate() {
            if let Some(slot) = held.get_mut(*place) {
                *slot = Some(column);
            }
        }
        let keys = match values {
            Rows::One => Keys::One(number + 2),
            Rows::Many => Keys::List(number + 2),
        };
        push_load(&mut text, def, *column, &keys, |text| {
            text.push(&format!("{number}::bigint"));
            for (kind, column) in types.iter().zip(&held).skip(1) {
                text.push(", ");
                match column {
                    Some(column) => text.column(0, def, *column),
                    None => text.push(&format!("NULL::{kind}")),
                }
            }
        });
    }
    Together { sql: text.finish().sql, places }
}
