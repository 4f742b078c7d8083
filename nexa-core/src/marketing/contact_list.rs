//! A contact list: leads and contacts who are written to together.

pub mod member;

pub use member::ContactListMember;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::membership::{Person, PersonRef};
use crate::{
    Body, Command, Context, Custom, Entity, ExternalKey, Id, Name, Record, Ref, Result, Tags, Timestamp, command,
    kernel::limits,
    marketing::membership,
    sales::{Contact, Lead},
};

/// Leads and contacts who are written to together, such as those a webinar is to nurture.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(
    kind = "contact_list",
    table = "contact_lists", access = work,
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
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for ContactList {}

/// Puts a lead on a list; whether it was not there yet. Error: `record.not_found`.
pub(crate) async fn add_lead(cx: &mut Context<'_>, list: Id<ContactList>, lead: Id<Lead>) -> Result<bool> {
    let (list, lead) = (cx.unrestricted().load(list).await?, cx.unrestricted().load(lead).await?);
    Ok(membership::enrol::<ContactListMember>(cx, list.id, Person::Lead(lead.id)).await?.is_some())
}

/// Puts leads and contacts on a list. Who is there already stays as they are.
#[command("add", on = ContactList, check = Self::check)]
pub struct Add {
    /// The list.
    pub contact_list: Ref<ContactList>,
    /// The leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<Ref<Lead>>,
    /// The contacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Ref<Contact>>,
}

/// How a list grew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Added {
    /// How many were added; who was there already does not count.
    pub added: u64,
}

impl Add {
    fn check(&self) -> Result<()> {
        in_bounds(&self.leads, &self.contacts)
    }
}

impl Command for Add {
    type Output = Added;
    async fn run(&self, list: ContactList, cx: &mut Context<'_>) -> Result<Added> {
        let mut added = 0;
        for person in PersonRef::all(&self.leads, &self.contacts) {
            let person = membership::person(cx, &person).await?;
            added += u64::from(membership::enrol::<ContactListMember>(cx, list.id, person).await?.is_some());
        }
        Ok(Added { added })
    }
}

/// Error: `argument.too_long`.
fn in_bounds(leads: &[Ref<Lead>], contacts: &[Ref<Contact>]) -> Result<()> {
    limits::at_most("leads", "entries", leads.len(), limits::MOST_RECORDS)?;
    limits::at_most("contacts", "entries", contacts.len(), limits::MOST_RECORDS)
}

/// Takes leads and contacts off a list. Who is not there is passed over.
#[command("remove", on = ContactList, check = Self::check)]
pub struct Remove {
    /// The list.
    pub contact_list: Ref<ContactList>,
    /// The leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<Ref<Lead>>,
    /// The contacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Ref<Contact>>,
}

/// How a list shrank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// How many were removed.
    pub removed: u64,
}

impl Remove {
    fn check(&self) -> Result<()> {
        in_bounds(&self.leads, &self.contacts)
    }
}

impl Command for Remove {
    type Output = Removed;
    async fn run(&self, list: ContactList, cx: &mut Context<'_>) -> Result<Removed> {
        let mut removed = 0;
        for person in PersonRef::all(&self.leads, &self.contacts) {
            let person = membership::person_even_trashed(cx, &person).await?;
            removed += u64::from(membership::withdraw::<ContactListMember>(cx, list.id, person).await?);
        }
        Ok(Removed { removed })
    }
}
