//! A member of a campaign: a lead or contact whom it reached.

use serde::{Deserialize, Serialize};

use super::Campaign;
use crate::{
    Code, Column, Command, Context, Id, Record, Ref, Result, Timestamp, command,
    marketing::membership::{self, Member, ONE_PERSON, Person, PersonRef},
    sales::{Contact, Lead},
};

/// A lead or a contact, exactly one, in a campaign.
// One refusal, whether it is the lead or the contact that is there already.
#[allow(clippy::duplicated_attributes)]
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "campaign_member", table = "campaign_members", access = through(campaign))]
#[record(unique("campaign", "lead", code = "campaign.already_member"))]
#[record(unique("campaign", "contact", code = "campaign.already_member"))]
pub struct CampaignMember {
    /// The identifier.
    pub id: Id<CampaignMember>,
    /// Counts the changes.
    pub version: i64,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The campaign.
    #[record(on_trash = with_parent)]
    pub campaign: Id<Campaign>,
    /// The lead; absent when it is a contact.
    #[record(on_trash = with_parent, becomes = contact, person)]
    pub lead: Option<Id<Lead>>,
    /// The contact; absent when it is a lead.
    #[record(on_trash = with_parent, person)]
    pub contact: Option<Id<Contact>>,
    /// When the person became a member.
    pub joined_at: Timestamp,
}

impl Member for CampaignMember {
    type Of = Campaign;
    const OF: Column<Self, Id<Campaign>> = Self::CAMPAIGN;
    const OF_LEAD: Column<Self, Id<Lead>> = Self::LEAD;
    const OF_CONTACT: Column<Self, Id<Contact>> = Self::CONTACT;

    fn joining(campaign: Id<Campaign>, person: Person, joined_at: Timestamp) -> Self {
        Self { campaign, lead: person.lead(), contact: person.contact(), joined_at, ..Self::default() }
    }
    fn of(&self) -> Id<Campaign> {
        self.campaign
    }
    fn person(&self) -> (Option<Id<Lead>>, Option<Id<Contact>>) {
        (self.lead, self.contact)
    }
    fn joined_at(&self) -> Timestamp {
        self.joined_at
    }
}

/// The person is in the campaign already.
pub const ALREADY_MEMBER: Code =
    Code::conflict("campaign.already_member", "The {person} is in the campaign already; there is nothing to add.");
/// The person is not in the campaign.
pub const NOT_MEMBER: Code =
    Code::rule("campaign.not_member", "The {person} is not in the campaign; there is nothing to remove.");

/// Adds a lead or a contact to a campaign.
///
/// Errors: `campaign.already_member`, `member.lead_or_contact`.
#[command("add", on = Campaign, check = Self::check, errors(ALREADY_MEMBER, ONE_PERSON))]
pub struct Add {
    /// The campaign.
    pub campaign: Ref<Campaign>,
    /// The lead, when it is one.
    pub lead: Option<Ref<Lead>>,
    /// The contact, when it is one.
    pub contact: Option<Ref<Contact>>,
}

impl Add {
    fn check(&self) -> Result<()> {
        PersonRef::one_of(self.lead.as_ref(), self.contact.as_ref()).map(drop)
    }
}

impl Command for Add {
    type Output = CampaignMember;
    async fn run(&self, campaign: Campaign, cx: &mut Context<'_>) -> Result<CampaignMember> {
        let person = PersonRef::one_of(self.lead.as_ref(), self.contact.as_ref())?;
        let person = membership::person(cx, &person).await?;
        membership::enrol(cx, campaign.id, person).await?.ok_or_else(|| ALREADY_MEMBER.with("person", person.kind()))
    }
}

/// Takes a lead or a contact out of a campaign.
///
/// Errors: `campaign.not_member`, `member.lead_or_contact`.
#[command("remove", on = Campaign, check = Self::check, errors(NOT_MEMBER, ONE_PERSON))]
pub struct Remove {
    /// The campaign.
    pub campaign: Ref<Campaign>,
    /// The lead, when it is one.
    pub lead: Option<Ref<Lead>>,
    /// The contact, when it is one.
    pub contact: Option<Ref<Contact>>,
}

impl Remove {
    fn check(&self) -> Result<()> {
        PersonRef::one_of(self.lead.as_ref(), self.contact.as_ref()).map(drop)
    }
}

impl Command for Remove {
    type Output = ();
    async fn run(&self, campaign: Campaign, cx: &mut Context<'_>) -> Result<()> {
        let person = PersonRef::one_of(self.lead.as_ref(), self.contact.as_ref())?;
        let person = membership::person_even_trashed(cx, &person).await?;
        if membership::withdraw::<CampaignMember>(cx, campaign.id, person).await? {
            return Ok(());
        }
        Err(NOT_MEMBER.with("person", person.kind()))
    }
}
