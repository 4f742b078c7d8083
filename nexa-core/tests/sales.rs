//! Contacts, accounts, pipelines and deals, through the door.

mod accounts;
mod contacts;
mod deals;
mod forecasts;
mod lines;
mod merges;
mod money;
mod overviews;
mod pipelines;
mod roles;
mod scorecards;
mod stages;
mod visibility;
mod world;
