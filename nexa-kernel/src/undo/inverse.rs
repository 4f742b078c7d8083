//! What a record becomes when a unit's changes of it are taken back: a function of its row and its events.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    CHANGED, EXISTS, GONE,
    unit::{Step, Touched},
};
use crate::{
    error::Code,
    ledger::{Verb, recorded},
    past::{Contents, cell, parsed_row},
    record::{ColumnType, RecordDef, Row},
    value::{Timestamp, Value},
    verify::same,
};

/// What stands in the way of taking a change back.
pub(super) struct Obstacle {
    pub(super) code: Code,
    pub(super) field: Option<String>,
    pub(super) was: Option<Json>,
    pub(super) expected: Option<Json>,
    pub(super) found: Option<Json>,
}

impl Obstacle {
    pub(super) const fn of(code: Code) -> Self {
        Self { code, field: None, was: None, expected: None, found: None }
    }
    fn changed(path: &str, was: &Json, expected: &Json, found: Json) -> Self {
        Self {
            code: CHANGED,
            field: Some(path.to_owned()),
            was: Some(was.clone()),
            expected: Some(expected.clone()),
            found: Some(found),
        }
    }
}

/// A record with the changes of a unit taken back.
pub(super) struct Inverse {
    /// The row; `None` when the record is not there before the unit.
    pub(super) row: Option<Row>,
    pub(super) obstacles: Vec<Obstacle>,
}

/// Takes back what a unit did to a record, from its row as it is. What rules compute of other fields is no obstacle.
pub(super) fn inverse(touched: &Touched, now: Option<&Row>, computed: &[&str]) -> Inverse {
    let def = touched.def;
    let mut inverse = Inverse { row: now.cloned(), obstacles: Vec::new() };
    if now.is_none() && touched.steps.first().is_some_and(|step| step.verb == Verb::Created) {
        // Somebody purged what the unit had made.
        return inverse;
    }
    for step in touched.steps.iter().rev() {
        match (step.verb, inverse.row.take()) {
            (Verb::Updated, Some(row)) => inverse.row = Some(inverse.update(def, row, &step.said, computed)),
            (Verb::Created, Some(row)) => inverse.creation(def, &row, step, computed),
            (Verb::Purged, None) => inverse.row = Some(again(def, touched.id, &step.said)),
            (Verb::Updated | Verb::Created, None) => {
                inverse.obstacles.push(Obstacle::of(GONE));
                return inverse;
            }
            (Verb::Purged, row @ Some(_)) => {
                inverse.obstacles.push(Obstacle::of(EXISTS));
                inverse.row = row;
                return inverse;
            }
            (Verb::Erased, row) => inverse.row = row,
        }
    }
    inverse
}

/// The row of a record that is there again, as one of no moment: when it is written, it gets its version and its times.
fn again(def: &RecordDef, id: Uuid, said: &Contents) -> Row {
    let mut row = parsed_row(def, id, said);
    row.set(def.version, Value::Int(1));
    row.set(def.created_at, Value::Time(Timestamp::default()));
    row.set(def.updated_at, Value::Time(Timestamp::default()));
    row
}

fn is_one_of(computed: &[&str], path: &str) -> bool {
    computed.contains(&path.split('.').next().unwrap_or_default())
}

impl Inverse {
    fn update(&mut self, def: &RecordDef, mut row: Row, said: &Contents, computed: &[&str]) -> Row {
        for (path, change) in said {
            let (from, to) = (change.get(0).unwrap_or(&Json::Null), change.get(1).unwrap_or(&Json::Null));
            // A column that this version does not have any more holds nothing to be put back.
            let Some((column, was)) = cell(def, path, from) else { continue };
            let Some((_, left)) = cell(def, path, to) else { continue };
            let Some(kind) = def.columns.get(column).map(|column| column.kind) else { continue };
            let found = row.get(column);
            if same(kind, found, &left) {
                row.set(column, was);
                continue;
            }
            if is_one_of(computed, path) {
                continue;
            }
            let found = found.to_json();
            let back = match kind {
                ColumnType::List => Ok(list_back(from, to, &found)),
                ColumnType::Map => map_back(from, to, &found),
                _ => Err(None),
            };
            match back {
                Ok(json) => row.set(column, json),
                Err(key) => {
                    let at = |json: &Json| key.as_ref().and_then(|key| json.get(key)).unwrap_or(json).clone();
                    let path = key.as_ref().map_or_else(|| path.clone(), |key| format!("{path}.{key}"));
                    self.obstacles.push(Obstacle::changed(&path, &at(from), &at(to), at(&found)));
                }
            }
        }
        def.derive(&mut row);
        row
    }

    /// A record that the unit made goes where it is as it was made.
    fn creation(&mut self, def: &RecordDef, row: &Row, step: &Step, computed: &[&str]) {
        let made = parsed_row(def, row.id(def), &step.said);
        for (index, column) in def.columns.iter().enumerate() {
            if recorded(def, index)
                && !same(column.kind, row.get(index), made.get(index))
                && !is_one_of(computed, &column.path)
            {
                let (expected, found) = (made.get(index).to_json(), row.get(index).to_json());
                self.obstacles.push(Obstacle::changed(&column.path, &Json::Null, &expected, found));
            }
        }
    }
}

/// A list without the entries that the unit added, and with those that it removed.
fn list_back(from: &Json, to: &Json, found: &Json) -> Value {
    let entries = |json: &Json| json.as_array().cloned().unwrap_or_default();
    let (from, to, found) = (entries(from), entries(to), entries(found));
    let sorted = found.is_sorted_by_key(|entry| entry.to_string());
    let mut back: Vec<Json> =
        found.iter().filter(|entry| from.contains(entry) || !to.contains(entry)).cloned().collect();
    back.extend(from.into_iter().filter(|entry| !to.contains(entry) && !found.contains(entry)));
    if sorted {
        back.sort_by_key(Json::to_string);
    }
    if back.is_empty() { Value::Null } else { Value::Json(Json::Array(back).to_string()) }
}

/// A map with the keys that the unit changed as they were; or the key that somebody changed since.
fn map_back(from: &Json, to: &Json, found: &Json) -> Result<Value, Option<String>> {
    let map = |json: &Json| json.as_object().cloned().unwrap_or_default();
    let (from, to, mut back): (_, _, Map<String, Json>) = (map(from), map(to), map(found));
    let keys: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    for key in keys.into_iter().filter(|key| from.get(*key) != to.get(*key)) {
        if back.get(key) != to.get(key) {
            return Err(Some(key.clone()));
        }
        match from.get(key) {
            Some(value) => back.insert(key.clone(), value.clone()),
            None => back.remove(key),
        };
    }
    Ok(if back.is_empty() { Value::Null } else { Value::Json(Json::Object(back).to_string()) })
}
