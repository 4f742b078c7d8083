//! Selling: who may buy, which companies they work for, and the deals with them.

pub mod account;
pub mod contact;
pub mod deal;
pub mod pipeline;

pub use account::{Account, AccountType, Tier};
pub use contact::{Contact, ContactStatus, LifecycleStage};
pub use deal::{Deal, DealStatus, DealType};
pub use pipeline::{Pipeline, Stage, StageKind};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder.mergeable::<Contact>().mergeable::<Account>().entity::<Pipeline>().entity::<Deal>()
}
