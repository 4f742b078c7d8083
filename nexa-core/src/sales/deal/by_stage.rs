//! What a pipeline holds, stage by stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Deal, DealStatus,
    groups::{by, deal_groups_by_day},
};
use crate::{
    Choice, Context, Id, Percent, Query, Record, Ref, Result,
    kernel::context::not_found,
    people::Conversion,
    sales::{
        money_sum::{MoneySum, Tally},
        pipeline::{Pipeline, StageKind, present_default},
    },
};

/// What a pipeline holds, stage by stage: `deal.pipeline`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ByStage {
    /// The pipeline; the tenant's default without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Ref<Pipeline>>,
}

/// What a pipeline holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PipelineValue {
    /// The pipeline.
    pub pipeline: Id<Pipeline>,
    /// Its stages, in order.
    pub stages: Vec<StageValue>,
    /// The deals in its open stages together.
    pub open: DealValue,
}

/// What a stage holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageValue {
    /// The stage.
    pub stage: Choice,
    /// What it means that a deal is in it.
    pub kind: StageKind,
    /// The stage's own probability.
    pub probability: Percent,
    /// Its deals.
    #[serde(flatten)]
    pub deals: DealValue,
}

/// What some deals are worth together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DealValue {
    /// How many there are.
    pub count: u64,
    /// How many of them have no amount.
    pub without_amount: u64,
    /// Their amounts.
    pub total: MoneySum,
    /// Their amounts, each times the deal's probability.
    pub weighted: MoneySum,
}

/// A value in the making.
#[derive(Clone, Default)]
struct Counted {
    count: u64,
    without_amount: u64,
    total: Tally,
    weighted: Tally,
}

impl Query for ByStage {
    const VERB: &'static str = "pipeline";
    type Of = Deal;
    type Output = PipelineValue;
    async fn run(&self, cx: &mut Context<'_>) -> Result<PipelineValue> {
        let pipeline = match &self.pipeline {
            Some(pipeline) => cx.load(pipeline).await?,
            None => {
                let missing = || not_found(Pipeline::def(), "that is the default");
                present_default(cx).await?.ok_or_else(missing)?
            }
        };
        let groups = vec![by(Deal::STAGE.name()), by(Deal::PROBABILITY.name())];
        let mut open = Counted::default();
        let mut stages = vec![Counted::default(); pipeline.stages.len()];
        for group in deal_groups_by_day(cx, Deal::PIPELINE.eq(pipeline.id), groups).await? {
            let stage: Choice = group.value(1)?;
            let (probability, status): (Percent, DealStatus) = (group.value(2)?, group.value(0)?);
            let of_stage = pipeline.stages.iter().position(|one| one.name == stage).and_then(|at| stages.get_mut(at));
            let of_open = (status == DealStatus::Open).then_some(&mut open);
            for counted in of_stage.into_iter().chain(of_open) {
                counted.count += group.count;
                match group.total {
                    Some(total) => {
                        counted.total.add(total, group.count, group.day)?;
                        let weighted = total.times_percent(probability.get())?;
                        counted.weighted.add(weighted, group.count, group.day)?;
                    }
                    None => counted.without_amount += group.count,
                }
            }
        }
        let wanted: Vec<_> = stages.iter().flat_map(|counted| counted.total.days()).chain(open.total.days()).collect();
        let conversion = Conversion::of(cx, wanted).await?;
        let finish = |counted: &Counted| -> Result<DealValue> {
            Ok(DealValue {
                count: counted.count,
                without_amount: counted.without_amount,
                total: counted.total.finish(&conversion)?,
                weighted: counted.weighted.finish(&conversion)?,
            })
        };
        let stages = pipeline
            .stages
            .iter()
            .zip(&stages)
            .map(|(stage, counted)| {
                let (kind, probability) = (stage.kind, stage.probability);
                Ok(StageValue { stage: stage.name.clone(), kind, probability, deals: finish(counted)? })
            })
            .collect::<Result<_>>()?;
        Ok(PipelineValue { pipeline: pipeline.id, stages, open: finish(&open)? })
    }
}
