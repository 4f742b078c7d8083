//! The text of the statements, rendered once and shared by all connections.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use nexa_core::kernel::record::RecordDef;
use nexa_sql::{Dialect, Namespace, Part, load_by_key, load_named, load_together, write_many};

use crate::link::Load;

/// More shapes of writes than this are forgotten again.
const SHAPES: usize = 1_024;

#[derive(Default)]
struct Texts {
    loads: HashMap<(usize, usize), Arc<str>>,
    named: HashMap<usize, Arc<str>>,
    writes: HashMap<Vec<Part>, Arc<str>>,
    together: HashMap<Vec<(usize, usize)>, Arc<Together>>,
}

/// Several loads in one statement.
pub(crate) struct Together {
    pub(crate) sql: Arc<str>,
    /// For each load where the columns of its kind stand in a row.
    pub(crate) places: Vec<Vec<usize>>,
}

/// The statements of a store.
pub(crate) struct Statements {
    pub(crate) namespace: Namespace,
    /// Whether connections keep them prepared.
    pub(crate) prepared: bool,
    texts: Mutex<Texts>,
}

impl Statements {
    pub(crate) fn new(namespace: Namespace, prepared: bool) -> Self {
        Self { namespace, prepared, texts: Mutex::default() }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        Dialect::Postgres(self.namespace)
    }

    /// Loads rows by a column.
    pub(crate) fn load(&self, def: &'static RecordDef, column: usize) -> Arc<str> {
        let render = || load_by_key(self.dialect(), def, column, true).into();
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(texts.loads.entry((std::ptr::from_ref(def).addr(), column)).or_insert_with(render))
    }

    /// Loads rows by external keys.
    pub(crate) fn named(&self, def: &'static RecordDef) -> Arc<str> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let named = texts.named.entry(std::ptr::from_ref(def).addr());
        Arc::clone(named.or_insert_with(|| load_named(self.namespace, def).into()))
    }

    /// Loads all of these.
    pub(crate) fn together(&self, loads: &[Load]) -> Arc<Together> {
        let shape = loads.iter().map(|load| (std::ptr::from_ref(load.of).addr(), load.column)).collect();
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.together.len() >= SHAPES {
            texts.together.clear();
        }
        let render = || {
            let shape: Vec<_> = loads.iter().map(|load| (load.of, load.column)).collect();
            let rendered = load_together(self.namespace, &shape);
            Arc::new(Together { sql: rendered.sql.into(), places: rendered.places })
        };
        Arc::clone(texts.together.entry(shape).or_insert_with(render))
    }

    /// Writes all of these.
    pub(crate) fn write(&self, parts: &[Part]) -> Arc<str> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.writes.get(parts) {
            return Arc::clone(text);
        }
        if texts.writes.len() >= SHAPES {
            texts.writes.clear();
        }
        let text: Arc<str> = write_many(self.namespace, parts).into();
        texts.writes.insert(parts.to_vec(), Arc::clone(&text));
        text
    }
}
