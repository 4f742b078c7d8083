//! The text of the statements, rendered once and shared by all connections.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use nexa_core::kernel::record::RecordDef;
use nexa_sql::{Dialect, Namespace, Part, Rows, load_by_key, load_named, load_together, write_many};

use crate::link::Load;

/// More shapes of writes than this are forgotten again.
const SHAPES: usize = 1_024;

/// The server cuts names to one byte less.
const LONGEST_NAME: usize = 64;

#[derive(Default)]
struct Texts {
    loads: HashMap<(usize, usize), Arc<str>>,
    named: HashMap<usize, Arc<str>>,
    writes: HashMap<Vec<(Part, Rows)>, Arc<str>>,
    together: HashMap<Vec<(usize, usize, Rows)>, Arc<str>>,
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

    /// The name under which connections prepare what reads the head of a ledger. Other programs may share a connection, so a
    /// name stands for one text; the server cuts names that are too long to tell schemas apart.
    pub(crate) fn head_name(&self, lock: bool) -> Option<String> {
        let (use_of_it, schema) = (if lock { "write" } else { "read" }, self.namespace.name());
        let name = format!("nexa_{use_of_it}_1_{schema}");
        (self.prepared && name.len() < LONGEST_NAME).then_some(name)
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
    pub(crate) fn together(&self, loads: &[Load]) -> Arc<str> {
        let shape = loads.iter().map(|load| (std::ptr::from_ref(load.of).addr(), load.column, load.rows)).collect();
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.together.len() >= SHAPES {
            texts.together.clear();
        }
        let render = || {
            let shape: Vec<_> = loads.iter().map(|load| (load.of, load.column, load.rows)).collect();
            load_together(self.namespace, &shape).into()
        };
        Arc::clone(texts.together.entry(shape).or_insert_with(render))
    }

    /// Writes all of these.
    pub(crate) fn write(&self, parts: &[(Part, Rows)]) -> Arc<str> {
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
