//! Events as they happened: for an actor as far as they may see, for the host without a gap.

mod chain;
mod past;
mod reading;
mod visibility;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::reading::Reading;
use super::{
    context::Context,
    crm::Crm,
    error::Result,
    filter::Filter,
    ledger::{EventQuery, Seq},
    limits,
    position::{POSITION_UNKNOWN, Position},
    query::{Change, page_size},
    session::{Job, Session},
};

/// One step of a feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedItem {
    /// A record that the actor may see changed, or came into their view with another that it hangs on, as comments do with their
    /// ticket; then it has no `changes`. Read it.
    Changed(Box<Change>),
    /// A record left the actor's view, by itself or with another that it hangs on; forget it. A record that was erased with the person
    /// whom it was about is gone as well, and then [changed](FeedItem::Changed): read it anew.
    Gone {
        /// The number of the event in the tenant's ledger.
        seq: Seq,
        /// Where to go on after this item.
        position: Position,
        /// The kind.
        kind: String,
        /// The record.
        id: Uuid,
    },
    /// What the actor may see changed as a whole, such as with their role or groups: read everything anew.
    AccessChanged {
        /// The number of the event in the tenant's ledger.
        seq: Seq,
        /// Where to go on after this item.
        position: Position,
    },
}

impl FeedItem {
    /// The number of the event that it comes of.
    pub fn seq(&self) -> Seq {
        match self {
            Self::Changed(change) => change.seq,
            Self::Gone { seq, .. } | Self::AccessChanged { seq, .. } => *seq,
        }
    }
    /// Where to go on after this item. Of several items of one event only the last one moves on, so that none is lost.
    pub fn position(&self) -> Position {
        match self {
            Self::Changed(change) => change.position.unwrap_or_default(),
            Self::Gone { position, .. } | Self::AccessChanged { position, .. } => *position,
        }
    }
    fn place(&mut self, at: Position) {
        match self {
            Self::Changed(change) => change.position = Some(at),
            Self::Gone { position, .. } | Self::AccessChanged { position, .. } => *position = at,
        }
    }
}

/// One page of a feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Feed {
    /// The steps, in the order of the ledger.
    pub items: Vec<FeedItem>,
    /// Where to go on: everything up to here was looked at.
    pub next: Position,
    /// Whether the end of the ledger was reached.
    pub complete: bool,
}

impl Session {
    /// Events after a position, as far as the actor may see them; at most `limit` (1,000) are looked at. Errors:
    /// `feed.position_unknown`, `page.size`.
    pub async fn feed(&self, after: Position, limit: usize) -> Result<Feed> {
        self.read(FeedJob { after, limit: page_size(Some(limit))?, only: None }).await
    }

    /// The same, with those changes of records of one kind alone that match a filter, which may ask what happened: `{"changed": field}`,
    /// `{"was": filter}`, `{"became": filter}`; other conditions are asked of the record as it was after the event. All look at the
    /// record alone. What leaves the view is not named. Errors: `feed.position_unknown`, `page.size`, `kind.unknown`, `filter.invalid`,
    /// `filter.too_large`, `field.unknown`.
    pub async fn feed_of(&self, kind: &str, filter: &Filter, after: Position, limit: usize) -> Result<Feed> {
        limits::filter(filter)?;
        let only = Some((kind.to_owned(), filter.clone()));
        self.read(FeedJob { after, limit: page_size(Some(limit))?, only }).await
    }
}

impl Crm {
    /// Events of a tenant after a position, without a gap and without an access rule: for the trusted host.
    /// Errors: `feed.position_unknown`, `page.size`.
    pub async fn feed(&self, org: impl Into<Uuid>, after: Position, limit: usize) -> Result<Feed> {
        self.system(org, "feed").feed(after, limit).await
    }
}

/// The changes that a feed has alone, as callers by name say it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedOnly {
    /// The kind of the records.
    pub kind: String,
    /// What the changes match; all of them unless said.
    #[serde(default = "Filter::everything")]
    pub filter: Filter,
}

impl FeedOnly {
    /// A page of these, or of all where there is none. Errors: as [`Session::feed_of`].
    pub async fn feed(only: Option<Self>, session: &Session, after: Position, limit: usize) -> Result<Feed> {
        match only {
            Some(Self { kind, filter }) => session.feed_of(&kind, &filter, after, limit).await,
            None => session.feed(after, limit).await,
        }
    }
}

struct FeedJob {
    after: Position,
    limit: usize,
    /// The kind and the filter of the changes that are wanted alone.
    only: Option<(String, Filter)>,
}

impl Job for FeedJob {
    type Output = Feed;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("feed")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Feed> {
        let Self { after, limit, .. } = *self;
        let only = match &self.only {
            Some((kind, filter)) => {
                let def = cx.kind(kind)?;
                Some((def, cx.asked_of_events(def, filter).await?))
            }
            None => None,
        };
        let head = cx.tx.head();
        if after == Position::END {
            return Ok(Feed { items: Vec::new(), next: Position::end(&head), complete: true });
        }
        // The event at the position comes along, to see whether it is the one that the reader saw.
        let seen = usize::from(!after.is_start());
        let query = EventQuery { after: after.seq().saturating_sub(1), limit: limit + seen, ..EventQuery::default() };
        let mut events = cx.tx.events(&query).await?;
        if seen > 0 {
            let found = events.first().is_some_and(|event| Position::after(event) == after);
            if !found {
                return Err(POSITION_UNKNOWN.with("position", after));
            }
            events.remove(0);
        }
        let mut reading = Reading::begin(cx, &events, only.as_ref().map(|(def, _)| *def)).await?;
        let (mut next, mut items) = (after, Vec::with_capacity(events.len()));
        for (number, event) in events.into_iter().enumerate() {
            let at = Position::after(&event);
            if let Some((def, asked)) = &only {
                if event.kind != def.kind {
                    next = at;
                    continue;
                }
                let Some(turn) = reading.happened(cx, def, &event, number == 0).await? else { break };
                if !asked.matches(turn.before.as_ref(), turn.after.as_ref()) {
                    next = at;
                    continue;
                }
            }
            let record = event.record;
            let Some(mut found) = reading.items(cx, event, number == 0).await? else { break };
            if only.is_some() {
                // What else came into view or left it by the event is not asked for.
                found.retain(|item| matches!(item, FeedItem::Changed(change) if change.record == record));
            }
            if let Some((last, others)) = found.split_last_mut() {
                others.iter_mut().for_each(|item| item.place(next));
                last.place(at);
            }
            items.append(&mut found);
            next = at;
        }
        let complete = next.seq() >= head.seq;
        Ok(Feed { items, next, complete })
    }
}
