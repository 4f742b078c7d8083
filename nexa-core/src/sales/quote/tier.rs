//! A tier of a quote: one of the ways in which somebody may buy, with its lines and what they come to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Quote;
use crate::{
    Code, Context, Document, Id, Key, Money, Name, Record, Result, Timestamp,
    kernel::error::codes,
    sales::{
        Deal, LineItem,
        deal::lines::{self, Buying, LineTotals, MOST, NewLine, TaxTotal},
        pricing::Discount,
        sold_line::{Discounted, sold_line},
    },
};

/// A quote has at most so many tiers.
pub const MOST_TIERS: usize = 3;
/// The tiers do not make a quote.
pub const TIERS: Code = Code::invalid(
    "quote.tiers",
    "The tiers do not make a quote: give 1 to 3 of them, each with a key of its own, at most one of them recommended.",
);
/// The customer would get money.
pub const TOTAL_NEGATIVE: Code = Code::invalid(
    "quote.total_negative",
    "The tier {tier} comes to {total}, which is below zero; take off the credits that are too large.",
);

/// One of the ways in which somebody may buy, and what it comes to.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "quote_tier",
    table = "quote_tiers", access = through(quote),
    index("quote", "rank"),
    index("deal")
)]
pub struct QuoteTier {
    /// The identifier.
    pub id: Id<QuoteTier>,
    /// Counts the changes; there are none.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// The same.
    pub updated_at: Timestamp,
    /// The quote.
    pub quote: Id<Quote>,
    /// The deal that the quote is for.
    #[record(on_trash = with_parent)]
    pub deal: Id<Deal>,
    /// Its place among the tiers, from 1.
    pub rank: i64,
    /// The name by which it is accepted, such as `premium`.
    pub key: Key,
    /// What it is called in print.
    pub name: Name,
    /// Whether it is the one that we recommend.
    pub recommended: bool,
    /// What is taken off all lines together.
    pub discount: Option<Document<Discount>>,
    /// How much that is.
    pub discount_amount: Money,
    /// Everything without tax.
    pub net: Money,
    /// The tax of each rate, from the lowest.
    pub taxes: Document<Vec<TaxTotal>>,
    /// The taxes together.
    pub tax: Money,
    /// Everything with tax.
    pub total: Money,
    /// What recurs in a year (ARR).
    pub yearly: Money,
    /// What recurs in a month (MRR), rounded by itself.
    pub monthly: Money,
    /// What is paid once, and what recurs over its term, without tax.
    pub contract_value: Money,
}

sold_line! {
    /// A line of a tier: so many of something at a price.
    QuoteLine, kind = "quote_line", table = "quote_lines",
    /// The tier.
    quote_tier: QuoteTier
}

/// A tier of a new quote.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewTier {
    /// The name by which it is accepted, unique in the quote; made of its place unless said.
    pub key: Option<Key>,
    /// What it is called in print; its key unless said.
    pub name: Option<Name>,
    /// Whether it is the one that we recommend.
    pub recommended: bool,
    /// What is taken off all lines together.
    pub discount: Option<Discount>,
    /// Its lines in order; those of the deal unless said.
    pub lines: Option<Vec<NewLine>>,
}

/// A tier with its lines, as they are printed: a discount on all of them is none of theirs.
pub(in crate::sales) struct Offered {
    pub tier: QuoteTier,
    pub lines: Vec<LineItem>,
}

impl Offered {
    /// The lines as they are sold, each with its share of the tier's discount. Errors: `line.discount_too_large`,
    /// `money.too_large`.
    pub(in crate::sales) fn sold(&self, quote: &Quote) -> Result<Discounted> {
        let discount = self.tier.discount.as_deref().copied();
        Discounted::of(self.lines.clone(), discount, quote.currency, quote.rounding)
    }
    /// Computes what the tier comes to. Errors: `quote.total_negative` and those of lines.
    fn compute(&mut self, quote: &Quote) -> Result<()> {
        let sold = self.sold(quote)?;
        let totals = sold.totals(quote.currency, quote.rounding, quote.tax_rounding)?;
        if totals.total.amount.ten_thousandths() < 0 {
            return Err(TOTAL_NEGATIVE.with("tier", &self.tier.key).with("total", totals.total.to_string()));
        }
        self.tier.discount_amount = sold.discount;
        self.tier.take(totals)
    }
    /// The tiers of a quote in order, with their lines.
    pub(in crate::sales) async fn all_of(cx: &mut Context<'_>, quote: &Quote) -> Result<Vec<Self>> {
        let mut tiers: Vec<QuoteTier> = cx.unrestricted().every(&QuoteTier::QUOTE.eq(quote.id)).await?;
        tiers.sort_by_key(|tier| tier.rank);
        let mut all = Vec::with_capacity(tiers.len());
        for tier in tiers {
            let lines = QuoteLine::all_of(cx, tier.id).await?;
            all.push(Self { tier, lines: lines.iter().map(|line| line.to_line(quote.deal)).collect() });
        }
        Ok(all)
    }
    /// New tiers of a quote, with their prices and totals. Errors: those of `quote.create`.
    pub(super) async fn new(
        new: &[NewTier],
        quote: &Quote,
        buying: &Buying,
        cx: &mut Context<'_>,
    ) -> Result<Vec<Self>> {
        let of_deal = [NewTier::default()];
        let new = if new.is_empty() { &of_deal } else { new };
        let mut all: Vec<Self> = Vec::with_capacity(new.len());
        for (rank, new) in (1..).zip(new) {
            let lines = match &new.lines {
                Some(lines) => buying.priced(lines, Some(quote.currency), cx).await?,
                None => lines::in_order(cx, quote.deal).await?,
            };
            if lines.len() > MOST {
                return Err(lines::TOO_MANY.with("count", lines.len()).with("most", MOST));
            }
            let key = match &new.key {
                Some(key) => key.clone(),
                None => Key::parse(&format!("tier_{rank}")).map_err(|problem| invalid("key", problem))?,
            };
            let name = match &new.name {
                Some(name) => name.clone(),
                None => Name::parse(&key).map_err(|problem| invalid("name", problem))?,
            };
            let tier = QuoteTier {
                quote: quote.id,
                rank,
                key,
                name,
                recommended: new.recommended,
                discount: new.discount.map(Document),
                ..QuoteTier::nothing(quote)
            };
            let mut offered = Self { tier, lines };
            offered.compute(quote)?;
            all.push(offered);
        }
        let keys: std::collections::BTreeSet<_> = all.iter().map(|offered| offered.tier.key.as_str()).collect();
        let recommended = all.iter().filter(|offered| offered.tier.recommended).count();
        if all.len() > MOST_TIERS || keys.len() < all.len() || recommended > 1 {
            return Err(TIERS.with("field", "tiers"));
        }
        Ok(all)
    }
    /// Adds tiers to a quote, as copies of these.
    pub(super) async fn add(all: &[Self], quote: Id<Quote>, cx: &mut Context<'_>) -> Result<()> {
        for Self { tier, lines } in all {
            let tier = cx.insert(QuoteTier { id: Id::default(), quote, ..tier.clone() }).await?;
            for (rank, line) in (1..).zip(lines) {
                cx.insert(QuoteLine::copy_of(tier.id, rank, line)).await?;
            }
        }
        Ok(())
    }
    /// Takes the tiers of a quote off it.
    pub(super) async fn remove_all(cx: &mut Context<'_>, quote: Id<Quote>) -> Result<()> {
        let tiers: Vec<QuoteTier> = cx.unrestricted().every(&QuoteTier::QUOTE.eq(quote)).await?;
        for tier in tiers {
            for line in QuoteLine::all_of(cx, tier.id).await? {
                cx.remove(&line).await?;
            }
            cx.remove(&tier).await?;
        }
        Ok(())
    }
    /// For how many months it is bought: as long as the line that runs longest.
    pub(super) fn term_months(&self) -> Option<u32> {
        let recurring = self.lines.iter().filter(|line| line.recurring.is_some());
        recurring.filter_map(|line| line.term_months).max()
    }
}

fn invalid(field: &str, problem: &'static str) -> crate::Error {
    codes::FIELD_INVALID.with("field", field).with("problem", problem)
}

impl QuoteTier {
    /// A tier of a quote that comes to nothing.
    fn nothing(quote: &Quote) -> Self {
        let nothing = Money::zero(quote.currency);
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            quote: quote.id,
            deal: quote.deal,
            rank: 0,
            key: Key::default(),
            name: Name::default(),
            recommended: false,
            discount: None,
            discount_amount: nothing,
            net: nothing,
            taxes: Document(Vec::new()),
            tax: nothing,
            total: nothing,
            yearly: nothing,
            monthly: nothing,
            contract_value: nothing,
        }
    }
    fn take(&mut self, totals: LineTotals) -> Result<()> {
        self.net = totals.net;
        self.tax = totals.total.minus(totals.net)?;
        self.taxes = Document(totals.taxes);
        self.total = totals.total;
        self.yearly = totals.yearly;
        self.monthly = totals.monthly;
        self.contract_value = totals.contract_value;
        Ok(())
    }
}

/// The deal that a quote may be made for. Error: `deal.closed`.
pub(super) fn must_sell(deal: &Deal) -> Result<()> {
    deal.must_be_open()
}
