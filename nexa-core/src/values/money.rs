//! Amounts of money.

use std::fmt;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Currency, Rate, Rounding};
use crate::{Amount, Code, Field, Result};

/// Two currencies do not add up.
pub const CURRENCY_MISMATCH: Code = Code::invalid(
    "money.currency_mismatch",
    "{left} and {right} do not add up; convert one of them with the organisation's rates first.",
);
/// The result of a computation does not fit.
pub const TOO_LARGE: Code = Code::invalid("money.too_large", "The amount gets too large; keep it below 922 trillion.");

/// There is nothing to share by.
pub const NO_SHARES: Code = Code::invalid(
    "money.no_shares",
    "{amount} cannot be shared by weights whose sum is zero; give at least one weight other than zero.",
);

/// An exact amount in a currency. In JSON `{"amount": "50000.00", "currency": "USD"}`.
#[derive(Field, Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Money {
    /// The amount, with at most four decimal places.
    pub amount: Amount,
    /// The currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// So much of a currency.
    pub const fn new(amount: Amount, currency: Currency) -> Self {
        Self { amount, currency }
    }
    /// Nothing of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(Amount::from_ten_thousandths(0), currency)
    }
    /// Reads an amount and a currency code, such as `50000.00 USD`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "give an amount with at most four places and its currency, such as 50000.00 USD";
        let (amount, currency) = text.trim().split_once(' ').ok_or(SHAPE)?;
        // As it is displayed: commas between thousands.
        let amount = Amount::parse(&amount.replace(',', "")).ok_or(SHAPE)?;
        Ok(Self::new(amount, Currency::parse(currency)?))
    }
    /// The sum. `money.currency_mismatch`, `money.too_large`
    pub fn plus(self, other: Self) -> Result<Self> {
        self.combine(other, i64::checked_add)
    }
    /// The difference. `money.currency_mismatch`, `money.too_large`
    pub fn minus(self, other: Self) -> Result<Self> {
        self.combine(other, i64::checked_sub)
    }
    /// So many percent of it, rounded half to even at the fourth decimal place. `money.too_large`
    pub fn times_percent(self, percent: u8) -> Result<Self> {
        self.times(Decimal::new(i64::from(percent), 2))
    }
    /// The amount multiplied by a factor, rounded half to even at the fourth decimal place. `money.too_large`
    pub fn times(self, factor: Decimal) -> Result<Self> {
        self.amount
            .decimal()
            .checked_mul(factor)
            .and_then(Amount::rounded)
            .map(|amount| Self::new(amount, self.currency))
            .ok_or_else(|| TOO_LARGE.error())
    }
    /// An exact result, rounded to the currency's minor unit. `money.too_large`
    pub fn rounded(exact: Decimal, currency: Currency, rounding: Rounding) -> Result<Self> {
        let amount = Amount::from_decimal(rounding.round(exact, currency.places()));
        amount.map(|amount| Self::new(amount, currency)).ok_or_else(|| TOO_LARGE.error())
    }
    /// The amount, rounded to the currency's minor unit: 0 places for JPY, 2 for USD, 3 for KWD. `money.too_large`
    pub fn round(self, rounding: Rounding) -> Result<Self> {
        Self::rounded(self.amount.decimal(), self.currency, rounding)
    }
    /// So many of it, such as pieces at a price, rounded once to the currency's minor unit. `money.too_large`
    pub fn priced(self, quantity: Amount, rounding: Rounding) -> Result<Self> {
        let exact = self.amount.decimal().checked_mul(quantity.decimal()).ok_or_else(|| TOO_LARGE.error())?;
        Self::rounded(exact, self.currency, rounding)
    }
    /// A percentage of it, such as a discount or a tax, rounded once to the currency's minor unit. `money.too_large`
    pub fn part(self, rate: Rate, rounding: Rounding) -> Result<Self> {
        let exact = self.amount.decimal().checked_mul(rate.factor()).ok_or_else(|| TOO_LARGE.error())?;
        Self::rounded(exact, self.currency, rounding)
    }
    /// The amount shared by weights, so that the shares sum up to it exactly: each is cut to the currency's minor unit, and what
    /// is left goes to those that lost most, the earlier first. A weight may be an amount, as of a line, or that of a [`Rate`]. An
    /// amount with more places than the currency is shared by ten-thousandths. Errors: `money.no_shares`, `money.too_large`.
    pub fn share(self, weights: &[Amount]) -> Result<Vec<Self>> {
        let minor = 10_i64.pow(4_u32.saturating_sub(self.currency.places()));
        let whole = self.amount.ten_thousandths();
        let unit = if whole % minor == 0 { minor } else { 1 };
        let weights: Vec<i128> = weights.iter().map(|weight| i128::from(weight.ten_thousandths())).collect();
        let total: i128 = weights.iter().sum();
        if total == 0 && whole != 0 {
            return Err(NO_SHARES.with("amount", self.to_string()));
        }
        let units = shares(i128::from(whole / unit), &weights, total).ok_or_else(|| TOO_LARGE.error())?;
        let shares = units.into_iter().map(|units| units.checked_mul(unit).map(Amount::from_ten_thousandths));
        shares
            .map(|share| share.map(|amount| Self::new(amount, self.currency)).ok_or_else(|| TOO_LARGE.error()))
            .collect()
    }
    fn combine(self, other: Self, operation: fn(i64, i64) -> Option<i64>) -> Result<Self> {
        if self.currency != other.currency {
            return Err(CURRENCY_MISMATCH.with("left", self.currency).with("right", other.currency));
        }
        operation(self.amount.ten_thousandths(), other.amount.ten_thousandths())
            .map(|sum| Self::new(Amount::from_ten_thousandths(sum), self.currency))
            .ok_or_else(|| TOO_LARGE.error())
    }
}

/// The whole shared by largest remainder, by weights and their sum; `None` when a share does not fit.
fn shares(whole: i128, weights: &[i128], total: i128) -> Option<Vec<i64>> {
    if whole == 0 {
        return Some(vec![0; weights.len()]);
    }
    // What is owed is shared as what is given, so that both are cut towards zero.
    let (size, sign) = (whole.abs(), if whole < 0 { -1 } else { 1 });
    let mut remainders = Vec::with_capacity(weights.len());
    let mut shares: Vec<i64> = Vec::with_capacity(weights.len());
    for (position, weight) in weights.iter().enumerate() {
        // Each is below 2^63.
        let due = size * weight * total.signum();
        shares.push(i64::try_from(due.checked_div_euclid(total.abs())?).ok()?);
        remainders.push((due.checked_rem_euclid(total.abs())?, position));
    }
    // Fewer units are left than there are shares, as each lost less than one.
    let given: i128 = shares.iter().map(|share| i128::from(*share)).sum();
    let left = usize::try_from(size - given).ok()?;
    remainders.sort_by_key(|&(remainder, _)| std::cmp::Reverse(remainder));
    for (_, position) in remainders.into_iter().take(left) {
        let share = shares.get_mut(position)?;
        *share = share.checked_add(1)?;
    }
    shares.into_iter().map(|share| share.checked_mul(sign)).collect()
}

impl TryFrom<&str> for Money {
    type Error = &'static str;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

/// `50,000.00 USD`
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.amount.to_string();
        let (whole, places) = text.split_once('.').unwrap_or((&text, "00"));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        f.write_str(sign)?;
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{places} {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::kernel::value::Value;
    use crate::values::check;

    fn usd(ten_thousandths: i64) -> Money {
        Money::new(Amount::from_ten_thousandths(ten_thousandths), Currency::USD)
    }

    fn read(json: serde_json::Value) -> Result<Money, String> {
        serde_json::from_value(json).map_err(|problem| problem.to_string())
    }

    #[test]
    fn an_amount_is_a_string_or_a_number() {
        for amount in [json!("50000"), json!("50000.00"), json!("50000.0000"), json!(50000), json!(50000.0), json!(5e4)]
        {
            let money = read(json!({"amount": amount, "currency": "usd"})).unwrap();
            assert_eq!(money, usd(500_000_000));
            assert_eq!(serde_json::to_value(money).unwrap(), json!({"amount": "50000.00", "currency": "USD"}));
        }
        assert_eq!(read(json!({"amount": 0.1, "currency": "USD"})).unwrap(), usd(1_000));
        assert_eq!(read(json!({"amount": -99999999999.9999, "currency": "USD"})).unwrap(), usd(-999_999_999_999_999));
    }

    #[test]
    fn what_is_not_exact_is_refused() {
        for amount in [
            json!("50000.00001"),
            json!(50000.00001),
            json!(1e30),
            json!(123456789012.34),
            json!("1e3"),
            json!("1,000"),
            json!("1_000"),
            json!("+1"),
            json!(".5"),
            json!(""),
            json!("--1"),
            json!("-"),
            json!("922337203685477.5808"),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(null),
            json!(true),
        ] {
            let problem = read(json!({"amount": amount.clone(), "currency": "USD"})).unwrap_err();
            assert!(problem.contains("amount"), "{amount}: {problem}");
        }
        assert!(read(json!({"amount": "1"})).unwrap_err().contains("currency"));
        assert!(read(json!({"amount": "1", "currency": "USD", "rate": 1})).unwrap_err().contains("rate"));
        assert!(read(json!("50000 USD")).is_err());
    }

    #[test]
    fn two_columns_both_or_neither() {
        let mut columns = Vec::new();
        Money::columns("deal_value", &mut columns);
        let names: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.path.as_str())).collect();
        assert_eq!(names, [("deal_value_amount", "deal_value.amount"), ("deal_value_currency", "deal_value.currency")]);
        let half = vec![Value::Amount(Amount::from_ten_thousandths(1)), Value::Null];
        assert_eq!(check::read::<Option<Money>>(half).unwrap_err().code(), "store.corrupt");
    }

    #[test]
    fn currencies_are_not_mixed_and_nothing_overflows() {
        let error = usd(1).plus(Money::zero(Currency::EUR)).unwrap_err();
        assert!(error.is(&CURRENCY_MISMATCH));
        assert!(error.message().starts_with("USD and EUR do not add up"), "{error}");
        assert!(usd(i64::MAX).plus(usd(1)).unwrap_err().is(&TOO_LARGE));
        assert!(usd(i64::MIN).minus(usd(1)).unwrap_err().is(&TOO_LARGE));
        assert!(usd(i64::MAX).times_percent(200).unwrap_err().is(&TOO_LARGE));
        assert_eq!(usd(i64::MAX).times_percent(100).unwrap(), usd(i64::MAX));
    }

    #[test]
    fn percentages_round_half_to_even() {
        assert_eq!(usd(500_000_000).times_percent(25).unwrap().to_string(), "12,500.00 USD");
        assert_eq!(usd(1).times_percent(50).unwrap(), usd(0));
        assert_eq!(usd(3).times_percent(50).unwrap(), usd(2));
        assert_eq!(usd(-1).times_percent(50).unwrap(), usd(0));
        assert_eq!(usd(-3).times_percent(50).unwrap(), usd(-2));
        assert_eq!(usd(30_000).times(Decimal::new(15, 1)).unwrap(), usd(45_000));
    }

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn an_amount_is_rounded_to_the_minor_unit_of_its_currency() {
        for (exact, up, even) in [
            ("22.905 USD", "22.91 USD", "22.90 USD"),
            ("-22.905 USD", "-22.91 USD", "-22.90 USD"),
            ("2.5 JPY", "3.00 JPY", "2.00 JPY"),
            ("-0.5 JPY", "-1.00 JPY", "0.00 JPY"),
            ("1.0005 KWD", "1.001 KWD", "1.00 KWD"),
            ("1.2345 XAU", "1.2345 XAU", "1.2345 XAU"),
        ] {
            assert_eq!(money(exact).round(Rounding::HalfUp).unwrap(), money(up), "{exact}");
            assert_eq!(money(exact).round(Rounding::HalfEven).unwrap(), money(even), "{exact}");
        }
        let largest = Money::new(Amount::from_ten_thousandths(i64::MAX), Currency::parse("JPY").unwrap());
        assert!(largest.round(Rounding::HalfUp).unwrap_err().is(&TOO_LARGE));
        assert!(usd(i64::MAX).priced(amount("1.0001"), Rounding::HalfUp).unwrap_err().is(&TOO_LARGE));
    }

    #[test]
    fn a_price_is_rounded_once() {
        let rounding = Rounding::HalfUp;
        // Rounded at the fourth place first, it would be 0.01.
        assert_eq!(money("0.0099 USD").priced(amount("0.505"), rounding).unwrap(), money("0.00 USD"));
        assert_eq!(money("64.22 USD").priced(amount("2.25"), rounding).unwrap(), money("144.50 USD"));
        assert_eq!(money("25.45 USD").part(Rate::parse("10").unwrap(), rounding).unwrap(), money("2.55 USD"));
        assert_eq!(
            money("922337203685477.58 USD").part(Rate::HUNDRED, rounding).unwrap(),
            usd(9_223_372_036_854_775_800)
        );
    }

    #[test]
    fn shares_sum_up_to_the_whole() {
        let shared = |whole: &str, weights: &[&str]| -> Vec<String> {
            let weights: Vec<Amount> = weights.iter().map(|weight| amount(weight)).collect();
            money(whole).share(&weights).unwrap().iter().map(|share| share.amount.to_string()).collect()
        };
        assert_eq!(shared("10.00 USD", &["1", "1", "1"]), ["3.34", "3.33", "3.33"]);
        assert_eq!(shared("-10.00 USD", &["1", "1", "1"]), ["-3.34", "-3.33", "-3.33"]);
        assert_eq!(shared("0.01 USD", &["50", "50"]), ["0.01", "0.00"], "ties go to the earlier one");
        assert_eq!(shared("100 JPY", &["33.3333", "33.3333", "33.3334"]), ["33.00", "33.00", "34.00"]);
        assert_eq!(shared("1.000 KWD", &["1", "2"]), ["0.333", "0.667"]);
        // A credit takes back what it got.
        assert_eq!(shared("8.00 USD", &["100", "-20"]), ["10.00", "-2.00"]);
        assert_eq!(shared("-8.00 USD", &["-100", "20"]), ["-10.00", "2.00"]);
        assert_eq!(shared("0.0005 USD", &["1", "1"]), ["0.0003", "0.0002"], "finer than the currency");
        assert_eq!(shared("0.00 USD", &["0", "0"]), ["0.00", "0.00"]);
        assert!(money("1.00 USD").share(&[]).unwrap_err().is(&NO_SHARES));
        let error = money("1.00 USD").share(&[amount("5"), amount("-5")]).unwrap_err();
        assert!(error.message().starts_with("1.00 USD cannot be shared"), "{error}");
        let far = [Amount::from_ten_thousandths(i64::MAX), Amount::from_ten_thousandths(1 - i64::MAX)];
        assert!(usd(i64::MAX).share(&far).unwrap_err().is(&TOO_LARGE));
    }

    #[test]
    fn it_is_shown_with_thousands() {
        for (ten_thousandths, shown) in [
            (0, "0.00 USD"),
            (9_990_000, "999.00 USD"),
            (500_000_000, "50,000.00 USD"),
            (-12_345_678_901, "-1,234,567.8901 USD"),
            (i64::MIN, "-922,337,203,685,477.5808 USD"),
        ] {
            assert_eq!(usd(ten_thousandths).to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn any_money_comes_back(ten_thousandths: i64) {
            let money = usd(ten_thousandths);
            check::round_trip(&money);
            prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
        }

        #[test]
        fn a_number_below_a_hundred_billion_is_exact(ten_thousandths in -999_999_999_999_999_i64..1_000_000_000_000_000) {
            let text = format!(r#"{{"amount": {}, "currency": "USD"}}"#, Amount::from_ten_thousandths(ten_thousandths));
            prop_assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), usd(ten_thousandths));
        }

        #[test]
        fn any_shares_sum_up_and_none_is_a_unit_off(whole: i64, weights in proptest::collection::vec(0..i64::MAX, 1..20)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let given: Vec<Amount> = weights.iter().copied().map(Amount::from_ten_thousandths).collect();
            let shares = usd(whole).share(&given).unwrap();
            let sum: i128 = shares.iter().map(|share| i128::from(share.amount.ten_thousandths())).sum();
            prop_assert_eq!(sum, i128::from(whole));
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            let unit = if whole % 100 == 0 { 100 } else { 1 };
            for (share, weight) in shares.iter().zip(weights) {
                // Less than a unit away from the exact share, without dividing.
                let share = i128::from(share.amount.ten_thousandths());
                let exact = i128::from(whole) * i128::from(weight);
                prop_assert!((exact / total - share).abs() <= unit, "{} of {}", share, whole);
            }
        }

        #[test]
        fn the_parts_make_the_whole(ten_thousandths: i32, percent in 0..=100_u8) {
            let whole = usd(i64::from(ten_thousandths) * 100);
            let part = whole.times_percent(percent).unwrap();
            prop_assert_eq!(part.plus(whole.times_percent(100 - percent).unwrap()).unwrap(), whole);
            prop_assert_eq!(whole.minus(part).unwrap().plus(part).unwrap(), whole);
        }
    }
}
