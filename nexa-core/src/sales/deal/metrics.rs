//! How long a deal took, stage by stage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Deal, whole_days};
use crate::{
    Choice, Context, Get, Id, Money, Query, Record, Ref, Result, Timestamp,
    kernel::{
        input,
        ledger::EventQuery,
        query::{LARGEST_PAGE, change_of},
    },
};

/// What a deal is worth and how long it took: `deal.metrics`. The stages are read from its history.
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
    pub stages: Vec<StageVisit>,
}

/// One stay of a deal in a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageVisit {
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
            stages: visits(cx, &deal).await?,
        })
    }
}

async fn visits(cx: &mut Context<'_>, deal: &Deal) -> Result<Vec<StageVisit>> {
    let hidden = cx.hidden(Deal::def())?;
    let records = Some(vec![deal.id.identity()]);
    let mut query = EventQuery { after: 0, limit: LARGEST_PAGE, records, backwards: false, ..EventQuery::default() };
    let mut visits: Vec<StageVisit> = Vec::new();
    loop {
        let events = cx.unrestricted().events(&query).await?;
        let Some(last) = events.last().map(|event| event.seq) else { break };
        query.after = last;
        for event in events {
            let at = event.at;
            let Some(changes) = change_of(event, &hidden).and_then(|change| change.changes) else { continue };
            let since = value::<Timestamp>(&changes, Deal::STAGE_SINCE.name());
            let (stage, from) = match (value(&changes, Deal::STAGE.name()), since, visits.last()) {
                (Some(stage), since, _) => (stage, since.unwrap_or(at)),
                // Into another pipeline with a stage of the same name: the stage begins anew.
                (None, Some(since), Some(before)) => (before.stage.clone(), since),
                (None, ..) => continue,
            };
            if let Some(before) = visits.last_mut() {
                before.to = Some(from);
                before.days = whole_days(before.from, from);
            }
            visits.push(StageVisit { stage, from, to: None, days: whole_days(from, cx.now()) });
        }
    }
    Ok(visits)
}

/// What a field became: the value of a creation, the second of the pair of an update.
fn value<T: serde::de::DeserializeOwned>(changes: &Map<String, Json>, field: &str) -> Option<T> {
    let json = match changes.get(field)? {
        Json::Array(pair) => pair.get(1)?,
        json => json,
    };
    input::value(json).ok()
}
