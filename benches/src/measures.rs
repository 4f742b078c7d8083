//! What is measured.

mod callers;
mod commands;
mod pages;

use std::fmt;

use clap::ValueEnum;

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
}

impl Measure {
    pub(crate) const ALL: [Self; 4] = [Self::Convert, Self::Ticket, Self::Queue, Self::Page];

    pub(crate) fn run(self, short: bool) -> Outcome<Vec<Figure>> {
        match self {
            Self::Convert => commands::convert(short),
            Self::Ticket => commands::ticket(short),
            Self::Queue => pages::queue(short),
            Self::Page => pages::typed(short),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}
