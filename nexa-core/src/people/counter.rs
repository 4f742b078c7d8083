//! Numbers that a tenant counts up, such as account numbers.

use serde::{Deserialize, Serialize};

use crate::{Context, Id, Record, Result, Timestamp, kernel::store::Prefetch};

/// The last number given under a name.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "counter", table = "counters", access = system, bookkeeping, unique("name", code = "counter.taken"))]
pub struct Counter {
    /// The identifier.
    pub id: Id<Counter>,
    /// Counts the changes.
    pub version: i64,
    /// When the first number was given.
    pub created_at: Timestamp,
    /// When the last number was given.
    pub updated_at: Timestamp,
    /// What is counted.
    pub name: String,
    /// The last number given.
    pub last: i64,
}

impl Counter {
    /// The load of the counter of this name.
    pub(crate) fn prefetch(name: &str) -> Option<Prefetch> {
        Prefetch::matching(Self::NAME, &name.to_owned())
    }
}

/// The next number under this name, from 1. Numbers are dense: a refused command gives none away.
pub async fn next_number(cx: &mut Context<'_>, name: &str) -> Result<i64> {
    let found: Vec<Counter> = cx.unrestricted().matching(Counter::NAME, &name.to_owned()).await?;
    match found.into_iter().next() {
        Some(mut counter) => {
            counter.last += 1;
            Ok(cx.save(counter).await?.last)
        }
        None => {
            let counter = Counter { name: name.to_owned(), last: 1, ..Counter::default() };
            Ok(cx.unrestricted().insert(counter).await?.last)
        }
    }
}
