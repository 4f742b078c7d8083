//! A search by terms: best score first, then by id.

use nexa_kernel::{
    search::Sought,
    store::{Select, Trash},
    value::Value,
};

use crate::{
    predicate::and_condition,
    prefix,
    scope::{Scope, and_trash},
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
    match query.terms.as_slice() {
        [only] if all && query.after.is_none() && matches!(only.beginnings(), [(_, 0)]) => best_hits(text, query, only),
        _ if all => {
            text.push("SELECT record, score FROM (");
            hits(text, query);
            text.push(") AS found WHERE TRUE");
            rest(text, query);
        }
        _ => hits(text, query),
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

/// A record is rarely hit by more terms than these that begin with the same letters.
const TERMS_OF_A_RECORD: usize = 4;

/// Appends a statement that gives the first hits of one term in order. Many records have a term that begins with one letter;
/// the heaviest terms give the first of them, without grouping all, unless they are terms of too few records.
fn best_hits(text: &mut Text<'_>, query: &Select, term: &Sought) {
    let kind = text.hold(Bind::text(query.of.kind));
    let Some((beginning, _)) = term.beginnings().first() else { return };
    let range = Range::of(text, kind, beginning);
    let limit = text.hold(Bind::int(query.limit));
    let most = text.hold(Bind::int(query.limit.saturating_mul(TERMS_OF_A_RECORD)));
    text.push("WITH best AS MATERIALIZED (SELECT record, weight FROM ");
    range.push(text);
    text.push(" ORDER BY weight DESC, record LIMIT ");
    text.placeholder(most);
    text.push("), known AS MATERIALIZED (SELECT count(*) < ");
    text.placeholder(most);
    text.push(" OR count(DISTINCT record) >= ");
    text.placeholder(limit);
    text.push(" AS enough FROM best) SELECT record, max(weight) AS score FROM best WHERE (SELECT enough FROM known) GROUP BY record");
    text.push(" UNION ALL SELECT record, max(weight) AS score FROM ");
    range.push(text);
    text.push(" AND NOT (SELECT enough FROM known) GROUP BY record ORDER BY score DESC, record LIMIT ");
    text.placeholder(limit);
}

/// Appends a statement that gives the records with a term for one word, each with its best score.
fn hits_of(text: &mut Text<'_>, kind: usize, word: &Sought) {
    if let [(only, 0)] = word.beginnings() {
        let range = Range::of(text, kind, only);
        text.push("SELECT record, max(weight) AS score FROM ");
        range.push(text);
        return text.push(" GROUP BY record");
    }
    text.push("SELECT one.record AS record, max(one.weight) AS score FROM (");
    for (position, (beginning, more)) in word.beginnings().iter().enumerate() {
        let range = Range::of(text, kind, beginning);
        text.push(if position > 0 { " UNION ALL SELECT record, weight + " } else { "SELECT record, weight + " });
        text.push(&more.to_string());
        text.push(" AS weight FROM ");
        range.push(text);
    }
    text.push(") AS one GROUP BY one.record");
}

/// Where the terms of a kind are that begin with these letters; the binds by their numbers.
struct Range {
    kind: usize,
    start: usize,
    end: Option<usize>,
}

impl Range {
    fn of(text: &mut Text<'_>, kind: usize, term: &str) -> Self {
        let start = text.hold(Bind::text(term));
        Self { kind, start, end: prefix::end_of(term).map(|end| text.hold(Bind::text(end))) }
    }

    fn push(&self, text: &mut Text<'_>) {
        text.table("terms");
        for (condition, bind) in [
            (" WHERE org = ", Some(1)),
            (" AND kind = ", Some(self.kind)),
            (" AND term >= ", Some(self.start)),
            (" AND term < ", self.end),
        ] {
            if let Some(bind) = bind {
                text.push(condition);
                text.placeholder(bind);
            }
        }
    }
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
