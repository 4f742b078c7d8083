//! Records by identifier, key or value, each loaded once in a call.

use std::collections::{HashSet, hash_map};

use uuid::Uuid;

use super::{Context, Entry, not_found};
use crate::{
    access::Action,
    error::{Result, codes},
    normal,
    record::{Column, ExternalKey, Field, Id, Record, RecordDef, Ref, Row},
    store::{Key, Prefetch},
    value::Value,
};

/// How far forwarding marks of merged records are followed.
pub(crate) const LONGEST_FORWARD: usize = 32;

impl Context<'_> {
    /// Announces to the storage which loads will probably come, so that one far away makes them at once.
    pub async fn prefetch(&mut self, loads: Vec<Prefetch>) -> Result<()> {
        self.tx.prefetch(loads).await
    }

    /// A live record that the actor may see; an old id of a merged record finds its survivor. Errors: `record.not_found`,
    /// `record.trashed`.
    pub async fn load<R: Record>(&mut self, record: &Ref<R>) -> Result<R> {
        let row = self.visible_row(R::def(), &record.untyped(), false).await?;
        R::from_row(row)
    }

    /// The same, in the trash as well.
    pub async fn load_even_trashed<R: Record>(&mut self, record: &Ref<R>) -> Result<R> {
        let row = self.visible_row(R::def(), &record.untyped(), true).await?;
        R::from_row(row)
    }

    /// A live record by id in the unrestricted scope, for what rules must know. Error: `record.not_found`.
    pub(crate) async fn known<R: Record>(&mut self, id: Id<R>) -> Result<R> {
        match self.row(R::def(), id.uuid()).await? {
            Some(row) if row.live(R::def()) => R::from_row(row),
            _ => Err(not_found(R::def(), id)),
        }
    }

    /// A live record in the unrestricted scope, as a command names it; an old id of a merged record finds its survivor.
    /// Error: `record.not_found`.
    pub(crate) async fn known_row(&mut self, def: &'static RecordDef, record: &Ref<()>) -> Result<Row> {
        let row = self.named_row(def, record).await?;
        if row.live(def) { Ok(row) } else { Err(not_found(def, record)) }
    }

    /// Live records whose key column (unique, or a reference) has this value, in the unrestricted scope.
    pub(crate) async fn matching<R: Record, T: Field>(&mut self, column: Column<R, T>, value: &T) -> Result<Vec<R>> {
        let mut values = Vec::with_capacity(T::WIDTH);
        value.write(&mut values);
        self.live_by(column.name(), values.into_iter().next().unwrap_or(Value::Null)).await
    }

    /// Live records whose unique folded column has this text, or one that reads the same, in the unrestricted scope.
    pub(crate) async fn matching_folded<R: Record, T>(&mut self, column: Column<R, T>, text: &str) -> Result<Vec<R>> {
        let path = format!("{}.folded", column.name());
        self.live_by(&path, Value::Text(normal::fold(text))).await
    }

    /// Live records by the value of one column that an index of the kind begins with, in the unrestricted scope.
    pub async fn live_by<R: Record>(&mut self, path: &str, value: Value) -> Result<Vec<R>> {
        let def = R::def();
        let column = def.column(path).ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", path))?;
        let rows = self.rows_by(def, column, value).await?;
        rows.into_iter().filter(|row| row.live(def)).map(R::from_row).collect()
    }

    /// The live record that is known under a mail address, its main one or another, with the tenant's access.
    pub(crate) async fn known_by_email<R: Record>(&mut self, email: &str) -> Result<Option<R>> {
        let def = R::def();
        let rows = self.rows_by(def, def.by_email(), Value::Text(email.to_owned())).await?;
        rows.into_iter().next().map(R::from_row).transpose()
    }

    /// Rows by the value of a column, pending changes included, in the order of their ids.
    pub(crate) async fn rows_by(&mut self, def: &'static RecordDef, column: usize, value: Value) -> Result<Vec<Row>> {
        let ids = self.ids_by(def, column, &value).await?;
        Ok(ids.into_iter().filter_map(|id| self.current(def, id).cloned()).collect())
    }

    /// The ids of these rows.
    pub(crate) async fn ids_by(&mut self, def: &'static RecordDef, column: usize, value: &Value) -> Result<Vec<Uuid>> {
        if !self.lookup.asked(def, column, value) {
            self.look_up_values(def, column, vec![value.clone()]).await?;
        }
        let known = self.lookup.by_value(def, column, value).iter().copied();
        let mut ids: Vec<Uuid> =
            known.filter(|id| self.current(def, *id).is_some_and(|row| row.found_by(def, column, value))).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Reads the rows that have one of these values in a key column, all with one question to the storage, in the unrestricted
    /// scope. A later look at one of these values asks the storage nothing, also where no row has it.
    pub async fn look_up_values(
        &mut self,
        def: &'static RecordDef,
        column: usize,
        mut values: Vec<Value>,
    ) -> Result<()> {
        let known = self.entries.values().filter(|entry| entry.of.kind == def.kind);
        self.lookup.with_column(def, column, known.filter_map(|entry| entry.now.as_ref()));
        if values.len() > 1 {
            let mut seen = HashSet::with_capacity(values.len());
            values.retain(|value| seen.insert(value.clone()));
        }
        values.retain(|value| !value.is_null() && !self.lookup.asked(def, column, value));
        if values.is_empty() {
            return Ok(());
        }
        for row in self.tx.load(def, Key::Column(column), &values).await? {
            self.keep(def, row);
        }
        self.lookup.ask(def, column, values);
        Ok(())
    }

    /// Reads the rows that external keys name, all with one question to the storage, in the unrestricted scope. A later look at
    /// one of these keys asks the storage nothing, also where no row has it.
    pub async fn look_up_keys(&mut self, def: &'static RecordDef, mut keys: Vec<ExternalKey>) -> Result<()> {
        let known = self.entries.values().filter(|entry| entry.of.kind == def.kind);
        self.lookup.with_keys(def, known.filter_map(|entry| entry.now.as_ref()));
        let mut seen = HashSet::with_capacity(keys.len());
        keys.retain(|key| !self.lookup.asked_key(def, key) && seen.insert(key.clone()));
        if keys.is_empty() {
            return Ok(());
        }
        let pair = |key: &ExternalKey| [Value::Text(key.system.clone()), Value::Text(key.key.clone())];
        let values: Vec<Value> = keys.iter().flat_map(pair).collect();
        for row in self.tx.load(def, Key::External, &values).await? {
            self.keep(def, row);
        }
        self.lookup.ask_keys(def, keys);
        Ok(())
    }

    /// The row of a record that the actor may see, in the trash as well when `trashed`. Errors: `record.not_found`,
    /// `record.trashed`.
    pub async fn visible_row(&mut self, def: &'static RecordDef, record: &Ref<()>, trashed: bool) -> Result<Row> {
        let row = self.named_row(def, record).await?;
        if !self.allows(def, &row, Action::Read).await? {
            return Err(not_found(def, record));
        }
        if !trashed && !row.live(def) {
            return Err(codes::TRASHED.with("kind", def.kind).with("id", row.id(def)));
        }
        Ok(row)
    }

    /// The row that a command names, or its survivor; no access is asked.
    async fn named_row(&mut self, def: &'static RecordDef, record: &Ref<()>) -> Result<Row> {
        let missing = || not_found(def, record);
        let mut id = match record {
            Ref::Id(id) => id.uuid(),
            Ref::External(key) => self.by_external_key(def, &key.system, &key.key).await?.ok_or_else(missing)?,
        };
        for _ in 0..LONGEST_FORWARD {
            let Some(row) = self.row(def, id).await? else { return Err(missing()) };
            let Some(survivor) = def.merged_into.and_then(|column| row.get(column).as_uuid()) else { return Ok(row) };
            id = survivor;
        }
        Err(missing())
    }

    pub(crate) async fn by_external_key(
        &mut self,
        def: &'static RecordDef,
        system: &str,
        key: &str,
    ) -> Result<Option<Uuid>> {
        self.holder_of_key(def, &ExternalKey { system: system.to_owned(), key: key.to_owned() }).await
    }

    /// The live row that an external key names, pending changes included.
    pub(crate) async fn holder_of_key(&mut self, def: &'static RecordDef, key: &ExternalKey) -> Result<Option<Uuid>> {
        if !self.lookup.asked_key(def, key) {
            self.look_up_keys(def, vec![key.clone()]).await?;
        }
        let holds =
            |row: &Row| row.live(def) && row.external_keys(def).iter().any(|(s, k)| *s == key.system && *k == key.key);
        let known = self.lookup.by_key(def, key).iter().copied();
        Ok(known.into_iter().find(|id| self.current(def, *id).is_some_and(holds)))
    }

    /// A row as it is now, when this call knows it.
    pub fn current(&self, def: &'static RecordDef, id: Uuid) -> Option<&Row> {
        self.entries.get(&(def.kind, id)).and_then(|entry| entry.now.as_ref())
    }

    /// A row by id as of now, or none; no access is asked.
    pub(crate) async fn row(&mut self, def: &'static RecordDef, id: Uuid) -> Result<Option<Row>> {
        if let Some(entry) = self.entries.get(&(def.kind, id)) {
            return Ok(entry.now.clone());
        }
        if self.lookup.asked(def, def.id, &Value::Uuid(id)) {
            return Ok(None);
        }
        let rows = self.tx.load(def, Key::Column(def.id), &[Value::Uuid(id)]).await?;
        if let Some(row) = rows.into_iter().next() {
            self.keep(def, row);
        }
        Ok(self.current(def, id).cloned())
    }

    /// Remembers a stored row as it reads by now, unless a newer state is known.
    pub(crate) fn keep(&mut self, def: &'static RecordDef, row: Row) {
        if let hash_map::Entry::Vacant(place) = self.entries.entry((def.kind, row.id(def))) {
            self.lookup.note(def, &row);
            let now = def.as_of(row.clone(), self.now);
            place.insert(Entry { of: def, now: Some(now), before: Some(row), dirty: false });
        }
    }
}
