//! A policy under which somebody sees half of everything: all that the default policy shows, without the records that a test hides.

use std::{
    collections::BTreeSet,
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
    records: BTreeSet<Uuid>,
}

impl Veil {
    /// Hides these records from a user, and no others.
    pub fn hide(&self, from: Uuid, records: impl IntoIterator<Item = Uuid>) {
        *self.0.lock().unwrap() = Hidden { from: Some(from), records: records.into_iter().collect() };
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
        if actor.user().is_some() && actor.user() == hidden.from && !hidden.records.is_empty() && !access.is_none() {
            access.rows = access.rows.and(Filter::compare("id", Op::NotIn, &hidden.records));
        }
        access
    }
}
