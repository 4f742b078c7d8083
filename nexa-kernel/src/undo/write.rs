//! An undo is written: rows in place, computed anew where needed, and checked by the rules that bind them.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    CONFLICT, OnConflict,
    plan::{Change, Plan, of_error},
    unit::{Key, Unit},
};
use crate::{
    access::Action,
    context::Context,
    custom_field::FieldDefinition,
    error::{Error, ErrorKind, Result},
    ledger::{EventQuery, changes_version},
    record::{Record, RecordDef},
    value::{Timestamp, Value},
};

/// The most conflicts that a refusal lists.
const MOST_LISTED: usize = 100;
/// How many records are asked for at once.
const RECORDS: usize = 200;
/// How many events are read at once.
const PAGE: usize = 500;

/// When a record was first made, and how many events it has.
#[derive(Clone, Copy, Default)]
struct Origin {
    made_at: Timestamp,
    events: i64,
}

impl Context<'_> {
    /// Writes a plan; what the rules refuse is a conflict as well. Error: `undo.conflict`, also where nothing is to be refused, but what a
    /// rule refuses was written already.
    pub(super) async fn carry_out(&mut self, unit: &Unit, plan: &mut Plan, on_conflict: OnConflict) -> Result<()> {
        let refuse = on_conflict == OnConflict::Refuse;
        let origins = self.origins(plan).await?;
        while !(refuse && plan.changes.iter().any(Change::is_kept)) {
            self.begin_attempt();
            let refused = self.write_plan(plan, &origins).await?;
            let can_go_on = self.end_attempt(refused.is_empty() || refuse);
            if refused.is_empty() {
                return Ok(());
            }
            for (place, error) in refused {
                if let Some(change) = plan.changes.get_mut(place) {
                    let field = error.params().get("field").and_then(serde_json::Value::as_str).map(str::to_owned);
                    let conflict = of_error(change, &error, field.as_deref());
                    change.conflicts.push(conflict);
                }
            }
            if !can_go_on {
                break;
            }
            plan.find_conflicts(self, unit).await?;
        }
        let conflicts: Vec<_> = plan.changes.iter().flat_map(|change| &change.conflicts).take(MOST_LISTED).collect();
        let count = plan.changes.iter().filter(|change| change.is_kept()).count();
        Err(CONFLICT.with("count", count).with("unit", unit.id).with("conflicts", conflicts))
    }

    /// Puts every row in its place, and returns what the rules refuse of which change.
    async fn write_plan(&mut self, plan: &Plan, origins: &HashMap<Key, Origin>) -> Result<Vec<(usize, Error)>> {
        let mut refused = Vec::new();
        for (place, change) in plan.changes.iter().enumerate() {
            if change.is_kept() {
                continue;
            }
            if let Err(error) = self.put_back(change, origins).await {
                refused.push((place, error));
            }
        }
        if refused.is_empty() {
            if let Err(error) = self.custom_fields_put_back(plan).await {
                if error.kind() == ErrorKind::Unavailable {
                    return Err(error);
                }
                let place = plan.changes.iter().position(|change| change.def.kind == FieldDefinition::def().kind);
                return Ok(vec![(place.unwrap_or_default(), error)]);
            }
            for (place, change) in plan.changes.iter().enumerate() {
                if change.is_kept() {
                    continue;
                }
                if let Err(error) = self.check_put_back(change).await {
                    if error.kind() == ErrorKind::Unavailable {
                        return Err(error);
                    }
                    refused.push((place, error));
                }
            }
        }
        Ok(refused)
    }

    async fn put_back(&mut self, change: &Change, origins: &HashMap<Key, Origin>) -> Result<()> {
        let def = change.def;
        match (&change.before, &change.after) {
            (Some(_), Some(after)) => self.save_row(def, after.clone()).await.map(drop),
            (Some(_), None) => {
                self.remove_row(def, change.id);
                Ok(())
            }
            (None, Some(after)) => {
                let origin = origins.get(&change.key()).copied().unwrap_or_default();
                let mut row = after.clone();
                // Versions go on, so that nobody takes the record for the one they have seen.
                row.set(def.version, Value::Int(origin.events + 1));
                row.set(def.created_at, Value::Time(origin.made_at));
                row.set(def.updated_at, Value::Time(self.now()));
                self.insert_row(def, row).await
            }
            (None, None) => Ok(()),
        }
    }

    /// What has to hold of a record that was put back: its uniques, the host's rules, and those of its kind.
    async fn check_put_back(&mut self, change: &Change) -> Result<()> {
        let (def, id) = (change.def, change.id);
        if let (Some(edited), true) = (self.edited_of(def), change.moved)
            && let Some(row) = self.current(def, id).cloned()
            && !(edited.computed)(row.clone())?.is_empty()
        {
            let row = (edited.compute)(self, row).await?;
            self.save_row(def, row).await?;
        }
        let now = self.current(def, id).cloned();
        if change.before.is_none()
            && let Some(row) = &now
        {
            if self.edited_of(def).is_some() {
                self.authorize_kind(def, Action::Create)?;
            }
            self.authorize(def, row, Action::Read).await?;
        }
        match &now {
            Some(_) => self.check_pending(def, id).await?,
            None => self.ask_rules(def, id)?,
        }
        let Some(edited) = self.edited_of(def) else { return Ok(()) };
        let was_live = change.before.as_ref().is_some_and(|row| row.live(def));
        if let Some(row) = now.as_ref().filter(|row| !was_live && row.live(def)) {
            // It keeps what it had: this only asks whether it may be there.
            (edited.restored)(self, row.clone()).await?;
        }
        (edited.put_back)(self, change.before.clone(), now).await
    }

    /// Values are indexed as the definitions of custom fields say, once these are put back. Error: `field.in_use`.
    async fn custom_fields_put_back(&mut self, plan: &Plan) -> Result<()> {
        let fields = plan.of_kind::<FieldDefinition>()?;
        if fields.is_empty() {
            return Ok(());
        }
        for (before, after) in &fields {
            if let (Some(field), None) = (before, after) {
                self.must_have_no_values(field).await?;
            }
        }
        self.definitions_changed().await?;
        for (before, after) in fields {
            let was_indexed = before.is_some_and(|field| field.indexed);
            if let Some(field) = after.filter(|field| field.indexed != was_indexed) {
                let of: &'static RecordDef = self.kind(&field.of_kind)?;
                self.index_values(of, &field).await?;
            }
        }
        Ok(())
    }

    /// When the records that come back were first made, and how many events they have.
    async fn origins(&mut self, plan: &Plan) -> Result<HashMap<Key, Origin>> {
        let keys = plan.coming();
        let mut found: HashMap<(&str, Uuid), Origin> = HashMap::new();
        for keys in keys.chunks(RECORDS) {
            let records = Some(keys.to_vec());
            let mut query = EventQuery { limit: PAGE, records, ..EventQuery::default() };
            loop {
                let events = self.events(&query).await?;
                for event in events.iter().filter(|event| changes_version(event)) {
                    let Some(def) = self.environment.kinds.get(&event.kind) else { continue };
                    let origin =
                        found.entry((def.kind, event.record)).or_insert(Origin { made_at: event.at, events: 0 });
                    origin.events += 1;
                }
                match events.last() {
                    Some(last) if events.len() == PAGE => query.after = last.seq,
                    _ => break,
                }
            }
        }
        Ok(found)
    }
}
