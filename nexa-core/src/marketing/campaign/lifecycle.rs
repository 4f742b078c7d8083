//! The life of a campaign: it starts, and is completed or called off.

use super::{Campaign, CampaignStatus};
use crate::{Apply, Code, Moment, Ref, Result, command};

/// Only a planned campaign starts.
pub const NOT_PLANNED: Code =
    Code::rule("campaign.not_planned", "The campaign is {status}; only a planned one can start. Make a new one.");
/// Only an active campaign is completed.
pub const NOT_ACTIVE: Code =
    Code::rule("campaign.not_active", "The campaign is {status}; only an active one can be completed.");
/// The campaign is over.
pub const FINISHED: Code =
    Code::rule("campaign.finished", "The campaign is {status} already; there is nothing left to cancel.");

impl Campaign {
    fn may_start(&self) -> Result<()> {
        match self.status {
            CampaignStatus::Planned => Ok(()),
            status => Err(NOT_PLANNED.with("status", status)),
        }
    }
    fn may_complete(&self) -> Result<()> {
        match self.status {
            CampaignStatus::Active => Ok(()),
            status => Err(NOT_ACTIVE.with("status", status)),
        }
    }
    fn may_cancel(&self) -> Result<()> {
        match self.status {
            CampaignStatus::Planned | CampaignStatus::Active => Ok(()),
            status => Err(FINISHED.with("status", status)),
        }
    }
}

/// Starts a planned campaign. Error: `campaign.not_planned`.
#[command("start", on = Campaign, guard = Campaign::may_start, errors(NOT_PLANNED))]
pub struct Start {
    /// The campaign.
    pub campaign: Ref<Campaign>,
}

impl Apply for Start {
    fn apply(&self, campaign: &mut Campaign, _: &Moment<'_>) -> Result<()> {
        campaign.status = CampaignStatus::Active;
        Ok(())
    }
}

/// Brings an active campaign to its end. Error: `campaign.not_active`.
#[command("complete", on = Campaign, guard = Campaign::may_complete, errors(NOT_ACTIVE))]
pub struct Complete {
    /// The campaign.
    pub campaign: Ref<Campaign>,
}

impl Apply for Complete {
    fn apply(&self, campaign: &mut Campaign, _: &Moment<'_>) -> Result<()> {
        campaign.status = CampaignStatus::Completed;
        Ok(())
    }
}

/// Calls off a planned or active campaign. Error: `campaign.finished`.
#[command("cancel", on = Campaign, guard = Campaign::may_cancel, errors(FINISHED))]
pub struct Cancel {
    /// The campaign.
    pub campaign: Ref<Campaign>,
}

impl Apply for Cancel {
    fn apply(&self, campaign: &mut Campaign, _: &Moment<'_>) -> Result<()> {
        campaign.status = CampaignStatus::Cancelled;
        Ok(())
    }
}
