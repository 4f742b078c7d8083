//! What recurs: its worth in a year, in a month, and over its term.

use rust_decimal::Decimal;

use crate::{Currency, Money, Result, Rounding, closed_enum, values::TOO_LARGE};

closed_enum! {
    /// How often a price is paid.
    pub enum Period {
        /// Each month.
        Month = "month",
        /// Each three months.
        Quarter = "quarter",
        /// Each six months.
        HalfYear = "half_year",
        /// Each year.
        Year = "year",
    }
}

impl Period {
    /// How many months it has.
    pub const fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

/// The net amount of a line that recurs, or of one that is paid once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Recurring {
    /// What is paid each time.
    pub net: Money,
    /// How often it is paid; once without.
    pub every: Option<Period>,
    /// For how many months it is paid; one period without.
    pub term_months: Option<u32>,
}

/// What recurs, and what it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecurringTotals {
    /// What recurs in a year: 50,000.00 of 50,000 a year.
    pub yearly: Money,
    /// What recurs in a month, 4,166.67 of 50,000 a year; rounded by itself, so that twelve of them are not the year.
    pub monthly: Money,
    /// What is paid once, and what recurs over its term.
    pub contract_value: Money,
}

impl RecurringTotals {
    /// Adds up the lines, each sum exactly and rounded once. Errors: `line.currency`, `money.too_large`.
    pub fn of(lines: &[Recurring], currency: Currency, rounding: Rounding) -> Result<Self> {
        let year = Decimal::from(Period::Year.months());
        // Twelve times the sums, as each period is a whole part of a year.
        let (mut yearly, mut contract) = (Decimal::ZERO, Decimal::ZERO);
        for line in lines {
            super::line::same_currency(Money::zero(currency), line.net)?;
            let times_a_year = |every: Period| Decimal::from(Period::Year.months() / every.months());
            let (a_year, over_term) = match line.every {
                None => (Decimal::ZERO, year),
                Some(every) => {
                    let months = line.term_months.unwrap_or(every.months());
                    (times_a_year(every), times_a_year(every) * Decimal::from(months))
                }
            };
            let net = line.net.amount.decimal();
            let add = |sum: Decimal, times: Decimal| {
                net.checked_mul(times).and_then(|part| sum.checked_add(part)).ok_or_else(|| TOO_LARGE.error())
            };
            yearly = add(yearly, a_year)?;
            contract = add(contract, over_term)?;
        }
        let part = |of: Decimal| of.checked_div(year).ok_or_else(|| TOO_LARGE.error());
        Ok(Self {
            yearly: Money::rounded(yearly, currency, rounding)?,
            monthly: Money::rounded(part(yearly)?, currency, rounding)?,
            contract_value: Money::rounded(part(contract)?, currency, rounding)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn totals(lines: &[(&str, Option<Period>, Option<u32>)]) -> RecurringTotals {
        let line = |(net, every, term_months): &(&str, Option<Period>, Option<u32>)| Recurring {
            net: money(net),
            every: *every,
            term_months: *term_months,
        };
        let lines: Vec<_> = lines.iter().map(line).collect();
        RecurringTotals::of(&lines, Currency::USD, Rounding::HalfUp).unwrap()
    }

    #[test]
    fn a_year_is_not_twelve_rounded_months() {
        let year = totals(&[("50000.00 USD", Some(Period::Year), None)]);
        assert_eq!((year.yearly, year.monthly), (money("50000.00 USD"), money("4166.67 USD")));
        assert_eq!(year.contract_value, money("50000.00 USD"), "no term is one period");
        let quarter = totals(&[("100.00 USD", Some(Period::Quarter), None), ("10.00 USD", Some(Period::Month), None)]);
        assert_eq!((quarter.yearly, quarter.monthly), (money("520.00 USD"), money("43.33 USD")));
        assert_eq!(totals(&[("60.00 USD", Some(Period::HalfYear), None)]).monthly, money("10.00 USD"));
    }

    #[test]
    fn a_contract_is_worth_its_terms_and_what_is_paid_once() {
        assert_eq!(totals(&[("100.00 USD", Some(Period::Year), Some(18))]).contract_value, money("150.00 USD"));
        let both = totals(&[("99.90 USD", None, None), ("100.00 USD", Some(Period::Year), Some(7))]);
        assert_eq!((both.contract_value, both.yearly), (money("158.23 USD"), money("100.00 USD")));
        // Each third of a cent by itself would be lost.
        let thirds = totals(&[("0.01 USD", Some(Period::Quarter), Some(1)); 3]);
        assert_eq!(thirds.contract_value, money("0.01 USD"));
    }

    #[test]
    fn other_currencies_and_what_does_not_fit_are_refused() {
        let line = |net| Recurring { net, every: Some(Period::Month), term_months: Some(1_000) };
        let refused =
            |net| RecurringTotals::of(&[line(net)], Currency::USD, Rounding::HalfUp).unwrap_err().code().to_owned();
        assert_eq!(refused(money("1.00 EUR")), "line.currency");
        assert_eq!(refused(money("922337203685477.00 USD")), "money.too_large");
    }
}
