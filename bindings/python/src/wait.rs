//! Waiting for work without the interpreter's lock, and with an ear for Ctrl-C.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use nexa_crm::{Result, kernel::blocking::ThreadWaits};
use pyo3::prelude::*;

use crate::errors::raised;

/// How often a thread that waits looks whether the process was asked to stop.
const LOOK: Duration = Duration::from_millis(50);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs work on this thread, and lets other Python threads go on meanwhile.
///
/// A signal whose handler raises, such as Ctrl-C, drops work that waits: a unit that did not commit has changed nothing.
pub(crate) fn wait<T: Send>(py: Python<'_>, work: impl Future<Output = Result<T>> + Send) -> PyResult<T> {
    py.detach(|| run(work))?.map_err(|error| raised(py, &error))
}

/// The same where the lock was given back already.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> PyResult<T> {
    // The thread has nothing else to do: the event loop of Python is on another one.
    let _waits = ThreadWaits::new();
    let mut work = pin!(work);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(answer) = work.as_mut().poll(&mut context) {
            return Ok(answer);
        }
        thread::park_timeout(LOOK);
        // Only the main thread of the interpreter hears of signals; others pass here at once.
        Python::attach(|py| py.check_signals())?;
    }
}
