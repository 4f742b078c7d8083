//! The store: a pool of connections, and who waits for them.

use std::{
    str::FromStr,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use nexa_kernel::{
    Error,
    error::{Result, codes as kernel},
    record::RecordDef,
    schema::SchemaComparison,
    store::{ReadRequest, Store, Work, WriteRequest},
};
use sqlx::{
    ConnectOptions, Connection as _, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::OnceCell,
    time::timeout,
};
use uuid::Uuid;

use crate::{
    certificates, codes,
    connection::Connection,
    growth::Growth,
    isolation, migrate,
    options::Options,
    reader,
    statements::Statements,
    tenants::{Tenants, Unit},
    url,
};

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

/// How long a server may take to answer a new connection.
const PROBE: Duration = Duration::from_secs(2);

/// What all connections have in common.
pub(crate) struct Shared {
    pub(crate) pool: PgPool,
    pub(crate) options: Options,
    pub(crate) statements: Statements,
    pub(crate) trips: AtomicU64,
    pub(crate) growth: Growth,
    /// How many wait for a connection.
    pub(crate) waiting: AtomicUsize,
    /// Connections between two transactions. The pool would ask each of them whether it is alive; here the next
    /// transaction finds out. `None` on a pool of the host's, which gets its connections back.
    idle: Option<Mutex<Vec<Connection>>>,
    pub(crate) handle: Handle,
    /// What a transaction that writes sets for itself.
    pub(crate) settings: String,
    /// What begins one.
    pub(crate) opening: String,
    known: RwLock<Known>,
    ready: OnceCell<()>,
}

/// What the store was told of.
#[derive(Clone, Default)]
struct Known {
    kinds: Arc<[&'static RecordDef]>,
    /// The statements that check every reference of a transaction so far.
    references_now: Arc<str>,
}

impl Shared {
    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kinds that the store was told of.
    pub(crate) fn kinds(&self) -> Arc<[&'static RecordDef]> {
        self.known().kinds
    }

    fn learn(&self, defs: &[&'static RecordDef]) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let others = known.kinds.iter().filter(|other| defs.iter().all(|def| def.kind != other.kind));
        let kinds: Vec<&'static RecordDef> = others.chain(defs).copied().collect();
        let tables = nexa_sql::tables(self.statements.dialect(), &kinds);
        let references = tables.iter().flat_map(|table| &table.references);
        let namespace = self.statements.namespace.name();
        let names: Vec<String> = references.map(|reference| format!("{namespace}.{}", reference.name)).collect();
        let names = names.join(", ");
        let check = format!("SET CONSTRAINTS {names} IMMEDIATE; SET CONSTRAINTS {names} DEFERRED");
        let references_now = if names.is_empty() { Arc::default() } else { check.into() };
        *known = Known { kinds: kinds.into(), references_now };
    }

    /// A connection of the pool. The pool tries again and again where nobody listens, and then says the same as when all
    /// its connections are in use; who waited in vain is told which it was.
    pub(crate) async fn acquire(&self) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        self.forget_kept();
        let waited = match self.pool.acquire().await {
            Err(sqlx::Error::PoolTimedOut) => sqlx::Error::PoolTimedOut,
            acquired => return acquired,
        };
        let options = self.pool.connect_options();
        match timeout(PROBE, options.connect()).await {
            Ok(Ok(free)) => {
                // It was for the answer alone; the server closes what is not closed in order.
                let _ = free.close().await;
                Err(waited)
            }
            Ok(Err(problem)) => Err(problem),
            Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }

    /// A connection that was kept.
    pub(crate) fn kept(&self) -> Option<Connection> {
        self.idle.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Keeps a connection for the next transaction, unless somebody waits for it at the pool.
    pub(crate) fn keep(&self, connection: Connection) {
        if let Some(idle) = self.idle.as_ref().filter(|_| connection.may_stay(self)) {
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }

    /// Gives all connections that were kept back to the pool.
    pub(crate) fn forget_kept(&self) {
        if let Some(idle) = &self.idle {
            idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// What ends a transaction that wrote for a tenant.
    pub(crate) fn closing(&self, org: Uuid) -> String {
        self.notice(org).map_or_else(|| "COMMIT".to_owned(), |notice| format!("{notice}; COMMIT"))
    }

    /// What tells those who listen that a tenant has new events, where the host wants that.
    pub(crate) fn notice(&self, org: Uuid) -> Option<String> {
        self.options.notify.then(|| format!("NOTIFY nexa, '{org}'"))
    }

    /// The statements that check every reference of a transaction so far; empty without references.
    pub(crate) fn references_now(&self) -> Arc<str> {
        self.known().references_now
    }

    /// Checks once that the schema is there and that the role cannot look past its tenant.
    async fn ready(&self) -> Result<()> {
        self.ready.get_or_try_init(|| isolation::check(self)).await.map(|_| ())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // A connection goes back to its pool inside of the runtime, wherever the last who knew the store lets it go.
        let entered = self.handle.enter();
        self.forget_kept();
        drop(entered);
    }
}

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
        let connect = connect_options(url)?;
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
        let settings = format!(
            "SET LOCAL lock_timeout = {}; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off",
            options.lock_timeout.as_millis()
        );
        let opening = format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {settings}");
        let shared = Shared {
            pool,
            statements: Statements::new(options.namespace, options.prepared),
            options,
            trips: AtomicU64::new(0),
            growth: Growth::default(),
            waiting: AtomicUsize::new(0),
            idle: own.then(Mutex::default),
            handle,
            settings,
            opening,
            known: RwLock::default(),
            ready: OnceCell::new(),
        };
        Self { shared: Arc::new(shared), tenants: Arc::default(), runtime }
    }

    /// How many messages went to the server and were waited for, since the store was opened.
    pub fn round_trips(&self) -> u64 {
        self.shared.trips.load(Ordering::Relaxed)
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

pub(crate) fn connect_options(url: &str) -> Result<PgConnectOptions> {
    url::check(url)?;
    // What the driver says may repeat a part of the URL, and with it a secret.
    let options = PgConnectOptions::from_str(url).map_err(|_| codes::MISCONFIGURED.with("problem", url::SHAPE))?;
    Ok(certificates::fixed(options)?.statement_cache_capacity(PREPARED).disable_statement_logging())
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
            self.on_runtime(async move { shared.ready().await }).await?;
        }
        self.tenants.run(&self.shared, Unit { request, work }).await
    }

    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        self.on_runtime(async move {
            shared.ready().await?;
            reader::snapshot(shared, request, work).await
        })
        .await
    }

    async fn drop_org(&self, org: Uuid) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        self.on_runtime(async move {
            shared.ready().await?;
            migrate::drop_org(&shared, org).await
        })
        .await
    }
}

/// An error of a statement that belongs to no tenant.
pub(crate) fn failed(problem: &sqlx::Error) -> Error {
    crate::failure::of(problem, Uuid::nil()).error
}
