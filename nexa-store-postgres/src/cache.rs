//! What a transaction has read, so that nothing is read twice.

use std::collections::{HashMap, hash_map::Entry};

use nexa_kernel::{
    ledger::Event,
    record::{RecordDef, Row},
    store::{Key, Prefetch},
    value::Value,
};
use nexa_sql::Rows;
use uuid::Uuid;

use crate::{
    failure::Failure,
    link::Link,
    load::Load,
    script::{Answered, Asked},
};

/// What was read from the storage in this transaction.
#[derive(Default)]
pub(crate) struct Cache {
    rows: HashMap<(usize, usize, Value), Vec<Row>>,
    named: HashMap<(usize, Value, Value), Vec<Row>>,
    selects: HashMap<String, Vec<Row>>,
    events: HashMap<String, Vec<Event>>,
    /// Whether an event names an id.
    recorded: HashMap<Uuid, bool>,
}

fn address(def: &'static RecordDef) -> usize {
    std::ptr::from_ref(def).addr()
}

impl Cache {
    /// The answer, when everything that it needs was read.
    pub(crate) fn answer(&self, asked: &Asked) -> Option<Answered> {
        match asked {
            Asked::Load { of, by: Key::Column(column), values } => {
                let mut found: Vec<Row> = Vec::with_capacity(values.len());
                for value in values.iter().filter(|value| !value.is_null()) {
                    found.extend(self.rows.get(&(address(of), *column, value.clone()))?.iter().cloned());
                }
                Some(Answered::Rows(ordered(of, found)))
            }
            Asked::Load { of, by: Key::External, values } => {
                let mut found: Vec<Row> = Vec::new();
                for [system, key] in values.as_chunks::<2>().0 {
                    found.extend(self.named.get(&(address(of), system.clone(), key.clone()))?.iter().cloned());
                }
                Some(Answered::Rows(ordered(of, found)))
            }
            Asked::Select(query) => self.selects.get(&format!("{query:?}")).cloned().map(Answered::Rows),
            Asked::Aggregate(query) => self.selects.get(&format!("{query:?}")).cloned().map(Answered::Rows),
            Asked::Events(query) => self.events.get(&format!("{query:?}")).cloned().map(Answered::Events),
            Asked::Recorded(ids) => {
                let mut found = Vec::new();
                for id in ids {
                    if *self.recorded.get(id)? {
                        found.push(*id);
                    }
                }
                found.sort_unstable();
                found.dedup();
                Some(Answered::Ids(found))
            }
            Asked::Prefetch(loads) => loads.iter().all(|load| self.knows(load)).then_some(Answered::Done),
            Asked::Apply(_) => None,
        }
    }

    fn knows(&self, load: &Prefetch) -> bool {
        let known = |value: &&Value| self.rows.contains_key(&(address(load.of), load.column, (*value).clone()));
        load.values.iter().filter(|value| !value.is_null()).all(|value| known(&value))
    }

    /// Reads what is asked for and not known, each table once; what is prefetched, all at once.
    pub(crate) async fn fetch(
        &mut self,
        link: &mut Link<'_>,
        asked: impl Iterator<Item = &Asked>,
    ) -> Result<(), Failure> {
        let mut columns: Vec<Load> = Vec::new();
        let mut prefetched: Vec<Load> = Vec::new();
        let mut prefetching = 0;
        let mut names: Vec<(&'static RecordDef, Vec<Value>)> = Vec::new();
        let mut ids: Vec<Uuid> = Vec::new();
        for asked in asked {
            match asked {
                Asked::Load { of, by: Key::Column(column), values } => self.want(&mut columns, of, *column, values),
                Asked::Prefetch(loads) => {
                    prefetching += 1;
                    loads.iter().for_each(|load| self.want(&mut prefetched, load.of, load.column, &load.values));
                }
                Asked::Load { of, by: Key::External, values } => {
                    let place = names.iter().position(|(def, _)| std::ptr::eq(*def, *of)).unwrap_or_else(|| {
                        names.push((*of, Vec::new()));
                        names.len() - 1
                    });
                    let Some((_, wanted)) = names.get_mut(place) else { continue };
                    for [system, key] in values.as_chunks::<2>().0 {
                        let known = self.named.entry((address(of), system.clone(), key.clone()));
                        if let Entry::Vacant(free) = known {
                            free.insert(Vec::new());
                            wanted.extend([system.clone(), key.clone()]);
                        }
                    }
                }
                Asked::Select(query) => {
                    if let Entry::Vacant(free) = self.selects.entry(format!("{query:?}")) {
                        free.insert(link.select(query).await?);
                    }
                }
                Asked::Aggregate(query) => {
                    if let Entry::Vacant(free) = self.selects.entry(format!("{query:?}")) {
                        free.insert(link.aggregate(query).await?);
                    }
                }
                Asked::Events(query) => {
                    if let Entry::Vacant(free) = self.events.entry(format!("{query:?}")) {
                        free.insert(link.events(query).await?);
                    }
                }
                Asked::Recorded(asked) => {
                    for id in asked {
                        if let Entry::Vacant(free) = self.recorded.entry(*id) {
                            free.insert(false);
                            ids.push(*id);
                        }
                    }
                }
                Asked::Apply(_) => {}
            }
        }
        if !ids.is_empty() {
            for id in link.recorded(&ids).await? {
                self.recorded.insert(id, true);
            }
        }
        for load in columns.into_iter().filter(|load| !load.values.is_empty()) {
            for row in link.load_rows(load.of, load.column, &load.values).await? {
                self.found(load.of, load.column, row);
            }
        }
        // One command mostly looks at one record of each kind. What many prefetch is a list, however long it is this time, so
        // that it is one statement.
        if prefetching == 1 {
            prefetched.iter_mut().for_each(Load::narrow);
        }
        if prefetched.iter().any(|load| !load.values.is_empty()) {
            let rows = link.load_together(&prefetched).await?;
            self.found_together(&prefetched, rows);
        }
        for (of, wanted) in names.into_iter().filter(|(_, wanted)| !wanted.is_empty()) {
            for (system, key, row) in link.load_named(of, &wanted).await? {
                if let Some(rows) = self.named.get_mut(&(address(of), Value::Text(system), Value::Text(key))) {
                    rows.push(row);
                }
            }
        }
        Ok(())
    }

    /// The loads of what a transaction is known to read first. They are answered with [`Self::found_together`].
    pub(crate) fn prefetch(&mut self, prefetched: &[Prefetch]) -> Vec<Load> {
        let mut loads = Vec::with_capacity(prefetched.len());
        prefetched.iter().for_each(|load| self.want(&mut loads, load.of, load.column, &load.values));
        loads.iter_mut().for_each(Load::narrow);
        loads
    }

    /// Keeps rows, each with the number of the load that it is of.
    pub(crate) fn found_together(&mut self, loads: &[Load], rows: Vec<(usize, Row)>) {
        for (number, row) in rows {
            if let Some(load) = loads.get(number) {
                self.found(load.of, load.column, row);
            }
        }
    }

    /// Adds what is not known yet to the load of this column. A load of nothing stays among them, so that the same
    /// questions are the same statement.
    fn want(&mut self, loads: &mut Vec<Load>, of: &'static RecordDef, column: usize, values: &[Value]) {
        let place = loads.iter().position(|load| std::ptr::eq(load.of, of) && load.column == column);
        let place = place.unwrap_or_else(|| {
            loads.push(Load { of, column, values: Vec::new(), rows: Rows::Many });
            loads.len() - 1
        });
        let Some(load) = loads.get_mut(place) else { return };
        for value in values.iter().filter(|value| !value.is_null()) {
            if let Entry::Vacant(free) = self.rows.entry((address(of), column, value.clone())) {
                free.insert(Vec::new());
                load.values.push(value.clone());
            }
        }
    }

    fn found(&mut self, of: &'static RecordDef, column: usize, row: Row) {
        if of.address(column).is_some() {
            for address in row.known_by(of, column) {
                if let Some(rows) = self.rows.get_mut(&(self::address(of), column, Value::Text(address))) {
                    rows.push(row.clone());
                }
            }
            return;
        }
        if let Some(rows) = self.rows.get_mut(&(address(of), column, row.get(column).clone())) {
            rows.push(row);
        }
    }
}

fn ordered(of: &RecordDef, mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| row.id(of));
    rows.dedup_by_key(|row| row.id(of));
    rows
}
