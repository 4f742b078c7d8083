//! The store: a pool of connections, and who waits for them.

use std::sync::{Arc, atomic::Ordering};

use async_trait::async_trait;
use nexa_kernel::{
    agenda::{Due, DueRequest},
    error::{Result, codes as kernel},
    record::RecordDef,
    schema::SchemaComparison,
    store::{OpenTransaction, ReadRequest, Store, Work, WriteRequest},
};
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::runtime::{Builder, Handle, Runtime};
use uuid::Uuid;

use crate::{
    codes, due, isolation, migrate, open, options::Options, reader, shared::Shared, tenants::Tenants, unit::Unit, url,
};

/// A database with every tenant's records. Several stores, also of several processes, may work on one database.
pub struct PostgresStore {
    shared: Arc<Shared>,
    tenants: Arc<Tenants>,
    /// The store's own runtime, where it was opened outside of one.
    runtime: Option<Runtime>,
}

impl PostgresStore {
    /// A store on this server, such as `postgres://app:secret@localhost/app`. It connects when it is first used.
    /// Error: `store.misconfigured`.
    pub fn open(url: &str) -> Result<Self> {
        Self::open_with(url, Options::default())
    }

    /// The same with options.
    pub fn open_with(url: &str, options: Options) -> Result<Self> {
        let connect = url::connect_options(url)?;
        let (handle, runtime) = runtime()?;
        let entered = handle.enter();
        let pool = PgPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(options.acquire_timeout)
            // A connection that died is noticed when a transaction begins on it, without a message of its own.
            .test_before_acquire(false)
            .connect_lazy_with(connect);
        drop(entered);
        Ok(Self::on(pool, true, options, handle, runtime))
    }

    /// A store that shares the host's pool. Called inside the host's tokio runtime. Error: `store.misconfigured`.
    pub fn from_pool(pool: PgPool, options: Options) -> Result<Self> {
        let handle = Handle::try_current()
            .map_err(|problem| codes::MISCONFIGURED.with("problem", format!("the pool's runtime: {problem}")))?;
        Ok(Self::on(pool, false, options, handle, None))
    }

    fn on(pool: PgPool, own: bool, options: Options, handle: Handle, runtime: Option<Runtime>) -> Self {
        let shared = Shared::new(pool, own, options, handle);
        Self { shared: Arc::new(shared), tenants: Arc::default(), runtime }
    }

    /// How many messages went to the server and were waited for, since the store was opened.
    pub fn round_trips(&self) -> u64 {
        self.shared.server.trips.load(Ordering::Relaxed)
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Closes every connection; calls that come later are refused.
    pub async fn close(&self) {
        self.shared.forget_kept();
        self.shared.pool.close().await;
    }

    /// Runs on the runtime that the connections live on, whoever waits for it.
    async fn on_runtime<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        let ended = self.shared.handle.spawn(work).await;
        ended
            .map_err(|problem| kernel::STORE_FAILED.with("problem", "the runtime ended the work").caused_by(problem))?
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Checks once that the schema is there and that the role cannot look past its tenant.
async fn ready(shared: &Shared) -> Result<()> {
    shared.ready.get_or_try_init(|| isolation::check(shared)).await.map(|_| ())
}

/// The runtime of the caller, or one of the store's own.
fn runtime() -> Result<(Handle, Option<Runtime>)> {
    if let Ok(handle) = Handle::try_current() {
        return Ok((handle, None));
    }
    let built = Builder::new_multi_thread().worker_threads(2).thread_name("nexa-postgres").enable_all().build();
    let runtime = built.map_err(|problem| codes::MISCONFIGURED.with("problem", format!("its threads: {problem}")))?;
    Ok((runtime.handle().clone(), Some(runtime)))
}

impl PostgresStore {
    /// Refuses a schema that is not what these kinds need, or a role that may not work with it. It changes nothing.
    ///
    /// Errors: `schema.outdated` for what a migration helps, `schema.differs` for what none does, `schema.newer`, `schema.missing`,
    /// `store.isolation`, `store.encoding`, `store.unreachable`.
    pub async fn verify(&self, defs: &[&'static RecordDef]) -> Result<()> {
        let (shared, defs) = (Arc::clone(&self.shared), defs.to_vec());
        self.on_runtime(async move {
            ready(&shared).await?;
            migrate::verify(&shared, &defs).await?;
            shared.learn(&defs);
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        let (shared, defs) = (Arc::clone(&self.shared), defs.to_vec());
        self.on_runtime(async move {
            migrate::migrate(&shared, &defs).await?;
            shared.learn(&defs);
            Ok(())
        })
        .await
    }

    async fn schema(&self, defs: &[&'static RecordDef]) -> Result<Vec<String>> {
        Ok(migrate::statements(&self.shared, defs))
    }

    async fn compare(&self, defs: &[&'static RecordDef]) -> Result<SchemaComparison> {
        let (shared, defs) = (Arc::clone(&self.shared), defs.to_vec());
        self.on_runtime(async move { migrate::compare(&shared, &defs).await }).await
    }

    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        if !self.shared.ready.initialized() {
            let shared = Arc::clone(&self.shared);
            self.on_runtime(async move { ready(&shared).await }).await?;
        }
        self.tenants.run(&self.shared, Unit { request, work }).await
    }

    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        self.on_runtime(async move {
            ready(&shared).await?;
            reader::snapshot(shared, request, work).await
        })
        .await
    }

    async fn due(&self, asked: DueRequest) -> Result<Vec<Due>> {
        let shared = Arc::clone(&self.shared);
        self.on_runtime(async move {
            ready(&shared).await?;
            due::due(&shared, &asked).await
        })
        .await
    }

    async fn drop_org(&self, org: Uuid) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        self.on_runtime(async move {
            ready(&shared).await?;
            migrate::drop_org(&shared, org).await
        })
        .await
    }
    async fn begin(&self) -> Result<Box<dyn OpenTransaction>> {
        let shared = Arc::clone(&self.shared);
        self.on_runtime(async move {
            ready(&shared).await?;
            Ok(Box::new(open::begin(shared).await?) as Box<dyn OpenTransaction>)
        })
        .await
    }
}
