//! A thread that wakes a task at a moment, for hosts of any runtime and of none.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

/// What a task waits for.
#[derive(Default)]
struct State {
    /// When it is woken.
    at: Option<Instant>,
    waker: Option<Waker>,
    /// Whether nobody will set it again.
    closed: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes whoever waits when their moment has come.
    fn keep_time(&self) {
        let mut state = self.locked();
        while !state.closed {
            let Some(at) = state.at else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = at.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.at = None;
                if let Some(waker) = state.waker.take() {
                    waker.wake();
                }
            } else {
                state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}

/// Wakes one task at a time. Its thread ends when it is dropped.
pub(super) struct Alarm(Arc<Shared>);

impl Alarm {
    /// An alarm. Error: the system's, when it gives no thread.
    pub(super) fn new() -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let keeping = Arc::clone(&shared);
        thread::Builder::new().name("nexa-alarm".to_owned()).spawn(move || keeping.keep_time())?;
        Ok(Self(shared))
    }

    /// Ready after so long.
    pub(super) fn after(&self, pause: Duration) -> impl Future<Output = ()> {
        After { shared: Arc::clone(&self.0), at: Instant::now() + pause }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.0.locked().closed = true;
        self.0.changed.notify_one();
    }
}

struct After {
    shared: Arc<Shared>,
    at: Instant,
}

impl Future for After {
    type Output = ();
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.at {
            return Poll::Ready(());
        }
        let mut state = self.shared.locked();
        (state.at, state.waker) = (Some(self.at), Some(context.waker().clone()));
        self.shared.changed.notify_one();
        Poll::Pending
    }
}
