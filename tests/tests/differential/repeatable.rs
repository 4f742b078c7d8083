//! Identifiers that depend on the unit alone, and not on how often a storage had to run it.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use nexa_crm::{
    Result, Timestamp,
    kernel::{
        agenda::{Due, DueRequest},
        ports::Ids,
        record::RecordDef,
        store::{ReadRequest, Store, Transaction, Work, WriteRequest},
    },
    testing::SeededIds,
};
use uuid::Uuid;

/// A sequence that begins anew with each run of a unit; for one caller at a time.
#[derive(Clone)]
pub(crate) struct UnitIds(Arc<Mutex<SeededIds>>);

impl UnitIds {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(SeededIds::new(7))))
    }
}

impl Ids for UnitIds {
    fn id(&self, at: Timestamp) -> Uuid {
        self.0.lock().unwrap().id(at)
    }
    fn salt(&self) -> [u8; 16] {
        self.0.lock().unwrap().salt()
    }
}

/// A storage whose units draw from such a sequence.
pub(crate) struct Repeatable {
    inner: Arc<dyn Store>,
    ids: UnitIds,
    units: AtomicU64,
}

impl Repeatable {
    pub(crate) fn on(inner: Arc<dyn Store>, ids: UnitIds) -> Self {
        Self { inner, ids, units: AtomicU64::new(0) }
    }
}

struct Numbered {
    work: Arc<dyn Work>,
    ids: UnitIds,
    seed: u64,
}

#[async_trait]
impl Work for Numbered {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        *self.ids.0.lock().unwrap() = SeededIds::new(self.seed);
        self.work.run(tx).await
    }
}

#[async_trait]
impl Store for Repeatable {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.inner.migrate(defs).await
    }
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        // Far apart, so that no two units draw the same.
        let seed = (self.units.fetch_add(1, Ordering::SeqCst) + 8).wrapping_mul(0x5851_f42d_4c95_7f2d);
        self.inner.write(request, Arc::new(Numbered { work, ids: self.ids.clone(), seed })).await
    }
    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.inner.read(request, work).await
    }
    async fn due(&self, asked: DueRequest) -> Result<Vec<Due>> {
        self.inner.due(asked).await
    }
    async fn drop_org(&self, org: Uuid) -> Result<()> {
        self.inner.drop_org(org).await
    }
    async fn backup(&self, path: &Path) -> Result<()> {
        self.inner.backup(path).await
    }
}
