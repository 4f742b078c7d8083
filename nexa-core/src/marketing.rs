//! Campaigns and contact lists: how people are reached before they buy.

pub mod campaign;
pub mod contact_list;
pub mod members;
pub mod membership;

pub use campaign::{Campaign, CampaignMember, CampaignStatus, Performance};
pub use contact_list::{ContactList, ContactListMember};
pub use members::{Members, MembersPage};
pub use membership::Person;

use crate::CrmBuilder;

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
