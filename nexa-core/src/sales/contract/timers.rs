//! What happens to contracts by themselves.

use uuid::Uuid;

use super::{Contract, ContractStatus, months_after};
use crate::{
    Context, Record, Result,
    kernel::{Timed, Timer},
};

/// The contract of a timer, wherever it is by now.
async fn contract(cx: &mut Context<'_>, timer: &Timer) -> Result<Option<Contract>> {
    let Ok(id) = timer.key().parse::<Uuid>() else { return Ok(None) };
    cx.unrestricted().row(Contract::def(), id).await?.map(Contract::from_row).transpose()
}

/// Makes the deal that renews a contract, 90 days before its end.
pub(super) struct RenewalDue;

impl Timed for RenewalDue {
    const NAME: &'static str = "contract.renewal_due";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        match contract(cx, timer).await? {
            Some(contract) if contract.status == ContractStatus::Active && contract.renewal.is_none() => {
                contract.renew(None, cx).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}

/// Writes down that a contract has ended, or lets it go on for as long again.
pub(super) struct End;

impl Timed for End {
    const NAME: &'static str = "contract.end";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Some(mut contract) = contract(cx, timer).await? else { return Ok(()) };
        match contract.status {
            ContractStatus::Ended => cx.save(contract).await.map(drop),
            ContractStatus::Active if contract.auto_renew => {
                let zone = cx.time_zone().await?;
                let today = cx.now().date_in(zone);
                // From its first day, so that an end on the 31st comes back after a shorter month.
                let mut months = contract.term_months.max(1);
                while contract.end <= today {
                    months = months.saturating_add(contract.term_months.max(1));
                    contract.end = months_after(contract.start, months)?;
                }
                contract.renewal = None;
                contract.plan(cx).await?;
                cx.save(contract).await.map(drop)
            }
            _ => Ok(()),
        }
    }
}
