//! The rules of a CRM: records, commands, ledger and access, on any storage.
// Without the operations their arguments are read only to be checked, and what would run them has no caller.
#![cfg_attr(not(feature = "operations"), allow(dead_code, unused_imports))]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate self as nexa_core;

pub mod access;
pub mod automation;
pub mod board;
mod domain;
pub mod export;
pub mod feedback;
pub mod files;
pub mod import;
pub mod intelligence;
pub mod mail;
pub mod marketing;
pub mod people;
pub mod privacy;
pub mod productivity;
pub mod sales;
pub mod service;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod values;

pub use nexa_kernel as kernel;
pub use nexa_kernel::{
    access::{Access, Action, Actor, HiddenField, Policy, Principal},
    command,
    context::Context,
    crm::{Crm, CrmBuilder},
    draft::{Accepts, Draft},
    entity::{Create, Dependents, Entity, MatchPolicy, Merge, Mergeable, Purge, Restore, Trash, Update, Upsert},
    envelope::Envelope,
    error::{Code, Error, ErrorKind, Result},
    feed::{Feed, FeedItem},
    filter::{Children, Filter, Op, Relative},
    once::Once,
    operation::{Apply, CollectionCommand, Command, Moment, Operation, Perform, Query},
    past::AsOf,
    position::Position,
    query::{AggregateOf, Count, Find, Get, GroupBy, GroupRow, History, Hits, MeasureOf, Page, Search},
    record::{Column, ExternalKey, Field, Id, Kind, Record, Ref},
    rule::{Case, Rule},
    session::{Permission, Request, Session},
    value::{Amount, Date, Timestamp},
    verify::Verified,
    within::Within,
};

pub use domain::{builder, without_seed_data};
pub use people::CreateOrg;
pub use rust_decimal::Decimal;
pub use values::{
    About, Abouts, Address, Assignee, Body, Checklist, ChecklistItem, Choice, Country, Currency, Custom, Document,
    DocumentUrl, Email, Emails, ExchangeRate, FileLimits, FileName, Key, Language, List, Money, Name, Percent, Phone,
    Phones, PlainText, Quarter, Rank, Rate, Readers, Reason, Reasons, Rounding, Signals, Subject, Tags, TaxRounding,
    TimeOfDay, TimeZone, UnitPrice, Url,
};
