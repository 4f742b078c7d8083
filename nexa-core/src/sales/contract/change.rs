//! Selling more within a contract: a deal that ends with it.

use super::{Contract, NOT_ACTIVE, whole_months};
use crate::{
    Code, Command, Context, Date, Ref, Result, command,
    sales::{
        Deal, DealType,
        deal::{
            STAGE_NEEDS,
            lines::{self, Buying, NewLine},
        },
        lookups, pricing,
    },
    values::TOO_LARGE,
};

/// The day is not within the contract.
pub const OUTSIDE: Code = Code::invalid(
    "contract.change_outside",
    "From {on} until the end of the contract on {end} there is no whole month; give an earlier day of the contract, or renew it.",
);

/// Makes a deal that sells more within a contract, and ends with it: what recurs is for the whole months that are left. Its amount is
/// for these months alone. Errors: `contract.not_active`, `contract.change_outside`, and those of lines.
#[command(
    "change",
    on = Contract,
    guard = Contract::must_be_active,
    errors(
        NOT_ACTIVE, OUTSIDE, STAGE_NEEDS, pricing::QUANTITY, pricing::LINE_CURRENCY, pricing::DISCOUNT_TOO_LARGE, TOO_LARGE,
        crate::sales::product::RETIRED, crate::sales::price_book::price::NONE, lines::TOO_MANY
    )
)]
pub struct Change {
    /// The contract.
    pub contract: Ref<Contract>,
    /// What is sold beside what it has.
    pub lines: Vec<NewLine>,
    /// From which day on; today, or its first day when that is to come, unless said.
    pub on: Option<Date>,
}

impl Command for Change {
    type Output = Deal;
    async fn run(&self, contract: Contract, cx: &mut Context<'_>) -> Result<Deal> {
        let on = match self.on {
            Some(on) => on,
            None => lookups::today(cx).await?.max(contract.start),
        };
        let months = whole_months(on, contract.end);
        if on < contract.start || months == 0 {
            let error = OUTSIDE.with("on", on.to_string()).with("end", contract.end.to_string());
            return Err(error.with("field", "on"));
        }
        let sold: Deal = lookups::wherever(cx, contract.deal).await?;
        let buying = Buying::in_currency(cx, sold.clone(), Some(contract.currency)).await?;
        let mut lines = buying.priced(&self.lines, Some(contract.currency), cx).await?;
        for line in lines.iter_mut().filter(|line| line.recurring.is_some()) {
            (line.term_months, line.service_start) = (Some(months), Some(on));
        }
        contract.follow_up(sold, DealType::Upsell, Some(on), &lines, cx).await
    }
}
