//! One statement of the host inside a transaction.

use std::sync::{Arc, atomic::Ordering};

use futures_util::TryStreamExt;
use nexa_kernel::{
    Error,
    sql::{SQL_TOO_LARGE, SQL_TOO_LONG, Sql, SqlRows},
    store::open::{ENDED, SQL_CONSTRAINT, SQL_FAILED, SQL_PROHIBITED, distinct},
};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column, Either, Executor, PgConnection, Row,
    postgres::{PgArguments, PgRow},
    query_with, raw_sql,
};
use uuid::Uuid;

use super::{parameter::Parameter, values::read};
use crate::{
    codes,
    failure::{self, Class},
    shared::Shared,
};

/// The largest answer, in bytes.
const LARGEST_ANSWER: usize = 256 << 20;

/// What a statement begins with that neither ends the transaction nor changes the connection.
const ALLOWED: [&str; 19] = [
    "select", "insert", "update", "delete", "merge", "with", "values", "table", "create", "alter", "drop", "truncate",
    "comment", "lock", "explain", "refresh", "call", "do", "grant",
];
/// Those of them that change no row.
const READING: [&str; 5] = ["select", "values", "table", "explain", "lock"];

/// Why a statement was not run.
pub(super) struct Stopped {
    pub(super) error: Error,
    /// Whether the transaction can go on.
    pub(super) usable: bool,
}

/// Runs a statement under a savepoint.
pub(super) async fn run(db: &mut PgConnection, shared: &Arc<Shared>, sql: Sql) -> Result<SqlRows, Stopped> {
    let refused = |error| Stopped { error, usable: true };
    let word = first_word(&sql.query);
    if !ALLOWED.contains(&word.as_str()) {
        let problem = match word.as_str() {
            "" => "it is empty".to_owned(),
            word => format!("{} may begin or end a transaction, or change the connection", word.to_uppercase()),
        };
        return Err(refused(SQL_PROHIBITED.with("problem", problem)));
    }
    let mut arguments = PgArguments::default();
    for value in &sql.params {
        let added = arguments.add(Parameter(value.clone()));
        added.map_err(|problem| refused(SQL_FAILED.with("problem", problem.to_string())))?;
    }
    let trips = &shared.server.trips;
    trips.fetch_add(3, Ordering::Relaxed);
    let limit = sql.timeout.as_millis().clamp(1, i32::MAX.unsigned_abs().into());
    simple(db, format!("SAVEPOINT nexa_sql; SET LOCAL statement_timeout = {limit}")).await?;
    let answered = answer(db, &sql, &word, arguments).await;
    if answered.is_err() {
        simple(db, "ROLLBACK TO SAVEPOINT nexa_sql; RELEASE SAVEPOINT nexa_sql".to_owned()).await?;
    } else {
        // There is such a savepoint in our own transaction alone.
        simple(db, "SET LOCAL statement_timeout TO DEFAULT; RELEASE SAVEPOINT nexa_sql".to_owned()).await?;
    }
    answered.map_err(refused)
}

/// Runs statements of ours; where they fail the transaction is not what it was.
async fn simple(db: &mut PgConnection, sql: String) -> Result<(), Stopped> {
    let ran = raw_sql(AssertSqlSafe(sql)).execute(db).await;
    ran.map(|_| ()).map_err(|problem| {
        let failure = failure::of(&problem, Uuid::nil());
        let error = if failure.class == Class::Lost { failure.error } else { ENDED.error().caused_by(&problem) };
        Stopped { error, usable: false }
    })
}

async fn answer(db: &mut PgConnection, sql: &Sql, word: &str, arguments: PgArguments) -> Result<SqlRows, Error> {
    // Without a name: the host's tables may be changed, and a statement that was prepared before would not fit them.
    let query = query_with(AssertSqlSafe(sql.query.clone()), arguments).persistent(false);
    let mut answers = db.fetch_many(query);
    let mut answered = SqlRows::default();
    let (mut bytes, mut changed) = (0, 0);
    while let Some(next) = answers.try_next().await.map_err(|problem| refused(sql, &problem))? {
        match next {
            Either::Left(ended) => changed = ended.rows_affected(),
            Either::Right(row) => {
                if answered.rows.is_empty() {
                    answered.columns = names(&row)?;
                }
                if answered.rows.len() == sql.limit {
                    return Err(SQL_TOO_LARGE.with("limit", sql.limit).with("what", "rows"));
                }
                let mut values = Vec::with_capacity(answered.columns.len());
                for (position, name) in answered.columns.iter().enumerate() {
                    let value = read(&row, position).map_err(|kind| {
                        let problem = format!("{name} is of type {kind}; cast it to one such as text or json");
                        SQL_FAILED.with("problem", problem)
                    })?;
                    bytes += value.size();
                    values.push(value);
                }
                if bytes > LARGEST_ANSWER {
                    return Err(SQL_TOO_LARGE.with("limit", LARGEST_ANSWER).with("what", "bytes"));
                }
                answered.rows.push(values);
            }
        }
    }
    let reads = READING.contains(&word) || word == "with" && !answered.rows.is_empty();
    answered.changed = if reads { 0 } else { changed };
    Ok(answered)
}

fn names(row: &PgRow) -> Result<Vec<String>, Error> {
    let names: Vec<String> = row.columns().iter().map(|column| column.name().to_owned()).collect();
    distinct(&names)?;
    Ok(names)
}

fn refused(sql: &Sql, problem: &sqlx::Error) -> Error {
    let state = match problem {
        sqlx::Error::Database(database) => database.code().unwrap_or_default().into_owned(),
        _ => String::new(),
    };
    let said = || said(problem);
    match state.as_str() {
        "57014" => SQL_TOO_LONG.with("seconds", sql.timeout.as_secs_f64()),
        "55P03" | "40P01" | "40001" => codes::ROW_LOCKED.error().caused_by(problem),
        // Other places than parameters.
        "08P01" => SQL_FAILED.with("problem", said()),
        "42501" if said().contains("row-level security") => SQL_PROHIBITED.with("problem", said()),
        state if state.starts_with("23") => SQL_CONSTRAINT.with("problem", said()),
        state if ["0A", "21", "22", "2B", "2D", "42", "44", "P0"].iter().any(|class| state.starts_with(class)) => {
            SQL_FAILED.with("problem", said())
        }
        _ => failure::failed(problem),
    }
}

/// What the server says of the caller's own text.
pub(super) fn said(problem: &sqlx::Error) -> String {
    match problem {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    }
}

/// The word that a statement begins with, behind comments, in small letters; `select` for a parenthesis.
fn first_word(sql: &str) -> String {
    let mut rest = sql.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after).trim_start();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = after_comment(comment).trim_start();
        } else if let Some(inner) = rest.strip_prefix('(') {
            rest = inner.trim_start();
        } else {
            return rest.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        }
    }
}

/// What follows a comment, which may have others in it.
fn after_comment(mut rest: &str) -> &str {
    let mut depth = 1;
    while depth > 0 {
        let (Some(end), open) = (rest.find("*/"), rest.find("/*")) else { return "" };
        let (at, change) = match open {
            Some(open) if open < end => (open, 1),
            _ => (end, -1),
        };
        depth += change;
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    rest
}
