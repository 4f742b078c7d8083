//! Everything of one tenant, and what can be asked of it.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

use uuid::Uuid;

use super::table::{Table, references};
use crate::{
    agenda::{Agenda, Due, DueRequest},
    error::Result,
    filter::{Around, Pointing, Predicate},
    ledger::{Event, EventQuery, Head, Seq},
    record::{Record, RecordDef, Row},
    store::{Key, Select, Trash},
    value::Value,
};

#[derive(Debug, Default)]
pub(super) struct Tenant {
    pub(super) tables: HashMap<&'static str, Table>,
    pub(super) events: Vec<Event>,
    pub(super) head: Head,
    /// The number of the first event that names an id.
    recorded: HashMap<Uuid, Seq>,
}

impl Tenant {
    pub(super) fn table_mut(&mut self, def: &'static RecordDef) -> &mut Table {
        self.tables.entry(def.kind).or_insert_with(|| Table::new(def))
    }

    /// Since when something is due in it, which is this tenant.
    pub(super) fn due(&self, org: Uuid, asked: &DueRequest) -> Result<Option<Due>> {
        let agenda = self.row(Agenda::def().kind, org).cloned().map(Agenda::from_row).transpose()?;
        Ok(Agenda::due_since(agenda.as_ref(), &self.head, asked).map(|at| Due { at, org }))
    }

    /// Appends a sealed event.
    pub(super) fn record(&mut self, event: Event) {
        self.recorded.entry(event.record).or_insert(event.seq);
        self.events.push(event);
    }

    /// Takes salt, reason and payload out of an event; returns it as it was.
    pub(super) fn erase_event(&mut self, seq: Seq) -> Option<Event> {
        let event = self.event_mut(seq)?;
        let before = event.clone();
        event.blank();
        Some(before)
    }

    /// Has an event again as it was.
    pub(super) fn put_event_back(&mut self, event: Event) {
        if let Some(place) = self.event_mut(event.seq) {
            *place = event;
        }
    }

    fn event_mut(&mut self, seq: Seq) -> Option<&mut Event> {
        // They are dense from 1.
        let place = usize::try_from(seq).ok()?.checked_sub(1)?;
        self.events.get_mut(place)
    }

    /// Takes back the events after the first `kept`.
    pub(super) fn truncate_events(&mut self, kept: usize) {
        for event in self.events.drain(kept.min(self.events.len())..) {
            if self.recorded.get(&event.record) == Some(&event.seq) {
                self.recorded.remove(&event.record);
            }
        }
    }

    /// Which of these ids an event names.
    pub(super) fn recorded(&self, ids: &[Uuid]) -> Vec<Uuid> {
        let known: BTreeSet<Uuid> = ids.iter().copied().filter(|id| self.recorded.contains_key(id)).collect();
        known.into_iter().collect()
    }

    pub(super) fn row(&self, kind: &str, id: Uuid) -> Option<&Row> {
        self.tables.get(kind)?.row(id)
    }

    pub(super) fn load(&self, of: &RecordDef, by: Key, values: &[Value]) -> Vec<Row> {
        let Some(table) = self.tables.get(of.kind) else { return Vec::new() };
        let found = match by {
            Key::Column(column) => table.with_value(column, values),
            Key::External => values
                .chunks_exact(2)
                .filter_map(|pair| match pair {
                    [Value::Text(system), Value::Text(key)] => table.with_key(system, key),
                    _ => None,
                })
                .filter(|id| table.row(*id).is_some_and(|row| row.live(of)))
                .collect::<BTreeSet<Uuid>>(),
        };
        found.into_iter().filter_map(|id| table.row(id).cloned()).collect()
    }

    /// Whether a row is wanted by its trash mark and its values.
    fn wants(&self, of: &RecordDef, filter: &Predicate, trash: Trash, row: &Row) -> bool {
        let by_mark = match trash {
            Trash::Live => row.live(of),
            Trash::Trashed => !row.live(of),
            Trash::Any => true,
        };
        by_mark && filter.holds(row, self) == Some(true)
    }

    /// The rows of a kind that a filter selects, by id.
    pub(super) fn matching(&self, of: &RecordDef, filter: &Predicate, trash: Trash) -> impl Iterator<Item = &Row> {
        let rows = self.tables.get(of.kind).into_iter().flat_map(Table::rows);
        rows.filter(move |row| self.wants(of, filter, trash, row))
    }

    pub(super) fn select(&self, query: &Select) -> Vec<Row> {
        if !query.terms.is_empty() {
            return self.search(query);
        }
        let after = |row: &&Row| query.after.as_ref().is_none_or(|last| order(query, row, last).is_gt());
        if query.sort.iter().any(|key| key.custom.is_some()) {
            return self.by_custom(query);
        }
        if let Some(rows) = self.in_order(query) {
            let wanted = rows.filter(|row| self.wants(query.of, &query.filter, query.trash, row));
            return wanted.filter(after).take(query.limit).cloned().collect();
        }
        let found = self.matching(query.of, &query.filter, query.trash).filter(after);
        first(found, query.limit, |one, other| order(query, one, place(query, other))).into_iter().cloned().collect()
    }

    /// The rows of a kind in the order of a query, from about where it starts, where an index has that order.
    fn in_order(&self, query: &Select) -> Option<impl Iterator<Item = &Row>> {
        let [key] = query.sort.as_slice() else { return None };
        let from = query.after.as_ref().and_then(|last| last.first());
        self.tables.get(query.of.kind)?.in_order(key.column, key.descending, from)
    }

    /// The rows of a kind in an order that has to be read out of documents: once of each.
    fn by_custom(&self, query: &Select) -> Vec<Row> {
        let found = self.matching(query.of, &query.filter, query.trash).map(|row| (query.position(row), row));
        let after = |(place, _): &(Vec<Value>, &Row)| {
            query.after.as_ref().is_none_or(|last| order_of(query, place.iter(), last).is_gt())
        };
        let in_order = |one: &(Vec<Value>, &Row), other: &(Vec<Value>, &Row)| order_of(query, one.0.iter(), &other.0);
        first(found.filter(after), query.limit, in_order).into_iter().map(|(_, row)| row.clone()).collect()
    }

    fn search(&self, query: &Select) -> Vec<Row> {
        let Some(table) = self.tables.get(query.of.kind) else { return Vec::new() };
        let last = match query.after.as_deref() {
            Some([Value::Int(score), Value::Uuid(id)]) => Some((*score, *id)),
            _ => None,
        };
        let best_first = |a: &(i64, Uuid), b: &(i64, Uuid)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
        let hits = table
            .search(&query.terms)
            .map(|(id, score)| (score, id))
            .filter(|hit| last.is_none_or(|last| best_first(hit, &last).is_gt()));
        // What is in the trash has no terms, so without a filter every hit is an answer.
        let all = query.filter.is_always() && query.trash != Trash::Trashed;
        first(hits, if all { query.limit } else { usize::MAX }, best_first)
            .into_iter()
            .filter_map(|(_, id)| table.row(id))
            .filter(|row| self.wants(query.of, &query.filter, query.trash, row))
            .take(query.limit)
            .cloned()
            .collect()
    }

    pub(super) fn events(&self, query: &EventQuery) -> Vec<Event> {
        let wanted = query.records.as_ref().map(|records| records.iter().copied().collect::<BTreeSet<(&str, Uuid)>>());
        let fits = |event: &&Event| {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(&(&*event.kind, event.record)))
                && query.unit.is_none_or(|unit| event.unit == unit)
                && (query.cause.is_none() || event.cause == query.cause)
        };
        let before = |seq: Seq| query.after == 0 || seq < query.after;
        if query.backwards {
            let newest_first = self.events.iter().rev().filter(|event| before(event.seq));
            newest_first.filter(fits).take(query.limit).cloned().collect()
        } else {
            let seen = usize::try_from(query.after).unwrap_or(usize::MAX);
            self.events.iter().skip(seen).filter(fits).take(query.limit).cloned().collect()
        }
    }

    /// A kind and its column that point at this row, when there are any.
    pub(super) fn pointing_at(&self, kind: &str, id: Uuid) -> Option<(&'static RecordDef, usize)> {
        let pointing = self.tables.values().flat_map(|table| references(table.def).map(move |found| (table, found)));
        pointing
            .filter(|(_, (_, target))| *target == kind)
            .find(|(table, (column, _))| !table.with_value(*column, &[Value::Uuid(id)]).is_empty())
            .map(|(table, (column, _))| (table.def, column))
    }
}

impl Around for Tenant {
    fn related(&self, of: &'static RecordDef, id: Uuid) -> Option<Row> {
        self.row(of.kind, id).filter(|row| row.live(of)).cloned()
    }
    fn has(&self, asked: &Pointing, id: Uuid) -> bool {
        let Some(table) = self.tables.get(asked.of.kind) else { return false };
        let matching = |row: &&Row| row.live(asked.of) && asked.filter.holds(row, self) == Some(true);
        table.pointing(asked.column, asked.at.kind, id).filter(matching).take(asked.at_least).count() == asked.at_least
    }
}

/// The first of many in order; the others are not kept, and mostly compared once.
fn first<T>(many: impl Iterator<Item = T>, limit: usize, order: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let Some(last) = limit.checked_sub(1) else { return Vec::new() };
    let room = limit.saturating_mul(2);
    let mut kept: Vec<T> = Vec::new();
    let mut full = false;
    for one in many {
        if full && kept.get(last).is_some_and(|last| order(&one, last).is_gt()) {
            continue;
        }
        kept.push(one);
        if kept.len() >= room {
            kept.select_nth_unstable_by(last, &order);
            kept.truncate(limit);
            full = true;
        }
    }
    kept.sort_unstable_by(order);
    kept.truncate(limit);
    kept
}

/// Where a row stands in the order of a query: the values of the sort keys, then the id.
fn place<'r>(query: &'r Select, row: &'r Row) -> impl Iterator<Item = &'r Value> {
    query.sort.iter().map(|key| key.column).chain([query.of.id]).map(|column| row.get(column))
}

/// Compares a row with a place: by the sort keys, nulls last in both directions, then by id.
fn order<'v>(query: &Select, row: &Row, other: impl IntoIterator<Item = &'v Value>) -> Ordering {
    order_of(query, place(query, row), other)
}

/// Compares two places.
fn order_of<'o, 'v>(
    query: &Select,
    own: impl Iterator<Item = &'o Value>,
    other: impl IntoIterator<Item = &'v Value>,
) -> Ordering {
    let descending = query.sort.iter().map(|key| key.descending).chain([false]);
    let mut compared = own.zip(other).zip(descending).map(|((own, other), descending)| {
        if descending && !own.is_null() && !other.is_null() { other.order(own) } else { own.order(other) }
    });
    compared.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
