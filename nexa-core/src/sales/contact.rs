//! A contact: a person whom we know, with what they have to do with us.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Account;
use crate::{
    Assignee, Body, Choice, Custom, Email, Entity, ExternalKey, Id, Mergeable, Name, Phone, Record, Tags, Timestamp,
    Url, closed_enum,
};

closed_enum! {
    /// How far somebody has come with us. It moves forward by itself, and back only by hand.
    pub enum LifecycleStage {
        /// They read what we send.
        Subscriber = "subscriber",
        /// They may buy.
        Lead = "lead",
        /// There is a deal with them.
        Opportunity = "opportunity",
        /// They bought.
        Customer = "customer",
        /// They recommend us.
        Advocate = "advocate",
    }
}

closed_enum! {
    /// Whether somebody still has to do with us.
    pub enum ContactStatus {
        /// They do.
        Active = "active",
        /// Nothing happens at the moment.
        Inactive = "inactive",
        /// They left us.
        Churned = "churned",
    }
}

/// A person whom we know.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[record(
    kind = "contact",
    table = "contacts",
    search(email = 4, last_name = 3, first_name = 2, title = 1),
    unique("email", code = "contact.email_taken"),
    index("owner.queue", "created_at"),
    index("account", "created_at")
)]
pub struct Contact {
    /// The identifier.
    pub id: Id<Contact>,
    /// Counts the changes.
    pub version: i64,
    /// When the contact was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The contact that it was folded into.
    pub merged_into: Option<Id<Contact>>,
    /// The first name.
    #[record(editable, personal, folded)]
    pub first_name: Option<Name>,
    /// The last name.
    #[record(editable, personal, folded)]
    pub last_name: Option<Name>,
    /// The mail address, unique among contacts.
    #[record(editable, personal)]
    pub email: Option<Email>,
    /// The phone number at work.
    #[record(editable, personal)]
    pub phone: Option<Phone>,
    /// The mobile number.
    #[record(editable, personal)]
    pub mobile: Option<Phone>,
    /// What they are at work, such as IT Director.
    #[record(editable)]
    pub title: Option<Name>,
    /// Where they are at work, such as Procurement.
    #[record(editable)]
    pub department: Option<Name>,
    /// Their page on LinkedIn.
    #[record(editable, personal)]
    pub linkedin_url: Option<Url>,
    /// The company they work for.
    #[record(editable)]
    pub account: Option<Id<Account>>,
    /// Whom they report to.
    #[record(editable)]
    pub reports_to: Option<Id<Contact>>,
    /// How far they have come with us. It never moves back by itself; `contact.set_stage` moves it by hand.
    #[record(editable, ranked)]
    pub lifecycle_stage: LifecycleStage,
    /// Whether they still have to do with us.
    #[record(editable)]
    pub status: ContactStatus,
    /// Where they came from, one of the tenant's list for `contact.source`.
    #[record(editable)]
    pub source: Option<Choice>,
    /// Who looks after them.
    #[record(editable, queue)]
    pub owner: Option<Assignee>,
    /// When something last happened with them.
    pub last_activity: Option<Timestamp>,
    /// What is worth knowing about them.
    #[record(editable, personal)]
    pub description: Option<Body>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable)]
    pub custom: Custom,
    /// Keys of other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for Contact {}

impl Mergeable for Contact {}
