//! What comes in has bounds, the same on every backend: how much one call asks for, and which texts are taken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod limits;
mod texts;
