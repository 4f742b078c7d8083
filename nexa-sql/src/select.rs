//! A query for rows.

use std::ops::RangeInclusive;

use nexa_kernel::{store::Select, value::Value};
use uuid::Uuid;

use crate::{
    dialect::Dialect,
    from_where::from_where,
    index_ranges::{self, Plan},
    order,
    scope::Scope,
    search,
    text::{Bind, Statement, Text},
};

/// Renders a select; its rows have the columns of the definition in their order.
pub fn select<'q>(dialect: Dialect, org: Uuid, query: &'q Select) -> Statement<'q> {
    let mut text = Text::new(dialect, org);
    if !query.terms.is_empty() {
        search::render(&mut text, query);
    } else if let Some(plan) = Plan::of(query) {
        index_ranges::render(&mut text, query, &plan);
    } else {
        plain(&mut text, query);
    }
    text.finish()
}

/// Renders a query for rows without terms that answers these columns alone.
///
/// With `places` the rows between these row ids of SQLite are read as the table lies, where it would look each of
/// them up in an index of its own accord.
pub fn scan<'q>(
    dialect: Dialect,
    org: Uuid,
    query: &'q Select,
    columns: &[usize],
    places: Option<RangeInclusive<i64>>,
) -> Statement<'q> {
    let mut text = Text::new(dialect, org);
    text.push("SELECT ");
    for (position, column) in columns.iter().enumerate() {
        if position > 0 {
            text.push(", ");
        }
        text.column(0, query.of, *column);
    }
    if columns.is_empty() {
        text.push("1");
    }
    from_where(&mut text, query.of, query.trash, &query.filter, places.is_some(), false);
    if let Some(places) = places {
        text.push(" AND t0.rowid BETWEEN ");
        text.bind(Value::Int(*places.start()));
        text.push(" AND ");
        text.bind(Value::Int(*places.end()));
    }
    if !query.any_order() {
        ordered(&mut text, query);
    }
    text.finish()
}

fn plain<'q>(text: &mut Text<'q>, query: &'q Select) {
    text.push("SELECT ");
    text.columns(0, query.of);
    from_where(text, query.of, query.trash, &query.filter, false, false);
    ordered(text, query);
}

/// Appends the position, the order and the limit.
fn ordered<'q>(text: &mut Text<'q>, query: &'q Select) {
    let keys = order::keys(query);
    let scope = Scope::of(query.of, query.trash);
    order::and_after(text, scope, &keys);
    order::order_by(text, &keys, |text, _, key| order::expression(text, scope, key));
    text.push(" LIMIT ");
    text.bind(Bind::int(query.limit));
}
