//! Support: tickets, the comments on them, and who may see them.

pub mod comment;
pub mod target;
pub mod ticket;
pub mod timeline;

pub use comment::{Audience, Comment};
pub use target::Target;
pub use ticket::{Channel, Escalation, Severity, Ticket, TicketPriority, TicketStatus, TicketType};

pub use crate::access::{DefaultPolicy, Narrow};

use crate::CrmBuilder;

/// The kinds and operations of this module, and the default policy.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .mergeable::<Ticket>()
        .entity::<Target>()
        .timed::<target::due::TargetDue>()
        .timed::<target::anew::Anew>()
        .consumer::<target::anew::TargetsChanged>()
        .consumer::<target::notice::TargetNotices>()
        .command::<ticket::Create>()
        .command::<ticket::Move>()
        .command::<ticket::Resolve>()
        .command::<ticket::Close>()
        .command::<ticket::Prioritize>()
        .command::<ticket::Escalate>()
        .command::<ticket::FollowUp>()
        .command::<comment::Write>()
        .query::<timeline::Timeline>()
        .query::<ticket::Report>()
        .record::<Comment>()
        .policy(DefaultPolicy::new())
}
