//! From stage to stage, and the probability that goes with it.

use schemars::JsonSchema;
use serde::Serialize;

use super::{CLOSED, Deal, STAGE_UNKNOWN, USE_WIN_OR_LOSE};
use crate::{Actor, Choice, Code, Command, Context, Input, Ref, Result, sales::pipeline};

/// Moves an open deal to another open stage of its pipeline, forward or back. The probability follows, unless somebody set it by
/// hand. Errors: `deal.closed`, `deal.stage_unknown`, `deal.use_win_or_lose`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The deal.
    pub deal: Ref<Deal>,
    /// The stage it goes to.
    pub stage: Choice,
}

impl Command for Move {
    const NAME: &'static str = "deal.move";
    const ERRORS: &'static [Code] = &[CLOSED, STAGE_UNKNOWN, USE_WIN_OR_LOSE];
    type Target = Deal;
    type Output = Deal;
    fn target(&self) -> Option<&Ref<Deal>> {
        Some(&self.deal)
    }
    fn guard(deal: &Deal, _: &Actor) -> Result<()> {
        deal.must_be_open()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Deal> {
        let mut deal = cx.load(&self.deal).await?;
        deal.must_be_open()?;
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        let stage = Deal::open_stage(&pipeline, &self.stage)?;
        if stage.name != deal.stage {
            deal.enter(stage, cx.now());
        }
        cx.save(deal).await
    }
}

/// Lets the probability of an open deal follow its stage again. Error: `deal.closed`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetProbability {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Command for ResetProbability {
    const NAME: &'static str = "deal.reset_probability";
    const ERRORS: &'static [Code] = &[CLOSED, STAGE_UNKNOWN];
    type Target = Deal;
    type Output = Deal;
    fn target(&self) -> Option<&Ref<Deal>> {
        Some(&self.deal)
    }
    fn guard(deal: &Deal, _: &Actor) -> Result<()> {
        deal.must_be_open()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Deal> {
        let mut deal = cx.load(&self.deal).await?;
        deal.must_be_open()?;
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        deal.probability = Deal::open_stage(&pipeline, &deal.stage)?.probability;
        deal.probability_by_hand = false;
        cx.save(deal).await
    }
}
