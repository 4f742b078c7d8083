//! What is measured.

mod callers;
mod commands;
mod import;
mod pages;

use std::fmt;

use clap::ValueEnum;

pub(crate) use self::import::alone as import_alone;
use crate::{Outcome, figure::Figure};

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
    /// Leads from a file
    Import,
    /// The memory of a large import
    Memory,
}

impl Measure {
    pub(crate) const ALL: [Self; 6] =
        [Self::Convert, Self::Ticket, Self::Queue, Self::Page, Self::Import, Self::Memory];

    pub(crate) fn run(self, short: bool) -> Outcome<Vec<Figure>> {
        match self {
            Self::Convert => commands::convert(short),
            Self::Ticket => commands::ticket(short),
            Self::Queue => pages::queue(short),
            Self::Page => pages::typed(short),
            Self::Import => import::speed(short),
            Self::Memory => import::memory(short),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}
