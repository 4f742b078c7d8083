//! A session in a transaction that the storage holds open: the host's own SQL and operations are committed together, or not at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    error::{Result, codes},
    record::RecordDef,
    session::Session,
    sql::{Sql, SqlRows},
    store::{
        OpenTransaction, ReadRequest, Store, Work, WriteRequest,
        open::{ENDED, IN_USE, NESTED},
    },
};

impl Session {
    /// Begins a transaction on a connection of the storage, for hosts whose own connection is not at hand; with one at hand see
    /// `within` of the backends.
    ///
    /// The tenant, or the file of an embedded storage, stays locked until it ends: keep it short. It is rolled back when it is
    /// dropped. Calls run where they are polled, so on an embedded storage they block that thread. Errors: `store.unsupported` where
    /// the storage keeps no tables, `transaction.nested`, `store.…`.
    pub async fn begin(&self) -> Result<SessionTransaction> {
        let place = Mutex::new(Place::There(self.store.begin().await?));
        let shelf = Arc::new(Shelf { place, _store: Arc::clone(&self.store) });
        Ok(SessionTransaction { session: self.on(Arc::clone(&shelf) as Arc<dyn Store>), shelf })
    }
}

/// A transaction that a session has begun.
pub struct SessionTransaction {
    session: Session,
    shelf: Arc<Shelf>,
}

impl SessionTransaction {
    /// The session in the transaction: whatever it does is kept with the transaction alone, and what it reads is as the transaction
    /// sees it. A refusal leaves the transaction usable. More errors of every call: `transaction.ended`, `transaction.in_use`.
    pub const fn session(&self) -> &Session {
        &self.session
    }
    /// Runs one statement of the host's own SQL, past every access rule. It can read everything that the connection may; it can
    /// neither end the transaction nor, on SQLite, change Nexa's tables.
    ///
    /// Errors: `transaction.sql_failed`, `transaction.sql_prohibited`, `transaction.constraint`, `transaction.ended`,
    /// `transaction.in_use`, `sql.too_large`, `sql.too_long`, `store.…`.
    pub async fn sql(&self, sql: &Sql) -> Result<SqlRows> {
        let mut lent = self.shelf.lend()?;
        let answered = lent.there()?.sql(sql).await;
        lent.whole = true;
        answered
    }
    /// Keeps everything. Errors: `transaction.ended`, `transaction.in_use`, `transaction.not_committed`, `store.…`.
    pub async fn commit(&self) -> Result<()> {
        let mut lent = self.shelf.lend()?;
        lent.there()?.commit().await
    }
    /// Keeps nothing. A call that is under way ends first, and nothing of it is kept either.
    pub async fn roll_back(&self) {
        match self.shelf.lend() {
            Ok(mut lent) => {
                if let Ok(open) = lent.there() {
                    open.roll_back().await;
                }
            }
            Err(_) => *self.shelf.locked() = Place::Ended,
        }
    }
}

/// Where the transaction is.
enum Place {
    There(Box<dyn OpenTransaction>),
    Lent,
    Ended,
}

/// The store of a session in a transaction.
struct Shelf {
    place: Mutex<Place>,
    /// The store that has the connection stays open as long as the transaction.
    _store: Arc<dyn Store>,
}

impl Shelf {
    fn locked(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends the transaction to a call. Errors: `transaction.ended`, `transaction.in_use`.
    fn lend(&self) -> Result<Lent<'_>> {
        let mut place = self.locked();
        match std::mem::replace(&mut *place, Place::Lent) {
            Place::There(open) => Ok(Lent { shelf: self, open: Some(open), whole: false }),
            Place::Lent => Err(IN_USE.error()),
            Place::Ended => {
                *place = Place::Ended;
                Err(ENDED.error())
            }
        }
    }
}

/// The transaction in the hands of a call. A call that is dropped half-way takes the transaction with it.
struct Lent<'s> {
    shelf: &'s Shelf,
    open: Option<Box<dyn OpenTransaction>>,
    /// Whether the call was made to its end.
    whole: bool,
}

impl Lent<'_> {
    fn there(&mut self) -> Result<&mut Box<dyn OpenTransaction>> {
        self.open.as_mut().ok_or_else(|| ENDED.error())
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut place = self.shelf.locked();
        let open = self.open.take().filter(|_| self.whole && matches!(*place, Place::Lent));
        *place = open.map_or(Place::Ended, Place::There);
    }
}

fn unsupported(what: &str) -> Result<()> {
    Err(codes::STORE_UNSUPPORTED.with("what", format!("{what} inside a transaction")))
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Store for Shelf {
    async fn migrate(&self, _: &[&'static RecordDef]) -> Result<()> {
        unsupported("migration")
    }
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        let mut lent = self.lend()?;
        let written = lent.there()?.write(request, work).await;
        lent.whole = true;
        written
    }
    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        let mut lent = self.lend()?;
        let read = lent.there()?.read(request, work).await;
        lent.whole = true;
        read
    }
    async fn drop_org(&self, _: Uuid) -> Result<()> {
        unsupported("removing a tenant")
    }
    async fn begin(&self) -> Result<Box<dyn OpenTransaction>> {
        Err(NESTED.error())
    }
}
