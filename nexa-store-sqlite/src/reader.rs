//! Snapshots: connections that read while others write.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use nexa_core::kernel::{
    error::Result,
    in_place::run_in_place,
    store::{ReadRequest, Work},
};

use crate::{
    connection::{Kinds, Link, Purpose},
    options::Options,
    transaction::SqliteTransaction,
};

/// Connections for reading.
pub(crate) struct Readers {
    idle: Mutex<Vec<Link<'static>>>,
    pub(crate) path: PathBuf,
    options: Options,
    pub(crate) kinds: Kinds,
}

impl Readers {
    /// Whether reads have connections of their own.
    pub(crate) const fn any(&self) -> bool {
        self.options.readers > 0
    }

    pub(crate) const fn new(path: PathBuf, options: Options, kinds: Kinds) -> Self {
        Self { idle: Mutex::new(Vec::new()), path, options, kinds }
    }

    /// Runs work on a snapshot, on the caller's thread.
    pub(crate) fn run(&self, request: ReadRequest, work: &dyn Work) -> Result<()> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut link = match idle {
            Some(link) => link,
            None => self.open()?,
        };
        let result = snapshot(&mut link, request, work);
        if link.db.is_autocommit() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < self.options.readers {
                idle.push(link);
            }
        }
        result
    }

    /// A connection for reading.
    pub(crate) fn open(&self) -> Result<Link<'static>> {
        Link::open(&self.path, &self.options, &self.kinds, Purpose::Read)
    }
}

pub(crate) fn snapshot(link: &mut Link<'_>, request: ReadRequest, work: &dyn Work) -> Result<()> {
    link.execute("BEGIN").map_err(|failure| link.failed(&failure))?;
    let mut tx = SqliteTransaction::reading(link, request.org);
    let answered = run_in_place(work, &mut tx);
    let result = answered.and(tx.lost.take().map_or(Ok(()), Err));
    // Nothing was written; a connection whose snapshot does not end is not used again.
    let _ = link.execute("COMMIT");
    result
}
