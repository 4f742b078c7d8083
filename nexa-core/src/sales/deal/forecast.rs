//! What will come in: by month, owner and currency, and converted.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Deal, DealStatus,
    groups::{by, deal_groups, deal_groups_by_day},
};
use crate::{
    Code, Context, Currency, Date, Filter, GroupBy, Id, Money, Percent, Query, Ref, Result,
    people::{Conversion, User},
    sales::{
        money_sum::{MoneySum, Tally},
        pipeline::Pipeline,
    },
};

/// The period ends before it begins.
pub const PERIOD_REVERSED: Code =
    Code::invalid("deal.period_reversed", "The period ends on {to}, before it begins on {from}; swap them.");

/// What deals will bring in that are expected to be decided in a period, or were won in it: `deal.forecast`.
///
/// Deals of other owners count as far as the actor may see them. Error: `deal.period_reversed`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    /// The first day of the period.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// Only deals of this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Ref<User>>,
    /// Only deals of this pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<Ref<Pipeline>>,
}

/// What deals will bring in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DealForecast {
    /// A line for each month, owner and currency.
    pub lines: Vec<ForecastLine>,
    /// The sums of each month.
    pub months: Vec<ForecastMonth>,
    /// The sums of the whole period.
    pub total: ForecastSums,
    /// How many deals of the period have no amount.
    pub without_amount: u64,
    /// How many open deals have no close date, and so are in no period.
    pub undated: u64,
}

/// What the deals of one owner will bring in, in one month and one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastLine {
    /// The first day of the month.
    pub month: Date,
    /// The user whose deals they are; nobody when absent.
    pub owner: Option<Id<User>>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// What was won.
    pub committed: Money,
    /// What the open deals are worth.
    pub best_case: Money,
    /// What the open deals are worth, each times its probability.
    pub weighted: Money,
    /// How many deals were won.
    pub won: u64,
    /// How many deals are open.
    pub open: u64,
}

/// What deals will bring in, in one month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastMonth {
    /// The first day of the month.
    pub month: Date,
    /// The sums of the month.
    #[serde(flatten)]
    pub sums: ForecastSums,
}

/// What deals will bring in, per currency and converted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastSums {
    /// What was won.
    pub committed: MoneySum,
    /// What the open deals are worth.
    pub best_case: MoneySum,
    /// What the open deals are worth, each times its probability.
    pub weighted: MoneySum,
}

/// Sums in the making.
#[derive(Default)]
struct Tallies {
    committed: Tally,
    best_case: Tally,
    weighted: Tally,
}

impl Tallies {
    fn finish(&self, conversion: &Conversion) -> Result<ForecastSums> {
        Ok(ForecastSums {
            committed: self.committed.finish(conversion)?,
            best_case: self.best_case.finish(conversion)?,
            weighted: self.weighted.finish(conversion)?,
        })
    }
}

impl Query for Forecast {
    const VERB: &'static str = "forecast";
    const ERRORS: &'static [Code] = &[PERIOD_REVERSED];
    type Of = Deal;
    type Output = DealForecast;
    async fn run(&self, cx: &mut Context<'_>) -> Result<DealForecast> {
        if self.to < self.from {
            return Err(PERIOD_REVERSED.with("from", self.from).with("to", self.to));
        }
        let chosen = self.chosen(cx).await?;
        let dated = Deal::CLOSE_DATE
            .ge(self.from)
            .and(Deal::CLOSE_DATE.le(self.to))
            .and(Deal::STATUS.any_of([DealStatus::Open, DealStatus::Won]))
            .and(chosen.clone());
        let month = GroupBy::Month { field: Deal::CLOSE_DATE.name().to_owned(), zone: None };
        let groups = vec![month, by(Deal::OWNER.name()), by(Deal::PROBABILITY.name())];

        let mut lines: BTreeMap<(Date, Option<Id<User>>, Currency), ForecastLine> = BTreeMap::new();
        let mut months: BTreeMap<Date, Tallies> = BTreeMap::new();
        let mut all = Tallies::default();
        let mut without_amount = 0;
        for group in deal_groups_by_day(cx, dated, groups).await? {
            let Some(total) = group.total else {
                without_amount += group.count;
                continue;
            };
            let (month, owner): (Date, Option<Id<User>>) = (group.value(1)?, group.value(2)?);
            let (status, probability): (DealStatus, Percent) = (group.value(0)?, group.value(3)?);
            let line = lines
                .entry((month, owner, total.currency))
                .or_insert_with(|| ForecastLine::empty(month, owner, total.currency));
            let of_month = months.entry(month).or_default();
            if status == DealStatus::Won {
                line.committed = line.committed.plus(total)?;
                line.won += group.count;
                for sums in [of_month, &mut all] {
                    sums.committed.add(total, group.count, group.day)?;
                }
            } else {
                let weighted = total.times_percent(probability.get())?;
                line.best_case = line.best_case.plus(total)?;
                line.weighted = line.weighted.plus(weighted)?;
                line.open += group.count;
                for sums in [of_month, &mut all] {
                    sums.best_case.add(total, group.count, None)?;
                    sums.weighted.add(weighted, group.count, None)?;
                }
            }
        }

        let undated = Deal::CLOSE_DATE.is_null().and(Deal::STATUS.eq(DealStatus::Open)).and(chosen);
        let undated = deal_groups(cx, undated, Vec::new()).await?.iter().map(|group| group.count).sum();
        let wanted = all.committed.days().chain(all.best_case.days());
        let conversion = Conversion::of(cx, wanted).await?;
        let months = months
            .into_iter()
            .map(|(month, sums)| Ok(ForecastMonth { month, sums: sums.finish(&conversion)? }))
            .collect::<Result<_>>()?;
        Ok(DealForecast {
            lines: lines.into_values().collect(),
            months,
            total: all.finish(&conversion)?,
            without_amount,
            undated,
        })
    }
}

impl Forecast {
    /// The deals of the owner and the pipeline that were asked for.
    async fn chosen(&self, cx: &mut Context<'_>) -> Result<Filter> {
        let mut filter = Filter::everything();
        if let Some(owner) = &self.owner {
            filter = filter.and(Deal::OWNER.eq(cx.load(owner).await?.id));
        }
        if let Some(pipeline) = &self.pipeline {
            filter = filter.and(Deal::PIPELINE.eq(cx.load(pipeline).await?.id));
        }
        Ok(filter)
    }
}

impl ForecastLine {
    const fn empty(month: Date, owner: Option<Id<User>>, currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        Self { month, owner, currency, committed: nothing, best_case: nothing, weighted: nothing, won: 0, open: 0 }
    }
}
