//! What a campaign brought: leads, conversions and deals, against its cost (workflow scenarios, "Conversion Tracking").

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::Campaign;
use crate::{
    Amount, Context, Currency, Filter, Get, GroupBy, Id, MeasureOf, Money, Op, Query, Ref, Result,
    kernel::input,
    people::{Org, org},
};

/// What a campaign brought, as far as the actor may see it. Error: `record.not_found`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PerformanceOf {
    /// The campaign.
    pub campaign: Ref<Campaign>,
}

/// How many leads came, and how many of them were converted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeadFigures {
    /// How many came.
    pub generated: u64,
    /// How many were converted.
    pub converted: u64,
    /// Converted by generated, from 0 to 1, with at most four places; absent without leads.
    pub conversion_rate: Option<Decimal>,
}

/// The leads of each band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bands {
    /// Score 75 and more.
    pub high: LeadFigures,
    /// Score 50 to 74.
    pub medium: LeadFigures,
    /// Score below 50.
    pub low: LeadFigures,
}

/// What deals are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Worth {
    /// How many deals.
    pub deals: u64,
    /// Their amounts, a sum for each currency.
    pub amounts: Vec<Money>,
    /// The amounts in the tenant's currency, at its rates.
    pub in_base: Money,
    /// How many deals are missing in `in_base`: they have no amount, or one in a currency without a rate.
    pub unpriced: u64,
}

/// What a campaign brought against what it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Performance {
    /// The campaign.
    pub campaign: Id<Campaign>,
    /// All its leads.
    pub leads: LeadFigures,
    /// Its leads by status.
    pub by_status: BTreeMap<String, u64>,
    /// Its leads by their score.
    pub bands: Bands,
    /// Its open and won deals.
    pub pipeline: Worth,
    /// Its won deals.
    pub won: Worth,
    /// The actual cost, or else the budget.
    pub cost: Option<Money>,
    /// (pipeline − cost) / cost in the tenant's currency, with at most four places: 699 where 5,000 brought 3,500,000. Absent
    /// without a cost, or when its currency has no rate.
    pub roi_pipeline: Option<Decimal>,
    /// The same for the won deals.
    pub roi_won: Option<Decimal>,
}

impl Query for PerformanceOf {
    const VERB: &'static str = "performance";
    type Of = Campaign;
    type Output = Performance;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Performance> {
        let campaign = Get::<Campaign>::of(self.campaign.clone()).run(cx).await?.record;
        let of = Filter::compare("campaign", Op::Eq, campaign.id);
        let by_status = leads(cx, &of).await?;
        let scored = |op, score: u8| Filter::compare("score", op, score);
        let bands = Bands {
            high: figures(&leads(cx, &of.clone().and(scored(Op::Ge, HIGH))).await?),
            medium: figures(&leads(cx, &of.clone().and(scored(Op::Ge, MEDIUM)).and(scored(Op::Lt, HIGH))).await?),
            low: figures(&leads(cx, &of.clone().and(scored(Op::Lt, MEDIUM))).await?),
        };
        let org = org::organisation(cx).await?;
        let pipeline = worth(cx, &org, of.clone().and(Filter::compare("status", Op::In, ["open", "won"]))).await?;
        let won = worth(cx, &org, of.and(Filter::compare("status", Op::Eq, "won"))).await?;
        let cost = campaign.cost();
        let priced = cost.and_then(|cost| org.in_base(cost));
        let roi = |worth: &Worth| priced.and_then(|cost| return_on(cost, worth.in_base));
        let (roi_pipeline, roi_won) = (roi(&pipeline), roi(&won));
        let leads = figures(&by_status);
        Ok(Performance { campaign: campaign.id, leads, by_status, bands, pipeline, won, cost, roi_pipeline, roi_won })
    }
}

/// The score from which a lead is in the high band.
const HIGH: u8 = 75;
/// The score from which a lead is in the medium band.
const MEDIUM: u8 = 50;
/// The status of a lead that became a contact.
const CONVERTED: &str = "converted";

/// How many leads there are of each status.
async fn leads(cx: &mut Context<'_>, filter: &Filter) -> Result<BTreeMap<String, u64>> {
    let groups = [GroupBy::Field("status".to_owned())];
    let rows = cx.measured(cx.kind("lead")?, filter, &groups, &[MeasureOf::Count]).await?;
    Ok(rows
        .into_iter()
        .map(|row| (read(row.group.first()).unwrap_or_default(), read(row.measures.first()).unwrap_or_default()))
        .collect())
}

fn figures(by_status: &BTreeMap<String, u64>) -> LeadFigures {
    let generated = by_status.values().sum();
    let converted = by_status.get(CONVERTED).copied().unwrap_or_default();
    LeadFigures { generated, converted, conversion_rate: quotient(converted.into(), generated.into()) }
}

async fn worth(cx: &mut Context<'_>, org: &Org, filter: Filter) -> Result<Worth> {
    let measures = [MeasureOf::Count, MeasureOf::Sum("amount".to_owned())];
    let mut worth = Worth { deals: 0, amounts: Vec::new(), in_base: Money::zero(org.base_currency), unpriced: 0 };
    // One group for each currency; deals without an amount are the group without one.
    for row in cx.measured(cx.kind("deal")?, &filter, &[], &measures).await? {
        let deals: u64 = read(row.measures.first()).unwrap_or_default();
        worth.deals += deals;
        let sum = read::<Currency>(row.group.first())
            .zip(read::<Amount>(row.measures.get(1)))
            .map(|(currency, amount)| Money::new(amount, currency));
        worth.amounts.extend(sum);
        match sum.and_then(|sum| org.in_base(sum)) {
            Some(priced) => worth.in_base = worth.in_base.plus(priced)?,
            None => worth.unpriced += deals,
        }
    }
    Ok(worth)
}

fn read<T: DeserializeOwned>(value: Option<&Json>) -> Option<T> {
    value.and_then(|json| input::value(json).ok())
}

fn return_on(cost: Money, value: Money) -> Option<Decimal> {
    let (cost, value) = (cost.amount.decimal(), value.amount.decimal());
    quotient(value.checked_sub(cost)?, cost)
}

/// With at most four places, rounded half to even; `None` of nothing.
fn quotient(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_div(whole).map(|quotient| quotient.round_dp(4).normalize())
}
