//! The text of the statements, rendered once and shared by all connections.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use nexa_kernel::record::RecordDef;
use nexa_sql::{Dialect, Namespace, Part, RecordForm, Rows, load_by_key, load_named, load_together, write_many};
use sha2::{Digest, Sha256};

use crate::load::Load;

/// More shapes of writes than this are forgotten again.
const SHAPES: usize = 1_024;

/// So many statements have a name in a connection; the server keeps what has one until the connection ends.
const NAMED: usize = 128;

#[derive(Default)]
struct Texts {
    loads: HashMap<(usize, usize), Arc<str>>,
    named: HashMap<usize, Arc<str>>,
    writes: HashMap<Vec<(Part, Rows)>, Arc<str>>,
    together: HashMap<Shape, Arc<str>>,
    first: HashMap<Shape, Arc<Named>>,
    heads: HashMap<bool, Arc<Named>>,
    recorded: Option<Arc<str>>,
}

/// What a transaction reads first: the head of the ledger, which process of the server it has, and the server's clock.
/// Digits are digits, whatever form of bytes the role prefers.
const HEAD: &str = "SELECT seq, at, encode(head, 'hex'), pg_backend_pid(), \
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// What distinguishes loads that are asked together: kind, column, how many values.
type Shape = Vec<(usize, usize, Rows)>;

fn shape_of(loads: &[Load]) -> Shape {
    loads.iter().map(|load| (std::ptr::from_ref(load.of).addr(), load.column, load.rows)).collect()
}

/// A statement that a connection prepares by SQL. Other programs may share the connection, so a name stands for one text.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Named {
    fn new(text: String) -> Self {
        let digest = Sha256::digest(&text);
        let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
        Self { name: format!("nexa_{}", digits.collect::<String>()), text }
    }
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

    /// Reads the head of a ledger. Bind: the tenant.
    pub(crate) fn head(&self, lock: bool) -> Arc<Named> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(texts.heads.entry(lock).or_insert_with(|| Named::new(self.head_of("$1", lock)).into()))
    }

    /// The same for a tenant that is written out.
    pub(crate) fn head_of(&self, org: &str, lock: bool) -> String {
        let update = if lock { " FOR UPDATE" } else { "" };
        format!("{HEAD} FROM {} WHERE org = {org}{update}", self.dialect().table("ledger"))
    }

    /// Loads what a transaction reads first, in answers that are text; nothing where too many others have a name.
    pub(crate) fn first(&self, loads: &[Load]) -> Option<Arc<Named>> {
        let shape = shape_of(loads);
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(named) = texts.first.get(&shape) {
            return Some(Arc::clone(named));
        }
        if texts.first.len() >= NAMED {
            return None;
        }
        let named = Arc::new(Named::new(self.render_together(loads, RecordForm::Digits)));
        texts.first.insert(shape, Arc::clone(&named));
        Some(named)
    }

    fn render_together(&self, loads: &[Load], form: RecordForm) -> String {
        let loads: Vec<_> = loads.iter().map(|load| (load.of, load.column, load.rows)).collect();
        load_together(self.namespace, &loads, form)
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

    /// Which ids events name.
    pub(crate) fn recorded(&self) -> Arc<str> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let dialect = self.dialect();
        Arc::clone(texts.recorded.get_or_insert_with(|| nexa_sql::recorded(dialect).into()))
    }

    /// Takes out what events say.
    pub(crate) fn erase_events(&self) -> Arc<str> {
        nexa_sql::erase_events(self.dialect()).into()
    }

    /// Loads all of these.
    pub(crate) fn together(&self, loads: &[Load]) -> Arc<str> {
        let shape = shape_of(loads);
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.together.len() >= SHAPES {
            texts.together.clear();
        }
        let render = || self.render_together(loads, RecordForm::Record).into();
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
