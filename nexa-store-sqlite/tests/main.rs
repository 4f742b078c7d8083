//! The tests of the store: one program, so that it is linked once. What needs a process of its own stands beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;
mod conformance;
mod file_troubles;
mod group_commit;
mod locks;
mod plans;
mod replaced_files;
mod restored;
mod round_trip;
mod shared_file;
mod shared_scan;
mod sql;
mod under_a_runtime;
