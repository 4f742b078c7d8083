//! What a product costs in a price book, and which price holds for whom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PriceBook;
use crate::{
    Amount, Code, Context, Currency, Date, Document, Entity, ExternalKey, Get, Id, Money, Query, Record, Ref, Result,
    Rounding, Timestamp,
    people::org,
    sales::{
        Account, Product, lookups,
        pricing::{self, LINE_CURRENCY, PriceTier, TIERS, TierMode},
        product::RETIRED,
    },
};

/// A price has at most so many tiers.
pub const MOST_TIERS: usize = 50;
/// There are too many tiers.
pub const TOO_MANY_TIERS: Code =
    Code::invalid("price.too_many_tiers", "The price has {count} tiers; give at most {most}.");
/// No book has a price.
pub const NONE: Code = Code::rule(
    "price.none",
    "There is no price of {product} in {currency} on {on}; add one to a price book that is valid then.",
);

/// What a product costs in a price book.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "price",
    table = "prices", access = settings,
    unique("price_book", "product", code = "price.taken"),
    index("product")
)]
pub struct Price {
    /// The identifier.
    pub id: Id<Price>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The book that it stands in.
    #[record(editable, on_trash = keep)]
    pub price_book: Id<PriceBook>,
    /// The product.
    #[record(editable, on_trash = keep)]
    pub product: Id<Product>,
    /// What one costs from a quantity on, in the book's currency, the first from 0 or 1.
    #[record(editable)]
    pub tiers: Document<Vec<PriceTier>>,
    /// Whether all cost what the tier that is reached says, or each what its own tier says.
    #[record(editable)]
    pub mode: TierMode,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Price {
    /// The tier that a quantity reaches; the first for fewer.
    fn tier(&self, quantity: Amount) -> Option<&PriceTier> {
        let reached = self.tiers.iter().take_while(|tier| tier.from_quantity <= quantity).last();
        reached.or_else(|| self.tiers.first())
    }
}

impl Entity for Price {
    const ERRORS: &'static [Code] = &[TIERS, TOO_MANY_TIERS, LINE_CURRENCY];

    async fn settle(&mut self, _: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if self.tiers.len() > MOST_TIERS {
            return Err(TOO_MANY_TIERS.with("count", self.tiers.len()).with("most", MOST_TIERS).with("field", "tiers"));
        }
        let currency = pricing::tiers_currency(&self.tiers).map_err(|error| error.with("field", "tiers"))?;
        let book = cx.unrestricted().load(self.price_book).await?;
        pricing::must_be_in(book.currency, currency).map_err(|error| error.with("field", "tiers"))
    }
    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.settle(None, cx).await
    }
}

/// The price of a product: `price.of`. It stands in the given book; else in the account's, or the default one of the currency,
/// as far as they are valid on the day. Errors: `price.none`, `product.retired`, `line.quantity`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// The product.
    pub product: Ref<Product>,
    /// How many; one unless said.
    #[serde(default)]
    pub quantity: Option<Amount>,
    /// The price book to look in alone.
    #[serde(default)]
    pub price_book: Option<Ref<PriceBook>>,
    /// Who buys; their price book is asked first.
    #[serde(default)]
    pub account: Option<Ref<Account>>,
    /// In which currency; the organisation's base currency unless said.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// On which day; today in the organisation's time zone unless said.
    #[serde(default)]
    pub on: Option<Date>,
}

/// What so many of a product cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quoted {
    /// The price that holds.
    pub price: Id<Price>,
    /// The book that it stands in.
    pub price_book: Id<PriceBook>,
    /// What one costs at this quantity.
    pub unit_price: Money,
    /// What one costs without regard to the quantity: the first tier's price.
    pub list_price: Money,
    /// From which quantity on the price of one is this.
    pub from_quantity: Amount,
    /// What all cost together, rounded to the currency's minor unit.
    pub gross: Money,
    /// The tiers when each part of the quantity costs what its own says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<PriceTier>,
}

/// Where a price is looked for.
pub(in crate::sales) struct Search {
    pub books: Vec<PriceBook>,
    pub currency: Currency,
    pub on: Date,
}

impl Search {
    /// The books that hold for somebody, the first one first.
    pub(in crate::sales) async fn new(
        cx: &mut Context<'_>,
        book: Option<Id<PriceBook>>,
        account: Option<&Account>,
        currency: Option<Currency>,
        on: Option<Date>,
    ) -> Result<Self> {
        let on = match on {
            Some(on) => on,
            None => lookups::today(cx).await?,
        };
        if let Some(book) = book {
            let book = cx.unrestricted().load(book).await?;
            return Ok(Self { currency: book.currency, books: vec![book], on });
        }
        let base = org::settings(cx).await?.base_currency;
        let of_account = lookups::if_live(cx, account.and_then(|account| account.price_book)).await?;
        let of_account = of_account.filter(|book| currency.is_none_or(|currency| currency == book.currency));
        let currency = currency.or_else(|| of_account.as_ref().map(|book| book.currency)).unwrap_or(base);
        let default = PriceBook::default_of(cx, currency, Id::default()).await?;
        Ok(Self { books: of_account.into_iter().chain(default).collect(), currency, on })
    }
    /// What so many of a product cost; nothing where no book that is valid has a price.
    pub(in crate::sales) async fn find(
        &self,
        cx: &mut Context<'_>,
        product: Id<Product>,
        quantity: Amount,
    ) -> Result<Option<Quoted>> {
        for book in self.books.iter().filter(|book| book.is_valid(self.on)) {
            let filter = Price::PRICE_BOOK.eq(book.id).and(Price::PRODUCT.eq(product));
            let Some(price) = cx.unrestricted().find::<Price>(&filter, &[], 1).await?.into_iter().next() else {
                continue;
            };
            let (Some(tier), Some(first)) = (price.tier(quantity), price.tiers.first()) else { continue };
            return Ok(Some(Quoted {
                price: price.id,
                price_book: book.id,
                unit_price: tier.unit_price,
                list_price: first.unit_price,
                from_quantity: tier.from_quantity,
                gross: pricing::gross(&price.tiers, price.mode, quantity, Rounding::default())?,
                slices: if price.mode == TierMode::Graduated { price.tiers.0.clone() } else { Vec::new() },
            }));
        }
        Ok(None)
    }
    /// The refusal where no book has a price.
    pub(in crate::sales) fn none(&self, product: &Product) -> crate::Error {
        NONE.with("product", &product.name).with("currency", self.currency).with("on", self.on)
    }
}

impl Query for Of {
    const VERB: &'static str = "of";
    const ERRORS: &'static [Code] = &[NONE, RETIRED, pricing::QUANTITY];
    type Of = Price;
    type Output = Quoted;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Quoted> {
        let product = Get::of(self.product.clone()).run(cx).await?.record;
        product.must_be_active()?;
        let account = match &self.account {
            Some(account) => Some(Get::of(account.clone()).run(cx).await?.record),
            None => None,
        };
        let book = match &self.price_book {
            Some(book) => Some(Get::of(book.clone()).run(cx).await?.record.id),
            None => None,
        };
        let search = Search::new(cx, book, account.as_ref(), self.currency, self.on).await?;
        let quantity = self.quantity.unwrap_or(Amount::from_ten_thousandths(10_000));
        let found = search.find(cx, product.id, quantity).await?.ok_or_else(|| search.none(&product))?;
        // Who may not see the price, or all of it, does not learn it here.
        Get::of(found.price).run(cx).await?;
        if cx.hidden(Price::def())?.is_empty() { Ok(found) } else { Err(search.none(&product)) }
    }
}
