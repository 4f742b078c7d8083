//! The change feed: where a reader goes on, and what a reader has who reads nothing else.

mod mirror;
mod moving;
mod positions;
