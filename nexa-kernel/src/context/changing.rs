//! Records on their way to the storage.

use std::collections::hash_map;

use uuid::Uuid;

use super::{Context, Entry, FOUNDING, behaviour::Maintain, not_found};
use crate::{
    access::Action,
    error::{Result, codes},
    ledger,
    record::{ColumnType, Content, Record, RecordDef, Ref, Row},
    value::{Amount, Timestamp, Value},
};

impl Context<'_> {
    /// Adds a record that the actor makes. A nil id becomes a new one; any other is one that nothing ever had. Errors: `access.denied`, `field.required`, `id.taken`.
    pub async fn insert<R: Record>(&mut self, record: R) -> Result<R> {
        self.authorize_kind(R::def(), Action::Create)?;
        self.insert_by_rule(record).await
    }

    /// Adds a record that a rule makes, whatever the actor may do. Error: `id.taken`.
    pub(crate) async fn insert_by_rule<R: Record>(&mut self, mut record: R) -> Result<R> {
        let id = match record.id().uuid() {
            id if id.is_nil() => self.new_id(),
            id => {
                // The tenant itself is the first thing that is there.
                if self.operation != FOUNDING {
                    self.must_be_free(id).await?;
                }
                record.id()
            }
        };
        record.stamp(id, 1, self.now, self.now);
        self.insert_row(R::def(), record.to_row()).await?;
        match self.maintains(R::def()).and_then(|_| self.current(R::def(), record.id().uuid())) {
            Some(row) => R::from_row(row.clone()),
            None => Ok(record),
        }
    }

    fn maintains(&self, def: &RecordDef) -> Option<Maintain> {
        self.environment.behaviours.get(def.kind)?.entity?.maintain
    }

    /// Adds a row of any kind, for operations that kinds have in common. The row is complete, with an id that nothing ever had, its
    /// version and its times; whether the actor may create it is the caller's to ask. Errors: `field.invalid`, `field.required`,
    /// `id.taken`, the codes of custom fields.
    pub async fn insert_row(&mut self, def: &'static RecordDef, mut row: Row) -> Result<()> {
        if let Some(maintain) = self.maintains(def) {
            row = maintain(self, row, None).await?;
        }
        well_formed(def, &row, None)?;
        self.check_custom(def, &row).await?;
        let id = row.id(def);
        let key = (def.kind, id);
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
        self.forget(def.kind);
        Ok(())
    }

    /// Keeps the new state of a record that was loaded in this call.
    pub async fn save<R: Record>(&mut self, record: R) -> Result<R> {
        let row = self.save_row(R::def(), record.to_row()).await?;
        if self.maintains(R::def()).is_some() {
            return R::from_row(row);
        }
        let mut record = record;
        if let (Some(version), Value::Time(updated_at)) =
            (row.get(R::def().version).as_int(), row.get(R::def().updated_at))
        {
            record.stamp(record.id(), version, record.created_at(), *updated_at);
        }
        Ok(record)
    }

    /// Keeps the new state of a row of any kind that was loaded in this call, and returns it with its new version and time; a row
    /// that is as it was keeps both. Whether the actor may change it is the caller's to ask. Errors: `record.not_found` for a row
    /// that was not loaded, `field.invalid`, `field.required`, the codes of custom fields.
    pub async fn save_row(&mut self, def: &'static RecordDef, mut row: Row) -> Result<Row> {
        let key = (def.kind, row.id(def));
        let Some(entry) = self.entries.get(&key) else { return Err(not_found(def, key.1)) };
        let before = entry.before.clone();
        if let Some(maintain) = self.maintains(def) {
            row = maintain(self, row, before.clone()).await?;
        }
        let custom_changed = match &before {
            None => true,
            Some(before) if !ledger::differs(def, before, &row) => {
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
        well_formed(def, &row, before.as_ref())?;
        if custom_changed {
            self.check_custom(def, &row).await?;
        }
        self.put(key, row.clone(), true);
        Ok(row)
    }

    /// Dates a row of the bookkeeping, which has no history, as of now.
    pub(crate) fn date_again(&mut self, def: &'static RecordDef, mut row: Row) {
        row.set(def.version, Value::Int(row.get(def.version).as_int().unwrap_or_default() + 1));
        row.set(def.created_at, Value::Time(self.now));
        row.set(def.updated_at, Value::Time(self.now));
        self.put((def.kind, row.id(def)), row, true);
    }

    fn put(&mut self, key: (&'static str, Uuid), row: Row, dirty: bool) {
        self.trace(key);
        self.forget(key.0);
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

    /// Loads a record in the actor's scope, authorizes the change, makes it and keeps it.
    pub async fn change<R: Record>(
        &mut self,
        record: &Ref<R>,
        change: impl FnOnce(&mut R, Timestamp) -> Result<()>,
    ) -> Result<R> {
        let row = self.visible_row(R::def(), &record.untyped(), false).await?;
        self.authorize(R::def(), &row, Action::Update).await?;
        let mut record = R::from_row(row)?;
        change(&mut record, self.now)?;
        self.save(record).await
    }

    /// Removes a record for good; its last state stays in the ledger.
    pub async fn remove<R: Record>(&mut self, record: &R) -> Result<()> {
        self.remove_row(R::def(), record.id().uuid());
        Ok(())
    }

    /// The same for a row of any kind.
    pub(crate) fn remove_row(&mut self, of: &'static RecordDef, id: Uuid) {
        let key = (of.kind, id);
        self.trace(key);
        self.forget(of.kind);
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.now = None;
            if !entry.dirty {
                entry.dirty = true;
                self.touched.push(key);
            }
        }
    }
}

/// The longest text or document that a record holds, in bytes: 1 MiB.
const LONGEST_VALUE: usize = 1 << 20;

/// A text that must be there is not empty, a reference that must be there is not nil, nothing is too long, every value is one
/// that all storages keep, and a new amount of money has no more places than its currency.
fn well_formed(def: &RecordDef, row: &Row, before: Option<&Row>) -> Result<()> {
    for (amount, currency) in &def.money {
        let same =
            |before: &Row| before.get(*amount) == row.get(*amount) && before.get(*currency) == row.get(*currency);
        let of_one = def.columns.get(*amount).is_some_and(|column| column.content == Content::UnitPrice);
        if !of_one
            && !before.is_some_and(same)
            && let (Value::Amount(given), Value::Text(code)) = (row.get(*amount), row.get(*currency))
            && let Some(problem) = too_many_places(*given, code)
        {
            let path = def.columns.get(*amount).map_or("amount", |column| column.path.as_str());
            let field = path.strip_suffix(".amount").unwrap_or(path);
            return Err(codes::FIELD_INVALID.with("field", field).with("problem", problem));
        }
    }
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

/// What is wrong with an amount that has more places than its currency.
fn too_many_places(amount: Amount, currency: &str) -> Option<String> {
    // What has no minor unit, such as gold, has all the places that an amount has.
    let places = u32::from(iso_currency::Currency::from_code(currency)?.exponent()?);
    let unit = 10_i64.pow(4_u32.saturating_sub(places));
    (amount.ten_thousandths() % unit != 0).then(|| match places {
        0 => format!("an amount in {currency} has no decimal places; round it"),
        places => format!("an amount in {currency} has at most {places} decimal places; round it"),
    })
}
