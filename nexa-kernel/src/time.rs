//! What the host's clock is trusted with.
//!
//! The order of the ledger is that of its numbers; times only say when. So a clock that is behind blocks nothing: its time is
//! taken, and after a wrong jump the events that follow have right times again. A clock that jumps ahead is refused while
//! somebody vouches against it, which is the storage's own clock: how long a tenant was idle says nothing of clocks, and
//! neither do timers of the process, which stand still while a machine sleeps.

use std::time::Duration;

pub use super::error::codes::CLOCK_AHEAD;
use super::{error::Error, ledger::Head, value::Timestamp};

/// How far the clock may be ahead unless the host says otherwise: one hour.
pub const LARGEST_JUMP: Duration = Duration::from_secs(3_600);

/// How far the clock may be behind the last event for that event's time to be taken: the clocks of several hosts differ a
/// little. In microseconds.
const DRIFT: i64 = 60_000_000;

/// Why nothing may be written now: the clock is ahead of both the last event and the storage's clock. A storage without a
/// clock, and a clock that is set by hand, are no reason.
pub(crate) fn ahead(
    clock: Timestamp,
    largest_jump: Duration,
    head: &Head,
    storage: Option<Timestamp>,
) -> Option<Error> {
    let storage = storage?;
    let bound = i64::try_from(largest_jump.as_micros()).unwrap_or(i64::MAX);
    if clock.since(storage.max(head.at)) <= bound {
        return None;
    }
    let last = (head.seq > 0).then_some(head.at);
    Some(CLOCK_AHEAD.with("clock", clock).with("last", last).with("storage", storage))
}

/// The time of what is written now.
pub(crate) fn dated(clock: Timestamp, head: &Head) -> Timestamp {
    if head.at.since(clock) <= DRIFT { clock.max(head.at) } else { clock }
}
