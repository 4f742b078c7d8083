//! What is measured.

mod callers;
mod children;
mod commands;
mod erasure;
mod import;
mod pages;
mod undo;

use std::fmt;

use clap::ValueEnum;

pub(crate) use self::{erasure::alone as erase_alone, import::alone as import_alone, undo::alone as undo_alone};
use crate::{
    Outcome,
    figure::Figure,
    postgres::{self, Kind},
};

/// One of the measures, by the name that the command line takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// Conversion of leads, one caller and 64
    Convert,
    /// Reports of issues, one caller and 64
    Ticket,
    /// An agent's queue in a small and a large tenant
    Queue,
    /// A page of contacts
    Page,
    /// Accounts by their contacts
    Children,
    /// Leads from a file
    Import,
    /// The memory of a large import
    Memory,
    /// Taking back an import
    Undo,
    /// The memory of taking back a large import
    UndoMemory,
    /// Erasing a person with a long history
    Erasure,
    /// The memory of that
    ErasureMemory,
    /// On PostgreSQL: conversion of leads, one caller, 64 of a tenant, 64 of sixteen tenants
    PostgresConvert,
    /// On PostgreSQL: reports of issues, the same
    PostgresTicket,
    /// On PostgreSQL: both, over a network of 1 ms
    PostgresNetwork,
    /// On PostgreSQL: round trips
    PostgresTrips,
    /// On PostgreSQL: leads from a file
    PostgresImport,
    /// On PostgreSQL: an agent's queue in a small and a large tenant
    PostgresQueue,
    /// On PostgreSQL: searches in a large tenant
    PostgresSearch,
    /// On PostgreSQL: accounts by their contacts
    PostgresChildren,
}

impl Measure {
    pub(crate) fn run(self, short: bool) -> Outcome<Vec<Figure>> {
        match self {
            Self::Convert => commands::convert(short),
            Self::Ticket => commands::ticket(short),
            Self::Queue => pages::queue(short),
            Self::Page => pages::typed(short),
            Self::Children => children::run(short),
            Self::Import => import::speed(short),
            Self::Memory => import::memory(short),
            Self::Undo => undo::speed(short),
            Self::UndoMemory => undo::memory(short),
            Self::Erasure => erasure::speed(short),
            Self::ErasureMemory => erasure::memory(short),
            Self::PostgresConvert => postgres::commands::run(Kind::Convert, short),
            Self::PostgresTicket => postgres::commands::run(Kind::Ticket, short),
            Self::PostgresNetwork => postgres::network::run(short),
            Self::PostgresTrips => postgres::trips::run(short),
            Self::PostgresImport => postgres::import::run(short),
            Self::PostgresQueue => postgres::queue::run(short),
            Self::PostgresSearch => postgres::search::run(short),
            Self::PostgresChildren => postgres::children::run(short),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}
