//! The tables of a printed quote: the tiers beside each other, and the lines of one.

use std::fmt::Write as _;

use super::{Sheet, escaped};
use crate::{
    Amount, Money, Rate,
    mail::template::When,
    sales::{
        LineItem,
        pricing::{Discount, Period},
        quote::tier::Offered,
    },
};

impl Sheet<'_> {
    fn money(&self, money: Money) -> String {
        escaped(&self.formats.money(money))
    }
    fn amount(&self, amount: Amount) -> String {
        self.formats.number(amount.decimal(), None)
    }
    fn rate(&self, rate: Rate) -> String {
        format!("{}\u{a0}%", self.formats.number(rate.decimal(), None))
    }
    /// A price has at least the places of its currency.
    fn price(&self, price: Money) -> String {
        let places = price.amount.decimal().normalize().scale();
        if places <= price.currency.places() {
            return self.money(price);
        }
        format!("{}\u{a0}{}", self.formats.number(price.amount.decimal(), Some(places)), price.currency)
    }

    /// The tiers beside each other: what each has of every line, and what it comes to.
    pub(super) fn overview(&self, out: &mut String) {
        let _ = write!(out, "<h2>{}</h2>\n<table>\n<thead><tr><th></th>", self.words.overview);
        for offered in self.tiers {
            let _ = write!(out, "<th class=\"number\">{}{}</th>", escaped(&offered.tier.name), self.mark(offered));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        let mut names: Vec<&str> = Vec::new();
        for line in self.tiers.iter().flat_map(|offered| &offered.lines) {
            if !names.contains(&line.name.as_str()) {
                names.push(&line.name);
            }
        }
        for name in names {
            self.row(out, "", &escaped(name), |offered| {
                let same = offered.lines.iter().filter(|line| line.name.as_str() == name);
                let quantities: Vec<String> = same.map(|line| self.quantity(line)).collect();
                if quantities.is_empty() { "–".to_owned() } else { quantities.join("<br>") }
            });
        }
        out.push_str("</tbody>\n<tbody class=\"sum\">\n");
        if self.tiers.iter().any(|offered| offered.tier.discount.is_some()) {
            self.row(out, "", self.words.discount_on_all, |offered| self.money(offered.tier.discount_amount));
        }
        self.row(out, "", self.words.net, |offered| self.money(offered.tier.net));
        let mut rates: Vec<Rate> =
            self.tiers.iter().flat_map(|offered| offered.tier.taxes.iter().map(|tax| tax.rate)).collect();
        rates.sort_unstable();
        rates.dedup();
        for rate in rates {
            let label = format!("{} {}", self.words.tax_of, self.rate(rate));
            self.row(out, "", &label, |offered| {
                let tax = offered.tier.taxes.iter().find(|tax| tax.rate == rate);
                tax.map_or_else(|| "–".to_owned(), |tax| self.money(tax.tax))
            });
        }
        self.row(out, "total", self.words.total, |offered| self.money(offered.tier.total));
        self.row_where(out, self.words.monthly, |offered| offered.tier.monthly);
        self.row_where(out, self.words.yearly, |offered| offered.tier.yearly);
        out.push_str("</tbody>\n</table>\n");
    }

    fn row(&self, out: &mut String, class: &str, label: &str, cell: impl Fn(&Offered) -> String) {
        let _ = write!(
            out,
            "<tr{}><td>{label}</td>",
            if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
        );
        for offered in self.tiers {
            let _ = write!(out, "<td class=\"number\">{}</td>", cell(offered));
        }
        out.push_str("</tr>\n");
    }
    /// A row of amounts, unless all are nothing.
    fn row_where(&self, out: &mut String, label: &str, amount: impl Fn(&Offered) -> Money) {
        if self.tiers.iter().any(|offered| amount(offered).amount.ten_thousandths() != 0) {
            self.row(out, "", label, |offered| self.money(amount(offered)));
        }
    }
    fn mark(&self, offered: &Offered) -> String {
        if offered.tier.recommended {
            format!(" <span class=\"mark\">{}</span>", self.words.recommended)
        } else {
            String::new()
        }
    }
    fn quantity(&self, line: &LineItem) -> String {
        let unit = line.unit.as_ref().map(|unit| format!(" {}", escaped(unit))).unwrap_or_default();
        format!("{}{unit}", self.amount(line.quantity))
    }

    /// The lines of a tier, and what they come to.
    pub(super) fn tier(&self, out: &mut String, offered: &Offered) {
        let (words, tier) = (self.words, &offered.tier);
        let _ = writeln!(out, "<h2>{}{}</h2>", escaped(&tier.name), self.mark(offered));
        let _ = writeln!(
            out,
            "<table>\n<thead><tr><th>{}</th><th class=\"number\">{}</th><th class=\"number\">{}</th>\
             <th class=\"number\">{}</th><th class=\"number\">{}</th><th class=\"number\">{}</th></tr></thead>\n<tbody>",
            words.description, words.quantity, words.unit_price, words.discount, words.tax, words.amount
        );
        for line in &offered.lines {
            self.line(out, line);
        }
        out.push_str("</tbody>\n<tbody class=\"sum\">\n");
        let mut sum = |class: &str, label: &str, money: Money| {
            let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
            let money = self.money(money);
            let _ = writeln!(
                out,
                "<tr{class}><td colspan=\"5\" class=\"number\">{label}</td><td class=\"number\">{money}</td></tr>"
            );
        };
        if tier.discount.is_some() {
            let minus = Money::new(
                Amount::from_ten_thousandths(tier.discount_amount.amount.ten_thousandths().saturating_neg()),
                tier.discount_amount.currency,
            );
            sum("", words.discount_on_all, minus);
        }
        sum("", words.net, tier.net);
        for tax in tier.taxes.iter() {
            sum("", &format!("{} {} ({})", words.tax_of, self.rate(tax.rate), self.money(tax.net)), tax.tax);
        }
        sum("total", words.total, tier.total);
        for (label, money) in [(words.monthly, tier.monthly), (words.yearly, tier.yearly)] {
            if money.amount.ten_thousandths() != 0 {
                sum("", label, money);
            }
        }
        if tier.contract_value != tier.net {
            sum("", words.contract_value, tier.contract_value);
        }
        out.push_str("</tbody>\n</table>\n");
    }

    fn line(&self, out: &mut String, line: &LineItem) {
        let words = self.words;
        let _ = write!(out, "<tr><td>{}", escaped(&line.name));
        if let Some(sku) = &line.sku {
            let _ = write!(out, " <span class=\"label\">{}</span>", escaped(sku));
        }
        if let Some(description) = &line.description {
            let _ = write!(out, "<div class=\"text label\">{}</div>", escaped(description));
        }
        let mut notes = Vec::new();
        if let Some(months) = line.term_months.filter(|_| line.recurring.is_some()) {
            notes.push(format!("{months} {}", words.months));
        }
        if let Some(day) = line.service_start {
            notes.push(format!("{} {}", words.begins, self.formats.date(When::Date(day))));
        }
        if !notes.is_empty() {
            let _ = write!(out, "<div class=\"label\">{}</div>", notes.join(" · "));
        }
        let price = if line.slices.is_empty() {
            self.price(*line.unit_price)
        } else {
            let slice = |tier: &crate::sales::pricing::PriceTier| {
                format!("{} {}: {}", words.from_quantity, self.amount(tier.from_quantity), self.price(tier.unit_price))
            };
            line.slices.iter().map(slice).collect::<Vec<_>>().join("<br>")
        };
        let every = match line.recurring {
            None => String::new(),
            Some(period) => {
                let [month, quarter, half_year, year] = words.per;
                let every = match period {
                    Period::Month => month,
                    Period::Quarter => quarter,
                    Period::HalfYear => half_year,
                    Period::Year => year,
                };
                format!("<div class=\"label\">{every}</div>")
            }
        };
        let discount = match line.discount.as_deref() {
            None => String::new(),
            Some(Discount::Rate(rate)) => self.rate(*rate),
            Some(Discount::Amount(amount)) => self.money(*amount),
        };
        let tax = line.tax_rate.map(|rate| self.rate(rate)).unwrap_or_default();
        let name = line.tax_name.as_ref();
        let name = name.map(|name| format!("<div class=\"label\">{}</div>", escaped(name))).unwrap_or_default();
        let _ = writeln!(
            out,
            "</td><td class=\"number\">{}</td><td class=\"number\">{price}{every}</td><td class=\"number\">{discount}</td>\
             <td class=\"number\">{tax}{name}</td><td class=\"number\">{}</td></tr>",
            self.quantity(line),
            self.money(line.net)
        );
    }
}
