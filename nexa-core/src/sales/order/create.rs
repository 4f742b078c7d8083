//! Making the order of a deal.

use super::{EXISTS, Order, OrderLine};
use crate::{
    Action, Code, CollectionCommand, Context, Custom, Document, ExternalKey, Id, Name, Record, Ref, Result, Rounding,
    Tags, TaxRounding, UnitPrice, command,
    kernel::error::codes,
    people::org,
    sales::{Deal, DealStatus, LineItem, Quote, QuoteStatus, deal::lines, lookups, quote::tier::Offered},
};

/// Nothing was sold.
pub const NOTHING_SOLD: Code = Code::rule(
    "order.nothing_sold",
    "Nothing was sold yet: win the deal with deal.win, or accept one of its quotes with quote.accept.",
);

/// Makes a draft of the order of a deal that was won, or of a quote that was accepted. A deal has one: again answers the same, and
/// something else than that was made of is refused. Errors: `order.nothing_sold`, `order.exists`.
#[command(
    "create",
    collection = Order,
    action = Create,
    check = Self::check,
    errors(NOTHING_SOLD, EXISTS, crate::values::TOO_LARGE)
)]
pub struct Create {
    /// The identifier, when the caller names what it makes.
    pub id: Option<Id<Order>>,
    /// The deal that was won; its accepted quote, where it has one, is what was sold.
    pub deal: Option<Ref<Deal>>,
    /// The quote that was accepted, instead of the deal.
    pub quote: Option<Ref<Quote>>,
    /// The customer's own number for it.
    pub purchase_order: Option<Name>,
    /// Labels.
    #[serde(default)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[serde(default)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[serde(default)]
    pub external_keys: Vec<ExternalKey>,
}

/// What was sold.
struct Sold {
    deal: Deal,
    quote: Option<Quote>,
    lines: Vec<LineItem>,
    rounding: Rounding,
    tax_rounding: TaxRounding,
}

impl Create {
    fn check(&self) -> Result<()> {
        if self.deal.is_some() == self.quote.is_some() {
            let problem = "give either the deal or the quote";
            return Err(codes::FIELD_INVALID.with("field", "deal").with("problem", problem));
        }
        Ok(())
    }
    /// The deal, and the quote that was accepted. Error: `order.nothing_sold`.
    async fn source(&self, cx: &mut Context<'_>) -> Result<(Deal, Option<Quote>)> {
        if let Some(quote) = &self.quote {
            let quote = cx.load(quote).await?;
            if quote.status != QuoteStatus::Accepted {
                return Err(NOTHING_SOLD.with("field", "quote"));
            }
            return Ok((lookups::wherever(cx, quote.deal).await?, Some(quote)));
        }
        let Some(deal) = &self.deal else { return Err(NOTHING_SOLD.error()) };
        let deal = cx.load(deal).await?;
        let quote = Quote::accepted_of(cx, deal.id).await?;
        if quote.is_none() && deal.status != DealStatus::Won {
            return Err(NOTHING_SOLD.with("field", "deal"));
        }
        Ok((deal, quote))
    }
}

impl Sold {
    async fn of(cx: &mut Context<'_>, deal: Deal, quote: Option<Quote>) -> Result<Self> {
        let settings = org::settings(cx).await?;
        let (mut rounding, mut tax_rounding) = (settings.rounding, settings.tax_rounding);
        let mut lines = lines::in_order(cx, deal.id).await?;
        if let Some(quote) = &quote {
            (rounding, tax_rounding) = (quote.rounding, quote.tax_rounding);
            let chosen = |offered: &&Offered| Some(&offered.tier.key) == quote.accepted_tier.as_ref();
            if let Some(offered) = Offered::all_of(cx, quote).await?.iter().find(chosen) {
                lines = offered.sold(quote)?.lines;
            }
        }
        if lines.is_empty() {
            // A deal that was won has an amount.
            let amount = deal.amount.ok_or_else(|| NOTHING_SOLD.error())?;
            lines.push(LineItem {
                deal: deal.id,
                name: deal.name.clone(),
                unit_price: UnitPrice(amount),
                net: amount,
                ..LineItem::default()
            });
        }
        Ok(Self { deal, quote, lines, rounding, tax_rounding })
    }
}

impl CollectionCommand for Create {
    type Output = Order;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Order> {
        let (deal, quote) = self.source(cx).await?;
        cx.authorize(Deal::def(), &deal.to_row(), Action::Update).await?;
        if let Some(order) = Order::live_of(cx, deal.id).await? {
            if order.quote != quote.map(|quote| quote.id) {
                return Err(EXISTS.with("order", order.called()));
            }
            cx.answers_again();
            return Ok(order);
        }
        let sold = Sold::of(cx, deal, quote).await?;
        let currency = sold.lines.first().map_or(crate::Currency::NONE, |line| line.unit_price.currency);
        let totals = lines::totals(&sold.lines, currency, sold.rounding, sold.tax_rounding)?;
        let order = Order {
            id: self.id.unwrap_or_default(),
            deal: sold.deal.id,
            account: sold.quote.as_ref().map_or(sold.deal.account, |quote| quote.account),
            quote: sold.quote.map(|quote| quote.id),
            purchase_order: self.purchase_order.clone(),
            currency,
            net: totals.net,
            tax: totals.total.minus(totals.net)?,
            taxes: Document(totals.taxes),
            total: totals.total,
            yearly: totals.yearly,
            monthly: totals.monthly,
            contract_value: totals.contract_value,
            rounding: sold.rounding,
            tax_rounding: sold.tax_rounding,
            tags: self.tags.clone(),
            custom: self.custom.clone(),
            external_keys: self.external_keys.clone(),
            ..Order::default()
        };
        let order = cx.insert(order).await?;
        for (rank, line) in (1..).zip(&sold.lines) {
            cx.insert(OrderLine::copy_of(order.id, rank, line)).await?;
        }
        Ok(order)
    }
}
