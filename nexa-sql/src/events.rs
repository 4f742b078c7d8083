//! The ledger's statements.

use nexa_core::kernel::{ledger::EventQuery, value::Value};
use uuid::Uuid;

use crate::{
    dialect::Dialect,
    text::{Bind, Statement, Text},
};

/// The columns of an event after the tenant, in the order of [`Event`](nexa_core::kernel::ledger::Event).
pub const EVENT_COLUMNS: &[&str] = &[
    "seq",
    "unit",
    "at",
    "actor",
    "on_behalf_of",
    "cause",
    "request",
    "command",
    "verb",
    "kind",
    "record",
    "format",
    "digest",
    "salt",
    "reason",
    "payload",
    "hash",
];

/// Inserts an event. Binds: the tenant, then [`EVENT_COLUMNS`].
pub fn insert_event(dialect: Dialect) -> String {
    let mut sql = format!("INSERT INTO {} (org, {}) VALUES (", dialect.table("events"), EVENT_COLUMNS.join(", "));
    for number in 1..=EVENT_COLUMNS.len() + 1 {
        if number > 1 {
            sql.push_str(", ");
        }
        dialect.placeholder(&mut sql, number);
    }
    sql.push(')');
    sql
}

/// Reads a tenant's head: seq, at, head.
pub fn read_head(dialect: Dialect) -> String {
    let mut sql = format!("SELECT seq, at, head FROM {} WHERE org = ", dialect.table("ledger"));
    dialect.placeholder(&mut sql, 1);
    sql
}

/// Writes a tenant's head. Binds: the tenant, seq, at, head.
pub fn write_head(dialect: Dialect) -> String {
    let mut sql = format!("INSERT INTO {} (org, seq, at, head) VALUES (", dialect.table("ledger"));
    for number in 1..=4 {
        if number > 1 {
            sql.push_str(", ");
        }
        dialect.placeholder(&mut sql, number);
    }
    sql.push_str(") ON CONFLICT (org) DO UPDATE SET seq = excluded.seq, at = excluded.at, head = excluded.head");
    sql
}

/// Events in the order of the ledger, or against it; the rows have [`EVENT_COLUMNS`].
pub fn events<'q>(dialect: Dialect, org: Uuid, query: &EventQuery) -> Statement<'q> {
    let mut text = Text::new(dialect, org);
    text.push("SELECT ");
    text.push(&EVENT_COLUMNS.join(", "));
    text.push(" FROM ");
    let records = match query.records.as_deref() {
        None | Some([_]) => None,
        Some(several) => Some(text.hold(Bind::List(several.iter().copied().map(Value::Uuid).collect()))),
    };
    if let Some(records) = records.filter(|_| dialect == Dialect::Sqlite) {
        // The join is in this order, so that the events of a few records are not sought among all.
        text.push("(SELECT DISTINCT value FROM rarray(");
        text.placeholder(records);
        text.push(")) AS wanted CROSS JOIN ");
    }
    text.table("events");
    text.push(" WHERE org = ");
    text.placeholder(1);
    if !query.backwards || query.after > 0 {
        text.push(if query.backwards { " AND seq < " } else { " AND seq > " });
        text.bind(Value::Int(i64::try_from(query.after).unwrap_or(i64::MAX)));
    }
    match (query.records.as_deref(), records) {
        (Some([record]), _) => {
            text.push(" AND record = ");
            text.bind(Value::Uuid(*record));
        }
        (_, None) => {}
        (_, Some(_)) if dialect == Dialect::Sqlite => text.push(" AND record = wanted.value"),
        (_, Some(records)) => {
            text.push(" AND record = ANY(");
            text.placeholder(records);
            // An empty list has no type of its own.
            text.push("::uuid[])");
        }
    }
    text.push(if query.backwards { " ORDER BY seq DESC LIMIT " } else { " ORDER BY seq LIMIT " });
    text.bind(Bind::int(query.limit));
    text.finish()
}
