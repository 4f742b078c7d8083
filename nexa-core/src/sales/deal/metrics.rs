//! How long a deal took, stage by stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Deal, visit::StageVisit, whole_days};
use crate::{
    Choice, Context, Find, Get, Id, Money, Query, Record, Ref, Result, Timestamp, kernel::limits::LARGEST_PAGE,
};

/// What a deal is worth and how long it took: `deal.metrics`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The deal.
    pub deal: Ref<Deal>,
}

/// The figures of one deal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DealMetrics {
    /// The deal.
    pub deal: Id<Deal>,
    /// Amount times probability; nothing without an amount.
    pub weighted: Option<Money>,
    /// For how many whole days it has been in its stage.
    pub days_in_stage: i64,
    /// How many whole days it took from its beginning until it was decided; nothing while it is open.
    pub sales_cycle_days: Option<i64>,
    /// The stages it was in, in order; a stage that it came back to stands there again.
    pub stages: Vec<StageStay>,
}

/// One stay of a deal in a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageStay {
    /// The stage.
    pub stage: Choice,
    /// When the deal came to the stage.
    pub from: Timestamp,
    /// When the deal left the stage; nothing while it is there.
    pub to: Option<Timestamp>,
    /// How many whole days the deal stayed.
    pub days: i64,
}

impl Query for Metrics {
    const VERB: &'static str = "metrics";
    type Of = Deal;
    type Output = DealMetrics;
    async fn run(&self, cx: &mut Context<'_>) -> Result<DealMetrics> {
        let deal = Get::of(self.deal.clone()).run(cx).await?.record;
        Ok(DealMetrics {
            deal: deal.id,
            weighted: deal.weighted(),
            days_in_stage: deal.days_in_stage(cx.now()),
            sales_cycle_days: deal.sales_cycle_days(),
            stages: stays(cx, &deal).await?,
        })
    }
}

/// Where it was, in order; nothing for who may not see its stage.
async fn stays(cx: &mut Context<'_>, deal: &Deal) -> Result<Vec<StageStay>> {
    if cx.hidden(Deal::def())?.contains(&Deal::STAGE.name()) {
        return Ok(Vec::new());
    }
    let mut stays = Vec::new();
    let mut after = None;
    loop {
        let here = Find::<StageVisit>::new()
            .filter(StageVisit::DEAL.eq(deal.id))
            .by(StageVisit::ENTERED_AT)
            .by(StageVisit::LEFT_AT)
            .limit(LARGEST_PAGE)
            .after(after);
        let page = here.run(cx).await?;
        stays.extend(page.items.into_iter().map(|visit| StageStay {
            stage: visit.stage,
            from: visit.entered_at,
            to: visit.left_at,
            days: whole_days(visit.entered_at, visit.left_at.unwrap_or(cx.now())),
        }));
        after = page.next;
        if after.is_none() {
            return Ok(stays);
        }
    }
}
