//! How far a consumer has read.

use serde::{Deserialize, Serialize};

use crate::{
    record::{Id, Record},
    value::Timestamp,
};

/// The place of a consumer in the ledger of its tenant.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(kind = "cursor", table = "cursors", access = system, bookkeeping, unique("consumer", code = "cursor.taken"))]
pub struct Cursor {
    /// The identifier.
    pub id: Id<Cursor>,
    /// Counts the changes.
    pub version: i64,
    /// When the consumer began.
    pub created_at: Timestamp,
    /// When it was last moved.
    pub updated_at: Timestamp,
    /// The name of the consumer.
    pub consumer: String,
    /// The number of the last event that it has read.
    pub read_to: i64,
}
