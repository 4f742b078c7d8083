//! Won, lost, and open again.

use super::{AMOUNT_MISSING, CLOSED, Deal, DealStatus};
use crate::{
    Body, Code, Command, Context, Date, Ref, Result, Timestamp, command,
    sales::{
        contact::LifecycleStage,
        lookups,
        pipeline::{self, Pipeline, Stage, StageKind},
    },
};

/// The deal is not decided.
pub const NOT_CLOSED: Code = Code::rule("deal.not_closed", "The deal is open; there is nothing to reopen.");

impl Deal {
    fn may_win(&self) -> Result<()> {
        self.must_be_open()?;
        if self.amount.is_some() { Ok(()) } else { Err(AMOUNT_MISSING.error()) }
    }
    fn may_reopen(&self) -> Result<()> {
        if self.status == DealStatus::Open { Err(NOT_CLOSED.error()) } else { Ok(()) }
    }
    /// Decides it: the probability is what the stage says, and the close date is the day on which it happened.
    fn close(&mut self, stage: &Stage, today: Date, now: Timestamp) {
        self.stage_before_close = Some(self.stage.clone());
        self.probability_by_hand = false;
        self.enter(stage, now);
        self.close_date = Some(today);
        self.closed_at = Some(now);
    }
    /// Opens it again, in the stage before, or in the first one when that has gone.
    fn reopen(&mut self, pipeline: &Pipeline, now: Timestamp) -> Result<()> {
        let before = self.stage_before_close.take();
        let stage = match before.and_then(|name| pipeline.stage(&name)).filter(|stage| stage.kind == StageKind::Open) {
            Some(stage) => stage,
            None => pipeline.first(StageKind::Open)?,
        };
        self.enter(stage, now);
        self.closed_at = None;
        self.lost_reason = None;
        Ok(())
    }
}

/// Wins an open deal that has an amount. Its account becomes a customer, its primary contact comes to the lifecycle stage
/// customer. Errors: `deal.closed`, `deal.amount_missing`.
#[command("win", on = Deal, guard = Deal::may_win, errors(CLOSED, AMOUNT_MISSING))]
pub struct Win {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Command for Win {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        let today = lookups::today(cx).await?;
        deal.close(pipeline.first(StageKind::Won)?, today, cx.now());
        if let Some(mut account) = lookups::if_live(cx, deal.account).await? {
            account.becomes_customer(today);
            cx.save(account).await?;
        }
        if let Some(mut contact) = lookups::if_live(cx, deal.primary_contact).await? {
            contact.advance(LifecycleStage::Customer);
            cx.save(contact).await?;
        }
        cx.save(deal).await
    }
}

/// Loses an open deal, and says why. Error: `deal.closed`.
#[command("lose", on = Deal, guard = Deal::must_be_open, errors(CLOSED))]
pub struct Lose {
    /// The deal.
    pub deal: Ref<Deal>,
    /// Why it was lost.
    pub reason: Body,
}

impl Command for Lose {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        let today = lookups::today(cx).await?;
        deal.close(pipeline.first(StageKind::Lost)?, today, cx.now());
        deal.lost_reason = Some(self.reason.clone());
        cx.save(deal).await
    }
}

/// Opens a decided deal again, in the stage it was in before. Its account stays what it became. Error: `deal.not_closed`.
#[command("reopen", on = Deal, guard = Deal::may_reopen, errors(NOT_CLOSED))]
pub struct Reopen {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Command for Reopen {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        deal.reopen(&pipeline, cx.now())?;
        cx.save(deal).await
    }
}
