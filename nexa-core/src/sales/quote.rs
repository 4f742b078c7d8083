//! A quote: what we offer for a deal, in one to three tiers, until a day. Once it was sent it stays as it is: what changes is a new
//! revision.

use serde::{Deserialize, Serialize};

use self::expiry::Expire;
use super::{Account, Contact, Deal, Order, PriceBook, deal::HAS_ORDER};
use crate::{
    Body, Code, Context, CrmBuilder, Currency, Custom, Date, Document, Entity, ExchangeRate, ExternalKey, Id, Key,
    Language, Name, Record, Result, Rounding, Tags, TaxRounding, Timestamp, closed_enum,
    kernel::{
        later::{set_timer, stop_timer},
        redact::redacted_debug,
        value::period::start_of,
    },
    people::counter,
};

pub mod accept;
pub mod answer;
pub mod copy;
pub mod create;
pub mod details;
mod expiry;
mod print;
pub mod printed;
pub mod revise;
pub mod send;
pub mod tier;

pub use copy::QuoteCopy;
pub use tier::{QuoteLine, QuoteTier};

/// What was sent stays as it is.
pub const SENT: Code = Code::rule(
    "quote.sent",
    "The quote {number} is {status} and stays as it is; make a new revision of it with quote.revise.",
);
/// The quote is still written.
pub const NOT_SENT: Code =
    Code::rule("quote.not_sent", "The quote {number} is a draft; send it first with quote.send.");
/// Somebody has decided about the quote.
pub const DECIDED: Code = Code::rule(
    "quote.decided",
    "The quote {number} is {status}, and that is decided; make a new revision of it with quote.revise.",
);
/// The quote is valid no more.
pub const EXPIRED: Code = Code::rule(
    "quote.expired",
    "The quote {number} was valid until {valid_until}; send a new revision, or let a user accept it with late.",
);
/// The deal was sold once.
pub const ALREADY_ACCEPTED: Code = Code::rule(
    "quote.already_accepted",
    "The tier {tier} of the quote {number} is accepted already, and a deal is sold once; take that back first, or make another deal.",
);

closed_enum! {
    /// How far a quote has come.
    pub enum QuoteStatus {
        /// It is written.
        Draft = "draft",
        /// Its recipient has it.
        Sent = "sent",
        /// One of its tiers was chosen.
        Accepted = "accepted",
        /// Its recipient wants none of it.
        Declined = "declined",
        /// We took it back.
        Withdrawn = "withdrawn",
        /// A later revision was sent, or another quote of the deal was accepted.
        Superseded = "superseded",
        /// It was sent, and the last day on which it is valid is over.
        Expired = "expired",
    }
}

/// What we offer for a deal: one to three tiers of lines, valid until a day.
#[derive(Record, Clone, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "quote",
    table = "quotes", access = through(deal),
    search(number = 1),
    lapses("status", "sent", "expires_at", "expired"),
    unique("number", "revision", code = "quote.number_taken"),
    index("deal", "status"),
    index("account", "status"),
    index("recipient"),
    index("price_book")
)]
pub struct Quote {
    /// The identifier.
    pub id: Id<Quote>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its number, such as Q-000001; its revisions share it.
    pub number: String,
    /// Which revision of the number it is, from 1.
    pub revision: i64,
    /// The deal that it is for.
    #[record(on_trash = with_parent)]
    pub deal: Id<Deal>,
    /// The company that it is for: the deal's when it was made.
    #[record(on_trash = keep)]
    pub account: Option<Id<Account>>,
    /// The person who gets it.
    #[record(editable, on_trash = mention, person)]
    pub recipient: Option<Id<Contact>>,
    /// The currency of everything in it.
    pub currency: Currency,
    /// The price book that its prices come from; without, the account's or the default one of the currency.
    #[record(on_trash = keep)]
    pub price_book: Option<Id<PriceBook>>,
    /// The last day on which it is valid, to its end in the organisation's time zone.
    #[record(editable)]
    pub valid_until: Option<Date>,
    /// The moment from which it is valid no more.
    pub expires_at: Option<Timestamp>,
    /// What is agreed beside the lines, such as when it is paid.
    #[record(editable)]
    pub terms: Option<Body>,
    /// The language in which it is printed; the recipient's, or English, unless said.
    #[record(editable)]
    pub language: Language,
    /// How far it has come. A quote that was sent reads `expired` as soon as it is valid no more, in filters as well.
    pub status: QuoteStatus,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When its recipient first looked at it.
    pub first_viewed_at: Option<Timestamp>,
    /// When one of its tiers was accepted.
    pub accepted_at: Option<Timestamp>,
    /// Who accepted it, as they signed.
    #[record(personal)]
    pub accepted_by: Option<Name>,
    /// The key of the tier that was accepted.
    pub accepted_tier: Option<Key>,
    /// Why it was declined or withdrawn.
    #[record(personal)]
    pub reason: Option<Body>,
    /// What one unit of the currency was worth in the organisation's base currency when it was sent; none where there was no rate.
    pub exchange_rate: Option<Document<ExchangeRate>>,
    /// What happens to half of a minor unit in it.
    pub rounding: Rounding,
    /// Where its taxes are rounded.
    pub tax_rounding: TaxRounding,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

redacted_debug!(Quote);

/// A quote of which nothing was given: its currency is none.
impl Default for Quote {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            number: String::new(),
            revision: 1,
            deal: Id::default(),
            account: None,
            recipient: None,
            currency: Currency::NONE,
            price_book: None,
            valid_until: None,
            expires_at: None,
            terms: None,
            language: Language::default(),
            status: QuoteStatus::Draft,
            sent_at: None,
            first_viewed_at: None,
            accepted_at: None,
            accepted_by: None,
            accepted_tier: None,
            reason: None,
            exchange_rate: None,
            rounding: Rounding::default(),
            tax_rounding: TaxRounding::default(),
            tags: Tags::default(),
            custom: Custom::default(),
            external_keys: Vec::new(),
        }
    }
}

/// What numbers the quotes of a tenant.
const COUNTER: &str = "quote";

impl Quote {
    /// The next number of the tenant.
    async fn next_number(cx: &mut Context<'_>) -> Result<String> {
        Ok(format!("Q-{:06}", counter::next_number(cx, COUNTER).await?))
    }
    /// Error: `quote.sent`.
    pub(in crate::sales) fn must_be_draft(&self) -> Result<()> {
        match self.status {
            QuoteStatus::Draft => Ok(()),
            status => Err(SENT.with("number", &self.number).with("status", status)),
        }
    }
    /// Whether its recipient has it, and nobody has decided; it may have expired. Errors: `quote.not_sent`, `quote.decided`.
    fn must_be_out(&self) -> Result<()> {
        match self.status {
            QuoteStatus::Sent | QuoteStatus::Expired => Ok(()),
            QuoteStatus::Draft => Err(NOT_SENT.with("number", &self.number)),
            status => Err(DECIDED.with("number", &self.number).with("status", status)),
        }
    }
    /// The first moment after the last day on which it is valid.
    async fn set_expiry(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let zone = cx.time_zone().await?;
        self.expires_at = self.valid_until.and_then(|day| day.succ_opt()).map(|next| start_of(next, zone));
        Ok(())
    }
    /// What of it its recipient was sent.
    fn offered(&self) -> (Option<Id<Contact>>, Option<Date>, Option<&Body>, &Language) {
        (self.recipient, self.valid_until, self.terms.as_ref(), &self.language)
    }
    /// The moment at which the tenant is to learn that it has expired.
    fn expires(&self) -> Option<Timestamp> {
        self.expires_at.filter(|_| self.status == QuoteStatus::Sent)
    }
    /// Sets, moves or stops the timer of its expiry, as part of the call that changes it.
    async fn plan_expiry(&self, cx: &mut Context<'_>) -> Result<()> {
        let key = self.id.to_string();
        match self.expires() {
            Some(at) => set_timer::<Expire>(cx, &key, at, None).await,
            None => stop_timer::<Expire>(cx, &key).await,
        }
    }
    /// The quote of the deal that was accepted.
    pub(in crate::sales) async fn accepted_of(cx: &mut Context<'_>, deal: Id<Deal>) -> Result<Option<Self>> {
        let filter = Self::DEAL.eq(deal).and(Self::STATUS.eq(QuoteStatus::Accepted));
        Ok(cx.unrestricted().find(&filter, &[], 1).await?.into_iter().next())
    }
    fn already_accepted(&self) -> crate::Error {
        let tier = self.accepted_tier.as_ref().map_or("", |tier| tier.as_str());
        ALREADY_ACCEPTED.with("number", &self.number).with("tier", tier)
    }
}

impl Entity for Quote {
    const IS_CREATED: bool = false;
    const ERRORS: &'static [Code] = &[SENT];

    fn is_open(&self) -> bool {
        matches!(self.status, QuoteStatus::Draft | QuoteStatus::Sent)
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_some_and(|before| before.offered() != self.offered()) {
            self.must_be_draft()?;
        }
        if before.is_none_or(|before| before.valid_until != self.valid_until) {
            self.set_expiry(cx).await?;
        }
        if let Some(recipient) = self.recipient
            && before.is_none_or(|before| before.recipient != self.recipient)
        {
            let found = cx.unrestricted().load(recipient).await;
            found.map_err(|error| error.with("field", "recipient"))?;
        }
        Ok(())
    }
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.and_then(Self::expires) != now.and_then(Self::expires)
            && let Some(quote) = now.or(before)
        {
            let gone = Self { status: QuoteStatus::Draft, ..quote.clone() };
            now.unwrap_or(&gone).plan_expiry(cx).await?;
        }
        if let Some(quote) = before.filter(|before| before.status == QuoteStatus::Accepted)
            && now.is_none_or(|now| now.status != QuoteStatus::Accepted)
            && let Some(order) = Order::live_of(cx, quote.deal).await?
        {
            return Err(HAS_ORDER.with("order", order.called()));
        }
        let accepted = |quote: Option<&Self>| quote.is_some_and(|quote| quote.status == QuoteStatus::Accepted);
        if let Some(now) = now
            && accepted(Some(now))
            && !accepted(before)
            && let Some(other) = Self::accepted_of(cx, now.deal).await?
            && other.id != now.id
        {
            return Err(other.already_accepted());
        }
        Ok(())
    }
}

/// The kinds and operations of quotes.
pub(super) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Quote>()
        .command::<create::Create>()
        .command::<create::SetTiers>()
        .command::<create::Remove>()
        .command::<send::Send>()
        .command::<answer::View>()
        .command::<answer::Decline>()
        .command::<answer::Withdraw>()
        .command::<accept::Accept>()
        .command::<revise::Revise>()
        .query::<details::Details>()
        .query::<printed::Print>()
        .record::<QuoteTier>()
        .record::<QuoteLine>()
        .record::<QuoteCopy>()
        .timed::<Expire>()
}
