//! How a ticket moves: from status to status, and in urgency.

use schemars::JsonSchema;
use serde::Serialize;

use super::{CLOSED, Ticket, TicketPriority, TicketStatus};
use crate::{Actor, Body, Code, Command, Context, Input, Ref, Result, Timestamp, kernel::error::codes};

/// Closing comes after resolving.
pub const NOT_RESOLVED: Code =
    Code::rule("ticket.not_resolved", "{number} is {status}; resolve it before you close it.");

impl Ticket {
    /// Error: `ticket.closed`, `ticket.not_resolved`.
    fn may_close(&self) -> Result<()> {
        self.must_be_unclosed()?;
        match self.status {
            TicketStatus::Resolved => Ok(()),
            status => Err(NOT_RESOLVED.with("number", &self.number).with("status", status)),
        }
    }

    /// Moves to a status, and keeps the times that go with it. Errors: `ticket.closed`, `ticket.not_resolved`.
    pub fn move_to(&mut self, status: TicketStatus, until: Option<Timestamp>, now: Timestamp) -> Result<()> {
        self.must_be_unclosed()?;
        match status {
            TicketStatus::Closed => {
                self.may_close()?;
                self.closed_at = Some(now);
            }
            TicketStatus::Resolved => self.resolved_at = self.resolved_at.or(Some(now)),
            TicketStatus::Open | TicketStatus::Pending | TicketStatus::InProgress => {
                if self.status == TicketStatus::Resolved {
                    self.reopened += 1;
                    // What was thought to resolve it did not.
                    (self.resolved_at, self.resolution) = (None, None);
                }
            }
        }
        self.pending_until = if status == TicketStatus::Pending { until } else { None };
        self.status = status;
        Ok(())
    }
}

/// Moves a ticket to another status. Errors: `ticket.closed`, `ticket.not_resolved`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// Where it is to stand.
    pub status: TicketStatus,
    /// Until when it is pending; only with that status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Move {
    /// Moves this ticket there.
    pub fn to(ticket: impl Into<Ref<Ticket>>, status: TicketStatus) -> Self {
        Self { ticket: ticket.into(), status, until: None }
    }
}

impl Command for Move {
    const NAME: &'static str = "ticket.move";
    const ERRORS: &'static [Code] = &[CLOSED, NOT_RESOLVED];
    type Target = Ticket;
    type Output = Ticket;
    fn check(&self) -> Result<()> {
        if self.until.is_some() && self.status != TicketStatus::Pending {
            return Err(codes::FIELD_INVALID.with("field", "until").with("problem", "give it with the status pending"));
        }
        Ok(())
    }
    fn target(&self) -> Option<&Ref<Ticket>> {
        Some(&self.ticket)
    }
    fn guard(ticket: &Ticket, _: &Actor) -> Result<()> {
        ticket.must_be_unclosed()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Ticket> {
        cx.change(&self.ticket, |ticket, now| ticket.move_to(self.status, self.until, now)).await
    }
}

/// Resolves a ticket: the problem is fixed. Error: `ticket.closed`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// How it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Body>,
}

impl Command for Resolve {
    const NAME: &'static str = "ticket.resolve";
    const ERRORS: &'static [Code] = &[CLOSED];
    type Target = Ticket;
    type Output = Ticket;
    fn target(&self) -> Option<&Ref<Ticket>> {
        Some(&self.ticket)
    }
    fn guard(ticket: &Ticket, _: &Actor) -> Result<()> {
        ticket.must_be_unclosed()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Ticket> {
        cx.change(&self.ticket, |ticket, now| {
            ticket.move_to(TicketStatus::Resolved, None, now)?;
            ticket.resolution = self.resolution.clone().or(ticket.resolution.take());
            Ok(())
        })
        .await
    }
}

/// Closes a resolved ticket for good. Errors: `ticket.closed`, `ticket.not_resolved`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// The ticket.
    pub ticket: Ref<Ticket>,
}

impl Command for Close {
    const NAME: &'static str = "ticket.close";
    const ERRORS: &'static [Code] = &[CLOSED, NOT_RESOLVED];
    type Target = Ticket;
    type Output = Ticket;
    fn target(&self) -> Option<&Ref<Ticket>> {
        Some(&self.ticket)
    }
    fn guard(ticket: &Ticket, _: &Actor) -> Result<()> {
        ticket.may_close()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Ticket> {
        cx.change(&self.ticket, |ticket, now| ticket.move_to(TicketStatus::Closed, None, now)).await
    }
}

/// Says how urgent a ticket is. Error: `ticket.closed`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prioritize {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// How urgent it is.
    pub priority: TicketPriority,
}

impl Command for Prioritize {
    const NAME: &'static str = "ticket.prioritize";
    const ERRORS: &'static [Code] = &[CLOSED];
    type Target = Ticket;
    type Output = Ticket;
    fn target(&self) -> Option<&Ref<Ticket>> {
        Some(&self.ticket)
    }
    fn guard(ticket: &Ticket, _: &Actor) -> Result<()> {
        ticket.must_be_unclosed()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Ticket> {
        cx.change(&self.ticket, |ticket, _| {
            ticket.must_be_unclosed()?;
            ticket.priority = self.priority;
            Ok(())
        })
        .await
    }
}
