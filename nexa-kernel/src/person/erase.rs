//! Emptying a record, and what its history said.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    Key, Person,
    events::{PAGE, is_personal, ranges},
};
use crate::{
    context::Context,
    error::Result,
    index,
    ledger::{Event, EventQuery, emptying},
    personal::{Held, emptied, is_personal as is_personal_field, personal_fields},
    record::{RecordDef, Row},
    store::{Batch, Change, Key as By},
    value::Value,
};

/// What an erasure came to.
#[derive(Clone, Default)]
pub struct Sum {
    /// The records that hold nothing of the person any more.
    pub records: Vec<(&'static str, Uuid)>,
    /// How many events lost what they said.
    pub events: u64,
    /// How many answers were forgotten.
    pub answers: u64,
    pub(super) digest: Sha256,
}

impl Sum {
    /// A hash of the hashes of all that was taken out of the history, in hexadecimal: it proves what was erased, and says nothing of it.
    pub fn digest(&self) -> String {
        self.digest.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The tenant's fields of a kind, as an erasure sees them.
struct OwnFields {
    /// The names of those that are not personal.
    plain: BTreeSet<String>,
    /// Whether any is personal.
    personal: bool,
    /// The names of those that the index of values has.
    indexed: Vec<String>,
}

impl Context<'_> {
    /// Empties the personal fields of a person's records, also of those that were purged since, and blanks what history said of them; all but
    /// `held`. Whoever asks has to be allowed to.
    pub async fn erase_person(&mut self, person: &Person, held: &BTreeSet<(&'static str, Uuid)>) -> Result<Sum> {
        self.flush().await?;
        let mut sum = Sum::default();
        let purged = self.comb_ledger(person, held, &mut sum).await?;
        for (def, id) in person.records().chain(purged) {
            if !held.contains(&(def.kind, id)) {
                self.erase_record(def, id, &mut sum).await?;
            }
        }
        if !sum.records.is_empty() {
            self.forget_answers(person, &mut sum).await?;
        }
        Ok(sum)
    }

    async fn erase_record(&mut self, def: &'static RecordDef, id: Uuid, sum: &mut Sum) -> Result<()> {
        let own = self.own_fields(def).await?;
        if !def.person && personal_fields(def).next().is_none() && !own.personal {
            return Ok(());
        }
        let key = (def.kind, id);
        let until = self.tx.head().seq;
        let row = self.tx.load(def, By::Column(def.id), &[Value::Uuid(id)]).await?.into_iter().next();
        let mut query = EventQuery { limit: PAGE, records: Some(vec![key]), ..EventQuery::default() };
        let (mut last, before) = (Vec::new(), sum.events);
        loop {
            let events = self.tx.events(&query).await?;
            let (end, more) = (events.last().map_or(until, |event| event.seq), events.len() == PAGE);
            let personal: Vec<Event> =
                events.into_iter().filter(|event| event.seq <= until && is_personal(def, event, &own.plain)).collect();
            // The last page goes with the row, in one event.
            self.blank(key, &std::mem::replace(&mut last, personal), sum).await?;
            if !more || end >= until {
                break;
            }
            query.after = end;
        }
        let emptied = match row {
            Some(row) => self.emptied_row(def, &row, &own).map(|after| (row, after)),
            None => None,
        };
        match emptied {
            None => self.blank(key, &last, sum).await?,
            Some((before, after)) => {
                let (add, remove) = index::changes(def, Some(&before), Some(&after), &own.indexed);
                let erased = sum.note(&last);
                let mut fields: Vec<&str> = personal_fields(def)
                    .flat_map(|field| def.columns.iter().skip(field.first).take(field.count))
                    .map(|column| column.path.as_str())
                    .collect();
                fields.extend(def.custom.and_then(|column| def.columns.get(column)).map(|column| column.path.as_str()));
                let said = self.event_of_erasure(def.kind, id, emptying(&ranges(&erased), &fields));
                let change = Change { of: def, before: Some(before), after: Some(after), add, remove };
                self.tx.apply(Batch { changes: vec![change], events: vec![said], erased }).await?;
                self.entries.remove(&key);
                self.forget(def.kind);
                sum.records.push(key);
                return Ok(());
            }
        }
        if sum.events > before {
            sum.records.push(key);
        }
        Ok(())
    }

    /// The row without what is personal; `None` where it holds nothing of the person.
    fn emptied_row(&self, def: &'static RecordDef, row: &Row, own: &OwnFields) -> Option<Row> {
        let id = row.id(def);
        let mut after = row.clone();
        for field in personal_fields(def) {
            for (offset, value) in emptied(def, field, id).unwrap_or_default().into_iter().enumerate() {
                after.set(field.first + offset, value);
            }
        }
        let whole = def.fields.iter().any(|field| Some(field.first) == def.custom && is_personal_field(def, field));
        if let Some(column) = def.custom.filter(|_| !whole)
            && let Value::Json(text) = row.get(column)
        {
            let mut custom: Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
            let count = custom.len();
            custom.retain(|name, _| own.plain.contains(name));
            if custom.is_empty() {
                after.set(column, Value::Null);
            } else if custom.len() < count {
                after.set(column, Value::Json(Json::Object(custom).to_string()));
            }
        }
        if let Some(column) = def.erased_at
            && row.get(column).is_null()
        {
            after.set(column, Value::Time(self.now));
        }
        def.derive(&mut after);
        if after == *row {
            return None;
        }
        after.set(def.version, Value::Int(row.get(def.version).as_int().unwrap_or_default() + 1));
        after.set(def.updated_at, Value::Time(self.now));
        Some(after)
    }

    async fn own_fields(&mut self, def: &'static RecordDef) -> Result<OwnFields> {
        let mut own = OwnFields { plain: BTreeSet::new(), personal: false, indexed: Vec::new() };
        if def.custom.is_none() {
            return Ok(own);
        }
        for field in self.definitions().await?.iter().filter(|field| field.of_kind == def.kind) {
            own.personal |= field.personal;
            if !field.personal {
                own.plain.insert(field.name.clone());
            }
            if field.indexed {
                own.indexed.push(field.name.clone());
            }
        }
        Ok(own)
    }

    /// Which of a person's records the host's retention keeps, with why and until when.
    pub async fn held_records(&mut self, person: &Person) -> Result<Vec<(Key, Held)>> {
        let retention = std::sync::Arc::clone(&self.environment.retention);
        let mut held = Vec::new();
        for (def, id) in person.records() {
            let row = self.tx.load(def, By::Column(def.id), &[Value::Uuid(id)]).await?.into_iter().next();
            if let Some(kept) = row.and_then(|row| retention.held(def, &row, self.now)) {
                held.push(((def.kind, id), kept));
            }
        }
        Ok(held)
    }
}
