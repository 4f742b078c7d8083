//! A campaign: what is done to make people interested, what it costs, and whom it reached.
//! Planned → active → completed; planned or active → cancelled.

pub mod lifecycle;
pub mod member;
pub mod performance;

pub use lifecycle::{Cancel, Complete, Start};
pub use member::{Add, CampaignMember, Remove};
pub use performance::{Performance, PerformanceOf};

use serde::{Deserialize, Serialize};

use crate::{
    Amount, Assignee, Body, Choice, Code, Context, Custom, Date, Entity, ExternalKey, Id, Money, Name, Record, Result,
    Subject, Tags, Timestamp, closed_enum,
    kernel::error::codes,
    people::{assignment, org},
};

/// The end comes before the start.
pub const DATES: Code = Code::invalid(
    "campaign.dates",
    "The campaign would end on {end_date}, before it starts on {start_date}; correct one of them.",
);

closed_enum! {
    /// Where a campaign stands.
    pub enum CampaignStatus {
        /// It has not begun.
        Planned = "planned",
        /// It runs.
        Active = "active",
        /// It came to its end.
        Completed = "completed",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

/// What is done to make people interested, such as a webinar.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(
    kind = "campaign",
    table = "campaigns", access = work,
    search(name = 4, goal = 2, target_audience = 2, description = 1),
    unique("name.folded", code = "campaign.name_taken"),
    index("status", "start_date")
)]
pub struct Campaign {
    /// The identifier.
    pub id: Id<Campaign>,
    /// Counts the changes.
    pub version: i64,
    /// When the campaign was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// What sort of campaign it is, such as `webinar`; the tenant may close the list as `campaign.type`.
    #[record(editable)]
    pub r#type: Choice,
    /// Where it stands: `campaign.start`, `campaign.complete` and `campaign.cancel` change it.
    pub status: CampaignStatus,
    /// The first day.
    #[record(editable)]
    pub start_date: Option<Date>,
    /// The last day, not before the first.
    #[record(editable)]
    pub end_date: Option<Date>,
    /// What it is to bring, such as 100 qualified leads.
    #[record(editable)]
    pub goal: Option<Subject>,
    /// Whom it is for.
    #[record(editable)]
    pub target_audience: Option<Subject>,
    /// What it may cost.
    #[record(editable)]
    pub budget: Option<Money>,
    /// What it did cost; as long as nobody knows, reports reckon with the budget.
    #[record(editable)]
    pub actual_cost: Option<Money>,
    /// The user or group that runs it.
    #[record(editable, assignee)]
    pub owner: Option<Assignee>,
    /// Everything else that is to be said.
    #[record(editable)]
    pub description: Option<Body>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// The tenant's own fields.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Campaign {
    /// What it cost; as long as nobody knows, what it may cost.
    pub fn cost(&self) -> Option<Money> {
        self.actual_cost.or(self.budget)
    }
    fn check_dates(&self) -> Result<()> {
        match (self.start_date, self.end_date) {
            (Some(start), Some(end)) if end < start => {
                Err(DATES.with("start_date", start).with("end_date", end).with("field", "end_date"))
            }
            _ => Ok(()),
        }
    }
    fn check_costs(&self) -> Result<()> {
        for (field, money) in [("budget", self.budget), ("actual_cost", self.actual_cost)] {
            if money.is_some_and(|money| money.amount < Amount::default()) {
                return Err(codes::FIELD_INVALID.with("field", field).with("problem", "give zero or more"));
            }
        }
        Ok(())
    }
}

impl Entity for Campaign {
    const ERRORS: &'static [Code] = &[DATES, assignment::INACTIVE, org::CHOICE_UNKNOWN];
    fn is_open(&self) -> bool {
        matches!(self.status, CampaignStatus::Planned | CampaignStatus::Active)
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        self.check_dates()?;
        self.check_costs()?;
        if before.is_none_or(|before| before.r#type != self.r#type) {
            org::choose(cx, "campaign.type", &mut self.r#type).await?;
        }
        match self.owner {
            Some(owner) if before.is_none_or(|before| before.owner != self.owner) => {
                assignment::check_assignee(cx, &owner).await.map_err(|error| error.with("field", "owner"))
            }
            _ => Ok(()),
        }
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|record| record.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.owner), now.owner).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("campaign.type", Some(&self.r#type))]).await?;
        match &self.owner {
            Some(owner) => assignment::check_assignee(cx, owner).await,
            None => Ok(()),
        }
    }
}
