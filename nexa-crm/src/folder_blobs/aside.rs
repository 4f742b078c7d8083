//! Work that blocks, aside of whoever waits for it.

use std::{io, thread};

use futures_channel::oneshot;
use nexa_core::kernel::blocking::thread_waits;

/// Does something that blocks: right here for a thread that waits for this alone, else on a thread of its own, so that the other tasks
/// of the caller's thread go on.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    if thread_waits() {
        return work();
    }
    let (done, outcome) = oneshot::channel();
    let named = thread::Builder::new().name("nexa-files".to_owned());
    named.spawn(move || {
        // Whoever waited may be gone.
        let _ = done.send(work());
    })?;
    outcome.await.unwrap_or_else(|_| Err(io::Error::other("the thread that did it has ended")))
}
