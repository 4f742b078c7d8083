//! An attempt inside a call: what it changes can be taken back without losing what the call did before.

use uuid::Uuid;

use super::{Context, Entry};
use crate::{
    error::{Error, Result},
    record::{EMAIL_SYSTEM, RecordDef, Row, UniqueDef},
    value::Value,
};

/// What an attempt changed: each record as it was before.
#[derive(Default)]
pub(crate) struct Trail {
    /// `None` for a record that was not known.
    before: Vec<((&'static str, Uuid), Option<State>)>,
    /// Whether something of it reached the storage, so that only the end of the unit takes it back.
    written: bool,
}

/// A record's row, and whether that waited to be written.
type State = (Option<Row>, bool);

impl Trail {
    /// Notes a record that is about to change.
    pub(crate) fn note(&mut self, key: (&'static str, Uuid), before: Option<&Entry>) {
        self.before.push((key, before.map(|entry| (entry.now.clone(), entry.dirty))));
    }
}

impl Context<'_> {
    /// Begins an attempt: what changes until [`Self::end_attempt`] can be taken back by itself. Attempts do not nest.
    pub fn begin_attempt(&mut self) {
        self.trail = Some(Trail::default());
    }

    /// Ends an attempt; what a failed one changed is taken back. Returns whether the call can go on: not where a failed attempt has
    /// changes that were already written, which only the end of the call takes back.
    pub fn end_attempt(&mut self, succeeded: bool) -> bool {
        let Some(trail) = self.trail.take() else { return true };
        if succeeded {
            return true;
        }
        if trail.written {
            return false;
        }
        for (key, before) in trail.before.into_iter().rev() {
            self.forget(key.0);
            match (before, self.entries.get_mut(&key)) {
                (None, _) => {
                    self.entries.remove(&key);
                }
                (Some((row, dirty)), Some(entry)) => {
                    entry.now = row;
                    entry.dirty = dirty;
                }
                (Some(_), None) => {}
            }
        }
        true
    }

    /// Notes a record that is about to change.
    pub(crate) fn trace(&mut self, key: (&'static str, Uuid)) {
        if let Some(trail) = &mut self.trail {
            trail.note(key, self.entries.get(&key));
        }
    }

    /// Notes that what is pending goes to the storage.
    pub(crate) fn trace_flush(&mut self) {
        if let Some(trail) = &mut self.trail {
            trail.written |= !trail.before.is_empty();
        }
    }

    /// Asks for one record what the storage and the host's rules will ask when it is written, so that one of many is refused
    /// alone. Errors: the codes of its uniques, `external_key.taken`, `host.…`.
    pub async fn check_pending(&mut self, def: &'static RecordDef, id: Uuid) -> Result<()> {
        let Some(row) = self.current(def, id) else { return Ok(()) };
        let keys = row.unique_keys(def);
        let value = |column: &usize| Some(row.get(*column)).filter(|value| !value.is_null()).cloned();
        let values = |unique: &UniqueDef| unique.columns.iter().map(value).collect::<Option<Vec<Value>>>();
        // A mail address is among the keys.
        let others = def.uniques.iter().filter(|unique| !def.is_of_email(unique));
        let uniques: Vec<(&UniqueDef, Vec<Value>)> =
            others.filter_map(|unique| Some((unique, values(unique)?))).collect();
        for (unique, values) in uniques {
            let (Some(column), Some(value)) = (unique.columns.first(), values.first()) else { continue };
            let same = |other: &Row| {
                other.live(def) && unique.columns.iter().zip(&values).all(|(column, value)| other.get(*column) == value)
            };
            let holders = self.ids_by(def, *column, value).await?;
            if holders.into_iter().any(|holder| holder != id && self.current(def, holder).is_some_and(same)) {
                return Err(Error::taken(unique.code, def.kind, unique.field));
            }
        }
        for key in keys {
            let taken = if key.system == EMAIL_SYSTEM {
                let holders = self.ids_by(def, def.by_email(), &Value::Text(key.key.clone())).await?;
                holders.into_iter().any(|holder| holder != id)
            } else {
                self.holder_of_key(def, &key).await?.is_some_and(|holder| holder != id)
            };
            if taken {
                return Err(def.key_taken(&key.system, &key.key));
            }
        }
        self.ask_rules(def, id)
    }
}
