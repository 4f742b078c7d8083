//! What happens later, because of an event or at a moment: consumers of the ledger, and timers.
//!
//! Nothing here runs by itself: [`Crm::tick`](crate::crm::Crm::tick) does what is due. What follows from an event, and what is done at
//! a moment, is one unit with the mark that it is done: it happens once, wherever a process is killed.

mod consumer;
mod cursor;
mod failure;
mod registry;
mod timer;

pub(crate) use self::{consumer::Consuming, failure::record_failure, registry::Later, timer::Firing};
pub use self::{
    consumer::{Consumer, Start},
    cursor::Cursor,
    failure::Failure,
    timer::{Timed, Timer, set_timer, stop_timer},
};
