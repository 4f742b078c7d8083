//! Connections that read while others write.

use std::sync::{Arc, Mutex, PoisonError};

use nexa_kernel::error::Result;
#[cfg(not(target_arch = "wasm32"))]
use {crate::ledger::read_head, nexa_kernel::ledger::Head, uuid::Uuid};

use crate::{
    connection::{Kinds, Link, Purpose},
    files::Files,
    options::Options,
};

/// Connections for reading.
pub(crate) struct Readers {
    idle: Mutex<Vec<Link<'static>>>,
    pub(crate) files: Arc<Files>,
    options: Options,
    pub(crate) kinds: Kinds,
}

impl Readers {
    /// Whether reads have connections of their own.
    pub(crate) const fn any(&self) -> bool {
        self.options.readers > 0
    }

    /// How many connections are kept.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) const fn kept(&self) -> usize {
        self.options.readers
    }

    /// How long to wait for another process.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) const fn patience(&self) -> std::time::Duration {
        self.options.busy_timeout
    }

    pub(crate) const fn new(files: Arc<Files>, options: Options, kinds: Kinds) -> Self {
        Self { idle: Mutex::new(Vec::new()), files, options, kinds }
    }

    /// Reads on a snapshot in which the tenant's ledger has this head; answers whether it has.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn beside(&self, org: Uuid, head: &Head, read: impl FnOnce(&Link<'_>) -> Result<()>) -> Result<bool> {
        self.lend(|link| {
            link.execute("BEGIN").map_err(|failure| link.failed(&failure))?;
            let done = match read_head(link, org) {
                Ok(found) if found == *head => read(link).map(|()| true),
                other => other.map(|_| false),
            };
            let _ = link.execute("COMMIT");
            done
        })
    }

    /// Lends a connection.
    pub(crate) fn lend<T>(&self, work: impl FnOnce(&mut Link<'static>) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut link = match idle {
            Some(link) => link,
            None => self.open()?,
        };
        let result = work(&mut link);
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
        self.connect(Purpose::Read)
    }

    /// A connection beside the one that writes.
    pub(crate) fn connect(&self, purpose: Purpose) -> Result<Link<'static>> {
        let link = Link::open(Arc::clone(&self.files), &self.options, &self.kinds, purpose)?;
        // A file that has come in the place of ours is not read as if it were ours.
        self.files.check()?;
        Ok(link)
    }
}
