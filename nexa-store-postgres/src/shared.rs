//! The connections of a store, and what they have in common.

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use nexa_kernel::{record::RecordDef, store::Work};
use sqlx::{ConnectOptions, Connection as _, PgPool, Postgres, pool::PoolConnection};
use tokio::{runtime::Handle, sync::OnceCell, time::timeout};
use uuid::Uuid;

use crate::{
    begin::Begun,
    connection::Connection,
    failure::{self, Class, Failure},
    growth::Growth,
    link::Server,
    options::Options,
    statements::Statements,
};

/// How long a server may take to answer a new connection.
const PROBE: Duration = Duration::from_secs(2);

/// How often a connection that turns out to be dead is replaced.
const REPLACEMENTS: usize = 12;

/// What all connections have in common.
pub(crate) struct Shared {
    pub(crate) pool: PgPool,
    pub(crate) options: Options,
    pub(crate) server: Server,
    /// How many wait for a connection.
    waiting: AtomicUsize,
    /// Connections between two transactions. The pool would ask each of them whether it is alive; here the next
    /// transaction finds out. `None` on a pool of the host's, which gets its connections back.
    idle: Option<Mutex<Vec<Connection>>>,
    pub(crate) handle: Handle,
    /// What a transaction that writes sets for itself.
    pub(crate) settings: String,
    /// What begins one.
    pub(crate) opening: String,
    known: RwLock<Known>,
    /// Whether the schema was found to be there, and the role to see its tenant alone.
    pub(crate) ready: OnceCell<()>,
}

/// What the store knows of the kinds.
#[derive(Clone, Default)]
struct Known {
    kinds: Arc<[&'static RecordDef]>,
    /// The statements that check every reference of a transaction so far.
    references_now: Arc<str>,
}

impl Shared {
    /// What the connections of a pool share; those of a pool of its `own` are kept between two transactions.
    pub(crate) fn new(pool: PgPool, own: bool, options: Options, handle: Handle) -> Self {
        let settings = format!(
            "SET LOCAL lock_timeout = {}; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off",
            options.lock_timeout.as_millis()
        );
        let opening = format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {settings}");
        let statements = Statements::new(options.namespace, options.prepared);
        Self {
            pool,
            server: Server { statements, trips: AtomicU64::new(0), growth: Growth::default() },
            options,
            waiting: AtomicUsize::new(0),
            idle: own.then(Mutex::default),
            handle,
            settings,
            opening,
            known: RwLock::default(),
            ready: OnceCell::new(),
        }
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kinds that the store knows.
    pub(crate) fn kinds(&self) -> Arc<[&'static RecordDef]> {
        self.known().kinds
    }

    pub(crate) fn learn(&self, defs: &[&'static RecordDef]) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let others = known.kinds.iter().filter(|other| defs.iter().all(|def| def.kind != other.kind));
        let kinds: Vec<&'static RecordDef> = others.chain(defs).copied().collect();
        let tables = nexa_sql::tables(self.server.statements.dialect(), &kinds);
        let references = tables.iter().flat_map(|table| &table.references);
        let namespace = self.server.statements.namespace.name();
        let names: Vec<String> = references.map(|reference| format!("{namespace}.{}", reference.name)).collect();
        let names = names.join(", ");
        let check = format!("SET CONSTRAINTS {names} IMMEDIATE; SET CONSTRAINTS {names} DEFERRED");
        let references_now = if names.is_empty() { Arc::default() } else { check.into() };
        *known = Known { kinds: kinds.into(), references_now };
    }

    /// A connection of the pool. The pool tries again and again where nobody listens, and then says the same as when all
    /// its connections are in use; who waited in vain learns which it was.
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

    /// A connection without a transaction: one that was kept, or one of the pool.
    pub(crate) async fn connection(&self, org: Uuid) -> Result<Connection, Failure> {
        let kept = self.idle.as_ref().and_then(|idle| idle.lock().unwrap_or_else(PoisonError::into_inner).pop());
        if let Some(kept) = kept {
            return Ok(kept);
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let acquired = self.acquire().await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        acquired.map(Connection::new).map_err(|problem| failure::of(&problem, org))
    }

    /// Begins a transaction, and reads the head of the ledger and what the work prefetches. A connection that the server has
    /// closed since it was used last is replaced.
    pub(crate) async fn begin(
        &self,
        connection: &mut Connection,
        org: Uuid,
        opening: &str,
        lock: bool,
        work: Option<&Arc<dyn Work>>,
    ) -> Result<Begun, Failure> {
        for _ in 0..REPLACEMENTS {
            match connection.begin(&self.server, org, opening, lock, work).await {
                Err(Failure { class: Class::Lost, .. }) => {
                    // Nothing was done on it yet, and those that were kept beside it are no better.
                    self.forget_kept();
                    *connection = self.connection(org).await?;
                }
                begun => return begun,
            }
        }
        connection.begin(&self.server, org, opening, lock, work).await
    }

    /// A connection on which a transaction for no tenant has begun; one that the server has closed since it was used last is replaced.
    pub(crate) async fn opened(&self, opening: &str) -> Result<Connection, Failure> {
        let mut connection = self.connection(Uuid::nil()).await?;
        for _ in 0..REPLACEMENTS {
            self.server.trips.fetch_add(1, Ordering::Relaxed);
            match connection.open(opening).await {
                Err(Failure { class: Class::Lost, .. }) => {
                    self.forget_kept();
                    connection = self.connection(Uuid::nil()).await?;
                }
                begun => return begun.map(|()| connection),
            }
        }
        connection.open(opening).await.map(|()| connection)
    }

    /// Whether a connection can be kept for the next transaction: a tenant that is always busy must not keep others waiting.
    pub(crate) fn may_keep(&self, connection: &Connection) -> bool {
        connection.usable() && self.waiting.load(Ordering::Relaxed) == 0
    }

    /// Keeps a connection for the next transaction, unless somebody waits for it at the pool.
    pub(crate) fn keep(&self, connection: Connection) {
        if let Some(idle) = self.idle.as_ref().filter(|_| self.may_keep(&connection)) {
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

    /// What notifies those who listen that a tenant has new events, where the host wants that.
    pub(crate) fn notice(&self, org: Uuid) -> Option<String> {
        self.options.notify.then(|| format!("NOTIFY nexa, '{org}'"))
    }

    /// The statements that check every reference of a transaction so far; empty without references.
    pub(crate) fn references_now(&self) -> Arc<str> {
        self.known().references_now
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
