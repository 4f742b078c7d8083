//! A transaction in the hands of Python.

use std::{
    mem, process,
    sync::atomic::{AtomicBool, Ordering},
};

use nexa_crm::kernel::transaction::SessionTransaction;

/// A transaction that a session has begun; it is rolled back when Python forgets it.
pub(crate) struct Began {
    transaction: Option<SessionTransaction>,
    process: u32,
    /// Whether Python has said that nothing is to be kept.
    given_up: AtomicBool,
}

impl Began {
    pub(crate) fn new(transaction: SessionTransaction) -> Self {
        Self { transaction: Some(transaction), process: process::id(), given_up: AtomicBool::new(false) }
    }
    pub(crate) const fn get(&self) -> Option<&SessionTransaction> {
        self.transaction.as_ref()
    }
    /// Keeps nothing; what is said at the end of the block changes nothing about it.
    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
    pub(crate) fn given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }
}

impl Drop for Began {
    fn drop(&mut self) {
        if self.process != process::id() {
            // Ending it here would end the parent's.
            mem::forget(self.transaction.take());
        }
    }
}
