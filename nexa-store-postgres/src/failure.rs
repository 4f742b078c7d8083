//! What the server reports, as an error of this crate, with what to do about it.

use nexa_core::{Error, kernel::error::codes as kernel};
use uuid::Uuid;

use crate::codes;

/// What a failure calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// A constraint was violated: find out which change did it, one at a time.
    Constraint,
    /// Another transaction was in the way: run again.
    Serialization,
    /// The connection is gone: take another.
    Lost,
    /// The connection does not know a statement that was prepared by name: prepare it.
    Unprepared,
    /// Nothing that could be cured here.
    Final,
}

/// Why a transaction ended early.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) class: Class,
    pub(crate) error: Error,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { class: Class::Final, error }
    }
}

impl Failure {
    /// Not everything was written that should have been.
    pub(crate) fn incomplete() -> Self {
        Self {
            class: Class::Constraint,
            error: kernel::STORE_FAILED.with("problem", "a row was not at the version that was read"),
        }
    }
}

/// The failure of a statement for a tenant.
pub(crate) fn of(problem: &sqlx::Error, org: Uuid) -> Failure {
    let failed = |class, error| Failure { class, error };
    let lost = || failed(Class::Lost, codes::UNREACHABLE.with("problem", problem.to_string()));
    let database = match problem {
        sqlx::Error::Database(database) => database,
        sqlx::Error::PoolTimedOut => return failed(Class::Final, codes::EXHAUSTED.error()),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::PoolClosed => return lost(),
        other => return failed(Class::Final, kernel::STORE_FAILED.with("problem", other.to_string())),
    };
    let state = database.code().unwrap_or_default();
    let constraint = database.constraint().unwrap_or_default();
    match &*state {
        "40001" | "40P01" => failed(Class::Serialization, codes::BUSY.with("org", org)),
        // Two transactions made the tenant's first event; the second has to see the first.
        "23505" if constraint.starts_with("events_pk") || constraint.starts_with("ledger_pk") => {
            failed(Class::Serialization, codes::BUSY.with("org", org))
        }
        "26000" => failed(Class::Unprepared, kernel::STORE_FAILED.with("problem", database.message())),
        "55P03" => failed(Class::Final, codes::BUSY.with("org", org)),
        state if state.starts_with("23") => {
            failed(Class::Constraint, kernel::STORE_FAILED.with("problem", database.message()))
        }
        "57P01" | "57P02" | "57P03" => lost(),
        state if state.starts_with("08") => lost(),
        "53300" => failed(Class::Final, codes::EXHAUSTED.error()),
        "42P01" | "3F000" | "42703" => {
            failed(Class::Final, codes::NOT_MIGRATED.with("schema", "of the store").with("missing", database.message()))
        }
        "42501" => {
            let rights = format!("rights of the role: {}", database.message());
            failed(Class::Final, codes::NOT_MIGRATED.with("schema", "of the store").with("missing", rights))
        }
        state => {
            let code = if passes(state) { kernel::STORE_FAILED } else { kernel::STORE_FAILED_FOR_GOOD };
            failed(Class::Final, code.with("problem", format!("{} ({state})", database.message())))
        }
    }
}

/// Whether a failure without a code of its own may be gone when the call is repeated: the server is short of something, is
/// being worked on, or failed inside.
fn passes(state: &str) -> bool {
    ["40", "53", "55", "57", "58", "XX"].iter().any(|class| state.starts_with(class))
}
