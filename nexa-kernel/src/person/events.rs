//! What the history says of a person, and how it forgets that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use sha2::Digest as _;
use uuid::Uuid;

use super::{Key, Person, erase::Sum, find::addresses_in};
use crate::{
    context::Context,
    error::Result,
    ledger::{Event, EventQuery, Seq, Verb, erasure},
    past::{contents, parsed_row},
    personal::pointed_at,
    record::{PersonField, RecordDef},
    store::Batch,
    value::Value,
};

/// How many events are read at once.
pub(super) const PAGE: usize = 1_000;

/// Whether an event holds something that goes with the person whom its record belongs to: a personal value, or words that may name them.
/// What the tenant's fields hold is personal where it says so, or is not known any more.
pub(super) fn is_personal(def: &RecordDef, event: &Event, plain: &BTreeSet<String>) -> bool {
    if event.salt.is_none() || event.verb == Verb::Erased {
        return false;
    }
    let Some(said) = contents(event) else { return event.payload.is_some() };
    event.reason.is_some()
        || said.iter().any(|(path, value)| match def.column(path) {
            // A column that is not there any more was some kind's, and nobody can say what it held.
            None => true,
            Some(column) if def.custom == Some(column) => keys_in(value).any(|key| !plain.contains(key)),
            Some(column) => def.columns.get(column).is_some_and(|column| column.personal),
        })
}

/// The names of the tenant's fields in a value of them, or in what it was and became.
fn keys_in(value: &Json) -> impl Iterator<Item = &String> {
    let sides: Vec<&Map<String, Json>> = match value {
        Json::Object(map) => vec![map],
        Json::Array(sides) => sides.iter().filter_map(Json::as_object).collect(),
        _ => Vec::new(),
    };
    sides.into_iter().flat_map(Map::keys)
}

/// Numbers as ranges, both ends included.
pub(super) fn ranges(seqs: &[Seq]) -> Vec<(Seq, Seq)> {
    let mut ranges: Vec<(Seq, Seq)> = Vec::new();
    for seq in seqs {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *seq => *last = *seq,
            _ => ranges.push((*seq, *seq)),
        }
    }
    ranges
}

impl Context<'_> {
    /// Blanks events of a record, and says so in its history.
    pub(super) async fn blank(&mut self, (kind, id): Key, events: &[Event], sum: &mut Sum) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let erased = sum.note(events);
        let said = self.event_of_erasure(kind, id, erasure(&ranges(&erased)));
        self.tx.apply(Batch { events: vec![said], erased, ..Batch::default() }).await
    }

    /// The event of an erasure, without the words of the caller.
    pub(super) fn event_of_erasure(&self, kind: &'static str, id: Uuid, payload: String) -> Event {
        Event { reason: None, ..self.event(kind, id, Verb::Erased, payload) }
    }

    /// Reads the whole ledger once, from its end: blanks what names an address of the person where it is not theirs, and returns the
    /// records of them that were purged, which no row tells of.
    pub(super) async fn comb_ledger(
        &mut self,
        person: &Person,
        held: &BTreeSet<Key>,
        sum: &mut Sum,
    ) -> Result<Vec<(&'static RecordDef, Uuid)>> {
        let mut theirs: BTreeSet<Key> = person.records().map(|(def, id)| (def.kind, id)).collect();
        let known = theirs.clone();
        let texts: Vec<String> =
            person.addresses.iter().map(|address| Json::from(address.as_str()).to_string()).collect();
        let mut purged = Vec::new();
        let mut query = EventQuery { limit: PAGE, backwards: true, ..EventQuery::default() };
        loop {
            let events = self.tx.events(&query).await?;
            let (last, more) = (events.last().map_or(0, |event| event.seq), events.len() == PAGE);
            let mut stray: BTreeMap<Key, Vec<Event>> = BTreeMap::new();
            for event in events.into_iter().rev() {
                let Some(def) = self.environment.kinds.get(&event.kind).filter(|def| def.no_person.is_none()) else {
                    continue;
                };
                let key = (def.kind, event.record);
                if event.verb == Verb::Purged && !theirs.contains(&key) && was_theirs(def, &event, person, &theirs) {
                    theirs.insert(key);
                    purged.push((def, event.record));
                }
                let names = |payload: &str| texts.iter().any(|text| payload.contains(text.as_str()));
                let says = event.verb != Verb::Erased && event.payload.as_deref().is_some_and(names);
                if says && !known.contains(&key) && !held.contains(&key) {
                    stray.entry(key).or_default().push(event);
                }
            }
            for (key, events) in stray {
                self.blank(key, &events, sum).await?;
            }
            if !more || last <= 1 {
                return Ok(purged);
            }
            query.after = last;
        }
    }
}

/// Whether a record that was purged was the person's.
pub(super) fn was_theirs(def: &'static RecordDef, event: &Event, person: &Person, theirs: &BTreeSet<Key>) -> bool {
    let Some(said) = contents(event).filter(|_| def.person || !def.persons.is_empty()) else { return false };
    let row = parsed_row(def, event.record, &said);
    let points = |column: usize| {
        let id = row.get(column).as_uuid();
        let kind = if def.merged_into == Some(column) { Some(def.kind) } else { pointed_at(def, column) };
        kind.zip(id).is_some_and(|key| theirs.contains(&key))
    };
    (def.person && addresses_in(def, &row).iter().any(|address| person.addresses.contains(address)))
        || def.merged_into.is_some_and(points)
        || def.persons.iter().any(|field| match field {
            PersonField::Reference(column) => points(*column),
            PersonField::Address(column) => {
                matches!(row.get(*column), Value::Text(address) if person.addresses.contains(address))
            }
            PersonField::Topic(topic) => {
                topic.named(&row).iter().any(|(kind, id)| theirs.iter().any(|(of, is)| of == kind && is == id))
            }
        })
}

impl Sum {
    /// Counts events that are blanked, and returns their numbers.
    pub(super) fn note(&mut self, events: &[Event]) -> Vec<Seq> {
        for event in events {
            self.digest.update(event.digest);
        }
        self.events += events.len() as u64;
        events.iter().map(|event| event.seq).collect()
    }
}
