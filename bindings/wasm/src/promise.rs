//! Work as a promise that always settles, also when the work panics.
//!
//! Work is polled at once: what the memory and the file answer is there before the call returns, and the promise
//! is settled without another turn. Only work that waits for JavaScript goes on later.

use std::{
    cell::RefCell,
    panic::{self, PanicHookInfo},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use js_sys::{Function, Promise};
use nexa_core::Error;
use wasm_bindgen::JsValue;

use crate::errors::{Answer, PANICKED, object};

thread_local! {
    /// What rejects the promise of the work that runs right now.
    static RUNNING: RefCell<Option<Function>> = const { RefCell::new(None) };
    /// What went wrong for good. After a panic nothing in this module can be trusted.
    static PANIC: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Lets a panic reject the promise of the work that met it, before the module traps.
pub(crate) fn watch_panics() {
    panic::set_hook(Box::new(|panic| {
        let error = PANICKED.with("problem", problem(panic));
        let reject = RUNNING.with_borrow_mut(Option::take);
        PANIC.set(Some(error.clone()));
        if let Some(reject) = reject {
            // Where JavaScript cannot take it there is nobody left to tell.
            let _ = reject.call1(&JsValue::UNDEFINED, &object(&error));
        }
    }));
}

fn problem(panic: &PanicHookInfo<'_>) -> String {
    let what = panic.payload_as_str().unwrap_or("no message");
    match panic.location() {
        Some(place) => format!("{what} ({}:{})", place.file(), place.line()),
        None => what.to_owned(),
    }
}

/// Work with what settles its promise.
struct Promised<F> {
    work: Pin<Box<F>>,
    resolve: Function,
    reject: Function,
}

impl<F: Future<Output = Answer>> Future for Promised<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let outer = RUNNING.replace(Some(self.reject.clone()));
        let polled = self.work.as_mut().poll(context);
        RUNNING.set(outer);
        let Poll::Ready(answer) = polled else { return Poll::Pending };
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
    if let Some(error) = PANIC.with_borrow(Clone::clone) {
        return Promise::reject(&object(&error));
    }
    let mut work = Some(Box::pin(work));
    Promise::new(&mut |resolve, reject| {
        let Some(work) = work.take() else { return };
        let mut promised = Promised { work, resolve, reject };
        // What waits is polled again by the queue of tasks, which has a waker for it.
        if Pin::new(&mut promised).poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            wasm_bindgen_futures::spawn_local(promised);
        }
    })
}
