//! Runs work where its transaction is: for backends whose transactions never wait.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::{
    error::{Result, codes},
    store::{Transaction, Work},
};

/// Polls work once. Work that is not done then has waited for the world outside: `work.awaited_outside`. A panic in it
/// becomes `work.panicked`, where panics unwind. The backend rolls back after any error.
pub fn run_in_place(work: &dyn Work, tx: &mut dyn Transaction) -> Result<()> {
    catch(|| {
        let mut running = pin!(work.run(tx));
        match running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(codes::AWAITED_OUTSIDE.error()),
        }
    })
}

#[cfg(target_arch = "wasm32")]
fn catch(run: impl FnOnce() -> Result<()>) -> Result<()> {
    run()
}

#[cfg(not(target_arch = "wasm32"))]
fn catch(run: impl FnOnce() -> Result<()>) -> Result<()> {
    // The backend rolls back what a panic left half done, so nobody sees a broken state.
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(result) => result,
        Err(payload) => {
            let problem = payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no message".to_owned());
            Err(codes::PANICKED.with("problem", problem))
        }
    }
}
