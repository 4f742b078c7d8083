//! The change feed: where a reader goes on, and what a reader has who reads nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod mirror;
mod moving;
mod positions;
