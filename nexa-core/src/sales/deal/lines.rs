//! The lines of a deal together: what they come to, and the amount of the deal that follows them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Deal, line::LineItem};
use crate::{
    Action, Address, Amount, Body, Choice, Code, Command, Context, Currency, Date, Document, Get, Id, Money, Name,
    Query, Rate, Record, Ref, Result, Rounding, Subject, TaxRounding, UnitPrice, command,
    kernel::context::not_found,
    people::org,
    sales::{
        Account, PriceBook, Product, lookups,
        pipeline::{self, AmountFrom},
        price_book::price::{self, Search},
        pricing::{
            Calculation, DISCOUNT_TOO_LARGE, Discount, LINE_CURRENCY, Line, Period, Prices, QUANTITY, Recurring,
            RecurringTotals, TaxedLine,
        },
        product::RETIRED,
    },
    values::TOO_LARGE,
};

/// A deal has at most so many lines.
pub const MOST: usize = 1_000;
/// There are too many lines.
pub const TOO_MANY: Code = Code::rule("line.too_many", "The deal would have {count} lines; a deal has at most {most}.");
/// Lines have no price in the other book.
pub const UNPRICED: Code = Code::rule(
    "deal.lines_unpriced",
    "There is no price in {currency} for {names}; add one to the price book, or remove the line.",
);

/// A deal whose lines change, and what decides about their prices and taxes.
pub(in crate::sales) struct Buying {
    pub deal: Deal,
    pub account: Option<Account>,
    pub search: Search,
    pub address: Address,
    pub today: Date,
    pub rounding: Rounding,
}

impl Buying {
    /// A deal that the actor may change.
    pub(in crate::sales) async fn of(cx: &mut Context<'_>, deal: Id<Deal>) -> Result<Self> {
        // A deal in the trash is a deal.
        let Some(row) = cx.unrestricted().row(Deal::def(), deal.uuid()).await? else {
            return Err(not_found(Deal::def(), deal));
        };
        let deal = Deal::from_row(row)?;
        cx.authorize(Deal::def(), &deal.to_row(), Action::Update).await?;
        Self::at(cx, deal).await
    }
    async fn at(cx: &mut Context<'_>, deal: Deal) -> Result<Self> {
        let currency = deal.amount.map(|amount| amount.currency);
        Self::in_currency(cx, deal, currency).await
    }
    /// A deal whose lines are in a currency.
    pub(in crate::sales) async fn in_currency(
        cx: &mut Context<'_>,
        deal: Deal,
        currency: Option<Currency>,
    ) -> Result<Self> {
        let account: Option<Account> = lookups::if_live(cx, deal.account).await?;
        let today = lookups::today(cx).await?;
        let search = Search::new(cx, deal.price_book, account.as_ref(), currency, Some(today)).await?;
        let address = account.as_ref().and_then(|account| account.billing_address.clone()).unwrap_or_default();
        let rounding = org::settings(cx).await?.rounding;
        Ok(Self { deal, account, search, address, today, rounding })
    }
    /// Its lines, in order.
    pub(super) async fn lines(&self, cx: &mut Context<'_>) -> Result<Vec<LineItem>> {
        in_order(cx, self.deal.id).await
    }
    /// New lines with their prices and taxes, in a currency or all in that of the first. Errors: the codes of `deal.set_lines`.
    pub(in crate::sales) async fn priced(
        &self,
        new: &[NewLine],
        currency: Option<Currency>,
        cx: &mut Context<'_>,
    ) -> Result<Vec<LineItem>> {
        let mut lines: Vec<LineItem> = Vec::with_capacity(new.len());
        for (rank, new) in (1..).zip(new) {
            let mut line = new.line(self.deal.id, rank, cx).await?;
            line.complete(self, cx).await?;
            let first = lines.first().map(|first| first.unit_price.currency);
            line.compute(currency.or(first).unwrap_or(line.unit_price.currency), self.rounding)?;
            lines.push(line);
        }
        Ok(lines)
    }
    /// The currency of its lines; none where it has neither lines nor an amount.
    pub(super) fn currency(&self, lines: &[LineItem]) -> Option<Currency> {
        lines.first().map(|line| line.unit_price.currency).or_else(|| self.deal.amount.map(|amount| amount.currency))
    }
    /// Lets the amount of the deal follow these lines. Errors: `line.too_many`, `money.too_large`.
    pub(super) async fn amount_to(self, lines: &[LineItem], cx: &mut Context<'_>) -> Result<()> {
        let mut deal = self.deal;
        deal.follow(lines, cx).await?;
        cx.save(deal).await.map(drop)
    }
}

pub(in crate::sales) async fn in_order(cx: &mut Context<'_>, deal: Id<Deal>) -> Result<Vec<LineItem>> {
    let mut lines: Vec<LineItem> = cx.unrestricted().every(&LineItem::DEAL.eq(deal)).await?;
    lines.sort_by_key(|line| (line.rank, line.id));
    Ok(lines)
}

impl Deal {
    /// Takes its amount from lines; without any, the amount stays as it is and is set by hand again.
    pub(in crate::sales) async fn follow(&mut self, lines: &[LineItem], cx: &mut Context<'_>) -> Result<()> {
        let pipeline = pipeline::wherever(cx, self.pipeline).await?;
        self.take_amount(lines, pipeline.amount_from, cx).await
    }
    async fn take_amount(&mut self, lines: &[LineItem], from: AmountFrom, cx: &mut Context<'_>) -> Result<()> {
        if lines.len() > MOST {
            return Err(TOO_MANY.with("count", lines.len()).with("most", MOST));
        }
        self.has_lines = !lines.is_empty();
        if let Some(first) = lines.first() {
            let rounding = org::settings(cx).await?.rounding;
            self.amount = Some(worth(lines, first.unit_price.currency, from, rounding)?);
        }
        Ok(())
    }
    /// Computes its amount from its lines again, when it has any.
    pub(in crate::sales) async fn follow_lines(&mut self, from: AmountFrom, cx: &mut Context<'_>) -> Result<()> {
        if !self.has_lines {
            return Ok(());
        }
        let lines = in_order(cx, self.id).await?;
        self.take_amount(&lines, from, cx).await
    }
}

/// What lines are worth to a pipeline.
fn worth(lines: &[LineItem], currency: Currency, from: AmountFrom, rounding: Rounding) -> Result<Money> {
    let recurring = |line: &LineItem, most_months: Option<u32>| {
        let term = line.term_months.or_else(|| line.recurring.map(Period::months));
        Recurring {
            net: line.net,
            every: line.recurring,
            term_months: term.map(|term| most_months.map_or(term, |most| term.min(most))),
        }
    };
    let most_months = (from == AmountFrom::FirstYear).then(|| Period::Year.months());
    let lines: Vec<_> = lines.iter().map(|line| recurring(line, most_months)).collect();
    let totals = RecurringTotals::of(&lines, currency, rounding)?;
    Ok(if from == AmountFrom::Yearly { totals.yearly } else { totals.contract_value })
}

/// A new line of a deal. What is not said of name, number, unit, price and tax comes from the product.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewLine {
    /// The product.
    pub product: Option<Ref<Product>>,
    /// What it is called.
    pub name: Option<Subject>,
    /// What is worth saying about it.
    pub description: Option<Body>,
    /// How many; one unless said.
    pub quantity: Option<Amount>,
    /// In what it is counted.
    pub unit: Option<Choice>,
    /// What one costs.
    pub unit_price: Option<Money>,
    /// What is taken off.
    pub discount: Option<Discount>,
    /// What is added as tax.
    pub tax_rate: Option<Rate>,
    /// What the tax is called.
    pub tax_name: Option<Name>,
    /// How often it is paid.
    pub recurring: Option<Period>,
    /// For how many months it is bought.
    pub term_months: Option<u32>,
    /// When it begins.
    pub service_start: Option<Date>,
}

impl NewLine {
    pub(in crate::sales) async fn line(&self, deal: Id<Deal>, rank: i64, cx: &mut Context<'_>) -> Result<LineItem> {
        let product = match &self.product {
            Some(product) => Some(cx.load(product).await?.id),
            None => None,
        };
        let new = LineItem { deal, rank, product, ..LineItem::default() };
        Ok(LineItem {
            name: self.name.clone().unwrap_or_default(),
            description: self.description.clone(),
            quantity: self.quantity.unwrap_or(new.quantity),
            unit: self.unit.clone(),
            unit_price: self.unit_price.map_or(new.unit_price, UnitPrice),
            discount: self.discount.map(Document),
            tax_rate: self.tax_rate,
            tax_name: self.tax_name.clone(),
            recurring: self.recurring,
            term_months: self.term_months,
            service_start: self.service_start,
            ..new
        })
    }
}

/// A deal and its lines, with all that is computed from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DealLines {
    /// The deal, whose amount follows the lines.
    pub deal: Deal,
    /// The lines in order.
    pub lines: Vec<LineItem>,
    /// What they come to; nothing without lines, or where something of them or the amount of the deal is hidden.
    pub totals: Option<LineTotals>,
}

/// What the lines of a deal come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LineTotals {
    /// Everything without tax.
    pub net: Money,
    /// The tax of each rate, from the lowest.
    pub taxes: Vec<TaxTotal>,
    /// Everything with tax.
    pub total: Money,
    /// What recurs in a year (ARR).
    pub yearly: Money,
    /// What recurs in a month (MRR), rounded by itself.
    pub monthly: Money,
    /// What is paid once, and what recurs over its term, without tax.
    pub contract_value: Money,
}

/// The tax of one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaxTotal {
    /// The rate.
    pub rate: Rate,
    /// What is taxed, without the tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
}

impl DealLines {
    async fn new(deal: Deal, lines: Vec<LineItem>, cx: &mut Context<'_>) -> Result<Self> {
        let org = org::settings(cx).await?;
        // A sum says something of everything that it is made of.
        let shown = cx.hidden(LineItem::def())?.is_empty() && !cx.hidden(Deal::def())?.contains(&Deal::AMOUNT.name());
        let totals = match lines.first().filter(|_| shown) {
            Some(first) => Some(totals(&lines, first.unit_price.currency, org.rounding, org.tax_rounding)?),
            None => None,
        };
        Ok(Self { deal, lines, totals })
    }
}

/// What lines come to. Errors: `line.currency`, `money.too_large`.
pub(in crate::sales) fn totals(
    lines: &[LineItem],
    currency: Currency,
    rounding: Rounding,
    tax_rounding: TaxRounding,
) -> Result<LineTotals> {
    // The discount is taken off already: what is left is one of something.
    let one = Amount::from_ten_thousandths(10_000);
    let taxed = |line: &LineItem| TaxedLine {
        line: Line { quantity: one, unit_price: line.net, discount: None },
        tax_rate: line.tax_rate.unwrap_or_default(),
    };
    let calculation = Calculation {
        currency,
        lines: lines.iter().map(taxed).collect(),
        discount: None,
        prices: Prices::Net,
        rounding,
        tax_rounding,
    };
    let computed = calculation.totals()?;
    let recurring = |line: &LineItem| Recurring { net: line.net, every: line.recurring, term_months: line.term_months };
    let recurring = RecurringTotals::of(&lines.iter().map(recurring).collect::<Vec<_>>(), currency, rounding)?;
    let taxes = computed.taxes.iter().map(|tax| TaxTotal { rate: tax.rate, net: tax.net, tax: tax.tax }).collect();
    Ok(LineTotals {
        net: computed.net,
        taxes,
        total: computed.total,
        yearly: recurring.yearly,
        monthly: recurring.monthly,
        contract_value: recurring.contract_value,
    })
}

/// Replaces all lines of a deal, whose amount follows them.
#[command(
    "set_lines",
    on = Deal,
    errors(QUANTITY, LINE_CURRENCY, DISCOUNT_TOO_LARGE, TOO_LARGE, RETIRED, price::NONE, TOO_MANY)
)]
pub struct SetLines {
    /// The deal.
    pub deal: Ref<Deal>,
    /// The lines in order; none takes all off.
    pub lines: Vec<NewLine>,
}

impl Command for SetLines {
    type Output = DealLines;
    async fn run(&self, deal: Deal, cx: &mut Context<'_>) -> Result<DealLines> {
        let mut buying = Buying::at(cx, deal).await?;
        for line in buying.lines(cx).await? {
            cx.remove(&line).await?;
        }
        if buying.deal.has_lines {
            // What the former lines came to says nothing about the currency of the new ones.
            buying.search =
                Search::new(cx, buying.deal.price_book, buying.account.as_ref(), None, Some(buying.today)).await?;
        }
        let lines = buying.priced(&self.lines, None, cx).await?;
        buying.deal.follow(&lines, cx).await?;
        let mut added = Vec::with_capacity(lines.len());
        for line in lines {
            added.push(cx.insert(line).await?);
        }
        let deal = cx.save(buying.deal).await?;
        DealLines::new(deal, added, cx).await
    }
}

/// Takes the prices of another price book for all lines of a deal, or for none where one of them has no price there.
#[command("reprice", on = Deal, errors(UNPRICED, QUANTITY, LINE_CURRENCY, DISCOUNT_TOO_LARGE, TOO_LARGE))]
pub struct Reprice {
    /// The deal.
    pub deal: Ref<Deal>,
    /// The price book; the deal keeps it.
    pub price_book: Ref<PriceBook>,
}

impl Command for Reprice {
    type Output = DealLines;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<DealLines> {
        deal.price_book = Some(cx.load(&self.price_book).await?.id);
        let mut buying = Buying::at(cx, deal).await?;
        let currency = buying.search.currency;
        let mut lines = buying.lines(cx).await?;
        let mut unpriced = Vec::new();
        for line in &mut lines {
            if line.reprice(&buying, cx).await? {
                line.compute(currency, buying.rounding)?;
            } else {
                unpriced.push(line.name.to_string());
            }
        }
        if !unpriced.is_empty() {
            return Err(UNPRICED.with("currency", currency).with("names", unpriced));
        }
        buying.deal.follow(&lines, cx).await?;
        let mut saved = Vec::with_capacity(lines.len());
        for line in lines {
            saved.push(cx.save(line).await?);
        }
        let deal = cx.save(buying.deal).await?;
        DealLines::new(deal, saved, cx).await
    }
}

/// The lines of a deal, with taxes and totals: `deal.lines`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Query for Lines {
    const VERB: &'static str = "lines";
    const ERRORS: &'static [Code] = &[TOO_LARGE];
    type Of = Deal;
    type Output = DealLines;
    async fn run(&self, cx: &mut Context<'_>) -> Result<DealLines> {
        let deal = Get::of(self.deal.clone()).run(cx).await?.record;
        let mut lines: Vec<LineItem> = cx.visible_every(&LineItem::DEAL.eq(deal.id)).await?;
        lines.sort_by_key(|line| (line.rank, line.id));
        DealLines::new(deal, lines, cx).await
    }
}
