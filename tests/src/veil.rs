//! A policy under which somebody sees half of everything: all that the default policy shows, without the records that a test hides.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use nexa_crm::{Access, Action, Actor, Filter, Op, Policy, kernel::record::RecordDef, service::DefaultPolicy};
use uuid::Uuid;

/// The default policy, and for one user what a test hides.
#[derive(Clone, Default)]
pub struct Veil(Arc<Mutex<Hidden>>);

#[derive(Default)]
struct Hidden {
    from: Option<Uuid>,
    /// Of whatever kind.
    records: BTreeSet<Uuid>,
    of_kinds: BTreeMap<String, BTreeSet<Uuid>>,
}

impl Veil {
    /// Hides these records from a user, and no others.
    pub fn hide(&self, from: Uuid, records: impl IntoIterator<Item = Uuid>) {
        *self.0.lock().unwrap() =
            Hidden { from: Some(from), records: records.into_iter().collect(), of_kinds: BTreeMap::new() };
    }
    /// Hides these records from a user, each given with its kind: as many as a tenant has.
    pub fn hide_of_kinds(&self, from: Uuid, records: impl IntoIterator<Item = (String, Uuid)>) {
        let mut of_kinds = BTreeMap::<String, BTreeSet<Uuid>>::new();
        for (kind, id) in records {
            of_kinds.entry(kind).or_default().insert(id);
        }
        *self.0.lock().unwrap() = Hidden { from: Some(from), records: BTreeSet::new(), of_kinds };
    }
    /// Hides nothing.
    pub fn lift(&self) {
        *self.0.lock().unwrap() = Hidden::default();
    }
}

impl Policy for Veil {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let mut access = DefaultPolicy::new().access(actor, kind, action);
        let hidden = self.0.lock().unwrap();
        if actor.user().is_none() || actor.user() != hidden.from || access.is_none() {
            return access;
        }
        for records in hidden.of_kinds.get(kind.kind).into_iter().chain([&hidden.records]) {
            if !records.is_empty() {
                access.rows = access.rows.and(Filter::compare("id", Op::NotIn, records));
            }
        }
        access
    }
}
