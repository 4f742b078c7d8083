//! A contact list: leads and contacts who are written to together.

pub mod member;

pub use member::ContactListMember;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Body, Custom, Entity, ExternalKey, Id, Name, Record, Tags, Timestamp};

/// Leads and contacts who are written to together, such as those a webinar is to nurture.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(
    kind = "contact_list",
    table = "contact_lists",
    search(name = 2, description = 1),
    unique("name.folded", code = "contact_list.name_taken")
)]
pub struct ContactList {
    /// The identifier.
    pub id: Id<ContactList>,
    /// Counts the changes.
    pub version: i64,
    /// When the list was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// What the list is for.
    #[record(editable)]
    pub description: Option<Body>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// The tenant's own fields.
    #[record(editable)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for ContactList {
    const PARTS: &'static [(&'static str, &'static str)] = &[("contact_list_member", "contact_list")];
}
