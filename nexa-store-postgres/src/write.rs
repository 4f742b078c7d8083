//! Changes and events, written in one statement.

use std::collections::{HashMap, hash_map};

use nexa_core::kernel::{
    ledger::{Event, Head},
    record::{RecordDef, Row},
    store::{Change, Entry},
    value::Value,
};
use nexa_sql::{Part, part_types};
use uuid::Uuid;

use crate::{
    arguments::{Array, Binds, kind_named},
    failure::Failure,
    link::Link,
    rows::read_int,
};

/// What changes came to: one step per row, from what is stored to what it becomes.
#[derive(Default)]
pub(crate) struct Net {
    rows: Vec<Step>,
    places: HashMap<(&'static str, Uuid), usize>,
    entries: HashMap<(&'static str, Uuid, Name), Presence>,
    /// Which row has, had or gets a unique value.
    holders: HashMap<(&'static str, String), Uuid>,
    /// Whether the order of the changes decides what is refused; one statement has no order.
    ordered: bool,
}

struct Step {
    of: &'static RecordDef,
    before: Option<Row>,
    after: Option<Row>,
}

/// What tells the entries of a row apart.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Name {
    Term(String),
    Value(String, String),
    Key(String, String),
}

#[derive(Clone, Copy)]
enum Presence {
    Added(i64),
    Removed,
    /// Added, and removed again.
    Never,
}

fn name_of(entry: Entry) -> (Name, i64) {
    match entry {
        Entry::Term(term, weight) => (Name::Term(term), weight),
        Entry::Value(field, value) => (Name::Value(field, value), 0),
        Entry::Key(system, key) => (Name::Key(system, key), 0),
    }
}

impl Net {
    /// Adds a change that comes after those that are there.
    pub(crate) fn add(&mut self, change: Change) {
        let of = change.of;
        let id = change.after.as_ref().or(change.before.as_ref()).map_or_else(Uuid::nil, |row| row.id(of));
        for row in [&change.before, &change.after].into_iter().flatten().filter(|row| row.live(of)) {
            self.hold_uniques(of, row, id);
        }
        for entry in change.remove {
            let (name, _) = name_of(entry);
            self.hold_key(of, &name, id);
            match self.entries.entry((of.kind, id, name)) {
                hash_map::Entry::Occupied(mut there) => {
                    let gone =
                        if matches!(there.get(), Presence::Added(_)) { Presence::Never } else { Presence::Removed };
                    there.insert(gone);
                }
                hash_map::Entry::Vacant(free) => {
                    free.insert(Presence::Removed);
                }
            }
        }
        for entry in change.add {
            let (name, weight) = name_of(entry);
            self.hold_key(of, &name, id);
            self.entries.insert((of.kind, id, name), Presence::Added(weight));
        }
        match self.places.get(&(of.kind, id)).and_then(|place| self.rows.get_mut(*place)) {
            Some(step) => {
                let version = |row: &Option<Row>| row.as_ref().map(|row| row.get(of.version).clone());
                self.ordered |= version(&step.after) != version(&change.before);
                step.after = change.after;
            }
            None => {
                self.places.insert((of.kind, id), self.rows.len());
                self.rows.push(Step { of, before: change.before, after: change.after });
            }
        }
    }

    fn hold_uniques(&mut self, of: &'static RecordDef, row: &Row, id: Uuid) {
        for unique in &of.uniques {
            let values: Vec<&Value> = unique.columns.iter().map(|column| row.get(*column)).collect();
            if values.iter().all(|value| !value.is_null()) {
                self.hold(of, format!("{} {values:?}", unique.name), id);
            }
        }
    }

    fn hold_key(&mut self, of: &'static RecordDef, name: &Name, id: Uuid) {
        if let Name::Key(system, key) = name {
            self.hold(of, format!("{system:?} {key:?}"), id);
        }
    }

    fn hold(&mut self, of: &'static RecordDef, value: String, id: Uuid) {
        let holder = *self.holders.entry((of.kind, value)).or_insert(id);
        self.ordered |= holder != id;
    }

    pub(crate) fn of(changes: impl IntoIterator<Item = Change>) -> Self {
        let mut net = Self::default();
        changes.into_iter().for_each(|change| net.add(change));
        net
    }
}

/// The arrays of one part, filled row by row.
struct Columns {
    part: Part,
    arrays: Vec<Array>,
    rows: i64,
}

impl Columns {
    fn new(part: Part, rows: usize) -> Self {
        Self { part, arrays: part_types(part).map(|name| Array::new(kind_named(name), rows)).collect(), rows: 0 }
    }
    /// The columns of a part among others, added to them when it is not there yet.
    fn among(parts: &mut Vec<Self>, part: Part, rows: usize) -> Option<&mut Self> {
        let place = parts.iter().position(|columns| columns.part == part).unwrap_or_else(|| {
            parts.push(Self::new(part, rows));
            parts.len() - 1
        });
        parts.get_mut(place)
    }
    fn values<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        self.rows += 1;
        for (array, value) in self.arrays.iter_mut().zip(values) {
            array.push(value);
        }
    }
    /// How many rows the part has to write; `None` where fewer are fine.
    const fn expected(&self) -> Option<i64> {
        match self.part {
            Part::Update(_) | Part::Delete(_) | Part::AddKeys => Some(self.rows),
            _ => None,
        }
    }
}

/// Writes changes, sealed events and the head of the ledger in one statement. What was not at its version or is taken is
/// a failure of the class `Constraint`, and then nothing more can be done in the transaction.
pub(crate) async fn write(link: &mut Link<'_>, net: Net, events: &[Event], head: Option<Head>) -> Result<(), Failure> {
    if net.ordered {
        return Err(Failure::incomplete());
    }
    let new = |kind: &'static str, id: Uuid| {
        let step = net.places.get(&(kind, id)).and_then(|place| net.rows.get(*place));
        step.is_some_and(|step| step.before.is_none())
    };
    let entries = entries_by_table(net.entries, new);
    let mut parts: Vec<Columns> = rows_by_kind(net.rows);
    parts.extend(entries);
    if !events.is_empty() {
        parts.push(event_columns(events));
    }
    if let Some(head) = head {
        let mut columns = Columns::new(Part::Head, 1);
        if let [seq, at, hash] = columns.arrays.as_mut_slice() {
            seq.int(head.seq.cast_signed());
            at.int(head.at.micros());
            hash.bytes(Some(&head.hash));
        }
        parts.push(columns);
    }
    if parts.is_empty() {
        return Ok(());
    }
    let shape: Vec<Part> = parts.iter().map(|part| part.part).collect();
    let expected: Vec<Option<i64>> = parts.iter().map(Columns::expected).collect();
    let mut binds = Binds::of(link.org);
    for part in parts {
        part.arrays.into_iter().for_each(|array| binds.array(array));
    }
    let written = link.rows(link.statements.write(&shape), binds).await?;
    for (position, expected) in expected.into_iter().enumerate() {
        let Some(expected) = expected else { continue };
        let Some(row) = written.first() else { return Err(Failure::incomplete()) };
        if read_int("count", row, position)? != expected {
            return Err(Failure::incomplete());
        }
    }
    Ok(())
}

fn rows_by_kind(rows: Vec<Step>) -> Vec<Columns> {
    let many = rows.len();
    let mut parts: Vec<Columns> = Vec::new();
    for step in rows {
        let def = step.of;
        let part = match (&step.before, &step.after) {
            (None, Some(_)) => Part::Insert(def),
            (Some(_), Some(_)) => Part::Update(def),
            (Some(_), None) => Part::Delete(def),
            (None, None) => continue,
        };
        let Some(columns) = Columns::among(&mut parts, part, many) else { continue };
        match (&step.before, &step.after) {
            (None, Some(after)) => columns.values(after.values()),
            (Some(before), Some(after)) => {
                columns.values(std::iter::once(before.get(def.version)).chain(after.values()));
            }
            (Some(before), None) => columns.values([before.get(def.version), before.get(def.id)]),
            (None, None) => {}
        }
    }
    // Tables in one order, so that two mixes of the same changes are one statement.
    parts.sort_by_key(|columns| match columns.part {
        Part::Delete(def) => (0, def.table),
        Part::Update(def) => (1, def.table),
        Part::Insert(def) => (2, def.table),
        _ => (3, ""),
    });
    parts
}

fn entries_by_table(
    entries: HashMap<(&'static str, Uuid, Name), Presence>,
    new: impl Fn(&'static str, Uuid) -> bool,
) -> Vec<Columns> {
    let mut sorted: Vec<((&'static str, Uuid, Name), Presence)> = entries.into_iter().collect();
    // In the order of the tables, so that neighbours are written together.
    sorted.sort_unstable_by(|(a, _), (b, _)| (a.0, &a.2, a.1).cmp(&(b.0, &b.2, b.1)));
    let many = sorted.len();
    let mut parts: Vec<Columns> = Vec::new();
    for ((kind, record, name), presence) in sorted {
        let (part, texts, weight) = match (name, presence) {
            (_, Presence::Never) => continue,
            (Name::Term(term), Presence::Added(weight)) => {
                (if new(kind, record) { Part::NewTerms } else { Part::AddTerms }, vec![term], Some(weight))
            }
            (Name::Term(term), Presence::Removed) => (Part::RemoveTerms, vec![term], None),
            (Name::Value(field, value), Presence::Added(_)) => (Part::AddValues, vec![field, value], None),
            (Name::Value(field, value), Presence::Removed) => (Part::RemoveValues, vec![field, value], None),
            (Name::Key(system, key), Presence::Added(_)) => (Part::AddKeys, vec![system, key], None),
            (Name::Key(system, key), Presence::Removed) => (Part::RemoveKeys, vec![system, key], None),
        };
        let Some(columns) = Columns::among(&mut parts, part, many) else { continue };
        columns.rows += 1;
        let mut arrays = columns.arrays.iter_mut();
        for text in std::iter::once(kind).chain(texts.iter().map(String::as_str)) {
            arrays.next().into_iter().for_each(|array| array.text(Some(text)));
        }
        arrays.next().into_iter().for_each(|array| array.uuid(record));
        if let (Some(array), Some(weight)) = (arrays.next(), weight) {
            array.int(weight);
        }
    }
    parts.sort_by_key(|columns| match columns.part {
        Part::RemoveTerms => 0,
        Part::RemoveValues => 1,
        Part::RemoveKeys => 2,
        Part::NewTerms => 3,
        Part::AddTerms => 4,
        Part::AddValues => 5,
        _ => 6,
    });
    parts
}

fn event_columns(events: &[Event]) -> Columns {
    let mut columns = Columns::new(Part::Events, events.len());
    for event in events {
        let [
            seq,
            unit,
            at,
            actor,
            behalf,
            cause,
            request,
            command,
            verb,
            kind,
            record,
            format,
            digest,
            salt,
            reason,
            payload,
            hash,
        ] = columns.arrays.as_mut_slice()
        else {
            continue;
        };
        seq.int(event.seq.cast_signed());
        unit.uuid(event.unit);
        at.int(event.at.micros());
        actor.text(Some(&event.actor));
        behalf.text(event.on_behalf_of.as_deref());
        cause.text(event.cause.as_deref());
        request.text(event.request.as_deref());
        command.text(Some(&event.command));
        verb.text(Some(event.verb.as_str()));
        kind.text(Some(&event.kind));
        record.uuid(event.record);
        format.int(i64::from(event.format));
        digest.bytes(Some(&event.digest));
        salt.bytes(event.salt.as_ref().map(<[u8; 16]>::as_slice));
        reason.text(event.reason.as_deref());
        payload.text(event.payload.as_deref());
        hash.bytes(Some(&event.hash));
    }
    columns
}
