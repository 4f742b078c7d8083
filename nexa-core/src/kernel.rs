//! The machine: records, the door, the ledger, access. It names no record of the domain.

pub mod definition;
pub mod error;
pub mod filter;
pub mod in_place;
pub mod ledger;
pub mod memory;
pub mod ports;
pub mod record;
pub mod search;
pub mod send;
pub mod store;
pub mod value;
