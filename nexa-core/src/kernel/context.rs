//! What a command or query has in hand: one transaction, one actor, one moment, and the records it touched.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    collections::{HashMap, HashSet, hash_map},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    access::{Action, Actor},
    attempt::Trail,
    command::Envelope,
    compile::{self, CustomFields, Eyes},
    crm::Parts,
    custom::{self, FieldDefinition},
    error::{Error, Result, codes},
    filter::{Filter, Predicate},
    identity::ByRecord,
    lookup::Lookup,
    record::{Column, ColumnType, ExternalKey, Field, Id, Record, RecordDef, Ref, Row},
    store::{Aggregate, Key, Select, Transaction, Trash},
    value::{Timestamp, Value},
};

/// The inside of one call of the door.
///
/// Records are loaded once and kept; changes are collected and written together with their events when the call ends, or before
/// a query that must see them.
pub struct Context<'a> {
    pub(crate) tx: &'a mut dyn Transaction,
    pub(crate) parts: &'a Parts,
    pub(crate) org: Uuid,
    pub(crate) actor: Actor,
    /// The actor as the ledger writes it.
    pub(crate) acting: String,
    pub(crate) now: Timestamp,
    pub(crate) unit: Uuid,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) envelope: &'a Envelope,
    pub(crate) entries: ByRecord<Entry>,
    pub(crate) touched: Vec<(&'static str, Uuid)>,
    pub(crate) definitions: Option<Arc<[FieldDefinition]>>,
    pub(crate) kept: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    pub(crate) lookup: Lookup,
    pub(crate) trail: Option<Trail>,
}

/// One record of the identity map.
pub(crate) struct Entry {
    pub(crate) of: &'static RecordDef,
    /// As it is stored; `None` when it is new.
    pub(crate) before: Option<Row>,
    /// As it is now; `None` when it is removed.
    pub(crate) now: Option<Row>,
    /// Whether it waits to be written.
    pub(crate) dirty: bool,
}

/// How far forwarding marks of merged records are followed.
const LONGEST_FORWARD: usize = 32;

impl<'a> Context<'a> {
    /// The moment of this call, the same for everything it does.
    pub const fn now(&self) -> Timestamp {
        self.now
    }
    /// Who calls.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
    /// The tenant.
    pub const fn org(&self) -> Uuid {
        self.org
    }
    /// What the caller said around the command.
    pub const fn envelope(&self) -> &Envelope {
        self.envelope
    }
    /// The name of the operation that runs.
    pub fn operation(&self) -> &str {
        &self.operation
    }
    /// A new identifier.
    pub fn new_id<R>(&self) -> Id<R> {
        Id::new(self.parts.ids.id(self.now))
    }
    /// The definition of a kind. Error: `kind.unknown`.
    pub fn kind(&self, kind: &str) -> Result<&'static RecordDef> {
        self.parts.kinds.named(kind)
    }
    /// What a rule read once in this call, such as the tenant's scorecard.
    pub fn kept<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.kept.get(&TypeId::of::<T>()).cloned().and_then(|kept| kept.downcast().ok())
    }
    /// Keeps what a rule read, for the rest of this call.
    pub fn keep_for_call<T: Any + Send + Sync>(&mut self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        self.kept.insert(TypeId::of::<T>(), value.clone());
        value
    }
    pub(crate) fn eyes(&self) -> Eyes<'_> {
        Eyes::Actor(&self.actor, &*self.parts.policy)
    }

    // ── loading ──

    /// A live record that the actor may see; an old id of a merged record finds its survivor. Error: `record.not_found`.
    pub async fn load<R: Record>(&mut self, record: &Ref<R>) -> Result<R> {
        let row = self.visible_row(R::def(), record, false).await?;
        R::from_row(row)
    }

    /// The same, in the trash as well.
    pub async fn load_even_trashed<R: Record>(&mut self, record: &Ref<R>) -> Result<R> {
        let row = self.visible_row(R::def(), record, true).await?;
        R::from_row(row)
    }

    /// A live record by id with the tenant's eyes, for what rules must know. Error: `record.not_found`.
    pub async fn known<R: Record>(&mut self, id: Id<R>) -> Result<R> {
        match self.row(R::def(), id.uuid()).await? {
            Some(row) if row.live(R::def()) => R::from_row(row),
            _ => Err(not_found(R::def(), id)),
        }
    }

    /// A live record with the tenant's eyes, as a command names it; an old id of a merged record finds its survivor.
    /// Error: `record.not_found`.
    pub async fn known_by<R: Record>(&mut self, record: &Ref<R>) -> Result<R> {
        let row = self.named_row(R::def(), record).await?;
        if row.live(R::def()) { R::from_row(row) } else { Err(not_found(R::def(), record)) }
    }

    /// Live records whose key column (unique, or a reference) has this value, with the tenant's eyes.
    pub async fn matching<R: Record, T: Field>(&mut self, column: Column<R, T>, value: &T) -> Result<Vec<R>> {
        let mut values = Vec::with_capacity(T::WIDTH);
        value.write(&mut values);
        self.live_by(column.name(), values.into_iter().next().unwrap_or(Value::Null)).await
    }

    /// Live records whose unique folded column has this text, whatever the case, with the tenant's eyes.
    pub async fn matching_folded<R: Record, T>(&mut self, column: Column<R, T>, text: &str) -> Result<Vec<R>> {
        let path = format!("{}.folded", column.name());
        self.live_by(&path, Value::Text(super::search::fold(text))).await
    }

    /// Live records by the value of one column that an index of the kind begins with, with the tenant's eyes.
    pub(crate) async fn live_by<R: Record>(&mut self, path: &str, value: Value) -> Result<Vec<R>> {
        let def = R::def();
        let column = def.column(path).ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", path))?;
        let rows = self.rows_by(def, column, value).await?;
        rows.into_iter().filter(|row| row.live(def)).map(R::from_row).collect()
    }

    /// Rows by the value of a column, pending changes included, in the order of their ids.
    pub(crate) async fn rows_by(&mut self, def: &'static RecordDef, column: usize, value: Value) -> Result<Vec<Row>> {
        let ids = self.ids_by(def, column, &value).await?;
        Ok(ids.into_iter().filter_map(|id| self.current(def, id).cloned()).collect())
    }

    /// The ids of these rows.
    pub(crate) async fn ids_by(&mut self, def: &'static RecordDef, column: usize, value: &Value) -> Result<Vec<Uuid>> {
        if !self.lookup.asked(def, column, value) {
            self.preload_by(def, column, vec![value.clone()]).await?;
        }
        let known = self.lookup.by_value(def, column, value).iter().copied();
        let mut ids: Vec<Uuid> =
            known.filter(|id| self.current(def, *id).is_some_and(|row| row.get(column) == value)).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Asks the storage once for many values of a column; those that nobody has are known to be absent from then on.
    pub(crate) async fn preload_by(
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

    /// The same for external keys.
    pub(crate) async fn preload_keys(&mut self, def: &'static RecordDef, mut keys: Vec<ExternalKey>) -> Result<()> {
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

    pub(crate) async fn visible_row<R>(
        &mut self,
        def: &'static RecordDef,
        record: &Ref<R>,
        trashed: bool,
    ) -> Result<Row> {
        let row = self.named_row(def, record).await?;
        if (!trashed && !row.live(def)) || !self.allows(def, &row, Action::Read).await? {
            return Err(not_found(def, record));
        }
        Ok(row)
    }

    /// The row that a command names, or its survivor; no access is asked.
    async fn named_row<R>(&mut self, def: &'static RecordDef, record: &Ref<R>) -> Result<Row> {
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
            self.preload_keys(def, vec![key.clone()]).await?;
        }
        let holds =
            |row: &Row| row.live(def) && row.external_keys(def).iter().any(|(s, k)| *s == key.system && *k == key.key);
        let known = self.lookup.by_key(def, key).iter().copied();
        Ok(known.into_iter().find(|id| self.current(def, *id).is_some_and(holds)))
    }

    /// A row as it is now, when this call knows it.
    pub(crate) fn current(&self, def: &'static RecordDef, id: Uuid) -> Option<&Row> {
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
        let row = rows.into_iter().next();
        if let Some(row) = &row {
            self.keep(def, row.clone());
        }
        Ok(row)
    }

    /// Remembers a stored row, unless a newer state is known.
    pub(crate) fn keep(&mut self, def: &'static RecordDef, row: Row) {
        if let hash_map::Entry::Vacant(place) = self.entries.entry((def.kind, row.id(def))) {
            self.lookup.note(def, &row);
            place.insert(Entry { of: def, now: Some(row.clone()), before: Some(row), dirty: false });
        }
    }

    // ── access ──

    /// Whether the policy lets the actor do this with this row.
    pub(crate) async fn allows(&mut self, def: &'static RecordDef, row: &Row, action: Action) -> Result<bool> {
        let fields = CustomFields::kept(&[]);
        let predicate = compile::rows(&self.parts.kinds, def, self.eyes(), action, fields)?;
        if predicate.is_always() {
            return Ok(true);
        }
        let related = self.related(&predicate, row).await?;
        let held = predicate.holds(row, &|of, id| related.get(&(of.kind, id)).cloned());
        Ok(held == Some(true))
    }

    /// The live rows that a predicate looks at through relations of this row.
    async fn related(&mut self, predicate: &Predicate, row: &Row) -> Result<HashMap<(&'static str, Uuid), Row>> {
        let mut found = HashMap::new();
        let mut waiting: Vec<(Predicate, Row)> = vec![(predicate.clone(), row.clone())];
        while let Some((predicate, row)) = waiting.pop() {
            match predicate {
                Predicate::And(all) | Predicate::Or(all) => {
                    waiting.extend(all.into_iter().map(|one| (one, row.clone())));
                }
                Predicate::Not(one) => waiting.push((*one, row)),
                Predicate::Through(column, of, inner) => {
                    let Value::Uuid(id) = row.get(column) else { continue };
                    if let Some(parent) = self.row(of, *id).await?.filter(|parent| parent.live(of)) {
                        waiting.push((*inner, parent.clone()));
                        found.insert((of.kind, *id), parent);
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Refuses what the policy does not allow with this row. Error: `access.denied`.
    pub(crate) async fn authorize(&mut self, def: &'static RecordDef, row: &Row, action: Action) -> Result<()> {
        if self.allows(def, row, action).await? { Ok(()) } else { Err(denied(def, action)) }
    }

    /// Refuses what the policy does not allow with any record of the kind. Error: `access.denied`.
    pub fn authorize_kind(&self, def: &'static RecordDef, action: Action) -> Result<()> {
        if self.parts.policy.access(&self.actor, def, action).is_none() { Err(denied(def, action)) } else { Ok(()) }
    }

    // ── changing ──

    /// Adds a record that the actor makes. A nil id becomes a new one. Errors: `access.denied`, `field.required`, `id.taken`.
    pub async fn insert<R: Record>(&mut self, record: R) -> Result<R> {
        self.authorize_kind(R::def(), Action::Create)?;
        self.insert_by_rule(record).await
    }

    /// Adds a record that a rule makes, whatever the actor may do.
    pub async fn insert_by_rule<R: Record>(&mut self, mut record: R) -> Result<R> {
        let def = R::def();
        let id = if record.id().uuid().is_nil() { self.new_id() } else { record.id() };
        record.stamp(id, 1, self.now, self.now);
        let row = record.to_row();
        well_formed(def, &row)?;
        self.check_custom(def, &row).await?;
        let key = (def.kind, id.uuid());
        let place = match self.entries.entry(key) {
            hash_map::Entry::Occupied(place) if place.get().now.is_some() => return Err(codes::ID_TAKEN.with("id", id)),
            place => place,
        };
        if let Some(trail) = &mut self.trail {
            trail.note(
                key,
                match &place {
                    hash_map::Entry::Occupied(place) => Some(place.get()),
                    hash_map::Entry::Vacant(_) => None,
                },
            );
        }
        self.lookup.note(def, &row);
        place.insert_entry(Entry { of: def, before: None, now: Some(row), dirty: true });
        self.touched.push(key);
        Ok(record)
    }

    /// Keeps the new state of a record that was loaded in this call.
    pub async fn save<R: Record>(&mut self, record: R) -> Result<R> {
        let row = self.save_row(R::def(), record.to_row()).await?;
        let mut record = record;
        if let (Some(version), Value::Time(updated_at)) =
            (row.get(R::def().version).as_int(), row.get(R::def().updated_at))
        {
            record.stamp(record.id(), version, record.created_at(), *updated_at);
        }
        Ok(record)
    }

    /// The same for a row of any kind; answers it with its version and time.
    pub(crate) async fn save_row(&mut self, def: &'static RecordDef, mut row: Row) -> Result<Row> {
        let key = (def.kind, row.id(def));
        let Some(entry) = self.entries.get(&key) else { return Err(not_found(def, key.1)) };
        let custom_changed = match &entry.before {
            None => true,
            Some(before) if !super::ledger::differs(def, before, &row) => {
                let unchanged = before.clone();
                self.put(key, unchanged.clone(), false);
                return Ok(unchanged);
            }
            Some(before) => {
                row.set(def.version, Value::Int(before.get(def.version).as_int().unwrap_or_default() + 1));
                row.set(def.updated_at, Value::Time(self.now));
                def.custom.is_some_and(|column| before.get(column) != row.get(column))
            }
        };
        well_formed(def, &row)?;
        if custom_changed {
            self.check_custom(def, &row).await?;
        }
        self.put(key, row.clone(), true);
        Ok(row)
    }

    fn put(&mut self, key: (&'static str, Uuid), row: Row, dirty: bool) {
        self.trace(key);
        if let Some(entry) = self.entries.get_mut(&key) {
            self.lookup.note(entry.of, &row);
            entry.now = Some(row);
            if dirty && !entry.dirty {
                self.touched.push(key);
            }
            // A new record stays to be written whatever is taken back.
            entry.dirty = dirty || entry.before.is_none();
        }
    }

    /// Loads a record with the actor's eyes, authorizes the change, makes it and keeps it.
    pub async fn change<R: Record>(
        &mut self,
        record: &Ref<R>,
        change: impl FnOnce(&mut R, Timestamp) -> Result<()>,
    ) -> Result<R> {
        let row = self.visible_row(R::def(), record, false).await?;
        self.authorize(R::def(), &row, Action::Update).await?;
        let mut record = R::from_row(row)?;
        change(&mut record, self.now)?;
        self.save(record).await
    }

    // ── querying ──

    /// Live records by filter with the tenant's eyes, for what rules must know. Pending changes are written first.
    pub async fn all<R: Record>(&mut self, filter: &Filter, sort: &[&str], limit: usize) -> Result<Vec<R>> {
        let def = R::def();
        let names: Vec<String> = sort.iter().map(|name| (*name).to_owned()).collect();
        let query = Select {
            filter: self.tenants_filter(def, filter).await?,
            sort: compile::sort(def, &names, &[])?,
            ..Select::all(def, limit)
        };
        self.rows(&query).await?.into_iter().map(R::from_row).collect()
    }

    /// Live records by filter with the actor's eyes; hidden fields are empty.
    pub async fn visible<R: Record>(&mut self, filter: &Filter, sort: &[&str], limit: usize) -> Result<Vec<R>> {
        let def = R::def();
        let names: Vec<String> = sort.iter().map(|name| (*name).to_owned()).collect();
        let hidden = self.hidden(def);
        let query = Select {
            filter: self.visible_filter(def, filter).await?,
            sort: compile::sort(def, &names, &hidden)?,
            ..Select::all(def, limit)
        };
        let rows = self.rows(&query).await?;
        rows.into_iter().map(|row| R::from_row(conceal(def, row, &hidden))).collect()
    }

    /// The fields of a kind that do not exist for the actor.
    pub(crate) fn hidden(&self, def: &'static RecordDef) -> Vec<&'static str> {
        self.parts.policy.access(&self.actor, def, Action::Read).hidden
    }

    /// A filter with the actor's eyes. Errors: `filter.invalid`, `field.unknown`.
    pub(crate) async fn asked_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<Predicate> {
        let definitions = self.definitions_for(filter).await?;
        compile::filter(&self.parts.kinds, def, filter, self.eyes(), CustomFields::asked(&definitions))
    }

    /// The same, and what the actor may see.
    pub(crate) async fn visible_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<Predicate> {
        let own = self.visible_rows(def).await?;
        Ok(self.asked_filter(def, filter).await?.and(own))
    }

    /// What the actor may see.
    async fn visible_rows(&mut self, def: &'static RecordDef) -> Result<Predicate> {
        let definitions = self.definitions_for(&self.eyes().access(def, Action::Read).rows).await?;
        compile::rows(&self.parts.kinds, def, self.eyes(), Action::Read, CustomFields::kept(&definitions))
    }

    /// A filter with the tenant's eyes. Errors: `filter.invalid`, `field.unknown`.
    pub(crate) async fn tenants_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<Predicate> {
        let definitions = self.definitions_for(filter).await?;
        compile::filter(&self.parts.kinds, def, filter, Eyes::Tenant, CustomFields::asked(&definitions))
    }

    /// A filter that was checked when it was kept as data, with the tenant's eyes; a custom field that was removed since has no
    /// values. Errors: `filter.invalid`, `field.unknown`.
    pub(crate) async fn kept_filter(&mut self, def: &'static RecordDef, filter: &Filter) -> Result<Predicate> {
        let definitions = self.definitions_for(filter).await?;
        compile::filter(&self.parts.kinds, def, filter, Eyes::Tenant, CustomFields::kept(&definitions))
    }

    pub(crate) async fn rows(&mut self, query: &Select) -> Result<Vec<Row>> {
        self.flush_for(query.of, &query.filter).await?;
        let rows = self.tx.select(query).await?;
        for row in &rows {
            self.keep(query.of, row.clone());
        }
        Ok(rows)
    }

    /// Writes what is pending when a query could see it.
    async fn flush_for(&mut self, of: &'static RecordDef, filter: &Predicate) -> Result<()> {
        let seen = self.touched.iter().any(|(kind, _)| *kind == of.kind || filter.looks_at(kind));
        if seen { self.flush().await } else { Ok(()) }
    }

    /// Groups and measures with the actor's eyes.
    pub(crate) async fn groups(&mut self, mut query: Aggregate) -> Result<Vec<Row>> {
        query.filter = query.filter.and(self.visible_rows(query.of).await?);
        self.flush_for(query.of, &query.filter).await?;
        query.trash = Trash::Live;
        self.tx.aggregate(&query).await
    }

    /// The tenant's definitions of custom fields, of all kinds.
    pub(crate) async fn definitions(&mut self) -> Result<Arc<[FieldDefinition]>> {
        if let Some(known) = &self.definitions {
            return Ok(Arc::clone(known));
        }
        let rows = self.tx.select(&Select::all(FieldDefinition::def(), custom::MOST_FIELDS)).await?;
        let found: Arc<[FieldDefinition]> = rows.into_iter().map(FieldDefinition::from_row).collect::<Result<_>>()?;
        self.definitions = Some(Arc::clone(&found));
        Ok(found)
    }

    /// The same when the filter names a custom field, else none.
    async fn definitions_for(&mut self, filter: &Filter) -> Result<Arc<[FieldDefinition]>> {
        if filter.names_custom() { self.definitions().await } else { Ok(Arc::default()) }
    }

    /// Writes what is pending by the definitions as they were, and from here on goes by the new ones.
    pub(crate) async fn definitions_changed(&mut self) -> Result<()> {
        self.flush().await?;
        self.definitions = None;
        Ok(())
    }

    async fn check_custom(&mut self, def: &'static RecordDef, row: &Row) -> Result<()> {
        let Some(Value::Json(text)) = def.custom.map(|column| row.get(column)) else { return Ok(()) };
        let values: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
        let definitions = self.definitions().await?;
        values.iter().try_for_each(|(name, value)| custom::checked(&definitions, def.kind, name, value).map(|_| ()))
    }
}

/// The row without the hidden fields.
pub(crate) fn conceal(def: &RecordDef, mut row: Row, hidden: &[&'static str]) -> Row {
    if !hidden.is_empty() {
        for column in 0..def.columns.len() {
            if compile::is_hidden(def, column, hidden) {
                row.set(column, Value::Null);
            }
        }
    }
    row
}

/// The error of a record that is not there for the actor.
pub(crate) fn not_found(def: &RecordDef, id: impl std::fmt::Display) -> Error {
    codes::NOT_FOUND.with("kind", def.kind).with("id", id.to_string())
}

pub(crate) fn denied(def: &RecordDef, action: Action) -> Error {
    codes::DENIED.with("action", action.as_str()).with("kind", def.kind)
}

/// The longest text or document that a record holds, in bytes: 1 MiB.
const LONGEST_VALUE: usize = 1 << 20;

/// A text that must be there is not empty, a reference that must be there is not nil, nothing is too long, and every
/// value is one that all storages keep.
fn well_formed(def: &RecordDef, row: &Row) -> Result<()> {
    for (index, column) in def.columns.iter().enumerate() {
        if let Some(problem) = row.get(index).unfit() {
            return Err(codes::FIELD_INVALID.with("field", &column.path).with("problem", problem));
        }
        if let Value::Text(text) | Value::Json(text) = row.get(index)
            && text.len() > LONGEST_VALUE
            && def.ledger
        {
            return Err(codes::FIELD_INVALID.with("field", &column.path).with("problem", "give at most 1 MiB"));
        }
        let missing = !column.nullable
            && column.derived.is_none()
            && match (column.kind, row.get(index)) {
                (ColumnType::Text, Value::Text(text)) => text.is_empty(),
                (ColumnType::Reference(_), Value::Uuid(id)) => id.is_nil(),
                _ => false,
            };
        if missing {
            return Err(codes::FIELD_REQUIRED.with("field", &column.path));
        }
    }
    Ok(())
}
