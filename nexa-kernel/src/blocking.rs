//! Who waits for work: a thread that has nothing else to do, or a task among others on it.
//!
//! An embedded storage does its work with blocking calls. For a thread that waits for this work alone it does it right there, which
//! is quickest; for a task it does it on threads of its own, so that the other tasks and timers of the caller's thread go on.

use std::{cell::Cell, marker::PhantomData};

thread_local! {
    static WAITING: Cell<usize> = const { Cell::new(0) };
}

/// Whether the thread that polls has nothing else to do meanwhile, so that a storage may block it.
pub fn thread_waits() -> bool {
    WAITING.get() > 0
}

/// Declares, as long as it lives, that this thread polls work and has nothing else to do. What blocks on a future makes one first,
/// as the blocking API does.
#[derive(Debug)]
pub struct ThreadWaits(PhantomData<*const ()>);

impl ThreadWaits {
    /// Declares it from now on.
    #[must_use]
    pub fn new() -> Self {
        WAITING.set(WAITING.get() + 1);
        Self(PhantomData)
    }
}

impl Default for ThreadWaits {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ThreadWaits {
    fn drop(&mut self) {
        WAITING.set(WAITING.get().saturating_sub(1));
    }
}
