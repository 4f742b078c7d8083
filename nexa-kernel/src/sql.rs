//! Questions in SQL for a host's own reports, where a storage has tables to ask.

use std::time::Duration;

use uuid::Uuid;

use super::{error::Code, value::Timestamp};

/// The SQL cannot be run as a question.
pub const SQL_REFUSED: Code =
    Code::invalid("sql.refused", "The SQL was not run ({problem}); ask one question with SELECT, which may only read.");
/// The answer is larger than the caller allows.
pub const SQL_TOO_LARGE: Code = Code::invalid(
    "sql.too_large",
    "The SQL answers more than {limit} {what}; select less, or name a LIMIT in it or a higher limit beside it.",
);
/// The question takes longer than the caller allows.
pub const SQL_TOO_LONG: Code = Code::invalid(
    "sql.too_long",
    "The SQL took longer than {seconds} seconds and was stopped; ask for less, or allow it more time.",
);

/// All of them.
pub const ALL: &[Code] = &[SQL_REFUSED, SQL_TOO_LARGE, SQL_TOO_LONG];

/// A value that is bound to a question, or answered.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SqlValue {
    /// No value.
    Null,
    /// A whole number. Moments are microseconds since 1970 in UTC, amounts are ten thousandths, yes is 1.
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// A text. Dates are texts such as `2025-11-17`.
    Text(String),
    /// An identifier of a record or a tenant.
    Id(Uuid),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Yes or no, where the storage has a type for it.
    Bool(bool),
    /// An exact number, such as `-12.50`, `NaN` or `Infinity`.
    Number(String),
    /// A moment.
    Moment(Timestamp),
    /// A date and a time of no time zone, such as `2025-11-17T09:15:00.5`.
    Local(String),
    /// A date, such as `2025-11-17`.
    Date(String),
    /// A time of day, such as `09:15:00.5`.
    TimeOfDay(String),
    /// A JSON document.
    Json(String),
}

impl SqlValue {
    /// How much memory it takes, in bytes.
    pub const fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Text(text)
                | Self::Number(text)
                | Self::Local(text)
                | Self::Date(text)
                | Self::TimeOfDay(text)
                | Self::Json(text) => text.len(),
                Self::Bytes(bytes) => bytes.len(),
                _ => 0,
            }
    }
}

/// A question in SQL, or a statement in a transaction.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sql {
    /// One SELECT, or any statement in a transaction, with `?` (on SQLite) or `$1` where a parameter is bound.
    pub query: String,
    /// The parameters, in the order of their places.
    pub params: Vec<SqlValue>,
    /// The tenant whose rows are there for the question; all tenants' rows, and the host's own tables, without one.
    pub org: Option<Uuid>,
    /// At most so many rows, 100,000 by default; beyond it `sql.too_large`.
    pub limit: usize,
    /// At most for so long, 30 seconds by default; beyond it `sql.too_long`.
    pub timeout: Duration,
}

impl Sql {
    /// A question about all tenants' rows.
    pub fn new(query: impl Into<String>) -> Self {
        Self { query: query.into(), params: Vec::new(), org: None, limit: 100_000, timeout: Duration::from_secs(30) }
    }
    /// The same with parameters.
    #[must_use]
    pub fn params(mut self, params: impl IntoIterator<Item = SqlValue>) -> Self {
        self.params = params.into_iter().collect();
        self
    }
    /// The same about one tenant's rows: those of others cannot be reached by any SQL.
    #[must_use]
    pub fn org(mut self, org: impl Into<Uuid>) -> Self {
        self.org = Some(org.into());
        self
    }
    /// The same with another limit of rows.
    #[must_use]
    pub const fn limit(mut self, rows: usize) -> Self {
        self.limit = rows;
        self
    }
    /// The same with another limit of time.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// What a question answers.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SqlRows {
    /// The names of the columns, as the SQL names them.
    pub columns: Vec<String>,
    /// The rows, each with a value per column.
    pub rows: Vec<Vec<SqlValue>>,
    /// How many rows the statement has changed.
    pub changed: u64,
}
