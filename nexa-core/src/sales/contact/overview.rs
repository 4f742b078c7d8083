//! The 360° view of a contact: who it is, what belongs to it, and what happened lately.
//! (Business use cases, "360° Customer View".)

mod deals;
mod memberships;
mod then;
mod tickets;
mod timeline;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    deals::{ContactDeals, OpenDeal},
    memberships::{JoinedCampaign, JoinedList},
    tickets::{ContactTickets, OpenTicket},
};
use super::Contact;
use crate::{
    About, AsOf, Column, Context, Count, Get, Query, Record, Ref, Result,
    kernel::query::Change,
    productivity::{Task, TaskStatus},
    sales::account::Account,
};

/// Everything about a contact at a glance, as far as the actor may see it: `contact.overview`. Errors: `record.not_found`,
/// `record.trashed`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// The contact.
    pub contact: Ref<Contact>,
    /// A moment, or the number of an event in the ledger: everything is returned as it was then. Who may read it, and which fields are
    /// hidden, is as of now; what was purged since, such as a membership that ended, is gone. It looks through everything that happened
    /// since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
}

impl Overview {
    /// Of this contact, as it is now.
    pub fn of(contact: impl Into<Ref<Contact>>) -> Self {
        Self { contact: contact.into(), as_of: None }
    }
    /// As it was at a moment, or after the event of a number.
    #[must_use]
    pub fn as_of(mut self, point: impl Into<AsOf>) -> Self {
        self.as_of = Some(point.into());
        self
    }
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
    /// The tickets that they raised.
    pub tickets: ContactTickets,
    /// How many tasks about them are neither done nor cancelled.
    pub open_tasks: u64,
    /// The contact lists they are on, by name.
    pub contact_lists: Vec<JoinedList>,
    /// The campaigns they are in, by name.
    pub campaigns: Vec<JoinedCampaign>,
    /// The 20 newest changes of the contact, of the leads it was, and of its deals, tickets, tasks and meetings, newest first.
    pub timeline: Vec<Change>,
    /// The fields of the profile whose values at the moment that was asked for were erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<String>,
}

/// How many records or changes a list of the overview has at most.
const NEWEST: usize = 20;

impl Query for Overview {
    const VERB: &'static str = "overview";
    type Of = Contact;
    type Output = ContactOverview;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ContactOverview> {
        if let Some(point) = self.as_of {
            return then::overview(cx, &self.contact, point).await;
        }
        let profile = Get::of(self.contact.clone()).run(cx).await?.record;
        let account = match profile.account {
            Some(account) => cx.visible(&Account::ID.eq(account), &[], 1).await?.into_iter().next(),
            None => None,
        };
        Ok(ContactOverview {
            account,
            deals: deals::of(cx, profile.id).await?,
            tickets: tickets::of(cx, profile.id).await?,
            open_tasks: open_tasks(cx, &profile).await?,
            contact_lists: memberships::lists(cx, profile.id).await?,
            campaigns: memberships::campaigns(cx, profile.id).await?,
            timeline: timeline::of(cx, &profile).await?,
            profile,
            erased: Vec::new(),
        })
    }
}

async fn open_tasks(cx: &mut Context<'_>, contact: &Contact) -> Result<u64> {
    if !shows(cx, Task::ABOUT)? {
        return Ok(0);
    }
    let open = Task::STATUS.any_of([TaskStatus::Todo, TaskStatus::InProgress]);
    Count::<Task>::of(Task::ABOUT.eq(About::from(contact)).and(open)).run(cx).await
}

/// Whether the actor sees by this field what belongs to a contact; where it is hidden, nothing does.
fn shows<R: Record, T>(cx: &Context<'_>, column: Column<R, T>) -> Result<bool> {
    Ok(!cx.hidden(R::def())?.contains(&column.name()))
}
