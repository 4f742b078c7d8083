//! Many callers at once, each on a thread of its own.

use std::{sync::Barrier, thread};

use crate::{
    Outcome,
    turns::{Taken, timed},
};

/// How many call at once.
pub(crate) const CALLERS: usize = 64;

/// Runs every piece of work, shared out among the callers, and returns how long it took once all were ready.
pub(crate) fn at_once<T: Sync>(work: &[T], run: impl Fn(&T) -> Outcome<()> + Sync) -> Outcome<Taken> {
    let each = work.len().div_ceil(CALLERS).max(1);
    let shares: Vec<&[T]> = work.chunks(each).collect();
    let ready = Barrier::new(shares.len() + 1);
    thread::scope(|scope| {
        let callers: Vec<_> = shares
            .iter()
            .map(|share| {
                scope.spawn(|| {
                    ready.wait();
                    share.iter().try_for_each(&run)
                })
            })
            .collect();
        ready.wait();
        timed(|| {
            for caller in callers {
                caller.join().map_err(|_| "a caller panicked")??;
            }
            Ok(())
        })
    })
}
