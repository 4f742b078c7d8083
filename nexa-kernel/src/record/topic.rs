//! What a record is about: one record of any kind or several, or things of the host.

use serde_json::Value as Json;
use uuid::Uuid;

use super::{AccessClass, ColumnType, Content, RecordDef, Row};
use crate::value::Value;

/// The kind of a thing of the host in lists that name records.
pub const HOST: &str = "host";

/// The name of a record by which lists are searched: its kind, a colon and its id.
pub fn entry(kind: &str, id: Uuid) -> String {
    format!("{kind}:{id}")
}

/// The record that a name names; none for a thing of the host.
fn named(entry: &str) -> Option<(&str, Uuid)> {
    let (kind, id) = entry.split_once(':')?;
    Some((kind, Uuid::parse_str(id).ok()?))
}

/// What an entry of a list is searched by: a text itself; `{"kind", "id"}` and `{kind: id}` the name of the record; a thing of the host
/// its JSON after `host:`.
fn searched_by(entry: &Json) -> Option<String> {
    let Json::Object(map) = entry else { return entry.as_str().map(str::to_owned) };
    if let (Some(Json::String(kind)), Some(Json::String(id))) = (map.get("kind"), map.get("id")) {
        return Some(format!("{kind}:{id}"));
    }
    match map.iter().next()? {
        (kind, Json::String(id)) => Some(format!("{kind}:{id}")),
        (kind, json) => Some(format!("{kind}:{json}")),
    }
}

/// Where a record says what it is about, and follows that when it is merged or converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The columns of the kind and the id of one record.
    One {
        /// The kind.
        kind: usize,
        /// The id.
        id: usize,
    },
    /// The column of a list whose entries name records.
    Several(usize),
}

impl Topic {
    /// The column that leads to the records.
    pub const fn column(self) -> usize {
        match self {
            Self::One { id, .. } => id,
            Self::Several(column) => column,
        }
    }

    /// The records that a row is about.
    pub fn named(self, row: &Row) -> Vec<(String, Uuid)> {
        match self {
            Self::One { kind, id } => match (row.get(kind), row.get(id)) {
                (Value::Text(kind), Value::Uuid(id)) => vec![(kind.clone(), *id)],
                _ => Vec::new(),
            },
            Self::Several(column) => {
                let entries = row.entries(column);
                entries.iter().filter_map(|entry| named(entry)).map(|(kind, id)| (kind.to_owned(), id)).collect()
            }
        }
    }

    /// Names another record in the place of one. Where a list names that already, it names it once.
    pub fn replace(self, row: &mut Row, (kind, id): (&str, Uuid), (to_kind, to): (&str, Uuid)) {
        match self {
            Self::One { kind: kind_column, id: id_column } => {
                row.set(kind_column, Value::Text(to_kind.to_owned()));
                row.set(id_column, Value::Uuid(to));
            }
            Self::Several(column) => {
                let (from, to) = (entry(kind, id), serde_json::json!({"id": to, "kind": to_kind}));
                let mut entries: Vec<Json> = Vec::new();
                for entry in row.list(column) {
                    let entry = if searched_by(&entry).as_ref() == Some(&from) { to.clone() } else { entry };
                    if !entries.contains(&entry) {
                        entries.push(entry);
                    }
                }
                row.set(column, Value::Json(Json::from(entries).to_string()));
            }
        }
    }
}

impl RecordDef {
    /// What a field says the record is about.
    pub fn topic(&self, field: &str) -> Option<Topic> {
        let path = |topic: &Topic| self.columns.get(topic.column()).map(|column| column.path.split('.').next());
        self.follows.iter().copied().find(|topic| path(topic).flatten() == Some(field))
    }
    /// The column of the list of what a record is about.
    pub fn topics(&self) -> Option<usize> {
        self.follows.iter().find_map(|topic| match topic {
            Topic::Several(column) => Some(*column),
            Topic::One { .. } => None,
        })
    }
    /// Whether by this a record may be about records of another kind: one that it names, or, where it names none, any that something may
    /// be about.
    pub fn may_be_about(&self, topic: Topic, other: &Self) -> bool {
        let only = self.about_only.iter().find(|(of, _)| *of == topic);
        only.map_or_else(|| other.is_about_able(), |(_, kinds)| other.ledger && kinds.contains(&other.kind))
    }
    /// Whether its records are seen through another that they need not have, and are then for those whose they are.
    pub fn stands_alone(&self) -> bool {
        let AccessClass::Through(field, _) = self.access else { return false };
        let nullable =
            self.column(field).and_then(|column| self.columns.get(column)).is_some_and(|column| column.nullable);
        nullable && self.assignee.is_some()
    }
    /// Whether anything may be about its records: they have a history, and are not themselves seen through what they are about.
    pub fn is_about_able(&self) -> bool {
        let through = matches!(self.access, AccessClass::Through(field, _) if self.topic(field).is_some());
        self.ledger && !through
    }
    /// Whether the entries of a list column name records.
    pub fn names_records(&self, column: usize) -> bool {
        let is = |column: &super::ColumnDef| column.kind == ColumnType::List && column.content == Content::Records;
        self.columns.get(column).is_some_and(is)
    }
    /// Whether the index of values has the entries of this list: tags of live records, and names of records in any.
    pub fn lists(&self, column: usize, live: bool) -> bool {
        (live && self.tags == Some(column)) || self.names_records(column)
    }
}

impl Row {
    fn list(&self, column: usize) -> Vec<Json> {
        match self.get(column) {
            Value::Json(text) => serde_json::from_str(text).unwrap_or_default(),
            _ => Vec::new(),
        }
    }
    /// What the entries of a list column are searched by: texts, or names of records.
    pub fn entries(&self, column: usize) -> Vec<String> {
        self.list(column).iter().filter_map(searched_by).collect()
    }
    /// The ids of the records of a kind that a column points at: the one of a reference, or those that a list names.
    pub(crate) fn pointed_at(&self, column: usize, of: &RecordDef) -> Vec<Uuid> {
        match self.get(column) {
            Value::Uuid(id) => vec![*id],
            Value::Json(_) => {
                let entries = self.entries(column);
                entries
                    .iter()
                    .filter_map(|entry| named(entry))
                    .filter(|(kind, _)| *kind == of.kind)
                    .map(|(_, id)| id)
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}
