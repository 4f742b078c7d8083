//! Confirmed, fulfilled, cancelled.

use super::{Order, OrderStatus};
use crate::{
    Apply, Body, Code, Command, Context, Moment, Ref, Result, command,
    people::{Conversion, counter},
    sales::{Contract, ContractStatus, lookups},
};

/// The order is no draft.
pub const NOT_DRAFT: Code = Code::rule("order.not_draft", "The order {order} is {status}; only a draft is confirmed.");
/// The order is not agreed, or over.
pub const NOT_CONFIRMED: Code =
    Code::rule("order.not_confirmed", "The order {order} is {status}; only a confirmed one is fulfilled.");
/// The order is over.
pub const OVER: Code = Code::rule("order.over", "The order {order} is {status}, and that is final.");

/// What numbers the orders of a tenant.
const COUNTER: &str = "order";

impl Order {
    fn must_be_draft(&self) -> Result<()> {
        match self.status {
            OrderStatus::Draft => Ok(()),
            status => Err(NOT_DRAFT.with("order", self.called()).with("status", status)),
        }
    }
    fn must_be_confirmed(&self) -> Result<()> {
        match self.status {
            OrderStatus::Confirmed => Ok(()),
            status => Err(NOT_CONFIRMED.with("order", self.called()).with("status", status)),
        }
    }
    fn may_be_cancelled(&self) -> Result<()> {
        match self.status {
            OrderStatus::Draft | OrderStatus::Confirmed => Ok(()),
            status => Err(OVER.with("order", self.called()).with("status", status)),
        }
    }
}

/// Confirms an order: it gets its number and the day's exchange rate, and stays as it is. Error: `order.not_draft`.
#[command(
    "confirm",
    on = Order,
    guard = Order::must_be_draft,
    errors(NOT_DRAFT),
    final = "the order has its number; cancel it with order.cancel."
)]
pub struct Confirm {
    /// The order.
    pub order: Ref<Order>,
}

impl Command for Confirm {
    type Output = Order;
    async fn run(&self, mut order: Order, cx: &mut Context<'_>) -> Result<Order> {
        let today = lookups::today(cx).await?;
        let conversion = Conversion::of(cx, [(order.currency, Some(today))]).await?;
        order.exchange_rate = conversion.rate(order.currency, Some(today)).map(|used| used.value.into());
        order.number = Some(format!("O-{:06}", counter::next_number(cx, COUNTER).await?));
        (order.status, order.ordered_on, order.confirmed_at) = (OrderStatus::Confirmed, Some(today), Some(cx.now()));
        cx.save(order).await
    }
}

/// Notes that what was ordered is delivered. Error: `order.not_confirmed`.
#[command("fulfil", on = Order, guard = Order::must_be_confirmed, errors(NOT_CONFIRMED))]
pub struct Fulfil {
    /// The order.
    pub order: Ref<Order>,
}

impl Apply for Fulfil {
    fn apply(&self, order: &mut Order, at: &Moment<'_>) -> Result<()> {
        (order.status, order.fulfilled_at) = (OrderStatus::Fulfilled, Some(at.now));
        Ok(())
    }
}

/// The order has a contract.
pub const HAS_CONTRACT: Code = Code::rule(
    "order.has_contract",
    "The order {order} has the active contract {contract}; cancel that first with contract.cancel.",
);

/// Cancels an order that is not fulfilled; it keeps its number. Errors: `order.over`, `order.has_contract`.
#[command("cancel", on = Order, guard = Order::may_be_cancelled, errors(OVER, HAS_CONTRACT))]
pub struct Cancel {
    /// The order.
    pub order: Ref<Order>,
    /// Why nothing comes of it.
    pub reason: Body,
}

impl Command for Cancel {
    type Output = Order;
    async fn run(&self, mut order: Order, cx: &mut Context<'_>) -> Result<Order> {
        if let Some(id) = order.contract {
            let contract: Contract = lookups::wherever(cx, id).await?;
            if contract.status == ContractStatus::Active {
                return Err(HAS_CONTRACT.with("order", order.called()).with("contract", &contract.number));
            }
        }
        (order.status, order.cancelled_at) = (OrderStatus::Cancelled, Some(cx.now()));
        order.cancel_reason = Some(self.reason.clone());
        cx.save(order).await
    }
}
