//! The stages that a deal was in: each stay is a record, written with the change of the deal that begins or ends it, so that whole
//! pipelines are measured without reading histories.

use serde::{Deserialize, Serialize};

use super::Deal;
use crate::{
    Choice, Context, Id, Record, Result, Timestamp,
    people::User,
    sales::pipeline::{Pipeline, Stage},
};

/// One stay of a deal in a stage.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "stage_visit",
    table = "stage_visits", access = through(deal),
    index("deal", "entered_at"),
    index("pipeline", "stage", "entered_at")
)]
pub struct StageVisit {
    /// The identifier.
    pub id: Id<StageVisit>,
    /// Counts the changes.
    pub version: i64,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The deal.
    #[record(on_trash = with_parent)]
    pub deal: Id<Deal>,
    /// The pipeline that the deal went through.
    #[record(on_trash = keep)]
    pub pipeline: Id<Pipeline>,
    /// The stage, as it was called.
    pub stage: Choice,
    /// When the deal came to the stage.
    pub entered_at: Timestamp,
    /// When the deal left the stage; nothing while it is there.
    pub left_at: Option<Timestamp>,
    /// How many seconds the deal stayed; nothing while it is there.
    pub seconds: Option<i64>,
    /// The stage that the deal went to; nothing while it is there.
    pub next_stage: Option<Choice>,
    /// The user who brought the deal there.
    pub by: Option<Id<User>>,
    /// Why the deal was lost, or won, when the stage decided it.
    pub reason: Option<Choice>,
}

impl Deal {
    /// Writes down that the new deal is in its first stage.
    pub(super) async fn arrive(&self, cx: &mut Context<'_>) -> Result<()> {
        let visit = StageVisit {
            deal: self.id,
            pipeline: self.pipeline,
            stage: self.stage.clone(),
            entered_at: self.stage_since,
            by: cx.actor().user().map(Id::new),
            reason: self.won_reason.clone().or_else(|| self.lost_reason.clone()),
            ..StageVisit::default()
        };
        cx.unrestricted().insert(visit).await.map(drop)
    }

    /// Writes down that the deal left a stage for the one in which it is by now.
    pub(super) async fn go_over(&self, cx: &mut Context<'_>) -> Result<()> {
        let here = StageVisit::DEAL.eq(self.id).and(StageVisit::LEFT_AT.is_null());
        for mut visit in cx.unrestricted().find::<StageVisit>(&here, &[], 2).await? {
            visit.left_at = Some(self.stage_since);
            visit.seconds = Some(self.stage_since.since(visit.entered_at).max(0) / 1_000_000);
            visit.next_stage = Some(self.stage.clone());
            cx.save(visit).await?;
        }
        self.arrive(cx).await
    }

    /// Moves it to another open stage and saves it. Error: `deal.stage_needs`.
    pub(in crate::sales) async fn move_to(mut self, stage: &Stage, cx: &mut Context<'_>) -> Result<Self> {
        self.come_to(stage, cx).await?;
        cx.save(self).await
    }
    /// Moves it to another open stage without saving it. Error: `deal.stage_needs`.
    pub(super) async fn come_to(&mut self, stage: &Stage, cx: &mut Context<'_>) -> Result<()> {
        if stage.name != self.stage {
            self.must_meet(stage)?;
            self.enter(stage, cx.now());
            self.go_over(cx).await?;
        }
        Ok(())
    }
}
