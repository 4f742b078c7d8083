//! Runs work where its transaction is: for backends that answer it between one poll and the next.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use super::{
    error::{Result, codes},
    store::{Transaction, Work},
};

/// Polls work once. Work that is not done then has waited for the world outside: `work.awaited_outside`. A panic in it
/// becomes `work.panicked`, where panics unwind. The backend rolls back after any error.
pub fn run_in_place(work: &dyn Work, tx: &mut dyn Transaction) -> Result<()> {
    let mut running = pin!(work.run(tx));
    match poll_in_place(running.as_mut()) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(codes::AWAITED_OUTSIDE.error()),
    }
}

/// Polls once what nobody will wake. A panic becomes `work.panicked`, where panics unwind; it must not be polled again then.
pub fn poll_in_place<F: Future<Output = Result<()>> + ?Sized>(running: Pin<&mut F>) -> Poll<Result<()>> {
    catch(|| running.poll(&mut Context::from_waker(Waker::noop())))
}

#[cfg(target_arch = "wasm32")]
fn catch(run: impl FnOnce() -> Poll<Result<()>>) -> Poll<Result<()>> {
    run()
}

#[cfg(not(target_arch = "wasm32"))]
fn catch(run: impl FnOnce() -> Poll<Result<()>>) -> Poll<Result<()>> {
    // The backend rolls back what a panic left half done, so nobody sees a broken state.
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(result) => result,
        Err(payload) => {
            let problem = payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".to_owned());
            Poll::Ready(Err(codes::PANICKED.with("problem", problem)))
        }
    }
}
