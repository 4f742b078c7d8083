//! How deals get on from stage to stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Deal,
    forecast::PERIOD_REVERSED,
    groups::{by, read},
    visit::StageVisit,
};
use crate::{
    AggregateOf, Amount, Choice, Code, Context, Date, Filter, Id, MeasureOf, Op, Query, Record, Ref, Result,
    kernel::context::not_found,
    people::org::same_choice,
    sales::pipeline::{Pipeline, Stage, StageKind, present_default},
};

/// How deals got on that came to a stage of a pipeline in a period, from the stays of deals in stages (`stage_visit`): `deal.funnel`.
///
/// A stay counts in the stage as it was called then. Error: `deal.period_reversed`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    /// The first day of the period.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// The pipeline; the tenant's default without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Ref<Pipeline>>,
}

/// How deals got on in a pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DealFunnel {
    /// The pipeline.
    pub pipeline: Id<Pipeline>,
    /// Its stages, in order.
    pub stages: Vec<FunnelStage>,
}

/// How deals got on from one stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FunnelStage {
    /// The stage.
    pub stage: Choice,
    /// How often a deal came to it.
    pub entered: u64,
    /// How many of them are still there.
    pub there: u64,
    /// How many went on to a later open stage.
    pub advanced: u64,
    /// How many went back to an earlier stage, or to another pipeline.
    pub back: u64,
    /// How many were won from it.
    pub won: u64,
    /// How many were lost from it.
    pub lost: u64,
    /// Which part of those that left it went on or were won, in percent; absent while none left.
    pub conversion: Option<Amount>,
    /// How many days those that left it had stayed on average; absent while none left.
    pub average_days: Option<Amount>,
}

impl Query for Funnel {
    const VERB: &'static str = "funnel";
    const ERRORS: &'static [Code] = &[PERIOD_REVERSED];
    type Of = Deal;
    type Output = DealFunnel;
    async fn run(&self, cx: &mut Context<'_>) -> Result<DealFunnel> {
        if self.to < self.from {
            return Err(PERIOD_REVERSED.with("from", self.from).with("to", self.to));
        }
        let pipeline = match &self.pipeline {
            Some(pipeline) => cx.load(pipeline).await?,
            None => {
                let missing = || not_found(Pipeline::def(), "that is the default");
                present_default(cx).await?.ok_or_else(missing)?
            }
        };
        let funnel = |stages| DealFunnel { pipeline: pipeline.id, stages };
        // What may not be seen of the deal is not to be read from its stays either.
        if cx.hidden(Deal::def())?.contains(&Deal::STAGE.name()) {
            return Ok(funnel(Vec::new()));
        }
        let entered = |operator, day: Date| Filter::compare(StageVisit::ENTERED_AT.name(), operator, json!(day));
        let came = StageVisit::PIPELINE.eq(pipeline.id);
        let came = came.and(entered(Op::Ge, self.from)).and(entered(Op::Le, self.to));
        let groups = vec![by(StageVisit::STAGE.name()), by(StageVisit::NEXT_STAGE.name())];
        let measures = vec![MeasureOf::Count, MeasureOf::Sum(StageVisit::SECONDS.name().to_owned())];
        let mut flows = Vec::new();
        for row in AggregateOf::<StageVisit>::new(came, groups, measures).run(cx).await? {
            flows.push(Flow {
                from: read(row.group.first())?,
                to: read(row.group.get(1))?,
                count: read(row.measures.first())?,
                seconds: read::<Option<Amount>>(row.measures.get(1))?.unwrap_or_default(),
            });
        }
        let open = pipeline.stages.iter().filter(|stage| stage.kind == StageKind::Open);
        Ok(funnel(open.map(|stage| FunnelStage::of(stage, &pipeline, &flows)).collect()))
    }
}

/// How many stays in one stage ended with another.
struct Flow {
    from: Choice,
    to: Option<Choice>,
    count: u64,
    seconds: Amount,
}

impl FunnelStage {
    fn of(stage: &Stage, pipeline: &Pipeline, flows: &[Flow]) -> Self {
        let mut funnel = Self { stage: stage.name.clone(), ..Self::default() };
        let place = |name: &str| pipeline.stages.iter().position(|one| same_choice(&one.name, name));
        let (mut left, mut seconds) = (0, 0_i128);
        for flow in flows.iter().filter(|flow| same_choice(&flow.from, &stage.name)) {
            funnel.entered += flow.count;
            let Some(to) = &flow.to else {
                funnel.there += flow.count;
                continue;
            };
            left += flow.count;
            seconds += i128::from(flow.seconds.ten_thousandths());
            let kind = pipeline.stage(to).map(|stage| stage.kind);
            let counted = match kind {
                Some(StageKind::Won) => &mut funnel.won,
                Some(StageKind::Lost) => &mut funnel.lost,
                _ if place(to) > place(&stage.name) => &mut funnel.advanced,
                _ => &mut funnel.back,
            };
            *counted += flow.count;
        }
        if left > 0 {
            const DAY: i128 = 24 * 3_600;
            let part = u128::from(funnel.advanced + funnel.won) * 1_000_000 / u128::from(left);
            funnel.conversion = i64::try_from(part).ok().map(Amount::from_ten_thousandths);
            funnel.average_days =
                i64::try_from(seconds / DAY / i128::from(left)).ok().map(Amount::from_ten_thousandths);
        }
        funnel
    }
}
