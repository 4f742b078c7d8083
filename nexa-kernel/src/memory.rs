//! The reference backend: tables in memory, for tests, previews and short-lived data.
//!
//! It is the oracle of the other backends, so it does everything in the plainest way: filters are evaluated row by
//! row, a unit of work holds its tenant's lock from start to end, and a list of inverse edits takes it back.

mod aggregate;
pub mod persistence;
mod table;
mod tenant;
mod unit;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;
use uuid::Uuid;

use self::{
    tenant::Tenant,
    unit::{Snapshot, Unit},
};
use super::{
    agenda::{Due, DueRequest},
    error::Result,
    in_place::run_in_place,
    ports::Clock,
    record::RecordDef,
    schema::SchemaComparison,
    store::{ReadRequest, Store, Work, WriteRequest},
    value::Timestamp,
};

/// A storage in memory; it is empty when made and gone when dropped. Tenants work in parallel, readers of one tenant
/// as well.
///
/// Work must not call the store that runs it: it would wait for itself.
#[derive(Default)]
pub struct MemoryStore {
    tenants: RwLock<HashMap<Uuid, Arc<RwLock<Tenant>>>>,
    clock: Option<Arc<dyn Clock>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a clock of its own, such as the machine's, which the host's clock is held against.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    fn clock(&self) -> Option<Timestamp> {
        self.clock.as_ref().map(|clock| clock.now())
    }

    /// The tenant, when anything was ever written to it.
    fn known(&self, org: Uuid) -> Option<Arc<RwLock<Tenant>>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&org).cloned()
    }

    fn tenant(&self, org: Uuid) -> Arc<RwLock<Tenant>> {
        self.known(org).unwrap_or_else(|| {
            let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(tenants.entry(org).or_default())
        })
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Store for MemoryStore {
    /// Nothing to do: a table is there as soon as a row is.
    async fn migrate(&self, _: &[&'static RecordDef]) -> Result<()> {
        Ok(())
    }
    async fn schema(&self, _: &[&'static RecordDef]) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    async fn compare(&self, _: &[&'static RecordDef]) -> Result<SchemaComparison> {
        Ok(SchemaComparison::default())
    }

    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        let tenant = self.tenant(request.org);
        // A panic in work is caught before it reaches the lock; and whatever broke it, the rollback left it whole.
        let mut tenant = tenant.write().unwrap_or_else(PoisonError::into_inner);
        let mut unit = Unit::begin(&mut tenant, self.clock());
        let result = run_in_place(&*work, &mut unit).and_then(|()| unit.check());
        if result.is_err() || request.discard {
            unit.roll_back();
        }
        result
    }

    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        let tenant = self.known(request.org).unwrap_or_default();
        let tenant = tenant.read().unwrap_or_else(PoisonError::into_inner);
        run_in_place(&*work, &mut Snapshot(&tenant))
    }

    async fn due(&self, asked: DueRequest) -> Result<Vec<Due>> {
        let tenants: Vec<(Uuid, Arc<RwLock<Tenant>>)> = {
            let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
            tenants.iter().map(|(org, tenant)| (*org, Arc::clone(tenant))).collect()
        };
        let mut due = Vec::new();
        for (org, tenant) in tenants {
            let tenant = tenant.read().unwrap_or_else(PoisonError::into_inner);
            due.extend(tenant.due(org, &asked)?);
        }
        due.sort_unstable();
        due.truncate(asked.limit);
        Ok(due)
    }

    async fn drop_org(&self, org: Uuid) -> Result<()> {
        if let Some(tenant) = self.known(org) {
            // Emptied in place: somebody may be waiting for its lock.
            *tenant.write().unwrap_or_else(PoisonError::into_inner) = Tenant::default();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::testing::conformance!(|| async { MemoryStore::new() });
}
