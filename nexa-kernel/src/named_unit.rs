//! Units that clients name: what each did, for as long as there is the ledger.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    record::{Id, Record},
    store::Prefetch,
    value::{Timestamp, Value},
};

/// What one command did under a unit that a client had named.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "named_unit", table = "named_units", access = system, bookkeeping, unique("unit", code = "unit.taken"))]
pub struct NamedUnit {
    /// The identifier.
    pub id: Id<NamedUnit>,
    /// Always 1.
    pub version: i64,
    /// When the command ran.
    pub created_at: Timestamp,
    /// When the command ran.
    pub updated_at: Timestamp,
    /// The unit.
    pub unit: Uuid,
    /// Hash of the actor and the command.
    pub command: String,
    /// What it answered, as JSON text.
    pub output: String,
}

impl NamedUnit {
    /// Where the unit is.
    pub(crate) const BY: &'static str = "unit";

    /// The load of what a unit did.
    pub(crate) fn prefetch(unit: Uuid) -> Option<Prefetch> {
        Prefetch::by(Self::def(), Self::BY, Value::Uuid(unit))
    }
}
