//! Work in a transaction of the host.

use std::{any::Any, sync::Arc};

use nexa_kernel::{
    Error, Session, Within,
    error::{Result, codes as kernel},
    store::{ReadRequest, Work, WriteRequest},
    within::HostTransaction,
};
use sqlx::{PgConnection, postgres::PgRow};
use uuid::Uuid;

use crate::{
    alone::{self, Manner},
    begin::Begun,
    cache::Cache,
    codes,
    failure::{Class, Failure},
    link::Link,
    options::Isolation,
    reader,
    rows::simple_text,
    shared::Shared,
    store::PostgresStore,
    unit::Unit,
};

/// Sessions in transactions of sqlx.
///
/// ```no_run
/// # async fn run<C: nexa_kernel::Perform>(
/// #     session: nexa_kernel::Session,
/// #     pool: sqlx::PgPool,
/// #     qualify: C,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use nexa_store_postgres::HostSession;
///
/// let mut transaction = pool.begin().await?;
/// sqlx::query("INSERT INTO orders (number) VALUES (7)").execute(&mut *transaction).await?;
/// session.within(&mut transaction).run(qualify).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
pub trait HostSession {
    /// This session in a transaction that the host has opened on the same database.
    ///
    /// Nothing is run again by itself: `store.serialization` calls for a new transaction, `org.busy` says that another one
    /// keeps the tenant. Error of every call when the session's store is another one: `store.unsupported`.
    fn within<'t>(&self, transaction: &'t mut PgConnection) -> Within<PostgresTransaction<'t>>;
}

impl HostSession for Session {
    fn within<'t>(&self, transaction: &'t mut PgConnection) -> Within<PostgresTransaction<'t>> {
        let store: &dyn Any = self.store();
        let shared = store.downcast_ref::<PostgresStore>().map(PostgresStore::shared);
        Within::new(self.clone(), PostgresTransaction { db: transaction, shared })
    }
}

/// A transaction that the host has opened.
pub struct PostgresTransaction<'t> {
    db: &'t mut PgConnection,
    shared: Option<Arc<Shared>>,
}

/// What a unit sets for itself, and gives back.
const SETTINGS: [&str; 4] = ["nexa.org", "lock_timeout", "plan_cache_mode", "enable_seqscan"];
const SAVE: &str = "SAVEPOINT nexa_unit";
const KEEP: &str = "RELEASE SAVEPOINT nexa_unit";
const TAKE_BACK: &str = "ROLLBACK TO SAVEPOINT nexa_unit; RELEASE SAVEPOINT nexa_unit";

/// The host's settings, in the order of [`SETTINGS`].
type Found = Vec<String>;

impl PostgresTransaction<'_> {
    fn shared(&self) -> Result<Arc<Shared>> {
        let other = || kernel::STORE_UNSUPPORTED.with("what", "a transaction of PostgreSQL");
        self.shared.clone().ok_or_else(other)
    }

    fn link<'l>(&'l mut self, shared: &'l Shared, org: Uuid) -> Link<'l> {
        Link { db: self.db, server: &shared.server, org }
    }
}

/// Begins a unit: a savepoint, the host's settings, ours, and the head of the ledger.
async fn begin(link: &mut Link<'_>, shared: &Shared, lock: bool) -> Result<(Found, Begun), Failure> {
    let org = link.org;
    let ledger = shared.server.statements.dialect().table("ledger");
    let found = SETTINGS.map(|name| format!("current_setting('{name}', true)")).join(", ");
    let mut opening = format!("{SAVE}; SELECT {found}, row_security_active('{ledger}'); SET LOCAL nexa.org = '{org}'");
    if lock {
        opening.push_str("; ");
        opening.push_str(&shared.settings);
    }
    opening.push_str("; ");
    opening.push_str(&shared.server.statements.head_of(&format!("'{org}'"), lock));
    let rows = link.simple(opening).await?;
    let Some((settings, head)) = rows.split_first() else {
        return Err(kernel::STORE_FAILED.with("problem", "the transaction answers nothing").into());
    };
    if shared.options.isolation == Isolation::RowSecurity && text(settings, SETTINGS.len()) != "t" {
        return Err(codes::ISOLATION.with("role", "of the transaction").into());
    }
    let found = (0..SETTINGS.len()).map(|position| text(settings, position)).collect();
    Ok((found, link.began(head, Cache::default(), lock).await?))
}

fn text(row: &PgRow, position: usize) -> String {
    simple_text(row, position).unwrap_or_default()
}

/// The statement that gives the host's settings back.
fn give_back(found: &[String]) -> String {
    let each = SETTINGS.iter().zip(found);
    let calls: Vec<String> =
        each.map(|(name, value)| format!("set_config('{name}', '{}', true)", value.replace('\'', "''"))).collect();
    format!("SELECT {}", calls.join(", "))
}

async fn take_back(link: &mut Link<'_>) {
    // When even this fails the connection is gone, and the host's transaction with it.
    let _ = link.simple(TAKE_BACK.to_owned()).await;
}

/// Runs a unit between a savepoint and its end. What failed is taken back by the caller.
async fn write(link: &mut Link<'_>, shared: &Shared, unit: &Unit, manner: Manner) -> Result<Result<()>, Failure> {
    let kinds = shared.kinds();
    let (found, begun) = begin(link, shared, true).await?;
    let ran = alone::run(link, &kinds, unit, begun, manner).await?;
    if ran.result.is_err() || unit.request.discard {
        if ran.result.is_ok() {
            link.simple(shared.references_now().to_string()).await?;
        }
        link.simple(TAKE_BACK.to_owned()).await?;
        return Ok(ran.result);
    }
    let (references, notice) = (shared.references_now(), shared.notice(link.org));
    let (given_back, mut closing) = (give_back(&found), Vec::new());
    if ran.written {
        // A broken reference is ours to report now, and not the host's to meet when it commits.
        closing.extend(Some(&*references).filter(|check| !check.is_empty()));
        closing.extend(notice.as_deref());
    }
    closing.extend([given_back.as_str(), KEEP]);
    link.simple(closing.join("; ")).await?;
    Ok(Ok(()))
}

async fn read(link: &mut Link<'_>, shared: &Shared, work: &Arc<dyn Work>) -> Result<Result<()>, Failure> {
    let (found, begun) = begin(link, shared, false).await?;
    let ended = reader::work_on(link, begun, work).await?;
    link.simple(format!("{}; {KEEP}", give_back(&found))).await?;
    Ok(ended)
}

/// What only a new transaction of the host can cure is reported as that.
fn reported(failure: Failure, org: Uuid) -> Error {
    if failure.class == Class::Serialization { codes::SERIALIZATION.with("org", org) } else { failure.error }
}

impl HostTransaction for PostgresTransaction<'_> {
    async fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        let shared = self.shared()?;
        let org = request.org;
        let mut link = self.link(&shared, org);
        let unit = Unit { request, work };
        let mut ended = write(&mut link, &shared, &unit, Manner::Fast).await;
        if ended.is_err() {
            take_back(&mut link).await;
        }
        if matches!(&ended, Err(failure) if failure.class == Class::Constraint) {
            ended = write(&mut link, &shared, &unit, Manner::Careful).await;
            if ended.is_err() {
                take_back(&mut link).await;
            }
        }
        ended.unwrap_or_else(|failure| Err(reported(failure, org)))
    }

    async fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        let shared = self.shared()?;
        let org = request.org;
        let mut link = self.link(&shared, org);
        let ended = read(&mut link, &shared, &work).await;
        if ended.is_err() {
            take_back(&mut link).await;
        }
        ended.unwrap_or_else(|failure| Err(reported(failure, org)))
    }
}
