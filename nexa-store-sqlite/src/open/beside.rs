//! A transaction on a connection of its own.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use nexa_kernel::{
    error::Result,
    sql::{Sql, SqlRows},
    store::{OpenTransaction, ReadRequest, Work, WriteRequest, open::ENDED},
};

use super::{commit, guard::Guard, statement};
use crate::{
    connection::{Link, Purpose},
    host::{read_within, write_within},
    reader::Readers,
};

/// The connections of open transactions, one of which is kept for the next.
#[derive(Default)]
pub(crate) struct Openings(Mutex<Option<Kept>>);

/// A connection whose statements of the host are watched.
struct Kept {
    link: Link<'static>,
    guard: Guard,
}

impl Openings {
    /// Begins a transaction that writes. Errors: `store.locked`, `store.replaced`, `store.…`.
    pub(crate) fn begin(self: &Arc<Self>, readers: &Readers) -> Result<Opened> {
        readers.files.standing()?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let kept = match kept {
            Some(kept) => kept,
            None => {
                let link = readers.connect(Purpose::Transaction)?;
                let guard = Guard::on(&link)?;
                Kept { link, guard }
            }
        };
        kept.link.begin_writing().map_err(|failure| kept.link.failed(&failure))?;
        Ok(Opened { kept: Some(kept), home: Arc::clone(self), process: std::process::id() })
    }

    /// Forgets the connection that was kept.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn keep(&self, kept: Kept) {
        if kept.link.db.is_autocommit() && kept.link.files.standing().is_ok() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
    }
}

/// An open transaction.
pub(crate) struct Opened {
    kept: Option<Kept>,
    home: Arc<Openings>,
    /// The process that began it.
    process: u32,
}

impl Opened {
    /// The connection inside its transaction. Errors: `store.forked`, `transaction.ended`.
    fn kept(&mut self) -> Result<&mut Kept> {
        if self.process != std::process::id() {
            return Err(ENDED.error());
        }
        // SQLite gives a transaction up by itself when the disk is full, and where the host's SQL says so.
        let open = self.kept.as_mut().filter(|kept| !kept.link.db.is_autocommit());
        open.ok_or_else(|| ENDED.error())
    }

    fn end(&mut self) {
        let Some(kept) = self.kept.take() else { return };
        if self.process != std::process::id() {
            // The connection is the parent's: closing it would unlock the file under it.
            return mem::forget(kept);
        }
        if !kept.link.db.is_autocommit() {
            // A connection that cannot roll back is closed, which does.
            let _ = kept.link.execute("ROLLBACK");
        }
        self.home.keep(kept);
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.end();
    }
}

#[async_trait]
impl OpenTransaction for Opened {
    async fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        write_within(&mut self.kept()?.link, request, &*work)
    }

    async fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        read_within(&mut self.kept()?.link, request, &*work)
    }

    async fn sql(&mut self, sql: &Sql) -> Result<SqlRows> {
        let Kept { link, guard } = self.kept()?;
        statement::run(link, guard, sql)
    }

    async fn commit(&mut self) -> Result<()> {
        let Kept { link, .. } = self.kept()?;
        let committed = commit(link);
        self.end();
        committed
    }

    async fn roll_back(&mut self) {
        self.end();
    }
}
