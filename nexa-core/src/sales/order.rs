//! An order: what was sold, once for a deal. It has its number when it is confirmed.

use serde::{Deserialize, Serialize};

use super::{Account, Contract, Deal, Quote, deal::HAS_ORDER, deal::lines::TaxTotal};
use crate::{
    Body, Code, Context, CrmBuilder, Currency, Custom, Date, Document, Entity, ExchangeRate, ExternalKey, Id, Money,
    Name, Record, Result, Rounding, Tags, TaxRounding, Timestamp, closed_enum,
};

pub mod create;
pub mod lifecycle;
pub mod lines;

pub use lines::OrderLine;

/// A deal has one order that was not cancelled.
pub const EXISTS: Code = Code::conflict(
    "order.exists",
    "The deal has the order {order} already, made of something else; cancel that first with order.cancel.",
);

closed_enum! {
    /// How far an order has come.
    pub enum OrderStatus {
        /// It is checked still, and has no number.
        Draft = "draft",
        /// It is agreed and stays as it is.
        Confirmed = "confirmed",
        /// What was ordered is delivered.
        Fulfilled = "fulfilled",
        /// Nothing comes of it.
        Cancelled = "cancelled",
    }
}

/// What was sold: once for a deal, with lines that are copies.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "order",
    table = "orders", access = through(deal),
    search(number = 2, purchase_order = 1),
    open("status", "draft", "confirmed", "fulfilled"),
    unique("number", code = "order.number_taken"),
    unique("deal.open", code = "order.deal_taken"),
    index("deal"),
    index("account", "status"),
    index("quote"),
    index("status", "ordered_on")
)]
pub struct Order {
    /// The identifier.
    pub id: Id<Order>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its number, such as O-000001, from its confirmation on; the tenant counts them up without a gap.
    pub number: Option<String>,
    /// The deal that was sold.
    #[record(on_trash = refuse, while_open)]
    pub deal: Id<Deal>,
    /// The quote that was accepted; none where the deal was won without one.
    pub quote: Option<Id<Quote>>,
    /// The contract that its recurring lines went into.
    pub contract: Option<Id<Contract>>,
    /// The company that bought.
    #[record(on_trash = keep)]
    pub account: Option<Id<Account>>,
    /// How far it has come.
    pub status: OrderStatus,
    /// The customer's own number for it.
    #[record(editable)]
    pub purchase_order: Option<Name>,
    /// The day of its confirmation, in the organisation's time zone.
    pub ordered_on: Option<Date>,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When it was fulfilled.
    pub fulfilled_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// Why it was cancelled.
    pub cancel_reason: Option<Body>,
    /// The currency of everything in it.
    pub currency: Currency,
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
    /// What one unit of the currency was worth in the organisation's base currency when it was confirmed; none where there was no rate.
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

/// An order of which nothing was given: its currency is none.
impl Default for Order {
    fn default() -> Self {
        const NOTHING: Money = Money::zero(Currency::NONE);
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            number: None,
            deal: Id::default(),
            quote: None,
            contract: None,
            account: None,
            status: OrderStatus::Draft,
            purchase_order: None,
            ordered_on: None,
            confirmed_at: None,
            fulfilled_at: None,
            cancelled_at: None,
            cancel_reason: None,
            currency: Currency::NONE,
            net: NOTHING,
            taxes: Document(Vec::new()),
            tax: NOTHING,
            total: NOTHING,
            yearly: NOTHING,
            monthly: NOTHING,
            contract_value: NOTHING,
            exchange_rate: None,
            rounding: Rounding::default(),
            tax_rounding: TaxRounding::default(),
            tags: Tags::default(),
            custom: Custom::default(),
            external_keys: Vec::new(),
        }
    }
}

impl Order {
    /// Whether something is to come of it.
    pub const fn is_live(&self) -> bool {
        !matches!(self.status, OrderStatus::Cancelled)
    }
    /// Whether it is agreed.
    pub const fn is_confirmed(&self) -> bool {
        matches!(self.status, OrderStatus::Confirmed | OrderStatus::Fulfilled)
    }
    /// What people call it: its number, or that it is a draft.
    pub(in crate::sales) fn called(&self) -> &str {
        self.number.as_deref().unwrap_or("draft")
    }
    /// The order of a deal that was not cancelled.
    pub(in crate::sales) async fn live_of(cx: &mut Context<'_>, deal: Id<Deal>) -> Result<Option<Self>> {
        let orders: Vec<Self> = cx.unrestricted().matching(Self::DEAL, &deal).await?;
        Ok(orders.into_iter().find(Self::is_live))
    }
    /// Refuses to take back what a confirmed order rests on. Error: `deal.has_order`.
    pub(in crate::sales) async fn none_confirmed(cx: &mut Context<'_>, deal: Id<Deal>) -> Result<()> {
        match Self::live_of(cx, deal).await?.filter(Self::is_confirmed) {
            Some(order) => Err(HAS_ORDER.with("order", order.called())),
            None => Ok(()),
        }
    }
}

impl Entity for Order {
    const IS_CREATED: bool = false;

    fn is_open(&self) -> bool {
        matches!(self.status, OrderStatus::Draft | OrderStatus::Confirmed)
    }
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if let Some(now) = now.filter(|now| now.is_live() && before.is_none_or(|before| !before.is_live()))
            && let Some(other) = Self::live_of(cx, now.deal).await?
            && other.id != now.id
        {
            return Err(EXISTS.with("order", other.called()));
        }
        Ok(())
    }
}

/// The kinds and operations of orders.
pub(super) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Order>()
        .command::<create::Create>()
        .command::<lifecycle::Confirm>()
        .command::<lifecycle::Fulfil>()
        .command::<lifecycle::Cancel>()
        .query::<lines::Lines>()
        .record::<OrderLine>()
}
