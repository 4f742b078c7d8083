//! The timeline of a ticket: who did what, when and why.

mod description;

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::description::describe;
use super::{Comment, Ticket};
use crate::{
    Context, Id, Principal, Query, Ref, Result,
    kernel::{
        ledger::{EventQuery, Seq},
        query::{Change, change_of, page_size},
    },
    people::{Group, User},
};

/// What happened to a ticket and the comments on it, as far as the actor may see them, oldest first. Error: `record.not_found`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// After this position in the ledger.
    #[serde(default)]
    pub after: Seq,
    /// How many entries at most: 50 unless said, 1,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

impl Timeline {
    /// Of this ticket, from its beginning.
    pub fn of(ticket: impl Into<Ref<Ticket>>) -> Self {
        Self { ticket: ticket.into(), after: 0, limit: None }
    }
}

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// What changed, by whom, when and why.
    #[serde(flatten)]
    pub change: Change,
    /// The name of whoever did it, when it was a user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was done, such as `changed status from open to in_progress`.
    pub did: String,
}

/// One page of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelinePage {
    /// The entries, oldest first.
    pub items: Vec<Entry>,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Seq>,
}

impl Query for Timeline {
    const VERB: &'static str = "timeline";
    type Of = Ticket;
    type Output = TimelinePage;
    async fn run(&self, cx: &mut Context<'_>) -> Result<TimelinePage> {
        let limit = page_size(self.limit)?;
        let ticket = cx.load_even_trashed(&self.ticket).await?;
        let comments: Vec<Comment> = cx.visible_every(&Comment::TICKET.eq(ticket.id)).await?;
        let comments = comments.iter().map(|comment| comment.id.identity());
        let records = Some([ticket.id.identity()].into_iter().chain(comments).collect());
        let query =
            EventQuery { after: self.after, limit: limit + 1, records, backwards: false, ..EventQuery::default() };
        let mut events = cx.unrestricted().events(&query).await?;
        let more = events.len() > limit;
        events.truncate(limit);
        let next = if more { events.last().map(|event| event.seq) } else { None };
        let mut names = Names::default();
        let mut items = Vec::with_capacity(events.len());
        for event in events {
            let hidden = cx.hidden(cx.kind(&event.kind)?)?;
            if let Some(change) = change_of(event, &hidden) {
                items.push(names.entry(cx, change).await?);
            }
        }
        Ok(TimelinePage { items, next })
    }
}

/// Names of users and groups, as far as the actor may see them.
#[derive(Default)]
struct Names(HashMap<(&'static str, Uuid), Option<String>>);

impl Names {
    async fn entry(&mut self, cx: &mut Context<'_>, change: Change) -> Result<Entry> {
        let name = match change.actor.parse() {
            Ok(Principal::User(id)) => self.user(cx, id).await?,
            _ => None,
        };
        let to = |part: &str| {
            let [_, to] = change.changes.as_ref()?.get(part)?.as_array()?.as_slice() else { return None };
            to.as_str()?.parse::<Uuid>().ok()
        };
        let whom = match (to("assignee.user"), to("assignee.group").or_else(|| to("escalation.to"))) {
            (Some(user), _) => self.user(cx, user).await?,
            (None, Some(group)) => self.group(cx, group).await?,
            (None, None) => None,
        };
        let did = describe(&change, whom.as_deref());
        Ok(Entry { change, name, did })
    }

    async fn user(&mut self, cx: &mut Context<'_>, id: Uuid) -> Result<Option<String>> {
        let key = Id::<User>::new(id).identity();
        if let Some(known) = self.0.get(&key) {
            return Ok(known.clone());
        }
        let found: Vec<User> = cx.visible(&User::ID.eq(Id::new(id)), &[], 1).await?;
        let name = found.into_iter().next().map(|user| user.name.into());
        Ok(self.0.entry(key).or_insert(name).clone())
    }

    async fn group(&mut self, cx: &mut Context<'_>, id: Uuid) -> Result<Option<String>> {
        let key = Id::<Group>::new(id).identity();
        if let Some(known) = self.0.get(&key) {
            return Ok(known.clone());
        }
        let found: Vec<Group> = cx.visible(&Group::ID.eq(Id::new(id)), &[], 1).await?;
        let name = found.into_iter().next().map(|group| group.name.into());
        Ok(self.0.entry(key).or_insert(name).clone())
    }
}
