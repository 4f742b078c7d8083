//! Which tenants have something due.

use nexa_kernel::{
    agenda::{Agenda, DueRequest},
    record::Record,
    value::Value,
};

use crate::{dialect::Dialect, literal::literal};

/// The tenants in which something is due, each with the moment in microseconds since when, as
/// [`Agenda::due_since`](nexa_kernel::agenda::Agenda::due_since) says. It has no binds: what it compares with is the host's own.
pub fn due(dialect: Dialect, asked: &DueRequest) -> String {
    let (ledger, agendas) = (dialect.table("ledger"), dialect.table(Agenda::def().table));
    let consumers = literal(dialect, &Value::Text(asked.consumers.clone()));
    let behind = match asked.consumers.is_empty() {
        true => dialect.truth(false).to_owned(),
        false => format!(
            "coalesce(a.read_to < l.seq OR a.consumers IS NULL OR a.consumers <> {consumers}, {})",
            dialect.truth(true)
        ),
    };
    let (micros, least) = match dialect {
        Dialect::Sqlite => ("a.due_at".to_owned(), "min"),
        Dialect::Postgres(_) => ("(extract(epoch FROM a.due_at) * 1000000)::bigint".to_owned(), "least"),
    };
    let (now, limit) = (asked.now.micros(), asked.limit);
    // A timer that is not there, or not due, is as late as now.
    format!(
        "SELECT org, moment FROM (SELECT l.org AS org, CASE WHEN {behind} THEN {least}(l.at, coalesce({micros}, {now}), {now}) \
         ELSE {micros} END AS moment FROM {ledger} AS l LEFT JOIN {agendas} AS a ON a.org = l.org AND a.id = l.org \
         WHERE l.seq > 0 AND ({behind} OR {micros} <= {now})) AS found ORDER BY moment, org LIMIT {limit}"
    )
}
