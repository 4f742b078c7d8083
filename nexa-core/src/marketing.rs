//! Campaigns and contact lists: how people are reached before they buy.

pub mod campaign;
pub mod contact_list;

pub use campaign::{Campaign, CampaignMember, CampaignStatus};
pub use contact_list::{ContactList, ContactListMember};

use crate::CrmBuilder;

pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder.entity::<Campaign>().record::<CampaignMember>().entity::<ContactList>().record::<ContactListMember>()
}
