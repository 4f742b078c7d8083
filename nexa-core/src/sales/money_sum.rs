//! Sums of money that never mix currencies: each currency by itself, and converted where there is a rate for the day.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Currency, Date, Money, Result,
    people::{Conversion, rate::UsedRate},
};

/// A sum per currency, and what it is worth in the tenant's base currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MoneySum {
    /// The sum in each currency, by its code.
    pub per_currency: Vec<Money>,
    /// All of them in the base currency, without what is unpriced: what was won at the rate of its close date, everything else at
    /// today's.
    pub converted: Money,
    /// What has no rate, by currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unpriced: Vec<Unpriced>,
    /// The rates with which the sum was converted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<UsedRate>,
}

impl MoneySum {
    /// How many records have no rate.
    pub fn unpriced_count(&self) -> u64 {
        self.unpriced.iter().map(|unpriced| unpriced.count).sum()
    }
}

/// A sum in a currency for which the tenant has no rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unpriced {
    /// The sum.
    pub total: Money,
    /// How many records it is the sum of.
    pub count: u64,
}

/// A sum in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    totals: BTreeMap<Currency, Unpriced>,
    /// What is of each day; as of today without.
    days: BTreeMap<(Currency, Option<Date>), Unpriced>,
}

impl Tally {
    /// Adds what so many records are worth together, of a day or as of today. Error: `money.too_large`.
    pub(crate) fn add(&mut self, money: Money, count: u64, day: Option<Date>) -> Result<()> {
        add(self.totals.entry(money.currency), money, count)?;
        add(self.days.entry((money.currency, day)), money, count)
    }
    /// The sum in each currency.
    pub(crate) fn per_currency(&self) -> Vec<Money> {
        self.totals.values().map(|sum| sum.total).collect()
    }
    /// The currencies and days for which [`Tally::finish`] asks.
    pub(crate) fn days(&self) -> impl Iterator<Item = (Currency, Option<Date>)> {
        self.days.keys().copied()
    }
    /// The finished sum. Error: `money.too_large`.
    pub(crate) fn finish(&self, conversion: &Conversion) -> Result<MoneySum> {
        let mut converted = Money::zero(conversion.base());
        let mut unpriced = BTreeMap::new();
        let mut rates = BTreeSet::new();
        for ((currency, day), Unpriced { total, count }) in &self.days {
            match conversion.in_base(*total, *day) {
                Some((money, used)) => {
                    converted = converted.plus(money)?;
                    rates.extend(used);
                }
                None => add(unpriced.entry(*currency), *total, *count)?,
            }
        }
        Ok(MoneySum {
            per_currency: self.per_currency(),
            converted,
            unpriced: unpriced.into_values().collect(),
            rates: rates.into_iter().collect(),
        })
    }
}

fn add<K: Ord>(entry: std::collections::btree_map::Entry<'_, K, Unpriced>, money: Money, count: u64) -> Result<()> {
    let sum = entry.or_insert(Unpriced { total: Money::zero(money.currency), count: 0 });
    sum.total = sum.total.plus(money)?;
    sum.count += count;
    Ok(())
}
