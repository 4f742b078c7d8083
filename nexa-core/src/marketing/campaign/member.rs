//! A member of a campaign: a lead or contact whom it reached.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Campaign;
use crate::{
    Id, Record, Timestamp,
    sales::{Contact, Lead},
};

/// A lead or a contact, exactly one, in a campaign.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(
    kind = "campaign_member",
    table = "campaign_members",
    unique("campaign", "lead", code = "campaign.already_member"),
    unique("campaign", "contact", code = "campaign.already_member")
)]
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
    pub campaign: Id<Campaign>,
    /// The lead; absent when it is a contact.
    pub lead: Option<Id<Lead>>,
    /// The contact; absent when it is a lead.
    pub contact: Option<Id<Contact>>,
    /// Since when.
    pub joined_at: Timestamp,
}
