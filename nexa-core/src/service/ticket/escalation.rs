//! An escalation: to which group, how bad, when and why. It stands beside the status.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CLOSED, Severity, Ticket};
use crate::{
    Assignee, Body, Command, Context, Id, Ref, Result, Timestamp, command,
    kernel::{
        record::{ColumnDef, Field},
        value::Value,
    },
    people::{
        Group,
        assignment::{self, INACTIVE},
    },
};

/// To whom a ticket was escalated, when, how bad and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Escalation {
    /// The group that was called.
    pub to: Id<Group>,
    /// When.
    pub at: Timestamp,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Why.
    pub reason: Body,
}

impl Field for Escalation {
    const WIDTH: usize = 4;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        <Id<Group>>::columns(&format!("{name}.to"), out);
        Timestamp::columns(&format!("{name}.at"), out);
        <Option<Severity>>::columns(&format!("{name}.severity"), out);
        Body::columns(&format!("{name}.reason"), out);
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.to.write(out);
        self.at.write(out);
        self.severity.write(out);
        self.reason.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Ok(Self {
            to: Field::read(values)?,
            at: Field::read(values)?,
            severity: Field::read(values)?,
            reason: Field::read(values)?,
        })
    }
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
    pub severity: Option<Severity>,
    /// Why.
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
