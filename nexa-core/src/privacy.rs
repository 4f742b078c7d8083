//! A person's data: found, exported and erased, as the marks of the kinds say whose they are.

mod again;
mod erase;
mod erasure;
mod export;
mod find;
mod kept;
mod taken;
mod whose;

pub use self::{
    again::{EraseAgain, ErasedAgain},
    erase::{Erase, Keep},
    erasure::{Erasure, Kept},
    export::Export,
    find::{Find, PersonRecords},
    whose::{NOT_THEIRS, REASON_NAMES, UNKNOWN},
};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .record::<Erasure>()
        .query::<Find>()
        .query::<Export>()
        .command::<Erase>()
        .command::<EraseAgain>()
        .timed::<kept::EndOfHold>()
}
