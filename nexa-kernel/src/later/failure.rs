//! What a consumer or a timer could not do.

use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    error::{Error, Result},
    filter::{Comparison, Predicate},
    record::{Id, Record},
    store::{Select, SortKey},
    value::{Timestamp, Value},
};

/// How long a failure is kept.
const KEPT_DAYS: i64 = 30;

/// How many that are past their time go with a new one.
const EXPIRED_AT_ONCE: usize = 2;

/// Something that was due and could not be done; nothing of it was. Admins see it for 30 days.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(kind = "failure", table = "failures", access = system, bookkeeping, index("created_at"))]
pub struct Failure {
    /// The identifier.
    pub id: Id<Failure>,
    /// Always 1.
    pub version: i64,
    /// When it failed.
    pub created_at: Timestamp,
    /// When it failed.
    pub updated_at: Timestamp,
    /// The name of the consumer, or of what the timer was for.
    pub name: String,
    /// The number of the first event that the consumer was given.
    pub event: Option<i64>,
    /// The key of the timer.
    pub timer: Option<String>,
    /// When the timer was due.
    pub due_at: Option<Timestamp>,
    /// The code of the refusal.
    pub code: String,
    /// The sentence of the refusal.
    pub message: String,
}

/// Keeps what could not be done, and lets a few go that are past their time.
pub(crate) async fn record_failure(cx: &mut Context<'_>, failure: Failure, error: &Error) -> Result<()> {
    let def = Failure::def();
    let past = Value::Time(cx.now().plus_days(-KEPT_DAYS));
    let expired = Select {
        sort: vec![SortKey::of(def.created_at, false)],
        ..Select::all(def, EXPIRED_AT_ONCE).filtered(Predicate::Compare(def.created_at, Comparison::Le, past))
    };
    for row in cx.rows(&expired).await? {
        cx.remove_row(def, row.id(def));
    }
    let failure = Failure { code: error.code().to_owned(), message: error.message(), ..failure };
    cx.insert_by_rule(failure).await.map(|_| ())
}
