//! Prices that depend on how many are bought.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::line::{positive, same_currency};
use crate::{Amount, Code, Currency, Decimal, Money, Result, Rounding, closed_enum, values::TOO_LARGE};

/// The tiers do not make a price.
pub const TIERS: Code = Code::invalid(
    "price.tiers",
    "The tiers do not make a price; begin with the quantity 0 or 1, and give each later tier a larger one.",
);

closed_enum! {
    /// What a tier's price is for.
    pub enum TierMode {
        /// For all, at the tier that their number reaches.
        Volume = "volume",
        /// For those from the tier's quantity up to the next tier's.
        Graduated = "graduated",
    }
}

/// The price from a quantity on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceTier {
    /// From how many on; 0 or 1 in the first tier.
    pub from_quantity: Amount,
    /// The price of one.
    pub unit_price: Money,
}

/// What so many cost, rounded once to the currency's minor unit. Errors: `price.tiers`, `line.quantity`, `line.currency`,
/// `money.too_large`.
pub fn gross(tiers: &[PriceTier], mode: TierMode, quantity: Amount, rounding: Rounding) -> Result<Money> {
    positive(quantity)?;
    let first = checked(tiers)?;
    if mode == TierMode::Volume {
        // Fewer than the first tier begins with cost what it says.
        let reached = tiers.iter().take_while(|tier| tier.from_quantity <= quantity).last().unwrap_or(first);
        return reached.unit_price.priced(quantity, rounding);
    }
    let mut left = quantity.decimal();
    let mut sum = Decimal::ZERO;
    let next = tiers.iter().skip(1).map(Some).chain([None]);
    for (tier, next) in tiers.iter().zip(next) {
        let size = next.map(|next| next.from_quantity.decimal() - tier.from_quantity.decimal());
        let slice = size.map_or(left, |size| size.min(left));
        let part = tier.unit_price.amount.decimal().checked_mul(slice);
        sum = part.and_then(|part| sum.checked_add(part)).ok_or_else(|| TOO_LARGE.error())?;
        left -= slice;
    }
    Money::rounded(sum, first.unit_price.currency, rounding)
}

/// The currency of tiers that make a price. Errors: `price.tiers`, `line.currency`.
pub fn tiers_currency(tiers: &[PriceTier]) -> Result<Currency> {
    checked(tiers).map(|first| first.unit_price.currency)
}

/// The first of tiers that make a price.
fn checked(tiers: &[PriceTier]) -> Result<&PriceTier> {
    let first = tiers.first().ok_or_else(|| TIERS.error())?;
    let begins = [0, 10_000].contains(&first.from_quantity.ten_thousandths());
    if !begins || !tiers.is_sorted_by(|before, after| before.from_quantity < after.from_quantity) {
        return Err(TIERS.error());
    }
    tiers.iter().try_for_each(|tier| same_currency(first.unit_price, tier.unit_price))?;
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiers(given: &[(&str, &str)]) -> Vec<PriceTier> {
        let tier = |(from, price): &(&str, &str)| PriceTier {
            from_quantity: Amount::parse(from).unwrap(),
            unit_price: Money::parse(price).unwrap(),
        };
        given.iter().map(tier).collect()
    }

    fn cost(given: &[(&str, &str)], mode: TierMode, quantity: &str) -> Result<String> {
        let quantity = Amount::parse(quantity).unwrap();
        gross(&tiers(given), mode, quantity, Rounding::HalfUp).map(|money| money.amount.to_string())
    }

    #[test]
    fn all_at_the_tier_that_is_reached_or_each_at_its_own() {
        let from_one = [("1", "10.00 USD"), ("10", "8.00 USD")];
        for (quantity, volume, graduated) in
            [("10", "80.00", "98.00"), ("9", "90.00", "90.00"), ("0.5", "5.00", "5.00"), ("11.5", "92.00", "110.00")]
        {
            assert_eq!(cost(&from_one, TierMode::Volume, quantity).unwrap(), volume);
            assert_eq!(cost(&from_one, TierMode::Graduated, quantity).unwrap(), graduated);
        }
        let from_nothing = [("0", "10.00 USD"), ("10", "8.00 USD")];
        assert_eq!(cost(&from_nothing, TierMode::Graduated, "10").unwrap(), "100.00");
        let fractions = [("1", "0.005 USD"), ("2", "0.005 USD")];
        assert_eq!(cost(&fractions, TierMode::Graduated, "2").unwrap(), "0.01", "rounded once");
    }

    #[test]
    fn what_makes_no_price_is_refused() {
        let refused = |given: &[(&str, &str)]| cost(given, TierMode::Volume, "1").unwrap_err().code().to_owned();
        assert_eq!(refused(&[]), "price.tiers");
        assert_eq!(refused(&[("2", "1.00 USD")]), "price.tiers");
        assert_eq!(refused(&[("1", "1.00 USD"), ("1", "2.00 USD")]), "price.tiers");
        assert_eq!(refused(&[("0", "1.00 USD"), ("5", "2.00 USD"), ("4", "2.00 USD")]), "price.tiers");
        assert_eq!(refused(&[("0", "1.00 USD"), ("5", "2.00 EUR")]), "line.currency");
        assert_eq!(cost(&[("0", "1.00 USD")], TierMode::Volume, "0").unwrap_err().code(), "line.quantity");
    }
}
