//! An open Crm, that can be closed and knows which process opened it.

use std::{
    mem, process,
    sync::{PoisonError, RwLock},
};

use nexa_crm::{Code, Crm, Result};

/// The Crm was closed.
const CLOSED: Code = Code::unavailable("crm.closed", "This Crm was closed; open it again.").permanent();
/// The process was forked after the Crm was opened.
const FORKED: Code = Code::unavailable(
    "crm.forked",
    "This Crm was opened before the process forked, and its connections belong to the parent; open it again in the child.",
)
.permanent();

/// What Crm and sessions of Python share.
pub(crate) struct Handle {
    crm: RwLock<Option<Crm>>,
    process: u32,
}

impl Handle {
    pub(crate) fn new(crm: Crm) -> Self {
        Self { crm: RwLock::new(Some(crm)), process: process::id() }
    }

    pub(crate) fn is_forked(&self) -> bool {
        self.process != process::id()
    }

    /// The Crm. Errors: `crm.closed`, `crm.forked`.
    pub(crate) fn crm(&self) -> Result<Crm> {
        if self.is_forked() {
            // Locks and threads were not copied with the memory: nothing of it may be touched here.
            return Err(FORKED.error());
        }
        let crm = self.crm.read().unwrap_or_else(PoisonError::into_inner);
        crm.clone().ok_or_else(|| CLOSED.error())
    }

    /// Lets go of the storage. A call that is under way holds it until it has ended.
    pub(crate) fn close(&self) {
        if self.is_forked() {
            return;
        }
        let crm = self.crm.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(crm);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_forked() || self.crm.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.is_forked() {
            // Closing here would unlock files and end connections that the parent still uses.
            mem::forget(self.crm.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}
