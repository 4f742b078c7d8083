//! The tests of the domain through its public API: one program, so that it is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod answers;
mod arguments;
mod business_time;
mod calls;
mod campaign;
mod codes;
mod custom_fields;
mod desk;
mod import;
mod inputs;
mod mail;
mod personal;
mod record_definition;
mod repository;
mod sales;
mod task;
mod ticket;
mod written_records;
