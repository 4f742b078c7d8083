//! What a host relies on: its own kinds, commands, rules and ports; envelopes; references; tenants.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod copies;
mod envelopes;
mod failures;
mod once;
mod own_kinds;
mod ports;
mod references;
mod tenants;
mod upserts;
mod urls;
