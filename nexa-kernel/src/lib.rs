//! The machine: records, the door, the ledger, access. It names no record of the domain.
// Without the operations their arguments are read only to be checked, and what would run them has no caller.
#![cfg_attr(not(feature = "operations"), allow(dead_code, unused_imports))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate self as nexa_kernel;

pub mod access;
pub mod agenda;
pub mod answer;
pub mod blobs;
pub mod blocking;
pub mod catalog;
pub mod compile;
pub mod context;
pub mod crm;
pub mod custom;
mod custom_field;
pub mod definition;
pub mod draft;
pub mod entity;
pub mod envelope;
pub mod error;
pub mod feed;
pub mod filter;
pub mod idempotency;
pub mod in_place;
mod index;
pub mod input;
pub mod label;
pub mod later;
pub mod ledger;
pub mod limits;
mod lookup;
pub mod maybe_send;
pub mod memo;
pub mod memory;
pub mod named_unit;
pub mod normal;
pub mod once;
pub mod operation;
mod output;
pub mod past;
pub mod person;
pub mod personal;
pub mod ports;
pub mod position;
pub mod query;
pub mod record;
pub mod redact;
pub(crate) mod references;
pub mod repository;
pub mod rule;
pub mod scan;
pub mod schema;
pub mod search;
pub mod sent;
pub mod session;
pub mod shared;
pub mod sort;
pub mod sql;
pub mod store;
pub mod targeted;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod tick;
pub mod time;
pub mod transaction;
pub mod undo;
pub mod value;
pub mod verify;
pub mod within;

pub use self::value::zone;
pub use nexa_derive::command;
#[doc(hidden)]
pub use {schemars, serde, uuid};

pub use self::{
    access::{Access, Action, Actor, HiddenField, Policy, Principal},
    blobs::{Blobs, Chunks, MemoryBlobs},
    context::Context,
    crm::{Crm, CrmBuilder},
    draft::Draft,
    entity::{Create, Dependents, Entity, MatchPolicy, Merge, Mergeable, Purge, Restore, Trash, Update, Upsert},
    envelope::Envelope,
    error::{Code, Error, ErrorKind, Result},
    feed::{Feed, FeedItem},
    filter::{Children, Filter, Op, Relative},
    later::{Consumer, Timed, Timer},
    once::Once,
    operation::{Apply, CollectionCommand, Command, Moment, Operation, Perform, Query},
    past::AsOf,
    position::Position,
    query::{AggregateOf, Count, Find, Get, GroupBy, GroupRow, History, Hits, MeasureOf, Page, Search},
    record::{Accepts, Column, ExternalKey, Field, Id, Kind, Record, Ref},
    rule::{Case, Rule},
    session::{Permission, Request, Session},
    tick::Ticked,
    value::{Amount, Date, Timestamp},
    verify::Verified,
    within::Within,
};
