//! An attempt inside a call: what it changes can be taken back without losing what the call did before.

use uuid::Uuid;

use super::{
    context::Context,
    error::codes,
    error::{Error, Result},
    index,
    record::{ExternalKey, RecordDef, Row},
    value::Value,
};

/// What an attempt changed: each record as it was before.
#[derive(Default)]
pub(crate) struct Trail {
    /// Record, its row, and whether that waited to be written; `None` for a record that was not known.
    before: Vec<((&'static str, Uuid), Option<(Option<Row>, bool)>)>,
    /// Whether something of it reached the storage, so that only the end of the unit takes it back.
    written: bool,
}

impl Context<'_> {
    /// Starts to note what changes. Attempts do not nest.
    pub(crate) fn begin_attempt(&mut self) {
        self.trail = Some(Trail::default());
    }

    /// Ends an attempt; a failed one is taken back. Answers whether the call can go on.
    pub(crate) fn end_attempt(&mut self, succeeded: bool) -> bool {
        let Some(trail) = self.trail.take() else { return true };
        if succeeded {
            return true;
        }
        if trail.written {
            return false;
        }
        for (key, before) in trail.before.into_iter().rev() {
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
            let before = self.entries.get(&key).map(|entry| (entry.now.clone(), entry.dirty));
            trail.before.push((key, before));
        }
    }

    /// Notes that what is pending goes to the storage.
    pub(crate) fn trace_flush(&mut self) {
        if let Some(trail) = &mut self.trail {
            trail.written |= !trail.before.is_empty();
        }
    }

    /// Asks for one record what the storage and the host's rules will ask when it is written, so that it is refused
    /// alone. Errors: the codes of its uniques, `external_key.taken`, `host.…`.
    pub(crate) async fn check_pending(&mut self, def: &'static RecordDef, id: Uuid) -> Result<()> {
        let Some(row) =
            self.entries.get(&(def.kind, id)).filter(|entry| entry.dirty).and_then(|entry| entry.now.clone())
        else {
            return Ok(());
        };
        for unique in &def.uniques {
            let values: Vec<&Value> = unique.columns.iter().map(|column| row.get(*column)).collect();
            let (Some(first), Some(value)) = (unique.columns.first(), values.first()) else { continue };
            if values.iter().any(|value| value.is_null()) {
                continue;
            }
            for holder in self.ids_by(def, *first, value).await?.into_iter().filter(|holder| *holder != id) {
                let same = |other: &Row| {
                    other.live(def)
                        && unique.columns.iter().zip(&values).all(|(column, value)| other.get(*column) == *value)
                };
                if self.current(def, holder).is_some_and(same) {
                    return Err(Error::taken(unique.code, def.kind, unique.field));
                }
            }
        }
        for (system, key) in index::external_keys(def, &row) {
            let key = ExternalKey { system, key };
            if self.holder_of_key(def, &key).await?.is_some_and(|holder| holder != id) {
                let taken = codes::EXTERNAL_KEY_TAKEN.with("kind", def.kind);
                return Err(taken.with("system", key.system).with("key", key.key));
            }
        }
        self.ask_rules(def, id)
    }
}
