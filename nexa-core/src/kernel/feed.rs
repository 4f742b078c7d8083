//! Events as they happened: for an actor as far as they may see, for the host without a gap.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    access::Action,
    compile::plain,
    context::Context,
    crm::Crm,
    error::{Result, codes},
    ledger::{Event, EventQuery, Seq, Verb},
    position::{POSITION_UNKNOWN, Position},
    query::{Change, change_of, page_size, parsed_row},
    record::{RecordDef, Ref, Row},
    session::{Job, Session},
};

/// One step of a feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeedItem {
    /// A record that the actor may see changed.
    Changed(Box<Change>),
    /// A record left the actor's view; forget it.
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
}

impl FeedItem {
    /// The number of the event that it comes of.
    pub fn seq(&self) -> Seq {
        match self {
            Self::Changed(change) => change.seq,
            Self::Gone { seq, .. } => *seq,
        }
    }
    /// Where to go on after this item. Of several items of one event only the last one moves on, so that none is lost.
    pub fn position(&self) -> Position {
        match self {
            Self::Changed(change) => change.position.unwrap_or_default(),
            Self::Gone { position, .. } => *position,
        }
    }
    fn place(&mut self, at: Position) {
        match self {
            Self::Changed(change) => change.position = Some(at),
            Self::Gone { position, .. } => *position = at,
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
        self.read(FeedJob { after, limit: page_size(Some(limit))? }).await
    }
}

impl Crm {
    /// Events of a tenant after a position, without a gap and without an access rule: for the trusted host.
    /// Errors: `feed.position_unknown`, `page.size`.
    pub async fn feed(&self, org: impl Into<Uuid>, after: Position, limit: usize) -> Result<Feed> {
        self.system(org, "feed").feed(after, limit).await
    }
}

struct FeedJob {
    after: Position,
    limit: usize,
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
        let Self { after, limit } = *self;
        let head = cx.tx.head();
        // The event at the position comes along, to see whether it is the one that the reader saw.
        let seen = usize::from(!after.is_start());
        let query = EventQuery { after: after.seq().saturating_sub(1), limit: limit + seen, ..EventQuery::default() };
        let mut events = cx.tx.events(&query).await?.into_iter();
        if seen > 0 && events.next().is_none_or(|event| Position::after(&event) != after) {
            return Err(POSITION_UNKNOWN.with("position", after));
        }
        let (mut next, mut items) = (after, Vec::with_capacity(events.len()));
        for event in events {
            let (before, first) = (std::mem::replace(&mut next, Position::after(&event)), items.len());
            items.extend(cx.feed_item(event).await?);
            if let Some((last, others)) = items.get_mut(first..).and_then(<[FeedItem]>::split_last_mut) {
                others.iter_mut().for_each(|item: &mut FeedItem| item.place(before));
                last.place(next);
            }
        }
        let complete = next.seq() >= head.seq;
        Ok(Feed { items, next, complete })
    }
}

impl Context<'_> {
    async fn feed_item(&mut self, event: Event) -> Result<Option<FeedItem>> {
        let Some(def) = self.parts.kinds.get(&event.kind) else { return Ok(None) };
        let hidden = self.hidden(def);
        if self.actor.is_system() {
            return Ok(change_of(event, &hidden).map(|change| FeedItem::Changed(Box::new(change))));
        }
        let (seq, id) = (event.seq, event.record);
        let gone = || Some(FeedItem::Gone { seq, position: Position::START, kind: def.kind.to_owned(), id });
        match self.row(def, id).await? {
            // Trashed records are out of every list, but their history stays with who may see them.
            Some(row) if self.sees(def, &row).await? => {
                Ok(change_of(event, &hidden).map(|change| FeedItem::Changed(Box::new(change))))
            }
            current => {
                let (before, after) = self.states_around(def, current, &event).await?;
                let seen = match before {
                    Some(row) => self.sees(def, &row).await?,
                    None => false,
                };
                let still = match after {
                    Some(row) => self.sees(def, &row).await?,
                    None => false,
                };
                // What was visible only for a while is told as gone, and nothing else of it.
                Ok(if seen && !still { gone() } else { None })
            }
        }
    }

    /// Whether the actor may see the row, and whoever it was folded into: a merged record is read as its survivor.
    async fn sees(&mut self, def: &'static RecordDef, row: &Row) -> Result<bool> {
        if !self.allows(def, row, Action::Read).await? {
            return Ok(false);
        }
        let Some(survivor) = def.merged_into.and_then(|column| row.get(column).as_uuid()) else { return Ok(true) };
        match self.visible_row(def, &Ref::<()>::Id(survivor.into()), true).await {
            Ok(_) => Ok(true),
            Err(error) if error.is(&codes::NOT_FOUND) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The row as it was before and after an event, by walking its later events back.
    async fn states_around(
        &mut self,
        def: &'static RecordDef,
        current: Option<Row>,
        event: &Event,
    ) -> Result<(Option<Row>, Option<Row>)> {
        let query = EventQuery {
            after: event.seq.saturating_sub(1),
            limit: usize::MAX >> 1,
            records: Some(vec![(def.kind, event.record)]),
            backwards: false,
        };
        let mut later = self.tx.events(&query).await?;
        let mut state = current;
        while let Some(step) = later.pop() {
            let contents: Map<String, Json> =
                step.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok()).unwrap_or_default();
            let before = match step.verb {
                Verb::Created => None,
                Verb::Purged => Some(parsed_row(def, step.record, &contents)),
                Verb::Erased => state.clone(),
                Verb::Updated => state.clone().map(|row| undone(def, row, &contents)),
            };
            if step.seq == event.seq {
                return Ok((before, state));
            }
            state = before;
        }
        Ok((None, state))
    }
}

/// A row with an update taken back.
fn undone(def: &RecordDef, mut row: Row, changes: &Map<String, Json>) -> Row {
    for (path, change) in changes {
        if let (Some(column), Some(from)) = (def.column(path), change.get(0))
            && let Some(value) = def.columns.get(column).and_then(|definition| plain(definition, from))
        {
            row.set(column, value);
        }
    }
    def.derive(&mut row);
    row
}
