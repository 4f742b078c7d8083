//! Whose turn it is to write. A thread that waits for its work and finds nobody writing writes by itself; those that come
//! meanwhile wait, as tasks do, and a thread of the store commits them together.

use std::{
    collections::VecDeque,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use futures_channel::oneshot;
use nexa_kernel::{
    blocking::thread_waits,
    error::{Result, codes},
    store::{ReadRequest, Work},
};

use crate::{
    connection::Link,
    snapshot::snapshot,
    writer::{Unit, Writer},
};

/// At most so many units share a commit.
const LARGEST_GROUP: usize = 64;

/// Something that has the file for itself.
pub(crate) type Alone = Box<dyn FnOnce(&mut Link<'_>) -> Result<()> + Send>;

pub(crate) enum Task {
    Unit(Unit),
    Read(ReadRequest, Arc<dyn Work>),
    Alone(Alone),
}

struct Waiting {
    task: Task,
    answer: oneshot::Sender<Result<()>>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// Whether somebody has the turn. Nobody waits while nobody has it.
    busy: bool,
    /// Whether the turn is the thread's.
    handed: bool,
    closed: bool,
    thread: Option<JoinHandle<()>>,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    turn: Condvar,
    writer: Mutex<Writer>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Work panics are caught before they get here; what the mutex guards is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    pub(crate) fn new(writer: Writer) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), turn: Condvar::new(), writer: Mutex::new(writer) })
    }

    /// Runs a task: here when nobody else writes and the thread waits for it, else where others are being committed.
    pub(crate) async fn run(self: &Arc<Self>, task: Task) -> Result<()> {
        let here = cfg!(target_arch = "wasm32") || thread_waits();
        let receiver = {
            let mut state = locked(&self.state);
            if state.busy || !here {
                let (answer, receiver) = oneshot::channel();
                state.waiting.push_back(Waiting { task, answer });
                if !state.busy {
                    state.busy = true;
                    drop(state);
                    self.pass_on();
                }
                Ok(receiver)
            } else {
                state.busy = true;
                Err(task)
            }
        };
        match receiver {
            Ok(receiver) => {
                receiver.await.unwrap_or_else(|_| Err(codes::STORE_FAILED.with("problem", "it was closed")))
            }
            Err(task) => {
                let _turn = Turn(self);
                let mut writer = locked(&self.writer);
                match task {
                    Task::Unit(unit) => writer.run(&[unit]).pop().unwrap_or(Ok(())),
                    Task::Read(request, work) => snapshot(&mut writer.link, request, None, &*work),
                    Task::Alone(alone) => by_itself(&mut writer.link, alone),
                }
            }
        }
    }

    /// Takes the turn until what it returns is dropped, where nobody has it: for a file with one connection, on which others wait.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn hold(self: &Arc<Self>) -> Option<Turned> {
        let mut state = locked(&self.state);
        if state.busy {
            return None;
        }
        state.busy = true;
        Some(Turned(Arc::clone(self)))
    }

    /// Gives the turn to the thread when others wait, else to nobody.
    fn pass_on(self: &Arc<Self>) {
        let mut state = locked(&self.state);
        if state.waiting.is_empty() {
            state.busy = false;
            return;
        }
        if state.thread.is_none() {
            state.thread = self.spawn();
        }
        if state.thread.is_some() {
            state.handed = true;
            drop(state);
            self.turn.notify_one();
        } else {
            // No thread is to be had: serve those who wait rather than leave them.
            drop(state);
            while self.serve_group().is_some() {}
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn spawn(self: &Arc<Self>) -> Option<JoinHandle<()>> {
        let queue = Arc::clone(self);
        thread::Builder::new().name("nexa-writer".to_owned()).spawn(move || queue.serve()).ok()
    }

    /// There are no threads; who has the turn serves those who wait.
    #[cfg(target_arch = "wasm32")]
    #[allow(clippy::unused_self)]
    fn spawn(self: &Arc<Self>) -> Option<JoinHandle<()>> {
        None
    }

    /// The thread.
    #[cfg_attr(target_arch = "wasm32", allow(dead_code))]
    fn serve(&self) {
        loop {
            let state = locked(&self.state);
            let state = self
                .turn
                .wait_while(state, |state| !state.handed && !state.closed)
                .unwrap_or_else(PoisonError::into_inner);
            let ends = !state.handed;
            drop(state);
            if ends {
                return;
            }
            // A panic costs the group that it happened in; the turn must not get lost with it.
            let mut served = 0;
            while let Some(units) = panic::catch_unwind(AssertUnwindSafe(|| {
                self.gather(served);
                self.serve_group()
            }))
            .unwrap_or(Some(0))
            {
                served = units;
            }
        }
    }

    /// Lets those who were just answered come back, so that they share the next commit; no longer than more of them come.
    fn gather(&self, answered: usize) {
        let mut waiting = locked(&self.state).waiting.len();
        while waiting < answered {
            thread::yield_now();
            let now = locked(&self.state).waiting.len();
            if now == waiting {
                return;
            }
            waiting = now;
        }
    }

    /// Commits the next group and returns how many had a share in it. When nobody waits any more it gives up the turn.
    fn serve_group(&self) -> Option<usize> {
        let mut tasks = VecDeque::with_capacity(LARGEST_GROUP);
        {
            let mut state = locked(&self.state);
            while tasks.len() < LARGEST_GROUP {
                match state.waiting.pop_front() {
                    // Nobody waits for it any more, and nothing of it was done.
                    Some(waiting) if waiting.answer.is_canceled() => {}
                    Some(waiting) => tasks.push_back(waiting),
                    None => break,
                }
            }
            if tasks.is_empty() {
                (state.busy, state.handed) = (false, false);
                return None;
            }
        }
        let served = tasks.len();
        let mut writer = locked(&self.writer);
        let mut answers = Vec::with_capacity(LARGEST_GROUP);
        let mut units = Vec::with_capacity(LARGEST_GROUP);
        for Waiting { task, answer } in tasks {
            match task {
                Task::Unit(unit) => {
                    units.push(unit);
                    answers.push(answer);
                }
                Task::Read(request, work) => {
                    commit(&mut writer, &mut units, &mut answers);
                    // Who waited may be gone; then nobody hears of it.
                    let _ = answer.send(snapshot(&mut writer.link, request, None, &*work));
                }
                Task::Alone(alone) => {
                    commit(&mut writer, &mut units, &mut answers);
                    // Who waited may be gone; then nobody hears of it.
                    let _ = answer.send(by_itself(&mut writer.link, alone));
                }
            }
        }
        commit(&mut writer, &mut units, &mut answers);
        Some(served)
    }

    /// Before the connection is closed: files that were replaced meanwhile are left alone.
    pub(crate) fn end(&self) {
        let writer = locked(&self.writer);
        if writer.link.files.check().is_err() {
            writer.link.forsake();
        }
    }

    /// Ends the thread, after it has served all who wait.
    pub(crate) fn close(&self) {
        let thread = {
            let mut state = locked(&self.state);
            state.closed = true;
            state.thread.take()
        };
        self.turn.notify_all();
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
        {
            // A thread that ended with a panic has nothing more to say.
            let _ = thread.join();
        }
    }
}

/// Runs what has the file for itself, on files that are still ours.
fn by_itself(link: &mut Link<'_>, alone: Alone) -> Result<()> {
    link.files.standing()?;
    alone(link)?;
    link.files.check().inspect_err(|_| link.forsake())
}

fn commit(writer: &mut Writer, units: &mut Vec<Unit>, answers: &mut Vec<oneshot::Sender<Result<()>>>) {
    if units.is_empty() {
        return;
    }
    let results = writer.run(units);
    units.clear();
    for (answer, result) in answers.drain(..).zip(results) {
        // Who waited may be gone; the work is done all the same.
        let _ = answer.send(result);
    }
}

/// A turn that is held between calls; passed on when it is dropped.
#[cfg(target_arch = "wasm32")]
pub(crate) struct Turned(Arc<Queue>);

#[cfg(target_arch = "wasm32")]
impl Turned {
    /// Does something on the connection that writes.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Link<'_>) -> T) -> T {
        work(&mut locked(&self.0.writer).link)
    }
}

#[cfg(target_arch = "wasm32")]
impl Drop for Turned {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}

/// The turn of a caller; passed on however the caller ends.
struct Turn<'q>(&'q Arc<Queue>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.pass_on();
    }
}
