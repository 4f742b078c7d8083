//! Everything about a contact at a glance.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Contact;
use crate::{
    Action, Context, Get, Money, Query, Record, Ref, Result,
    kernel::{
        ledger::EventQuery,
        query::{Change, change_of},
        store::Trash,
    },
    sales::{
        account::Account,
        deal::{
            Deal, DealStatus,
            groups::{by, deal_groups},
        },
        money_sum::Tally,
    },
};

/// Everything about a contact at a glance, as far as the actor may see it: `contact.overview`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// The contact.
    pub contact: Ref<Contact>,
}

/// Everything about a contact at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactOverview {
    /// Who it is.
    pub profile: Contact,
    /// The company they work for.
    pub account: Option<Account>,
    /// The deals on which they are spoken with.
    pub deals: ContactDeals,
    /// The newest changes of the contact and its deals, newest first.
    pub timeline: Vec<Change>,
}

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
}

/// How many changes the timeline has.
const TIMELINE: usize = 20;

impl Query for Overview {
    const NAME: &'static str = "contact.overview";
    type Target = Contact;
    type Output = ContactOverview;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ContactOverview> {
        let profile = Get::of(self.contact.clone()).run(cx).await?.record;
        let account = match profile.account {
            Some(account) => cx.visible(&Account::ID.eq(account), &[], 1).await?.into_iter().next(),
            None => None,
        };
        let hides_contact = cx.hidden(Deal::def()).contains(&Deal::PRIMARY_CONTACT.name());
        let deals = if hides_contact { ContactDeals::default() } else { deals(cx, &profile).await? };
        let timeline = timeline(cx, &profile, !hides_contact).await?;
        Ok(ContactOverview { profile, account, deals, timeline })
    }
}

async fn deals(cx: &mut Context<'_>, contact: &Contact) -> Result<ContactDeals> {
    let (mut open, mut won) = ((0, Tally::default()), (0, Tally::default()));
    let filter = Deal::PRIMARY_CONTACT.eq(contact.id).and(Deal::STATUS.any_of([DealStatus::Open, DealStatus::Won]));
    for group in deal_groups(cx, filter, vec![by(Deal::STATUS.name())]).await? {
        let (count, tally) = if group.value::<DealStatus>(0)? == DealStatus::Won { &mut won } else { &mut open };
        *count += group.count;
        if let Some(total) = group.total {
            tally.add(total, group.count)?;
        }
    }
    Ok(ContactDeals { open: open.0, won: won.0, total_open: open.1.per_currency(), total_won: won.1.per_currency() })
}

async fn timeline(cx: &mut Context<'_>, contact: &Contact, with_deals: bool) -> Result<Vec<Change>> {
    let mut records: Vec<Uuid> = vec![contact.id.uuid()];
    // What was folded into the contact happened to it as well.
    let merged = Contact::MERGED_INTO.name();
    for row in cx.pointing(Contact::def(), merged, contact.id.uuid(), Trash::Trashed).await? {
        if cx.allows(Contact::def(), &row, Action::Read).await? {
            records.push(row.id(Contact::def()));
        }
    }
    if with_deals {
        // The newest changes are those of the deals that changed last.
        let filter = Deal::PRIMARY_CONTACT.eq(contact.id);
        let newest: Vec<Deal> = cx.visible(&filter, &["-updated_at"], TIMELINE).await?;
        records.extend(newest.iter().map(|deal| deal.id.uuid()));
    }
    let query = EventQuery { after: 0, limit: TIMELINE, records: Some(records), backwards: true };
    let events = cx.tx.events(&query).await?;
    let (of_contact, of_deal) = (cx.hidden(Contact::def()), cx.hidden(Deal::def()));
    Ok(events
        .into_iter()
        .filter_map(|event| {
            let hidden = if event.kind == Deal::def().kind { &of_deal } else { &of_contact };
            change_of(event, hidden)
        })
        .collect())
}
