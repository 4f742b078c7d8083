//! A request for a feature: what customers wish for, who of them, and what becomes of it.

mod lifecycle;
mod overview;
mod vote;

use serde::{Deserialize, Serialize};

pub use self::{
    lifecycle::{DECLINED, Decline, FeatureRequestProgress, Move, NOT_DECLINED, Reopen},
    overview::{FeatureRequestOverview, Overview},
    vote::{CastVote, EXISTS, NO_CONTACT, NONE, OTHER_CONTACT, Vote, WithdrawVote},
};
use super::{
    Release,
    release::{self, NOT_PLANNED},
};
use crate::{
    Assignee, Body, Choice, Code, Context, Custom, Entity, ExternalKey, Id, Mergeable, Quarter, Record, Result,
    Subject, Tags, Timestamp, closed_enum,
    people::{
        assignment::{self, INACTIVE},
        org::{self, CHOICE_UNKNOWN},
    },
};

closed_enum! {
    /// Where a request stands.
    pub enum FeatureRequestStatus {
        /// Nobody has decided.
        New = "new",
        /// It is to be done.
        Planned = "planned",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// Customers have it.
        Shipped = "shipped",
        /// It is not to be done.
        Declined = "declined",
    }
}

/// What customers wish for. How many of them is computed from their votes: `feature_request.overview`.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "feature_request",
    table = "feature_requests", access = work,
    search(title = 1),
    index("status", "created_at"),
    index("shipped_in")
)]
pub struct FeatureRequest {
    /// The identifier.
    pub id: Id<FeatureRequest>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The request that this one was folded into.
    pub merged_into: Option<Id<FeatureRequest>>,
    /// What is wished for, in one line.
    #[record(editable, folded)]
    pub title: Subject,
    /// What is wished for, in full.
    #[record(editable)]
    pub description: Option<Body>,
    /// Where it comes from, such as `customer_feedback`; the tenant may close the list as `feature_request.source`.
    #[record(editable)]
    pub source: Option<Choice>,
    /// The part of the product, such as `data_export`; the tenant may close the list as `bug.feature`.
    #[record(editable)]
    pub feature: Option<Choice>,
    /// Where it stands; changed by `feature_request.move`, `decline` and `reopen`, and by `release.deploy`.
    pub status: FeatureRequestStatus,
    /// What it is worth to the business.
    #[record(editable)]
    pub business_value: Option<Subject>,
    /// How much work it is, such as `medium`; the tenant may close the list as `feature_request.engineering_effort`.
    #[record(editable)]
    pub engineering_effort: Option<Choice>,
    /// The quarter in which it is to be there.
    #[record(editable)]
    pub target_quarter: Option<Quarter>,
    /// Who answers for it: a user or a group.
    #[record(editable, assignee)]
    pub assignee: Option<Assignee>,
    /// The release that brings it. It can be chosen while that is planned.
    #[record(editable, on_trash = keep)]
    pub shipped_in: Option<Id<Release>>,
    /// When customers got it.
    pub shipped_at: Option<Timestamp>,
    /// Why it is not to be done.
    pub decline_reason: Option<Body>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl FeatureRequest {
    fn choices(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("feature_request.source", self.source.as_deref()),
            ("bug.feature", self.feature.as_deref()),
            ("feature_request.engineering_effort", self.engineering_effort.as_deref()),
        ]
    }
}

impl Entity for FeatureRequest {
    const ERRORS: &'static [Code] = &[INACTIVE, CHOICE_UNKNOWN, NOT_PLANNED];

    fn is_open(&self) -> bool {
        !matches!(self.status, FeatureRequestStatus::Shipped | FeatureRequestStatus::Declined)
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if let Some(assignee) = &self.assignee
            && before.is_none_or(|before| before.assignee != self.assignee)
        {
            assignment::check_assignee(cx, assignee).await.map_err(|error| error.with("field", "assignee"))?;
        }
        for (field, choice) in [
            ("feature_request.source", &mut self.source),
            ("bug.feature", &mut self.feature),
            ("feature_request.engineering_effort", &mut self.engineering_effort),
        ] {
            if let Some(choice) = choice {
                org::choose(cx, field, choice).await?;
            }
        }
        let moved = before.is_none_or(|before| before.shipped_in != self.shipped_in);
        if let Some(release) = self.shipped_in.filter(|_| moved) {
            release::must_be_planned(cx, release, "shipped_in").await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|now| now.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.assignee), now.assignee).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &self.choices()).await?;
        match (&self.assignee, self.is_open()) {
            (Some(assignee), true) => assignment::check_assignee(cx, assignee).await,
            _ => Ok(()),
        }
    }
}

/// The votes of both are united, and who voted for both has one: a vote is unique for a request and a contact.
impl Mergeable for FeatureRequest {}
