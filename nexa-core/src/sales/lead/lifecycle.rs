//! The life of a lead: contacted, qualified, lost, reopened; and whose it is.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    CONVERTED, EMAIL_TAKEN, Lead, Status,
    bant::{BantInput, CLOSED},
};
use crate::{Actor, Body, Code, Command, Context, Id, Input, Ref, Result, Timestamp};

/// The lead was not contacted yet, or is past that.
pub const NOT_CONTACTED: Code = Code::rule(
    "lead.not_contacted",
    "The lead is {status}; only a contacted lead qualifies. Contact a new one first with lead.contact.",
);
/// Some criteria are not met.
pub const BANT_INCOMPLETE: Code = Code::rule(
    "lead.bant_incomplete",
    "The lead does not meet {missing}; note them with lead.record_bant when they are met.",
);
/// Only a lost lead can be reopened.
pub const NOT_LOST: Code =
    Code::rule("lead.not_lost", "The lead is {status}; there is nothing to reopen, as only a lost lead is.");

impl Lead {
    fn may_qualify(&self) -> Result<()> {
        match self.status {
            Status::Contacted => Ok(()),
            Status::Converted => self.must_not_be_converted(),
            status => Err(NOT_CONTACTED.with("status", status)),
        }
    }
    fn may_reopen(&self) -> Result<()> {
        match self.status {
            Status::Lost => Ok(()),
            status => Err(NOT_LOST.with("status", status)),
        }
    }
    /// Somebody spoke with them: a new lead is contacted from now on.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.last_contacted = Some(now);
        if self.status == Status::New {
            self.status = Status::Contacted;
        }
    }
    /// All four BANT criteria met, after a first contact.
    fn qualify(&mut self, now: Timestamp) -> Result<()> {
        self.may_qualify()?;
        let missing = self.bant.missing();
        if !missing.is_empty() {
            return Err(BANT_INCOMPLETE.with("missing", missing));
        }
        self.status = Status::Qualified;
        self.qualified_at = Some(now);
        Ok(())
    }
}

/// Notes that somebody spoke with the lead: a new lead becomes contacted.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contacted {
    /// The lead.
    pub lead: Ref<Lead>,
}

impl Command for Contacted {
    const NAME: &'static str = "lead.contact";
    const ERRORS: &'static [Code] = &[CLOSED, CONVERTED];
    type Target = Lead;
    type Output = Lead;
    fn target(&self) -> Option<&Ref<Lead>> {
        Some(&self.lead)
    }
    fn guard(lead: &Lead, _: &Actor) -> Result<()> {
        lead.must_be_open()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Lead> {
        cx.change(&self.lead, |lead, now| {
            lead.touch(now);
            Ok(())
        })
        .await
    }
}

/// Marks a contacted lead as qualified. `lead.bant_incomplete` names the criteria that are missing.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Qualify {
    /// The lead.
    pub lead: Ref<Lead>,
    /// Criteria to note on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bant: Option<BantInput>,
}

impl Command for Qualify {
    const NAME: &'static str = "lead.qualify";
    const ERRORS: &'static [Code] = &[NOT_CONTACTED, BANT_INCOMPLETE, CONVERTED];
    type Target = Lead;
    type Output = Lead;
    fn target(&self) -> Option<&Ref<Lead>> {
        Some(&self.lead)
    }
    fn guard(lead: &Lead, _: &Actor) -> Result<()> {
        lead.may_qualify()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Lead> {
        let by = cx.actor().user().map(Id::new);
        cx.change(&self.lead, |lead, now| {
            if let Some(bant) = &self.bant {
                lead.bant.note(bant, now, by);
            }
            lead.qualify(now)
        })
        .await
    }
}

/// Gives a lead up, with the reason.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lose {
    /// The lead.
    pub lead: Ref<Lead>,
    /// Why it came to nothing.
    pub reason: Body,
}

impl Command for Lose {
    const NAME: &'static str = "lead.lose";
    const ERRORS: &'static [Code] = &[CLOSED, CONVERTED];
    type Target = Lead;
    type Output = Lead;
    fn target(&self) -> Option<&Ref<Lead>> {
        Some(&self.lead)
    }
    fn guard(lead: &Lead, _: &Actor) -> Result<()> {
        lead.must_be_open()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Lead> {
        cx.change(&self.lead, |lead, now| {
            lead.status_before = Some(lead.status);
            lead.status = Status::Lost;
            lead.lost_reason = Some(self.reason.clone());
            lead.lost_at = Some(now);
            Ok(())
        })
        .await
    }
}

/// Takes a lost lead up again, where it stood before.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reopen {
    /// The lead.
    pub lead: Ref<Lead>,
}

impl Command for Reopen {
    const NAME: &'static str = "lead.reopen";
    const ERRORS: &'static [Code] = &[NOT_LOST, EMAIL_TAKEN];
    type Target = Lead;
    type Output = Lead;
    fn target(&self) -> Option<&Ref<Lead>> {
        Some(&self.lead)
    }
    fn guard(lead: &Lead, _: &Actor) -> Result<()> {
        lead.may_reopen()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Lead> {
        cx.change(&self.lead, |lead, _| {
            lead.may_reopen()?;
            lead.status = lead.status_before.take().unwrap_or_default();
            lead.lost_reason = None;
            lead.lost_at = None;
            Ok(())
        })
        .await
    }
}
