//! For tests, of this project and of its hosts: a settable clock, seeded identifiers, and the proof of a backend.

mod block_on;
mod clock;
mod random;
pub mod suite;

pub use self::{
    block_on::block_on,
    clock::ManualClock,
    random::{Random, SeededIds},
};
pub use crate::__conformance as conformance;
