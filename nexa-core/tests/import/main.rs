//! Importing: what is read, what is met, what is refused, and what is there afterwards.
#![cfg(feature = "testing")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod as_created;
mod broken_files;
mod cells;
mod columns;
mod exports;
mod identity;
mod named_cases;
mod office;
mod policies;
mod refusals;
mod signals;
mod spreadsheets;
