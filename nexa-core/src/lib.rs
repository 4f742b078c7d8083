//! The rules of a CRM: records, commands, ledger and access, on any storage.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate self as nexa_core;

pub mod kernel;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod values;

pub use kernel::{
    error::{Code, Error, ErrorKind, Result},
    filter::{Filter, Op},
    record::{Column, ExternalKey, Field, Id, Kind, Record, Ref},
    value::{Amount, Date, Timestamp},
};
pub use nexa_derive::Record;
pub use values::{
    About, Accepts, Address, Assignee, Body, Choice, Country, Currency, Custom, Document, Email, Money, Name, Percent,
    Phone, Reason, Reasons, Signals, Subject, Tags, TimeZone, Url,
};
