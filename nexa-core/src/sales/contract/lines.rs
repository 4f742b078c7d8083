//! The lines of a contract.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contract, ContractStatus};
use crate::{
    Context, Get, Id, Query, Record, Ref, Result,
    sales::{
        LineItem,
        pricing::{Recurring, RecurringTotals},
        sold_line::sold_line,
    },
};

sold_line! {
    /// A line of a contract: so many of something that recurs.
    ContractLine, kind = "contract_line", table = "contract_lines",
    /// The contract.
    contract: Contract
}

impl Contract {
    /// Computes what its lines come to. Errors: `line.currency`, `money.too_large`.
    pub(super) fn compute(&mut self, lines: &[LineItem]) -> Result<()> {
        let recurring =
            |line: &LineItem| Recurring { net: line.net, every: line.recurring, term_months: line.term_months };
        let lines: Vec<Recurring> = lines.iter().map(recurring).collect();
        let totals = RecurringTotals::of(&lines, self.currency, self.rounding)?;
        (self.yearly, self.monthly, self.contract_value) = (totals.yearly, totals.monthly, totals.contract_value);
        Ok(())
    }
    /// Its lines as those of a deal, in order.
    pub(super) async fn lines(&self, cx: &mut Context<'_>) -> Result<Vec<LineItem>> {
        let lines = ContractLine::all_of(cx, self.id).await?;
        Ok(lines.iter().map(|line| line.to_line(Id::default())).collect())
    }
    /// The active contracts of accounts, as far as the actor sees them; none where something of them is hidden.
    pub(in crate::sales) async fn active_of(
        cx: &mut Context<'_>,
        accounts: impl Iterator<Item = Id<crate::sales::Account>>,
    ) -> Result<Vec<Self>> {
        if !cx.hidden(Self::def())?.is_empty() {
            return Ok(Vec::new());
        }
        cx.visible_every(&Self::ACCOUNT.any_of(accounts).and(Self::STATUS.eq(ContractStatus::Active))).await
    }
}

/// A contract and its lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContractLines {
    /// The contract, with what the lines come to.
    pub contract: Contract,
    /// The lines in order.
    pub lines: Vec<ContractLine>,
}

/// A contract with its lines: `contract.lines`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The contract.
    pub contract: Ref<Contract>,
}

impl Query for Lines {
    const VERB: &'static str = "lines";
    type Of = Contract;
    type Output = ContractLines;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ContractLines> {
        let contract = Get::of(self.contract.clone()).run(cx).await?.record;
        let mut lines: Vec<ContractLine> = cx.visible_every(&ContractLine::CONTRACT.eq(contract.id)).await?;
        lines.sort_by_key(|line| (line.rank, line.id));
        Ok(ContractLines { contract, lines })
    }
}
