//! The lists and campaigns that a contact belongs to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contact, shows};
use crate::{
    Context, Filter, Id, Name, Op, Result,
    marketing::{Campaign, CampaignMember, ContactList, ContactListMember, membership::Member},
};

/// A contact list that a contact is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JoinedList {
    /// The list.
    pub id: Id<ContactList>,
    /// Its name.
    pub name: Name,
}

/// A campaign that a contact is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JoinedCampaign {
    /// The campaign.
    pub id: Id<Campaign>,
    /// Its name.
    pub name: Name,
}

pub(super) async fn lists(cx: &mut Context<'_>, contact: Id<Contact>) -> Result<Vec<JoinedList>> {
    let lists = joined::<ContactListMember>(cx, contact).await?;
    Ok(lists_by_name(lists))
}

pub(super) fn lists_by_name(lists: Vec<ContactList>) -> Vec<JoinedList> {
    let mut lists: Vec<JoinedList> =
        lists.into_iter().map(|list| JoinedList { id: list.id, name: list.name }).collect();
    lists.sort_by(|one, other| one.name.cmp(&other.name));
    lists
}

pub(super) async fn campaigns(cx: &mut Context<'_>, contact: Id<Contact>) -> Result<Vec<JoinedCampaign>> {
    let campaigns = joined::<CampaignMember>(cx, contact).await?;
    Ok(campaigns_by_name(campaigns))
}

pub(super) fn campaigns_by_name(campaigns: Vec<Campaign>) -> Vec<JoinedCampaign> {
    let mut campaigns: Vec<JoinedCampaign> =
        campaigns.into_iter().map(|campaign| JoinedCampaign { id: campaign.id, name: campaign.name }).collect();
    campaigns.sort_by(|one, other| one.name.cmp(&other.name));
    campaigns
}

/// What the actor sees both of: the membership, and what it is of.
async fn joined<M: Member>(cx: &mut Context<'_>, contact: Id<Contact>) -> Result<Vec<M::Of>> {
    if !shows(cx, M::OF)? || !shows(cx, M::OF_CONTACT)? {
        return Ok(Vec::new());
    }
    let members: Vec<M> = cx.visible_every(&M::OF_CONTACT.eq(contact)).await?;
    let ids: Vec<Id<M::Of>> = members.iter().map(Member::of).collect();
    cx.visible_every(&Filter::compare("id", Op::In, ids)).await
}
