//! A follow-up: what comes after a ticket was closed.

use schemars::JsonSchema;
use serde::Serialize;

use super::{CHOICE_UNKNOWN, Ticket, TicketStatus};
use crate::{Action, Actor, Code, Command, Context, Entity as _, Input, Ref, Result};

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

/// Opens a ticket that follows a closed one: with its subject, tags, customer and custom fields, open and unassigned.
/// Error: `ticket.not_closed`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// The closed ticket.
    pub ticket: Ref<Ticket>,
}

impl Command for FollowUp {
    const NAME: &'static str = "ticket.follow_up";
    const ACTION: Action = Action::Create;
    const ERRORS: &'static [Code] = &[NOT_CLOSED, CHOICE_UNKNOWN];
    type Target = Ticket;
    type Output = Ticket;
    fn target(&self) -> Option<&Ref<Ticket>> {
        Some(&self.ticket)
    }
    fn guard(ticket: &Ticket, _: &Actor) -> Result<()> {
        ticket.may_be_followed_up()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Ticket> {
        let closed = cx.load(&self.ticket).await?;
        closed.may_be_followed_up()?;
        let mut next = closed.follow_up();
        next.settle(None, cx).await?;
        cx.insert(next).await
    }
}
