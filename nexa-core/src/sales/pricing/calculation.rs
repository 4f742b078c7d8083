//! All lines of a document together: its discount, its taxes and its totals.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::line::{Discount, Line, LineAmounts, same_currency};
use crate::{Currency, Money, Rate, Result, Rounding, TaxRounding, closed_enum, values::TOO_LARGE};

closed_enum! {
    /// Whether prices are without tax, or have it in them.
    pub enum Prices {
        /// Tax is added to them.
        Net = "net",
        /// Tax is part of them: the total is what was agreed.
        Gross = "gross",
    }
}

/// A line and its tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaxedLine {
    /// What is sold.
    pub line: Line,
    /// The tax on it.
    pub tax_rate: Rate,
}

/// What is computed: the lines of a document, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Calculation {
    /// The currency of everything in it.
    pub currency: Currency,
    /// The lines in order.
    pub lines: Vec<TaxedLine>,
    /// What is taken off all lines together, shared by what each comes to.
    pub discount: Option<Discount>,
    /// Whether prices have tax in them.
    pub prices: Prices,
    /// What happens to half of a minor unit.
    pub rounding: Rounding,
    /// Where tax is rounded.
    pub tax_rounding: TaxRounding,
}

/// One line of a computed document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Total {
    /// What the line comes to by itself.
    pub amounts: LineAmounts,
    /// Its share of the document's discount.
    pub share: Money,
    /// What is left of it; with tax where prices have it in them.
    pub left: Money,
}

/// The tax of one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaxSum {
    /// The rate.
    pub rate: Rate,
    /// What is taxed, without the tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
}

/// A computed document. Everything in it adds up: shares to the discount, nets and taxes to the total.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Totals {
    /// The lines in order.
    pub lines: Vec<Total>,
    /// What is taken off all lines together.
    pub discount: Money,
    /// The tax of each rate, from the lowest.
    pub taxes: Vec<TaxSum>,
    /// Everything without tax.
    pub net: Money,
    /// The taxes together.
    pub tax: Money,
    /// Everything with tax.
    pub total: Money,
}

impl Calculation {
    /// Computes the document. Errors: `line.quantity`, `line.currency`, `line.discount_too_large`, `money.too_large`.
    pub fn totals(&self) -> Result<Totals> {
        let nothing = Money::zero(self.currency);
        let mut amounts = Vec::with_capacity(self.lines.len());
        let mut sum = nothing;
        for TaxedLine { line, .. } in &self.lines {
            same_currency(nothing, line.unit_price)?;
            let line = line.amounts(self.rounding)?;
            sum = sum.plus(line.net)?;
            amounts.push(line);
        }
        let discount = match self.discount {
            Some(discount) => discount.of(sum, self.rounding)?,
            None => nothing,
        };
        let nets: Vec<_> = amounts.iter().map(|line| line.net.amount).collect();
        let shares = discount.share(&nets)?;
        let mut lines = Vec::with_capacity(amounts.len());
        for (amounts, share) in amounts.into_iter().zip(shares) {
            lines.push(Total { amounts, share, left: amounts.net.minus(share)? });
        }
        let taxes = self.taxes(&lines)?;
        let (mut net, mut tax) = (nothing, nothing);
        for of_rate in &taxes {
            net = net.plus(of_rate.net)?;
            tax = tax.plus(of_rate.tax)?;
        }
        Ok(Totals { lines, discount, taxes, net, tax, total: net.plus(tax)? })
    }

    fn taxes(&self, lines: &[Total]) -> Result<Vec<TaxSum>> {
        let nothing = Money::zero(self.currency);
        // What the lines of a rate come to, and their tax where each line has its own.
        let mut rates: BTreeMap<Rate, (Money, Money)> = BTreeMap::new();
        for (line, TaxedLine { tax_rate, .. }) in lines.iter().zip(&self.lines) {
            let (left, tax) = rates.entry(*tax_rate).or_insert((nothing, nothing));
            *left = left.plus(line.left)?;
            if self.tax_rounding == TaxRounding::PerLine {
                *tax = tax.plus(self.tax(line.left, *tax_rate)?)?;
            }
        }
        let mut taxes = Vec::with_capacity(rates.len());
        for (rate, (left, of_lines)) in rates {
            let tax = match self.tax_rounding {
                TaxRounding::PerRate => self.tax(left, rate)?,
                TaxRounding::PerLine => of_lines,
            };
            let net = match self.prices {
                Prices::Net => left,
                Prices::Gross => left.minus(tax)?,
            };
            taxes.push(TaxSum { rate, net, tax });
        }
        Ok(taxes)
    }

    /// The tax on an amount, or in it.
    fn tax(&self, amount: Money, rate: Rate) -> Result<Money> {
        if self.prices == Prices::Net {
            return amount.part(rate, self.rounding);
        }
        let whole = rate.decimal().checked_add(Decimal::ONE_HUNDRED);
        let exact = amount.amount.decimal().checked_mul(rate.decimal()).zip(whole);
        let tax = exact.and_then(|(part, whole)| part.checked_div(whole)).ok_or_else(|| TOO_LARGE.error())?;
        Money::rounded(tax, self.currency, self.rounding)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Amount, sales::pricing::DISCOUNT_TOO_LARGE};

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn taxed(prices: &[&str], rate: &str) -> Calculation {
        let line = |price: &&str| TaxedLine {
            line: Line { quantity: Amount::from_ten_thousandths(10_000), unit_price: money(price), discount: None },
            tax_rate: Rate::parse(rate).unwrap(),
        };
        Calculation {
            currency: Currency::USD,
            lines: prices.iter().map(line).collect(),
            discount: None,
            prices: Prices::Net,
            rounding: Rounding::HalfUp,
            tax_rounding: TaxRounding::PerRate,
        }
    }

    #[test]
    fn tax_is_rounded_once_for_each_rate_or_on_each_line() {
        for (prices, rate, per_rate, per_line) in [
            (&["55.55 USD", "11.11 USD"][..], "23", "15.33 USD", "15.34 USD"),
            (&["5.60 USD", "8.92 USD", "44.91 USD", "217.26 USD", "2400.00 USD"][..], "15", "401.50 USD", "401.51 USD"),
        ] {
            let mut document = taxed(prices, rate);
            assert_eq!(document.totals().unwrap().tax, money(per_rate));
            document.tax_rounding = TaxRounding::PerLine;
            assert_eq!(document.totals().unwrap().tax, money(per_line));
        }
    }

    #[test]
    fn tax_that_is_in_the_price_leaves_the_total_as_it_was_agreed() {
        for (price, rate, tax, net) in
            [("119.00 USD", "19", "19.00 USD", "100.00 USD"), ("9.99 USD", "19", "1.60 USD", "8.39 USD")]
        {
            let mut document = taxed(&[price], rate);
            document.prices = Prices::Gross;
            let totals = document.totals().unwrap();
            assert_eq!((totals.tax, totals.net, totals.total), (money(tax), money(net), money(price)));
        }
    }

    #[test]
    fn a_discount_on_everything_is_shared_and_leaves_no_cent() {
        let mut document = taxed(&["0.01 USD", "0.01 USD", "0.01 USD"], "23");
        document.discount = Some(Discount::Rate(Rate::HUNDRED));
        let totals = document.totals().unwrap();
        assert_eq!((totals.discount, totals.total), (money("0.03 USD"), money("0.00 USD")));
        let mut document = taxed(&["10.00 USD", "10.00 USD", "10.00 USD"], "0");
        document.discount = Some(Discount::Amount(money("10.00 USD")));
        let totals = document.totals().unwrap();
        let shares: Vec<Money> = totals.lines.iter().map(|line| line.share).collect();
        assert_eq!(shares, [money("3.34 USD"), money("3.33 USD"), money("3.33 USD")]);
        assert_eq!(totals.total, money("20.00 USD"));
        document.discount = Some(Discount::Amount(money("30.01 USD")));
        assert!(document.totals().unwrap_err().is(&DISCOUNT_TOO_LARGE));
    }

    #[test]
    fn a_document_is_in_one_currency() {
        let mut document = taxed(&["1.00 USD", "1.00 EUR"], "0");
        assert_eq!(document.totals().unwrap_err().code(), "line.currency");
        document.lines.pop();
        document.discount = Some(Discount::Amount(money("0.50 EUR")));
        assert_eq!(document.totals().unwrap_err().code(), "line.currency");
        assert_eq!(taxed(&[], "0").totals().unwrap().total, money("0.00 USD"));
    }

    proptest! {
        #[test]
        fn what_is_printed_adds_up(
            lines in proptest::collection::vec((1..2_000_000_i64, -500_000..50_000_000_i64, 0..=1_000_000_i64, 0..4_usize), 0..12),
            currency in 0..4_usize, off in proptest::option::of(0..=1_000_000_i64), gross: bool, per_line: bool, even: bool,
        ) {
            let currency = Currency::parse(["USD", "JPY", "KWD", "EUR"][currency]).unwrap();
            let rate = |ten_thousandths| Rate::new(Decimal::new(ten_thousandths, 4)).unwrap();
            let line = |(quantity, price, off, tax): (i64, i64, i64, usize)| TaxedLine {
                line: Line {
                    quantity: Amount::from_ten_thousandths(quantity),
                    unit_price: Money::new(Amount::from_ten_thousandths(price), currency),
                    discount: Some(Discount::Rate(rate(off))),
                },
                tax_rate: rate([0, 88_750, 190_000, 230_000][tax]),
            };
            let document = Calculation {
                currency,
                lines: lines.into_iter().map(line).collect(),
                discount: off.map(|off| Discount::Rate(rate(off))),
                prices: if gross { Prices::Gross } else { Prices::Net },
                rounding: if even { Rounding::HalfEven } else { Rounding::HalfUp },
                tax_rounding: if per_line { TaxRounding::PerLine } else { TaxRounding::PerRate },
            };
            let totals = document.totals();
            // Credits may cancel the other lines out, so that nothing is left to share a discount by.
            prop_assume!(totals.is_ok());
            let totals = totals.unwrap();
            let sum = |amounts: Vec<Money>| {
                amounts.into_iter().try_fold(Money::zero(currency), Money::plus).unwrap()
            };
            prop_assert_eq!(sum(totals.lines.iter().map(|line| line.share).collect()), totals.discount);
            prop_assert_eq!(sum(totals.taxes.iter().map(|tax| tax.net).collect()), totals.net);
            prop_assert_eq!(sum(totals.taxes.iter().map(|tax| tax.tax).collect()), totals.tax);
            prop_assert_eq!(totals.net.plus(totals.tax).unwrap(), totals.total);
            let left = sum(totals.lines.iter().map(|line| line.left).collect());
            prop_assert_eq!(if gross { totals.total } else { totals.net }, left);
            for amount in totals.lines.iter().flat_map(|line| [line.amounts.gross, line.amounts.net, line.left]) {
                prop_assert_eq!(amount.round(Rounding::HalfUp).unwrap(), amount);
            }
        }
    }
}
