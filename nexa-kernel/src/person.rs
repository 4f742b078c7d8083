//! A person's data: which records hold them, what they say, and how they are erased.
//!
//! What belongs to a person follows from the marks `person` and `personal` of the kinds alone; nothing here lists kinds. Erasing empties
//! the personal fields of the records in place: they stay, with their numbers, and whatever points at them names an erased person. What
//! their history said goes with its salts, so that the ledger still verifies and counts what was erased.

mod answers;
mod erase;
mod events;
mod export;
mod find;
mod mentions;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{error::Code, record::RecordDef, undo::Named};

pub use self::{
    erase::Sum,
    export::{Exported, ExportedRecord},
    mentions::Mentions,
};

/// More records belong to a person than one call takes.
pub const TOO_MANY_RECORDS: Code = Code::rule(
    "person.too_many_records",
    "More than {limit} records belong to the person; purge or move some of them first.",
);

/// The most records of one person.
pub const MOST_RECORDS: usize = 20_000;

/// A record by its kind and its id.
pub(crate) type Key = (&'static str, Uuid);

/// The records of one person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The records that are the person, those folded into others and those in the trash among them.
    pub persons: Vec<(&'static RecordDef, Uuid)>,
    /// The records that belong to the person.
    pub belonging: Vec<(&'static RecordDef, Uuid)>,
    /// The mail addresses under which the person is known.
    pub addresses: Vec<String>,
}

impl Person {
    /// Whether no record is the person's.
    pub const fn is_unknown(&self) -> bool {
        self.persons.is_empty() && self.belonging.is_empty()
    }
    /// All records, the persons first.
    pub fn records(&self) -> impl Iterator<Item = (&'static RecordDef, Uuid)> + '_ {
        self.persons.iter().chain(&self.belonging).copied()
    }
    fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        self.records().map(|(def, id)| (def.kind, id))
    }
    /// All records, by their kinds.
    pub fn by_kind(&self) -> Vec<OfKind> {
        of_kinds(self.keys())
    }
}

/// Records of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfKind {
    /// The kind.
    pub kind: String,
    /// Their ids.
    pub ids: Vec<Uuid>,
}

/// Records by their kinds, in the order of these.
pub fn of_kinds<'k>(keys: impl IntoIterator<Item = (&'k str, Uuid)>) -> Vec<OfKind> {
    let mut kinds: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for (kind, id) in keys {
        kinds.entry(kind).or_default().push(id);
    }
    kinds.into_iter().map(|(kind, ids)| OfKind { kind: kind.to_owned(), ids }).collect()
}

/// A record as answers name it.
pub(crate) fn named((kind, id): Key) -> Named {
    Named { kind: kind.to_owned(), id }
}
