//! A follow-up: what comes after a ticket was closed.

use super::{CHOICE_UNKNOWN, Ticket, TicketStatus};
use crate::{Code, Command, Context, Entity as _, Ref, Result, command};

/// Only a closed ticket is followed up.
pub const NOT_CLOSED: Code =
    Code::rule("ticket.not_closed", "{number} is {status}; go on with it, only closed tickets are followed up.");

impl Ticket {
    fn may_be_followed_up(&self) -> Result<()> {
        match self.status {
            TicketStatus::Closed => Ok(()),
            status => Err(NOT_CLOSED.with("number", &self.number).with("status", status)),
        }
    }
    /// A new ticket, open and unassigned, with the subject, tags, customer and custom fields of this one.
    fn follow_up(&self) -> Self {
        Self {
            subject: self.subject.clone(),
            tags: self.tags.clone(),
            contact: self.contact,
            account: self.account,
            custom: self.custom.clone(),
            follow_up_of: Some(self.id),
            ..Self::default()
        }
    }
}

/// A ticket that follows a closed one, not yet made.
pub(in crate::service) fn followed_up(closed: &Ticket) -> Ticket {
    closed.follow_up()
}

/// Opens a ticket that follows a closed one: with its subject, tags, customer and custom fields, open and unassigned.
/// Error: `ticket.not_closed`.
#[command(
    "follow_up",
    on = Ticket,
    action = Create,
    guard = Ticket::may_be_followed_up,
    errors(NOT_CLOSED, CHOICE_UNKNOWN)
)]
pub struct FollowUp {
    /// The closed ticket.
    pub ticket: Ref<Ticket>,
}

impl Command for FollowUp {
    type Output = Ticket;
    async fn run(&self, closed: Ticket, cx: &mut Context<'_>) -> Result<Ticket> {
        let mut next = closed.follow_up();
        next.settle(None, cx).await?;
        cx.insert(next).await
    }
}
