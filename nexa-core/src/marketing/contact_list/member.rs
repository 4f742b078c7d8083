//! A member of a contact list.

use serde::{Deserialize, Serialize};

use super::ContactList;
use crate::{
    Column, Id, Record, Timestamp,
    marketing::membership::{Member, Person},
    sales::{Contact, Lead},
};

/// A lead or a contact, exactly one, on a contact list.
// One refusal, whether it is the lead or the contact that is there already.
#[allow(clippy::duplicated_attributes)]
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "contact_list_member", table = "contact_list_members", access = through(contact_list))]
#[record(unique("contact_list", "lead", code = "contact_list.already_member"))]
#[record(unique("contact_list", "contact", code = "contact_list.already_member"))]
pub struct ContactListMember {
    /// The identifier.
    pub id: Id<ContactListMember>,
    /// Counts the changes.
    pub version: i64,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The list.
    #[record(on_trash = with_parent)]
    pub contact_list: Id<ContactList>,
    /// The lead; absent when it is a contact.
    #[record(on_trash = with_parent, becomes = contact, person)]
    pub lead: Option<Id<Lead>>,
    /// The contact; absent when it is a lead.
    #[record(on_trash = with_parent, person)]
    pub contact: Option<Id<Contact>>,
    /// When the person became a member.
    pub joined_at: Timestamp,
}

impl Member for ContactListMember {
    type Of = ContactList;
    const OF: Column<Self, Id<ContactList>> = Self::CONTACT_LIST;
    const OF_LEAD: Column<Self, Id<Lead>> = Self::LEAD;
    const OF_CONTACT: Column<Self, Id<Contact>> = Self::CONTACT;

    fn joining(contact_list: Id<ContactList>, person: Person, joined_at: Timestamp) -> Self {
        Self { contact_list, lead: person.lead(), contact: person.contact(), joined_at, ..Self::default() }
    }
    fn of(&self) -> Id<ContactList> {
        self.contact_list
    }
    fn person(&self) -> (Option<Id<Lead>>, Option<Id<Contact>>) {
        (self.lead, self.contact)
    }
    fn joined_at(&self) -> Timestamp {
        self.joined_at
    }
}
