//! Deals that stay in a stage for longer than the stage allows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Deal, DealStatus};
use crate::{
    Choice, Context, Filter, Find, Id, Query, Record, Ref, Result, Subject, Timestamp,
    people::User,
    sales::pipeline::{Pipeline, Stage, StageKind},
};

/// The open deals that have been in their stage for longer than its `stale_after_days`, the longest first: `deal.stuck`.
///
/// Errors: `page.size`, `page.cursor_mismatch`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stuck {
    /// Only deals of this pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Ref<Pipeline>>,
    /// Only deals of this user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Ref<User>>,
    /// How many at most: 50 unless said, 1,000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A page of deals that are stuck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StuckPage {
    /// The deals.
    pub items: Vec<StuckDeal>,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A deal that is stuck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StuckDeal {
    /// The deal.
    pub deal: Id<Deal>,
    /// What it is called, as far as the actor may see it.
    pub name: Option<Subject>,
    /// The stage that it is in.
    pub stage: Choice,
    /// For how many whole days it has been there.
    pub days_in_stage: i64,
    /// For how many days the stage lets it stay.
    pub stale_after_days: u16,
}

impl Query for Stuck {
    const VERB: &'static str = "stuck";
    type Of = Deal;
    type Output = StuckPage;
    async fn run(&self, cx: &mut Context<'_>) -> Result<StuckPage> {
        let pipelines = match &self.pipeline {
            Some(pipeline) => vec![cx.load(pipeline).await?],
            None => cx.unrestricted().every(&Filter::everything()).await?,
        };
        let now = cx.now();
        let stale = pipelines.iter().flat_map(|pipeline| {
            let stages = pipeline.stages.iter().filter(|stage| stage.kind == StageKind::Open);
            stages.filter_map(|stage| Some(in_stage_before(pipeline, stage, before(now, stage.stale_after_days?))))
        });
        let stale: Vec<Filter> = stale.collect();
        if stale.is_empty() {
            return Ok(StuckPage { items: Vec::new(), next: None });
        }
        let mut filter = Deal::STATUS.eq(DealStatus::Open).and(Filter::Or(stale));
        if let Some(owner) = &self.owner {
            filter = filter.and(Deal::OWNER.eq(cx.load(owner).await?.id));
        }
        let mut find = Find::<Deal>::new().filter(filter).by(Deal::STAGE_SINCE).after(self.after.clone());
        find.limit = self.limit;
        let page = find.run(cx).await?;
        let named = !cx.hidden(Deal::def())?.contains(&Deal::NAME.name());
        let items = page.items.into_iter().filter_map(|deal| {
            let pipeline = pipelines.iter().find(|pipeline| pipeline.id == deal.pipeline)?;
            let stale_after_days = pipeline.stage(&deal.stage)?.stale_after_days?;
            Some(StuckDeal {
                deal: deal.id,
                days_in_stage: deal.days_in_stage(now),
                name: named.then_some(deal.name),
                stage: deal.stage,
                stale_after_days,
            })
        });
        Ok(StuckPage { items: items.collect(), next: page.next })
    }
}

fn in_stage_before(pipeline: &Pipeline, stage: &Stage, moment: Timestamp) -> Filter {
    let there = Deal::PIPELINE.eq(pipeline.id).and(Deal::STAGE.eq(stage.name.clone()));
    there.and(Deal::STAGE_SINCE.lt(moment))
}

/// The moment so many days ago.
fn before(now: Timestamp, days: u16) -> Timestamp {
    const MICROS: i64 = 24 * 3_600 * 1_000_000;
    Timestamp::from_micros(now.micros() - i64::from(days) * MICROS)
}
