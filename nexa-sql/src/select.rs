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
        plain(&mut text, query);
    }
    text.finish()
}

fn plain<'q>(text: &mut Text<'q>, query: &'q Select) {
    let scope = Scope::of(query.of, query.trash);
    let keys = order::keys(query);
    text.push("SELECT ");
    text.columns(0, query.of);
    from_where(text, query.of, query.trash, &query.filter);
    order::and_after(text, scope, &keys);
    order::order_by(text, &keys, |text, _, key| text.column(0, query.of, key.column));
    text.push(" LIMIT ");
    text.bind(Bind::int(query.limit));
}
