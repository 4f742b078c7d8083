//! An escalation: to which group, how bad, when and why. It stands beside the status.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CLOSED, Ticket, TicketSeverity};
use crate::{
    Assignee, Body, Command, Context, Field, Id, Ref, Result, Timestamp, command,
    people::{
        Group,
        assignment::{self, INACTIVE},
    },
};

/// To whom a ticket was escalated, when, how bad and why.
#[derive(Field, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Escalation {
    /// The group that was called.
    pub to: Id<Group>,
    /// When the ticket was escalated.
    pub at: Timestamp,
    /// How bad it is.
    pub severity: Option<TicketSeverity>,
    /// Why the ticket is escalated.
    pub reason: Body,
}

/// Calls a group to a ticket: how bad it is, and why. The ticket stays where it is; assign it to hand it over.
/// Errors: `ticket.closed`, `assignee.inactive`.
#[command("escalate", on = Ticket, guard = Ticket::must_be_unclosed, errors(CLOSED, INACTIVE))]
pub struct Escalate {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// The group that is called.
    pub to: Ref<Group>,
    /// How bad it is; as it was unless said.
    pub severity: Option<TicketSeverity>,
    /// Why the ticket is escalated.
    pub reason: Body,
}

impl Command for Escalate {
    type Output = Ticket;
    async fn run(&self, mut ticket: Ticket, cx: &mut Context<'_>) -> Result<Ticket> {
        let to = cx.load(&self.to).await?.id;
        assignment::check_assignee(cx, &Assignee::group(to)).await?;
        let severity = self.severity.or(ticket.severity);
        ticket.severity = severity;
        ticket.escalation = Some(Escalation { to, at: cx.now(), severity, reason: self.reason.clone() });
        cx.save(ticket).await
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::values::check::{round_trip, same_form};

    #[test]
    fn an_escalation_shows_that_nobody_said_how_bad_it_is() {
        let (to, at) = (Id::new(Uuid::from_u128(7)), Timestamp::from_micros(1_763_370_900_000_001));
        for severity in [None, Some(TicketSeverity::default())] {
            let escalation = Escalation { to, at, severity, reason: "Down".parse().unwrap() };
            round_trip(&escalation);
            same_form(&escalation);
            same_form(&Some(escalation));
        }
        same_form(&None::<Escalation>);
    }
}
