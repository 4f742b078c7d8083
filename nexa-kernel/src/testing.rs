//! For tests, of this project and of its hosts: a settable clock, seeded identifiers, and the proof of a backend.

mod clock;
mod random;
pub mod suite;

pub use self::{
    clock::ManualClock,
    random::{Random, SeededIds},
};
/// Runs a future to its end on this thread, which sleeps while the future waits. It needs no runtime.
pub use pollster::block_on;

pub use crate::__conformance as conformance;
