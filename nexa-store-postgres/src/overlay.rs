//! What earlier members of a group changed, for those who come after them.

use std::{cell::Cell, collections::HashMap};

use nexa_kernel::{
    filter::{Around, Pointing},
    record::{RecordDef, Row},
    store::{Aggregate, Change, Key, Select, Trash},
    value::Value,
};
use uuid::Uuid;

/// Rows and external keys as they will be.
#[derive(Default)]
pub(crate) struct Overlay {
    rows: HashMap<&'static str, HashMap<Uuid, Option<Row>>>,
}

/// Other rows, of which nothing is known here but that somebody asked.
#[derive(Default)]
struct Unknown(Cell<bool>);

impl Around for Unknown {
    fn related(&self, _: &'static RecordDef, _: Uuid) -> Option<Row> {
        self.0.set(true);
        None
    }
    fn has(&self, _: &Pointing, _: Uuid) -> bool {
        self.0.set(true);
        false
    }
}

impl Overlay {
    /// Lays a change over what is there.
    pub(crate) fn lay(&mut self, change: &Change) {
        let of = change.of;
        let id = change.after.as_ref().or(change.before.as_ref()).map_or_else(Uuid::nil, |row| row.id(of));
        self.rows.entry(of.kind).or_default().insert(id, change.after.clone());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a row of one of these ids, of any kind, was made, changed or removed.
    pub(crate) fn concerns_ids(&self, ids: &[Uuid]) -> bool {
        self.rows.values().any(|changed| ids.iter().any(|id| changed.contains_key(id)))
    }

    /// Whether an answer to a load would be another one now.
    pub(crate) fn concerns_load(&self, of: &RecordDef, by: Key, values: &[Value], answer: &[Row]) -> bool {
        let Some(changed) = self.rows.get(of.kind) else { return false };
        if answer.iter().any(|row| changed.contains_key(&row.id(of))) {
            return true;
        }
        changed.values().flatten().any(|row| found_by(of, by, values, row))
    }

    /// Whether an answer to a query might be another one now.
    pub(crate) fn concerns_select(&self, query: &Select, answer: &[Row]) -> bool {
        let of = query.of;
        if self.rows.keys().any(|kind| query.filter.looks_at(kind)) {
            return true;
        }
        let Some(changed) = self.rows.get(of.kind) else { return false };
        !query.terms.is_empty()
            || answer.iter().any(|row| changed.contains_key(&row.id(of)))
            || changed.values().flatten().any(|row| {
                let marked = match query.trash {
                    Trash::Live => row.live(of),
                    Trash::Trashed => !row.live(of),
                    Trash::Any => true,
                };
                let others = Unknown::default();
                let holds = query.filter.holds(row, &others);
                marked && (others.0.get() || holds == Some(true))
            })
    }

    /// Whether an answer to an aggregate might be another one now.
    pub(crate) fn concerns_aggregate(&self, query: &Aggregate) -> bool {
        self.rows.keys().any(|kind| *kind == query.of.kind || query.filter.looks_at(kind))
    }

    /// Brings what was stored up to date.
    pub(crate) fn adjust(&self, of: &'static RecordDef, by: Key, values: &[Value], rows: &mut Vec<Row>) {
        let Some(changed) = self.rows.get(of.kind) else { return };
        rows.retain(|row| !changed.contains_key(&row.id(of)));
        rows.extend(changed.values().flatten().filter(|row| found_by(of, by, values, row)).cloned());
        rows.sort_by_key(|row| row.id(of));
        rows.dedup_by_key(|row| row.id(of));
    }
}

fn found_by(of: &RecordDef, by: Key, values: &[Value], row: &Row) -> bool {
    match by {
        Key::Column(column) => values.iter().any(|value| row.found_by(of, column, value)),
        Key::External => {
            let named = |system: &str, key: &str| {
                values.as_chunks::<2>().0.iter().any(|pair| {
                    pair.first().and_then(Value::as_text) == Some(system)
                        && pair.last().and_then(Value::as_text) == Some(key)
                })
            };
            row.live(of) && row.external_keys(of).iter().any(|(system, key)| named(system, key))
        }
    }
}
