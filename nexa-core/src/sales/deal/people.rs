//! The people who have a say in a deal, each with a role ("influencers" of the business use cases).

use serde::{Deserialize, Serialize};

use super::{CONTACT_FOREIGN, Deal};
use crate::{
    Code, Command, Context, Id, Record, Ref, Result, Timestamp, closed_enum, command, sales::contact::Contact,
};

/// The contact has a role in the deal already.
pub const ALREADY_THERE: Code = Code::conflict(
    "deal.contact_already",
    "The contact has a role in the deal already; deal.set_contact_role gives another one.",
);
/// The contact has no role in the deal.
pub const NOT_THERE: Code =
    Code::rule("deal.contact_missing", "The contact has no role in the deal; add it with deal.add_contact.");
/// A deal has so many people.
pub const TOO_MANY: Code =
    Code::rule("deal.contacts_too_many", "A deal has at most {most} contacts; take one off first.");

const MOST: usize = 100;

closed_enum! {
    /// What part somebody has in a deal.
    pub enum DealRole default Other {
        /// They decide.
        DecisionMaker = "decision_maker",
        /// They want it and help us.
        Champion = "champion",
        /// They are listened to.
        Influencer = "influencer",
        /// They are against it.
        Blocker = "blocker",
        /// They will work with it.
        User = "user",
        /// They pay for it.
        Billing = "billing",
        /// They help from outside of the company.
        Partner = "partner",
        /// Something else.
        Other = "other",
    }
}

/// A contact who has a say in a deal.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "deal_contact", table = "deal_contacts", access = through(deal))]
#[record(unique("deal", "contact", code = "deal.contact_already"))]
pub struct DealContact {
    /// The identifier.
    pub id: Id<DealContact>,
    /// Counts the changes.
    pub version: i64,
    /// When the contact was added.
    pub created_at: Timestamp,
    /// When the record was last changed.
    pub updated_at: Timestamp,
    /// The deal.
    #[record(on_trash = with_parent)]
    pub deal: Id<Deal>,
    /// The contact.
    #[record(on_trash = with_parent, person)]
    pub contact: Id<Contact>,
    /// What part they have in it.
    pub role: DealRole,
}

impl Deal {
    /// The people who have a say in it.
    async fn people(&self, cx: &mut Context<'_>) -> Result<Vec<DealContact>> {
        cx.unrestricted().matching(DealContact::DEAL, &self.id).await
    }
    /// A partner comes from anywhere, everybody else from the account. Error: `deal.contact_foreign`.
    fn must_know(&self, contact: &Contact, role: DealRole) -> Result<()> {
        if role == DealRole::Partner || self.account.is_none() || contact.account == self.account {
            return Ok(());
        }
        Err(CONTACT_FOREIGN.with("contact", contact.id).with("field", "contact"))
    }
}

/// Gives a contact a role in a deal; the first one becomes its primary contact when it has none. Errors: `deal.contact_already`,
/// `deal.contact_foreign`, `deal.contacts_too_many`.
#[command("add_contact", on = Deal, errors(ALREADY_THERE, CONTACT_FOREIGN, TOO_MANY))]
pub struct AddContact {
    /// The deal.
    pub deal: Ref<Deal>,
    /// One of the account's contacts; a partner may be anybody.
    pub contact: Ref<Contact>,
    /// What part they have in it; other unless said.
    #[serde(default)]
    pub role: DealRole,
}

impl Command for AddContact {
    type Output = DealContact;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<DealContact> {
        let contact = cx.load(&self.contact).await?;
        deal.must_know(&contact, self.role)?;
        let people = deal.people(cx).await?;
        if people.iter().any(|person| person.contact == contact.id) {
            return Err(ALREADY_THERE.error());
        }
        if people.len() >= MOST {
            return Err(TOO_MANY.with("most", MOST));
        }
        if deal.primary_contact.is_none() && self.role != DealRole::Partner {
            deal.primary_contact = Some(contact.id);
            deal = cx.save(deal).await?;
        }
        let person = DealContact { deal: deal.id, contact: contact.id, role: self.role, ..DealContact::default() };
        cx.unrestricted().insert(person).await
    }
}

/// Gives a contact another role in a deal. Errors: `deal.contact_missing`, `deal.contact_foreign`.
#[command("set_contact_role", on = Deal, errors(NOT_THERE, CONTACT_FOREIGN))]
pub struct SetContactRole {
    /// The deal.
    pub deal: Ref<Deal>,
    /// A contact with a role in it.
    pub contact: Ref<Contact>,
    /// What part they have in it by now.
    pub role: DealRole,
}

impl Command for SetContactRole {
    type Output = DealContact;
    async fn run(&self, deal: Deal, cx: &mut Context<'_>) -> Result<DealContact> {
        let contact = cx.load(&self.contact).await?;
        let people = deal.people(cx).await?;
        let person = people.into_iter().find(|person| person.contact == contact.id);
        let person = person.ok_or_else(|| NOT_THERE.error())?;
        deal.must_know(&contact, self.role)?;
        cx.save(DealContact { role: self.role, ..person }).await
    }
}

/// Takes a contact out of a deal. Where it was the primary one, that of the others who came first is it now.
/// Error: `deal.contact_missing`.
#[command("remove_contact", on = Deal, errors(NOT_THERE))]
pub struct RemoveContact {
    /// The deal.
    pub deal: Ref<Deal>,
    /// A contact with a role in it.
    pub contact: Ref<Contact>,
}

impl Command for RemoveContact {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let contact = cx.load(&self.contact).await?;
        let mut people = deal.people(cx).await?;
        people.sort_by_key(|person| (person.created_at, person.id));
        let at = people.iter().position(|person| person.contact == contact.id).ok_or_else(|| NOT_THERE.error())?;
        cx.remove(&people.remove(at)).await?;
        if deal.primary_contact == Some(contact.id) {
            let next = people.into_iter().find(|person| person.role != DealRole::Partner);
            deal.primary_contact = next.map(|person| person.contact);
            deal = cx.save(deal).await?;
        }
        Ok(deal)
    }
}
