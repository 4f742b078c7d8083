//! For tests, of this project and of its hosts: a settable clock, seeded identifiers, and the proof of a backend.

mod clock;
#[cfg(feature = "catalog")]
mod declared;
mod random;
pub mod replay;
pub mod suite;

#[cfg(feature = "catalog")]
pub use self::declared::must_declare;
pub use self::{
    clock::ManualClock,
    random::{Random, SeededIds},
};
/// Runs a future to its end on this thread, which sleeps while the future waits. It needs no runtime.
pub use pollster::block_on;

pub use crate::__conformance as conformance;
