//! A price book: the prices of products in one currency, such as the list prices, or those of a partner.

use serde::{Deserialize, Serialize};

use crate::{Code, Context, Currency, Date, Entity, ExternalKey, Id, Name, Record, Result, Timestamp, people::org};

pub mod price;

pub use price::Price;

/// Prices are in the currency of their book.
pub const CURRENCY_FIXED: Code = Code::rule(
    "price_book.currency_fixed",
    "{name} has prices in {currency}; make another price book for another currency.",
);
/// The book ends before it begins.
pub const DATES: Code =
    Code::invalid("price_book.dates", "{name} would end before it begins; give a valid_until from valid_from on.");

/// Prices of products in one currency.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "price_book",
    table = "price_books", access = settings, search(name = 1),
    unique("name.folded", code = "price_book.name_taken"),
    index("currency", "is_default")
)]
pub struct PriceBook {
    /// The identifier.
    pub id: Id<PriceBook>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// The currency of its prices, which are without tax; the organisation's base currency unless said, fixed once there are prices.
    #[record(editable)]
    pub currency: Currency,
    /// The first day on which it is valid; always without.
    #[record(editable)]
    pub valid_from: Option<Date>,
    /// The last day on which it is valid; for ever without.
    #[record(editable)]
    pub valid_until: Option<Date>,
    /// Whether it is the book of its currency where nobody names one; a currency has one.
    #[record(editable)]
    pub is_default: bool,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

/// A book of which nothing was given: its currency is none.
impl Default for PriceBook {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            deleted_at: None,
            name: Name::default(),
            currency: Currency::NONE,
            valid_from: None,
            valid_until: None,
            is_default: false,
            external_keys: Vec::new(),
        }
    }
}

impl PriceBook {
    /// Whether it is valid on a day.
    pub fn is_valid(&self, on: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= on) && self.valid_until.is_none_or(|until| on <= until)
    }
    /// The default book of a currency that is another one than this.
    pub(super) async fn default_of(cx: &mut Context<'_>, currency: Currency, but: Id<Self>) -> Result<Option<Self>> {
        let filter = Self::CURRENCY.eq(currency).and(Self::IS_DEFAULT.eq(true)).and(Self::ID.ne(but));
        Ok(cx.unrestricted().find(&filter, &[], 1).await?.into_iter().next())
    }
    /// Makes it the only default of its currency.
    async fn take_default(&self, cx: &mut Context<'_>) -> Result<()> {
        let filter = Self::CURRENCY.eq(self.currency).and(Self::IS_DEFAULT.eq(true)).and(Self::ID.ne(self.id));
        for mut other in cx.unrestricted().every::<Self>(&filter).await? {
            other.is_default = false;
            cx.save(other).await?;
        }
        Ok(())
    }
    async fn has_prices(&self, cx: &mut Context<'_>) -> Result<bool> {
        Ok(!cx.unrestricted().find::<Price>(&Price::PRICE_BOOK.eq(self.id), &[], 1).await?.is_empty())
    }
}

impl Entity for PriceBook {
    const ERRORS: &'static [Code] = &[CURRENCY_FIXED, DATES];

    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if self.currency == Currency::NONE {
            self.currency = org::settings(cx).await?.base_currency;
        }
        if self.valid_from.zip(self.valid_until).is_some_and(|(from, until)| until < from) {
            return Err(DATES.with("name", &self.name).with("field", "valid_until"));
        }
        if let Some(before) = before.filter(|before| before.currency != self.currency)
            && before.has_prices(cx).await?
        {
            let error = CURRENCY_FIXED.with("name", &self.name).with("currency", before.currency);
            return Err(error.with("field", "currency"));
        }
        if self.is_default { self.take_default(cx).await } else { Ok(()) }
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        // Another one became the default meanwhile.
        let default = Self::default_of(cx, self.currency, self.id).await?;
        self.is_default = self.is_default && default.is_none();
        Ok(())
    }
}
