//! What was made of stored texts and rows, for all later calls that meet the same: settings are read by every call, and written
//! once in a long while.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use super::{
    record::{RecordDef, Row},
    value::Value,
};

/// So many texts of one type, or so many rows; when there are more, all are made anew.
const MOST: usize = 256;

/// The longest text that is remembered, in bytes.
const LONGEST: usize = 64 << 10;

type Made = Arc<dyn Any + Send + Sync>;

/// What was made, by its type and by the text or the row that it was made of. All of it is the key: a version that was rolled
/// back may come again with another content.
#[derive(Default)]
pub struct Memo {
    texts: Mutex<HashMap<TypeId, HashMap<Box<str>, Made>>>,
    rows: Mutex<HashMap<(TypeId, Uuid), (Row, Made)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memo {
    /// What was made of this text.
    pub fn of<T: Any + Send + Sync>(&self, text: &str) -> Option<Arc<T>> {
        let kept = locked(&self.texts);
        kept.get(&TypeId::of::<T>())?.get(text)?.clone().downcast().ok()
    }

    /// Remembers what was made of a text, and of nothing else.
    pub fn remember<T: Any + Send + Sync>(&self, text: &str, made: Arc<T>) {
        if text.len() > LONGEST {
            return;
        }
        let mut kept = locked(&self.texts);
        let of_type = kept.entry(TypeId::of::<T>()).or_default();
        if of_type.len() >= MOST {
            of_type.clear();
        }
        of_type.insert(text.into(), made);
    }

    /// What was made of this row.
    pub fn of_row<T: Any + Send + Sync>(&self, def: &RecordDef, row: &Row) -> Option<Arc<T>> {
        let kept = locked(&self.rows);
        let (known, made) = kept.get(&(TypeId::of::<T>(), row.id(def)))?;
        if known == row { made.clone().downcast().ok() } else { None }
    }

    /// Remembers what was made of a row, and of nothing else.
    pub fn remember_row<T: Any + Send + Sync>(&self, def: &RecordDef, row: Row, made: Arc<T>) {
        let longer = |value: &Value| matches!(value, Value::Text(text) | Value::Json(text) if text.len() > LONGEST);
        if row.values().iter().any(longer) {
            return;
        }
        let key = (TypeId::of::<T>(), row.id(def));
        let mut kept = locked(&self.rows);
        if kept.len() >= MOST && !kept.contains_key(&key) {
            kept.clear();
        }
        kept.insert(key, (row, made));
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
    fn what_was_made_is_found_by_its_text_and_type_and_does_not_grow_without_end() {
        let remembered = Memo::default();
        remembered.remember("7", Arc::new(7_u8));
        assert_eq!(remembered.of::<u8>("7").as_deref(), Some(&7));
        assert_eq!(remembered.of::<u16>("7"), None);
        assert_eq!(remembered.of::<u8>("8"), None);
        remembered.remember(&"x".repeat(LONGEST + 1), Arc::new(8_u8));
        assert_eq!(remembered.of::<u8>(&"x".repeat(LONGEST + 1)), None);
        for number in 0..MOST * 2 {
            remembered.remember(&number.to_string(), Arc::new(9_u8));
            assert_eq!(remembered.of::<u8>(&number.to_string()).as_deref(), Some(&9));
        }
        assert!(remembered.texts.lock().unwrap().values().map(HashMap::len).sum::<usize>() <= MOST);
    }
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
        assert!(remembered.rows.lock().unwrap().len() <= MOST);
    }
}
