//! Making a quote, and changing its tiers while it is written.

use super::{
    Quote, SENT,
    details::QuoteDetails,
    send::deal_of,
    tier::{self, NewTier, Offered},
};
use crate::{
    Action, Body, CollectionCommand, Command, Context, Currency, Custom, Date, Entity, ExternalKey, Id, Language,
    Record, Ref, Result, Tags, command,
    kernel::error::codes,
    people::org,
    sales::{
        Contact, Deal, PriceBook,
        deal::{self, lines::Buying},
        pricing,
    },
};

/// Makes a draft of a quote for an open deal. Prices, taxes and names of its lines come from the products, as those of the deal's
/// lines do. Without tiers it has one, with the lines of the deal.
#[command(
    "create",
    collection = Quote,
    action = Create,
    errors(
        deal::CLOSED, tier::TIERS, tier::TOTAL_NEGATIVE, pricing::QUANTITY, pricing::LINE_CURRENCY,
        pricing::DISCOUNT_TOO_LARGE, crate::values::TOO_LARGE, crate::sales::product::RETIRED,
        crate::sales::price_book::price::NONE, deal::lines::TOO_MANY
    )
)]
pub struct Create {
    /// The identifier, when the caller names what it makes.
    pub id: Option<Id<Quote>>,
    /// The deal that it is for.
    pub deal: Ref<Deal>,
    /// One to three tiers, in order.
    #[serde(default)]
    pub tiers: Vec<NewTier>,
    /// The person who gets it; the deal's primary contact unless said.
    pub recipient: Option<Ref<Contact>>,
    /// The currency of its prices; that of the price book, or of the deal's amount, unless said.
    pub currency: Option<Currency>,
    /// The price book that its prices come from; the deal's unless said.
    pub price_book: Option<Ref<PriceBook>>,
    /// The last day on which it is valid, to its end in the organisation's time zone.
    pub valid_until: Option<Date>,
    /// What is agreed beside the lines, such as when it is paid.
    pub terms: Option<Body>,
    /// The language in which it is printed; the recipient's, or English, unless said.
    pub language: Option<Language>,
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

impl Create {
    /// A quote for a deal, with one tier that has its lines.
    pub fn of(deal: impl Into<Ref<Deal>>) -> Self {
        Self {
            id: None,
            deal: deal.into(),
            tiers: Vec::new(),
            recipient: None,
            currency: None,
            price_book: None,
            valid_until: None,
            terms: None,
            language: None,
            tags: Tags::default(),
            custom: Custom::default(),
            external_keys: Vec::new(),
        }
    }
}

/// The language of those who said none.
fn english() -> Result<Language> {
    Language::parse("en").map_err(|problem| codes::FIELD_INVALID.with("field", "language").with("problem", problem))
}

impl CollectionCommand for Create {
    type Output = Quote;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Quote> {
        let deal = cx.load(&self.deal).await?;
        cx.authorize(Deal::def(), &deal.to_row(), Action::Update).await?;
        tier::must_sell(&deal)?;
        let recipient: Option<Contact> = match (&self.recipient, deal.primary_contact) {
            (Some(recipient), _) => Some(cx.load(recipient).await?),
            (None, contact) => crate::sales::lookups::if_live(cx, contact).await?,
        };
        let price_book = match &self.price_book {
            Some(book) => Some(cx.load(book).await?.id),
            None => deal.price_book,
        };
        let settings = org::settings(cx).await?;
        let (deal_id, account) = (deal.id, deal.account);
        let currency = self.currency.or_else(|| deal.amount.map(|amount| amount.currency));
        let buying = Buying::in_currency(cx, Deal { price_book, ..deal }, currency).await?;
        if let Some(currency) = self.currency {
            pricing::must_be_in(currency, buying.search.currency).map_err(|error| error.with("field", "currency"))?;
        }
        let language = match (&self.language, recipient.as_ref().and_then(|contact| contact.language.as_ref())) {
            (Some(language), _) | (None, Some(language)) => language.clone(),
            (None, None) => english()?,
        };
        let mut quote = Quote {
            id: self.id.unwrap_or_default(),
            deal: deal_id,
            account,
            recipient: recipient.map(|contact| contact.id),
            currency: buying.search.currency,
            price_book,
            valid_until: self.valid_until,
            terms: self.terms.clone(),
            language,
            rounding: settings.rounding,
            tax_rounding: settings.tax_rounding,
            tags: self.tags.clone(),
            custom: self.custom.clone(),
            external_keys: self.external_keys.clone(),
            ..Quote::default()
        };
        quote.settle(None, cx).await?;
        let tiers = Offered::new(&self.tiers, &quote, &buying, cx).await?;
        quote.number = Quote::next_number(cx).await?;
        let quote = cx.insert(quote).await?;
        Offered::add(&tiers, quote.id, cx).await?;
        Ok(quote)
    }
}

/// Replaces the tiers of a quote that is still written. Error: `quote.sent`.
#[command(
    "set_tiers",
    on = Quote,
    guard = Quote::must_be_draft,
    errors(
        SENT, tier::TIERS, tier::TOTAL_NEGATIVE, pricing::QUANTITY, pricing::LINE_CURRENCY,
        pricing::DISCOUNT_TOO_LARGE, crate::values::TOO_LARGE, crate::sales::product::RETIRED,
        crate::sales::price_book::price::NONE, deal::lines::TOO_MANY
    )
)]
pub struct SetTiers {
    /// The quote.
    pub quote: Ref<Quote>,
    /// One to three tiers, in order; without, one with the lines of the deal.
    pub tiers: Vec<NewTier>,
}

impl Command for SetTiers {
    type Output = QuoteDetails;
    async fn run(&self, quote: Quote, cx: &mut Context<'_>) -> Result<QuoteDetails> {
        let deal = Deal { price_book: quote.price_book, ..deal_of(cx, &quote).await? };
        let buying = Buying::in_currency(cx, deal, Some(quote.currency)).await?;
        let tiers = Offered::new(&self.tiers, &quote, &buying, cx).await?;
        Offered::remove_all(cx, quote.id).await?;
        Offered::add(&tiers, quote.id, cx).await?;
        QuoteDetails::of(quote, cx).await
    }
}

/// Removes a quote that was never sent, with its tiers. Error: `quote.sent`.
#[command("remove", on = Quote, action = Trash, guard = Quote::must_be_draft, errors(SENT))]
pub struct Remove {
    /// The quote.
    pub quote: Ref<Quote>,
}

impl Command for Remove {
    type Output = Quote;
    async fn run(&self, quote: Quote, cx: &mut Context<'_>) -> Result<Quote> {
        Offered::remove_all(cx, quote.id).await?;
        cx.remove(&quote).await?;
        Ok(quote)
    }
}
