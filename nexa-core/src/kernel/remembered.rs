//! What was made of stored texts, for all later calls that meet the same text: settings are read by every call, and written
//! once in a long while.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// So many texts of one type; when there are more, all are made anew.
const MOST: usize = 256;

/// The longest text that is remembered, in bytes.
const LONGEST: usize = 64 << 10;

type Made = Arc<dyn Any + Send + Sync>;

/// What was made, by its type and by the text that it was made of. The text is the whole key: a version that was rolled back may
/// come again with another content.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<HashMap<TypeId, HashMap<Box<str>, Made>>>);

impl Remembered {
    /// What was made of this text.
    pub(crate) fn of<T: Any + Send + Sync>(&self, text: &str) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&TypeId::of::<T>())?.get(text)?.clone().downcast().ok()
    }

    /// Remembers what was made of a text, and of nothing else.
    pub(crate) fn remember<T: Any + Send + Sync>(&self, text: &str, made: Arc<T>) {
        if text.len() > LONGEST {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_type = kept.entry(TypeId::of::<T>()).or_default();
        if of_type.len() >= MOST {
            of_type.clear();
        }
        of_type.insert(text.into(), made);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_found_by_its_text_and_type_and_does_not_grow_without_end() {
        let remembered = Remembered::default();
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
        assert!(remembered.0.lock().unwrap().values().map(HashMap::len).sum::<usize>() <= MOST);
    }
}
