//! What one call knows by key: which rows hold a value, and which values the storage was asked for already.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    record::{ExternalKey, RecordDef, Row},
    value::Value,
};

/// The rows that hold a key, as far as they are known. A row that lost the key since is still among them.
#[derive(Debug, Default)]
struct Holders {
    /// Whether the storage was asked, so that nobody else there has the key.
    asked: bool,
    ids: Vec<Uuid>,
}

impl Holders {
    fn add(&mut self, id: Uuid) {
        if !self.ids.contains(&id) {
            self.ids.push(id);
        }
    }
}

/// Notes what a row holds in a column, or under which addresses it is known.
fn hold(holders: &mut HashMap<Value, Holders>, def: &RecordDef, column: usize, row: &Row) {
    if def.address(column).is_some() {
        for address in row.known_by(def, column) {
            holders.entry(Value::Text(address)).or_default().add(row.id(def));
        }
        return;
    }
    let value = row.get(column);
    if !value.is_null() {
        holders.entry(value.clone()).or_default().add(row.id(def));
    }
}

/// The identity map's index by key columns and external keys. A column takes part from the first time it is asked for.
#[derive(Default)]
pub(crate) struct Lookup {
    columns: Vec<(&'static str, usize, HashMap<Value, Holders>)>,
    keys: Vec<(&'static str, HashMap<ExternalKey, Holders>)>,
}

impl Lookup {
    /// Notes what a row holds in the columns that take part.
    pub(crate) fn note(&mut self, def: &RecordDef, row: &Row) {
        for (_, column, holders) in self.columns.iter_mut().filter(|(kind, ..)| *kind == def.kind) {
            hold(holders, def, *column, row);
        }
        for (_, holders) in self.keys.iter_mut().filter(|(kind, _)| *kind == def.kind) {
            for (system, key) in row.external_keys(def) {
                holders.entry(ExternalKey { system, key }).or_default().add(row.id(def));
            }
        }
    }

    /// Lets a column take part, with the rows that are known so far.
    pub(crate) fn with_column<'r>(&mut self, def: &RecordDef, column: usize, known: impl Iterator<Item = &'r Row>) {
        if self.column(def, column).is_some() {
            return;
        }
        let mut holders: HashMap<Value, Holders> = HashMap::new();
        known.for_each(|row| hold(&mut holders, def, column, row));
        self.columns.push((def.kind, column, holders));
    }

    /// Lets the external keys of a kind take part, with the rows that are known so far.
    pub(crate) fn with_keys<'r>(&mut self, def: &RecordDef, known: impl Iterator<Item = &'r Row>) {
        if self.keys(def).is_some() {
            return;
        }
        let mut holders: HashMap<ExternalKey, Holders> = HashMap::new();
        for row in known {
            for (system, key) in row.external_keys(def) {
                holders.entry(ExternalKey { system, key }).or_default().add(row.id(def));
            }
        }
        self.keys.push((def.kind, holders));
    }

    /// Which rows may hold a value of a column.
    pub(crate) fn by_value(&self, def: &RecordDef, column: usize, value: &Value) -> &[Uuid] {
        self.column(def, column).and_then(|holders| holders.get(value)).map_or(&[], |holders| &holders.ids)
    }

    /// Which rows may hold an external key.
    pub(crate) fn by_key(&self, def: &RecordDef, key: &ExternalKey) -> &[Uuid] {
        self.keys(def).and_then(|holders| holders.get(key)).map_or(&[], |holders| &holders.ids)
    }

    /// Whether the storage was asked for a value of a column.
    pub(crate) fn asked(&self, def: &RecordDef, column: usize, value: &Value) -> bool {
        self.column(def, column).and_then(|holders| holders.get(value)).is_some_and(|holders| holders.asked)
    }

    /// Whether the storage was asked for an external key.
    pub(crate) fn asked_key(&self, def: &RecordDef, key: &ExternalKey) -> bool {
        self.keys(def).and_then(|holders| holders.get(key)).is_some_and(|holders| holders.asked)
    }

    /// Remembers that the storage was asked for these values.
    pub(crate) fn ask(&mut self, def: &RecordDef, column: usize, values: Vec<Value>) {
        let found = self.columns.iter_mut().find(|(kind, of, _)| *kind == def.kind && *of == column);
        if let Some((.., holders)) = found {
            for value in values {
                holders.entry(value).or_default().asked = true;
            }
        }
    }

    /// Remembers that the storage was asked for these external keys.
    pub(crate) fn ask_keys(&mut self, def: &RecordDef, keys: Vec<ExternalKey>) {
        if let Some((_, holders)) = self.keys.iter_mut().find(|(kind, _)| *kind == def.kind) {
            for key in keys {
                holders.entry(key).or_default().asked = true;
            }
        }
    }

    fn column(&self, def: &RecordDef, column: usize) -> Option<&HashMap<Value, Holders>> {
        let found = self.columns.iter().find(|(kind, of, _)| *kind == def.kind && *of == column);
        found.map(|(.., holders)| holders)
    }

    fn keys(&self, def: &RecordDef) -> Option<&HashMap<ExternalKey, Holders>> {
        self.keys.iter().find(|(kind, _)| *kind == def.kind).map(|(_, holders)| holders)
    }
}
