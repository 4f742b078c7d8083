//! Lets what needs Tokio run wherever its caller runs.

use std::{
    pin::Pin,
    sync::OnceLock,
    task::{Context, Poll},
};

use tokio::runtime::{Builder, Handle};

/// The runtime around the caller, or one of its own with one thread, which begins when it is needed.
pub(crate) struct Runtime(OnceLock<Option<tokio::runtime::Runtime>>);

impl Runtime {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Runs a future where Tokio is at hand.
    pub(crate) async fn run<F: Future>(&self, future: F) -> F::Output {
        let handle = Handle::try_current().ok().or_else(|| self.own());
        Within { handle, future: Box::pin(future) }.await
    }

    fn own(&self) -> Option<Handle> {
        let build =
            || Builder::new_multi_thread().worker_threads(1).thread_name("nexa-connect").enable_all().build().ok();
        self.0.get_or_init(build).as_ref().map(|runtime| runtime.handle().clone())
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // Waiting for it would not be allowed within another runtime.
        if let Some(Some(runtime)) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A future that finds a runtime each time it is polled.
struct Within<F> {
    handle: Option<Handle>,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let handle = self.handle.clone();
        let _entered = handle.as_ref().map(Handle::enter);
        self.future.as_mut().poll(cx)
    }
}
