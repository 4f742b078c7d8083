//! The certificate of an erasure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Body, Document, Id, Record, Timestamp,
    kernel::{
        person::{OfKind, of_kinds},
        uuid::Uuid,
    },
};

/// That a person's data were erased: which records held them, how much went, and what is kept for now. It says nothing of the person.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "erasure", table = "erasures", access = system)]
pub struct Erasure {
    /// The identifier.
    pub id: Id<Erasure>,
    /// Counts the changes.
    pub version: i64,
    /// When the data were erased.
    pub created_at: Timestamp,
    /// When it was last changed, as when a hold ended.
    pub updated_at: Timestamp,
    /// Why, in words that name nobody.
    pub reason: Body,
    /// The records that hold nothing of the person any more, by their kinds.
    pub records: Document<Vec<OfKind>>,
    /// How many records these are.
    pub record_count: i64,
    /// How many events of the history lost what they said.
    pub event_count: i64,
    /// How many remembered answers were forgotten.
    pub answer_count: i64,
    /// The records that are kept for now.
    pub kept: Document<Vec<Kept>>,
    /// The moment of the first hold to end; then what it kept is erased as well.
    pub kept_until: Option<Timestamp>,
    /// A hash of the hashes of all that was taken out of the history, in hexadecimal: it proves what was erased, and says nothing of it.
    pub digest: String,
}

/// A record that an erasure keeps for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kept {
    /// The kind.
    pub kind: String,
    /// The record.
    pub id: Uuid,
    /// Why it is kept, in words that name nobody.
    pub reason: String,
    /// Until when; until somebody erases again when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Erasure {
    /// The records that are kept, by their kinds.
    pub(super) fn kept_records(&self) -> Vec<OfKind> {
        of_kept(&self.kept)
    }
    /// When the first of its holds ends.
    pub(super) fn next_end(&self) -> Option<Timestamp> {
        self.kept.iter().filter_map(|kept| kept.until).min()
    }
}

/// Records that are kept, by their kinds.
pub(super) fn of_kept(kept: &[Kept]) -> Vec<OfKind> {
    of_kinds(kept.iter().map(|kept| (kept.kind.as_str(), kept.id)))
}
