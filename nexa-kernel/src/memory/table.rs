//! The rows of one kind of one tenant, with the indexes that keep keyed work independent of their number.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Bound,
};

use uuid::Uuid;

use crate::{
    record::{Address, ColumnType, EMAIL_SYSTEM, RecordDef, Row, Topic, entry},
    search::Sought,
    value::Value,
};

/// A value as a key of an index: ordered as backends sort, nulls last.
#[derive(Clone, Debug)]
pub(super) struct Ordered(pub(super) Value);

impl Ordered {
    /// Keeps values of different types apart.
    const fn rank(&self) -> u8 {
        match self.0 {
            Value::Bool(_) => 0,
            Value::Int(_) => 1,
            Value::Amount(_) => 2,
            Value::Text(_) => 3,
            Value::Uuid(_) => 4,
            Value::Time(_) => 5,
            Value::Date(_) => 6,
            Value::Json(_) => 7,
            Value::Null => 8,
        }
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.0.order(&other.0))
    }
}
impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Ordered {}

/// An identifier as a number: it has the same order, and compares in one step.
type Number = u128;

/// One elementary change of a table. [`Table::make`] answers the edit that takes it back.
#[derive(Debug)]
pub(super) enum Edit {
    /// The row of this id becomes this, or nothing.
    Row(Uuid, Option<Row>),
    /// The weight of a term of a row becomes this, or the row has the term no more.
    Term(String, Uuid, Option<i64>),
    /// The external key of system and key names this row, or none.
    Key((String, String), Option<Uuid>),
}

#[derive(Debug)]
pub(super) struct Table {
    pub(super) def: &'static RecordDef,
    rows: BTreeMap<Number, Row>,
    /// For each column that is a reference, says what a record is about, is part of a unique or has an index of its own: the rows
    /// that have a value by it, trashed ones included.
    columns: BTreeMap<usize, BTreeMap<Ordered, BTreeSet<Number>>>,
    /// The rows by each record that their list of what they are about names, trashed ones included.
    topics: HashMap<String, BTreeSet<Number>>,
    /// For each unique, in the order of the definition: the live row by values.
    uniques: Vec<BTreeMap<Vec<Ordered>, Uuid>>,
    terms: BTreeMap<String, BTreeMap<Number, i64>>,
    keys: HashMap<(String, String), Uuid>,
}

impl Table {
    pub(super) fn new(def: &'static RecordDef) -> Self {
        let references = references(def).map(|(column, _)| column);
        let about = def.follows.iter().filter_map(|topic| match topic {
            Topic::One { id, .. } => Some(*id),
            Topic::Several(_) => None,
        });
        let unique = def.uniques.iter().flat_map(|unique| unique.columns.iter().copied());
        let alone = def.indexes.iter().filter_map(|index| match index.columns.as_slice() {
            [column] => Some(*column),
            _ => None,
        });
        Self {
            def,
            rows: BTreeMap::new(),
            columns: references
                .chain(about)
                .chain(unique)
                .chain(alone)
                .map(|column| (column, BTreeMap::new()))
                .collect(),
            topics: HashMap::new(),
            uniques: def.uniques.iter().map(|_| BTreeMap::new()).collect(),
            terms: BTreeMap::new(),
            keys: HashMap::new(),
        }
    }

    pub(super) fn row(&self, id: Uuid) -> Option<&Row> {
        self.rows.get(&id.as_u128())
    }

    /// All rows by id.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// The rows in the order of a column, then of their ids, from this value on; none where no index has all of them.
    pub(super) fn in_order(
        &self,
        column: usize,
        descending: bool,
        from: Option<&Value>,
    ) -> Option<impl Iterator<Item = &Row>> {
        let index =
            self.columns.get(&column).filter(|_| !self.def.columns.get(column).is_none_or(|def| def.nullable))?;
        let from = from.map_or(Bound::Unbounded, |value| Bound::Included(Ordered(value.clone())));
        let places: Box<dyn Iterator<Item = (&Ordered, &BTreeSet<Number>)>> = if descending {
            Box::new(index.range((Bound::Unbounded, from)).rev())
        } else {
            Box::new(index.range((from, Bound::Unbounded)))
        };
        Some(places.flat_map(|(_, ids)| ids).filter_map(|id| self.rows.get(id)))
    }

    /// The rows whose column holds one of these values.
    pub(super) fn with_value(&self, column: usize, values: &[Value]) -> BTreeSet<Uuid> {
        let wanted = values.iter().filter(|value| !value.is_null());
        if column == self.def.id {
            return wanted.filter_map(Value::as_uuid).filter(|id| self.rows.contains_key(&id.as_u128())).collect();
        }
        if self.def.address(column) == Some(Address::Email) {
            return wanted.filter_map(Value::as_text).filter_map(|key| self.with_key(EMAIL_SYSTEM, key)).collect();
        }
        match self.columns.get(&column) {
            Some(index) => {
                let held = wanted.filter_map(|value| index.get(&Ordered(value.clone()))).flatten();
                held.copied().map(Uuid::from_u128).collect()
            }
            None if self.def.address(column) == Some(Address::Topic) => {
                let held = wanted.filter_map(Value::as_text).filter_map(|entry| self.topics.get(entry)).flatten();
                held.copied().map(Uuid::from_u128).collect()
            }
            None if self.def.address(column).is_some() => {
                let wanted: HashSet<&str> = wanted.filter_map(Value::as_text).collect();
                let known = |row: &Row| row.known_by(self.def, column).iter().any(|own| wanted.contains(own.as_str()));
                self.rows.iter().filter(|(_, row)| known(row)).map(|(id, _)| Uuid::from_u128(*id)).collect()
            }
            None => {
                let wanted: BTreeSet<Ordered> = wanted.cloned().map(Ordered).collect();
                let held = self.rows.iter().filter(|(_, row)| wanted.contains(&Ordered(row.get(column).clone())));
                held.map(|(id, _)| Uuid::from_u128(*id)).collect()
            }
        }
    }

    /// The rows whose column holds the id of a record of a kind, or whose list names it.
    pub(super) fn pointing(&self, column: usize, kind: &str, id: Uuid) -> impl Iterator<Item = &Row> {
        let ids = if self.def.topics() == Some(column) {
            self.topics.get(&entry(kind, id))
        } else {
            self.columns.get(&column).and_then(|index| index.get(&Ordered(Value::Uuid(id))))
        };
        ids.into_iter().flatten().filter_map(|id| self.rows.get(id))
    }

    /// The row that an external key names.
    pub(super) fn with_key(&self, system: &str, key: &str) -> Option<Uuid> {
        self.keys.get(&(system.to_owned(), key.to_owned())).copied()
    }

    /// The live row that has the values which this row has in a unique; by the position of the unique.
    pub(super) fn holder(&self, unique: usize, row: &Row) -> Option<Uuid> {
        let values = self.unique_values(unique, row)?;
        self.uniques.get(unique)?.get(&values).copied()
    }

    /// The rows that have a term for every one of these words, with their score.
    pub(super) fn search(&self, sought: &[Sought]) -> impl Iterator<Item = (Uuid, i64)> {
        let mut found: Option<BTreeMap<Number, i64>> = None;
        for word in sought {
            let mut best: BTreeMap<Number, i64> = BTreeMap::new();
            for (beginning, more) in word.beginnings() {
                let from_here = self.terms.range::<String, _>(beginning..);
                for (_, rows) in from_here.take_while(|(term, _)| term.starts_with(beginning.as_str())) {
                    for (id, weight) in rows {
                        let weight = weight.saturating_add(*more);
                        best.entry(*id).and_modify(|known| *known = (*known).max(weight)).or_insert(weight);
                    }
                }
            }
            found = Some(match found {
                None => best,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(id, sum)| best.get(&id).map(|weight| (id, sum.saturating_add(*weight))))
                    .collect(),
            });
        }
        found.unwrap_or_default().into_iter().map(|(id, score)| (Uuid::from_u128(id), score))
    }

    /// Makes an edit and answers its inverse.
    pub(super) fn make(&mut self, edit: Edit) -> Edit {
        match edit {
            Edit::Row(id, row) => {
                let before = self.rows.remove(&id.as_u128());
                if let Some(before) = &before {
                    self.unindex(id, before);
                }
                if let Some(row) = row {
                    self.index(id, &row);
                    self.rows.insert(id.as_u128(), row);
                }
                Edit::Row(id, before)
            }
            Edit::Term(term, id, weight) => {
                let before = match (self.terms.get_mut(&term), weight) {
                    (Some(rows), Some(weight)) => rows.insert(id.as_u128(), weight),
                    (Some(rows), None) => {
                        let before = rows.remove(&id.as_u128());
                        if rows.is_empty() {
                            self.terms.remove(&term);
                        }
                        before
                    }
                    (None, Some(weight)) => {
                        self.terms.insert(term.clone(), BTreeMap::from([(id.as_u128(), weight)]));
                        None
                    }
                    (None, None) => None,
                };
                Edit::Term(term, id, before)
            }
            Edit::Key(key, id) => {
                let before = match id {
                    Some(id) => self.keys.insert(key.clone(), id),
                    None => self.keys.remove(&key),
                };
                Edit::Key(key, before)
            }
        }
    }

    fn index(&mut self, id: Uuid, row: &Row) {
        for topic in self.topics_of(row) {
            self.topics.entry(topic).or_default().insert(id.as_u128());
        }
        // Nobody asks for rows without a value.
        for (column, index) in self.columns.iter_mut().filter(|(column, _)| !row.get(**column).is_null()) {
            index.entry(Ordered(row.get(*column).clone())).or_default().insert(id.as_u128());
        }
        for unique in 0..self.uniques.len() {
            if let Some(values) = self.unique_values(unique, row)
                && let Some(index) = self.uniques.get_mut(unique)
            {
                index.insert(values, id);
            }
        }
    }

    fn topics_of(&self, row: &Row) -> Vec<String> {
        self.def.topics().map(|column| row.entries(column)).unwrap_or_default()
    }

    fn unindex(&mut self, id: Uuid, row: &Row) {
        for topic in self.topics_of(row) {
            if let Some(ids) = self.topics.get_mut(&topic) {
                ids.remove(&id.as_u128());
                if ids.is_empty() {
                    self.topics.remove(&topic);
                }
            }
        }
        for (column, index) in self.columns.iter_mut().filter(|(column, _)| !row.get(**column).is_null()) {
            let value = Ordered(row.get(*column).clone());
            if let Some(ids) = index.get_mut(&value) {
                ids.remove(&id.as_u128());
                if ids.is_empty() {
                    index.remove(&value);
                }
            }
        }
        for unique in 0..self.uniques.len() {
            if let Some(values) = self.unique_values(unique, row)
                && let Some(index) = self.uniques.get_mut(unique)
            {
                index.remove(&values);
            }
        }
    }

    /// The values that a row takes in a unique; `None` when it is not constrained: trashed, or with a null.
    fn unique_values(&self, unique: usize, row: &Row) -> Option<Vec<Ordered>> {
        if !row.live(self.def) {
            return None;
        }
        let columns = &self.def.uniques.get(unique)?.columns;
        let values = columns.iter().map(|column| row.get(*column));
        values.map(|value| (!value.is_null()).then(|| Ordered(value.clone()))).collect()
    }
}

/// The columns of a kind that are references, with the kinds they point at.
pub(super) fn references(def: &RecordDef) -> impl Iterator<Item = (usize, &'static str)> {
    def.columns.iter().enumerate().filter_map(|(index, column)| match column.kind {
        ColumnType::Reference(kind) => Some((index, kind)),
        _ => None,
    })
}
