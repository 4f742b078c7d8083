//! Where the rows of a kind come from.

use nexa_kernel::{filter::Predicate, record::RecordDef, store::Trash};

use crate::{
    dialect::Dialect,
    indexed::{entries_of, entry, known},
    predicate::and_conditions,
    scope::{Scope, and_trash},
    text::Text,
};

/// Appends ` FROM … WHERE …` for the rows of a kind.
///
/// A custom field that the filter fixes leads: its entries are found first and the rows joined to them. Left to itself SQLite
/// would look every row of the tenant up in the index. `whole` reads the table as it lies, where nothing leads; `all` says that every
/// row is wanted that the filter selects, and not the first of them.
pub(crate) fn from_where<'q>(
    text: &mut Text<'q>,
    def: &'static RecordDef,
    trash: Trash,
    filter: &'q Predicate,
    whole: bool,
    all: bool,
) {
    let parts = filter.parts();
    let scope = Scope { every: all && parts.iter().all(|part| only_points(part)), ..Scope::of(def, trash) };
    let leading = parts.iter().copied().find(|part| known(scope, part));
    text.push(" FROM ");
    if let Some((field, values)) = leading.and_then(|leading| entries_of(def, leading)) {
        text.table("indexed_values");
        text.push(" AS entry CROSS JOIN ");
        text.table(def.table);
        text.push(" AS t0 WHERE ");
        entry(text, scope, &field, values);
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

/// Whether a predicate asks for nothing but what points at a row.
fn only_points(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Pointed(_) => true,
        Predicate::Not(one) => only_points(one),
        _ => false,
    }
}
