//! Amounts in the base currency, each at the rate of its own day.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DatedRate;
use crate::{
    Context, Currency, Date, ExchangeRate, Money, Result, Timestamp,
    people::org::{self, Org},
};

/// A rate with which something was converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct UsedRate {
    /// The currency of which one unit is meant.
    pub currency: Currency,
    /// The first day of the rate; nothing for one of the organisation's `rates`, which hold before all days.
    pub valid_from: Option<Date>,
    /// What one unit is worth in the base currency.
    pub value: ExchangeRate,
}

/// The rates that some amounts need.
#[derive(Clone, Debug)]
pub struct Conversion {
    org: Arc<Org>,
    today: Date,
    /// By currency, in the order of their days.
    dated: BTreeMap<Currency, Vec<(Date, ExchangeRate)>>,
}

/// Whether there are rates by day, read once in a call while they stay as they are.
struct ByDay(bool);

/// Whether the tenant has rates by day, so that it matters of which day an amount is.
pub async fn by_day(cx: &mut Context<'_>) -> Result<bool> {
    if let Some(kept) = cx.kept::<ByDay>() {
        return Ok(kept.0);
    }
    let base = org::settings(cx).await?.base_currency;
    let any: Vec<DatedRate> = cx.unrestricted().find(&DatedRate::BASE.eq(base), &[], 1).await?;
    Ok(cx.keep_while::<DatedRate, _>(Arc::new(ByDay(!any.is_empty()))).0)
}

impl Conversion {
    /// Loads what amounts in these currencies need, each of its day, or as of today where it has none.
    pub async fn of(cx: &mut Context<'_>, wanted: impl IntoIterator<Item = (Currency, Option<Date>)>) -> Result<Self> {
        let org = org::settings(cx).await?;
        let today = today(&org, cx.now());
        // The first and the last day of each currency.
        let mut days: BTreeMap<Currency, (Date, Date)> = BTreeMap::new();
        for (currency, day) in wanted.into_iter().filter(|(currency, _)| *currency != org.base_currency) {
            let day = day.unwrap_or(today);
            let (first, last) = days.entry(currency).or_insert((day, day));
            (*first, *last) = (day.min(*first), day.max(*last));
        }
        let mut dated = BTreeMap::new();
        if !days.is_empty() && by_day(cx).await? {
            for (currency, (first, last)) in days {
                let of = || DatedRate::BASE.eq(org.base_currency).and(DatedRate::CURRENCY.eq(currency));
                let before = of().and(DatedRate::VALID_FROM.le(first));
                let mut rates: Vec<DatedRate> = cx.unrestricted().find(&before, &["-valid_from"], 1).await?;
                if last > first {
                    let within = of().and(DatedRate::VALID_FROM.gt(first)).and(DatedRate::VALID_FROM.le(last));
                    rates.extend(cx.unrestricted().every::<DatedRate>(&within).await?);
                }
                let mut rates: Vec<_> = rates.into_iter().map(|rate| (rate.valid_from, rate.value.0)).collect();
                rates.sort_unstable_by_key(|(from, _)| *from);
                dated.insert(currency, rates);
            }
        }
        Ok(Self { org, today, dated })
    }

    /// The base currency.
    pub fn base(&self) -> Currency {
        self.org.base_currency
    }
    /// The rate of a currency on a day, or today's: the last one that began until then, else the one of the organisation's `rates`.
    /// Only for what was asked for in [`Conversion::of`].
    pub fn rate(&self, currency: Currency, day: Option<Date>) -> Option<UsedRate> {
        let day = day.unwrap_or(self.today);
        let began = self.dated.get(&currency).into_iter().flatten().take_while(|(from, _)| *from <= day).last();
        if let Some((from, value)) = began {
            return Some(UsedRate { currency, valid_from: Some(*from), value: *value });
        }
        let value = self.org.rate(currency)?;
        Some(UsedRate { currency, valid_from: None, value })
    }
    /// An amount in the base currency and the rate that made it, which is none for an amount that is in it already; `None` when
    /// there is no rate for the day, or the result does not fit.
    pub fn in_base(&self, money: Money, day: Option<Date>) -> Option<(Money, Option<UsedRate>)> {
        if money.currency == self.base() {
            return Some((money, None));
        }
        let used = self.rate(money.currency, day)?;
        let converted = money.times(used.value.decimal()).ok()?;
        Some((Money::new(converted.amount, self.base()), Some(used)))
    }
}

/// The tenant's date.
fn today(org: &Org, now: Timestamp) -> Date {
    now.date_in(org.time_zone.zone())
}
