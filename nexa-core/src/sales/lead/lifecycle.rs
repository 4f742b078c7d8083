//! The life of a lead: contacted, qualified, lost, reopened; and whose it is.

use super::{
    CONVERTED, EMAIL_TAKEN, Lead, Status,
    bant::{BantInput, CLOSED},
};
use crate::{Apply, Body, Code, Id, Moment, Ref, Result, Timestamp, command};

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
#[command("contact", on = Lead, guard = Lead::must_be_open, errors(CLOSED, CONVERTED))]
pub struct Contacted {
    /// The lead.
    pub lead: Ref<Lead>,
}

impl Apply for Contacted {
    fn apply(&self, lead: &mut Lead, at: &Moment<'_>) -> Result<()> {
        lead.touch(at.now);
        Ok(())
    }
}

/// Marks a contacted lead as qualified. `lead.bant_incomplete` names the criteria that are missing.
#[command("qualify", on = Lead, guard = Lead::may_qualify, errors(NOT_CONTACTED, BANT_INCOMPLETE, CONVERTED))]
pub struct Qualify {
    /// The lead.
    pub lead: Ref<Lead>,
    /// Criteria to note on the way.
    pub bant: Option<BantInput>,
}

impl Apply for Qualify {
    fn apply(&self, lead: &mut Lead, at: &Moment<'_>) -> Result<()> {
        let by = at.actor.user().map(Id::new);
        if let Some(bant) = &self.bant {
            lead.bant.note(bant, at.now, by);
        }
        lead.qualify(at.now)
    }
}

/// Gives a lead up, with the reason.
#[command("lose", on = Lead, guard = Lead::must_be_open, errors(CLOSED, CONVERTED))]
pub struct Lose {
    /// The lead.
    pub lead: Ref<Lead>,
    /// Why it came to nothing.
    pub reason: Body,
}

impl Apply for Lose {
    fn apply(&self, lead: &mut Lead, at: &Moment<'_>) -> Result<()> {
        lead.status_before = Some(lead.status);
        lead.status = Status::Lost;
        lead.lost_reason = Some(self.reason.clone());
        lead.lost_at = Some(at.now);
        Ok(())
    }
}

/// Takes a lost lead up again, where it stood before.
#[command("reopen", on = Lead, guard = Lead::may_reopen, errors(NOT_LOST, EMAIL_TAKEN))]
pub struct Reopen {
    /// The lead.
    pub lead: Ref<Lead>,
}

impl Apply for Reopen {
    fn apply(&self, lead: &mut Lead, _: &Moment<'_>) -> Result<()> {
        lead.status = lead.status_before.take().unwrap_or_default();
        lead.lost_reason = None;
        lead.lost_at = None;
        Ok(())
    }
}
