//! What an account amounts to, by itself and with its subsidiaries.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Account;
use crate::{
    Context, Count, Date, Get, Id, Query, Record, Ref, Result,
    people::Conversion,
    sales::{
        Contract,
        contact::Contact,
        deal::{Deal, DealStatus, groups::deal_groups_by_day},
        money_sum::{MoneySum, Tally},
    },
    service::{Ticket, TicketStatus},
};

/// What an account amounts to, by itself and with its subsidiaries at every level: `account.rollup`.
///
/// Only what the actor may see counts: subsidiaries below one that the actor may not see do not.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollup {
    /// The account.
    pub account: Ref<Account>,
}

/// What an account amounts to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountRollup {
    /// The account.
    pub account: Id<Account>,
    /// What the account amounts to by itself.
    pub own: AccountTotals,
    /// What the account amounts to with its subsidiaries.
    pub with_subsidiaries: AccountTotals,
}

/// What one or more accounts amount to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountTotals {
    /// How many accounts there are.
    pub accounts: u64,
    /// How many contacts they have.
    pub contacts: u64,
    /// How many open deals they have.
    pub open_deals: u64,
    /// How many won deals they have.
    pub won_deals: u64,
    /// How many tickets are open, pending or in progress.
    pub open_tickets: u64,
    /// What the open and the won deals are worth.
    pub total_deal_value: MoneySum,
    /// What the won deals are worth.
    pub closed_won: MoneySum,
    /// What the accounts brought in so far: the same as the won deals.
    pub lifetime_value: MoneySum,
    /// What the accounts earn in a year.
    pub annual_revenue: MoneySum,
    /// What recurs in a year in the contracts that are active (ARR), at today's rates.
    pub arr: MoneySum,
    /// What recurs in a month in these (MRR).
    pub mrr: MoneySum,
    /// The first day on which none of these is covered any more; nothing without any.
    pub contract_end: Option<Date>,
    /// How many deals and revenues have no rate to the tenant's currency; they count nowhere else but per currency.
    pub unpriced: u64,
}

impl Query for Rollup {
    const VERB: &'static str = "rollup";
    type Of = Account;
    type Output = AccountRollup;
    async fn run(&self, cx: &mut Context<'_>) -> Result<AccountRollup> {
        let account = Get::of(self.account.clone()).run(cx).await?.record;
        let id = account.id;
        let group = with_subsidiaries(cx, account).await?;
        let own = group.iter().take(1);
        Ok(AccountRollup {
            account: id,
            own: totals(cx, own).await?,
            with_subsidiaries: totals(cx, group.iter()).await?,
        })
    }
}

/// The account and everything below it, level by level.
async fn with_subsidiaries(cx: &mut Context<'_>, account: Account) -> Result<Vec<Account>> {
    let mut seen = HashSet::from([account.id]);
    let mut level = vec![account.id];
    let mut all = vec![account];
    while !level.is_empty() {
        let below: Vec<Account> = cx.visible_every(&Account::PARENT.any_of(level)).await?;
        let new: Vec<Account> = below.into_iter().filter(|account| seen.insert(account.id)).collect();
        level = new.iter().map(|account| account.id).collect();
        all.extend(new);
    }
    Ok(all)
}

async fn totals(cx: &mut Context<'_>, accounts: impl Iterator<Item = &Account> + Clone) -> Result<AccountTotals> {
    let ids = || accounts.clone().map(|account| account.id);
    let (mut open_deals, mut won_deals) = (0, 0);
    let (mut value, mut won, mut revenue) = (Tally::default(), Tally::default(), Tally::default());
    let deals = Deal::ACCOUNT.any_of(ids()).and(Deal::STATUS.any_of([DealStatus::Open, DealStatus::Won]));
    for group in deal_groups_by_day(cx, deals, Vec::new()).await? {
        let is_won = group.value::<DealStatus>(0)? == DealStatus::Won;
        *(if is_won { &mut won_deals } else { &mut open_deals }) += group.count;
        if let Some(total) = group.total {
            value.add(total, group.count, group.day)?;
            if is_won {
                won.add(total, group.count, group.day)?;
            }
        }
    }
    for money in accounts.clone().filter_map(|account| account.annual_revenue) {
        revenue.add(money, 1, None)?;
    }
    let contacts = match cx.hidden(Contact::def())?.contains(&Contact::ACCOUNT.name()) {
        true => 0,
        false => Count::<Contact>::of(Contact::ACCOUNT.any_of(ids())).run(cx).await?,
    };
    let open_tickets = match cx.hidden(Ticket::def())?.contains(&Ticket::ACCOUNT.name()) {
        true => 0,
        false => {
            let unsolved = Ticket::STATUS.any_of(TicketStatus::UNSOLVED);
            Count::<Ticket>::of(Ticket::ACCOUNT.any_of(ids()).and(unsolved)).run(cx).await?
        }
    };
    let (mut yearly, mut monthly) = (Tally::default(), Tally::default());
    let mut contract_end = None;
    for contract in Contract::active_of(cx, ids()).await? {
        yearly.add(contract.yearly, 1, None)?;
        monthly.add(contract.monthly, 1, None)?;
        contract_end = contract_end.max(Some(contract.end));
    }
    let conversion = Conversion::of(cx, value.days().chain(revenue.days()).chain(yearly.days())).await?;
    let (total_deal_value, annual_revenue) = (value.finish(&conversion)?, revenue.finish(&conversion)?);
    let closed_won = won.finish(&conversion)?;
    Ok(AccountTotals {
        accounts: ids().map(|_| 1).sum(),
        contacts,
        open_deals,
        won_deals,
        open_tickets,
        unpriced: total_deal_value.unpriced_count() + annual_revenue.unpriced_count(),
        total_deal_value,
        lifetime_value: closed_won.clone(),
        closed_won,
        annual_revenue,
        arr: yearly.finish(&conversion)?,
        mrr: monthly.finish(&conversion)?,
        contract_end,
    })
}
