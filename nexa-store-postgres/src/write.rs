//! Changes and events, written in one statement.

use std::{
    collections::{HashMap, hash_map},
    hash::{BuildHasher, Hash},
};

use nexa_kernel::{
    ledger::{Event, Head},
    record::{RecordDef, Row},
    store::{Change, Entry},
    value::Value,
};
use nexa_sql::{Part, Rows, part_types};
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
    /// The entries of rows that are not new, or changed more than once.
    entries: HashMap<(&'static str, Uuid, Name), Presence>,
    /// Which row has, had or gets a unique value, by the value's hash.
    holders: HashMap<u64, Uuid>,
    /// Whether the order of the changes decides what is refused; one statement has no order.
    ordered: bool,
}

struct Step {
    of: &'static RecordDef,
    before: Option<Row>,
    after: Option<Row>,
    /// The entries of a new row, as long as nothing else happened to it.
    fresh: Vec<Entry>,
}

/// What distinguishes the entries of a row.
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
        let Change { of, before, after, add, remove } = change;
        let id = after.as_ref().or(before.as_ref()).map_or_else(Uuid::nil, |row| row.id(of));
        for row in [&before, &after].into_iter().flatten().filter(|row| row.live(of)) {
            self.hold_uniques(of, row, id);
        }
        for entry in remove.iter().chain(&add) {
            if let Entry::Key(system, key) = entry {
                self.hold((of.kind, system, key), id);
            }
        }
        match self.places.entry((of.kind, id)) {
            hash_map::Entry::Vacant(place) => {
                place.insert(self.rows.len());
                let (fresh, add) =
                    if before.is_none() && remove.is_empty() { (add, Vec::new()) } else { (Vec::new(), add) };
                self.rows.push(Step { of, before, after, fresh });
                self.enter(of, id, add, remove);
            }
            hash_map::Entry::Occupied(place) => {
                let Some(step) = self.rows.get_mut(*place.get()) else { return };
                let version = |row: &Option<Row>| row.as_ref().map(|row| row.get(of.version).clone());
                self.ordered |= version(&step.after) != version(&before);
                step.after = after;
                let fresh = std::mem::take(&mut step.fresh);
                self.enter(of, id, fresh, Vec::new());
                self.enter(of, id, add, remove);
            }
        }
    }

    /// Notes the entries that come and go with a change.
    fn enter(&mut self, of: &'static RecordDef, id: Uuid, add: Vec<Entry>, remove: Vec<Entry>) {
        for entry in remove {
            match self.entries.entry((of.kind, id, name_of(entry).0)) {
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
        for entry in add {
            let (name, weight) = name_of(entry);
            self.entries.insert((of.kind, id, name), Presence::Added(weight));
        }
    }

    fn hold_uniques(&mut self, of: &'static RecordDef, row: &Row, id: Uuid) {
        for unique in &of.uniques {
            let values = || unique.columns.iter().map(|column| row.get(*column));
            if values().all(|value| !value.is_null()) {
                self.hold((&unique.name, values().collect::<Vec<_>>()), id);
            }
        }
    }

    /// Two values of one hash are taken for one, which costs time and is not wrong.
    fn hold(&mut self, value: impl Hash, id: Uuid) {
        let holder = *self.holders.entry(self.holders.hasher().hash_one(value)).or_insert(id);
        self.ordered |= holder != id;
    }

    pub(crate) fn of(changes: impl IntoIterator<Item = Change>) -> Self {
        let mut net = Self::default();
        changes.into_iter().for_each(|change| net.add(change));
        net
    }

    /// What is written, by table.
    fn into_parts(self) -> Vec<Columns> {
        let Self { mut rows, places, entries, .. } = self;
        let fresh: usize = rows.iter().map(|step| step.fresh.len()).sum();
        let mut written: Vec<Written> = Vec::with_capacity(entries.len() + fresh);
        for step in &mut rows {
            let Some(id) = step.after.as_ref().map(|row| row.id(step.of)) else { continue };
            for entry in std::mem::take(&mut step.fresh) {
                let (name, weight) = name_of(entry);
                written.push(Written::new(step.of.kind, id, name, weight, true));
            }
        }
        let is_new = |kind: &'static str, id: Uuid| {
            let step = places.get(&(kind, id)).and_then(|place| rows.get(*place));
            step.is_some_and(|step| step.before.is_none())
        };
        for ((kind, id, name), presence) in entries {
            match presence {
                Presence::Never => {}
                Presence::Added(weight) => written.push(Written::new(kind, id, name, weight, is_new(kind, id))),
                Presence::Removed => written.push(Written::removed(kind, id, name)),
            }
        }
        let mut parts = rows_by_kind(rows);
        parts.extend(entries_by_table(&written));
        parts
    }
}

/// An entry that comes or goes.
struct Written {
    part: Part,
    kind: &'static str,
    name: Name,
    record: Uuid,
    weight: i64,
}

impl Written {
    fn new(kind: &'static str, record: Uuid, name: Name, weight: i64, of_new: bool) -> Self {
        let part = match name {
            Name::Term(_) if of_new => Part::NewTerms,
            Name::Term(_) => Part::AddTerms,
            Name::Value(..) => Part::AddValues,
            Name::Key(..) => Part::AddKeys,
        };
        Self { part, kind, name, record, weight }
    }
    fn removed(kind: &'static str, record: Uuid, name: Name) -> Self {
        let part = match name {
            Name::Term(_) => Part::RemoveTerms,
            Name::Value(..) => Part::RemoveValues,
            Name::Key(..) => Part::RemoveKeys,
        };
        Self { part, kind, name, record, weight: 0 }
    }
    /// The place of its part among those of entries.
    const fn rank(&self) -> u8 {
        match self.part {
            Part::RemoveTerms => 0,
            Part::RemoveValues => 1,
            Part::RemoveKeys => 2,
            Part::NewTerms => 3,
            Part::AddTerms => 4,
            Part::AddValues => 5,
            _ => 6,
        }
    }
    fn place(&self) -> (&'static str, &Name, Uuid) {
        (self.kind, &self.name, self.record)
    }
}

/// The arrays of one part, filled row by row.
struct Columns {
    part: Part,
    arrays: Vec<Array>,
}

impl Columns {
    fn new(part: Part, rows: usize) -> Self {
        Self { part, arrays: part_types(part).map(|name| Array::new(kind_named(name), rows)).collect() }
    }
    fn values<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        for (array, value) in self.arrays.iter_mut().zip(values) {
            array.push(value);
        }
    }
    fn rows(&self) -> u32 {
        self.arrays.first().map_or(0, Array::len)
    }
    /// How the part is written. What many units write together is always many rows, so that it is one statement.
    fn form(&self, alone: bool) -> Rows {
        if alone && self.rows() == 1 { Rows::One } else { Rows::Many }
    }
    /// How many rows the part has to write; `None` where fewer are fine.
    fn expected(&self) -> Option<i64> {
        self.part.counted().then(|| i64::from(self.rows()))
    }
}

/// Writes changes, sealed events and the head of the ledger in one statement; `alone` says that they are of one unit. What was
/// not at its version or is taken is a failure of the class `Constraint`, and then nothing more can be done in the transaction.
pub(crate) async fn write(
    link: &mut Link<'_>,
    net: Net,
    events: &[Event],
    head: Option<Head>,
    alone: bool,
) -> Result<(), Failure> {
    if net.ordered {
        return Err(Failure::incomplete());
    }
    let mut parts = net.into_parts();
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
    let shape: Vec<(Part, Rows)> = parts.iter().map(|columns| (columns.part, columns.form(alone))).collect();
    let expected: Vec<i64> = parts.iter().filter_map(Columns::expected).collect();
    link.server.growth.wrote(parts.iter().filter_map(|columns| Some((columns.part.grows()?, columns.rows().into()))));
    let mut binds = Binds::of(link.org);
    binds.reserve(parts.iter().map(|columns| columns.arrays.len()).sum());
    for (columns, (_, rows)) in parts.into_iter().zip(&shape) {
        columns.arrays.into_iter().for_each(|column| binds.column(*rows, column));
    }
    let written = link.rows(link.server.statements.write(&shape), binds).await?;
    for (position, expected) in expected.into_iter().enumerate() {
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
        let place = parts.iter().position(|columns| columns.part == part).unwrap_or_else(|| {
            parts.push(Columns::new(part, many));
            parts.len() - 1
        });
        let Some(columns) = parts.get_mut(place) else { continue };
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

fn entries_by_table(written: &[Written]) -> Vec<Columns> {
    // In the order of the tables, so that neighbours are written together. The beginning decides nearly always.
    let mut sorted: Vec<(u8, u64, &Written)> =
        written.iter().map(|entry| (entry.rank(), beginning(entry), entry)).collect();
    sorted.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| a.2.place().cmp(&b.2.place())));
    let of_one_part = sorted.chunk_by(|a, b| a.0 == b.0);
    of_one_part.filter_map(|entries| Some(entry_columns(entries.first()?.2.part, entries))).collect()
}

/// The first letters of what an entry is sorted by, as a number of the same order.
fn beginning(entry: &Written) -> u64 {
    let text = match &entry.name {
        Name::Term(text) | Name::Value(text, _) | Name::Key(text, _) => text.as_bytes(),
    };
    let letters = entry.kind.as_bytes().first().into_iter().chain(text).copied().chain(std::iter::repeat(0));
    letters.take(8).fold(0, |number, letter| number << 8 | u64::from(letter))
}

fn entry_columns(part: Part, entries: &[(u8, u64, &Written)]) -> Columns {
    let mut columns = Columns::new(part, entries.len());
    for (_, _, entry) in entries {
        match (columns.arrays.as_mut_slice(), &entry.name) {
            ([kind, term, record, weight @ ..], Name::Term(text)) => {
                kind.text(Some(entry.kind));
                term.text(Some(text));
                record.uuid(entry.record);
                weight.iter_mut().for_each(|weight| weight.int(entry.weight));
            }
            ([kind, first, second, record], Name::Value(one, two) | Name::Key(one, two)) => {
                kind.text(Some(entry.kind));
                first.text(Some(one));
                second.text(Some(two));
                record.uuid(entry.record);
            }
            _ => {}
        }
    }
    columns
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
