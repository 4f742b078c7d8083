//! A search by terms: best score first, then by id.

use nexa_core::kernel::{store::Select, value::Value};

use crate::{
    predicate::{Scope, and_condition, and_trash},
    prefix,
    text::{Bind, Text},
};

/// Renders a select that has terms.
pub(crate) fn render<'q>(text: &mut Text<'q>, query: &'q Select) {
    let scope = Scope::of(query.of, query.trash);
    text.push("SELECT ");
    text.columns(0, query.of);
    text.push(" FROM (SELECT part.record AS record, sum(part.weight) AS score FROM (");
    let kind = text.hold(Bind::text(query.of.kind));
    for (position, term) in query.terms.iter().enumerate() {
        if position > 0 {
            text.push(" UNION ALL ");
        }
        text.push("SELECT record, max(weight) AS weight FROM ");
        text.table("terms");
        text.push(" WHERE org = ");
        text.placeholder(1);
        text.push(" AND kind = ");
        text.placeholder(kind);
        text.push(" AND term >= ");
        text.bind(Bind::text(term));
        if let Some(end) = prefix::end_of(term) {
            text.push(" AND term < ");
            text.bind(Bind::text(end));
        }
        text.push(" GROUP BY record");
    }
    text.push(") AS part GROUP BY part.record HAVING count(*) = ");
    text.push(&query.terms.len().to_string());
    text.push(") AS found JOIN ");
    text.table(query.of.table);
    text.push(" AS t0 ON t0.org = ");
    text.placeholder(1);
    text.push(" AND ");
    text.column(0, query.of, query.of.id);
    text.push(" = found.record");
    and_trash(text, scope, query.trash);
    and_condition(text, scope, &query.filter);
    if let Some([score, id]) = query.after.as_deref() {
        after(text, score, id);
    }
    text.push(" ORDER BY found.score DESC, found.record LIMIT ");
    text.bind(Bind::int(query.limit));
}

fn after<'q>(text: &mut Text<'q>, score: &'q Value, id: &'q Value) {
    let score = text.hold(score);
    text.push(" AND found.score <= ");
    text.placeholder(score);
    text.push(" AND (found.score < ");
    text.placeholder(score);
    text.push(" OR found.record > ");
    text.bind(id);
    text.push(")");
}
