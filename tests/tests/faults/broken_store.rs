//! A storage that fails when a test says so.

use std::{
    future::pending,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use nexa_crm::{
    Result,
    kernel::{
        agenda::{Due, DueRequest},
        error::codes,
        ledger::{Event, EventQuery, Head},
        record::{RecordDef, Row},
        store::{Aggregate, Batch, Key, ReadRequest, Select, Store, Transaction, Work, WriteRequest},
        value::Value,
    },
};
use uuid::Uuid;

/// How a write goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// It is refused.
    Before,
    /// It is made, and then reported as failed.
    After,
    /// It panics.
    Panic,
    /// It waits for something outside.
    Wait,
}

/// What a panic that is meant says.
pub(crate) const MEANT: &str = "a panic that is meant";

impl Fault {
    /// The code that a caller gets.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Before | Self::After => codes::STORE_FAILED.code,
            Self::Panic => codes::PANICKED.code,
            Self::Wait => codes::AWAITED_OUTSIDE.code,
        }
    }
}

/// A storage whose writes fail on demand.
pub(crate) struct BrokenStore {
    inner: Arc<dyn Store>,
    plan: Arc<Plan>,
}

#[derive(Default)]
struct Plan {
    /// What goes wrong, after so many writes of one unit.
    next: Mutex<Option<(Fault, usize)>>,
    failed: AtomicBool,
}

impl BrokenStore {
    pub(crate) fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, plan: Arc::default() }
    }
    /// Of the next unit, the write after so many fails.
    pub(crate) fn fail(&self, fault: Fault, after: usize) {
        *self.plan.next.lock().unwrap() = Some((fault, after));
        self.plan.failed.store(false, Ordering::SeqCst);
    }
    /// Whether it did.
    pub(crate) fn failed(&self) -> bool {
        *self.plan.next.lock().unwrap() = None;
        self.plan.failed.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Store for BrokenStore {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.inner.migrate(defs).await
    }
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.inner.write(request, Arc::new(BrokenWork { work, plan: self.plan.clone() })).await
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

struct BrokenWork {
    work: Arc<dyn Work>,
    plan: Arc<Plan>,
}

#[async_trait]
impl Work for BrokenWork {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        let mut tx = BrokenTransaction { inner: tx, plan: &self.plan, written: 0 };
        self.work.run(&mut tx).await
    }
}

struct BrokenTransaction<'a> {
    inner: &'a mut dyn Transaction,
    plan: &'a Plan,
    written: usize,
}

#[async_trait]
impl Transaction for BrokenTransaction<'_> {
    fn head(&self) -> Head {
        self.inner.head()
    }
    async fn load(&mut self, of: &'static RecordDef, by: Key, values: &[Value]) -> Result<Vec<Row>> {
        self.inner.load(of, by, values).await
    }
    async fn select(&mut self, query: &Select) -> Result<Vec<Row>> {
        self.inner.select(query).await
    }
    async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>> {
        self.inner.aggregate(query).await
    }
    async fn apply(&mut self, batch: Batch) -> Result<()> {
        let next = *self.plan.next.lock().unwrap();
        let fault = next.filter(|(_, after)| *after == self.written).map(|(fault, _)| fault);
        self.written += 1;
        if fault.is_some() {
            self.plan.failed.store(true, Ordering::SeqCst);
        }
        let failed = || codes::STORE_FAILED.with("problem", "as the test wants it");
        match fault {
            None => self.inner.apply(batch).await,
            Some(Fault::Before) => Err(failed()),
            Some(Fault::After) => self.inner.apply(batch).await.and(Err(failed())),
            Some(Fault::Panic) => {
                self.inner.apply(batch).await?;
                std::panic::panic_any(MEANT)
            }
            Some(Fault::Wait) => {
                self.inner.apply(batch).await?;
                pending().await
            }
        }
    }
    async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>> {
        self.inner.events(query).await
    }
    async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        self.inner.recorded(ids).await
    }
}
