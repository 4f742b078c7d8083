//! Work as a promise that always settles, also when the work traps: for a panic, or for want of memory or stack.
//!
//! Work is polled at once: what the memory and the file answer is there before the call returns, and the promise
//! is settled without another turn. Only work that waits for JavaScript goes on later.

use std::{
    cell::RefCell,
    mem,
    panic::{self, PanicHookInfo},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use js_sys::{Function, Promise, Reflect};
use nexa_core::Error;
use wasm_bindgen::{JsValue, closure::Closure};

use crate::errors::{Answer, PANICKED, object};

/// The lines of a stack that say what happened and where.
const LINES: usize = 2;

thread_local! {
    /// What went wrong for good. After a trap nothing in this module can be trusted.
    static BROKEN: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Keeps what a panic says; where the compiler left the sentences out, only the trap shows it.
pub(crate) fn watch_panics() {
    panic::set_hook(Box::new(|panic| BROKEN.set(Some(PANICKED.with("problem", problem(panic))))));
}

fn problem(panic: &PanicHookInfo<'_>) -> String {
    let what = panic.payload_as_str().unwrap_or("no message");
    match panic.location() {
        Some(place) => format!("{what} ({}:{})", place.file(), place.line()),
        None => what.to_owned(),
    }
}

/// What JavaScript says of a trap.
fn trapped(trap: &JsValue) -> Error {
    let stack = Reflect::get(trap, &"stack".into()).ok().and_then(|stack| stack.as_string()).unwrap_or_default();
    let lines: Vec<&str> = stack.lines().take(LINES).map(str::trim).collect();
    PANICKED.with("problem", if lines.is_empty() { "it stopped".to_owned() } else { lines.join(" ") })
}

/// Work with what settles its promise.
struct Promised<F> {
    work: Option<Pin<Box<F>>>,
    resolve: Function,
    reject: Function,
}

impl<F: Future<Output = Answer>> Promised<F> {
    /// Polls the work, within a promise of its own: that is how a trap ends there, and not everything above it as well.
    fn attempt(&mut self, context: &mut Context<'_>) -> Result<Poll<Answer>, Promise> {
        let mut polled = None;
        let attempt = Promise::new(&mut |_, _| {
            polled = self.work.as_mut().map(|work| work.as_mut().poll(context));
        });
        polled.ok_or(attempt)
    }

    /// Rejects with what the trap was.
    fn give_up(&mut self, attempt: &Promise) {
        let said = BROKEN.replace(Some(PANICKED.with("problem", "an earlier call has stopped")));
        let reject = self.reject.clone();
        let report = Closure::once(move |trap: JsValue| {
            let error = said.unwrap_or_else(|| trapped(&trap));
            BROKEN.set(Some(error.clone()));
            // Where JavaScript cannot take it there is nobody left to answer.
            let _ = reject.call1(&JsValue::UNDEFINED, &object(&error));
        });
        let _ = attempt.catch(&report);
        report.forget();
    }
}

impl<F> Drop for Promised<F> {
    /// After a trap the work is left as it is: dropping it would run its code again.
    fn drop(&mut self) {
        if BROKEN.with_borrow(Option::is_some) {
            mem::forget(self.work.take());
        }
    }
}

impl<F: Future<Output = Answer>> Future for Promised<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let answer = match BROKEN
            .with_borrow(Clone::clone)
            .map_or_else(|| self.attempt(context), |error| Ok(Poll::Ready(Err(error))))
        {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(answer)) => answer,
            Err(attempt) => {
                self.give_up(&attempt);
                return Poll::Ready(());
            }
        };
        // The two functions of a promise never throw.
        let _ = match answer {
            Ok(value) => self.resolve.call1(&JsValue::UNDEFINED, &value),
            Err(error) => self.reject.call1(&JsValue::UNDEFINED, &object(&error)),
        };
        Poll::Ready(())
    }
}

/// The promise of work.
pub(crate) fn promise<F: Future<Output = Answer> + 'static>(work: F) -> Promise {
    if let Some(error) = BROKEN.with_borrow(Clone::clone) {
        return Promise::reject(&object(&error));
    }
    let mut work = Some(Box::pin(work));
    Promise::new(&mut |resolve, reject| {
        let Some(work) = work.take() else { return };
        let mut promised = Promised { work: Some(work), resolve, reject };
        // What waits is polled again by the queue of tasks, which has a waker for it.
        if Pin::new(&mut promised).poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            wasm_bindgen_futures::spawn_local(promised);
        }
    })
}
