//! What a campaign brought: leads, conversions and deals, against its cost (workflow scenarios, "Conversion Tracking").

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::Campaign;
use crate::{
    Amount, Context, Currency, Date, Filter, Get, GroupBy, GroupRow, Id, MeasureOf, Money, Op, Query, Ref, Result,
    kernel::input,
    people::{
        Conversion,
        rate::{self, UsedRate},
    },
    sales::money_sum::Tally,
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
    /// How many leads came.
    pub generated: u64,
    /// How many leads were converted.
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
    /// How many deals there are.
    pub deals: u64,
    /// Their amounts, a sum for each currency.
    pub amounts: Vec<Money>,
    /// The amounts in the tenant's currency: what was won at the rate of its close date, everything else at today's.
    pub in_base: Money,
    /// How many deals are missing in `in_base`: they have no amount, or one in a currency without a rate.
    pub unpriced: u64,
    /// The rates with which amounts were converted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<UsedRate>,
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
        let deals = deals(cx, of.and(Filter::compare("status", Op::In, ["open", "won"]))).await?;
        let cost = campaign.cost();
        let wanted = deals.iter().filter_map(|group| Some((group.sum?.currency, group.day)));
        let wanted = wanted.chain(cost.map(|cost| (cost.currency, None)));
        let conversion = Conversion::of(cx, wanted).await?;
        let pipeline = worth(&conversion, deals.iter())?;
        let won = worth(&conversion, deals.iter().filter(|group| group.won))?;
        let priced = cost.and_then(|cost| conversion.in_base(cost, None)).map(|(cost, _)| cost);
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

/// Deals of one status and one currency, or all of a status without an amount.
struct Deals {
    won: bool,
    /// When they closed, where it matters.
    day: Option<Date>,
    count: u64,
    sum: Option<Money>,
}

/// The deals that match; what was won is of the day on which it closed, where the tenant has rates by day.
async fn deals(cx: &mut Context<'_>, filter: Filter) -> Result<Vec<Deals>> {
    let measures = [MeasureOf::Count, MeasureOf::Sum("amount".to_owned())];
    let of = cx.kind("deal")?;
    let by_day = !cx.hidden(of)?.contains(&"close_date") && rate::by_day(cx).await?;
    let fields = ["status", "close_date"].into_iter().take(1 + usize::from(by_day));
    let groups: Vec<GroupBy> = fields.map(|field| GroupBy::Field(field.to_owned())).collect();
    let rows = cx.measured(of, &filter, &groups, &measures).await?;
    let group = |row: GroupRow| {
        let won = row.group.first().and_then(Json::as_str) == Some("won");
        // The currency stands behind what was grouped by.
        let currency = read::<Currency>(row.group.get(groups.len()));
        let sum = currency.zip(read::<Amount>(row.measures.get(1)));
        Deals {
            won,
            day: read(row.group.get(1)).filter(|_| won && by_day),
            count: read(row.measures.first()).unwrap_or_default(),
            sum: sum.map(|(currency, amount)| Money::new(amount, currency)),
        }
    };
    Ok(rows.into_iter().map(group).collect())
}

fn worth<'d>(conversion: &Conversion, groups: impl Iterator<Item = &'d Deals>) -> Result<Worth> {
    let mut tally = Tally::default();
    let (mut deals, mut without_amount) = (0, 0);
    for group in groups {
        deals += group.count;
        match group.sum {
            Some(sum) => tally.add(sum, group.count, group.day)?,
            None => without_amount += group.count,
        }
    }
    let sum = tally.finish(conversion)?;
    Ok(Worth {
        deals,
        unpriced: without_amount + sum.unpriced_count(),
        amounts: sum.per_currency,
        in_base: sum.converted,
        rates: sum.rates,
    })
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
