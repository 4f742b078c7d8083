//! Sums of money that never mix currencies: each currency by itself, and converted where the tenant has a rate.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Currency, Money, Result, people::Org};

/// A sum per currency, and what it is worth in the tenant's base currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MoneySum {
    /// The sum in each currency, by its code.
    pub per_currency: Vec<Money>,
    /// All of them in the base currency, at the tenant's rates, without what is unpriced.
    pub converted: Money,
    /// What has no rate, by currency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unpriced: Vec<Unpriced>,
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
pub(super) struct Tally(BTreeMap<Currency, (Money, u64)>);

impl Tally {
    /// Adds what so many records are worth together. Error: `money.too_large`.
    pub(super) fn add(&mut self, money: Money, count: u64) -> Result<()> {
        let (total, counted) = self.0.entry(money.currency).or_insert((Money::zero(money.currency), 0));
        *total = total.plus(money)?;
        *counted += count;
        Ok(())
    }
    /// The sum in each currency.
    pub(super) fn per_currency(&self) -> Vec<Money> {
        self.0.values().map(|(total, _)| *total).collect()
    }
    /// The finished sum. Error: `money.too_large`.
    pub(super) fn finish(&self, org: &Org) -> Result<MoneySum> {
        let mut converted = Money::zero(org.base_currency);
        let mut unpriced = Vec::new();
        for (total, count) in self.0.values() {
            match org.in_base(*total) {
                Some(money) => converted = converted.plus(money)?,
                None => unpriced.push(Unpriced { total: *total, count: *count }),
            }
        }
        Ok(MoneySum { per_currency: self.per_currency(), converted, unpriced })
    }
}
