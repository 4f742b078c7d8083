//! Support: tickets, the comments on them, what is said with customers and among the team, and who may see all that.

pub mod comment;
pub mod inbound;
pub mod inbox;
pub mod knowledge;
pub mod message;
pub mod target;
pub mod thread;
pub mod ticket;
pub mod timeline;

pub use comment::{Audience, Comment};
pub use inbound::{HeldReason, Inbound, InboundState, MailEnvelope};
pub use inbox::{AutomaticMail, CopiedPeople, Inbox, InboxMakes};
pub use message::{Direction, Message, MessageAuto, MessageMark, MessageTrust, PlacedBy};
pub use target::Target;
pub use thread::{Participant, ParticipantRole, ParticipantState, Thread, ThreadKind, ThreadState};
pub use ticket::{Escalation, Ticket, TicketChannel, TicketPriority, TicketSeverity, TicketStatus, TicketType};

pub use crate::access::{DefaultPolicy, Narrow};

use crate::CrmBuilder;

/// The kinds and operations of this module, and the default policy.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    knowledge::install(builder)
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
        .entity::<Inbox>()
        .entity::<Thread>()
        .command::<thread::Open>()
        .command::<thread::OpenInternal>()
        .command::<thread::Reply>()
        .command::<thread::Note>()
        .command::<thread::Log>()
        .command::<thread::Snooze>()
        .command::<thread::Done>()
        .command::<thread::Reopen>()
        .command::<thread::AttachTicket>()
        .command::<thread::ToTicket>()
        .command::<thread::AcceptParticipant>()
        .command::<thread::RemoveParticipant>()
        .command::<thread::MarkSpam>()
        .command::<thread::NotSpam>()
        .record::<Message>()
        .command::<message::Redact>()
        .command::<message::Cancel>()
        .kind::<message::MessageReference>()
        .record::<Inbound>()
        .command::<inbound::Discard>()
        .command::<inbox::Receive>()
        .policy(DefaultPolicy::new())
}
