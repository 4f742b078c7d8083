//! A lead: somebody who may buy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Email, Entity, Id, Name, Record, Timestamp, kernel::entity::Mergeable};

/// Somebody who may buy.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(kind = "lead", table = "leads", search(first_name = 3, last_name = 3, email = 2))]
pub struct Lead {
    /// The identifier.
    pub id: Id<Lead>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The record that this one was folded into.
    pub merged_into: Option<Id<Lead>>,
    /// The first name.
    #[record(editable, personal)]
    pub first_name: Option<Name>,
    /// The last name.
    #[record(editable, personal)]
    pub last_name: Option<Name>,
    /// The mail address.
    #[record(editable, personal)]
    pub email: Option<Email>,
}

impl Entity for Lead {}
impl Mergeable for Lead {}
