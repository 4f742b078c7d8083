//! The ledger's statements.

use std::collections::BTreeMap;

use nexa_kernel::{ledger::EventQuery, value::Value};
use uuid::Uuid;

use crate::{
    dialect::Dialect,
    text::{Bind, Statement, Text},
};

/// The columns of an event after the tenant, in the order of [`Event`](nexa_kernel::ledger::Event).
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

/// Takes salt, reason and payload out of events. Binds: the tenant, and the number of one on SQLite, the list of numbers on PostgreSQL.
pub fn erase_events(dialect: Dialect) -> String {
    let events = dialect.table("events");
    let (org, these) = match dialect {
        Dialect::Sqlite => ("?1", "?2"),
        Dialect::Postgres(_) => ("$1", "ANY($2::bigint[])"),
    };
    format!("UPDATE {events} SET salt = NULL, reason = NULL, payload = NULL WHERE org = {org} AND seq = {these}")
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
    let kinds = query.records.as_deref().filter(|records| records.len() != 1).map(by_kind);
    if let Some(kinds) = kinds.as_ref().filter(|_| dialect == Dialect::Sqlite) {
        // The join is in this order, so that the events of a few records are not sought among all.
        text.push("(");
        for (position, (kind, ids)) in kinds.iter().enumerate() {
            text.push(if position > 0 { " UNION ALL SELECT DISTINCT " } else { "SELECT DISTINCT " });
            text.bind(Bind::text(*kind));
            text.push(" AS wanted_kind, value AS wanted_record FROM rarray(");
            text.bind(ids_of(ids));
            text.push(")");
        }
        text.push(") AS wanted CROSS JOIN ");
    }
    text.table("events");
    text.push(" WHERE org = ");
    text.placeholder(1);
    if !query.backwards || query.after > 0 {
        text.push(if query.backwards { " AND seq < " } else { " AND seq > " });
        text.bind(Value::Int(i64::try_from(query.after).unwrap_or(i64::MAX)));
    }
    match (query.records.as_deref(), kinds) {
        (Some([(kind, record)]), _) => {
            text.push(" AND record = ");
            text.bind(Value::Uuid(*record));
            text.push(" AND kind = ");
            text.bind(Bind::text(*kind));
        }
        (_, None) => {}
        (_, Some(_)) if dialect == Dialect::Sqlite => text.push(" AND record = wanted_record AND kind = wanted_kind"),
        (_, Some(kinds)) => {
            // The index is asked for the records of all kinds at once; which kinds they are is read from what it finds.
            text.push(" AND record = ANY(");
            text.bind(ids_of(kinds.values().flatten()));
            // An empty list has no type of its own.
            text.push("::uuid[]) AND (");
            for (position, (kind, ids)) in kinds.iter().enumerate() {
                text.push(if position > 0 { " OR kind = " } else { "kind = " });
                text.bind(Bind::text(*kind));
                text.push(" AND record = ANY(");
                text.bind(ids_of(ids));
                text.push("::uuid[])");
            }
            text.push(")");
        }
    }
    if let Some(unit) = query.unit {
        text.push(" AND unit = ");
        text.bind(Value::Uuid(unit));
    }
    if let Some(cause) = &query.cause {
        text.push(" AND cause = ");
        text.bind(Value::Text(cause.clone()));
    }
    text.push(if query.backwards { " ORDER BY seq DESC LIMIT " } else { " ORDER BY seq LIMIT " });
    text.bind(Bind::int(query.limit));
    text.finish()
}

/// The ids of records by their kinds, in the order of the kinds; of nothing at least one kind, so that there is something
/// to ask for.
fn by_kind(records: &[(&'static str, Uuid)]) -> BTreeMap<&'static str, Vec<Uuid>> {
    let mut kinds: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
    if records.is_empty() {
        kinds.insert("", Vec::new());
    }
    for (kind, id) in records {
        kinds.entry(kind).or_default().push(*id);
    }
    kinds
}

fn ids_of<'q, 'i>(ids: impl IntoIterator<Item = &'i Uuid>) -> Bind<'q> {
    Bind::List(ids.into_iter().copied().map(Value::Uuid).collect())
}

/// Which of the bound ids any event names. Binds: the tenant, the list of ids.
pub fn recorded(dialect: Dialect) -> String {
    let events = dialect.table("events");
    match dialect {
        Dialect::Sqlite => format!(
            "SELECT DISTINCT asked.value FROM rarray(?2) AS asked \
             WHERE EXISTS (SELECT 1 FROM {events} WHERE org = ?1 AND record = asked.value)"
        ),
        // Id by id: one plan serves tenants of every size.
        Dialect::Postgres(_) => format!(
            "SELECT DISTINCT asked.id FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN LATERAL \
             (SELECT 1 FROM {events} WHERE org = $1 AND record = asked.id LIMIT 1) AS found"
        ),
    }
}
