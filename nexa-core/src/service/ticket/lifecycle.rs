//! How a ticket moves: from status to status, and in urgency.

use super::{CLOSED, Ticket, TicketPriority, TicketStatus};
use crate::{Apply, Body, Code, Moment, Ref, Result, Timestamp, command, kernel::error::codes};

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

    /// Notes that a person did something about it.
    pub(in crate::service) fn acknowledge(&mut self, at: &Moment<'_>) {
        if at.actor.user().is_some() {
            self.acknowledged_at.get_or_insert(at.now);
        }
    }

    /// Notes that the customer was answered. An answer of a person is the first response where there was none.
    pub(in crate::service) fn answered(&mut self, at: &Moment<'_>) {
        self.acknowledge(at);
        self.waiting_since = None;
        if at.actor.user().is_some() {
            self.first_response_at.get_or_insert(at.now);
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
#[command("move", on = Ticket, guard = Ticket::must_be_unclosed, check = Self::check, errors(CLOSED, NOT_RESOLVED))]
pub struct Move {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// Where it is to stand.
    pub status: TicketStatus,
    /// Until when it is pending; only with that status.
    pub until: Option<Timestamp>,
}

impl Move {
    /// Moves this ticket there.
    pub fn to(ticket: impl Into<Ref<Ticket>>, status: TicketStatus) -> Self {
        Self { ticket: ticket.into(), status, until: None }
    }
}

impl Move {
    fn check(&self) -> Result<()> {
        if self.until.is_some() && self.status != TicketStatus::Pending {
            return Err(codes::FIELD_INVALID.with("field", "until").with("problem", "give it with the status pending"));
        }
        Ok(())
    }
}

impl Apply for Move {
    fn apply(&self, ticket: &mut Ticket, at: &Moment<'_>) -> Result<()> {
        ticket.move_to(self.status, self.until, at.now)?;
        ticket.acknowledge(at);
        Ok(())
    }
}

/// Resolves a ticket: the problem is fixed. Error: `ticket.closed`.
#[command("resolve", on = Ticket, guard = Ticket::must_be_unclosed, errors(CLOSED))]
pub struct Resolve {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// How it was resolved.
    pub resolution: Option<Body>,
}

impl Apply for Resolve {
    fn apply(&self, ticket: &mut Ticket, at: &Moment<'_>) -> Result<()> {
        ticket.move_to(TicketStatus::Resolved, None, at.now)?;
        ticket.resolution = self.resolution.clone().or(ticket.resolution.take());
        ticket.acknowledge(at);
        Ok(())
    }
}

/// Closes a resolved ticket for good. Errors: `ticket.closed`, `ticket.not_resolved`.
#[command("close", on = Ticket, guard = Ticket::may_close, errors(CLOSED, NOT_RESOLVED))]
pub struct Close {
    /// The ticket.
    pub ticket: Ref<Ticket>,
}

impl Apply for Close {
    fn apply(&self, ticket: &mut Ticket, at: &Moment<'_>) -> Result<()> {
        ticket.move_to(TicketStatus::Closed, None, at.now)
    }
}

/// Says how urgent a ticket is. Error: `ticket.closed`.
#[command("prioritize", on = Ticket, guard = Ticket::must_be_unclosed, errors(CLOSED))]
pub struct Prioritize {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// How urgent it is.
    pub priority: TicketPriority,
}

impl Apply for Prioritize {
    fn apply(&self, ticket: &mut Ticket, _: &Moment<'_>) -> Result<()> {
        ticket.priority = self.priority;
        Ok(())
    }
}
