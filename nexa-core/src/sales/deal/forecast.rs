//! What will come in: by month, owner and currency, and converted.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Deal, DealStatus,
    groups::{by, deal_groups, deal_groups_by_day, read},
};
use crate::{
    AggregateOf, Amount, Code, Context, Currency, Date, Filter, GroupBy, Id, MeasureOf, Money, Percent, Query, Record,
    Ref, Result,
    people::{Conversion, Group, User, assignment},
    sales::{
        lookups,
        money_sum::{MoneySum, Tally},
        pipeline::{ForecastCategory, Pipeline},
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
    /// Only deals of the active users of this group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Ref<Group>>,
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
    /// The open deals of the period whose close date is past; they are in their category as well.
    pub slipped: Slipped,
    /// How often the close dates of the open deals of the period moved to a later day.
    pub pushed: u64,
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
    /// What was won, and what the open deals are worth by category: each deal is in one of them.
    pub categories: ForecastCategories,
}

/// What deals will bring in by category: together, all that was won and all that is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastCategories {
    /// What was won.
    pub closed: MoneySum,
    /// What the owners stand for.
    pub commit: MoneySum,
    /// What comes if all goes well.
    pub best_case: MoneySum,
    /// What is worked on.
    pub pipeline: MoneySum,
    /// What was left out.
    pub omitted: MoneySum,
}

/// Open deals whose close date is past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slipped {
    /// How many there are.
    pub count: u64,
    /// What they are worth.
    pub total: MoneySum,
}

/// Sums in the making.
#[derive(Default)]
struct Tallies {
    committed: Tally,
    best_case: Tally,
    weighted: Tally,
    categories: [Tally; 4],
}

impl Tallies {
    fn category(&mut self, category: ForecastCategory) -> &mut Tally {
        let [omitted, pipeline, best_case, commit] = &mut self.categories;
        match category {
            ForecastCategory::Omitted => omitted,
            ForecastCategory::Pipeline => pipeline,
            ForecastCategory::BestCase => best_case,
            ForecastCategory::Commit => commit,
        }
    }
    fn finish(&self, conversion: &Conversion) -> Result<ForecastSums> {
        Ok(ForecastSums {
            committed: self.committed.finish(conversion)?,
            best_case: self.best_case.finish(conversion)?,
            weighted: self.weighted.finish(conversion)?,
            categories: self.finish_categories(conversion)?,
        })
    }
    fn finish_categories(&self, conversion: &Conversion) -> Result<ForecastCategories> {
        let [omitted, pipeline, best_case, commit] = &self.categories;
        Ok(ForecastCategories {
            closed: self.committed.finish(conversion)?,
            commit: commit.finish(conversion)?,
            best_case: best_case.finish(conversion)?,
            pipeline: pipeline.finish(conversion)?,
            omitted: omitted.finish(conversion)?,
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
        let groups = vec![month, by(Deal::OWNER.name()), by(Deal::PROBABILITY.name()), by(Deal::CATEGORY.name())];

        let mut lines: BTreeMap<(Date, Option<Id<User>>, Currency), ForecastLine> = BTreeMap::new();
        let mut months: BTreeMap<Date, Tallies> = BTreeMap::new();
        let mut all = Tallies::default();
        let mut without_amount = 0;
        for group in deal_groups_by_day(cx, dated.clone(), groups).await? {
            let Some(total) = group.total else {
                without_amount += group.count;
                continue;
            };
            let (month, owner): (Date, Option<Id<User>>) = (group.value(1)?, group.value(2)?);
            let (status, probability): (DealStatus, Percent) = (group.value(0)?, group.value(3)?);
            let category: ForecastCategory = group.value(4)?;
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
                    sums.category(category).add(total, group.count, None)?;
                }
            }
        }

        let undated = Deal::CLOSE_DATE.is_null().and(Deal::STATUS.eq(DealStatus::Open)).and(chosen);
        let undated = deal_groups(cx, undated, Vec::new()).await?.iter().map(|group| group.count).sum();
        let open = dated.and(Deal::STATUS.eq(DealStatus::Open));
        let (slipped, slipped_total) = slipped(cx, open.clone()).await?;
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
            slipped: Slipped { count: slipped, total: slipped_total.finish(&conversion)? },
            pushed: pushed(cx, open).await?,
            without_amount,
            undated,
        })
    }
}

/// How many open deals were to close before today, and what they are worth.
async fn slipped(cx: &mut Context<'_>, open: Filter) -> Result<(u64, Tally)> {
    let past = Deal::CLOSE_DATE.lt(lookups::today(cx).await?);
    let (mut count, mut total) = (0, Tally::default());
    for group in deal_groups(cx, open.and(past), Vec::new()).await? {
        count += group.count;
        if let Some(money) = group.total {
            total.add(money, group.count, None)?;
        }
    }
    Ok((count, total))
}

/// How often the close dates of open deals moved to a later day, as far as the actor may see it.
async fn pushed(cx: &mut Context<'_>, open: Filter) -> Result<u64> {
    if cx.hidden(Deal::def())?.contains(&Deal::PUSHED.name()) {
        return Ok(0);
    }
    let sum = vec![MeasureOf::Sum(Deal::PUSHED.name().to_owned())];
    let rows = AggregateOf::<Deal>::new(open, Vec::new(), sum).run(cx).await?;
    let sum: Option<Amount> = read(rows.first().and_then(|row| row.measures.first()))?;
    Ok(sum.map_or(0, |sum| u64::try_from(sum.ten_thousandths() / 10_000).unwrap_or_default()))
}

impl Forecast {
    /// The deals of the owner, the group and the pipeline that were asked for.
    async fn chosen(&self, cx: &mut Context<'_>) -> Result<Filter> {
        let mut filter = Filter::everything();
        if let Some(owner) = &self.owner {
            filter = filter.and(Deal::OWNER.eq(cx.load(owner).await?.id));
        }
        if let Some(group) = &self.group {
            let group = cx.load(group).await?.id;
            let members = assignment::active_members(cx, group).await?;
            filter = filter.and(Deal::OWNER.any_of(members.into_iter().map(|member| member.id)));
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
