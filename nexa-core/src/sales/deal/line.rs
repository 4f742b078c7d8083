//! A line of a deal: so many of something at a price. It is a copy: what becomes of the product, its price or its tax later
//! changes no line.

use serde::{Deserialize, Serialize};

use super::{Deal, lines::Buying};
use crate::{
    Amount, Body, Choice, Code, Command, Context, Currency, Date, Document, Entity, ExternalKey, Id, Money, Name, Rate,
    Record, Ref, Result, Rounding, Subject, Timestamp, UnitPrice, command,
    kernel::error::codes,
    sales::{
        Product, TaxRate,
        price_book::price,
        pricing::{
            self, DISCOUNT_TOO_LARGE, Discount, LINE_CURRENCY, Line, LineAmounts, Period, PriceTier, QUANTITY, TierMode,
        },
        product::RETIRED,
    },
    values::TOO_LARGE,
};

/// What a line sells stays what it is.
pub const PRODUCT_FIXED: Code = Code::rule(
    "line.product_fixed",
    "The line sells {name}, and its product stays; remove the line and add one with the other product.",
);
/// A line stays with its deal.
pub const DEAL_FIXED: Code =
    Code::rule("line.deal_fixed", "The line stays with its deal; remove it and add one to the other deal.");

/// What a deal may buy: so many of something at a price, less a discount.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(kind = "line", table = "lines", access = through(deal), index("deal", "rank"), index("product"))]
pub struct LineItem {
    /// The identifier.
    pub id: Id<LineItem>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The deal.
    #[record(editable, on_trash = with_parent)]
    pub deal: Id<Deal>,
    /// Its place among the lines of the deal; after the last one unless said.
    #[record(editable)]
    pub rank: i64,
    /// The product, which gives what is not said of name, number, unit, price and tax.
    #[record(editable, on_trash = refuse)]
    pub product: Option<Id<Product>>,
    /// What it is called; the product's name unless said.
    #[record(editable)]
    pub name: Subject,
    /// The product's number when the line was made.
    #[record(editable)]
    pub sku: Option<Choice>,
    /// What is worth saying about it.
    #[record(editable)]
    pub description: Option<Body>,
    /// How many, above zero with at most four decimal places; one unless said.
    #[record(editable)]
    pub quantity: Amount,
    /// In what it is counted.
    #[record(editable)]
    pub unit: Option<Choice>,
    /// What one costs, in the deal's currency; the price of the deal's, the account's or the default price book unless said. A
    /// negative one makes a credit.
    #[record(editable)]
    pub unit_price: UnitPrice,
    /// What one cost in the price book, whatever the quantity.
    pub list_price: Option<UnitPrice>,
    /// The tiers of the price when each part of the quantity costs what its own says.
    pub slices: Document<Vec<PriceTier>>,
    /// What is taken off.
    #[record(editable)]
    pub discount: Option<Document<Discount>>,
    /// What is added as tax; what the tenant's tax rates propose for the account's country unless said.
    #[record(editable)]
    pub tax_rate: Option<Rate>,
    /// What the tax is called.
    #[record(editable)]
    pub tax_name: Option<Name>,
    /// How often it is paid; once without.
    #[record(editable)]
    pub recurring: Option<Period>,
    /// For how many months it is bought when it recurs; one period without.
    #[record(editable)]
    pub term_months: Option<u32>,
    /// When it begins.
    #[record(editable)]
    pub service_start: Option<Date>,
    /// What it comes to, less the discount and without tax, in the currency's minor unit.
    pub net: Money,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

const NO_MONEY: Money = Money::zero(Currency::NONE);

/// A line of which nothing was given: its price is in no currency.
impl Default for LineItem {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            deal: Id::default(),
            rank: 0,
            product: None,
            name: Subject::default(),
            sku: None,
            description: None,
            quantity: Amount::from_ten_thousandths(10_000),
            unit: None,
            unit_price: UnitPrice(NO_MONEY),
            list_price: None,
            slices: Document(Vec::new()),
            discount: None,
            tax_rate: None,
            tax_name: None,
            recurring: None,
            term_months: None,
            service_start: None,
            net: NO_MONEY,
            external_keys: Vec::new(),
        }
    }
}

impl LineItem {
    /// Fills in what a new line of a deal takes from its product, its price book and the tax rates.
    pub(in crate::sales) async fn complete(&mut self, buying: &Buying, cx: &mut Context<'_>) -> Result<()> {
        let Some(product) = self.product else {
            if self.unit_price.currency == Currency::NONE {
                return Err(codes::FIELD_REQUIRED.with("field", "unit_price"));
            }
            return Ok(());
        };
        let product = cx.unrestricted().load(product).await?;
        product.must_be_active().map_err(|error| error.with("field", "product"))?;
        if self.name.is_empty() {
            let name = Subject::parse(&product.name);
            self.name = name.map_err(|problem| codes::FIELD_INVALID.with("field", "name").with("problem", problem))?;
        }
        self.sku = self.sku.take().or_else(|| product.sku.clone());
        self.unit = self.unit.take().or_else(|| product.unit.clone());
        self.recurring = self.recurring.or(product.recurring);
        self.take_price(&product, buying, cx).await?;
        if let (None, Some(tax_class)) = (self.tax_rate, &product.tax_class)
            && let Some(tax) = TaxRate::at(cx, tax_class, &buying.address, buying.today).await?
        {
            self.tax_rate = Some(tax.rate);
            self.tax_name = self.tax_name.take().or(Some(tax.name));
        }
        Ok(())
    }
    async fn take_price(&mut self, product: &Product, buying: &Buying, cx: &mut Context<'_>) -> Result<()> {
        let found = buying.search.find(cx, product.id, self.quantity).await?;
        let by_hand = self.unit_price.currency != Currency::NONE;
        match found {
            Some(found) => {
                self.list_price = Some(UnitPrice(found.list_price));
                if !by_hand {
                    (self.unit_price, self.slices) = (UnitPrice(found.unit_price), Document(found.slices));
                }
            }
            None if by_hand => {}
            None => return Err(buying.search.none(product).with("field", "unit_price")),
        }
        Ok(())
    }
    /// Takes the price that a price book has for its product by now; false where there is none.
    pub(super) async fn reprice(&mut self, buying: &Buying, cx: &mut Context<'_>) -> Result<bool> {
        let Some(product) = self.product else { return Ok(self.unit_price.currency == buying.search.currency) };
        let Some(found) = buying.search.find(cx, product, self.quantity).await? else { return Ok(false) };
        self.list_price = Some(UnitPrice(found.list_price));
        (self.unit_price, self.slices) = (UnitPrice(found.unit_price), Document(found.slices));
        Ok(true)
    }
    /// Computes what it comes to. Errors: `line.quantity`, `line.currency`, `line.discount_too_large`, `money.too_large`.
    pub(in crate::sales) fn compute(&mut self, currency: Currency, rounding: Rounding) -> Result<()> {
        pricing::must_be_in(currency, self.unit_price.currency).map_err(|error| error.with("field", "unit_price"))?;
        let discount = self.discount.as_deref().copied();
        self.net = LineAmounts::of(self.gross(rounding)?, discount, rounding)?.net;
        Ok(())
    }
    /// What it comes to before its discount. Errors: `line.quantity`, `money.too_large`.
    pub(in crate::sales) fn gross(&self, rounding: Rounding) -> Result<Money> {
        if self.slices.is_empty() {
            Ok(Line { quantity: self.quantity, unit_price: *self.unit_price, discount: None }.amounts(rounding)?.gross)
        } else {
            pricing::gross(&self.slices, TierMode::Graduated, self.quantity, rounding)
        }
    }
}

/// The codes that completing and computing a line answer.
pub(in crate::sales) const ERRORS: &[Code] = &[
    QUANTITY,
    LINE_CURRENCY,
    DISCOUNT_TOO_LARGE,
    TOO_LARGE,
    RETIRED,
    price::NONE,
    PRODUCT_FIXED,
    DEAL_FIXED,
    super::lines::TOO_MANY,
];

impl Entity for LineItem {
    const ERRORS: &'static [Code] = ERRORS;

    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let buying = Buying::of(cx, self.deal).await?;
        let mut lines = buying.lines(cx).await?;
        match before {
            None => {
                if self.rank == 0 {
                    self.rank = lines.last().map_or(0, |last| last.rank).saturating_add(1);
                }
                self.complete(&buying, cx).await?;
            }
            Some(before) if before.deal != self.deal => return Err(DEAL_FIXED.with("field", "deal")),
            Some(before) if before.product != self.product => {
                return Err(PRODUCT_FIXED.with("name", &self.name).with("field", "product"));
            }
            Some(before) if before.unit_price != self.unit_price => self.slices.0.clear(),
            Some(_) => {}
        }
        lines.retain(|line| line.id != self.id);
        self.compute(buying.currency(&lines).unwrap_or(self.unit_price.currency), buying.rounding)?;
        lines.push(self.clone());
        buying.amount_to(&lines, cx).await
    }
}

/// Takes a line off its deal, whose amount follows.
#[command("remove", on = LineItem, action = Trash, errors(TOO_LARGE))]
pub struct Remove {
    /// The line.
    pub line: Ref<LineItem>,
}

impl Command for Remove {
    type Output = LineItem;
    async fn run(&self, line: LineItem, cx: &mut Context<'_>) -> Result<LineItem> {
        let buying = Buying::of(cx, line.deal).await?;
        let mut lines = buying.lines(cx).await?;
        lines.retain(|other| other.id != line.id);
        cx.remove(&line).await?;
        buying.amount_to(&lines, cx).await?;
        Ok(line)
    }
}
