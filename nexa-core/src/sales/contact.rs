//! A contact: somebody whom we know.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Email, Entity, Id, Name, Record, Timestamp, kernel::entity::Mergeable};

/// Somebody whom we know.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(kind = "contact", table = "contacts", search(first_name = 3, last_name = 3, email = 2))]
pub struct Contact {
    /// The identifier.
    pub id: Id<Contact>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The record that this one was folded into.
    pub merged_into: Option<Id<Contact>>,
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

impl Entity for Contact {}
impl Mergeable for Contact {}
