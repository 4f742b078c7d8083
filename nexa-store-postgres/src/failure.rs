//! What the server reports, as an error of this crate, with what to do about it.

use nexa_kernel::{Error, error::codes as kernel};
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

/// The failure of a statement for a tenant. What the server said is the error's source.
pub(crate) fn of(problem: &sqlx::Error, org: Uuid) -> Failure {
    let Failure { class, error } = classified(problem, org);
    Failure { class, error: error.caused_by(problem) }
}

/// The error of a statement that belongs to no tenant.
pub(crate) fn failed(problem: &sqlx::Error) -> Error {
    of(problem, Uuid::nil()).error
}

fn classified(problem: &sqlx::Error, org: Uuid) -> Failure {
    let failed = |class, error| Failure { class, error };
    let lost = || failed(Class::Lost, codes::UNREACHABLE.error());
    let database = match problem {
        sqlx::Error::Database(database) => database,
        sqlx::Error::PoolTimedOut => return failed(Class::Final, codes::EXHAUSTED.error()),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::PoolClosed => return lost(),
        _ => return failed(Class::Final, refused("the answer of the server was not understood")),
    };
    let state = database.code().unwrap_or_default();
    let constraint = database.constraint().unwrap_or_default();
    let missing = |what| codes::NOT_MIGRATED.with("schema", "of the store").with("missing", what);
    match &*state {
        "40001" | "40P01" => failed(Class::Serialization, codes::BUSY.with("org", org)),
        // Two transactions made the tenant's first event; the second has to see the first.
        "23505" if constraint.starts_with("events_pk") || constraint.starts_with("ledger_pk") => {
            failed(Class::Serialization, codes::BUSY.with("org", org))
        }
        "26000" => failed(Class::Unprepared, refused("a prepared statement is not there")),
        "55P03" => failed(Class::Final, codes::BUSY.with("org", org)),
        state if state.starts_with("23") => failed(Class::Constraint, refused("a constraint of a table is violated")),
        "57P01" | "57P02" | "57P03" => lost(),
        state if state.starts_with("08") => lost(),
        "53300" => failed(Class::Final, codes::EXHAUSTED.error()),
        "53100" => failed(Class::Final, codes::FULL.error()),
        "25006" => failed(Class::Final, codes::READ_ONLY_SERVER.error()),
        "42P01" | "3F000" | "42703" => failed(Class::Final, missing("a table or a column")),
        "42501" => failed(Class::Final, missing("rights of the role")),
        "3D000" => failed(Class::Final, codes::NO_ENTRY.error()),
        state if state.starts_with("28") => failed(Class::Final, codes::NO_ENTRY.error()),
        "XX001" | "XX002" => failed(
            Class::Final,
            kernel::CORRUPT.with("kind", "page of the database").with("problem", "its data is damaged"),
        ),
        // Short of memory, cancelled, in trouble with the machine: these pass.
        state if passes(state) => {
            failed(Class::Final, kernel::STORE_FAILED.with("problem", format!("the server reports state {state}")))
        }
        state => failed(Class::Final, refused(&format!("the server reports state {state}"))),
    }
}

/// Whether what the server reports may be over when the same is asked again.
fn passes(state: &str) -> bool {
    ["40", "53", "55", "57", "58", "XX"].iter().any(|class| state.starts_with(class))
}

fn refused(problem: &str) -> Error {
    kernel::STORE_FAILED_FOR_GOOD.with("problem", problem)
}
