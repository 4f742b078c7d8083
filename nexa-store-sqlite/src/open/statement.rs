//! One statement of the host inside a transaction.

use std::time::Instant;

use nexa_kernel::{
    Error,
    error::Result,
    sql::{SQL_TOO_LARGE, SQL_TOO_LONG, Sql, SqlRows},
    store::open::{SQL_CONSTRAINT, SQL_FAILED, SQL_PROHIBITED, distinct},
};
use rusqlite::{Connection, ErrorCode, Statement};

use super::{
    guard::Guard,
    values::{Kind, bound, kind, read},
};
use crate::connection::Link;

/// The largest answer, in bytes.
const LARGEST_ANSWER: usize = 256 << 20;
/// So many steps of SQLite lie between two looks at the clock.
const STEPS: i32 = 10_000;

const TAKE_BACK: [&str; 2] = ["ROLLBACK TO nexa_sql", "RELEASE nexa_sql"];

/// Runs a statement under a savepoint.
pub(super) fn run(link: &Link<'_>, guard: &Guard, sql: &Sql) -> Result<SqlRows> {
    let failed = |failure: rusqlite::Error| link.failed(&failure);
    link.execute("SAVEPOINT nexa_sql").map_err(failed)?;
    let answered = limited(&link.db, sql, |db| {
        let _watching = guard.watch();
        answer(db, sql)
    });
    if answered.is_err() && !link.db.is_autocommit() {
        for statement in TAKE_BACK {
            link.execute(statement).map_err(failed)?;
        }
    }
    let answered = answered.map_err(|stopped| match stopped {
        Stopped::Refused(error) => error,
        Stopped::By(failure) => refused(link, guard, sql, &failure),
    })?;
    link.execute("RELEASE nexa_sql").map_err(failed)?;
    Ok(answered)
}

enum Stopped {
    By(rusqlite::Error),
    Refused(Error),
}

impl From<rusqlite::Error> for Stopped {
    fn from(failure: rusqlite::Error) -> Self {
        Self::By(failure)
    }
}

/// Runs something for as long as the statement may take. A browser has no clock to look at between two steps.
fn limited<T>(
    db: &Connection,
    sql: &Sql,
    work: impl FnOnce(&Connection) -> std::result::Result<T, Stopped>,
) -> std::result::Result<T, Stopped> {
    if cfg!(target_arch = "wasm32") {
        return work(db);
    }
    let (began, timeout) = (Instant::now(), sql.timeout);
    db.progress_handler(STEPS, Some(move || began.elapsed() > timeout))?;
    let done = work(db);
    db.progress_handler(0, None::<fn() -> bool>)?;
    done
}

fn answer(db: &Connection, sql: &Sql) -> std::result::Result<SqlRows, Stopped> {
    let mut statement = db.prepare(&sql.query)?;
    bind(&mut statement, sql)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    distinct(&columns).map_err(Stopped::Refused)?;
    let kinds = kinds(&statement);
    let changes = !statement.readonly();
    let before = db.total_changes();
    let mut answered = SqlRows::default();
    answered.columns = columns;
    let mut bytes = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if answered.rows.len() == sql.limit {
            return Err(Stopped::Refused(SQL_TOO_LARGE.with("limit", sql.limit).with("what", "rows")));
        }
        let mut values = Vec::with_capacity(kinds.len());
        for (position, kind) in kinds.iter().enumerate() {
            let value = read(*kind, row.get_ref(position)?);
            bytes += value.size();
            values.push(value);
        }
        if bytes > LARGEST_ANSWER {
            return Err(Stopped::Refused(SQL_TOO_LARGE.with("limit", LARGEST_ANSWER).with("what", "bytes")));
        }
        answered.rows.push(values);
    }
    // A statement that changes the schema leaves the number of the one before it.
    if changes && db.total_changes() != before {
        answered.changed = db.changes();
    }
    Ok(answered)
}

/// What the columns of an answer were declared as; SQLite in a browser is compiled without that.
fn kinds(statement: &Statement<'_>) -> Vec<Kind> {
    #[cfg(not(target_arch = "wasm32"))]
    return statement.columns().iter().map(|column| kind(column.decl_type())).collect();
    #[cfg(target_arch = "wasm32")]
    vec![kind(None); statement.column_count()]
}

/// Binds the parameters: in their order, and where a place is written `$2` or `?2` the second.
fn bind(statement: &mut Statement<'_>, sql: &Sql) -> std::result::Result<(), Stopped> {
    let wanted = statement.parameter_count();
    let number = |place: usize, statement: &Statement<'_>| {
        let name = statement.parameter_name(place).and_then(|name| name.strip_prefix('$'));
        name.map_or(Ok(place), |name| {
            let number = name.parse().ok().filter(|number| (1..=wanted).contains(number));
            number.ok_or_else(|| {
                Stopped::Refused(
                    SQL_FAILED.with("problem", format!("${name} is no place; write ? or $1, $2 and so on")),
                )
            })
        })
    };
    if wanted != sql.params.len() {
        let problem = format!("it has {wanted} places and {} parameters", sql.params.len());
        return Err(Stopped::Refused(SQL_FAILED.with("problem", problem)));
    }
    for place in 1..=wanted {
        let from = number(place, statement)?;
        if let Some(value) = sql.params.get(from - 1) {
            statement.raw_bind_parameter(place, bound(value))?;
        }
    }
    Ok(())
}

fn refused(link: &Link<'_>, guard: &Guard, sql: &Sql, failure: &rusqlite::Error) -> Error {
    if let Some(problem) = guard.denied() {
        return SQL_PROHIBITED.with("problem", problem);
    }
    match failure.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => SQL_TOO_LONG.with("seconds", sql.timeout.as_secs_f64()),
        Some(ErrorCode::ConstraintViolation) => SQL_CONSTRAINT.with("problem", said(failure)),
        Some(ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::ParameterOutOfRange | ErrorCode::TooBig)
        | Some(ErrorCode::AuthorizationForStatementDenied)
        | None => SQL_FAILED.with("problem", said(failure)),
        _ => link.failed(failure),
    }
}

/// What SQLite says of the caller's own text.
pub(super) fn said(failure: &rusqlite::Error) -> String {
    match failure {
        rusqlite::Error::SqlInputError { msg, .. } | rusqlite::Error::SqliteFailure(_, Some(msg)) => msg.clone(),
        rusqlite::Error::MultipleStatement => "it has several statements".to_owned(),
        other => other.to_string(),
    }
}
