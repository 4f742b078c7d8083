//! Threads that read for tasks, whose own thread has other work to do.

use std::{
    collections::VecDeque,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use futures_channel::oneshot;
use nexa_kernel::error::{Result, codes};

use crate::reader::Readers;

type Job = Box<dyn FnOnce(&Readers) + Send>;

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    /// How many threads wait for a job.
    idle: usize,
    threads: Vec<JoinHandle<()>>,
    closed: bool,
}

/// As many threads as connections for reading are kept, started when they are first needed.
pub(crate) struct Pool {
    state: Mutex<State>,
    turn: Condvar,
    readers: Arc<Readers>,
}

impl Pool {
    pub(crate) fn new(readers: Arc<Readers>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), turn: Condvar::new(), readers })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Jobs run without it, and their panics are caught.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs work on one of the threads. Work whose caller is gone before it begins is left undone.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Readers) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, receiver) = oneshot::channel();
        self.hand_over(Box::new(move |readers| {
            if !answer.is_canceled() {
                // Who waited may be gone; then nobody hears of it.
                let _ = answer.send(work(readers));
            }
        }));
        receiver.await.unwrap_or_else(|_| Err(codes::STORE_FAILED.with("problem", "a thread that reads has panicked")))
    }

    fn hand_over(self: &Arc<Self>, job: Job) {
        let mut state = self.state();
        state.waiting.push_back(job);
        if state.waiting.len() > state.idle && state.threads.len() < self.readers.kept().max(1) {
            let pool = Arc::clone(self);
            let started = thread::Builder::new().name("nexa-reader".to_owned()).spawn(move || pool.serve());
            state.threads.extend(started.ok());
        }
        if state.threads.is_empty()
            && let Some(job) = state.waiting.pop_back()
        {
            // No thread is to be had: serve who asks rather than leave them.
            drop(state);
            return job(&self.readers);
        }
        drop(state);
        self.turn.notify_one();
    }

    fn serve(&self) {
        let mut state = self.state();
        loop {
            if let Some(job) = state.waiting.pop_front() {
                drop(state);
                // A panic costs the job that it happened in.
                let _ = panic::catch_unwind(AssertUnwindSafe(|| job(&self.readers)));
                state = self.state();
            } else if state.closed {
                return;
            } else {
                state.idle += 1;
                state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
        }
    }

    /// Ends the threads, after they have served all who wait.
    pub(crate) fn close(&self) {
        let threads = {
            let mut state = self.state();
            state.closed = true;
            std::mem::take(&mut state.threads)
        };
        self.turn.notify_all();
        for thread in threads {
            if thread.thread().id() != thread::current().id() {
                // Its panics are caught.
                let _ = thread.join();
            }
        }
    }
}
