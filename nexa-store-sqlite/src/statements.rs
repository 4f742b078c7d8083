//! The text of the statements that every unit of work needs, rendered once per connection.

use std::{collections::HashMap, sync::Arc};

use nexa_kernel::record::RecordDef;
use nexa_sql::{
    Changed, Dialect, IndexTables, add_terms, delete, erase_events, index_tables, insert, insert_event, load_by_key,
};
use nexa_sql::{load_external, read_head, recorded, update, write_head};

/// The statements of one kind.
pub(crate) struct KindStatements {
    pub(crate) insert: Arc<str>,
    pub(crate) delete: Arc<str>,
    pub(crate) external: Arc<str>,
    /// By column, and whether the values come as a list.
    loads: HashMap<(usize, bool), Arc<str>>,
    updates: HashMap<Changed, Arc<str>>,
}

impl KindStatements {
    fn new(def: &'static RecordDef) -> Self {
        Self {
            insert: insert(Dialect::Sqlite, def).into(),
            delete: delete(Dialect::Sqlite, def).into(),
            external: load_external(Dialect::Sqlite, def).into(),
            loads: HashMap::new(),
            updates: HashMap::new(),
        }
    }
    pub(crate) fn load(&mut self, def: &'static RecordDef, column: usize, list: bool) -> Arc<str> {
        let render = || load_by_key(Dialect::Sqlite, def, column, list).into();
        Arc::clone(self.loads.entry((column, list)).or_insert_with(render))
    }
    pub(crate) fn update(&mut self, def: &'static RecordDef, changed: &Changed) -> Arc<str> {
        if let Some(sql) = self.updates.get(changed) {
            return Arc::clone(sql);
        }
        let sql: Arc<str> = update(Dialect::Sqlite, def, changed).into();
        self.updates.insert(changed.clone(), Arc::clone(&sql));
        sql
    }
}

/// The statements of a connection.
pub(crate) struct Statements {
    pub(crate) index: Arc<IndexTables>,
    pub(crate) event: Arc<str>,
    pub(crate) read_head: Arc<str>,
    pub(crate) write_head: Arc<str>,
    pub(crate) recorded: Arc<str>,
    pub(crate) erase: Arc<str>,
    kinds: HashMap<usize, KindStatements>,
    /// By how many terms they add.
    add_terms: HashMap<usize, Arc<str>>,
}

impl Default for Statements {
    fn default() -> Self {
        Self {
            index: Arc::new(index_tables(Dialect::Sqlite)),
            event: insert_event(Dialect::Sqlite).into(),
            read_head: read_head(Dialect::Sqlite).into(),
            write_head: write_head(Dialect::Sqlite).into(),
            recorded: recorded(Dialect::Sqlite).into(),
            erase: erase_events(Dialect::Sqlite).into(),
            kinds: HashMap::new(),
            add_terms: HashMap::new(),
        }
    }
}

impl Statements {
    /// The statement that adds so many terms of a record.
    pub(crate) fn add_terms(&mut self, count: usize) -> Arc<str> {
        Arc::clone(self.add_terms.entry(count).or_insert_with(|| add_terms(Dialect::Sqlite, count).into()))
    }
    /// The statements of a kind. A definition lives as long as the program, so its address names it.
    pub(crate) fn of(&mut self, def: &'static RecordDef) -> &mut KindStatements {
        self.kinds.entry(std::ptr::from_ref(def).addr()).or_insert_with(|| KindStatements::new(def))
    }
}
