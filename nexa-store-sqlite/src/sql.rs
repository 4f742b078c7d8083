//! Questions in SQL, on connections that cannot write.

use std::{collections::HashSet, path::Path, sync::Arc, time::Instant};

use nexa_kernel::{
    Error,
    error::Result,
    sql::{SQL_REFUSED, SQL_TOO_LARGE, SQL_TOO_LONG, Sql, SqlRows, SqlValue},
};
use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    config::DbConfig,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
    params_from_iter,
    types::{Value, ValueRef},
};
use uuid::Uuid;

use crate::{failure, files::Files, reader::Readers};

/// The largest text or value that a question may make, in bytes.
const LARGEST_VALUE: i32 = 64 << 20;
/// The largest answer, in bytes.
const LARGEST_ANSWER: usize = 256 << 20;
/// With this begins the name under which a tenant's file is attached.
const ATTACHED: &str = "attached_file_";
/// So many digits follow in it.
const DIGITS: usize = 32;
/// So many steps of SQLite lie between two looks at the clock.
const STEPS: i32 = 10_000;

/// Answers a question on a connection of its own.
pub(crate) fn ask(readers: &Readers, question: &Sql) -> Result<SqlRows> {
    let db = match question.org {
        None => whole(readers)?,
        Some(org) => of_tenant(readers, org)?,
    };
    let began = Instant::now();
    let timeout = question.timeout;
    let ready = db
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
        .and_then(|_| db.progress_handler(STEPS, Some(move || began.elapsed() > timeout)));
    ready.map_err(|failure| refused(&readers.files, question, &failure))?;
    answer(&db, question).map_err(|stopped| match stopped {
        Stopped::By(failure) => refused(&readers.files, question, &failure),
        Stopped::Refused(error) => error,
    })
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

fn answer(db: &Connection, question: &Sql) -> std::result::Result<SqlRows, Stopped> {
    let mut statement = db.prepare(&question.query)?;
    if question.org.is_some() && statement.is_explain() > 0 {
        // It would show what the views are made of.
        return Err(Stopped::Refused(SQL_REFUSED.with("problem", "it asks how SQLite answers")));
    }
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let width = columns.len();
    let mut answered = SqlRows::default();
    answered.columns = columns;
    let mut bytes = 0;
    let mut rows = statement.query(params_from_iter(question.params.iter().map(bound)))?;
    while let Some(row) = rows.next()? {
        if answered.rows.len() == question.limit {
            let limit = SQL_TOO_LARGE.with("limit", question.limit).with("what", "rows");
            return Err(Stopped::Refused(limit));
        }
        let mut values = Vec::with_capacity(width);
        for position in 0..width {
            let value = read(row.get_ref(position)?);
            bytes += value.size();
            values.push(value);
        }
        if bytes > LARGEST_ANSWER {
            let limit = SQL_TOO_LARGE.with("limit", LARGEST_ANSWER).with("what", "bytes");
            return Err(Stopped::Refused(limit));
        }
        answered.rows.push(values);
    }
    Ok(answered)
}

fn bound(value: &SqlValue) -> Value {
    match value {
        SqlValue::Int(number) => Value::Integer(*number),
        SqlValue::Real(number) => Value::Real(*number),
        SqlValue::Text(text) => Value::Text(text.clone()),
        SqlValue::Id(id) => Value::Blob(id.as_bytes().to_vec()),
        SqlValue::Bytes(bytes) => Value::Blob(bytes.clone()),
        SqlValue::Bool(yes) => Value::Integer(i64::from(*yes)),
        SqlValue::Moment(moment) => Value::Integer(moment.micros()),
        SqlValue::Number(text)
        | SqlValue::Local(text)
        | SqlValue::Date(text)
        | SqlValue::TimeOfDay(text)
        | SqlValue::Json(text) => Value::Text(text.clone()),
        _ => Value::Null,
    }
}

fn read(value: ValueRef<'_>) -> SqlValue {
    match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(number) => SqlValue::Int(number),
        ValueRef::Real(number) => SqlValue::Real(number),
        ValueRef::Text(text) => SqlValue::Text(String::from_utf8_lossy(text).into_owned()),
        // What has the size of an identifier is one: nothing else that is stored has it, but for the salts of events.
        ValueRef::Blob(bytes) => Uuid::from_slice(bytes).map_or_else(|_| SqlValue::Bytes(bytes.to_vec()), SqlValue::Id),
    }
}

/// A connection to the whole file.
fn whole(readers: &Readers) -> Result<Connection> {
    let files = &readers.files;
    let open = || {
        let db = connect(readers, &files.database)?;
        db.pragma_update(None, "query_only", true)?;
        db.authorizer(Some(|asked: AuthContext<'_>| decide(reads(&asked.action))))?;
        Ok(db)
    };
    let db = open().map_err(|failure: rusqlite::Error| failure::error(&files.database, &failure))?;
    files.check()?;
    Ok(db)
}

fn connect(readers: &Readers, path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(readers.patience())?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    // As with every connection that reads.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(db)
}

/// A connection that has a tenant's rows under the names of the tables, and no way to the tables themselves.
///
/// The file is attached under a name that nobody knows, so no SQL can name a table in it. The views that show the tenant's rows may
/// read it: they are asked for under their own names, and a name that the SQL gives to a part of itself opens no more than they do.
fn of_tenant(readers: &Readers, org: Uuid) -> Result<Connection> {
    let files = &readers.files;
    let failed = |failure: rusqlite::Error| failure::error(&files.database, &failure);
    let open = || {
        let db = connect(readers, Path::new(":memory:"))?;
        let secret: String = db.query_row("SELECT ?1 || hex(randomblob(16))", [ATTACHED], |row| row.get(0))?;
        let path = files.database.to_string_lossy();
        db.execute(&format!("ATTACH ?1 AS {secret}"), [path.as_ref()])?;
        let sql = format!(
            "SELECT t.name FROM {secret}.sqlite_schema AS t WHERE t.type = 'table' AND t.name GLOB 'nexa_*' AND EXISTS \
             (SELECT 1 FROM pragma_table_info(t.name, '{secret}') WHERE name = 'org')"
        );
        let tables: HashSet<String> =
            db.prepare(&sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for table in &tables {
            let org = org.simple();
            db.execute_batch(&format!(
                "CREATE TEMP VIEW \"{table}\" AS SELECT * FROM {secret}.\"{table}\" WHERE org = X'{org}'"
            ))?;
        }
        db.pragma_update(None, "query_only", true)?;
        db.authorizer(Some(move |asked: AuthContext<'_>| {
            let AuthAction::Read { table_name, .. } = asked.action else { return decide(reads(&asked.action)) };
            let view = tables.contains(table_name);
            decide(match asked.database_name {
                None | Some("temp") => view,
                Some(name) => view && name == secret && asked.accessor == Some(table_name),
            })
        }))?;
        Ok(db)
    };
    let db = open().map_err(failed)?;
    // A file that has come in the place of ours is not read as if it were ours.
    files.check()?;
    Ok(db)
}

/// What a question does; everything else is denied.
fn reads(action: &AuthAction<'_>) -> bool {
    match action {
        AuthAction::Select | AuthAction::Read { .. } | AuthAction::Recursive => true,
        AuthAction::Function { function_name } => !function_name.eq_ignore_ascii_case("load_extension"),
        _ => false,
    }
}

const fn decide(allowed: bool) -> Authorization {
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

fn refused(files: &Arc<Files>, question: &Sql, failure: &rusqlite::Error) -> Error {
    match failure.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => SQL_TOO_LONG.with("seconds", question.timeout.as_secs_f64()),
        Some(ErrorCode::Unknown | ErrorCode::AuthorizationForStatementDenied | ErrorCode::TypeMismatch)
        | Some(ErrorCode::ParameterOutOfRange | ErrorCode::TooBig | ErrorCode::ReadOnly)
        | None => SQL_REFUSED.with("problem", said(failure)),
        _ => failure::error(&files.database, failure),
    }
}

/// What SQLite says of the caller's own text.
fn said(failure: &rusqlite::Error) -> String {
    match failure {
        rusqlite::Error::SqlInputError { msg, .. } | rusqlite::Error::SqliteFailure(_, Some(msg)) => {
            without_secret(msg)
        }
        rusqlite::Error::MultipleStatement => "it has several statements".to_owned(),
        rusqlite::Error::InvalidParameterCount(given, wanted) => {
            format!("it has {wanted} places and {given} parameters")
        }
        other => other.to_string(),
    }
}

/// A sentence of SQLite without the name of the attached file: `access to nexa_jobs.title is prohibited`.
fn without_secret(said: &str) -> String {
    let mut shown = String::with_capacity(said.len());
    let mut rest = said;
    while let Some((before, after)) = rest.split_once(ATTACHED) {
        shown.push_str(before);
        let digits = after.get(..DIGITS).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| after.strip_prefix(digits)) {
            Some(after) => rest = after.strip_prefix('.').unwrap_or(after),
            None => {
                shown.push_str(ATTACHED);
                rest = after;
            }
        }
    }
    shown + rest
}
