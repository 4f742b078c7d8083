//! Waiting for work on the caller's thread.

use nexa_core::kernel::blocking::ThreadWaits;

/// Runs work to its end. The thread has nothing else to do, so that an embedded storage works right on it.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let _waits = ThreadWaits::new();
    pollster::block_on(work)
}
