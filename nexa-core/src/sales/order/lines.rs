//! The lines of an order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Order;
use crate::{Context, Get, Query, Ref, Result, sales::sold_line::sold_line};

sold_line! {
    /// A line of an order: so many of something at a price.
    OrderLine, kind = "order_line", table = "order_lines",
    /// The order.
    order: Order
}

/// An order and its lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderLines {
    /// The order, with what the lines come to.
    pub order: Order,
    /// The lines in order.
    pub lines: Vec<OrderLine>,
}

/// An order with its lines: `order.lines`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The order.
    pub order: Ref<Order>,
}

impl Query for Lines {
    const VERB: &'static str = "lines";
    type Of = Order;
    type Output = OrderLines;
    async fn run(&self, cx: &mut Context<'_>) -> Result<OrderLines> {
        let order = Get::of(self.order.clone()).run(cx).await?.record;
        let mut lines: Vec<OrderLine> = cx.visible_every(&OrderLine::ORDER.eq(order.id)).await?;
        lines.sort_by_key(|line| (line.rank, line.id));
        Ok(OrderLines { order, lines })
    }
}
