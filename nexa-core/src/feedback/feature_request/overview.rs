//! How many customers wish for something: computed from their votes, never stored.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FeatureRequest, Vote};
use crate::{
    Context, Get, Id, Query, Ref, Result,
    feedback::{seen, seen_of},
    sales::Contact,
    service::Ticket,
};

/// A request with its votes, as far as the actor sees what is behind them: `feature_request.overview`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// The request.
    pub feature_request: Ref<FeatureRequest>,
}

/// A request, and how many customers wish for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeatureRequestOverview {
    /// The request.
    pub feature_request: FeatureRequest,
    /// How many contacts voted.
    pub votes: usize,
    /// How many companies they are of.
    pub accounts: usize,
    /// The tickets in which they said so.
    pub tickets: Vec<Id<Ticket>>,
}

impl Query for Overview {
    const VERB: &'static str = "overview";
    type Of = FeatureRequest;
    type Output = FeatureRequestOverview;
    async fn run(&self, cx: &mut Context<'_>) -> Result<FeatureRequestOverview> {
        let feature_request = Get::of(self.feature_request.clone()).run(cx).await?.record;
        let votes = seen_of(cx, Vote::FEATURE_REQUEST, feature_request.id).await?;
        let contacts: Vec<Contact> = seen(cx, votes.iter().map(|vote| vote.contact).collect()).await?;
        let accounts: BTreeSet<_> = contacts.iter().filter_map(|contact| contact.account.map(Id::uuid)).collect();
        let tickets: Vec<Ticket> = seen(cx, votes.iter().filter_map(|vote| vote.ticket).collect()).await?;
        let tickets = tickets.into_iter().map(|ticket| ticket.id).collect();
        Ok(FeatureRequestOverview { feature_request, votes: votes.len(), accounts: accounts.len(), tickets })
    }
}
