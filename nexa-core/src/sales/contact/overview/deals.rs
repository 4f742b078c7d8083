//! The deals on which a contact is spoken with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contact, NEWEST, shows};
use crate::{
    Choice, Context, Id, Money, Result, Subject,
    sales::{
        deal::{
            Deal, DealStatus,
            groups::{by, deal_groups},
        },
        money_sum::Tally,
    },
};

/// The deals of a contact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactDeals {
    /// How many are open.
    pub open: u64,
    /// How many were won.
    pub won: u64,
    /// What the open ones are worth, per currency.
    pub total_open: Vec<Money>,
    /// What the won ones are worth, per currency.
    pub total_won: Vec<Money>,
    /// The open ones, the 20 newest at most, newest first.
    pub newest_open: Vec<OpenDeal>,
}

/// An open deal, in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpenDeal {
    /// The deal.
    pub id: Id<Deal>,
    /// What it is called.
    pub name: Subject,
    /// Where it stands.
    pub stage: Choice,
    /// What it is worth.
    pub amount: Option<Money>,
}

pub(super) async fn of(cx: &mut Context<'_>, contact: Id<Contact>) -> Result<ContactDeals> {
    if !shows(cx, Deal::PRIMARY_CONTACT)? {
        return Ok(ContactDeals::default());
    }
    let theirs = || Deal::PRIMARY_CONTACT.eq(contact);
    let (mut open, mut won) = ((0, Tally::default()), (0, Tally::default()));
    let not_lost = theirs().and(Deal::STATUS.any_of([DealStatus::Open, DealStatus::Won]));
    for group in deal_groups(cx, not_lost, vec![by(Deal::STATUS.name())]).await? {
        let (count, tally) = if group.value::<DealStatus>(0)? == DealStatus::Won { &mut won } else { &mut open };
        *count += group.count;
        if let Some(total) = group.total {
            tally.add(total, group.count, None)?;
        }
    }
    let newest: Vec<Deal> =
        cx.visible(&theirs().and(Deal::STATUS.eq(DealStatus::Open)), &["-created_at"], NEWEST).await?;
    Ok(ContactDeals {
        open: open.0,
        won: won.0,
        total_open: open.1.per_currency(),
        total_won: won.1.per_currency(),
        newest_open: newest.into_iter().map(OpenDeal::from).collect(),
    })
}

impl From<Deal> for OpenDeal {
    fn from(deal: Deal) -> Self {
        Self { id: deal.id, name: deal.name, stage: deal.stage, amount: deal.amount }
    }
}

/// The same of deals as they were, those created last first.
pub(super) fn counted(deals: Vec<Deal>) -> Result<ContactDeals> {
    let mut counted = ContactDeals::default();
    let (mut open, mut won) = (Tally::default(), Tally::default());
    for deal in deals {
        let (count, tally) = match deal.status {
            DealStatus::Open => (&mut counted.open, &mut open),
            DealStatus::Won => (&mut counted.won, &mut won),
            _ => continue,
        };
        *count += 1;
        if let Some(amount) = deal.amount {
            tally.add(amount, 1, None)?;
        }
        if deal.status == DealStatus::Open && counted.newest_open.len() < NEWEST {
            counted.newest_open.push(OpenDeal::from(deal));
        }
    }
    Ok(ContactDeals { total_open: open.per_currency(), total_won: won.per_currency(), ..counted })
}
