//! Contacts, accounts, pipelines and deals, through the door.
#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod accounts;
mod contacts;
mod deals;
mod forecasts;
mod merges;
mod money;
mod overviews;
mod pipelines;
mod scorecards;
mod visibility;
mod world;
