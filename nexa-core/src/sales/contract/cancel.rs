//! Giving a contract up.

use super::{Contract, ContractStatus, NOT_ACTIVE};
use crate::{Body, Command, Context, Ref, Result, command};

/// Gives up a contract that is active: it counts no more from now on. Error: `contract.not_active`.
#[command("cancel", on = Contract, guard = Contract::must_be_active, errors(NOT_ACTIVE))]
pub struct Cancel {
    /// The contract.
    pub contract: Ref<Contract>,
    /// Why it is given up.
    pub reason: Body,
}

impl Command for Cancel {
    type Output = Contract;
    async fn run(&self, mut contract: Contract, cx: &mut Context<'_>) -> Result<Contract> {
        (contract.status, contract.cancelled_at) = (ContractStatus::Cancelled, Some(cx.now()));
        contract.cancel_reason = Some(self.reason.clone());
        contract.plan(cx).await?;
        cx.save(contract).await
    }
}
