//! What an undo returns: what is as it was, what stayed and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{ledger::Seq, value::Timestamp};

/// What an undo does with records that cannot be put back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// It is refused with `undo.conflict`, which lists them, and changes nothing.
    #[default]
    Refuse,
    /// They stay as they are, and the others are put back.
    Skip,
}

impl OnConflict {
    /// Whether it is the default.
    pub const fn is_refuse(&self) -> bool {
        matches!(self, Self::Refuse)
    }
}

/// A record by its kind and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// The kind.
    pub kind: String,
    /// The record.
    pub id: Uuid,
}

/// Why a record cannot be put back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// The kind.
    pub kind: String,
    /// The record.
    pub id: Uuid,
    /// The code, such as `undo.changed`, or that of the rule which refuses.
    pub code: String,
    /// What is wrong and what to do, in a sentence.
    pub message: String,
    /// The field, by the path of its column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it held before the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Json>,
    /// What the unit left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Json>,
    /// What it holds now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Json>,
    /// The later unit that changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Uuid>,
    /// Who changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The records that point at it, at most ten, as far as the actor may see them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependents: Vec<Named>,
}

/// What an undo did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Undone {
    /// The unit of the undo itself; undo this one to redo what was undone.
    pub unit: Uuid,
    /// The unit that was undone.
    pub undone: Uuid,
    /// The records that are as they were before it.
    pub reversed: Vec<Named>,
    /// The records that stayed as they are, with the reason; a record may have several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Conflict>,
    /// What no undo takes back: the versions and times of the records, and numbers that were given out.
    pub not_undone: Vec<String>,
    /// For a cause that has earlier units: what the next call passes as `before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Seq>,
}
