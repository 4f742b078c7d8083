//! The machine: records, the door, the ledger, access. It names no record of the domain.
// Without the operations their arguments are read only to be checked, and what would run them has no caller.
#![cfg_attr(not(feature = "operations"), allow(dead_code, unused_imports))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate self as nexa_kernel;

pub mod access;
#[cfg(feature = "operations")]
mod answer;
mod attempt;
pub mod behaviour;
pub mod catalog;
pub mod command;
pub mod compile;
pub mod context;
pub mod crm;
pub mod custom;
pub mod definition;
pub mod draft;
pub mod entity;
pub(crate) mod envelope;
pub mod error;
pub mod feed;
pub mod filter;
pub mod idempotency;
mod identity;
pub mod in_place;
mod index;
pub mod input;
pub mod ledger;
pub mod limits;
mod lookup;
pub mod memo;
pub mod memory;
pub mod normal;
pub mod once;
mod output;
pub mod ports;
pub mod position;
pub mod query;
pub mod record;
pub mod redact;
pub(crate) mod references;
pub mod repository;
pub mod scan;
pub mod schema;
pub mod search;
pub mod send;
pub mod sent;
pub mod session;
pub mod sort;
pub mod sql;
pub mod store;
pub mod targeted;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod time;
pub mod unit;
pub mod value;
pub mod verify;
pub mod waits;
pub mod within;
pub mod words;
pub mod zone;

use nexa_derive::Input;

pub use self::{
    access::{Access, Action, Actor, HiddenField, Policy, Principal},
    command::{Case, Command, Envelope, Query, Rule},
    context::Context,
    crm::{Crm, CrmBuilder},
    draft::{Accepts, Draft},
    entity::{Create, Dependents, Entity, MatchPolicy, Merge, Mergeable, Purge, Restore, Trash, Update, Upsert},
    error::{Code, Error, ErrorKind, Result},
    feed::{Feed, FeedItem},
    filter::{Filter, Op},
    once::Once,
    position::Position,
    query::{AggregateOf, Count, Find, Get, GroupBy, GroupRow, History, Hits, MeasureOf, Page, Search},
    record::{Column, ExternalKey, Field, Id, Kind, Record, Ref},
    session::{Permission, Request, Session},
    value::{Amount, Date, Timestamp},
    verify::Verified,
    within::Within,
};
