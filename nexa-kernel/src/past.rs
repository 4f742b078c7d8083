//! Records as they were: events taken back from what is stored now.

mod since;

use std::{borrow::Cow, collections::BTreeSet, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

pub use self::since::Since;
use super::{
    compile::plain,
    context::Context,
    error::Result,
    ledger::{Event, EventQuery, Seq, Verb, changes_version, emptied, recorded},
    record::{RecordDef, Row},
    value::{Timestamp, Value},
};

/// How many events of a record are read at once.
const PAGE: usize = 100;

/// A point in a tenant's history: a moment, or the number of an event in its ledger, which it includes. In JSON a text or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AsOf {
    /// After the last event of the record that was dated at this moment or before.
    Moment(Timestamp),
    /// After the event of this number.
    Seq(Seq),
}

impl AsOf {
    /// Whether the event had happened by then.
    const fn includes(self, event: &Event) -> bool {
        match self {
            Self::Moment(moment) => event.at.micros() <= moment.micros(),
            Self::Seq(seq) => event.seq <= seq,
        }
    }
}

impl From<Timestamp> for AsOf {
    fn from(moment: Timestamp) -> Self {
        Self::Moment(moment)
    }
}

impl From<Seq> for AsOf {
    fn from(seq: Seq) -> Self {
        Self::Seq(seq)
    }
}

impl<'de> Deserialize<'de> for AsOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = AsOf;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a moment such as \"2025-11-17T09:15:00Z\", or the number of an event")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<AsOf, E> {
                Timestamp::parse(text)
                    .map(AsOf::Moment)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
            fn visit_u64<E: de::Error>(self, seq: u64) -> Result<AsOf, E> {
                Ok(AsOf::Seq(seq))
            }
            fn visit_i64<E: de::Error>(self, seq: i64) -> Result<AsOf, E> {
                u64::try_from(seq).map(AsOf::Seq).map_err(|_| E::invalid_value(de::Unexpected::Signed(seq), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for AsOf {
    fn schema_name() -> Cow<'static, str> {
        "AsOf".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A moment, or the number of an event in the ledger, which it includes.",
            "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "integer", "minimum": 0 }],
        })
    }
}

/// What an event says: fields with their values, or with what they were and became.
pub(crate) type Contents = Map<String, Json>;

/// What an event says; `None` when it was erased.
pub(crate) fn contents(event: &Event) -> Option<Contents> {
    event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok())
}

/// The column of a path, and a value for it.
pub(crate) fn cell(def: &RecordDef, path: &str, json: &Json) -> Option<(usize, Value)> {
    let column = def.column(path)?;
    Some((column, plain(def.columns.get(column)?, json)?))
}

/// The row that a creation or purge describes; what it leaves out is empty, or came to the record later with the column.
pub(crate) fn parsed_row(def: &RecordDef, id: Uuid, contents: &Contents) -> Row {
    let mut row = Row::new(vec![Value::Null; def.columns.len()]);
    for (column, value) in &def.backfills {
        row.set(*column, value.clone());
    }
    row.set(def.id, Value::Uuid(id));
    for (column, value) in contents.iter().filter_map(|(path, json)| cell(def, path, json)) {
        row.set(column, value);
    }
    def.derive(&mut row);
    row
}

/// A row with an update taken back.
pub(crate) fn before_update(def: &RecordDef, row: Row, changes: &Contents) -> Row {
    with_side(def, row, changes, 0)
}

/// A row with an update made.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn after_update(def: &RecordDef, row: Row, changes: &Contents) -> Row {
    with_side(def, row, changes, 1)
}

/// A row with what the fields of an update held before it, 0, or hold after it, 1.
fn with_side(def: &RecordDef, mut row: Row, changes: &Contents, side: usize) -> Row {
    for (path, change) in changes {
        if let Some((column, value)) = change.get(side).and_then(|json| cell(def, path, json)) {
            row.set(column, value);
        }
    }
    def.derive(&mut row);
    row
}

/// A record as it was.
pub(crate) struct AsWas {
    pub(crate) row: Row,
    /// The columns whose values were erased.
    pub(crate) erased: BTreeSet<usize>,
}

/// A walk back from a record as it is stored.
struct Walk {
    def: &'static RecordDef,
    id: Uuid,
    row: Option<Row>,
    /// The version after the event that comes next on the way back.
    version: i64,
    /// The columns whose values are not known, because an event on the way was erased.
    unknown: BTreeSet<usize>,
}

impl Walk {
    fn take_back(&mut self, event: &Event) {
        self.version -= 1;
        if event.verb == Verb::Erased {
            self.unknown.extend(emptied(self.def, event));
            if let Some((row, column)) = self.row.as_mut().zip(self.def.erased_at) {
                row.set(column, Value::Null);
            }
            return;
        }
        let said = contents(event);
        let all = || (0..self.def.columns.len()).filter(|column| recorded(self.def, *column)).collect();
        match (event.verb, said) {
            (Verb::Created | Verb::Erased, _) => self.row = None,
            (Verb::Purged, said) => {
                self.unknown = if said.is_none() { all() } else { BTreeSet::new() };
                self.row = Some(parsed_row(self.def, self.id, &said.unwrap_or_default()));
            }
            (Verb::Updated, None) => self.unknown = all(),
            (Verb::Updated, Some(changes)) => {
                for path in changes.keys() {
                    self.unknown.remove(&self.def.column(path).unwrap_or(usize::MAX));
                }
                self.row = self.row.take().map(|row| before_update(self.def, row, &changes));
            }
        }
    }

    /// Learns from an event that had happened by then what is not known yet. Returns whether earlier ones can still say more.
    fn learn(&mut self, event: &Event) -> bool {
        if event.verb == Verb::Erased {
            // What it emptied is empty since.
            for column in emptied(self.def, event) {
                self.unknown.remove(&column);
            }
            return !self.unknown.is_empty();
        }
        let said = contents(event);
        let Some((said, row)) = said.as_ref().zip(self.row.as_mut()) else { return false };
        for column in std::mem::take(&mut self.unknown) {
            let path = self.def.columns.get(column).map_or("", |column| column.path.as_str());
            let value = match event.verb {
                Verb::Updated => said.get(path).map(|change| change.get(1).unwrap_or(&Json::Null)),
                _ => Some(said.get(path).unwrap_or(&Json::Null)),
            };
            match value.and_then(|value| cell(self.def, path, value)) {
                Some((column, value)) => row.set(column, value),
                None => {
                    self.unknown.insert(column);
                }
            }
        }
        event.verb == Verb::Updated && !self.unknown.is_empty()
    }
}

/// A record before and after what a unit did to it.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// As it was before; absent when it was not there.
    pub before: Option<Row>,
    /// As it was after; absent when it is not there any more.
    pub after: Option<Row>,
}

impl Context<'_> {
    /// A record before and after the events of one unit, which are the first and the last of them; nothing of one that was purged
    /// since. Values that were erased since are empty.
    pub async fn turn(&mut self, def: &'static RecordDef, first: &Event, last: &Event) -> Result<Option<Turn>> {
        if last.verb == Verb::Purged {
            return Ok(None);
        }
        let created = first.verb == Verb::Created;
        if created && first.seq == last.seq {
            let mut row = parsed_row(def, first.record, &contents(first).unwrap_or_default());
            row.set(def.version, Value::Int(1));
            row.set(def.created_at, Value::Time(first.at));
            row.set(def.updated_at, Value::Time(first.at));
            return Ok(Some(Turn { before: None, after: Some(row) }));
        }
        let Some(row) = self.row(def, first.record).await? else { return Ok(None) };
        let after = self.as_of(def, row.clone(), AsOf::Seq(last.seq)).await?.map(|was| was.row);
        let before = match created {
            true => None,
            false => self.as_of(def, row, AsOf::Seq(first.seq - 1)).await?.map(|was| was.row),
        };
        Ok(Some(Turn { before, after }))
    }

    /// A record as it was at a point in the tenant's history, from its row as it is stored; `None` when it was not there. The events
    /// since are read page by page.
    pub(crate) async fn as_of(&mut self, def: &'static RecordDef, row: Row, point: AsOf) -> Result<Option<AsWas>> {
        let (id, version) = (row.id(def), row.get(def.version).as_int().unwrap_or_default());
        // What lapsed since is taken back as well.
        let stored =
            self.entries.get(&(def.kind, id)).filter(|entry| !entry.dirty).and_then(|entry| entry.before.clone());
        let row = stored.unwrap_or(row);
        let made = row.get(def.created_at).clone();
        let mut walk = Walk { def, id, row: Some(row), version, unknown: BTreeSet::new() };
        let records = Some(vec![(def.kind, id)]);
        let mut query = EventQuery { after: 0, limit: PAGE, records, backwards: true, ..EventQuery::default() };
        let mut changed = None;
        loop {
            let events = self.tx.events(&query).await?;
            for event in events.iter().filter(|event| changes_version(event)) {
                if changed.is_none() && !point.includes(event) {
                    walk.take_back(event);
                    continue;
                }
                if changed.is_none() {
                    changed = Some(event.at);
                    if let Some(row) = &mut walk.row {
                        row.set(def.version, Value::Int(walk.version));
                        row.set(def.created_at, made.clone());
                        row.set(def.updated_at, Value::Time(event.at));
                    }
                }
                if walk.unknown.is_empty() || !walk.learn(event) {
                    return Ok(changed.and(walk.finish(point)));
                }
            }
            match events.last() {
                // Before the first event there is none; 0 would ask for the end.
                Some(last) if events.len() == PAGE && last.seq > 1 => query.after = last.seq,
                _ => return Ok(changed.and(walk.finish(point))),
            }
        }
    }
}

impl Walk {
    fn finish(self, point: AsOf) -> Option<AsWas> {
        let (def, erased) = (self.def, self.unknown);
        self.row.map(|mut row| {
            for column in &erased {
                // What a record cannot be without stays as it is known, and is named among what was erased.
                if def.columns.get(*column).is_some_and(|column| column.nullable) {
                    row.set(*column, Value::Null);
                }
            }
            def.derive(&mut row);
            if let AsOf::Moment(moment) = point {
                row = def.as_of(row, moment);
            }
            AsWas { row, erased }
        })
    }
}
