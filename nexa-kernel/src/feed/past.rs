//! A record as it was, by walking its events back.

use std::collections::VecDeque;

use uuid::Uuid;

use crate::{
    context::Context,
    error::Result,
    ledger::{Event, EventQuery, Seq, Verb},
    past::{before_update, contents, parsed_row},
    record::{RecordDef, Row},
};

/// How many events of a record are read at once.
const PAGE: usize = 100;

/// A record just before and just after one of its events.
#[derive(Clone)]
pub(super) struct Turn {
    pub(super) seq: Seq,
    pub(super) before: Option<Row>,
    pub(super) after: Option<Row>,
}

/// How a step back ended.
pub(super) enum Back {
    To(Turn),
    /// The record has no earlier event.
    Beginning,
    /// No more events may be read for this page.
    Spent,
}

/// A walk from a record as it is now back to its creation.
pub(super) struct Past {
    def: &'static RecordDef,
    id: Uuid,
    state: Option<Row>,
    waiting: VecDeque<Event>,
    /// Where the next page ends; 0 for the end of the ledger.
    before: Seq,
    read: bool,
}

impl Past {
    pub(super) fn of(def: &'static RecordDef, id: Uuid, current: Option<Row>) -> Self {
        Self { def, id, state: current, waiting: VecDeque::new(), before: 0, read: false }
    }

    /// The next earlier event; `left` counts the events that may still be read.
    pub(super) async fn step(&mut self, cx: &mut Context<'_>, left: &mut usize) -> Result<Back> {
        if self.waiting.is_empty() {
            if self.read {
                return Ok(Back::Beginning);
            }
            if *left == 0 {
                return Ok(Back::Spent);
            }
            let query = EventQuery {
                after: self.before,
                limit: PAGE,
                records: Some(vec![(self.def.kind, self.id)]),
                backwards: true,
                ..EventQuery::default()
            };
            self.waiting = cx.tx.events(&query).await?.into();
            *left = left.saturating_sub(self.waiting.len());
            self.read = self.waiting.len() < PAGE;
            self.before = self.waiting.back().map_or(0, |event| event.seq);
        }
        let Some(event) = self.waiting.pop_front() else { return Ok(Back::Beginning) };
        let after = self.state.take();
        let before = match event.verb {
            Verb::Created => None,
            Verb::Purged => Some(parsed_row(self.def, self.id, &contents(&event).unwrap_or_default())),
            Verb::Updated => {
                after.clone().map(|row| before_update(self.def, row, &contents(&event).unwrap_or_default()))
            }
            Verb::Erased => after.clone(),
        };
        self.state.clone_from(&before);
        Ok(Back::To(Turn { seq: event.seq, before, after }))
    }
}
