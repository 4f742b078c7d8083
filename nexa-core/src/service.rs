//! Support: tickets, the comments on them, and who may see them.

pub mod comment;
pub mod policy;
pub mod ticket;
pub mod timeline;

pub use comment::{Audience, Comment};
pub use policy::{DefaultPolicy, Narrow};
pub use ticket::{Channel, Escalation, Severity, Ticket, TicketPriority, TicketStatus, TicketType};

use crate::{
    CrmBuilder, Merge,
    people::assignment::{Assign, Claim, Release},
};

/// The kinds and operations of this module, and the default policy.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity_without_create::<Ticket>()
        .untargeted::<ticket::Create>()
        .command::<Merge<Ticket>>()
        .command::<Claim<Ticket>>()
        .command::<Assign<Ticket>>()
        .command::<Release<Ticket>>()
        .command::<ticket::Move>()
        .command::<ticket::Resolve>()
        .command::<ticket::Close>()
        .command::<ticket::Prioritize>()
        .command::<ticket::Escalate>()
        .command::<ticket::FollowUp>()
        .command::<comment::Write>()
        .query::<timeline::Timeline>()
        .record::<Comment>()
        .policy(DefaultPolicy::new())
}
