//! Campaigns and contact lists: how people are reached before they buy.

pub mod campaign;
pub mod contact_list;
pub mod members;
pub mod membership;

pub use campaign::{Campaign, CampaignMember, CampaignStatus, Performance};
pub use contact_list::{ContactList, ContactListMember};
pub use members::{Members, MembersPage};
pub use membership::Person;

use crate::{
    Context, CrmBuilder, Id, Result,
    kernel::store::Prefetch,
    sales::{Contact, Lead},
};

/// After a conversion: the contact takes the lead's place in every campaign and on every list.
pub(crate) async fn move_memberships(cx: &mut Context<'_>, lead: Id<Lead>, contact: Id<Contact>) -> Result<()> {
    membership::hand_over::<CampaignMember>(cx, lead, contact).await?;
    membership::hand_over::<ContactListMember>(cx, lead, contact).await
}

/// The loads of what a person belongs to.
pub(crate) fn prefetch_memberships(person: Person) -> impl Iterator<Item = Prefetch> {
    [membership::prefetched::<CampaignMember>(person), membership::prefetched::<ContactListMember>(person)]
        .into_iter()
        .flatten()
}

pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Campaign>()
        .command::<campaign::Start>()
        .command::<campaign::Complete>()
        .command::<campaign::Cancel>()
        .record::<CampaignMember>()
        .command::<campaign::Add>()
        .command::<campaign::Remove>()
        .query::<Members<CampaignMember>>()
        .query::<campaign::PerformanceOf>()
        .entity::<ContactList>()
        .record::<ContactListMember>()
        .command::<contact_list::Add>()
        .command::<contact_list::Remove>()
        .query::<Members<ContactListMember>>()
}
