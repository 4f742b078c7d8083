//! The tests of the whole project: one program, so that it is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod as_of;
mod bounds;
mod calendars;
mod clock;
mod conversion;
mod differential;
mod exchange_rates;
mod explained;
mod faults;
mod feed;
mod filters;
mod host;
mod host_transaction;
mod identity;
mod indexed_custom_fields;
mod later;
mod layers;
mod ledger;
mod malformed;
mod no_path_shows_more;
mod portable;
mod postgres;
mod programs;
mod races;
mod record_ids;
mod schema;
mod schemas;
mod secondary_writes;
mod stories;
mod texts;
mod there_and_back;
mod trash;
mod undo;
mod words;
