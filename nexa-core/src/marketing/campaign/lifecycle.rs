//! The life of a campaign: it starts, and is completed or called off.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Campaign, CampaignStatus};
use crate::{Actor, Code, Command, Context, Input, Ref, Result};

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
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The campaign.
    pub campaign: Ref<Campaign>,
}

impl Command for Start {
    const NAME: &'static str = "campaign.start";
    const ERRORS: &'static [Code] = &[NOT_PLANNED];
    type Target = Campaign;
    type Output = Campaign;
    fn target(&self) -> Option<&Ref<Campaign>> {
        Some(&self.campaign)
    }
    fn guard(campaign: &Campaign, _: &Actor) -> Result<()> {
        campaign.may_start()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Campaign> {
        cx.change(&self.campaign, |campaign, _| {
            campaign.may_start()?;
            campaign.status = CampaignStatus::Active;
            Ok(())
        })
        .await
    }
}

/// Brings an active campaign to its end. Error: `campaign.not_active`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    /// The campaign.
    pub campaign: Ref<Campaign>,
}

impl Command for Complete {
    const NAME: &'static str = "campaign.complete";
    const ERRORS: &'static [Code] = &[NOT_ACTIVE];
    type Target = Campaign;
    type Output = Campaign;
    fn target(&self) -> Option<&Ref<Campaign>> {
        Some(&self.campaign)
    }
    fn guard(campaign: &Campaign, _: &Actor) -> Result<()> {
        campaign.may_complete()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Campaign> {
        cx.change(&self.campaign, |campaign, _| {
            campaign.may_complete()?;
            campaign.status = CampaignStatus::Completed;
            Ok(())
        })
        .await
    }
}

/// Calls off a planned or active campaign. Error: `campaign.finished`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// The campaign.
    pub campaign: Ref<Campaign>,
}

impl Command for Cancel {
    const NAME: &'static str = "campaign.cancel";
    const ERRORS: &'static [Code] = &[FINISHED];
    type Target = Campaign;
    type Output = Campaign;
    fn target(&self) -> Option<&Ref<Campaign>> {
        Some(&self.campaign)
    }
    fn guard(campaign: &Campaign, _: &Actor) -> Result<()> {
        campaign.may_cancel()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Campaign> {
        cx.change(&self.campaign, |campaign, _| {
            campaign.may_cancel()?;
            campaign.status = CampaignStatus::Cancelled;
            Ok(())
        })
        .await
    }
}
