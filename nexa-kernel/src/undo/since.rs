//! What happened to the records of a unit after it.

use std::collections::HashMap;

use uuid::Uuid;

use super::unit::{Key, Unit};
use crate::{
    context::Context,
    error::Result,
    ledger::{Event, EventQuery, Verb},
    past::contents,
    value::Timestamp,
};

/// How many records are asked for at once.
const RECORDS: usize = 200;
/// How many events are read at once.
const PAGE: usize = 500;

/// A later change.
#[derive(Clone)]
pub(super) struct Later {
    pub(super) unit: Uuid,
    pub(super) by: String,
    pub(super) at: Timestamp,
}

/// What happened to one record after a unit.
#[derive(Default)]
pub(super) struct Fate {
    /// The last change of each of its columns, by path.
    fields: HashMap<String, Later>,
    last: Option<Later>,
}

impl Fate {
    /// The change to name for a field, or the last one of all.
    pub(super) fn of(&self, path: Option<&str>) -> Option<&Later> {
        path.and_then(|path| self.fields.get(path)).or(self.last.as_ref())
    }

    fn note(&mut self, event: &Event) {
        let later = Later { unit: event.unit, by: event.actor.clone(), at: event.at };
        if event.verb == Verb::Updated {
            for path in contents(event).unwrap_or_default().keys() {
                self.fields.insert(path.clone(), later.clone());
            }
        }
        self.last = Some(later);
    }
}

/// What happened after a unit.
pub(super) struct Since {
    /// The unit by which it is undone.
    pub(super) undone: Option<Uuid>,
    fates: HashMap<Key, Fate>,
}

impl Since {
    /// What happened to a record; nothing where no event names it.
    pub(super) fn fate(&self, key: Key) -> Option<&Fate> {
        self.fates.get(&key)
    }
}

/// Whether a unit is undone, redone and so on, as the events of one record show.
struct Turns {
    /// The cause of an undo of the unit.
    first: String,
    /// The cause of what would turn it round again.
    next: String,
    undone: Option<Uuid>,
}

impl Turns {
    fn of(unit: Uuid) -> Self {
        let cause = cause_of(unit);
        Self { first: cause.clone(), next: cause, undone: None }
    }

    fn look(&mut self, event: &Event) {
        let Some(cause) = &event.cause else { return };
        if *cause == self.first {
            self.undone = Some(event.unit);
        } else if *cause == self.next {
            self.undone = if self.undone.is_some() { None } else { Some(event.unit) };
        } else {
            return;
        }
        self.next = cause_of(event.unit);
    }
}

/// The cause of the events that undo a unit.
pub(super) fn cause_of(unit: Uuid) -> String {
    format!("undo:{unit}")
}

impl Context<'_> {
    /// What happened to the records of a unit after it.
    pub(super) async fn since(&mut self, unit: &Unit) -> Result<Since> {
        let mut fates: HashMap<Key, Fate> = HashMap::new();
        let mut turns: HashMap<Key, Turns> = HashMap::new();
        let keys: Vec<Key> = unit.touched.iter().map(|touched| (touched.def.kind, touched.id)).collect();
        for keys in keys.chunks(RECORDS) {
            let records = Some(keys.to_vec());
            let mut query = EventQuery { after: unit.last, limit: PAGE, records, ..EventQuery::default() };
            loop {
                let events = self.events(&query).await?;
                for event in &events {
                    let Some(key) = self.environment.kinds.get(&event.kind).map(|def| (def.kind, event.record)) else {
                        continue;
                    };
                    turns.entry(key).or_insert_with(|| Turns::of(unit.id)).look(event);
                    fates.entry(key).or_default().note(event);
                }
                match events.last() {
                    Some(last) if events.len() == PAGE => query.after = last.seq,
                    _ => break,
                }
            }
        }
        // A record that an undo kept shows nothing of it.
        let undone = turns.into_values().find_map(|turns| turns.undone);
        Ok(Since { undone, fates })
    }
}
