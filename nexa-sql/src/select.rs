//! A query for rows.

use nexa_core::kernel::store::Select;
use uuid::Uuid;

use crate::{
    dialect::Dialect,
    indexed::from_where,
    merged::{self, Plan},
    order,
    predicate::Scope,
    search,
    text::{Bind, Statement, Text},
};

/// Renders a select; its rows have the columns of the definition in their order.
pub fn select<'q>(dialect: Dialect, org: Uuid, query: &'q Select) -> Statement<'q> {
    let mut text = Text::new(dialect, org);
    if !query.terms.is_empty() {
        search::render(&mut text, query);
    } else if let Some(plan) = Plan::of(query) {
        merged::render(&mut text, query, &plan);
    } else {
        plain(&mut text, query, |text| text.columns(0, query.of));
    }
    text.finish()
}

/// Renders a query for rows without terms that answers these columns alone.
pub fn scan<'q>(dialect: Dialect, org: Uuid, query: &'q Select, columns: &[usize]) -> Statement<'q> {
    let mut text = Text::new(dialect, org);
    plain(&mut text, query, |text| {
        for (position, column) in columns.iter().enumerate() {
            if position > 0 {
                text.push(", ");
            }
            text.column(0, query.of, *column);
        }
        if columns.is_empty() {
            text.push("1");
        }
    });
    text.finish()
}

fn plain<'q>(text: &mut Text<'q>, query: &'q Select, columns: impl FnOnce(&mut Text<'q>)) {
    let scope = Scope::of(query.of, query.trash);
    let keys = order::keys(query);
    text.push("SELECT ");
    columns(text);
    from_where(text, query.of, query.trash, &query.filter);
    order::and_after(text, scope, &keys);
    order::order_by(text, &keys, |text, _, key| text.column(0, query.of, key.column));
    text.push(" LIMIT ");
    text.bind(Bind::int(query.limit));
}
