//! A search by terms: best score first, then by id.

use nexa_core::kernel::{
    store::{Select, Trash},
    value::Value,
};

use crate::{
    predicate::{Scope, and_condition, and_trash},
    prefix,
    text::{Bind, Text},
};

/// Renders a select that has terms.
pub(crate) fn render<'q>(text: &mut Text<'q>, query: &'q Select) {
    let scope = Scope::of(query.of, query.trash);
    // What is in the trash has no terms, so without a filter every hit is an answer. SQLite would fetch the rows of all
    // hits before it sorts them; PostgreSQL finds that out by itself.
    let all = query.trash != Trash::Trashed && query.filter.is_always() && !text.dialect.is_postgres();
    text.push("SELECT ");
    text.columns(0, query.of);
    text.push(" FROM (");
    if all {
        text.push("SELECT record, score FROM (");
    }
    hits(text, query);
    if all {
        text.push(") AS found WHERE TRUE");
        rest(text, query);
    }
    text.push(") AS found JOIN ");
    text.table(query.of.table);
    text.push(" AS t0 ON t0.org = ");
    text.placeholder(1);
    text.push(" AND ");
    text.column(0, query.of, query.of.id);
    text.push(" = found.record");
    and_trash(text, scope, query.trash);
    if all {
        text.push(" ORDER BY found.score DESC, found.record");
    } else {
        and_condition(text, scope, &query.filter);
        rest(text, query);
    }
}

/// Appends a statement that gives every hit with its score.
fn hits(text: &mut Text<'_>, query: &Select) {
    let kind = text.hold(Bind::text(query.of.kind));
    let [only] = query.terms.as_slice() else {
        text.push("SELECT part.record AS record, sum(part.score) AS score FROM (");
        for (position, term) in query.terms.iter().enumerate() {
            if position > 0 {
                text.push(" UNION ALL ");
            }
            hits_of(text, kind, term);
        }
        text.push(") AS part GROUP BY part.record HAVING count(*) = ");
        text.push(&query.terms.len().to_string());
        return;
    };
    hits_of(text, kind, only);
}

fn hits_of(text: &mut Text<'_>, kind: usize, term: &str) {
    text.push("SELECT record, max(weight) AS score FROM ");
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

/// Appends what comes after a position, in order, and how much of it.
fn rest<'q>(text: &mut Text<'q>, query: &'q Select) {
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
