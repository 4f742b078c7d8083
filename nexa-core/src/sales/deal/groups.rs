//! Deals counted and summed in groups, in the actor's scope and without reading them one by one.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{Deal, DealStatus};
use crate::{
    AggregateOf, Amount, Context, Currency, Date, Filter, GroupBy, MeasureOf, Money, Query, Record, Result,
    kernel::{input, record::corrupt},
    people::rate,
};

/// One group of deals: all in one currency, or all without an amount.
pub(in crate::sales) struct DealGroup {
    values: Vec<Json>,
    /// How many deals there are.
    pub(in crate::sales) count: u64,
    /// Their amounts together.
    pub(in crate::sales) total: Option<Money>,
    /// The day of which they are converted; as of today without.
    pub(in crate::sales) day: Option<Date>,
}

impl DealGroup {
    /// The group's value at a position of what was grouped by.
    pub(in crate::sales) fn value<T: DeserializeOwned>(&self, position: usize) -> Result<T> {
        read(self.values.get(position))
    }
}

/// Counts and sums the deals that match, by status before everything else. An actor who may not see amounts gets none. What was won is
/// of the day on which it closed, where the tenant has rates by day and the actor may see it.
pub(in crate::sales) async fn deal_groups_by_day(
    cx: &mut Context<'_>,
    filter: Filter,
    by: Vec<GroupBy>,
) -> Result<Vec<DealGroup>> {
    let status = self::by(Deal::STATUS.name());
    let seen = !cx.hidden(Deal::def())?.contains(&Deal::CLOSE_DATE.name());
    if !seen || !rate::by_day(cx).await? {
        return deal_groups(cx, filter, [vec![status], by].concat()).await;
    }
    let close_date = self::by(Deal::CLOSE_DATE.name());
    let mut groups = deal_groups(cx, filter, [vec![status], by, vec![close_date]].concat()).await?;
    for group in &mut groups {
        let closed = read(group.values.pop().as_ref())?;
        group.day = if group.value::<DealStatus>(0)? == DealStatus::Won { closed } else { None };
    }
    Ok(groups)
}

/// Counts and sums the deals that match. An actor who may not see amounts gets none.
pub(in crate::sales) async fn deal_groups(
    cx: &mut Context<'_>,
    filter: Filter,
    by: Vec<GroupBy>,
) -> Result<Vec<DealGroup>> {
    let sums = !cx.hidden(Deal::def())?.contains(&Deal::AMOUNT.name());
    let mut measures = vec![MeasureOf::Count];
    if sums {
        measures.push(MeasureOf::Sum(Deal::AMOUNT.name().to_owned()));
    }
    let rows = AggregateOf::<Deal>::new(filter, by, measures).run(cx).await?;
    rows.into_iter()
        .map(|row| {
            // The currency was added as the last group.
            let mut values = row.group;
            let currency: Option<Currency> = if sums { read(values.pop().as_ref())? } else { None };
            let amount: Option<Amount> = read(row.measures.get(1))?;
            let total = currency.zip(amount).map(|(currency, amount)| Money::new(amount, currency));
            Ok(DealGroup { values, count: read(row.measures.first())?, total, day: None })
        })
        .collect()
}

/// Groups by the value of a field.
pub(in crate::sales) fn by(field: &str) -> GroupBy {
    GroupBy::Field(field.to_owned())
}

pub(super) fn read<T: DeserializeOwned>(json: Option<&Json>) -> Result<T> {
    input::value(json.unwrap_or(&Json::Null)).map_err(|problem| corrupt("deal", problem))
}
