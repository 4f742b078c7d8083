//! One line: so many of something at a price, less a discount.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Amount, Code, Currency, Money, Rate, Result, Rounding};

/// A line is of something.
pub const QUANTITY: Code =
    Code::invalid("line.quantity", "The quantity {quantity} is not above zero; give back money with a negative price.");
/// A line is in one currency.
pub const LINE_CURRENCY: Code = Code::invalid(
    "line.currency",
    "The line has {found} where its document is in {expected}; give every price and discount in {expected}.",
);
/// A discount takes off no more than there is.
pub const DISCOUNT_TOO_LARGE: Code = Code::invalid(
    "line.discount_too_large",
    "The discount {discount} is not between nothing and {of}, which it is taken off; give a smaller one.",
);

/// What is taken off a line or a document. In JSON `{"rate": "12.50"}` or `{"amount": {"amount": "5.00", "currency": "EUR"}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// A percentage; what is left is rounded to the currency's minor unit, and the rest is the discount.
    Rate(Rate),
    /// So much.
    Amount(Money),
}

impl Discount {
    /// What it takes off an amount. Errors: `line.currency`, `line.discount_too_large`, `money.too_large`.
    pub(super) fn of(self, amount: Money, rounding: Rounding) -> Result<Money> {
        let discount = match self {
            // 25.45 less 10 % is 22.905, which half up is 22.91; half a cent more of discount would make it 22.90.
            Self::Rate(rate) => amount.minus(amount.part(rate.rest(), rounding)?)?,
            Self::Amount(discount) => discount.round(rounding)?,
        };
        same_currency(amount, discount)?;
        let (of, off) = (amount.amount.ten_thousandths(), discount.amount.ten_thousandths());
        // A discount of a credit takes off the credit.
        let within = if of < 0 { of <= off && off <= 0 } else { 0 <= off && off <= of };
        if within {
            Ok(discount)
        } else {
            Err(DISCOUNT_TOO_LARGE.with("discount", discount.to_string()).with("of", amount.to_string()))
        }
    }
}

/// So many of something at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// How many are sold, above zero.
    pub quantity: Amount,
    /// The price of one; a negative one makes a credit.
    pub unit_price: Money,
    /// What is taken off.
    pub discount: Option<Discount>,
}

/// What a line comes to, in the currency's minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineAmounts {
    /// The quantity times the price.
    pub gross: Money,
    /// What is taken off it.
    pub discount: Money,
    /// What is left.
    pub net: Money,
}

impl Line {
    /// What the line comes to. Errors: `line.quantity`, `line.currency`, `line.discount_too_large`, `money.too_large`.
    pub fn amounts(&self, rounding: Rounding) -> Result<LineAmounts> {
        positive(self.quantity)?;
        LineAmounts::of(self.unit_price.priced(self.quantity, rounding)?, self.discount, rounding)
    }
}

impl LineAmounts {
    /// What is left of an amount. Errors: `line.currency`, `line.discount_too_large`, `money.too_large`.
    pub fn of(gross: Money, discount: Option<Discount>, rounding: Rounding) -> Result<Self> {
        let discount = match discount {
            Some(discount) => discount.of(gross, rounding)?,
            None => Money::zero(gross.currency),
        };
        Ok(Self { gross, discount, net: gross.minus(discount)? })
    }
}

/// Error: `line.quantity`.
pub(super) fn positive(quantity: Amount) -> Result<()> {
    if quantity.ten_thousandths() > 0 { Ok(()) } else { Err(QUANTITY.with("quantity", quantity)) }
}

/// Error: `line.currency`.
pub(super) fn same_currency(expected: Money, found: Money) -> Result<()> {
    must_be_in(expected.currency, found.currency)
}

/// Error: `line.currency`.
pub fn must_be_in(expected: Currency, found: Currency) -> Result<()> {
    if expected == found { Ok(()) } else { Err(LINE_CURRENCY.with("expected", expected).with("found", found)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn line(quantity: &str, unit_price: &str, discount: Option<Discount>) -> Line {
        Line { quantity: Amount::parse(quantity).unwrap(), unit_price: money(unit_price), discount }
    }

    fn percent(rate: &str) -> Option<Discount> {
        Some(Discount::Rate(Rate::parse(rate).unwrap()))
    }

    #[test]
    fn gross_and_discount_are_rounded_and_their_difference_is_exact() {
        for (quantity, price, rate, gross, discount, net) in [
            // All taken off leaves nothing, and not −0.01.
            ("2.25", "64.22 USD", "100", "144.50 USD", "144.50 USD", "0.00 USD"),
            ("16", "348.35 EUR", "4", "5573.60 EUR", "222.94 EUR", "5350.66 EUR"),
            ("1", "25.45 EUR", "10", "25.45 EUR", "2.54 EUR", "22.91 EUR"),
            ("3", "333.3333 JPY", "12.5", "1000 JPY", "125 JPY", "875 JPY"),
            ("1", "1 JPY", "50", "1 JPY", "0 JPY", "1 JPY"),
            ("1", "0.0005 KWD", "0", "0.001 KWD", "0 KWD", "0.001 KWD"),
            ("1", "-100.00 USD", "10", "-100.00 USD", "-10.00 USD", "-90.00 USD"),
        ] {
            let amounts = line(quantity, price, percent(rate)).amounts(Rounding::HalfUp).unwrap();
            let expected = LineAmounts { gross: money(gross), discount: money(discount), net: money(net) };
            assert_eq!(amounts, expected, "{quantity} × {price} less {rate} %");
        }
    }

    #[test]
    fn half_a_cent_follows_the_rounding() {
        let net = |rounding| line("1", "25.45 EUR", percent("10")).amounts(rounding).unwrap().net;
        assert_eq!((net(Rounding::HalfUp), net(Rounding::HalfEven)), (money("22.91 EUR"), money("22.90 EUR")));
    }

    #[test]
    fn what_makes_no_line_is_refused() {
        let refused = |line: Line| line.amounts(Rounding::HalfUp).unwrap_err();
        assert!(refused(line("0", "1.00 USD", None)).is(&QUANTITY));
        assert!(refused(line("-1", "1.00 USD", None)).is(&QUANTITY));
        let off = |text| Some(Discount::Amount(money(text)));
        assert!(refused(line("1", "1.00 USD", off("1.00 EUR"))).is(&LINE_CURRENCY));
        assert!(refused(line("1", "1.00 USD", off("1.01 USD"))).is(&DISCOUNT_TOO_LARGE));
        assert!(refused(line("1", "1.00 USD", off("-0.01 USD"))).is(&DISCOUNT_TOO_LARGE));
        assert!(refused(line("1", "-1.00 USD", off("0.50 USD"))).is(&DISCOUNT_TOO_LARGE));
        assert!(refused(line("10", "922337203685477.00 USD", None)).is(&crate::values::TOO_LARGE));
        let exact = line("1", "1.00 USD", off("1.00 USD")).amounts(Rounding::HalfUp).unwrap();
        assert_eq!(exact.net, money("0.00 USD"));
    }

    #[test]
    fn a_discount_says_which_it_is() {
        let read = |json| serde_json::from_value::<Discount>(json);
        assert_eq!(read(json!({"rate": "12.5"})).unwrap(), percent("12.5").unwrap());
        let amount = json!({"amount": {"amount": "5.00", "currency": "EUR"}});
        assert_eq!(serde_json::to_value(read(amount.clone()).unwrap()).unwrap(), amount);
        assert!(read(json!({"rate": "101"})).is_err());
        assert!(read(json!({"rate": "1", "amount": {"amount": "5.00", "currency": "EUR"}})).is_err());
    }
}
