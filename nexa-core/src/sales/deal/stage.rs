//! From stage to stage, and the probability that goes with it.

use super::{CLOSED, Deal, STAGE_NEEDS, STAGE_UNKNOWN, USE_WIN_OR_LOSE};
use crate::{Choice, Command, Context, Ref, Result, command, sales::pipeline};

/// Moves an open deal to another open stage of its pipeline, forward or back. The probability follows, unless somebody set it by
/// hand. Errors: `deal.closed`, `deal.stage_unknown`, `deal.use_win_or_lose`, `deal.stage_needs`.
#[command("move", on = Deal, guard = Deal::must_be_open, errors(CLOSED, STAGE_UNKNOWN, USE_WIN_OR_LOSE, STAGE_NEEDS))]
pub struct Move {
    /// The deal.
    pub deal: Ref<Deal>,
    /// The stage it goes to.
    pub stage: Choice,
}

impl Command for Move {
    type Output = Deal;
    async fn run(&self, deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        deal.move_to(Deal::open_stage(&pipeline, &self.stage)?, cx).await
    }
}

/// Lets the probability of an open deal follow its stage again. Error: `deal.closed`.
#[command("reset_probability", on = Deal, guard = Deal::must_be_open, errors(CLOSED, STAGE_UNKNOWN))]
pub struct ResetProbability {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Command for ResetProbability {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        deal.probability = Deal::open_stage(&pipeline, &deal.stage)?.probability;
        deal.probability_by_hand = false;
        cx.save(deal).await
    }
}

/// Lets what the forecast makes of an open deal follow its stage again. Error: `deal.closed`.
#[command("reset_category", on = Deal, guard = Deal::must_be_open, errors(CLOSED, STAGE_UNKNOWN))]
pub struct ResetCategory {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Command for ResetCategory {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        deal.category = Deal::open_stage(&pipeline, &deal.stage)?.category;
        deal.category_by_hand = false;
        cx.save(deal).await
    }
}
