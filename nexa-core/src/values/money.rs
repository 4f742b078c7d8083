//! Amounts of money.

use std::fmt;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Currency;
use crate::{
    Amount, Code, Result,
    kernel::{
        record::{ColumnDef, Field, Form},
        value::Value,
    },
};

/// Two currencies do not add up.
pub const CURRENCY_MISMATCH: Code = Code::invalid(
    "money.currency_mismatch",
    "{left} and {right} do not add up; convert one of them with the organisation's rates first.",
);
/// The result of a computation does not fit.
pub const TOO_LARGE: Code = Code::invalid("money.too_large", "The amount gets too large; keep it below 922 trillion.");

/// An exact amount in a currency. In JSON `{"amount": "50000.00", "currency": "USD"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Money {
    /// How much, with at most four decimal places.
    pub amount: Amount,
    /// In which currency.
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
    fn combine(self, other: Self, operation: fn(i64, i64) -> Option<i64>) -> Result<Self> {
        if self.currency != other.currency {
            return Err(CURRENCY_MISMATCH.with("left", self.currency).with("right", other.currency));
        }
        operation(self.amount.ten_thousandths(), other.amount.ten_thousandths())
            .map(|sum| Self::new(Amount::from_ten_thousandths(sum), self.currency))
            .ok_or_else(|| TOO_LARGE.error())
    }
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

impl Field for Money {
    const FORM: Option<Form> = Some(Form::Parts("null"));
    const WIDTH: usize = 2;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        Amount::columns(&format!("{name}.amount"), out);
        Currency::columns(&format!("{name}.currency"), out);
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.amount.write(out);
        self.currency.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Ok(Self { amount: Amount::read(values)?, currency: Currency::read(values)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
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
        fn the_parts_make_the_whole(ten_thousandths: i32, percent in 0..=100_u8) {
            let whole = usd(i64::from(ten_thousandths) * 100);
            let part = whole.times_percent(percent).unwrap();
            prop_assert_eq!(part.plus(whole.times_percent(100 - percent).unwrap()).unwrap(), whole);
            prop_assert_eq!(whole.minus(part).unwrap().plus(part).unwrap(), whole);
        }
    }
}
