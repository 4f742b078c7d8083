//! Importing: what is read, what is met, what is refused, and what is there afterwards.
#![cfg(feature = "testing")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod as_created;
mod broken_files;
mod cells;
mod columns;
mod encodings;
mod exports;
mod forms;
mod identity;
mod named_cases;
mod office;
mod page;
mod policies;
mod preview;
mod random;
mod refusals;
mod signals;
mod spreadsheets;
