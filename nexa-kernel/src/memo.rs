//! What was made of stored rows, for all later calls that meet the same: settings are read by every call, and written once in a long
//! while.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use super::{
    record::{RecordDef, Row},
    value::Value,
};

/// What was made, by its type and a key, with what it was made of.
pub(crate) struct Made<K, S>(HashMap<(TypeId, K), (S, Arc<dyn Any + Send + Sync>)>);

impl<K, S> Default for Made<K, S> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash, S> Made<K, S> {
    /// What was made under this key, when it was made of such a source.
    pub(crate) fn of<T: Any + Send + Sync>(&self, key: K, is_source: impl FnOnce(&S) -> bool) -> Option<Arc<T>> {
        let (source, made) = self.0.get(&(TypeId::of::<T>(), key))?;
        if is_source(source) { made.clone().downcast().ok() } else { None }
    }
    /// Keeps what was made of a source, in the place of what is there under the key.
    pub(crate) fn keep<T: Any + Send + Sync>(&mut self, key: K, source: S, made: Arc<T>) {
        self.0.insert((TypeId::of::<T>(), key), (source, made));
    }
    /// Forgets all that was not made of such sources.
    pub(crate) fn retain(&mut self, is_source: impl Fn(&S) -> bool) {
        self.0.retain(|_, (source, _)| is_source(source));
    }
    /// How much is kept.
    fn len(&self) -> usize {
        self.0.len()
    }
}

/// So much is kept for all calls; when there is more, all is made anew.
const MOST: usize = 256;

/// The longest text of a row that is remembered, in bytes.
const LONGEST: usize = 64 << 10;

/// What was made for all calls, by the row that it was made of. The whole row is compared: a version that was rolled back may come
/// again with another content.
#[derive(Default)]
pub struct Memo(Mutex<Made<Uuid, Row>>);

impl Memo {
    fn locked(&self) -> MutexGuard<'_, Made<Uuid, Row>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was made of this row.
    pub fn of_row<T: Any + Send + Sync>(&self, def: &RecordDef, row: &Row) -> Option<Arc<T>> {
        self.locked().of(row.id(def), |known| known == row)
    }

    /// Remembers what was made of a row, and of nothing else.
    pub fn remember_row<T: Any + Send + Sync>(&self, def: &RecordDef, row: Row, made: Arc<T>) {
        let longer = |value: &Value| matches!(value, Value::Text(text) | Value::Json(text) if text.len() > LONGEST);
        if row.values().iter().any(longer) {
            return;
        }
        let mut kept = self.locked();
        if kept.len() >= MOST {
            kept.retain(|_| false);
        }
        kept.keep(row.id(def), row, made);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        idempotency::IdempotencyRecord,
        record::{Id, Record},
    };

    #[test]
    fn what_was_made_of_a_row_is_found_while_the_row_is_the_same() {
        let remembered = Memo::default();
        let def = IdempotencyRecord::def();
        let row = |number: u128, answer: String| {
            IdempotencyRecord { id: Id::new(Uuid::from_u128(number)), output: answer, ..IdempotencyRecord::default() }
                .to_row()
        };
        remembered.remember_row(def, row(1, "a".into()), Arc::new(7_u8));
        assert_eq!(remembered.of_row::<u8>(def, &row(1, "a".into())).as_deref(), Some(&7));
        assert_eq!(remembered.of_row::<u16>(def, &row(1, "a".into())), None);
        assert_eq!(remembered.of_row::<u8>(def, &row(1, "b".into())), None);
        assert_eq!(remembered.of_row::<u8>(def, &row(2, "a".into())), None);
        remembered.remember_row(def, row(3, "x".repeat(LONGEST + 1)), Arc::new(8_u8));
        assert_eq!(remembered.of_row::<u8>(def, &row(3, "x".repeat(LONGEST + 1))), None);
        for number in 0..MOST as u128 * 2 {
            remembered.remember_row(def, row(number, "c".into()), Arc::new(9_u8));
            assert_eq!(remembered.of_row::<u8>(def, &row(number, "c".into())).as_deref(), Some(&9));
        }
        assert!(remembered.locked().len() <= MOST);
    }
}
