//! How many customers have a bug: computed from its tickets, never stored.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bug, BugTicket};
use crate::{
    Context, Get, Id, Query, Ref, Result,
    feedback::{seen, seen_of},
    service::Ticket,
};

/// A bug with its tickets and how many customers have it, as far as the actor sees these: `bug.overview`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// The bug.
    pub bug: Ref<Bug>,
}

/// A bug, and how many customers have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BugOverview {
    /// The bug.
    pub bug: Bug,
    /// The tickets that report it.
    pub tickets: Vec<Id<Ticket>>,
    /// How many contacts they are of.
    pub contacts: usize,
    /// How many companies they are of.
    pub accounts: usize,
}

impl Query for Overview {
    const VERB: &'static str = "overview";
    type Of = Bug;
    type Output = BugOverview;
    async fn run(&self, cx: &mut Context<'_>) -> Result<BugOverview> {
        let bug = Get::of(self.bug.clone()).run(cx).await?.record;
        let links = seen_of(cx, BugTicket::BUG, bug.id).await?;
        let tickets: Vec<Ticket> = seen(cx, links.into_iter().map(|link| link.ticket).collect()).await?;
        let contacts: BTreeSet<_> = tickets.iter().filter_map(|ticket| ticket.contact.map(Id::uuid)).collect();
        let accounts: BTreeSet<_> = tickets.iter().filter_map(|ticket| ticket.account.map(Id::uuid)).collect();
        let tickets = tickets.into_iter().map(|ticket| ticket.id).collect();
        Ok(BugOverview { bug, tickets, contacts: contacts.len(), accounts: accounts.len() })
    }
}
