//! A unit of work, which can be taken back, and a snapshot, which changes nothing.

use std::collections::BTreeSet;

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    aggregate::aggregate,
    persistence::Written,
    table::{Edit, references},
    tenant::Tenant,
};
use crate::{
    error::{Error, Result, codes},
    ledger::{Event, EventQuery, Head},
    record::{RecordDef, Row},
    store::{Aggregate, Batch, Change, Entry, Key, Select, Transaction},
    value::{Timestamp, Value},
};

/// A unit of work on a tenant that is locked for it.
pub(super) struct Unit<'a> {
    tenant: &'a mut Tenant,
    clock: Option<Timestamp>,
    /// The inverse of every edit, in the order of the edits.
    undo: Vec<(&'static RecordDef, Edit)>,
    /// Events as they were before they were erased.
    erased: Vec<Event>,
    /// The ledger as it was.
    head: Head,
    events: usize,
    /// Why the unit cannot be committed any more.
    lost: Option<Error>,
}

impl<'a> Unit<'a> {
    pub(super) fn begin(tenant: &'a mut Tenant, clock: Option<Timestamp>) -> Self {
        let (head, events) = (tenant.head, tenant.events.len());
        Self { tenant, clock, undo: Vec::new(), erased: Vec::new(), head, events, lost: None }
    }

    /// What stands in the way of a commit: an earlier refusal, or a broken reference.
    pub(super) fn check(&mut self) -> Result<()> {
        if let Some(error) = self.lost.take() {
            return Err(error);
        }
        let mut seen: BTreeSet<(&str, Uuid)> = BTreeSet::new();
        for (of, edit) in &self.undo {
            let Edit::Row(id, _) = edit else { continue };
            if !seen.insert((of.kind, *id)) {
                continue;
            }
            match self.tenant.row(of.kind, *id) {
                Some(row) => self.check_references(of, row)?,
                None => {
                    if let Some((pointing, column)) = self.tenant.pointing_at(of.kind, *id) {
                        return Err(broken(pointing, column, of.kind));
                    }
                }
            }
        }
        Ok(())
    }

    fn check_references(&self, of: &'static RecordDef, row: &Row) -> Result<()> {
        for (column, kind) in references(of) {
            if let Value::Uuid(id) = row.get(column)
                && self.tenant.row(kind, *id).is_none()
            {
                return Err(broken(of, column, kind));
            }
        }
        Ok(())
    }

    /// What was written so far: each row as it is now, and the new events.
    pub(super) fn written(&self) -> Written {
        let mut seen: BTreeSet<(&str, Uuid)> = BTreeSet::new();
        let mut rows = Vec::new();
        for (of, edit) in &self.undo {
            if let Edit::Row(id, _) = edit
                && seen.insert((of.kind, *id))
            {
                rows.push((*of, *id, self.tenant.row(of.kind, *id).cloned()));
            }
        }
        let events = self.tenant.events.get(self.events..).unwrap_or_default().to_vec();
        let erased = self.erased.iter().map(|event| event.seq).collect();
        Written { after: self.head.seq, rows, events, erased }
    }

    pub(super) fn roll_back(self) {
        for (of, inverse) in self.undo.into_iter().rev() {
            self.tenant.table_mut(of).make(inverse);
        }
        for event in self.erased.into_iter().rev() {
            self.tenant.put_event_back(event);
        }
        self.tenant.truncate_events(self.events);
        self.tenant.head = self.head;
    }

    fn make(&mut self, of: &'static RecordDef, edit: Edit) {
        let inverse = self.tenant.table_mut(of).make(edit);
        self.undo.push((of, inverse));
    }

    fn apply_batch(&mut self, batch: Batch) -> Result<()> {
        for change in batch.changes {
            self.apply_change(change)?;
        }
        for seq in batch.erased {
            self.erased.extend(self.tenant.erase_event(seq));
        }
        for mut event in batch.events {
            event.seal(&mut self.tenant.head);
            self.tenant.record(event);
        }
        Ok(())
    }

    fn apply_change(&mut self, change: Change) -> Result<()> {
        let Change { of, before, after, add, remove } = change;
        let Some(id) = before.as_ref().or(after.as_ref()).map(|row| row.id(of)) else { return Ok(()) };
        self.check_version(of, id, before.as_ref())?;
        if let Some(after) = &after {
            self.check_uniques(of, id, after)?;
        }
        self.make(of, Edit::Row(id, after));
        for entry in remove {
            match entry {
                Entry::Term(term, _) => self.make(of, Edit::Term(term, id, None)),
                Entry::Key(system, key) => {
                    if self.tenant.table_mut(of).with_key(&system, &key) == Some(id) {
                        self.make(of, Edit::Key((system, key), None));
                    }
                }
                // Filters read tags and custom fields from the row itself.
                Entry::Value(..) => {}
            }
        }
        for entry in add {
            match entry {
                Entry::Term(term, weight) => self.make(of, Edit::Term(term, id, Some(weight))),
                Entry::Key(system, key) => {
                    if self.tenant.table_mut(of).with_key(&system, &key).is_some_and(|holder| holder != id) {
                        return Err(of.key_taken(&system, &key));
                    }
                    self.make(of, Edit::Key((system, key), Some(id)));
                }
                Entry::Value(..) => {}
            }
        }
        Ok(())
    }

    /// A new row needs a free id; any other the version that the caller saw.
    fn check_version(&self, of: &'static RecordDef, id: Uuid, before: Option<&Row>) -> Result<()> {
        let stored = self.tenant.row(of.kind, id);
        match (before, stored) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(codes::ID_TAKEN.with("id", id.to_string())),
            (Some(before), stored) => {
                let expected = before.get(of.version).as_int();
                let actual = stored.and_then(|row| row.get(of.version).as_int());
                if stored.is_some() && actual == expected {
                    return Ok(());
                }
                let conflict = codes::VERSION_CONFLICT.with("kind", of.kind).with("expected", expected);
                Err(conflict.with("actual", actual.unwrap_or(0)))
            }
        }
    }

    fn check_uniques(&mut self, of: &'static RecordDef, id: Uuid, row: &Row) -> Result<()> {
        let table = self.tenant.table_mut(of);
        for (position, unique) in of.uniques.iter().enumerate() {
            if table.holder(position, row).is_some_and(|holder| holder != id) {
                return Err(Error::taken(unique.code, of.kind, unique.field));
            }
        }
        Ok(())
    }
}

fn broken(of: &RecordDef, column: usize, kind: &str) -> Error {
    let field = of.columns.get(column).map(|column| column.path.as_str());
    codes::REFERENCE_BROKEN.with("field", field).with("kind", kind)
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Transaction for Unit<'_> {
    fn head(&self) -> Head {
        self.tenant.head
    }
    fn clock(&self) -> Option<Timestamp> {
        self.clock
    }
    async fn load(&mut self, of: &'static RecordDef, by: Key, values: &[Value]) -> Result<Vec<Row>> {
        Ok(self.tenant.load(of, by, values))
    }
    async fn select(&mut self, query: &Select) -> Result<Vec<Row>> {
        Ok(self.tenant.select(query))
    }
    async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>> {
        aggregate(self.tenant, query)
    }
    async fn apply(&mut self, batch: Batch) -> Result<()> {
        let applied = self.apply_batch(batch);
        if let Err(error) = &applied {
            self.lost.get_or_insert_with(|| error.clone());
        }
        applied
    }
    async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>> {
        Ok(self.tenant.events(query))
    }

    async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(self.tenant.recorded(ids))
    }
}

/// A tenant as it is while its lock is held for reading.
pub(super) struct Snapshot<'a>(pub(super) &'a Tenant);

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Transaction for Snapshot<'_> {
    fn head(&self) -> Head {
        self.0.head
    }
    async fn load(&mut self, of: &'static RecordDef, by: Key, values: &[Value]) -> Result<Vec<Row>> {
        Ok(self.0.load(of, by, values))
    }
    async fn select(&mut self, query: &Select) -> Result<Vec<Row>> {
        Ok(self.0.select(query))
    }
    async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>> {
        aggregate(self.0, query)
    }
    async fn apply(&mut self, _: Batch) -> Result<()> {
        Err(codes::READ_ONLY.error())
    }
    async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>> {
        Ok(self.0.events(query))
    }

    async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        Ok(self.0.recorded(ids))
    }
}
